"""Deciding where two keyings of a form differ: one field at a time, with the reason, by somebody who sees the paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from questionnaires.answer_words import describe
from questionnaires.answers import Policy, Severity, check_answers
from questionnaires.characters import written
from questionnaires.model import Questionnaire
from survey_service import audit
from survey_service.captures.content import answers_of
from survey_service.captures.errors import ContentConflict, WaveClosed
from survey_service.captures.further import attach
from survey_service.captures.incoming import IncomingCapture
from survey_service.errors import NotFound
from survey_service.keying import adjudication_queries, batch_queries, comparison, queries, sheets, verification
from survey_service.keying.errors import AlreadyDecided, OwnDiscrepancy, ReasonNeeded, ValueRefused
from survey_service.keying.rules import Rules
from survey_service.keying.schemas import FormFound, Row
from survey_service.keying.values import Shown, shown
from survey_service.models import (
    Capture,
    Decision,
    Discrepancy,
    Keying,
    KeyingPass,
    KeyingState,
    ResponseState,
    Source,
    Wave,
    WaveState,
)
from survey_service.secrets import KeyRing
from survey_service.surveys import definitions

LONGEST_REASON = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One field of a form that was keyed twice."""

    row: Row
    first: Shown
    second: Shown
    differs: bool
    decision: Decision | None
    other: Shown | None  # what was keyed from the paper, where neither was right
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A form that was keyed twice, field by field."""

    fields: Sequence[Compared]
    first_at: datetime
    second_at: datetime
    hands: Sequence[UUID]  # who keyed; named only when everything is decided

    @property
    def different(self) -> int:
        return sum(one.differs for one in self.fields)

    @property
    def open(self) -> list[Compared]:
        return [one for one in self.fields if one.differs and one.decision is None]


def compare(session: Session, wave: Wave, form: FormFound, language: str) -> Comparison:
    """Both keyings of a form; NotFound where it was not keyed twice."""
    first, second = _both(session, wave, form)
    both = _answers(session, wave, first, second)
    found = adjudication_queries.discrepancies(session, wave.survey_id, form.paper_id)
    assert first.finished_at is not None  # both are done
    assert second.finished_at is not None
    fields = []
    for row in sheets.sheet(both.questionnaire, language).rows:
        of = found.get(row.variable)
        value = _value(both.questionnaire, row.variable, of.typed) if of is not None and of.typed else None
        fields.append(
            Compared(
                row=row,
                first=shown(row, both.once.get(row.variable)),
                second=shown(row, both.again.get(row.variable)),
                differs=of is not None,
                decision=of.decision if of else None,
                other=shown(row, value) if value is not None else None,
                reason=of.reason if of else "",
            )
        )
    return Comparison(
        fields=fields,
        first_at=first.finished_at,
        second_at=second.finished_at,
        hands=sorted({UUID(one) for one in [*first.hands, *second.hands]}),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a person decides about one field in which two keyings differ, as it was posted."""

    variable: str
    decision: Decision | None
    typed: str  # for Decision.OTHER
    reason: str


def decide(
    session: Session,
    wave: Wave,
    form: FormFound,
    ruling: Ruling,
    *,
    rules: Rules,
    keys: KeyRing,
    at: datetime,
    by: audit.Actor,
) -> None:
    """Settle one field; with the last one of a form its final answers become what is counted."""
    assert by.account_id is not None
    queries.lock_form(session, wave.survey_id, form)
    first, second = _both(session, wave, form)
    if wave.state not in (WaveState.OPEN, WaveState.CLOSED):
        raise WaveClosed
    refuse_own(first, second, by.account_id, rules)
    found = adjudication_queries.discrepancies(session, wave.survey_id, form.paper_id)
    if ruling.variable not in found:
        raise NotFound
    one, reason = found[ruling.variable], written(ruling.reason)
    if one.decided_at is not None:
        raise AlreadyDecided
    if ruling.decision is None or not reason:
        raise ReasonNeeded
    both = _answers(session, wave, first, second)
    value = _value(both.questionnaire, ruling.variable, ruling.typed) if ruling.decision is Decision.OTHER else None
    one.decision = comparison.decided(both.once, both.again, ruling.variable, ruling.decision, value)
    one.typed = ruling.typed.strip() if one.decision is Decision.OTHER else ""
    one.reason, one.decided_by, one.decided_at = reason[:LONGEST_REASON], by.account_id, at
    session.flush()
    audit.record(
        session,
        survey_id=wave.survey_id,
        at=at,
        by=by,
        action="discrepancy.decided",
        record=f"discrepancy {one.id}",
        reason=one.reason,
        detail={"variable": ruling.variable, "decision": one.decision.value},
    )
    if all(other.decided_at is not None for other in found.values()):
        _settle(session, wave, form, both, found, keys=keys, at=at, by=by)
        if form.batch is not None:
            batch = batch_queries.locked(session, wave.survey_id, form.batch.batch_id)
            verification.settle(session, batch, rules=rules, at=at, by=by)


