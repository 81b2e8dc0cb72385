"""Characters that nobody sees: they are no answer, and they part words that look equal.

Blanks, line ends and tabs are no matter of this module. Joiners and variation selectors stay where they join something
that is seen: an emoji, Mongolian and Arabic letters are written with them.
"""

from __future__ import annotations

import re
import unicodedata

BREAK_MARK = "\u200b"  # in a definition: where a long title may break
_JOINING = frozenset("\u200c\u200d\u034f\u180b\u180c\u180d\u180e\u180f")
_BETWEEN = frozenset("\u200c\u200d\u034f")  # these stand between two characters
# Letters and symbols by their category, blank by their shape: Hangul fillers, the empty Braille cell, Khmer vowels.
_BLANK_SHAPES = frozenset("\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5")
_SELECTORS = (("\ufe00", "\ufe0f"), ("\U000e0100", "\U000e01ef"))
# Every other character that shows nothing Python itself calls unprintable.
_PRINTABLE = re.compile(f"[{''.join(_JOINING | _BLANK_SHAPES)}{''.join(map('-'.join, _SELECTORS))}]")


def _joins(one: str) -> bool:
    return one in _JOINING or any(first <= one <= last for first, last in _SELECTORS)


def is_invisible(one: str) -> bool:
    """Whether the character shows nothing and is no blank: zero width, marks of direction, fillers, tags, controls.

    New Han characters that this Python does not know yet, and those of the private use area, are seen.
    """
    if one.isascii():
        return not one.isprintable() and one not in "\n\t\r"
    if one in _BLANK_SHAPES or _joins(one):
        return True
    category = unicodedata.category(one)
    return category in ("Cf", "Cc", "Cs") or (category == "Cn" and _is_noncharacter(ord(one)))


def _is_noncharacter(code: int) -> bool:
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def without_invisible(text: str, *, keep: str = "") -> str:
    """``text`` without characters that show nothing; joiners stay behind a character that is seen.

    ``keep``: characters that mean something to the caller, such as ``BREAK_MARK``.
    """
    if text.isprintable() and not _PRINTABLE.search(text):
        return text
    if not any(map(is_invisible, set(text))):
        return text
    kept: list[str] = []
    for one in text:
        joins = _joins(one) and kept and not kept[-1].isspace() and kept[-1] != one
        if joins or one in keep or not is_invisible(one):
            kept.append(one)
    joined: list[str] = []
    for one in reversed(kept):
        if one in _BETWEEN and (not joined or joined[-1].isspace()):
            continue  # it would join nothing
        joined.append(one)
    return "".join(reversed(joined))


def written(text: str) -> str:
    """What a person can see of the words they typed, without blanks at the ends; empty where nobody sees anything."""
    return without_invisible(text).strip()
