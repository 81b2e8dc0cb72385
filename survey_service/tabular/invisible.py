"""Characters that nobody sees, which would part equal labels in two."""

from __future__ import annotations

from questionnaires.characters import is_invisible
from questionnaires.characters import without_invisible as seen


def without_invisible(text: str) -> tuple[str, int]:
    """The text without characters that nobody sees, which part equal labels; and how many there were."""
    odd = {one for one in set(text) if is_invisible(one)}
    # Line by line: a joiner joins nothing over the end of a line, and few lines of a long file hold any.
    clean = "\n".join(line if odd.isdisjoint(line) else seen(line) for line in text.split("\n")) if odd else text
    return clean, len(text) - len(clean)
