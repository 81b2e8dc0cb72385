"""What the PDFs of a release are written from, kept as it was when it was signed.

PDFs are made by a job after the signature, and again where a file was lost. Made from the rows, they could not be had
any more as soon as one resident took an answer back: the figures would be others. So the summaries themselves are
kept, which hold published figures only. Floats are kept exactly, so that the same release gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import types
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from analysis.results import PROTECTED
from questionnaires.canonical_json import Form
from questionnaires.condition_parser import parse
from questionnaires.conditions import Condition
from reports.content import AreaSummary, CommunitySummary
from survey_service.analyses.summaries import Summaries

FORMAT = 2
"""1: every summary held all of it; of a thousand communities that was the whole table a thousand times."""
Reader = Callable[[Any], Any]
_SEAL = "seal"
_FORM = Form(without=frozenset({_SEAL}), words={Condition: lambda condition: condition.source})


def packed(summaries: Summaries) -> bytes:
    """The summaries as compressed JSON; what all of them hold, the table above all, is written once."""
    shared = _shared([summaries.city, *summaries.streets.values(), *summaries.communities.values()])

    def own(one: AreaSummary | CommunitySummary) -> dict[str, Any]:
        return {name: _FORM.plain(getattr(one, name)) for name in _names(one) if name not in shared}

    text = json.dumps(
        {
            "format": FORMAT,
            "shared": _FORM.plain(shared),
            "communities": {code: own(one) for code, one in summaries.communities.items()},
            "streets": {code: own(one) for code, one in summaries.streets.items()},
            "city": own(summaries.city),
        },
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,  # in their order: it is that of the page
    )
    return zlib.compress(text.encode(), 6)


def _shared(every: Sequence[AreaSummary | CommunitySummary]) -> dict[str, Any]:
    """Fields in which all who have them hold one and the same value, not equal ones."""
    first: dict[str, Any] = {}
    apart: set[str] = set()
    for one in every:
        for name in _names(one):
            if first.setdefault(name, getattr(one, name)) is not getattr(one, name):
                apart.add(name)
    return {name: value for name, value in first.items() if name not in apart}


def unpacked(kept: bytes) -> Summaries:
    """The summaries that ``packed`` kept. A field that a later version adds takes its default."""
    document = json.loads(zlib.decompress(kept))
    if document["format"] == 1:
        made: Summaries = read_back(Summaries, document["summaries"])
        return made
    if document["format"] != FORMAT:
        raise ValueError(f"summaries of a release in format {document['format']}")
    hints = {**_hints(CommunitySummary), **_hints(AreaSummary)}
    shared = {name: read_back(hints[name], value) for name, value in document["shared"].items()}

    def again(kind: Any, plain: Mapping[str, Any]) -> Any:
        common = {name: value for name, value in shared.items() if name in _hints(kind)}
        return kind(**common, **{name: read_back(hints[name], value) for name, value in plain.items()})

    return Summaries(
        communities={code: again(CommunitySummary, plain) for code, plain in document["communities"].items()},
        streets={code: again(AreaSummary, plain) for code, plain in document["streets"].items()},
        city=again(AreaSummary, document["city"]),
    )


def _names(one: Any) -> Iterable[str]:
    kind: Any = type(one)
    return _hints(kind)


@cache
def _hints(kind: type) -> dict[str, Any]:
    """The fields of a dataclass and what they are."""
    return get_type_hints(kind)


def read_back(kind: Any, plain: Any) -> Any:
    """Plain JSON as the value of the type ``kind`` that it was written from."""
    return _reader(kind)(plain)


def mark(kept: bytes) -> str:
    """The hash that the audit log keeps of them."""
    return hashlib.sha256(zlib.decompress(kept)).hexdigest()


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
    hints = _hints(kind)
    further = {_SEAL: PROTECTED} if _SEAL in hints else {}
    readers: dict[str, Reader] = {}  # made when a field is met: a type may hold its own kind

    def read(plain: Any) -> Any:
        for name in plain.keys() - readers.keys():
            readers[name] = _reader(hints[name])
        return kind(**{name: readers[name](value) for name, value in plain.items()}, **further)

    return read


def _as_it_is(plain: Any) -> Any:
    return plain
