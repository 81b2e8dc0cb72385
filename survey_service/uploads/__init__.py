"""Files that are looked at before they are stored: read, judged row by row, shown, and taken in at one stroke.

A new upload is one module: its columns and words, ``judge`` (rows -> ``Looked``) and ``store``. See
``areas/area_file.py`` for the shortest one.
"""
