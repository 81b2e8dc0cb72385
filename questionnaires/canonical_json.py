"""Values as plain JSON, and the one text of them that is hashed and stored.

Hashes of definitions, of answers and of releases are of this text, so it may never change by a byte. It is what the
standard ``json`` writes: another writer's ``1e-7`` for ``1e-07`` would break every one of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from datetime import date, time
from enum import Enum
from functools import cache
from types import NoneType
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
        kind = type(value)
        own = self.words.get(kind)
        if own is not None:
            return own(value)
        # The plain types first, by what they are and not by what they might derive from: a release holds millions.
        if kind in _AS_THEY_ARE:
            return value
        if kind is float:
            return value if self.digits is None else float(f"{value:.{self.digits}g}")
        if kind is tuple or kind is list:
            return [self.plain(inner) for inner in value]  # type: ignore[attr-defined]  # as its kind says
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
            return self._of_fields(value)
        if isinstance(value, Mapping):
            return {str(key): self.plain(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.plain(inner) for inner in value]
        raise TypeError(f"{type(value).__name__} has no plain form")

    def _of_fields(self, value: Any) -> dict[str, Any]:
        if self.words:
            return {name: self.plain(getattr(value, name)) for name in self.names(value)}
        found, digits = {}, self.digits
        for name in self.names(value):
            inner = getattr(value, name)
            kind = type(inner)
            if kind in _AS_THEY_ARE:
                found[name] = inner
            elif kind is float and digits is not None:
                found[name] = float(f"{inner:.{digits}g}")
            else:
                found[name] = self.plain(inner)
        return found

    def names(self, value: Any) -> Iterable[str]:
        """The fields of a dataclass that are written, in their order."""
        kind: Any = type(value)
        if self.defaults:
            return self.names_of(kind)
        return [one.name for one in _fields(kind) if self._writes(one, value)]

    def names_of(self, kind: Any) -> tuple[str, ...]:
        """The same of all that are of a kind, where defaults are written."""
        return _names_without(kind, self.without)

    def _writes(self, one: Field[Any], value: object) -> bool:
        default = one.default_factory() if one.default_factory is not MISSING else one.default
        return one.name not in self.without and (default is MISSING or getattr(value, one.name) != default)


_AS_THEY_ARE = frozenset({str, int, bool, NoneType})


@cache
def _fields(kind: Any) -> tuple[Field[Any], ...]:
    return fields(kind)


@cache
def _names_without(kind: type, without: frozenset[str]) -> tuple[str, ...]:
    return tuple(one.name for one in _fields(kind) if one.name not in without)
