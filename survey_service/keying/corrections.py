"""What became of each field of a form, and corrections after everything was decided.

History is captures: nothing here is stored a second time, and nothing is ever overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from questionnaires.answers import Policy, check_answers
from questionnaires.characters import written
from survey_service import audit
from survey_service.captures.content import answers_of
from survey_service.captures.errors import ContentConflict
from survey_service.captures.further import attach
from survey_service.captures.incoming import IncomingCapture, Recorded
from survey_service.errors import NotFound
from survey_service.keying import adjudication_queries, comparison, queries, sheets
from survey_service.keying.adjudication import LONGEST_REASON, read_value
from survey_service.keying.errors import NothingToCorrect, ReasonNeeded
from survey_service.keying.schemas import FormFound, Row
from survey_service.keying.values import Shown, shown, typed
from survey_service.models import (
    BatchState,
    Decision,
    KeyingPass,
    KeyingState,
    PaperBatch,
    ResponseState,
    Source,
    Wave,
    WaveState,
)
from survey_service.secrets import KeyRing
from survey_service.surveys import definitions


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The value of a field in one capture, in the order in which captures came."""

    source: Source
    at: datetime
    by_id: UUID | None
    value: Shown
    reason: str
    decision: Decision | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRecord:
    row: Row
    value: Shown  # what is counted now
    typed: str  # the same, as it is keyed
    steps: Sequence[Step]  # oldest first; keyings always, later captures where they changed or decided the field

    @property
    def has_history(self) -> bool:
        return len({step.value for step in self.steps}) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRecord:
    fields: Sequence[FieldRecord]
    captures: int
    correctable: bool


def record_of(session: Session, wave: Wave, form: FormFound, language: str) -> FormRecord:
    """Every field of a keyed form with its history; NotFound where the form is not keyed."""
    response_id = _response_of(session, wave, form)
    captures = adjudication_queries.captures(session, wave.survey_id, response_id)
    _, current = adjudication_queries.current_capture(session, wave.survey_id, response_id)
    questionnaire = definitions.frozen(session, wave.survey_id, current.questionnaire_version_id)
    decided = adjudication_queries.discrepancies(session, wave.survey_id, form.paper_id)
    answers = [(capture, answers_of(capture)) for capture in captures]
    now = answers_of(current)
    fields = []
    for row in sheets.sheet(questionnaire, language).rows:
        steps: list[Step] = []
        for capture, given in answers:
            value = shown(row, given.get(row.variable))
            of = decided.get(row.variable) if capture.source is Source.ADJUDICATION else None
            keyed = capture.source in (Source.FIRST_KEYING, Source.SECOND_KEYING, Source.SCAN)
            changed = capture.source is Source.CORRECTION and row.variable in capture.paradata.get("fields", ())
            if keyed or of is not None or changed:
                reason = of.reason if of else (capture.reason or "") if changed else ""
                steps.append(
                    Step(
                        source=capture.source,
                        at=of.decided_at or capture.at if of else capture.at,
                        by_id=of.decided_by if of else capture.by_account_id,
                        value=value,
                        reason=reason,
                        decision=of.decision if of else None,
                    )
                )
        counted = now.get(row.variable)
        fields.append(FieldRecord(row=row, value=shown(row, counted), typed=typed(counted), steps=steps))
    return FormRecord(fields=fields, captures=len(captures), correctable=_correctable(session, wave, form))


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Another value for one field of a form, as it was posted."""

    variable: str
    typed: str
    reason: str
    client_id: str  # the same correction sent again is stored once


def correct(
    session: Session, wave: Wave, form: FormFound, wanted: Correction, *, keys: KeyRing, at: datetime, by: audit.Actor
) -> Recorded:
    """Give one field another value, with the reason. NothingToCorrect before everything of the form is decided."""
    queries.lock_form(session, wave.survey_id, form)
    response_id = _response_of(session, wave, form)
    if not _correctable(session, wave, form):
        raise NothingToCorrect
    reason = written(wanted.reason)[:LONGEST_REASON]
    if not reason:
        raise ReasonNeeded
    response, current = adjudication_queries.current_capture(session, wave.survey_id, response_id)
    questionnaire = definitions.frozen(session, wave.survey_id, current.questionnaire_version_id)
    value = read_value(questionnaire, wanted.variable, wanted.typed)
    before = answers_of(current)
    final = comparison.settled(before, {}, {}, {wanted.variable: (Decision.OTHER, value)})
    checked = check_answers(questionnaire, final, Policy.PAPER)
    stored = attach(
        session,
        IncomingCapture(
            survey_id=wave.survey_id,
            wave_id=wave.id,
            area_id=form.area_id,
            case_id=form.case_id,
            mode=form.mode,
            source=Source.CORRECTION,
            client_id=wanted.client_id,
            questionnaire_version_id=current.questionnaire_version_id,
            checked=checked,
            state=ResponseState.COMPLETE,
            at=at,
            by=by,
            reason=reason,
            paradata={"fields": [wanted.variable]},
        ),
        response.id,
        current=True,
        keys=keys,
    )
    if isinstance(stored, ContentConflict):
        raise stored
    return stored


def _response_of(session: Session, wave: Wave, form: FormFound) -> UUID:
    first = queries.keyings(session, wave.survey_id, form.paper_id).get(KeyingPass.FIRST)
    if first is None or first.response_id is None:
        raise NotFound
    return first.response_id


def _correctable(session: Session, wave: Wave, form: FormFound) -> bool:
    """A batch may still go back for full verification until it is done; a released wave is corrected by a release."""
    if wave.state not in (WaveState.OPEN, WaveState.CLOSED, WaveState.UNDER_REVIEW):
        return False
    if form.batch is not None:
        return session.get_one(PaperBatch, (wave.survey_id, form.batch.batch_id)).state is BatchState.DONE
    rows = queries.keyings(session, wave.survey_id, form.paper_id)
    return all(row.state is KeyingState.DONE for row in rows.values())