def refuse_own(first: Keying, second: Keying, account_id: UUID, rules: Rules) -> None:
    """OwnDiscrepancy for whoever keyed the form; where the setting says so the verifier may decide."""
    hands = {*first.hands, *(second.hands if rules.adjudicator == "third" else ())}
    if str(account_id) in hands:
        raise OwnDiscrepancy


def may_decide(session: Session, wave: Wave, form: FormFound, account_id: UUID, rules: Rules) -> None:
    refuse_own(*_both(session, wave, form), account_id, rules)


def _both(session: Session, wave: Wave, form: FormFound) -> tuple[Keying, Keying]:
    rows = queries.keyings(session, wave.survey_id, form.paper_id)
    first, second = rows.get(KeyingPass.FIRST), rows.get(KeyingPass.SECOND)
    if first is None or second is None or second.state is not KeyingState.DONE:
        raise NotFound
    return first, second


@dataclass(frozen=True, slots=True)
class _Both:
    """The answers of both keyings, by the questionnaire that was keyed."""

    once: comparison.Answers
    again: comparison.Answers
    questionnaire: Questionnaire
    response_id: UUID


def _answers(session: Session, wave: Wave, first: Keying, second: Keying) -> _Both:
    captures = [session.get_one(Capture, (wave.survey_id, row.capture_id)) for row in (first, second)]
    questionnaire = definitions.frozen(session, wave.survey_id, captures[0].questionnaire_version_id)
    assert first.response_id is not None
    return _Both(answers_of(captures[0]), answers_of(captures[1]), questionnaire, first.response_id)


def read_value(questionnaire: Questionnaire, variable: str, typed: str) -> object:
    """What was typed for one variable, as a canonical value; ValueRefused where the paper cannot mean it."""
    answers = sheets.with_codes(questionnaire, sheets.read_keys({f"{sheets.PREFIX}{variable}": typed}))
    checked = check_answers(questionnaire, answers, Policy.PAPER, partial=True)
    for finding in checked.findings:
        if finding.severity is Severity.HARD:
            raise ValueRefused(describe(finding, questionnaire, "zh"), describe(finding, questionnaire, "en"))
    return checked.canonical.get(variable)


_value = read_value


def _settle(
    session: Session,
    wave: Wave,
    form: FormFound,
    both: _Both,
    found: Mapping[str, Discrepancy],
    *,
    keys: KeyRing,
    at: datetime,
    by: audit.Actor,
) -> None:
    """The final answers as a capture of their own, which is what is counted from now on; the two keyings stay."""
    decisions = {
        variable: (one.decision, _value(both.questionnaire, variable, one.typed) if one.typed else None)
        for variable, one in found.items()
        if one.decision is not None
    }
    response, current = adjudication_queries.current_capture(session, wave.survey_id, both.response_id)
    final = comparison.settled(answers_of(current), both.once, both.again, decisions)
    checked = check_answers(both.questionnaire, final, Policy.PAPER)
    assert checked.accepted  # every value was accepted before
    stored = attach(
        session,
        IncomingCapture(
            survey_id=wave.survey_id,
            wave_id=wave.id,
            area_id=form.area_id,
            case_id=form.case_id,
            mode=form.mode,
            source=Source.ADJUDICATION,
            client_id=f"adjudication-{form.paper_id.hex}",
            questionnaire_version_id=current.questionnaire_version_id,
            checked=checked,
            state=ResponseState.COMPLETE,
            at=at,
            by=by,
            reason=_reasons(found),
            paradata={"fields": sorted(found)},
        ),
        response.id,
        current=True,
        keys=keys,
    )
    if isinstance(stored, ContentConflict):
        raise stored
    for one in found.values():
        one.typed = ""  # its capture holds it now
    session.flush()


def _reasons(found: Mapping[str, Discrepancy]) -> str:
    """All reasons in one line; in full they stand with each field."""
    text = "；".join(f"{variable}：{one.reason}" for variable, one in found.items())
    return text if len(text) <= LONGEST_REASON else f"{text[: LONGEST_REASON - 1]}…"
