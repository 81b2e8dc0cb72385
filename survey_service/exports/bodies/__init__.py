"""Bodies of the scripts that are written beside an export. ``estimates.py`` is one of them, and runs as it stands."""
