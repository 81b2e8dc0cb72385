"""A short code that was typed or tapped, exchanged for the code of the QR code beside which it is printed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from survey_service.collection.errors import RevokedCode
from survey_service.collection.opened_by_code import asked_in
from survey_service.collection.reception import Reception
from survey_service.collection.resident_threads import aside
from survey_service.errors import TooBusy
from survey_service.models import TriedAs
from survey_service.services import Services
from survey_service.surveys import short_code, short_codes, typed_tries
from survey_service.surveys.errors import MistypedCode, UnknownCode


async def long_code(running: Services, typed: str, now: datetime) -> str:
    """The code of the address that ``typed`` stands for.

    MistypedCode without a look into the database; TypingPaused and TypingOver where too many wrong ones were typed;
    UnknownCode, RevokedCode, WaveClosed. A wrong one is counted before anybody hears of it.
    """
    code = short_code.as_read(typed)
    if not short_code.fits(code):
        raise MistypedCode(complete=len(code) == short_code.LENGTH)
    intake = running.of(Reception).intake
    if intake.refuses():  # a wrong one could not be counted
        raise TooBusy
    found = await aside(lambda: _look(running, code, now))
    if found is None:
        await intake.hand_in(typed_tries.wrong(TriedAs.SHORT_CODE, now))
        raise UnknownCode
    return found


def _look(running: Services, code: str, now: datetime) -> str | None:
    with running.database.reading.begin() as session:
        refuse_if_stopped(session, now)
        found = short_codes.find(session, code, keys=running.keys)
        if found is None:
            return None
        typed_tries.refuse_if_used_up(session, found.wave_id)
        if found.revoked:
            raise RevokedCode
        asked_in(session, found.survey_id, found.wave_id, found.area_id).refuse_if_closed(now, running.settings.zone)
        return found.code


def refuse_if_stopped(session: Session, now: datetime) -> None:
    """TypingPaused or TypingOver where no short code is looked for at the moment."""
    typed_tries.refuse_if_paused(session, TriedAs.SHORT_CODE, now)
    typed_tries.refuse_if_used_up(session)
