"""What the next released wave says of a matter: read from its own table of changes, never computed here.

A change is told only where the release tells it: of the same indicator and area, since the release of the very wave
that the row comes from. Everything else cannot be compared, and it is said why.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service.models import Area, Rectification, Release, Survey, Wave
from survey_service.rectification import queries


class Later(StrEnum):
    """The three things that may be said."""

    DETECTABLE = "detectable"  # 变化可以辨别
    NOT_FOUND = "not_found"  # 没有查出变化
    NOT_COMPARED = "not_compared"  # 不能比较


LATER: Final[Mapping[Later, Text]] = {
    Later.DETECTABLE: Text("变化可以辨别", "the change can be told"),
    Later.NOT_FOUND: Text("没有查出变化", "no change was found"),
    Later.NOT_COMPARED: Text("不能比较", "cannot be compared"),
}
_VERDICTS: Final[Mapping[str, tuple[Later, bool | None]]] = {
    "risen": (Later.DETECTABLE, True),
    "fallen": (Later.DETECTABLE, False),
    "no_detectable_change": (Later.NOT_FOUND, None),
    "not_comparable": (Later.NOT_COMPARED, None),
    "not_estimable": (Later.NOT_COMPARED, None),
}
"""What a release writes of a change, and whether it has risen."""
_NOT_TOLD: Final = (Later.NOT_COMPARED, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the release ``number`` of the next wave says. ``risen``: None where no change is told."""

    number: str
    wave: Text
    later: Later
    risen: bool | None = None
    differs: bool = False  # asked otherwise in the two waves, as the release says


def next_release(session: Session, survey_id: UUID, wave: Wave) -> tuple[Release, Wave] | None:
    """The edition in force of the first wave that began after this one and was released."""
    found = session.execute(
        select(Release, Wave)
        .join(Wave, (Wave.survey_id == Release.survey_id) & (Wave.id == Release.wave_id))
        .where(Wave.survey_id == survey_id, Wave.opens_on > wave.closes_on)
        .order_by(Wave.opens_on, Release.edition.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def said_of(session: Session, row: Rectification) -> Said | None:
    """None while no later wave was released, and for a matter in the office's own words."""
    if not row.indicator:
        return None
    wave = session.get_one(Wave, (row.survey_id, row.wave_id))
    found = next_release(session, row.survey_id, wave)
    if found is None:
        return None
    release, after = found
    area = session.get_one(Area, row.area_id)
    survey = session.get_one(Survey, row.survey_id)
    numbers = set(
        session.scalars(select(Release.number).where(Release.survey_id == wave.survey_id, Release.wave_id == wave.id))
    )
    changes = json.loads(release.estimates).get("changes") or {}
    told = changes.get("published", []) if changes.get("since") in numbers else []
    verdict = _verdict(told, _domain(area, survey), row.indicator)
    said, risen = _VERDICTS.get(verdict, _NOT_TOLD)
    return Said(
        number=release.number,
        wave=Text(after.name_zh, after.name_en),
        later=said,
        risen=risen,
        differs=verdict == "not_comparable",
    )


def _verdict(told: Sequence[Mapping[str, Any]], domain: list[list[str]], indicator: str) -> str:
    """ "" where the release tells no change of it: one of the two figures is not shown."""
    for one in told:
        if one["variable"] == indicator and one["domain"] == domain:
            return str(one["verdict"])
    return ""


def _domain(area: Area, survey: Survey) -> list[list[str]]:
    """The key of an area in the tables of a release."""
    if area.id == survey.city_id:
        return []
    return [["community" if area.kind in queries.COMMUNITY_KINDS else "street", area.code]]
