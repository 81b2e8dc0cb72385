"""What the PDFs of a release are written from, kept as it was when it was signed.

PDFs are made by a job after the signature, and again where a file was lost. Made from the rows, they could not be had
any more as soon as one resident took an answer back: the figures would be others. So the summaries themselves are
kept, which hold published figures only. Floats are kept exactly, so that the same release gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from questionnaires.canonical_json import Form
from questionnaires.conditions import Condition
from reports.content import AreaSummary, CommunitySummary
from survey_service.analyses.summaries import Summaries
from survey_service.releases.read_back import SEAL, hints_of, read_back

FORMAT = 2
"""1: every summary held all of it; of a thousand communities that was the whole table a thousand times."""
_FORM = Form(without=frozenset({SEAL}), words={Condition: lambda condition: condition.source})


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


@lru_cache(maxsize=1)
def unpacked(kept: bytes) -> Summaries:
    """The summaries that ``packed`` kept. A field that a later version adds takes its default.

    Those that were asked for last are remembered: of three thousand communities they take two seconds of a processor,
    and whoever reads one sheet in a meeting reads the next.
    """
    document = json.loads(zlib.decompress(kept))
    if document["format"] == 1:
        made: Summaries = read_back(Summaries, document["summaries"])
        return made
    if document["format"] != FORMAT:
        raise ValueError(f"summaries of a release in format {document['format']}")
    hints = {**hints_of(CommunitySummary), **hints_of(AreaSummary)}
    shared = {name: read_back(hints[name], value) for name, value in document["shared"].items()}

    def again(kind: Any, plain: Mapping[str, Any]) -> Any:
        common = {name: value for name, value in shared.items() if name in hints_of(kind)}
        return kind(**common, **{name: read_back(hints[name], value) for name, value in plain.items()})

    return Summaries(
        communities={code: again(CommunitySummary, plain) for code, plain in document["communities"].items()},
        streets={code: again(AreaSummary, plain) for code, plain in document["streets"].items()},
        city=again(AreaSummary, document["city"]),
    )


def _names(one: Any) -> Iterable[str]:
    kind: Any = type(one)
    return hints_of(kind)


def mark(kept: bytes) -> str:
    """The hash that the audit log keeps of them."""
    return hashlib.sha256(zlib.decompress(kept)).hexdigest()
