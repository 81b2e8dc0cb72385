"""Which form a typed or scanned number means, and which of its two keyings this person may do now."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from survey_service.captures.errors import WaveClosed
from survey_service.keying import queries
from survey_service.keying.errors import (
    FormKeyed,
    FormSetAside,
    NoSuchForm,
    NotYourBatch,
    OwnKeying,
    TooLate,
    WrongSerial,
)
from survey_service.keying.schemas import BatchPlace, FormFound
from survey_service.models import (
    Area,
    Case,
    FormState,
    Keying,
    KeyingPass,
    KeyingState,
    Mode,
    PaperBatch,
    PaperForm,
    Wave,
    WaveState,
)
from survey_service.paper import serials

LONGEST_SERIAL = 60  # the payload of a QR code


def find_form(session: Session, wave: Wave, typed: str, visible: Select[tuple[UUID]], *, language: str) -> FormFound:
    """The form of a serial, a scanned code or a case number; NoSuchForm where the keyer's areas have none."""
    number = typed.strip().upper()
    page = serials.read_payload(number)
    serial = page.serial if page else serials.read(number)
    found = queries.form_by_serial(session, wave, serial, visible) if serial else None
    if found is not None:
        form, batch, area, case, answered = found
        return _printed(wave, form, batch, area, case, answered=answered, language=language)
    of_case = queries.case_by_number(session, wave, number, visible)
    if of_case is not None:
        case, area, answered = of_case
        printed = queries.form_of_case(session, case)
        if printed is not None:
            return _printed(wave, *printed, area, case, answered=answered, language=language)
        return FormFound(
            case_id=case.id,
            area_id=area.id,
            number=case.number,
            community=_name(area, language),
            keyed=answered,
            draw_number=case.number,
        )
    if number.replace(" ", "").isdigit() and serial is None:
        raise WrongSerial(number[:LONGEST_SERIAL])
    raise NoSuchForm(number[:30])


def _printed(
    wave: Wave, form: PaperForm, batch: PaperBatch, area: Area, case: Case | None, *, answered: bool, language: str
) -> FormFound:
    return FormFound(
        case_id=form.case_id,
        area_id=case.area_id if case else batch.area_id,
        number=form.serial,
        community=_name(area, language),
        keyed=answered,
        form_id=form.id,
        batch=BatchPlace(
            batch_id=batch.id,
            number=batch.number,
            position=form.position,
            size=batch.size,
            keyer_id=batch.keyer_id,
            verifier_id=batch.verifier_id,
        ),
        mode=Mode(batch.mode),
        in_time=form.state is FormState.RETURNED and wave.closed_at is not None and form.changed_at <= wave.closed_at,
        set_aside=form.state is FormState.SPOILED,
        draw_number=serials.draw_number(form.serial, case.number if case else ""),
    )


def _name(area: Area, language: str) -> str:
    return area.name_en if language == "en" and area.name_en else area.name_zh


def pass_for(session: Session, wave: Wave, form: FormFound, account_id: UUID) -> tuple[KeyingPass, Keying | None]:
    """Which keying of the form is due and may be done by this person, with its row where it has begun.

    Raises FormKeyed where nothing is due; WaveClosed, TooLate, FormSetAside, NotYourBatch and OwnKeying where it is
    not this person's to do now.
    """
    rows = queries.keyings(session, wave.survey_id, form.paper_id)
    first, second = rows.get(KeyingPass.FIRST), rows.get(KeyingPass.SECOND)
    if first is not None and first.state is KeyingState.DONE:
        return KeyingPass.SECOND, _second(session, wave, form, first, second, account_id)
    if form.keyed:
        raise FormKeyed(form.shown)
    refuse_if_closed(wave, form)
    if form.set_aside:
        raise FormSetAside(form.shown)
    if form.batch and form.batch.keyer_id not in (None, account_id):
        raise _theirs(session, form, form.batch, form.batch.keyer_id)
    return KeyingPass.FIRST, first


def _second(
    session: Session, wave: Wave, form: FormFound, first: Keying, second: Keying | None, account_id: UUID
) -> Keying:
    if second is None or second.state is KeyingState.DONE:
        raise FormKeyed(form.shown)
    if wave.state not in (WaveState.OPEN, WaveState.CLOSED):
        raise WaveClosed
    if str(account_id) in first.hands:
        raise OwnKeying(form.shown)
    if form.batch and form.batch.verifier_id not in (None, account_id):
        raise _theirs(session, form, form.batch, form.batch.verifier_id)
    return second


def refuse_if_closed(wave: Wave, form: FormFound) -> None:
    """Paper that arrived in time is keyed until the review begins; what arrived later never is."""
    if wave.state is WaveState.OPEN or (wave.state is WaveState.CLOSED and form.in_time):
        return
    if wave.state is WaveState.CLOSED and form.form_id is not None:
        raise TooLate(form.shown)
    raise WaveClosed


def _theirs(session: Session, form: FormFound, batch: BatchPlace, account_id: UUID | None) -> NotYourBatch:
    return NotYourBatch(form.shown, batch.number, queries.name_of(session, account_id))
