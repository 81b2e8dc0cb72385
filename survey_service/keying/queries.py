"""SQL of first keying."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from survey_service.models import Area, Capture, Case, Response, ResponseState, Source, Survey, Wave, WaveState


def open_waves(
    session: Session, visible: Select[tuple[UUID]], upward: Select[tuple[UUID]]
) -> Sequence[Row[Survey, Wave]]:
    """Open waves of the surveys that touch a keyer's areas, the one that closes first on top."""
    return session.execute(
        select(Survey, Wave)
        .join(Wave, Wave.survey_id == Survey.id)
        .where(Wave.state == WaveState.OPEN, or_(Survey.city_id.in_(visible), Survey.city_id.in_(upward)))
        .order_by(Wave.closes_on, Survey.key, Wave.key)
    ).all()


def case_by_number(
    session: Session, wave: Wave, number: str, visible: Select[tuple[UUID]]
) -> Row[Case, Area, bool] | None:
    """The case of a serial within the keyer's areas, its community, and whether it has its complete response."""
    complete = exists().where(
        Response.survey_id == Case.survey_id,
        Response.case_id == Case.id,
        Response.state == ResponseState.COMPLETE,
    )
    return session.execute(
        select(Case, Area, complete)
        .join(Area, Area.id == Case.area_id)
        .where(
            Case.survey_id == wave.survey_id,
            Case.wave_id == wave.id,
            Case.number == number,
            Case.area_id.in_(visible),
        )
    ).one_or_none()


def keyed_since(session: Session, account_id: UUID, since: datetime) -> tuple[int, datetime | None, datetime | None]:
    """Forms that a keyer has entered since a moment; the first and the last of them."""
    row = session.execute(
        select(func.count(), func.min(Capture.at), func.max(Capture.at)).where(
            Capture.by_account_id == account_id,
            Capture.source == Source.FIRST_KEYING,
            Capture.at >= since,
            Capture.conflict.is_(False),
        )
    ).one()
    return row[0], row[1], row[2]
