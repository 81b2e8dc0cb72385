"""What Excel and careless exports leave in a cell: told by the cell's mark, or by what the text looks like."""

from __future__ import annotations

import re
import unicodedata

from survey_service.importing.words import Kind
from survey_service.tabular.cells import Mark, Odd

ROUNDED = re.compile(r"[+-]?\d(?:\.\d+)?[eE]\+?\d{1,3}")
ERROR = re.compile(r"#(?:N/A|VALUE!|REF!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|#+)")
DATE = re.compile(
    r"\d{1,2}月\d{1,2}日|\d{1,2}-[A-Z][a-z]{2}(?:-\d{2,4})?|[A-Z][a-z]{2}-\d{2}"
    r"|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[ T].*)?|\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{1,2}/\d{1,2}/\d{2,4}"
)
TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?:\s*[AP]M)?|(?:上午|下午)\d{1,2}:\d{2}.*")
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
GARBLED = re.compile("\ufffd|锟斤拷|烫烫烫|屯屯屯|ï¿½|â€|[\u0080-\u009f]")
PHONE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}")
IDENTITY = re.compile(r"\d{6}(?:19|20)\d{2}(?:0\d|1[0-2])[0-3]\d\d{3}[\dXx]|\d{6}\d{2}(?:0\d|1[0-2])[0-3]\d\d{3}")
_QUOTED = re.compile(r'="([^"]*)"')
_BY_MARK = {
    Mark.ERROR: Kind.ERROR_CELL,
    Mark.UNCALCULATED: Kind.UNCALCULATED,
    Mark.MERGED: Kind.MERGED,
    Mark.LONG: Kind.ROUNDED,
}


def mark_of(cell: str) -> Mark | None:
    return cell.mark if isinstance(cell, Odd) else None


def plain(cell: str) -> str:
    """The text of a cell without its mark and without blanks at its ends, full-width ones too."""
    return str(cell).strip()


def lost(cell: str) -> Kind | None:
    """Why nobody can tell any more what the cell said, whatever column it stands in; None where it can be read."""
    by_mark = _BY_MARK.get(mark_of(cell))  # type: ignore[arg-type]  # None is no key
    if by_mark is not None:
        return by_mark
    text = plain(cell)
    if ERROR.fullmatch(text):
        return Kind.ERROR_CELL
    if GARBLED.search(text) or re.fullmatch(r"[?？�]{2,}", text):
        return Kind.GARBLED
    if ROUNDED.fullmatch(text):
        return Kind.ROUNDED
    return None


def is_personal(text: str) -> bool:
    return bool(PHONE.fullmatch(text) or IDENTITY.fullmatch(text))


def unquoted(text: str) -> str | None:
    """What stands in ``="0012"``, by which exports keep zeros; None where the text is no such thing."""
    match = _QUOTED.fullmatch(text)
    return match.group(1) if match else None


def half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def has_full_width(text: str) -> bool:
    return any("０" <= one <= "９" or "Ａ" <= one <= "ｚ" or one in "．－，" for one in text)
