"""The indices of a survey as a release tells them: those that name its wave, made as it is signed, of its own figures
and of the newest releases of the other waves.

Nothing follows from one that the printed figures do not tell (decision 0158), and so it needs no gate. It is frozen
with the release: an index that is changed later is another one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from analysis.results import PublishableTable
from reports.content import AreaSummary, IndexOfArea, IndexPartOfArea
from survey_service.analyses.summaries import Summaries
from survey_service.models import Survey, Wave
from survey_service.releases.canonical_estimates import cells_by_domain
from survey_service.releases.indices import Domain, IndexShown, indices_of, shown


def of_wave(session: Session, survey: Survey, wave: Wave, table: PublishableTable) -> tuple[IndexShown, ...]:
    """Those of which every part has its figure now, in the order of their keys."""
    own = cells_by_domain(table)
    named = [one for one in indices_of(survey) if any(part.wave == wave.key for part in one.parts)]
    found = [shown(session, survey, one, {wave.key: own}) for one in named]
    return tuple(one for one in found if one.whole)


def plain(found: Sequence[IndexShown]) -> list[Mapping[str, Any]]:
    """As a release keeps them. The figures of its own wave have no release's number beside them."""
    return [{name: value for name, value in json.loads(one.text).items() if name != "format"} for one in found]


def with_indices(summaries: Summaries, found: Sequence[IndexShown]) -> Summaries:
    """The same with a line on the sheets of the city and of the streets."""
    return replace(
        summaries,
        city=_with(summaries.city, found),
        streets={code: _with(one, found) for code, one in summaries.streets.items()},
    )


def _with(summary: AreaSummary, found: Sequence[IndexShown]) -> AreaSummary:
    told = [_of_area(one, summary.place.domain) for one in found]
    return replace(summary, indices=tuple(one for one in told if one is not None))


def _of_area(found: IndexShown, domain: Domain) -> IndexOfArea | None:
    """None where a part of it is hidden there."""
    line = next((one for one in found.lines if one.domain == domain), None)
    if line is None or not line.value:
        return None
    return IndexOfArea(
        name=found.index.name,
        value=line.value,
        interval=line.interval,
        widest=found.shared,
        parts=tuple(
            IndexPartOfArea(wave=part.wave, indicator=part.indicator, weight=part.part.weight) for part in found.parts
        ),
    )
