"""What a sheet may say, worked out again from its summary: a second implementation beside the one that words it.

Of ``reports.wording`` the catalogue is read, for its phrases are what is held; nothing there that rounds, counts or
judges is called.
"""
