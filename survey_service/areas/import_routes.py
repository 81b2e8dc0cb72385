"""Bringing in a file of areas, or of their people; and the tables of what is there, in the form that is brought in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.read_audit import AuditsReads
from survey_service.accounts.staff_pages import Asking, go
from survey_service.areas import area_file, people_file, queries, service
from survey_service.areas.area_file import AreaChanges
from survey_service.areas.people_file import Declaration, PopulationCounts
from survey_service.areas.words import AREA_WORDS, PEOPLE_WORDS
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput
from survey_service.secrets import KeyRing
from survey_service.uploads.forms import Words
from survey_service.uploads.looked import Looked
from survey_service.uploads.pages import ListUpload, Upload, look, sent, upload_page
from survey_service.uploads.present import present_table as table
from survey_service.uploads.records import Column, Record
from survey_service.web import posted_forms
from survey_service.web.posted_forms import Posted

router = APIRouter()
AreaKeeper = Annotated[Person, Depends(require(*rights.CHANGE_AREAS))]


class What(StrEnum):
    TREE = "tree"  # areas with level, parent and households
    PEOPLE = "people"  # their population by age group and sex


WORDS: Final[Mapping[What, Words]] = {What.TREE: AREA_WORDS, What.PEOPLE: PEOPLE_WORDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """The person who uploads the file, and the time."""

    person: Person
    now: datetime
    keys: KeyRing


class AreaUpload(ListUpload[AreaChanges]):
    columns = area_file.COLUMNS

    def __init__(self, by: By) -> None:
        self.by = by

    def judge_rows(self, session: Session, rows: Sequence[Record]) -> Looked[AreaChanges]:
        return area_file.judge_areas(rows, queries.known(session, self.by.person.visible(*rights.CHANGE_AREAS)))

    def store(self, session: Session, looked: Looked[AreaChanges], name: str) -> None:
        assert looked.stored is not None
        service.take_areas(session, looked.stored, keys=self.by.keys, at=self.by.now, by=self.by.person.actor)


class PeopleUpload(ListUpload[PopulationCounts]):
    columns = people_file.COLUMNS

    def __init__(self, by: By, said: Declaration, today: date) -> None:
        self.by, self.said, self.today = by, said, today

    def judge_rows(self, session: Session, rows: Sequence[Record]) -> Looked[PopulationCounts]:
        known = queries.known(session, self.by.person.visible(*rights.CHANGE_AREAS))
        counted = queries.counted_on(session, self.said.as_of)
        return people_file.judge_people(rows, known, counted, self.said, self.today)

    def store(self, session: Session, looked: Looked[PopulationCounts], name: str) -> None:
        assert looked.stored is not None
        service.take_counts(session, looked.stored, at=self.by.now, by=self.by.person.actor)


@router.get("/areas/imports/{what}")
def import_page(request: Request, running: Running, person: AreaKeeper, what: What) -> Response:
    return upload_page(Asking(request, running, person), WORDS[what], _here(what), section="areas")


@router.post("/areas/imports/{what}")
def bring_in(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: AreaKeeper,
    now: Now,
    posted: Posted,
    what: What,
) -> Response:
    asking = Asking(request, running, person)
    by = By(person=person, now=now, keys=running.keys)
    typed = {one.name: posted_forms.text(posted, one.name) for one in WORDS[what].fields}
    try:
        found = look(_upload(what, by, typed, running.settings.zone), sent(posted), reading, writing)
    except BadInput as fault:
        return upload_page(asking, WORDS[what], _here(what), section="areas", typed=typed, fault=fault)
    if found is None:
        return go(f"/areas?done={what.value}")
    return upload_page(asking, WORDS[what], _here(what), section="areas", found=found, typed=typed)


def _upload(what: What, by: By, typed: Mapping[str, str], zone: ZoneInfo) -> Upload[Any]:
    if what is What.TREE:
        return AreaUpload(by)
    today = by.now.astimezone(zone).date()
    return PeopleUpload(by, people_file.declared(typed, today), today)


def _here(what: What) -> str:
    return f"/areas/imports/{what.value}"


# ------------------------------------------------------------------ what is there now


@router.get("/areas/imports/{what}/present.csv")
def present_table(reading: Reading, person: AreaKeeper, reads: AuditsReads, what: What) -> Response:
    """What is there now, in the form that is brought in: to be changed in a spreadsheet and given back."""
    reads.note(None, "areas.exported", f"areas {what.value}")
    with reading.begin() as session:
        scope = person.visible(*rights.CHANGE_AREAS)
        if what is What.TREE:
            columns: Sequence[Column] = area_file.COLUMNS
            rows: Iterable[Sequence[object]] = [
                (
                    one.code,
                    one.name,
                    one.name_en,
                    area_file.WRITTEN.get(one.kind, one.kind),
                    one.parent or "",
                    one.households,
                )
                for code, one in sorted(queries.known(session, scope).items())
                if one.mine
            ]
        else:
            columns = (people_file.COLUMNS[0], area_file.COLUMNS[1], *people_file.COLUMNS[1:])
            sexes = {"male": "男", "female": "女"}
            rows = [
                (code, name, sexes.get(sex, sex), group, persons)
                for code, name, sex, group, persons in queries.newest_counts(session, scope)
            ]
    return table(f"{what.value}.csv", columns, rows)
