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
from collections.abc import Callable
from dataclasses import is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from analysis.results import PROTECTED
from questionnaires.canonical_json import Form
from questionnaires.condition_parser import parse
from questionnaires.conditions import Condition
from survey_service.analyses.summaries import Summaries

FORMAT = 1
Reader = Callable[[Any], Any]
_SEAL = "seal"
_FORM = Form(without=frozenset({_SEAL}), words={Condition: lambda condition: condition.source})


def packed(summaries: Summaries) -> bytes:
    """The summaries as compressed JSON."""
    text = json.dumps(
        {"format": FORMAT, "summaries": _FORM.plain(summaries)},
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,  # in their order: it is that of the page
    )
    return zlib.compress(text.encode(), 6)


def unpacked(kept: bytes) -> Summaries:
    """The summaries that ``packed`` kept. A field that a later version adds takes its default."""
    document = json.loads(zlib.decompress(kept))
    if document["format"] != FORMAT:
        raise ValueError(f"summaries of a release in format {document['format']}")
    made: Summaries = read_back(Summaries, document["summaries"])
    return made


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
        return lambda plain: None if plain is None else known(plain)
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
    hints = get_type_hints(kind)
    further = {_SEAL: PROTECTED} if _SEAL in hints else {}
    return lambda plain: kind(**{name: _reader(hints[name])(value) for name, value in plain.items()}, **further)


def _as_it_is(plain: Any) -> Any:
    return plain
