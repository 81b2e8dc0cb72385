"""Storing one keyed form: the first keying makes the response, the blind second one stands beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from questionnaires.answers import Checked
from survey_service import audit
from survey_service.captures.errors import AlreadyAnswered, ContentConflict
from survey_service.captures.first import record_or_conflict
from survey_service.captures.further import attach
from survey_service.captures.incoming import IncomingCapture, Recorded
from survey_service.clock import start_of
from survey_service.keying import drafts, forms, queries, verification
from survey_service.keying.errors import FormHeld, FormKeyed, HoldLost
from survey_service.keying.rules import DEFAULT_RULES, Rules
from survey_service.keying.schemas import FormFound, Tally
from survey_service.models import (
    FormState,
    Keying,
    KeyingPass,
    KeyingState,
    PaperForm,
    ResponseState,
    Source,
    Wave,
    WaveState,
)
from survey_service.secrets import KeyRing

SMALLEST_SPAN = timedelta(minutes=10)  # a rate of forms an hour from less would jump about


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """A form as a keyer sends it."""

    checked: Checked
    client_id: str
    paradata: Mapping[str, Any]
    hold: int | None = None  # under which it was keyed


def store_form(
    session: Session,
    wave: Wave,
    form: FormFound,
    sent: Keyed,
    *,
    keys: KeyRing,
    at: datetime,
    by: audit.Actor,
    rules: Rules = DEFAULT_RULES,
) -> Recorded | ContentConflict:
    """The keyed form as a capture; the same client_id with the same answers is stored once.

    Of the first keying it becomes a response; the second one is kept beside it and compared. Raises FormKeyed where
    nothing is left to key, FormHeld while somebody else has the form open, HoldLost for a ``hold`` that is not
    the last, for the form was opened in another window since. A conflict is returned, not raised, so that
    the other answers are kept when the caller commits.
    """
    assert by.account_id is not None  # keying is done by people
    queries.lock_form(session, wave.survey_id, form)
    repeated = _repeated(session, wave, form, sent.client_id)
    which, row = (repeated.keying_pass, repeated) if repeated else forms.pass_for(session, wave, form, by.account_id)
    if row is None:
        row = drafts.new_keying(wave, form, which, KeyingState.UNDER_WAY)
        session.add(row)
    elif row.state is KeyingState.UNDER_WAY and row.account_id not in (None, by.account_id):
        raise FormHeld(form.shown, queries.name_of(session, row.account_id))
    elif repeated is None and sent.hold is not None and row.hold != sent.hold:
        raise HoldLost
    incoming = IncomingCapture(
        survey_id=wave.survey_id,
        wave_id=wave.id,
        area_id=form.area_id,
        case_id=form.case_id,
        mode=form.mode,
        source=Source.FIRST_KEYING if which is KeyingPass.FIRST else Source.SECOND_KEYING,
        client_id=sent.client_id,
        questionnaire_version_id=wave.questionnaire_version_id,
        checked=sent.checked,
        state=ResponseState.COMPLETE,
        at=at,
        by=by,
        paradata=sent.paradata,
        until_review=form.in_time,
    )
    stored = _capture(session, wave, form, which, incoming, keys)
    if isinstance(stored, Recorded) and repeated is None:
        _finish(row, stored, sent.paradata, at=at, by=by)
        session.flush()
        _note_returned(session, wave, form, at=at, by=by)
        if form.batch is not None:
            verification.after_form(session, form.batch.batch_id, row, rules=rules, at=at, by=by)
    return stored


def _repeated(session: Session, wave: Wave, form: FormFound, client_id: str) -> Keying | None:
    """The keying that this very submission finished already: its acknowledgement was lost."""
    for row in queries.keyings(session, wave.survey_id, form.paper_id).values():
        if row.state is KeyingState.DONE and queries.client_id_of(session, row) == client_id:
            return row
    return None


def _capture(
    session: Session, wave: Wave, form: FormFound, which: KeyingPass, incoming: IncomingCapture, keys: KeyRing
) -> Recorded | ContentConflict:
    if which is KeyingPass.SECOND:
        first = queries.keyings(session, wave.survey_id, form.paper_id)[KeyingPass.FIRST]
        assert first.response_id is not None  # verification is drawn from forms that are keyed
        return attach(session, incoming, first.response_id, current=False, keys=keys)
    try:
        return record_or_conflict(session, incoming, keys=keys)
    except AlreadyAnswered:
        raise FormKeyed(form.shown) from None


def _finish(row: Keying, stored: Recorded, paradata: Mapping[str, Any], *, at: datetime, by: audit.Actor) -> None:
    row.state = KeyingState.DONE
    row.account_id = by.account_id
    if str(by.account_id) not in row.hands:
        row.hands = [*row.hands, str(by.account_id)]
    row.fields, row.accepted, row.notes = {}, [], {}  # its capture holds them now
    row.held_until = None
    row.keystrokes = int(paradata.get("keystrokes", row.keystrokes))
    row.seconds = int(paradata.get("seconds", row.seconds))
    row.begun_at = row.begun_at or at - timedelta(seconds=row.seconds)
    row.finished_at = at
    row.capture_id, row.response_id = stored.capture_id, stored.response_id


def _note_returned(session: Session, wave: Wave, form: FormFound, *, at: datetime, by: audit.Actor) -> None:
    """A form that is keyed has come back, whatever the list said; keying after the close leaves a trace of its own."""
    if form.form_id is None:
        return
    printed = session.get_one(PaperForm, (wave.survey_id, form.form_id))
    if printed.state is not FormState.RETURNED:
        audit.record(
            session,
            survey_id=wave.survey_id,
            at=at,
            by=by,
            action="paper_form.returned",
            record=f"paper_form {form.form_id}",
            detail={"before": printed.state.value, "by": "keying"},
        )
        printed.state, printed.changed_at = FormState.RETURNED, at
    if wave.state is not WaveState.OPEN:
        audit.record(
            session,
            survey_id=wave.survey_id,
            at=at,
            by=by,
            action="keying.after_close",
            record=f"paper_form {form.form_id}",
            detail={"returned_at": printed.changed_at.isoformat()},
        )


def tally(session: Session, account_id: UUID, *, now: datetime, zone: ZoneInfo) -> Tally:
    """Forms keyed since midnight of the city, and how many an hour between the first and the last of them."""
    done, first, last = queries.finished_since(session, account_id, start_of(now.astimezone(zone).date(), zone))
    per_hour = None
    if done > 1 and first and last and last - first >= SMALLEST_SPAN:
        per_hour = round((done - 1) / ((last - first) / timedelta(hours=1)))
    return Tally(forms=done, per_hour=per_hour)
