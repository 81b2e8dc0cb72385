"""The canonical text of large documents, made at once: a release has a hundred million characters.

It is ``canonical_text`` of what ``Form.plain`` says, to the byte, without the millions of plain values in between.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from datetime import date, time
from enum import Enum
from operator import attrgetter
from types import NoneType
from typing import Any, Final

from questionnaires.canonical_json import Form, canonical_text

_string: Final = json.encoder.encode_basestring
_EXACT: Final = 15
"""Significant digits up to which no two texts are one number, so that a text is that of the number it was made of."""


_LEAVES: Final[Mapping[type, Callable[[Any], str]]] = {
    NoneType: lambda _: "null",
    bool: lambda value: "true" if value else "false",
    int: int.__repr__,
    str: _string,
}


class Written(str):
    """A part of a document that is canonical text already."""

    __slots__ = ()


class Writer:
    """Texts of one form. ``bare``: fields of dataclasses that are None are left out."""

    def __init__(self, form: Form, *, bare: bool = False) -> None:
        assert form.digits is not None
        assert form.digits <= _EXACT
        self._form, self._bare, self._digits = form, bare, form.digits
        self._by_kind = _ByKind(self._of)

    def text(self, value: object) -> str:
        return self._by_kind[type(value)](value)

    def _of(self, kind: type) -> Callable[[Any], str]:
        """How values of a kind are written: in the order in which ``Form.plain`` looks at them."""
        if kind in self._form.words:
            words = self._form.words[kind]
            return lambda value: canonical_text(words(value))
        if kind is Written:
            return str
        if kind in _LEAVES:
            return _LEAVES[kind]
        if issubclass(kind, Enum):
            return {one: canonical_text(one.value) for one in kind}.__getitem__
        if issubclass(kind, (str, int)):
            return canonical_text
        if issubclass(kind, float):
            return self._float
        if issubclass(kind, (date, time)):
            return lambda value: canonical_text(self._form.plain(value))
        if is_dataclass(kind):
            return self._of_fields(kind)
        if issubclass(kind, Mapping):
            return self._mapping
        if issubclass(kind, (list, tuple)):
            return self._list
        return lambda value: canonical_text(self._form.plain(value))

    def _float(self, value: float) -> str:
        found = f"{value:.{self._digits}g}"
        if "e" in found or "n" in found:  # another exponent, or no number
            return canonical_text(float(found))
        return found if "." in found else f"{found}.0"

    def _list(self, values: Any) -> str:
        by_kind = self._by_kind
        return f"[{','.join([by_kind[type(one)](one) for one in values])}]"

    def _mapping(self, values: Mapping[Any, Any]) -> str:
        named = {str(key): value for key, value in values.items()}
        return f"{{{','.join([f'{_string(key)}:{self.text(named[key])}' for key in sorted(named)])}}}"

    def _of_fields(self, kind: Any) -> Callable[[Any], str]:
        if self._bare or not self._form.defaults:
            return self._some_fields
        names = sorted(self._form.names_of(kind))
        if len(names) < 2:
            return self._some_fields
        values, by_kind = attrgetter(*names), self._by_kind
        template = f"{{{','.join(f'{_string(name)}:%s' for name in names)}}}"
        return lambda value: template % tuple([by_kind[type(one)](one) for one in values(value)])

    def _some_fields(self, value: Any) -> str:
        by_kind = self._by_kind
        fields = [(name, getattr(value, name)) for name in sorted(self._form.names(value))]
        known = [one for one in fields if one[1] is not None] if self._bare else fields
        return f"{{{','.join([f'{_string(name)}:{by_kind[type(one)](one)}' for name, one in known])}}}"


class _ByKind(dict[type, Callable[[Any], str]]):
    def __init__(self, made: Callable[[type], Callable[[Any], str]]) -> None:
        self._made = made

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        self[kind] = self._made(kind)
        return self[kind]
