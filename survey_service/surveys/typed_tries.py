"""How many wrong codes may be typed: over the installation and over each wave, never by address.

A village behind one address of a mobile network must not lock itself out, and whoever tries from a thousand addresses
must not be a thousand times as fast. What the numbers are worth is worked out in docs/decisions/0178.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table, func, select, update
from sqlalchemy.orm import Session

from survey_service.bulk import insert_unless_there
from survey_service.models import TriedAs, TypedTries, Wave, WaveState
from survey_service.surveys.errors import TypingOver, TypingPaused

AN_HOUR: Final = {TriedAs.SHORT_CODE: 300, TriedAs.CASE_NUMBER: 3_000}
A_WAVE: Final = 20_000  # short codes, from the hour after it opened


def wrong(kind: TriedAs, at: datetime) -> Callable[[Session], None]:
    """For the writer: one more that belongs to no letter."""
    hour = _hour(at)

    def count(session: Session) -> None:
        insert_unless_there(session, cast("Table", TypedTries.__table__), {"kind": kind, "hour": hour, "tries": 0})
        session.execute(
            update(TypedTries)
            .where(TypedTries.kind == kind, TypedTries.hour == hour)
            .values(tries=TypedTries.tries + 1)
            .execution_options(synchronize_session=False)
        )

    return count


def refuse_if_paused(session: Session, kind: TriedAs, at: datetime) -> None:
    """TypingPaused, before anything is looked for, while this hour's wrong ones are used up."""
    tries = session.scalar(select(TypedTries.tries).where(TypedTries.kind == kind, TypedTries.hour == _hour(at)))
    if (tries or 0) >= AN_HOUR[kind]:
        raise TypingPaused


def refuse_if_used_up(session: Session, wave_id: UUID | None = None) -> None:
    """TypingOver where the wrong codes of an open wave are used up: of this one, else of every one that is open."""
    counted = of_open_waves(session)
    looked_at = counted if wave_id is None else {wave_id: counted.get(wave_id, 0)}
    if looked_at and min(looked_at.values()) >= A_WAVE:
        raise TypingOver


def of_open_waves(session: Session) -> dict[UUID, int]:
    """Wave -> wrong short codes that were typed while it was open. One that belongs to no letter counts for all."""
    rows = session.execute(
        select(Wave.id, func.coalesce(func.sum(TypedTries.tries), 0))
        .outerjoin(TypedTries, (TypedTries.kind == TriedAs.SHORT_CODE) & (TypedTries.hour >= Wave.opened_at))
        .where(Wave.state == WaveState.OPEN)
        .group_by(Wave.survey_id, Wave.id)
    )
    return {row[0]: int(row[1]) for row in rows}


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
