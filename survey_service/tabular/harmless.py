"""Cells of a file that we write: text that a spreadsheet would run as a formula is marked as text."""

from __future__ import annotations

import re
from typing import Final

# Also the full-width forms: a Chinese keyboard types them, and some spreadsheets take them for the plain ones.
_BEGINNINGS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def harmless(cell: object) -> object:
    """Text that would run gets an apostrophe; numbers stay numbers, also as text; nothing is an empty cell."""
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.startswith(_BEGINNINGS) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def as_meant(cell: str) -> str:
    """What ``harmless`` was given: a table of ours comes back from a spreadsheet as it was."""
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) != cell[1:] else cell
