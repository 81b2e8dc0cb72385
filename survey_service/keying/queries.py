"""SQL of keying: forms, their two keyings, and what a person has done today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from survey_service.keying.schemas import FormFound
from survey_service.models import (
    Account,
    Area,
    Capture,
    Case,
    Keying,
    KeyingPass,
    KeyingState,
    PaperBatch,
    PaperForm,
    Response,
    ResponseState,
    Survey,
    Wave,
    WaveState,
)


def open_waves(
    session: Session, visible: Select[tuple[UUID]], upward: Select[tuple[UUID]], *states: WaveState
) -> Sequence[Row[Survey, Wave]]:
    """Waves in one of ``states`` of the surveys that touch a person's areas, the one that closes first on top."""
    return session.execute(
        select(Survey, Wave)
        .join(Wave, Wave.survey_id == Survey.id)
        .where(Wave.state.in_(states), or_(Survey.city_id.in_(visible), Survey.city_id.in_(upward)))
        .order_by(Wave.closes_on, Survey.key, Wave.key)
    ).all()


def _answered() -> ColumnElement[bool]:
    """Whether a case has its complete response."""
    return exists().where(
        Response.survey_id == Case.survey_id,
        Response.case_id == Case.id,
        Response.state == ResponseState.COMPLETE,
    )


def case_by_number(
    session: Session, wave: Wave, number: str, visible: Select[tuple[UUID]]
) -> Row[Case, Area, bool] | None:
    """The case of a number within the keyer's areas, its community, and whether it has its complete response."""
    return session.execute(
        select(Case, Area, _answered())
        .join(Area, Area.id == Case.area_id)
        .where(
            Case.survey_id == wave.survey_id,
            Case.wave_id == wave.id,
            Case.number == number,
            Case.area_id.in_(visible),
        )
    ).one_or_none()


def form_by_serial(
    session: Session, wave: Wave, serial: str, visible: Select[tuple[UUID]]
) -> tuple[PaperForm, PaperBatch, Area, Case | None, bool] | None:
    found = session.execute(
        select(PaperForm, PaperBatch, Area, Case, _answered())
        .join(PaperBatch, (PaperBatch.survey_id == PaperForm.survey_id) & (PaperBatch.id == PaperForm.batch_id))
        .join(Area, Area.id == PaperBatch.area_id)
        .outerjoin(Case, (Case.survey_id == PaperForm.survey_id) & (Case.id == PaperForm.case_id))
        .where(
            PaperForm.survey_id == wave.survey_id,
            PaperForm.serial == serial,
            PaperForm.wave_id == wave.id,
            PaperBatch.area_id.in_(visible),
        )
    ).one_or_none()
    return (found[0], found[1], found[2], found[3], bool(found[4])) if found else None


def form_of_case(session: Session, case: Case) -> tuple[PaperForm, PaperBatch] | None:
    found = session.execute(
        select(PaperForm, PaperBatch)
        .join(PaperBatch, (PaperBatch.survey_id == PaperForm.survey_id) & (PaperBatch.id == PaperForm.batch_id))
        .where(PaperForm.survey_id == case.survey_id, PaperForm.wave_id == case.wave_id, PaperForm.case_id == case.id)
    ).one_or_none()
    return (found[0], found[1]) if found else None


def lock_form(session: Session, survey_id: UUID, form: FormFound) -> None:
    """One person at a time changes what is known of a form: on PostgreSQL its row is locked, SQLite has one writer."""
    if form.form_id is not None:
        of_form = (PaperForm.survey_id == survey_id) & (PaperForm.id == form.form_id)
        session.execute(select(PaperForm.id).where(of_form).with_for_update())
    else:
        of_case = (Case.survey_id == survey_id) & (Case.id == form.case_id)
        session.execute(select(Case.id).where(of_case).with_for_update())


def keyings(session: Session, survey_id: UUID, paper_id: UUID) -> dict[KeyingPass, Keying]:
    rows = session.scalars(select(Keying).where(Keying.survey_id == survey_id, Keying.paper_id == paper_id))
    return {row.keying_pass: row for row in rows}


def keying_locked(session: Session, survey_id: UUID, keying_id: UUID) -> Keying | None:
    return session.scalars(
        select(Keying).where(Keying.survey_id == survey_id, Keying.id == keying_id).with_for_update()
    ).one_or_none()


def unfinished(session: Session, wave: Wave, account_id: UUID) -> list[str]:
    rows = session.scalars(
        select(Keying.number)
        .where(
            Keying.survey_id == wave.survey_id,
            Keying.wave_id == wave.id,
            Keying.account_id == account_id,
            Keying.state == KeyingState.UNDER_WAY,
        )
        .order_by(Keying.begun_at)
    )
    return list(rows)


def name_of(session: Session, account_id: UUID | None) -> str:
    return session.scalar(select(Account.name).where(Account.id == account_id)) or "–"


def names_of(session: Session, account_ids: Sequence[UUID]) -> dict[UUID, str]:
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(account_ids)))
    return {row[0]: row[1] for row in rows}


def finished_since(session: Session, account_id: UUID, since: datetime) -> tuple[int, datetime | None, datetime | None]:
    """Forms that a person has keyed, once or a second time, since a moment; the first and the last of them."""
    row = session.execute(
        select(func.count(), func.min(Keying.finished_at), func.max(Keying.finished_at)).where(
            Keying.account_id == account_id, Keying.state == KeyingState.DONE, Keying.finished_at >= since
        )
    ).one()
    return row[0], row[1], row[2]


def client_id_of(session: Session, row: Keying) -> str | None:
    """The id of the submission that finished a keying."""
    return session.scalar(
        select(Capture.client_id).where(Capture.survey_id == row.survey_id, Capture.id == row.capture_id)
    )


def has_batches(session: Session, wave: Wave) -> bool:
    """Whether the wave's paper goes out in batches, with serials."""
    of_wave = (PaperBatch.survey_id == wave.survey_id) & (PaperBatch.wave_id == wave.id)
    return session.scalar(select(PaperBatch.id).where(of_wave).limit(1)) is not None
