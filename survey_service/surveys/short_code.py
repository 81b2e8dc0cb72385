"""The short code of a letter as people type it: nine characters of Crockford and one that checks them, 7K3-9QF-2TM-4.

The check character stands in the same alphabet, so that a phone's keyboard has it. It is the remainder of the code as
a polynomial over GF(32) at a primitive element: character i counts ``alpha ** i`` times. The factors of ten places
differ and none is 0, so that no single wrong character, no two that changed places, wherever they stand, and no pair
that was mistaken for another pair (88 for 33) passes. Of all other slips one in 32 does. ``static/short-code.js`` is
the same rule for the page; one table of codes is put to both.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from survey_service.secrets import CROCKFORD, as_crockford

SECRET: Final = 9  # characters that are drawn: 45 bits
LENGTH: Final = SECRET + 1
_ALPHA: Final = 0b100101  # x^5 + x^2 + 1, by which 2 has the order 31
_BETWEEN: Final = frozenset(" \t\r\n-_.,·•‐‑‒–—―−－_、，。；;:：/\\'\"“”‘’()（）")


def with_check(secret: str) -> str:
    """The whole code of nine characters that were drawn."""
    return secret + CROCKFORD[_twice(_remainder(secret))]


def fits(code: str) -> bool:
    """Whether ``code``, as ``as_read`` gives it, has its ten characters and the last of them is right."""
    known = len(code) == LENGTH and all(character in CROCKFORD for character in code)
    return known and _remainder(code) == 0


def as_read(typed: str) -> str:
    """What somebody typed, in the characters of a code: small and full-width ones are free, O is 0, I and L are 1, and
    whatever people write between groups is left out. What is no character of a code stays, so that it can be named."""
    kept = (one for one in unicodedata.normalize("NFKC", typed).upper() if one not in _BETWEEN and not one.isspace())
    return as_crockford("".join(kept))


def in_threes(code: str) -> str:
    return "-".join(code[start : start + 3] for start in range(0, len(code), 3))


def _remainder(code: str) -> int:
    found = 0
    for character in code:
        found = _twice(found) ^ CROCKFORD.index(character)
    return found


def _twice(value: int) -> int:
    doubled = value << 1
    return doubled ^ _ALPHA if doubled > 31 else doubled
