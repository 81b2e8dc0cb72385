"""Plain JSON as the frozen values that it was written from. Light: pages read releases without the statistics."""

from __future__ import annotations

import json
import re
import types
from collections.abc import Callable, Sequence
from dataclasses import is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from analysis.results import PROTECTED, Domain, FoundByDomain, Mark, PublishableRow, Suppression, Verdict
from questionnaires.condition_parser import parse
from questionnaires.conditions import Condition
from survey_service.releases.lined_json import LateMapping, LateSequence, Lines

Reader = Callable[[Any], Any]
SEAL = "seal"
_AFTER_DOMAIN = b',"sample_size":'


def read_back(kind: Any, plain: Any) -> Any:
    """Plain JSON as the value of the type ``kind`` that it was written from; of ``Lines`` each entry when it is asked
    for."""
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
    if origin is Sequence or (origin is tuple and inner[-1] is Ellipsis):
        return _several(inner[0])
    if origin is tuple:
        of = tuple(map(_reader, inner))
        return lambda plain: tuple(read(value) for read, value in zip(of, plain, strict=True))
    if origin is not None:  # a mapping by text
        return _by_text(inner[1])
    if kind is Condition:
        return parse
    if is_dataclass(kind):
        assert isinstance(kind, type)
        return _fields_of(kind)
    if kind is date:
        return date.fromisoformat
    return kind if isinstance(kind, type) and issubclass(kind, Enum) else _as_it_is


def _several(kind: Any) -> Reader:
    each, late = _reader(kind), LateRows if kind is PublishableRow else LateSequence
    return lambda plain: late(plain, each) if isinstance(plain, Lines) else tuple(map(each, plain))


def _by_text(kind: Any) -> Reader:
    each = _reader(kind)

    def read(plain: Any) -> Any:
        if isinstance(plain, Lines):
            return LateMapping(plain, each)
        return {key: each(value) for key, value in plain.items()}

    return read


class LateRows(LateSequence[PublishableRow], FoundByDomain):
    """Rows of a table, of which one is found by its domain without making the others."""

    def __init__(self, lines: Lines, made: Callable[[Any], PublishableRow]) -> None:
        super().__init__(lines, made)
        first = reversed(list(enumerate(lines.lines)))  # of two with one domain
        self._by_domain = {_domain_of(line): place for place, line in first}
        self._marks: dict[tuple[int, str], Mark] = {}

    def of(self, domain: Domain) -> PublishableRow:
        return self[self._by_domain[domain]]

    def mark(self, domain: Domain, variable: str) -> Mark:
        place = self._by_domain[domain]
        known = self._marks.get((place, variable))
        if known is None:
            known = self._marks[place, variable] = self._mark(place, variable)
        return known

    def _mark(self, place: int, variable: str) -> Mark:
        """As the text has it; where it has none in the form that is written now, as the row has it."""
        line, begun = self._lines.lines[place], _begun(variable)
        at = line.find(begun)
        found = _MARKED.match(line, at + len(begun)) if at >= 0 else None
        if found is not None:
            return _mark_of(*found.groups())
        cell = self[place].cell(variable)
        return Mark(cell.suppression, cell.verdict)


_MARKED = re.compile(rb'[^{}]*?"suppression":(null|"[a-z_]+"),"verdict":(null|"[a-z_]+")[,}]')
"""Of what is left of a cell. Its goal, the one thing in it with brackets of its own, comes after."""


@cache
def _begun(variable: str) -> bytes:
    """How the cell begins that is asked for; within a text the marks would be written with a backslash."""
    return b'{"variable":%s,"category":null,' % json.dumps(variable, ensure_ascii=False).encode()


@cache
def _mark_of(suppression: bytes, verdict: bytes) -> Mark:
    hidden, judged = json.loads(suppression), json.loads(verdict)
    return Mark(hidden and Suppression(hidden), judged and Verdict(judged))


def _domain_of(line: bytes) -> Domain:
    """It stands first in a row, and its count second; within a text both marks would be written with a backslash."""
    plain = json.loads(line[: line.index(_AFTER_DOMAIN)] + b"}")["domain"]
    return tuple((column, value) for column, value in plain)


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
