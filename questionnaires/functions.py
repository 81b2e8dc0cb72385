"""What an expression may call by name: a number or a text made of numbers, days and texts. None: no answer.

Every function is one that comes to the same in a browser: ``survey_service/web/static/conditions-values.js`` has them
under the same names.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from questionnaires.figures import in_digits

Worth = float | str | None
NUMBERS, DAYS, TEXTS, ANYTHING = "numbers", "days", "texts", "anything"
DECIMALS: Final = 6  # at which two numbers are compared, and with which they stand in a text
TOO_LARGE: Final = 1e15  # beyond what is kept exactly
LONGEST: Final = 1_000  # characters of a text that is calculated
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_WRITTEN: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Named:
    """``takes``: what its parts are; ``text``: it comes to one; ``most`` None: as many parts as one likes."""

    takes: str
    work: Callable[[Sequence[Worth]], Worth]
    least: int
    most: int | None
    text: bool = False


def small(number: float) -> float | None:
    return number if abs(number) < TOO_LARGE else None  # nan is not


def rounded(number: float, decimals: int = DECIMALS) -> float:
    """Halves away from zero, as ``toFixed`` of a browser rounds."""
    if number.is_integer():
        return number
    return float(Decimal(number).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def is_day(value: object) -> bool:
    """Whether it is a day of the calendar, as 2026-03-01."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_time(value: object) -> bool:
    """Whether it is a time of the day, as 08:30."""
    return isinstance(value, str) and bool(_TIME.fullmatch(value))


def _floor(parts: Sequence[Worth]) -> Worth:
    (number,) = parts
    return float(math.floor(rounded(number))) if isinstance(number, float) else None


def _remainder(parts: Sequence[Worth]) -> Worth:
    """With the sign of what is divided."""
    number, by = parts
    if not isinstance(number, float) or not isinstance(by, float) or by == 0:
        return None
    return math.fmod(number, by)


def _least(parts: Sequence[Worth]) -> Worth:
    """Of those that have an answer; none where no one has."""
    numbers = [one for one in parts if isinstance(one, float)]
    return min(numbers) if numbers and not _has_text(parts) else None


def _greatest(parts: Sequence[Worth]) -> Worth:
    numbers = [one for one in parts if isinstance(one, float)]
    return max(numbers) if numbers and not _has_text(parts) else None


def _has_text(parts: Sequence[Worth]) -> bool:
    return any(isinstance(one, str) for one in parts)


def _days_between(parts: Sequence[Worth]) -> Worth:
    first, last = parts
    if not (is_day(first) and is_day(last)):
        return None
    return float((date.fromisoformat(str(last)) - date.fromisoformat(str(first))).days)


def _length(parts: Sequence[Worth]) -> Worth:
    (text,) = parts
    return float(len(text)) if isinstance(text, str) and text else None


def _number(parts: Sequence[Worth]) -> Worth:
    """A code or a text that is written as a number."""
    (text,) = parts
    if isinstance(text, float):
        return text
    return small(float(text)) if isinstance(text, str) and _WRITTEN.fullmatch(text) else None


def _join(parts: Sequence[Worth]) -> Worth:
    """One behind the other; what has no answer is left out. Numbers stand with their digits."""
    said = [in_digits(rounded(one)) if isinstance(one, float) else one or "" for one in parts]
    return "".join(said)[:LONGEST] or None


FUNCTIONS: Final[Mapping[str, Named]] = {
    "floor": Named(NUMBERS, _floor, 1, 1),
    "mod": Named(NUMBERS, _remainder, 2, 2),
    "min": Named(NUMBERS, _least, 1, None),
    "max": Named(NUMBERS, _greatest, 1, None),
    "days_between": Named(DAYS, _days_between, 2, 2),
    "length": Named(TEXTS, _length, 1, 1),
    "number": Named(TEXTS, _number, 1, 1),
    "join": Named(ANYTHING, _join, 1, None, text=True),
}
