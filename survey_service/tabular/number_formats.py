"""What a number of a workbook stands for: a quantity, a share, a day, a time. By the format of its cell."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Final

EPOCH_1900: Final = datetime(1899, 12, 30)  # noqa: DTZ001 # a workbook knows no zones
EPOCH_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001
_BUILT_IN_PERCENT: Final = frozenset({9, 10})
# 27 to 36 and 50 to 58 are dates and times where Excel speaks Chinese, Japanese or Korean.
_BUILT_IN_DATES: Final = frozenset({*range(14, 23), 45, 47, *range(27, 37), *range(50, 59)})
_BUILT_IN_DURATION: Final = 46
_LONGEST: Final = 1_000  # characters of a format; Excel writes 255
_DAY: Final = 86_400


class Meaning(Enum):
    PLAIN = "plain"
    PERCENT = "percent"
    DATE = "date"
    DURATION = "duration"


def meaning(number: int, code: str | None) -> Meaning:
    """``code``: the format as the file writes it; None for one that Excel knows by its number."""
    if code is None:
        if number in _BUILT_IN_DATES:
            return Meaning.DATE
        if number == _BUILT_IN_DURATION:
            return Meaning.DURATION
        return Meaning.PERCENT if number in _BUILT_IN_PERCENT else Meaning.PLAIN
    if len(code) > _LONGEST:
        return Meaning.PLAIN
    letters, brackets = _parts(code.split(";", 1)[0])
    if any(set(held) <= set("hms") and 0 < len(held) < 3 and len(set(held)) == 1 for held in brackets):
        return Meaning.DURATION
    if any(letter in "dmhysDMHYS" for letter in letters):
        return Meaning.DATE
    return Meaning.PERCENT if "%" in code else Meaning.PLAIN


def _parts(code: str) -> tuple[list[str], list[str]]:
    """Characters outside quotes and brackets that no backslash or underscore takes; and what stands in brackets."""
    letters: list[str] = []
    brackets: list[str] = []
    place = 0
    while place < len(code):
        one = code[place]
        if one in "\\_":
            place += 1
        elif one in '"[' and (end := code.find('"' if one == '"' else "]", place + 1)) > 0:
            if one == "[":
                brackets.append(code[place + 1 : end].lower())
            place = end
        else:
            letters.append(one)
        place += 1
    return letters, brackets


def as_date(value: int | float, epoch: datetime, *, duration: bool) -> datetime | time | timedelta:
    """The moment that a number counts the days to. Raises OverflowError and ValueError beyond the calendar."""
    if duration:
        length = timedelta(days=value)
        return timedelta(seconds=length.total_seconds() // 1, microseconds=round(length.microseconds, -3))
    if not math.isfinite(value):
        raise ValueError("no date")
    day, fraction = divmod(value, 1)
    rest = timedelta(milliseconds=round(fraction * _DAY * 1000))
    if 0 <= value < 1 and rest.days == 0:
        return (EPOCH_1904 + rest).time()
    if 0 < value < 60 and epoch == EPOCH_1900:  # Excel believes in a 29 February 1900
        day += 1
    return epoch + timedelta(days=day) + rest


def from_iso(text: str) -> datetime | date | time:
    """A day, a time or both as strict workbooks write them. Raises ValueError."""
    plain = text.removesuffix("Z")
    if "T" in plain:
        return datetime.fromisoformat(plain).replace(tzinfo=None)
    return time.fromisoformat(plain) if ":" in plain else date.fromisoformat(plain)
