"""XLSForm in and out: the workbook that ODK, KoboToolbox and others read, and the definition file of this service.

Pure: no database, no clock, no network. What comes from outside is read in a child process (``outside.forms``).
"""
