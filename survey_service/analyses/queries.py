"""SQL of a wave's rows: a fixed number of statements, however many cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from survey_service.collection.quality_mark_counts import FAST, MINUTE, STRAIGHT
from survey_service.models import (
    BatchState,
    Capture,
    Case,
    Keying,
    PaperBatch,
    Response,
    ResponseState,
    Roll,
    Survey,
    Wave,
)


def survey_and_wave(session: Session, survey_id: UUID, wave_id: UUID) -> tuple[Survey, Wave] | None:
    found = session.execute(
        select(Survey, Wave)
        .join(Wave, Wave.survey_id == Survey.id)
        .where(Survey.id == survey_id, Wave.survey_id == survey_id, Wave.id == wave_id)
    ).one_or_none()
    return (found[0], found[1]) if found else None


AT_ONCE = 1_000


def cases_and_answers(session: Session, survey_id: UUID, wave_id: UUID) -> Iterator[Sequence[Row[Any]]]:
    """Every case of the wave in the order of its numbers, which is the order of the draw, with mode, canonical answers
    and their hash of its complete response, None where it has none, the adults told at its door, whom a Kish table
    chose, and what its answers bear of marks; in parts.

    Columns, not objects: a hundred thousand cases take a second instead of ten. A paper form is among them with its
    final values only: not before its batch is verified and decided.
    """
    counted = (
        (Response.survey_id == Case.survey_id)
        & (Response.case_id == Case.id)
        & (Response.state == ResponseState.COMPLETE)
        & Response.id.not_in(_not_final(survey_id, wave_id))
    )
    in_force = (Roll.survey_id == Case.survey_id) & (Roll.case_id == Case.id) & Roll.withdrawn_at.is_(None)
    current = (Capture.survey_id == Response.survey_id) & (Capture.id == Response.current_capture_id)
    yield from session.execute(
        select(
            Case.area_id,
            Case.number,
            Case.stratum,
            Case.psu,
            Case.stages,
            Case.inclusion_probability,
            Case.disposition,
            Case.first_mode,
            Response.mode,
            Capture.answers,
            Capture.content_sha256,
            Roll.adults.label("rolled"),
            Roll.chosen,
            Roll.kish_table,
            Capture.paradata[FAST].as_boolean().label("fast"),
            Capture.paradata[STRAIGHT].as_boolean().label("straight"),
            MINUTE.label("minute"),
        )
        .select_from(Case)
        .outerjoin(Response, counted)
        .outerjoin(Capture, current)
        .outerjoin(Roll, in_force)
        .where(Case.survey_id == survey_id, Case.wave_id == wave_id)
        .order_by(Case.number)
        .execution_options(yield_per=AT_ONCE)
    ).partitions()


def case_count(session: Session, survey_id: UUID, wave_id: UUID) -> int:
    return session.scalars(
        select(func.count()).select_from(Case).where(Case.survey_id == survey_id, Case.wave_id == wave_id)
    ).one()


def open_answers(session: Session, survey_id: UUID, wave_id: UUID) -> Iterator[Sequence[str]]:
    """Canonical answers of the complete responses without a case, in parts."""
    current = (Capture.survey_id == Response.survey_id) & (Capture.id == Response.current_capture_id)
    yield from session.scalars(
        select(Capture.answers)
        .select_from(Response)
        .join(Capture, current)
        .where(*_open(survey_id, wave_id))
        .order_by(Response.id)
        .execution_options(yield_per=AT_ONCE)
    ).partitions()


def open_responses(session: Session, survey_id: UUID, wave_id: UUID) -> Mapping[UUID, int]:
    """Complete responses without a case, by area."""
    rows = session.execute(
        select(Response.area_id, func.count()).where(*_open(survey_id, wave_id)).group_by(Response.area_id)
    )
    return dict(rows.all())


def _open(survey_id: UUID, wave_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """Complete responses outside the probability sample."""
    return (
        Response.survey_id == survey_id,
        Response.wave_id == wave_id,
        Response.case_id.is_(None),
        Response.state == ResponseState.COMPLETE,
        Response.id.not_in(_not_final(survey_id, wave_id)),
    )


def _not_final(survey_id: UUID, wave_id: UUID) -> Select[UUID | None]:
    """Responses from paper whose batch is not verified and decided."""
    return (
        select(Keying.response_id)
        .join(PaperBatch, (PaperBatch.survey_id == Keying.survey_id) & (PaperBatch.id == Keying.batch_id))
        .where(
            Keying.survey_id == survey_id,
            Keying.wave_id == wave_id,
            Keying.response_id.is_not(None),
            PaperBatch.state != BatchState.DONE,
        )
    )
