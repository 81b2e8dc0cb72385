"""The field of a wave on pages: outcomes and rates, and the list of cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, WaveStaff
from survey_service.accounts.read_audit import AuditsReads
from survey_service.accounts.staff_pages import Asking, staff_page
from survey_service.collection.quality_mark_counts import MARKS
from survey_service.dependencies import Now, Reading, Running
from survey_service.errors import DomainError
from survey_service.field import case_list, noting, outcomes_shown, queries, telephones, walk
from survey_service.field.case_query import Asked, CaseQuery, uuid_of
from survey_service.fieldwork.overdue import QUIET_DAYS, days_late
from survey_service.fieldwork.words import CLASSES, MODES, outcomes_of
from survey_service.models import Survey, Wave
from survey_service.processes.beside import computed
from survey_service.sampling.unit_words import UNITS
from survey_service.sealed.doors import places
from survey_service.surveys import queries as surveys
from survey_service.surveys.access import find_wave
from survey_service.surveys.mode_words import MODES as ASKED_IN
from survey_service.surveys.opened_doors import Doors, DoorsOpened, OpensDoors
from survey_service.web import posted_forms
from survey_service.web.downloads import WORKBOOK, content_disposition
from survey_service.web.languages import language_of

router = APIRouter(prefix="/surveys/{survey_key}/waves/{wave_key}/field")
A_PAGE: Final = 100
GRIDS: Final = 60  # on the page of outcomes: those where least was reached; the API has all
MOST: Final = 100_000  # rows of one workbook


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was refused: why, and what stood in it. Every name that the templates ask for is there."""

    fault: DomainError | None
    typed: Mapping[str, Any]

    @property
    def kept(self) -> Mapping[str, Any]:
        return {"outcome": "", "day": "", "clock": "", "ticked": frozenset(), **self.typed}


NOTHING_REFUSED: Final = Refused(None, {})


@dataclass(frozen=True, slots=True)
class By:
    """Who looks at cases, when; and opens their doors where they may."""

    asking: Asking
    now: datetime
    doors: DoorsOpened

    def sought(self, session: Session, wave: Wave, asked: CaseQuery) -> case_list.CaseFilter:
        """The filter, with the households whose doors hold what is sought."""
        found = asked.asked(self.local)
        return replace(found, at_doors=self.doors.found(session, wave, found.search)) if found.search else found

    @property
    def local(self) -> datetime:
        """Now, in the city's zone."""
        return self.now.astimezone(self.asking.running.settings.zone)

    def days_late(self, due: datetime) -> int:
        return days_late(due, self.local)

    def doors_of(self, session: Session, wave: Wave, rows: Sequence[case_list.CaseRow]) -> Doors:
        return self.doors.of(session, wave, [row.number for row in rows], to=rights.OPEN_ADDRESSES)


def _by(request: Request, running: Running, now: Now, doors: OpensDoors) -> By:
    return By(Asking(request, running, doors.person), now, doors)


Seen = Annotated[By, Depends(_by)]


@router.get("")
def outcomes_page(
    request: Request, running: Running, reading: Reading, person: WaveStaff, survey_key: str, wave_key: str
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key, rights.FOLLOW_WAVES)
        visible = person.visible(*rights.FOLLOW_WAVES)
        areas = surveys.communities(session, survey, wave, visible)
        counted = queries.outcome_counts(session, wave, visible)
        communities = outcomes_shown.by_community(counted)
        modes = outcomes_shown.by_first_mode(counted)
        people = outcomes_shown.by_interviewer(counted)
        names = queries.holder_names(session, wave)
        grids = outcomes_shown.by_grid(counted)
        named = queries.grid_names(session, visible)
        within = {area.id: Text(area.name_zh, area.name_en) for area in areas}
        context = {
            **frame(person, survey, wave),
            "whole": outcomes_shown.Outcomes.of(counted),
            "communities": [
                (area.code, Text(area.name_zh, area.name_en), communities[area.id])
                for area in areas
                if area.id in communities
            ],
            "modes": [(ASKED_IN[mode], modes[mode]) for mode in ASKED_IN if mode in modes],
            "people": sorted(((names[one], one, of) for one, of in people.items()), key=lambda line: line[0]),
            "grids": [
                (within[area_id], named.get(grid, Text(grid, grid)), grid, of)
                for (area_id, grid), of in outcomes_shown.hardest(grids, GRIDS)
                if area_id in within
            ],
            "all_grids": len(grids),
            "codes": outcomes_shown.by_code(counted, wave.listed_unit),
            "code_modes": MODES,
            "classes": CLASSES,
        }
        return staff_page(request, running, person, "staff/field/outcomes.html", context, section="surveys")


@router.get("/cases")
def cases_page(
    reading: Reading,
    person: WaveStaff,
    by: Seen,
    survey_key: str,
    wave_key: str,
    asked: Asked,
    noted: int | None = None,
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key, rights.FOLLOW_WAVES)
        return list_of_cases(by, session, survey, wave, asked, noted=noted)


