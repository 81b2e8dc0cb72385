"""Reading a scanned or photographed form: find the page, look into every box, say how sure.

Pure functions on images; nothing here knows a database. The numeric libraries and the extra ``scan`` are imported by
whoever reads scans (a command, a worker), never by the server at its start.
"""
