"""Bringing in telephones of households: looked at first, then sealed. Nobody sees them on a page of the office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.accounts.read_audit import AuditsReads
from survey_service.accounts.staff_pages import Asking
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.field import queries, telephone_file, telephones
from survey_service.field.errors import FieldOver
from survey_service.field.note_pages import Noter
from survey_service.models import Wave
from survey_service.sealed.keys import WaveKeys
from survey_service.services import Services
from survey_service.surveys.access import find_wave
from survey_service.uploads.looked import Looked
from survey_service.uploads.pages import ListUpload, UploadPage
from survey_service.uploads.present import present_table
from survey_service.uploads.records import Record
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/surveys/{survey_key}/waves/{wave_key}/field/telephones")


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who brings the file, to which wave, when."""

    person: Person
    survey_key: str
    wave_key: str
    now: datetime
    running: Services


class TelephoneUpload(ListUpload[dict[str, str]]):
    columns = telephone_file.COLUMNS

    def __init__(self, by: By) -> None:
        self.by = by

    def judge_rows(self, session: Session, rows: Sequence[Record]) -> Looked[dict[str, str]]:
        wave = _wave(session, self.by.person, self.by.survey_key, self.by.wave_key)
        numbers = queries.numbers(session, wave, self.by.person.visible(*rights.NOTE_VISITS))
        return telephone_file.judge(rows, {telephone_file.as_key(number): number for number in numbers})

    def store(self, session: Session, looked: Looked[dict[str, str]], name: str) -> None:
        assert looked.stored is not None
        by = self.by
        wave = _wave(session, by.person, by.survey_key, by.wave_key)
        keys = WaveKeys(by.running.settings, by.running.keys)
        telephones.store(session, wave, looked.stored, keys, at=by.now, by=by.person.actor)


@router.get("")
def telephones_page(
    request: Request, running: Running, reading: Reading, person: Noter, survey_key: str, wave_key: str
) -> Response:
    with reading.begin() as session:
        wave = _wave(session, person, survey_key, wave_key)
        there = telephones.held(session, wave)
    return _page(Asking(request, running, person), survey_key, wave_key, there=there).form()


@router.post("")
def bring_in(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Noter,
    now: Now,
    posted: Posted,
    survey_key: str,
    wave_key: str,
) -> Response:
    asking = Asking(request, running, person)
    by = By(person=person, survey_key=survey_key, wave_key=wave_key, now=now, running=running)
    with reading.begin() as session:
        _wave(session, person, survey_key, wave_key)
    return _page(asking, survey_key, wave_key).taken(TelephoneUpload(by), posted, reading, writing)


@router.get("/present.csv")
def empty_list(reading: Reading, person: Noter, reads: AuditsReads, survey_key: str, wave_key: str) -> Response:
    """Every case with an empty column for its number: none that is here is ever given out again."""
    with reading.begin() as session:
        wave = _wave(session, person, survey_key, wave_key)
        numbers = sorted(queries.numbers(session, wave, person.visible(*rights.NOTE_VISITS)))
        reads.note(wave.survey_id, "cases.exported", f"wave {wave.id}")
    rows = [(number, "") for number in numbers]
    return present_table(f"telephones-{survey_key}-{wave_key}.csv", telephone_file.COLUMNS, rows)


def _wave(session: Session, person: Person, survey_key: str, wave_key: str) -> Wave:
    """FieldOver where nobody calls any more."""
    _, wave = find_wave(session, person, survey_key, wave_key, rights.NOTE_VISITS)
    if wave.state not in telephones.TAKES:
        raise FieldOver
    return wave


def _page(asking: Asking, survey_key: str, wave_key: str, *, there: int | None = None) -> UploadPage:
    """``there``: cases with a number now; None where a file is looked at."""
    field = f"/surveys/{survey_key}/waves/{wave_key}/field"
    rules = telephone_file.WORDS.rules
    if there is not None:
        rules = (Text(f"现在 {there:,} 个编号有号码。", f"Cases with a number now: {there:,}."), *rules)
    words = replace(telephone_file.WORDS, back=(field, telephone_file.WORDS.back[1]), rules=rules)
    here = f"{field}/telephones"
    return UploadPage(asking=asking, words=words, here=here, done=here)
