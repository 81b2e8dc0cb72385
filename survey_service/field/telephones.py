"""Telephones of households: sealed when a file brings them, opened one by one by whoever calls, each time on record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, cast

from sqlalchemy import ColumnElement, Table, delete, func, insert, select
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.bulk import in_groups
from survey_service.field.errors import NoTelephone
from survey_service.models import Case, CaseTelephone, Mode, Wave, WaveState
from survey_service.sealed.keys import Seal, WaveKeys

TAKES: Final = (WaveState.DRAFT, WaveState.OPEN)
"""Waves to which numbers may be brought: somebody will still call."""


def takes_calls(wave: Wave) -> bool:
    """Whether answers may come by telephone; a wave that says no modes takes every one."""
    return not wave.modes or Mode.TELEPHONE.value in wave.modes


def store(
    session: Session, wave: Wave, numbers: Mapping[str, str], keys: WaveKeys, *, at: datetime, by: audit.Actor
) -> None:
    """``numbers``: case number -> telephone; what was there of these cases gives way. SealAway, SealGone."""
    # Two who bring the first numbers at once must not make two keys.
    session.execute(select(Wave.id).where(Wave.survey_id == wave.survey_id, Wave.id == wave.id).with_for_update())
    seal = keys.begin(session, wave, at=at)
    of_wave = (CaseTelephone.survey_id == wave.survey_id) & (CaseTelephone.wave_id == wave.id)
    for some in in_groups(numbers):
        session.execute(delete(CaseTelephone).where(of_wave, CaseTelephone.number.in_(some)))
    rows = [
        {
            "survey_id": wave.survey_id,
            "wave_id": wave.id,
            "number": number,
            "sealed": seal.seal(telephone, of=_of(number)),
        }
        for number, telephone in numbers.items()
    ]
    if rows:
        session.execute(insert(cast("Table", CaseTelephone.__table__)), rows)
    audit.record(
        session,
        survey_id=wave.survey_id,
        at=at,
        by=by,
        action="telephones.stored",
        record=f"wave {wave.id}",
        detail={"telephones": len(rows)},
    )


def open_one(session: Session, case: Case, seal: Seal, *, at: datetime, by: audit.Actor) -> str:
    """The telephone of one case; that it was opened stands in the log of this transaction. NoTelephone."""
    row = session.get(CaseTelephone, (case.survey_id, case.wave_id, case.number))
    if row is None or row.sealed is None:
        raise NoTelephone
    telephone = seal.open(row.sealed, of=_of(case.number))
    audit.record(
        session,
        survey_id=case.survey_id,
        at=at,
        by=by,
        action="telephone.opened",
        record=f"case {case.id}",
        detail={},
    )
    return telephone


def held(session: Session, wave: Wave) -> int:
    """How many cases of the wave have one that is not destroyed."""
    return session.scalar(select(func.count()).select_from(CaseTelephone).where(_of_wave(wave))) or 0


def has_one(wave: Wave) -> ColumnElement[bool]:
    """Of a case: whether there is one that is not destroyed."""
    return select(CaseTelephone.number).where(_of_wave(wave), CaseTelephone.number == Case.number).exists()


def _of_wave(wave: Wave) -> ColumnElement[bool]:
    return (
        (CaseTelephone.survey_id == wave.survey_id)
        & (CaseTelephone.wave_id == wave.id)
        & CaseTelephone.sealed.is_not(None)
    )


def _of(number: str) -> str:
    return f"telephone {number}"