def list_of_cases(
    by: By,
    session: Session,
    survey: Survey,
    wave: Wave,
    asked: CaseQuery,
    *,
    noted: int | None = None,
    refused: Refused = NOTHING_REFUSED,
) -> Response:
    """``noted``: how many visits were noted a moment ago."""
    asking, now = by.asking, by.now
    visible = asking.person.visible(*rights.FOLLOW_WAVES)
    found = by.sought(session, wave, asked)
    rows = case_list.cases(session, wave, visible, found, limit=A_PAGE + 1)
    people = [(str(one.id), one.name) for one in queries.interviewers(session, survey)]
    context = {
        **frame(asking.person, survey, wave),
        "rows": rows[:A_PAGE],
        "doors": by.doors_of(session, wave, rows[:A_PAGE]),
        "by_delay": found.overdue is not None,
        "by_time": found.in_order_of_time,
        "who": dict(people).get(asked.who, ""),
        "days_late": by.days_late,
        "quiet_days": QUIET_DAYS,
        "grid_of": walk.GridNames(queries.grid_names(session, visible)),
        "total": case_list.count_cases(session, wave, visible, found),
        "more": asked.address(after=rows[A_PAGE - 1].number) if len(rows) > A_PAGE else None,
        "first": asked.address(after="") if asked.after else None,
        "query": asked,
        "filtered": bool(asked.address(after="")),
        "here_again": asked.address(),
        "areas": [
            (area.code, Text(area.name_zh, area.name_en))
            for area in surveys.communities(session, survey, wave, visible)
        ],
        "asked_in": ASKED_IN,
        "marks": MARKS,
        "people": people,
        "classes": CLASSES,
        "said": outcomes_of(wave.listed_unit),
        "choices": noting.choices(wave.listed_unit),
        "today": now.astimezone(asking.running.settings.zone).date(),
        "noted": noted,
        "kept": refused.kept,
        "fault": refused.fault,
    }
    return asking.page("staff/field/cases.html", context, section="surveys", fault=refused.fault)


@router.get("/cases.xlsx")
def cases_workbook(
    running: Running,
    reading: Reading,
    person: WaveStaff,
    reads: AuditsReads,
    by: Seen,
    survey_key: str,
    wave_key: str,
    asked: Asked,
) -> Response:
    """The list as it is filtered, all of it, as Excel: what is overdue longest in front; else in the order of walking
    where there is one."""
    from survey_service.field.workbook import workbook

    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key, rights.FOLLOW_WAVES)
        found = by.sought(session, wave, replace(asked, after=""))
        rows = case_list.cases(session, wave, person.visible(*rights.FOLLOW_WAVES), found, limit=MOST)
        reads.note(survey.id, "cases.exported", f"wave {wave.id}")
        if not found.in_order_of_time:
            rows = walk.in_order(rows, places(session, wave))
        grids = walk.GridNames(queries.grid_names(session, person.visible(*rights.FOLLOW_WAVES)))
        made = workbook(
            rows,
            by.doors_of(session, wave, rows),
            grids,
            by.now.astimezone(running.settings.zone),
            wave.listed_unit,
        )
    name = f"cases-{survey_key}-{wave_key}.xlsx"
    headers = {"Content-Disposition": content_disposition("attachment", name), "Cache-Control": "no-store"}
    return Response(made, media_type=WORKBOOK, headers=headers)


@router.get("/cases.pdf")
def walking_list(
    running: Running,
    reading: Reading,
    person: WaveStaff,
    reads: AuditsReads,
    by: Seen,
    survey_key: str,
    wave_key: str,
    asked: Asked,
) -> Response:
    """The list as it is filtered, on paper: a grid after the other, in the order of walking, with room for ticks."""
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key, rights.FOLLOW_WAVES)
        found = by.sought(session, wave, replace(asked, after=""))
        rows = case_list.cases(session, wave, person.visible(*rights.FOLLOW_WAVES), found, limit=MOST)
        reads.note(survey.id, "cases.exported", f"wave {wave.id}")
        about = walk.about(survey, wave, running, by.now, language_of(by.asking.request))
        named = walk.GridNames(queries.grid_names(session, person.visible(*rights.FOLLOW_WAVES)))
        ordered = walk.in_order(rows, places(session, wave))
        grids = walk.grids(ordered, by.doors_of(session, wave, rows).texts, named, wave.listed_unit)
    pdf = computed(running, "survey_service.field.walk:draw", about, grids)
    headers = {
        "Content-Disposition": content_disposition("attachment", f"walk-{survey_key}-{wave_key}.pdf"),
        "Cache-Control": "no-store",
    }
    return Response(pdf, media_type="application/pdf", headers=headers)


def frame(person: Person, survey: Survey, wave: Wave) -> dict[str, Any]:
    """What every page of the field begins with. Visits are noted by a manager, while the wave takes them; telephones
    come while somebody may still call."""
    return {
        "survey": survey,
        "wave": wave,
        "wave_name": Text(wave.name_zh, wave.name_en),
        "unit": UNITS[wave.listed_unit],
        "supervised": wave.state in noting.TAKES_VISITS,
        "may_note": person.has(*rights.NOTE_VISITS) and wave.state in noting.TAKES_VISITS,
        "may_call": person.has(*rights.NOTE_VISITS) and wave.state in telephones.TAKES and telephones.takes_calls(wave),
        "may_assign": person.has(*rights.ASSIGN_CASES) and wave.state in noting.TAKES_VISITS,
    }


def ids(posted: FormData) -> list[UUID]:
    """The cases that were ticked; what is no id is none."""
    return [found for one in posted_forms.texts(posted, "case") if (found := uuid_of(one)) is not None]
