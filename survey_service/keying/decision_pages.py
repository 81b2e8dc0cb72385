"""Pages for whoever decides: the next form whose keyings differ, field by field; and the record of a form."""

from __future__ import annotations

import secrets
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.errors import ReadNotAudited
from survey_service.accounts.permissions import FormModel, Person
from survey_service.accounts.read_audit import AuditsReads, ReadAudit
from survey_service.accounts.staff_pages import Asking, go, staff_page
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, DomainError, NotFound
from survey_service.keying import adjudication, adjudication_queries, corrections, forms, queries
from survey_service.keying.access import Decider, Overseer, find_wave
from survey_service.keying.adjudication import LONGEST_REASON
from survey_service.keying.rules import Rules
from survey_service.keying.schemas import FormFound
from survey_service.models import Decision, Role, Survey, Wave
from survey_service.web.languages import Speaks
from survey_service.web.pages import Language

router = APIRouter()

LONGEST_VALUE = 2_000
Variable = Annotated[str, Field(max_length=120)]
Reason = Annotated[str, Field(max_length=LONGEST_REASON)]
Value = Annotated[str, Field(max_length=LONGEST_VALUE)]


class RulingForm(FormModel):
    variable: Variable
    take: str = ""
    typed: Value = ""
    reason: Reason = ""

    def ruling(self) -> adjudication.Ruling:
        decision = Decision(self.take) if self.take in Decision.__members__.values() else None
        return adjudication.Ruling(variable=self.variable, decision=decision, typed=self.typed, reason=self.reason)


class CorrectionForm(FormModel):
    number: Annotated[str, Field(max_length=60)]
    variable: Variable
    client_id: Annotated[str, Field(min_length=8, max_length=64)]
    typed: Value = ""
    reason: Reason = ""

    def correction(self) -> corrections.Correction:
        return corrections.Correction(
            variable=self.variable, typed=self.typed, reason=self.reason, client_id=self.client_id
        )


def _form(session: Session, person: Person, wave: Wave, number: str, roles: tuple[Role, ...], language: str) -> Any:
    return forms.find_form(session, wave, number, person.visible(*roles), language=language)


@router.get("/keying/{survey_key}/{wave_key}/decide")
def next_to_decide(
    request: Request,
    running: Running,
    reading: Reading,
    person: Decider,
    survey_key: str,
    wave_key: str,
    after: str = "",
) -> Response:
    """The next form that this person may decide; where there is none, the page says so."""
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key, *rights.DECIDE)
        number = adjudication_queries.next_form(
            session, wave, person.account_id, person.visible(*rights.DECIDE), Rules.of(running.settings), after=after
        )
        if number is not None:
            return go(f"/keying/{survey_key}/{wave_key}/decide/{quote(number)}")
        context = {"survey": survey, "wave": wave, "wave_name": Text(wave.name_zh, wave.name_en)}
        return staff_page(request, running, person, "staff/keying-decide-none.html", context, section="keying")


@router.get("/keying/{survey_key}/{wave_key}/decide/{number}")
def decide_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Decider,
    speaks: Speaks,
    reads: AuditsReads,
    survey_key: str,
    wave_key: str,
    number: str,
    field: str = "",
) -> Response:
    asking = Asking(request, running, person)
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key, *rights.DECIDE)
        form = _form(session, person, wave, number, rights.DECIDE, speaks)
        return _decide_page(asking, session, survey, wave, form, reads, {"field": field}, speaks)


@router.post("/keying/{survey_key}/{wave_key}/decide/{number}")
def decide_field(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Decider,
    now: Now,
    speaks: Speaks,
    reads: AuditsReads,
    survey_key: str,
    wave_key: str,
    number: str,
    sent: Annotated[RulingForm, Form()],
) -> Response:
    """Settle one field, then on to the next: of this form, or of the next form."""
    try:
        with writing.begin() as session:
            _, wave = find_wave(session, person, survey_key, wave_key, *rights.DECIDE)
            form = _form(session, person, wave, number, rights.DECIDE, speaks)
            adjudication.decide(
                session,
                wave,
                form,
                sent.ruling(),
                rules=Rules.of(running.settings),
                keys=running.keys,
                at=now,
                by=person.actor,
            )
            done = not adjudication.compare(session, wave, form, speaks).open
    except NotFound:
        raise
    except DomainError as fault:
        kept = {"field": sent.variable, "fault": fault, "take": sent.take, "typed": sent.typed, "reason": sent.reason}
        asking = Asking(request, running, person)
        with reading.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key, *rights.DECIDE)
            form = _form(session, person, wave, number, rights.DECIDE, speaks)
            return _decide_page(asking, session, survey, wave, form, reads, kept, speaks)
    here = f"/keying/{survey_key}/{wave_key}/decide"
    return go(f"{here}?after={quote(number)}" if done else f"{here}/{quote(number)}")


