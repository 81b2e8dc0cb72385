"""What was put right since the wave before, as its list stands on the day of a release: frozen with its summaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.results import Domain, PublishedChange
from questionnaires.text import Text
from reports.content import Place, PutRight, PutRightItem
from survey_service.analyses.earlier_wave import WaveChanges
from survey_service.analyses.summaries import Summaries
from survey_service.models import Area, Rectification, RectificationState, Release, Survey


def with_put_right(session: Session, made: Summaries, survey: Survey, changes: WaveChanges | None) -> Summaries:
    """The same, where the list of the wave before has rows, with those on the sheets of their communities and streets.

    What this wave says of a row is its own published change; None where it tells none.
    """
    found = [] if changes is None else _rows(session, survey, changes.release_number)
    if changes is None or not found:
        return made
    told = {(one.domain, one.variable): one for one in changes.published}

    def of(*places: Place) -> PutRight | None:
        names = {place.code: place for place in places}
        items = tuple(_item(row, names[code], told) for row, code in found if code in names)
        return PutRight(wave=changes.since, items=items) if items else None

    return replace(
        made,
        communities={code: replace(one, put_right=of(one.place)) for code, one in made.communities.items()},
        streets={
            code: replace(one, put_right=of(one.place, *(inside for _, several in one.streets for inside in several)))
            for code, one in made.streets.items()
        },
    )


def _rows(session: Session, survey: Survey, number: str) -> Sequence[tuple[Rectification, str]]:
    """Rows of the wave of that release that were taken in, each with the code of its area."""
    wave = select(Release.wave_id).where(Release.survey_id == survey.id, Release.number == number)
    found = session.execute(
        select(Rectification, Area.code)
        .join(Area, Area.id == Rectification.area_id)
        .where(
            Rectification.survey_id == survey.id,
            Rectification.wave_id.in_(wave),
            Rectification.state != RectificationState.STRUCK,
        )
        .order_by(Area.code, Rectification.number)
    )
    return [(row, code) for row, code in found]


def _item(row: Rectification, place: Place, told: dict[tuple[Domain, str], PublishedChange]) -> PutRightItem:
    return PutRightItem(
        area=place.name,
        item=Text(row.item_zh, row.item_en),
        indicator=row.indicator,
        state=row.state.value,
        change=told.get((place.domain, row.indicator)),
    )
