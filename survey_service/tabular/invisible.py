"""Characters of no width, which would part equal labels in two."""

from __future__ import annotations

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u2060\ufeff"))


def without_invisible(text: str) -> tuple[str, list[str]]:
    """The text without zero-width characters, which nobody sees and which part equal labels; and a notice if any."""
    clean = text.translate(_INVISIBLE) if any(chr(code) in text for code in _INVISIBLE) else text
    count = len(text) - len(clean)
    return clean, [f"{count} invisible characters (zero-width) were left out"] if count else []
