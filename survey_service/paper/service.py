"""Batches of forms: serials are given, forms go out and come back, and what is missing is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.ids import new_id
from survey_service.models import BatchState, Case, FormState, Mode, PaperBatch, PaperForm, Wave, WaveState
from survey_service.paper import queries, serials
from survey_service.paper.errors import (
    FormInKeying,
    FormNotHere,
    NotASerial,
    NothingToPrint,
    PaperNotYet,
    WrongPrintRun,
)

MOST_FORMS = 500  # of a batch: a box of paper
LANGUAGES = ("zh", "en", "zh-en")
LONGEST_TYPED = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintRun:
    """What is to be printed: forms for sampled cases, or forms that whoever wishes may fill in."""

    area_ids: Sequence[UUID]  # communities
    sampled: bool
    size: int  # forms a batch
    languages: str
    large_print: bool = False


def make_batches(session: Session, wave: Wave, run: PrintRun, *, at: datetime, by: audit.Actor) -> list[PaperBatch]:
    """Give serials; nothing is drawn yet. A community's cases fill as many batches as they need.

    Raises PaperNotYet outside of an open wave, WrongPrintRun for a run that cannot be, NothingToPrint where every case
    has its form.
    """
    if wave.state is not WaveState.OPEN:
        raise PaperNotYet
    if not run.area_ids or not 1 <= run.size <= MOST_FORMS or run.languages not in LANGUAGES:
        raise WrongPrintRun
    queries.lock_survey(session, wave.survey_id)
    sequence = queries.last_sequence(session, wave.survey_id)
    number = queries.last_number(session, wave)
    made: list[PaperBatch] = []
    for area_id in run.area_ids:
        for cases in _portions(session, wave, run, area_id):
            number += 1
            batch = _batch(session, wave, run, area_id, number, len(cases), at=at, by=by)
            session.add_all(_forms(batch, cases, sequence, at))
            sequence += len(cases)
            made.append(batch)
    if not made:
        raise NothingToPrint
    session.flush()
    return made


def _portions(session: Session, wave: Wave, run: PrintRun, area_id: UUID) -> list[Sequence[Case | None]]:
    if not run.sampled:
        return [[None] * run.size]
    cases = queries.cases_without_form(session, wave, area_id)
    return [cases[start : start + run.size] for start in range(0, len(cases), run.size)]


def _batch(
    session: Session, wave: Wave, run: PrintRun, area_id: UUID, number: int, size: int, *, at: datetime, by: audit.Actor
) -> PaperBatch:
    batch = PaperBatch(
        survey_id=wave.survey_id,
        id=new_id(),
        wave_id=wave.id,
        area_id=area_id,
        questionnaire_version_id=wave.questionnaire_version_id,
        languages=run.languages,
        large_print=run.large_print,
        mode=Mode.PAPER if run.sampled else Mode.PAPER_OPEN,
        number=number,
        size=size,
        state=BatchState.ISSUED,
        created_at=at,
        created_by=by.account_id,
    )
    session.add(batch)
    session.flush()
    audit.record(
        session,
        survey_id=wave.survey_id,
        at=at,
        by=by,
        action="paper_batch.made",
        record=f"paper_batch {batch.id}",
        detail={
            "number": number,
            "forms": size,
            "mode": batch.mode.value,
            "languages": run.languages,
            "large_print": run.large_print,
        },
    )
    return batch


def _forms(batch: PaperBatch, cases: Sequence[Case | None], sequence: int, at: datetime) -> list[PaperForm]:
    return [
        PaperForm(
            survey_id=batch.survey_id,
            id=new_id(),
            wave_id=batch.wave_id,
            batch_id=batch.id,
            position=position,
            serial=serials.serial(sequence + position),
            case_id=case.id if case else None,
            state=FormState.ISSUED,
            changed_at=at,
        )
        for position, case in enumerate(cases, start=1)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One form after its state was noted."""

    serial: str
    before: FormState
    after: FormState
    batch: int
    position: int
    late: bool  # came back after the close: kept, never keyed


def log_form(
    session: Session,
    wave: Wave,
    typed: str,
    state: FormState,
    visible: Select[tuple[UUID]],
    *,
    at: datetime,
    by: audit.Actor,
) -> Logged:
    """Note that a form came back, was spoiled, is missing, or is out again after all (a slip is put right).

    ``typed`` is a serial or what a reader made of the QR code. Noting the same again changes nothing. Raises
    NotASerial, FormNotHere, FormInKeying; PaperNotYet before the wave is open and once its review has begun.
    """
    if wave.state not in (WaveState.OPEN, WaveState.CLOSED):
        raise PaperNotYet
    page = serials.read_payload(typed[:LONGEST_TYPED])
    serial = page.serial if page else serials.read(typed[:LONGEST_TYPED])
    if serial is None:
        raise NotASerial(typed.strip()[:20])
    if page is not None and page.survey != serials.survey_mark(wave.survey_id):
        raise FormNotHere(serials.grouped(serial))
    found = queries.form_locked(session, wave, serial, visible)
    if found is None:
        raise FormNotHere(serials.grouped(serial))
    form, batch = found
    before = form.state
    if before is not state:
        if state is not FormState.RETURNED and queries.in_keying(session, form):
            raise FormInKeying(serials.grouped(serial))
        _note(session, form, state, at=at, by=by)
    late = wave.state is WaveState.CLOSED and wave.closed_at is not None and form.changed_at > wave.closed_at
    return Logged(
        serial=serial,
        before=before,
        after=state,
        batch=batch.number,
        position=form.position,
        late=late and state is FormState.RETURNED,
    )


def rest_is_missing(session: Session, batch: PaperBatch, *, at: datetime, by: audit.Actor) -> int:
    """Every form of the batch that is still out is noted as missing; how many there were."""
    still_out = [form for form, _ in queries.forms(session, batch) if form.state is FormState.ISSUED]
    for form in still_out:
        if not queries.in_keying(session, form):
            _note(session, form, FormState.MISSING, at=at, by=by)
    return len(still_out)


def _note(session: Session, form: PaperForm, state: FormState, *, at: datetime, by: audit.Actor) -> None:
    audit.record(
        session,
        survey_id=form.survey_id,
        at=at,
        by=by,
        action=f"paper_form.{state.value}",
        record=f"paper_form {form.id}",
        detail={"before": form.state.value},
    )
    form.state, form.changed_at = state, at
