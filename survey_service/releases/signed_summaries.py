"""What the PDFs of a release are written from, kept as it was when it was signed.

PDFs are made by a job after the signature, and again where a file was lost. Made from the rows, they could not be had
any more as soon as one resident took an answer back: the figures would be others. So the summaries themselves are
kept, which hold published figures only. Floats are kept exactly, so that the same release gives the same bytes.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from questionnaires.canonical_json import Form
from questionnaires.conditions import Condition
from reports.content import AreaSummary, CommunitySummary
from survey_service.analyses.summaries import Summaries
from survey_service.releases import lined_json
from survey_service.releases.lined_json import LateMapping, Lines
from survey_service.releases.read_back import SEAL, hints_of, read_back

FORMAT = 2
"""1: every summary held all of it; of a thousand communities that was the whole table a thousand times."""
_FORM = Form(without=frozenset({SEAL}), words={Condition: lambda condition: condition.source})


_APART: Final = frozenset(
    {
        ("shared", "table", "rows"),
        ("shared", "imprint", "correction", "earlier", "rows"),
        ("shared", "samples"),
        ("communities",),
        ("streets",),
    }
)
"""What is as long as the city has communities: one sheet reads a few of its entries."""


def packed(summaries: Summaries) -> bytes:
    """The summaries as compressed JSON; what all of them hold, the table above all, is written once."""
    shared = _shared([summaries.city, *summaries.streets.values(), *summaries.communities.values()])

    def own(one: AreaSummary | CommunitySummary) -> dict[str, Any]:
        return {name: _FORM.plain(getattr(one, name)) for name in _names(one) if name not in shared}

    text = lined_json.written(
        {
            "format": FORMAT,
            "shared": _FORM.plain(shared),
            "communities": {code: own(one) for code, one in summaries.communities.items()},
            "streets": {code: own(one) for code, one in summaries.streets.items()},
            "city": own(summaries.city),
        },
        _APART,
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


@lru_cache(maxsize=1)
def unpacked(kept: bytes) -> Summaries:
    """The summaries that ``packed`` kept. A field that a later version adds takes its default.

    Rows and sheets are made of their lines when they are asked for: of three thousand communities all of them take two
    seconds of a processor. Those of the release that was asked for last are remembered. A release from before its text
    had lines is read whole.
    """
    document = lined_json.read(zlib.decompress(kept))
    if document["format"] == 1:
        made: Summaries = read_back(Summaries, document["summaries"])
        return made
    if document["format"] != FORMAT:
        raise ValueError(f"summaries of a release in format {document['format']}")
    hints = {**hints_of(CommunitySummary), **hints_of(AreaSummary)}
    shared = {name: read_back(hints[name], value) for name, value in document["shared"].items()}

    def again(kind: Any) -> Callable[[Mapping[str, Any]], Any]:
        common = {name: value for name, value in shared.items() if name in hints_of(kind)}
        return lambda plain: kind(**common, **{name: read_back(hints[name], value) for name, value in plain.items()})

    def every(plain: Mapping[str, Any] | Lines, kind: Any) -> Mapping[str, Any]:
        made = again(kind)
        return (
            LateMapping(plain, made) if isinstance(plain, Lines) else {code: made(one) for code, one in plain.items()}
        )

    return Summaries(
        communities=every(document["communities"], CommunitySummary),
        streets=every(document["streets"], AreaSummary),
        city=again(AreaSummary)(document["city"]),
    )


def _names(one: Any) -> Iterable[str]:
    kind: Any = type(one)
    return hints_of(kind)


def mark(kept: bytes) -> str:
    """The hash that the audit log keeps of them."""
    return hashlib.sha256(zlib.decompress(kept)).hexdigest()
