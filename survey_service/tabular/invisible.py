"""Characters that nobody sees, which would part equal labels in two."""

from __future__ import annotations

from questionnaires.characters import without_invisible as seen


def without_invisible(text: str) -> tuple[str, list[str]]:
    """The text without characters that nobody sees, which part equal labels; and a notice if any."""
    clean = seen(text)
    count = len(text) - len(clean)
    return clean, [f"{count} invisible characters (zero-width) were left out"] if count else []
