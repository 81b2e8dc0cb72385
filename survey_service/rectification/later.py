"""What the next released wave says of a matter: read from its own table of changes, never computed here.

A change is told only where the release tells it: of the same indicator and area, since the release of the very wave
that the row comes from. Everything else cannot be compared, and it is said why.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service.models import Area, Rectification, Release, Survey, Wave


class Later(StrEnum):
    """The three things that may be said."""

    DETECTABLE = "detectable"  # 查出了变化
    NOT_FOUND = "not_found"  # 没有查出变化
    NOT_COMPARED = "not_compared"  # 不能比较


LATER: Final[Mapping[Later, Text]] = {
    Later.DETECTABLE: Text("查出了变化", "a change was found"),
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


def next_release(session: Session, survey_id: UUID, wave: Wave) -> tuple[UUID, str, Wave] | None:
    """Id and number of the edition in force of the first wave that began after this one and was released."""
    found = session.execute(
        select(Release.id, Release.number, Wave)
        .join(Wave, (Wave.survey_id == Release.survey_id) & (Wave.id == Release.wave_id))
        .where(Wave.survey_id == survey_id, Wave.opens_on > wave.closes_on)
        .order_by(Wave.opens_on, Release.edition.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else (found[0], found[1], found[2])


def said_of(session: Session, row: Rectification) -> Said | None:
    """None while no later wave was released, and for a matter in the office's own words."""
    if not row.indicator:
        return None
    wave = session.get_one(Wave, (row.survey_id, row.wave_id))
    found = next_release(session, row.survey_id, wave)
    if found is None:
        return None
    release_id, number, after = found
    area = session.get_one(Area, row.area_id)
    survey = session.get_one(Survey, row.survey_id)
    numbers = set(
        session.scalars(select(Release.number).where(Release.survey_id == wave.survey_id, Release.wave_id == wave.id))
    )
    since, of_area = _told(session, row.survey_id, release_id, "" if area.id == survey.city_id else area.code)
    verdict = of_area.get(row.indicator, "") if since in numbers else ""
    said, risen = _VERDICTS.get(verdict, _NOT_TOLD)
    return Said(
        number=number,
        wave=Text(after.name_zh, after.name_en),
        later=said,
        risen=risen,
        differs=verdict == "not_comparable",
    )


def _told(session: Session, survey_id: UUID, release_id: UUID, code: str) -> tuple[str, Mapping[str, str]]:
    """Since which release, and the verdict of each indicator of this area; nothing where it tells no change."""
    this = (Release.survey_id == survey_id, Release.id == release_id)
    kept, since, of_area = session.execute(
        select(
            Release.changes.is_not(None), Release.changes["since"].as_string(), Release.changes["areas"][code]
        ).where(*this)
    ).one()
    if kept and since:
        return since, of_area or {}
    return _from_the_record(session.scalars(select(Release.estimates).where(*this)).one(), code)


def _from_the_record(text: str, code: str) -> tuple[str, Mapping[str, str]]:
    """Of a release that was signed before its changes were kept apart."""
    changes = json.loads(text).get("changes") or {}
    of_area = {
        one["variable"]: str(one["verdict"])
        for one in changes.get("published", [])
        if (one["domain"][-1][1] if one["domain"] else "") == code and len(one["domain"]) <= 1
    }
    return str(changes.get("since", "")), of_area