def _decide_page(
    asking: Asking,
    session: Session,
    survey: Survey,
    wave: Wave,
    form: FormFound,
    reads: ReadAudit,
    shown: dict[str, Any],
    language: Language,
) -> Response:
    person, rules = asking.person, Rules.of(asking.running.settings)
    adjudication.may_decide(session, wave, form, person.account_id, rules)
    reads.note(wave.survey_id, "paper_form.read", f"paper_form {form.form_id}", {"page": "decide"})
    comparison = adjudication.compare(session, wave, form, language)
    waiting = comparison.open
    current = next((one for one in waiting if one.row.variable == shown["field"]), waiting[0] if waiting else None)
    names = queries.names_of(session, comparison.hands) if not waiting else {}
    context = {
        "survey": survey,
        "wave": wave,
        "form": form,
        "comparison": comparison,
        "current": current,
        "names": list(names.values()),
        "rules": rules,
        "waiting": adjudication_queries.fields_to_decide(
            session, wave, person.account_id, person.visible(*rights.DECIDE), rules
        ),
        "fault": None,
        "take": "",
        "typed": "",
        "reason": "",
        **shown,
    }
    return asking.page("staff/keying-decide.html", context, section="keying", fault=shown.get("fault"))


# ------------------------------------------------------------------ the record of one form


@router.get("/keying/{survey_key}/{wave_key}/record")
def record_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Overseer,
    speaks: Speaks,
    reads: AuditsReads,
    survey_key: str,
    wave_key: str,
    number: str = "",
    field: str = "",
) -> Response:
    shown = {"number": number, "field": field}
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key, *rights.OVERSEE_KEYING)
        return _record_page(Asking(request, running, person), session, survey, wave, reads, shown, speaks)


@router.post("/keying/{survey_key}/{wave_key}/record")
def correct_field(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Overseer,
    now: Now,
    speaks: Speaks,
    reads: AuditsReads,
    survey_key: str,
    wave_key: str,
    sent: Annotated[CorrectionForm, Form()],
) -> Response:
    try:
        with writing.begin() as session:
            _, wave = find_wave(session, person, survey_key, wave_key, *rights.OVERSEE_KEYING)
            form = _form(session, person, wave, sent.number, rights.OVERSEE_KEYING, speaks)
            corrections.correct(session, wave, form, sent.correction(), keys=running.keys, at=now, by=person.actor)
    except (NotFound, BadInput):
        raise
    except DomainError as fault:
        kept = {"number": sent.number, "field": sent.variable, "fault": fault, "typed": sent.typed}
        kept["reason"] = sent.reason
        with reading.begin() as session:
            survey, wave = find_wave(session, person, survey_key, wave_key, *rights.OVERSEE_KEYING)
            return _record_page(Asking(request, running, person), session, survey, wave, reads, kept, speaks)
    return go(f"/keying/{survey_key}/{wave_key}/record?number={quote(form.number)}")


def _record_page(
    asking: Asking,
    session: Session,
    survey: Survey,
    wave: Wave,
    reads: ReadAudit,
    shown: dict[str, Any],
    language: Language,
) -> Response:
    form: FormFound | None = None
    found, fault = None, shown.get("fault")
    if shown["number"]:
        try:
            form = _form(session, asking.person, wave, shown["number"], rights.OVERSEE_KEYING, language)
            found = corrections.record_of(session, wave, form, language)
            reads.note(wave.survey_id, "paper_form.read", f"paper_form {form.form_id}", {"page": "record"})
        except ReadNotAudited:
            raise
        except NotFound:
            pass  # printed, and not keyed yet: the page says so
        except DomainError as refused:
            fault = fault or refused
    people = {step.by_id for one in found.fields for step in one.steps if step.by_id} if found else set()
    current = next((one for one in found.fields if one.row.variable == shown["field"]), None) if found else None
    context = {
        "survey": survey,
        "wave": wave,
        "wave_name": Text(wave.name_zh, wave.name_en),
        "form": form,
        "record": found,
        "names": queries.names_of(session, sorted(people)),
        "current": current,
        "client_id": secrets.token_hex(16),
        "typed": current.typed if current else "",
        "reason": "",
        **shown,
        "fault": fault,
    }
    return asking.page("staff/keying-record.html", context, section="keying", fault=fault)
