"""SQL of a wave's rows: a fixed number of statements, however many cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Row, SQLColumnExpression, String, case, cast, func, select
from sqlalchemy.orm import Session

from survey_service.models import (
    Area,
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

BURST = 30  # answers of one community's open code in a minute: as many as a meeting hall brings


def survey_and_wave(session: Session, survey_id: UUID, wave_id: UUID) -> tuple[Survey, Wave] | None:
    found = session.execute(
        select(Survey, Wave)
        .join(Wave, Wave.survey_id == Survey.id)
        .where(Survey.id == survey_id, Wave.survey_id == survey_id, Wave.id == wave_id)
    ).one_or_none()
    return (found[0], found[1]) if found else None


def cases(session: Session, survey_id: UUID, wave_id: UUID) -> Sequence[Case]:
    """Every case of the wave in the order of its numbers, which is the order of the draw."""
    return session.scalars(
        select(Case).where(Case.survey_id == survey_id, Case.wave_id == wave_id).order_by(Case.number)
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


def areas(session: Session, area_ids: Sequence[UUID]) -> dict[UUID, Area]:
    return {area.id: area for area in session.scalars(select(Area).where(Area.id.in_(list(area_ids))))}


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneMarks:
    """Counts of complete responses whose current answers came from phones."""

    answers: int
    fast: int
    straight: int
    open_answers: int  # those by open codes, of which
    alike: int  # have all answers in common with another one of their community
    in_bursts: int  # came in a minute that brought their community more than ``BURST``


def phone_marks(session: Session, survey_id: UUID, wave_id: UUID) -> PhoneMarks:
    """Three statements that the database adds up by itself, however many answers."""
    current = (Capture.survey_id == Response.survey_id) & (Capture.id == Response.current_capture_id)
    of_wave = (
        (Response.survey_id == survey_id) & (Response.wave_id == wave_id) & (Response.state == ResponseState.COMPLETE)
    )

    def marked(name: str) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((Capture.paradata[name].as_boolean(), 1), else_=0)), 0)

    phones = Response.mode.in_((Mode.WEB_OPEN, Mode.WEB_INVITED))
    answers, fast, straight, opened = session.execute(
        select(
            func.count(),
            marked("fast"),
            marked("straight"),
            func.coalesce(func.sum(case((Response.mode == Mode.WEB_OPEN, 1), else_=0)), 0),
        )
        .select_from(Response)
        .join(Capture, current)
        .where(of_wave, phones)
    ).one()

    def together(kind: SQLColumnExpression[str], more_than: int) -> int:
        groups = (
            select(func.count().label("size"))
            .select_from(Response)
            .join(Capture, current)
            .where(of_wave, Response.mode == Mode.WEB_OPEN)
            .group_by(Response.area_id, kind)
            .having(func.count() > more_than)
            .subquery()
        )
        return int(session.execute(select(func.coalesce(func.sum(groups.c.size), 0))).scalar_one())

    minute = func.substr(cast(Response.completed_at, String), 1, len("2026-09-18 02:00"))
    return PhoneMarks(
        answers=answers,
        fast=fast,
        straight=straight,
        open_answers=opened,
        alike=together(Capture.content_sha256, 1),
        in_bursts=together(minute, BURST),
    )
