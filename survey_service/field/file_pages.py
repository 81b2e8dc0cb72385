"""Bringing in a file of visits: looked at first, stored whole; and the list of cases in the form that is brought in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.accounts.read_audit import AuditsReads
from survey_service.accounts.staff_pages import Asking
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.field import case_list, noting, outcome_file, queries
from survey_service.field.note_pages import Noter
from survey_service.field.pages import MOST
from survey_service.fieldwork.visits import NewVisit, Told, note_visits
from survey_service.fieldwork.words import MODES
from survey_service.models import VisitSource
from survey_service.surveys.access import find_wave
from survey_service.uploads.looked import Looked
from survey_service.uploads.pages import ListUpload, UploadPage
from survey_service.uploads.present import present_table as table
from survey_service.uploads.records import Record
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/surveys/{survey_key}/waves/{wave_key}/field/file")


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who brings the file, to which wave, when."""

    person: Person
    survey_key: str
    wave_key: str
    now: datetime
    zone: ZoneInfo


class OutcomeUpload(ListUpload[tuple[NewVisit, ...]]):
    columns = outcome_file.COLUMNS

    def __init__(self, by: By) -> None:
        self.by = by

    def judge_rows(self, session: Session, rows: Sequence[Record]) -> Looked[tuple[NewVisit, ...]]:
        by = self.by
        _, wave = find_wave(session, by.person, by.survey_key, by.wave_key, rights.NOTE_VISITS)
        noting.refuse_unless_noted(wave)
        numbers = queries.numbers(session, wave, by.person.visible(*rights.NOTE_VISITS))
        known = {outcome_file.as_key(number): case_id for number, case_id in numbers.items()}
        return outcome_file.Reader(known, by.zone, by.now).judge(rows)

    def store(self, session: Session, looked: Looked[tuple[NewVisit, ...]], name: str) -> None:
        assert looked.stored is not None
        by = self.by
        survey, _ = find_wave(session, by.person, by.survey_key, by.wave_key, rights.NOTE_VISITS)
        note_visits(session, survey.id, looked.stored, Told(VisitSource.FILE, by.now, by.person.actor))


@router.get("")
def file_page(
    request: Request, running: Running, reading: Reading, person: Noter, survey_key: str, wave_key: str
) -> Response:
    _refuse_unless_taken(reading, person, survey_key, wave_key)
    return _page(Asking(request, running, person), survey_key, wave_key).form()


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
    _refuse_unless_taken(reading, person, survey_key, wave_key)
    by = By(person=person, survey_key=survey_key, wave_key=wave_key, now=now, zone=running.settings.zone)
    page = _page(Asking(request, running, person), survey_key, wave_key)
    return page.taken(OutcomeUpload(by), posted, reading, writing)


@router.get("/present.csv")
def present_table(
    running: Running, reading: Reading, person: Noter, reads: AuditsReads, survey_key: str, wave_key: str
) -> Response:
    """Every case with its outcome, in the form that is brought in: to be filled in and given back."""
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key, rights.NOTE_VISITS)
        visible = person.visible(*rights.NOTE_VISITS)
        rows = case_list.cases(session, wave, visible, case_list.CaseFilter(), limit=MOST)
        reads.note(survey.id, "cases.exported", f"wave {wave.id}")
    cells = [_cells(row, running.settings.zone) for row in rows]
    return table(f"outcomes-{survey_key}-{wave_key}.csv", outcome_file.COLUMNS, cells)


def _cells(row: case_list.CaseRow, zone: ZoneInfo) -> tuple[str, ...]:
    """What was told of a case last; the number alone where nothing was, or an answer says it."""
    if row.outcome_code is None or row.outcome_mode is None or row.last_visit_at is None or row.disposition.is_answer:
        return row.number, "", "", "", ""
    at = row.last_visit_at.astimezone(zone)
    return row.number, row.outcome_code, at.date().isoformat(), at.strftime("%H:%M"), MODES[row.outcome_mode].zh


def _refuse_unless_taken(reading: Reading, person: Person, survey_key: str, wave_key: str) -> None:
    with reading.begin() as session:
        _, wave = find_wave(session, person, survey_key, wave_key, rights.NOTE_VISITS)
        noting.refuse_unless_noted(wave)


def _page(asking: Asking, survey_key: str, wave_key: str) -> UploadPage:
    field = f"/surveys/{survey_key}/waves/{wave_key}/field"
    words = replace(outcome_file.WORDS, back=(field, outcome_file.WORDS.back[1]))
    return UploadPage(asking=asking, words=words, here=f"{field}/file", done=field)
