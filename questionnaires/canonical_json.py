"""Values as plain JSON, and the one text of them that is hashed and stored.

Hashes of definitions, of answers and of releases are of this text, so it may never change by a byte. It is what the
standard ``json`` writes: another writer's ``1e-7`` for ``1e-07`` would break every one of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from datetime import date, time
from enum import Enum
from typing import Any


def canonical_text(document: object) -> str:
    """Keys sorted, no blanks, characters as they are; equal documents give equal text."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How the values of one kind of document are written as plain JSON."""

    without: frozenset[str] = frozenset()
    """Names of fields that are never written."""
    defaults: bool = True
    """Whether fields that have their default are written."""
    words: Mapping[type, Callable[[Any], object]] = field(default_factory=dict)
    """Types that are written in a way of their own."""
    digits: int | None = None
    """Significant digits of floats; all of them where it is None."""

    def plain(self, value: object) -> Any:
        own = self.words.get(type(value))
        if own is not None:
            return own(value)
        if isinstance(value, Enum):
            return value.value
        if value is None or isinstance(value, (str, int)):
            return value
        if isinstance(value, float):
            return value if self.digits is None else float(f"{value:.{self.digits}g}")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, time):
            return value.isoformat("minutes")
        if is_dataclass(value):
            return {one.name: self.plain(getattr(value, one.name)) for one in fields(value) if self._writes(one, value)}
        if isinstance(value, Mapping):
            return {str(key): self.plain(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.plain(inner) for inner in value]
        raise TypeError(f"{type(value).__name__} has no plain form")

    def _writes(self, one: Field[Any], value: object) -> bool:
        if self.defaults:
            return one.name not in self.without
        default = one.default_factory() if one.default_factory is not MISSING else one.default
        return one.name not in self.without and (default is MISSING or getattr(value, one.name) != default)
