"""What a character is to the composer, and what may stand beside what.

Line-start and line-end rules follow GB/T 15834-2011 (5.1) and W3C's Requirements for Chinese Text Layout (clreq, 3.1):
no line begins with a closing mark or ends with an opening one; two full-width marks in a row give up the blank between.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import Final

HAN_LATIN_GAP: Final = 0.17  # em, between an ideograph and a Latin letter or figure
SQUEEZE: Final = -0.5  # em, between two full-width marks in a row
OPENING: Final = frozenset("（《〈「『【〔［｛“‘([{")
CLOSING: Final = frozenset("）》〉」』】〕］｝”’，。、；：？！)]},.;:?!")
# Marks that join what stands around them: never at the start of a line.
NO_BREAK_SPACE: Final = "\u00a0"
JOINING: Final = frozenset("·…—–%‰℃")


# A text has few characters and asks of each many times; those of a long run of documents fit.
_PAIRS: Final = 1 << 16


class Kind(Enum):
    HAN = "han"
    LATIN = "latin"  # letters, figures and signs set in proportional width
    OPENING = "opening"
    CLOSING = "closing"
    SPACE = "space"


@lru_cache(maxsize=_PAIRS)
def kind(character: str) -> Kind:
    """The class of a character; Latin marks such as ( and , are opening and closing too."""
    if character.isspace():
        return Kind.SPACE
    if character in OPENING:
        return Kind.OPENING
    if character in CLOSING:
        return Kind.CLOSING
    code = ord(character)
    ideographic = 0x2E80 <= code <= 0x2FFF or 0x3005 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF
    return Kind.HAN if ideographic or 0x20000 <= code <= 0x3FFFF or 0xAC00 <= code <= 0xD7AF else Kind.LATIN


@lru_cache(maxsize=_PAIRS)
def full_width(character: str) -> bool:
    """True for the Chinese forms of marks; whether “ ” are wide depends on the font, so the composer asks that."""
    return 0x3000 <= ord(character) <= 0x303F or 0xFF00 <= ord(character) <= 0xFFEF or character in "“”‘’"


@lru_cache(maxsize=_PAIRS)
def gap(before: str, after: str) -> float:
    """Blank between two neighbours in em, on top of their own widths, both marks being full-width where they can be."""
    first, second = kind(before), kind(after)
    if {first, second} == {Kind.HAN, Kind.LATIN}:
        return 0.0 if "—" in (before, after) or "…" in (before, after) or "·" in (before, after) else HAN_LATIN_GAP
    if not (full_width(before) and full_width(after)):
        return 0.0
    if first is Kind.CLOSING and second in (Kind.CLOSING, Kind.OPENING):
        return SQUEEZE
    return SQUEEZE if first is second is Kind.OPENING else 0.0


@lru_cache(maxsize=_PAIRS)
def may_break(before: str, after: str) -> bool:
    """True where a line may end after ``before`` and the next begin with ``after``."""
    first, second = kind(before), kind(after)
    if NO_BREAK_SPACE in (before, after):
        return False
    if second is Kind.SPACE or second is Kind.CLOSING or after in JOINING:
        return False
    if first is Kind.SPACE:
        return True
    if first is Kind.OPENING or before == after == "—":
        return False
    if first is Kind.CLOSING and not full_width(before):
        return second is Kind.HAN
    latin = (Kind.LATIN, Kind.OPENING)
    if first is Kind.LATIN and second in latin and not full_width(after):
        return before in "-/" and after.isalpha()
    return True
