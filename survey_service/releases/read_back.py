"""Plain JSON as the frozen values that it was written from. Light: pages read releases without the statistics."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from analysis.results import PROTECTED
from questionnaires.condition_parser import parse
from questionnaires.conditions import Condition

Reader = Callable[[Any], Any]
SEAL = "seal"


def read_back(kind: Any, plain: Any) -> Any:
    """Plain JSON as the value of the type ``kind`` that it was written from."""
    return _reader(kind)(plain)


@cache
def hints_of(kind: type) -> dict[str, Any]:
    """The fields of a dataclass and what they are."""
    return get_type_hints(kind)


@cache
def _reader(kind: Any) -> Reader:
    """Makes of plain JSON a value of the annotated type ``kind``; what that type is, is looked at once."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (types.UnionType, Union):
        [known] = [_reader(one) for one in inner if one is not type(None)]  # the summaries know no other unions
        return known if known is _as_it_is else lambda plain: None if plain is None else known(plain)
    if origin is tuple and inner[-1] is Ellipsis:
        each = _reader(inner[0])
        return lambda plain: tuple(map(each, plain))
    if origin is tuple:
        of = tuple(map(_reader, inner))
        return lambda plain: tuple(read(value) for read, value in zip(of, plain, strict=True))
    if origin is not None:  # a mapping by text
        value_of = _reader(inner[1])
        return lambda plain: {key: value_of(value) for key, value in plain.items()}
    if kind is Condition:
        return parse
    if is_dataclass(kind):
        assert isinstance(kind, type)
        return _fields_of(kind)
    if kind is date:
        return date.fromisoformat
    return kind if isinstance(kind, type) and issubclass(kind, Enum) else _as_it_is


def _fields_of(kind: type) -> Reader:
    hints = hints_of(kind)
    further = {SEAL: PROTECTED} if SEAL in hints else {}
    readers: dict[str, Reader] = {}  # made when a field is met: a type may hold its own kind

    def read(plain: Any) -> Any:
        for name in plain.keys() - readers.keys():
            readers[name] = _reader(hints[name])
        return kind(**{name: readers[name](value) for name, value in plain.items()}, **further)

    return read


def _as_it_is(plain: Any) -> Any:
    return plain
