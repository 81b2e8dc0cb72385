"""Identity and mobile numbers inside words: what a person wrote into an open answer though nobody asked for it.

The scan is linear and uses no backtracking expression: it also reads cells of files from outside. Digits may be
full-width, Chinese (一三八…), or parted by one blank or hyphen; letters in front (wx138…) do not hide them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from questionnaires.text import Text

Kind = Literal["identity_number", "mobile_number"]
NAMES: Mapping[Kind, Text] = {
    "identity_number": Text("身份证号", "an identity number"),
    "mobile_number": Text("手机号", "a mobile number"),
}

_CHINESE = dict(zip("零〇一二三四五六七八九", "00123456789", strict=True))
_SEPARATORS = frozenset(" \t\u3000-‐‑–—.·_\u00a0\u200b\u200c\u200d\u2060\ufeff")
# GB/T 2260: the first two digits of an identity number are a province's, or 71, 81 to 83, 91.
_PROVINCES = frozenset(
    str(number)
    for low, high in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83), (91, 91))
    for number in range(low, high + 1)
)
_MOBILE_GROUPS = frozenset({(11,), (3, 4, 4), (4, 3, 4), (3, 8), (7, 4), (3, 3, 5), (5, 6)})
_COUNTRY = ("0086", "086", "86")
_MOST_GROUPS = 6  # an identity number in sixes and fours, with the country in front of a telephone number


@dataclass(frozen=True, slots=True)
class Found:
    """One number: ``text[start:end]`` holds it, separators and all."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Group:
    digits: str
    start: int
    end: int
    checked: bool = False  # an X follows: the check character of an identity number


def personal_numbers(text: str) -> tuple[Found, ...]:
    """Every identity number (18 or 15 digits) and mobile number in ``text``, in order, none overlapping.

    An identity number is known by its province and its birth date, not by its check digit: one that was mistyped is
    still somebody's. Source: GB 11643-1999. Mobile numbers have eleven digits and begin with 13 to 19 (numbering plan
    of the Ministry of Industry and Information Technology).
    """
    found: list[Found] = []
    for groups in _runs(text):
        first = 0
        while first < len(groups):
            match = _at(groups, first)
            if match is None:
                first += 1
                continue
            kind, after = match
            found.append(Found(kind, groups[first].start, groups[after - 1].end))
            first = after
    return tuple(found)


def _at(groups: list[_Group], first: int) -> tuple[Kind, int] | None:
    """The number that begins with this group, and the group after it; the longest counts."""
    for after in range(min(first + _MOST_GROUPS, len(groups)), first, -1):
        chosen = groups[first:after]
        joined = "".join(group.digits for group in chosen)
        if _is_identity_number(joined + "X" if chosen[-1].checked else joined):
            return "identity_number", after
        if _is_mobile_number(joined, tuple(len(group.digits) for group in chosen)):
            return "mobile_number", after
    return None


def _digit(one: str) -> str:
    """The character as an ASCII digit; empty where it is none."""
    if one.isascii():
        return one if one.isdigit() else ""
    chinese = _CHINESE.get(one)
    if chinese is not None:
        return chinese
    value = unicodedata.decimal(one, None)
    return "" if value is None else str(value)


def _runs(text: str) -> Iterator[list[_Group]]:
    """Groups of digits; those in one list follow each other at once, or with one separator between."""
    groups: list[_Group] = []
    place = 0
    while place < len(text):
        if not _digit(text[place]):
            if groups and not (text[place] in _SEPARATORS and place == groups[-1].end):
                yield groups
                groups = []
            place += 1
            continue
        start, chinese, digits = place, text[place] in _CHINESE, []
        while place < len(text) and (text[place] in _CHINESE) == chinese and (digit := _digit(text[place])):
            digits.append(digit)
            place += 1
        checked = place < len(text) and text[place] in "XxＸｘ"
        place += checked
        groups.append(_Group("".join(digits), start, place, checked))
    if groups:
        yield groups


def _is_identity_number(digits: str) -> bool:
    if digits[:2] not in _PROVINCES:
        return False
    if len(digits) == 18 and digits[:17].isdigit():
        return _is_day(digits[6:10], digits[10:12], digits[12:14])
    return len(digits) == 15 and digits.isdigit() and _is_day(f"19{digits[6:8]}", digits[8:10], digits[10:12])


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        return 1880 <= date(int(year), int(month), int(day)).year <= 2100
    except ValueError:
        return False


def _is_mobile_number(digits: str, lengths: tuple[int, ...]) -> bool:
    for country in _COUNTRY:
        if len(digits) == 11 + len(country) and digits.startswith(country):
            if lengths[0] == len(country):  # the country is a group of its own
                return _is_mobile_number(digits[len(country) :], lengths[1:])
            return _is_mobile_number(digits[len(country) :], (lengths[0] - len(country), *lengths[1:]))
    return (
        len(digits) == 11
        and digits.isdigit()
        and digits[0] == "1"
        and digits[1] in "3456789"
        and lengths in _MOBILE_GROUPS
    )
