"""A form while it is keyed: who holds it, and every box as it was last saved.

The page sends all boxes after each one, with the number of its hold and a sequence number. Both only grow, so a save
that arrives twice, late or out of order changes nothing, and the one that arrives last carries everything before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.clock import binds
from survey_service.ids import new_id
from survey_service.keying import queries
from survey_service.keying.errors import FormHeld, FormLeft, HoldLost
from survey_service.keying.forms import pass_for
from survey_service.keying.schemas import Draft, FormFound, Save
from survey_service.models import Keying, KeyingPass, KeyingState, Wave


def open_form(
    session: Session, wave: Wave, form: FormFound, *, take_over: bool, lease: timedelta, at: datetime, by: audit.Actor
) -> tuple[KeyingPass, Draft]:
    """Hold the form for ``by`` and hand out what has been keyed of it so far.

    Raises FormHeld while another person holds it, FormLeft after their hold has run out and ``take_over`` was not
    said. Whoever opens a form again, in another window, takes it from the first one.
    """
    assert by.account_id is not None  # keying is done by people
    queries.lock_form(session, wave.survey_id, form)
    which, row = pass_for(session, wave, form, by.account_id)
    if row is None:
        row = _begin(wave, form, which)
        session.add(row)
    elif row.state is KeyingState.UNDER_WAY and row.account_id not in (None, by.account_id):
        name = queries.name_of(session, row.account_id)
        if row.held_until is not None and binds(row.held_until, at, 2 * lease):
            raise FormHeld(form.shown, name)
        if not take_over:
            raise FormLeft(form.shown, name)
        audit.record(
            session,
            survey_id=wave.survey_id,
            at=at,
            by=by,
            action="keying.taken_over",
            record=f"keying {row.id}",
            detail={"from": str(row.account_id), "pass": which.value},
        )
    previous = row.hold
    others = [one for one in row.hands if one != str(by.account_id)]
    row.state = KeyingState.UNDER_WAY
    row.account_id = by.account_id
    row.hold = previous + 1
    row.held_until = at + lease
    row.begun_at = row.begun_at or at
    if str(by.account_id) not in row.hands:
        row.hands = [*row.hands, str(by.account_id)]
    session.flush()
    return which, Draft(
        keying_id=row.id,
        hold=row.hold,
        previous_hold=previous,
        sequence=row.sequence,
        fields=row.fields,
        accepted=row.accepted,
        notes=row.notes,
        keystrokes=row.keystrokes,
        seconds=row.seconds,
        by_others=bool(others) and bool(row.fields),
    )


def new_keying(wave: Wave, form: FormFound, which: KeyingPass, state: KeyingState) -> Keying:
    return Keying(
        survey_id=wave.survey_id,
        id=new_id(),
        wave_id=wave.id,
        area_id=form.area_id,
        paper_id=form.paper_id,
        form_id=form.form_id,
        batch_id=form.batch.batch_id if form.batch else None,
        case_id=form.case_id,
        number=form.number,
        keying_pass=which,
        state=state,
        hands=[],
        hold=0,
        sequence=0,
        fields={},
        accepted=[],
        notes={},
        keystrokes=0,
        seconds=0,
    )


def _begin(wave: Wave, form: FormFound, which: KeyingPass) -> Keying:
    return new_keying(wave, form, which, KeyingState.UNDER_WAY)


def save(
    session: Session,
    survey_id: UUID,
    keying_id: UUID,
    one: Save,
    *,
    variables: Mapping[str, object],
    lease: timedelta,
    at: datetime,
    account_id: UUID,
) -> int:
    """Keep all boxes; returns the sequence number that is stored now. HoldLost for a hold that is no longer the last.

    A save of a form that is done meanwhile (its acknowledgement was lost) is told so by its own number.
    """
    row = queries.keying_locked(session, survey_id, keying_id)
    if row is None or row.account_id != account_id or row.hold != one.hold:
        raise HoldLost
    if row.state is KeyingState.DONE:
        return one.sequence
    if one.sequence > row.sequence:
        row.sequence = one.sequence
        row.fields = {name: value for name, value in one.fields.items() if name in variables and value}
        row.accepted = [name for name in one.accepted if name in variables]
        row.notes = {name: note for name, note in one.notes.items() if name in variables and note}
        row.keystrokes = max(row.keystrokes, one.keystrokes)
        row.seconds = max(row.seconds, one.seconds)
    row.held_until = at + lease
    return row.sequence


def unfinished(session: Session, wave: Wave, account_id: UUID) -> list[str]:
    """Numbers of the forms that this person has begun and not finished, oldest first."""
    return queries.unfinished(session, wave, account_id)
