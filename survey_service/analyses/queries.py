"""SQL of a wave's rows: a fixed number of statements, however many cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from survey_service.models import (
    BatchState,
    Capture,
    Case,
    Keying,
    Mode,
    PaperBatch,
    Response,
    ResponseState,
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


def cases(session: Session, survey_id: UUID, wave_id: UUID) -> Sequence[Row[Any]]:
    """Every case of the wave in the order of its numbers, which is the order of the draw. Columns, not objects: a
    hundred thousand cases take a second instead of ten."""
    return session.execute(
        select(
            Case.id,
            Case.area_id,
            Case.number,
            Case.stratum,
            Case.psu,
            Case.stages,
            Case.inclusion_probability,
            Case.disposition,
            Case.first_mode,
        )
        .where(Case.survey_id == survey_id, Case.wave_id == wave_id)
        .order_by(Case.number)
    ).all()


def complete_answers(
    session: Session, survey_id: UUID, wave_id: UUID
) -> Sequence[Row[UUID | None, UUID, Mode, str, str]]:
    """Case (None: open collection), area, mode, canonical answers and their hash of every complete response.

    A paper form is among them with its final values only: not before its batch is verified and decided.
    """
    not_final = (
        select(Keying.response_id)
        .join(PaperBatch, (PaperBatch.survey_id == Keying.survey_id) & (PaperBatch.id == Keying.batch_id))
        .where(
            Keying.survey_id == survey_id,
            Keying.wave_id == wave_id,
            Keying.response_id.is_not(None),
            PaperBatch.state != BatchState.DONE,
        )
    )
    return session.execute(
        select(Response.case_id, Response.area_id, Response.mode, Capture.answers, Capture.content_sha256)
        .join(Capture, (Capture.survey_id == Response.survey_id) & (Capture.id == Response.current_capture_id))
        .where(
            Response.survey_id == survey_id,
            Response.wave_id == wave_id,
            Response.state == ResponseState.COMPLETE,
            Response.id.not_in(not_final),
        )
    ).all()
