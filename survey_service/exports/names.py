"""Names of columns that SPSS, Stata, R and Python all take: ASCII, short, unique whatever the case of their letters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from survey_service.exports.dataset import NAME_LENGTH, CutName

_UNFIT: Final = re.compile(r"[^A-Za-z0-9_]")
# Words that SPSS or Stata keep for themselves; R's and Python's are no trouble as the name of a column.
_KEPT: Final = frozenset(
    (
        *("all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"),
        *("byte", "double", "float", "if", "in", "int", "long", "str", "using", "strl"),
    )
)


class Names:
    """The names of one export: given once each, and what had to be changed for it."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {one.lower() for one in taken}
        self.cut: list[CutName] = []

    def give(self, wanted: str) -> str:
        """``wanted`` made fit. A point becomes an underscore in silence; what is cut or moved aside is listed."""
        plain = _UNFIT.sub("_", wanted.replace(".", "_"))
        name = plain
        if not name[:1].isalpha() or name.lower() in _KEPT or re.fullmatch(r"str\d+", name.lower()):
            name = f"q_{name}"
        name = name[:NAME_LENGTH].rstrip("_") or "q"
        if name.lower() in self._taken and len(f"q_{name}") <= NAME_LENGTH:
            name = f"q_{name}"
        stem, number = name, 1
        while name.lower() in self._taken:
            number += 1
            end = f"_{number}"
            name = stem[: NAME_LENGTH - len(end)] + end
        self._taken.add(name.lower())
        if name != wanted.replace(".", "_"):
            self.cut.append(CutName(of=name, what="name", whole=wanted, cut=name))
        return name


def cut_to_bytes(text: str, most: int) -> str:
    """The longest beginning of at most so many bytes of UTF-8 that ends between characters; an ellipsis says that
    something is missing."""
    whole = text.encode()
    if len(whole) <= most:
        return text
    return whole[: most - len("…".encode())].decode(errors="ignore").rstrip() + "…"
