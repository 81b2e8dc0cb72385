"""SQL of printed paper: batches with their counts, forms by serial, cases that still need a form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from survey_service.models import (
    Area,
    Case,
    Disposition,
    FormState,
    Keying,
    KeyingState,
    Mode,
    PaperBatch,
    PaperForm,
    PaperPrint,
    Response,
    ResponseState,
    Survey,
    Wave,
)
from survey_service.paper import serials

ON_PAPER = (Mode.PAPER, Mode.FACE_TO_FACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """A batch as a list shows it."""

    batch: PaperBatch
    area: Area
    counts: dict[FormState, int] = field(default_factory=dict)
    printed: PaperPrint | None = None

    def count(self, state: str) -> int:
        return self.counts.get(FormState(state), 0)


def lock_survey(session: Session, survey_id: UUID) -> None:
    """Serials are counted within the survey: one batch at a time is made. SQLite has one writer anyway."""
    session.execute(select(Survey.id).where(Survey.id == survey_id).with_for_update())


def last_sequence(session: Session, survey_id: UUID) -> int:
    """The largest count that a serial of the survey was made from; zero before the first."""
    last = session.scalar(select(func.max(PaperForm.serial)).where(PaperForm.survey_id == survey_id))
    return serials.sequence(last) if last else 0


def last_number(session: Session, wave: Wave) -> int:
    of_wave = (PaperBatch.survey_id == wave.survey_id) & (PaperBatch.wave_id == wave.id)
    return session.scalar(select(func.max(PaperBatch.number)).where(of_wave)) or 0


def _without_form(wave: Wave) -> Select[Case]:
    has_form = exists().where(
        PaperForm.survey_id == Case.survey_id, PaperForm.wave_id == Case.wave_id, PaperForm.case_id == Case.id
    )
    answered = exists().where(
        Response.survey_id == Case.survey_id,
        Response.case_id == Case.id,
        Response.state == ResponseState.COMPLETE,
    )
    return select(Case).where(
        Case.survey_id == wave.survey_id,
        Case.wave_id == wave.id,
        Case.first_mode.in_(ON_PAPER),
        Case.reserve_replicate == 0,
        Case.disposition.in_((Disposition.UNKNOWN, Disposition.NONCONTACT)),
        ~has_form,
        ~answered,
    )


def cases_without_form(session: Session, wave: Wave, area_id: UUID) -> Sequence[Case]:
    """Sampled cases of a community that are asked on paper, have no form yet and have not answered."""
    return session.scalars(_without_form(wave).where(Case.area_id == area_id).order_by(Case.number)).all()


def waiting_cases(session: Session, wave: Wave, visible: Select[tuple[UUID]]) -> dict[UUID, int]:
    """How many such cases each community has."""
    cases = _without_form(wave).where(Case.area_id.in_(visible)).subquery()
    rows = session.execute(select(cases.c.area_id, func.count()).group_by(cases.c.area_id))
    return {row[0]: row[1] for row in rows}


def communities(session: Session, visible: Select[tuple[UUID]], within: Select[tuple[UUID]]) -> Sequence[Area]:
    return session.scalars(
        select(Area).where(Area.kind == "community", Area.id.in_(visible), Area.id.in_(within)).order_by(Area.code)
    ).all()


def batches(session: Session, wave: Wave, visible: Select[tuple[UUID]]) -> list[BatchLine]:
    """Batches of the wave in these areas, the newest on top."""
    counts: dict[UUID, dict[FormState, int]] = {}
    of_wave = (PaperForm.survey_id == wave.survey_id) & (PaperForm.wave_id == wave.id)
    for batch_id, state, count in session.execute(
        select(PaperForm.batch_id, PaperForm.state, func.count())
        .where(of_wave)
        .group_by(PaperForm.batch_id, PaperForm.state)
    ):
        counts.setdefault(batch_id, {})[state] = count
    rows = session.execute(
        select(PaperBatch, Area, PaperPrint)
        .join(Area, Area.id == PaperBatch.area_id)
        .outerjoin(PaperPrint, (PaperPrint.survey_id == PaperBatch.survey_id) & (PaperPrint.batch_id == PaperBatch.id))
        .where(PaperBatch.survey_id == wave.survey_id, PaperBatch.wave_id == wave.id, PaperBatch.area_id.in_(visible))
        .order_by(PaperBatch.number.desc())
    )
    return [BatchLine(batch=row[0], area=row[1], printed=row[2], counts=counts.get(row[0].id, {})) for row in rows]


def batch(session: Session, wave: Wave, number: int, visible: Select[tuple[UUID]]) -> BatchLine | None:
    return next((line for line in batches(session, wave, visible) if line.batch.number == number), None)


def forms(session: Session, one: PaperBatch) -> list[tuple[PaperForm, Case | None]]:
    rows = session.execute(
        select(PaperForm, Case)
        .outerjoin(Case, (Case.survey_id == PaperForm.survey_id) & (Case.id == PaperForm.case_id))
        .where(PaperForm.survey_id == one.survey_id, PaperForm.batch_id == one.id)
        .order_by(PaperForm.position)
    )
    return [(row[0], row[1]) for row in rows]


def form_locked(
    session: Session, wave: Wave, serial: str, visible: Select[tuple[UUID]]
) -> tuple[PaperForm, PaperBatch] | None:
    found = session.execute(
        select(PaperForm, PaperBatch)
        .join(PaperBatch, (PaperBatch.survey_id == PaperForm.survey_id) & (PaperBatch.id == PaperForm.batch_id))
        .where(
            PaperForm.survey_id == wave.survey_id,
            PaperForm.wave_id == wave.id,
            PaperForm.serial == serial,
            PaperBatch.area_id.in_(visible),
        )
        .with_for_update(of=PaperForm)
    ).one_or_none()
    return (found[0], found[1]) if found else None


def in_keying(session: Session, form: PaperForm) -> bool:
    """Whether anybody has begun to key the form."""
    begun = session.scalar(
        select(Keying.id)
        .where(Keying.survey_id == form.survey_id, Keying.paper_id == form.id, Keying.state != KeyingState.WAITING)
        .limit(1)
    )
    return begun is not None
