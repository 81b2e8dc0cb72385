"""Two editions of a release side by side: figures that are printed otherwise, in the areas that a person may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from analysis.results import Domain
from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.accounts.queries import above
from survey_service.areas import queries as area_queries
from survey_service.models import Area, Release, Survey, Wave
from survey_service.surveys import definitions

if TYPE_CHECKING:
    from reports.content import Place


@dataclass(frozen=True, slots=True)
class FigureOfTwo:
    """One figure as the two editions print it, in both languages of the page."""

    area: Text
    indicator: Text
    before: Text
    now: Text


@dataclass(frozen=True, slots=True)
class EditionChanges:
    changed: tuple[FigureOfTwo, ...]
    alike: int  # figures that are printed as before


def changes(session: Session, person: Person, before: Release, now: Release, survey: Survey) -> EditionChanges:
    """What ``now`` prints otherwise than ``before``. As in the reports, a community stands beside its street and city.

    The stories of reports and the statistics are imported here: pages do not pay for them.
    """
    from reports.story.correction import compared
    from survey_service.releases.published_tables import published_table

    wave = session.get_one(Wave, (now.survey_id, now.wave_id))
    indicators = definitions.frozen(session, now.survey_id, wave.questionnaire_version_id).estimated()
    places = [(place, indicators) for place in places_of(session, person, survey)]
    tables = published_table(before.estimates), published_table(now.estimates)
    zh, en = (compared(*tables, places, language) for language in ("zh", "en"))
    both = zip(zh.changed, en.changed, strict=True)
    return EditionChanges(
        changed=tuple(
            FigureOfTwo(
                area=one.place.name,
                indicator=one.indicator.name,
                before=Text(one.before, other.before),
                now=Text(one.now, other.now),
            )
            for one, other in both
        ),
        alike=zh.count - len(zh.changed),
    )


def places_of(session: Session, person: Person, survey: Survey) -> list[Place]:
    """City, then each street with its communities, of those that the person's reports hold."""
    from reports.content import Place

    visible = set(session.scalars(person.visible(*rights.READ_RELEASES)))
    visible |= set(session.scalars(above(person.areas(*rights.READ_RELEASES))))
    inside = [area for area in area_queries.below(session, survey.city_id) if area.kind != "grid"]
    communities = [area for area in inside if area.kind in area_queries.COMMUNITY_KINDS]
    streets = {area.parent_id for area in communities}
    return [
        Place(code=area.code, name=Text(area.name_zh, area.name_en or area.name_zh), domain=_domain(area, survey))
        for area in inside
        if area.id in visible
        and (area.id in streets or area.id == survey.city_id or area.kind in area_queries.COMMUNITY_KINDS)
    ]


def _domain(area: Area, survey: Survey) -> Domain:
    if area.id == survey.city_id:
        return ()
    return (("community" if area.kind in area_queries.COMMUNITY_KINDS else "street", area.code),)
