"""Patterns of texts, there and here: a few fixed ones are known on both sides, no other is run."""

from __future__ import annotations

import re
from typing import Final

from questionnaires.patterns import CODE, PATTERNS

_AS_USUAL: Final = {  # as others write the same
    "[0-9]{6}": '"postal_code"',
    r"\d{6}": '"postal_code"',
    "1[3-9][0-9]{9}": '"mobile"',
    r"1[3-9]\d{9}": '"mobile"',
}
_LETTERS: Final = re.compile(r"\[(?:A-Za-z0-9|a-zA-Z0-9|0-9A-Za-z|0-9a-zA-Z)\]\{([0-9]{1,2})(?:,([0-9]{1,2}))?\}")


def pattern_of(form: str, shortest: int, longest: int) -> str:
    """The pattern of a form, for a device that knows no names of forms."""
    if form != CODE:
        return f"^({PATTERNS[form].pattern})$"
    length = str(shortest) if shortest == longest else f"{shortest},{longest}"
    return f"^[A-Za-z0-9]{{{length}}}$"


def form_of(pattern: str) -> str | None:
    """The arguments of ``matches`` that mean the same; None for every other pattern."""
    plain = pattern.removeprefix("^").removesuffix("$")
    for form in PATTERNS:
        if form != CODE and plain in (PATTERNS[form].pattern, f"({PATTERNS[form].pattern})"):
            return f'"{form}"'
    if plain in _AS_USUAL:
        return _AS_USUAL[plain]
    length = _LETTERS.fullmatch(plain)
    if length is None:
        return None
    return ", ".join([f'"{CODE}"', length[1], *([length[2]] if length[2] else [])])
