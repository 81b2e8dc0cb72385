"""Invented doors of the demonstration city: every grid is a lane, its flats in the order of walking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service.demonstration.field import Fieldwork
from survey_service.models import Case, Wave
from survey_service.sealed.clock import opens_until
from survey_service.sealed.doors import Door, keep_doors
from survey_service.sealed.keys import WaveKeys
from survey_service.services import Services

LANES: Final = ("仁和里", "长庆巷", "春晖苑", "柳荫路", "德馨里", "福安巷", "景明苑", "石榴街", "文渊里", "清波巷")
ON_A_FLOOR, FLOORS, ENTRANCES = 2, 6, 3
_A_HOUSE: Final = ON_A_FLOOR * FLOORS * ENTRANCES
_GRID: Final = 100_000  # places of one grid


def keep(
    session: Session,
    services: Services,
    wave: Wave,
    fieldwork: Mapping[str, Fieldwork],
    case_ids: Mapping[str, Sequence[UUID]],
    *,
    at: datetime,
) -> None:
    """Seal the doors of a wave's cases; none of a wave whose day is past."""
    if services.clock() >= opens_until(wave, services.settings.zone):
        return
    numbers = dict(
        session.execute(
            select(Case.id, Case.number).where(Case.survey_id == wave.survey_id, Case.wave_id == wave.id)
        ).all()
    )
    doors = {
        numbers[case_id]: door_of(one.address.id)
        for code, ids in case_ids.items()
        for case_id, one in zip(ids, fieldwork[code].drawn, strict=True)
    }
    keep_doors(session, wave, WaveKeys(services.settings, services.keys).begin(session, wave, at=at), doors)


def door_of(address: str) -> Door:
    """Of an address named by community, grid and place in the walk: 110101001001-03-0042."""
    community, grid, walked = address.rsplit("-", 2)
    lane = LANES[(int(community[-6:-3]) + 3 * int(community[-3:]) + int(grid)) % len(LANES)]
    house, flat = divmod(int(walked) - 1, _A_HOUSE)
    entrance, rest = divmod(flat, ON_A_FLOOR * FLOORS)
    floor, room = divmod(rest, ON_A_FLOOR)
    text = f"{lane}{int(grid)}号院{house + 1}号楼{entrance + 1}单元{floor + 1}{room + 1:02d}室"
    return Door(int(grid) * _GRID + int(walked), text)
