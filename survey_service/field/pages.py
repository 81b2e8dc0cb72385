"""The field of a wave on pages: outcomes and rates, the list of cases, and all that is known of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query
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
from survey_service.errors import DomainError, NotFound
from survey_service.field import case_list, noting, outcomes_shown, queries, telephones, walk
from survey_service.fieldwork import roll_words, rolls
from survey_service.fieldwork.overdue import QUIET_DAYS, days_late
from survey_service.fieldwork.settling import known
from survey_service.fieldwork.words import CLASSES, MODES, RULES, SOURCES, outcome_words
from survey_service.models import Disposition, Mode, Survey, Wave
from survey_service.processes.beside import computed
from survey_service.sampling.reserves import list_of
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """The query of a list of cases, as its form sends it: what is empty does not filter."""

    q: str = ""
    area: str = ""
    outcome: str = ""  # a class, or ``waiting``
    mode: str = ""
    quiet: str = ""  # days without a visit, ``never``, or a kind of ``case_list.Kind``
    mark: str = ""
    who: str = ""  # an interviewer, ``nobody`` or ``somebody``
    after: str = ""

    def asked(self, now: datetime) -> case_list.CaseFilter:
        return case_list.CaseFilter(
            search=self.q.strip(),
            area=self.area,
            outcome=next((one for one in Disposition if one == self.outcome), None),
            mode=next((one for one in Mode if one == self.mode), None),
            before=now - timedelta(days=int(self.quiet)) if self.quiet.isascii() and self.quiet.isdigit() else None,
            never=self.quiet == "never",
            overdue=next((one for one in case_list.Kind if one == self.quiet), None),
            overdue_at=now,
            waiting=self.outcome == "waiting",
            mark=self.mark if self.mark in MARKS else "",
            interviewer=_uuid(self.who),
            free=self.who == "nobody",
            given=self.who == "somebody",
            after=self.after,
        )

    def address(self, **changed: str) -> str:
        """The same list with something changed, as a query."""
        return urlencode({name: value for name, value in {**asdict(self), **changed}.items() if value})


Word = Annotated[str, Query(max_length=20)]
Key = Annotated[str, Query(max_length=36)]


def _case_query(
    q: Key = "",
    area: Word = "",
    outcome: Word = "",
    mode: Word = "",
    quiet: Word = "",
    mark: Word = "",
    who: Key = "",
    after: Key = "",
) -> CaseQuery:
    return CaseQuery(q=q, area=area, outcome=outcome, mode=mode, quiet=quiet, mark=mark, who=who, after=after)


Asked = Annotated[CaseQuery, Depends(_case_query)]


@dataclass(frozen=True, slots=True)
class By:
    """Who looks at cases, when; and opens their doors where they may."""

    asking: Asking
    now: datetime
    doors: DoorsOpened

    def sought(self, session: Session, wave: Wave, asked: CaseQuery) -> case_list.CaseFilter:
        """The filter, with the households whose doors hold what is sought."""
        found = asked.asked(self.now)
        return replace(found, at_doors=self.doors.found(session, wave, found.search)) if found.search else found

    def days_late(self, due: datetime) -> int:
        return days_late(due, self.now.astimezone(self.asking.running.settings.zone))

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
            "codes": outcomes_shown.by_code(counted),
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
    context = {
        **frame(asking.person, survey, wave),
        "rows": rows[:A_PAGE],
        "doors": by.doors_of(session, wave, rows[:A_PAGE]),
        "by_delay": found.overdue is not None,
        "days_late": by.days_late,
        "quiet_days": QUIET_DAYS,
        "grid_of": walk.GridNames(queries.grid_names(session, visible)),
        "total": case_list.count_cases(session, wave, visible, found),
        "more": asked.address(after=rows[A_PAGE - 1].number) if len(rows) > A_PAGE else "",
        "first": asked.address(after="") if asked.after else "",
        "query": asked,
        "filtered": bool(asked.address(after="")),
        "here_again": asked.address(),
        "areas": [
            (area.code, Text(area.name_zh, area.name_en))
            for area in surveys.communities(session, survey, wave, visible)
        ],
        "asked_in": ASKED_IN,
        "marks": MARKS,
        "people": [(str(one.id), one.name) for one in queries.interviewers(session, survey)],
        "classes": CLASSES,
        "said": outcome_words,
        "choices": noting.choices(),
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
        if found.overdue is None:
            rows = walk.in_order(rows, places(session, wave))
        grids = walk.GridNames(queries.grid_names(session, person.visible(*rights.FOLLOW_WAVES)))
        made = workbook(rows, by.doors_of(session, wave, rows), grids, by.now.astimezone(running.settings.zone))
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
        grids = walk.grids(ordered, by.doors_of(session, wave, rows).texts, named)
    pdf = computed(running, "survey_service.field.walk:draw", about, grids)
    headers = {
        "Content-Disposition": content_disposition("attachment", f"walk-{survey_key}-{wave_key}.pdf"),
        "Cache-Control": "no-store",
    }
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.get("/cases/{case_id}")
def case_page(
    reading: Reading,
    person: WaveStaff,
    by: Seen,
    survey_key: str,
    wave_key: str,
    case_id: UUID,
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key, rights.FOLLOW_WAVES)
        return one_case(by, session, survey, wave, case_id)


def one_case(
    by: By,
    session: Session,
    survey: Survey,
    wave: Wave,
    case_id: UUID,
    *,
    refused: Refused = NOTHING_REFUSED,
) -> Response:
    asking, now = by.asking, by.now
    visible = asking.person.visible(*rights.FOLLOW_WAVES)
    found = queries.case(session, wave, visible, case_id)
    if found is None:
        raise NotFound
    case, area = found
    knowledge = known(session, wave.survey_id, [case.id])[case.id]
    outcome = knowledge.outcome()
    context = {
        **frame(asking.person, survey, wave),
        "case": case,
        "doors": by.doors.of(session, wave, [case.number], to=rights.OPEN_ADDRESSES),
        "area": Text(area.name_zh, area.name_en),
        "grid": walk.GridNames(queries.grid_names(session, visible)).of(
            walk.code_of(list_of(case.stratum, case.psu, case.stages))
        ),
        "asked_in": ASKED_IN[case.first_mode],
        "adult_known": knowledge.adult_known,
        "adults": case.adults,
        "rolls": rolls.every(session, wave.survey_id, case.id),
        "chosen": roll_words.chosen,
        "outcome": outcome,
        "outcome_words": outcome_words(outcome.code, outcome.mode),
        "why": RULES[outcome.rule],
        "visits": queries.visits(session, case),
        "said": outcome_words,
        "sources": SOURCES,
        "code_modes": MODES,
        "letters": queries.letters(session, case),
        "arrived": queries.arrived(session, case),
        "answered_in": ASKED_IN,
        "forms": queries.forms(session, case),
        "choices": noting.choices(),
        "today": now.astimezone(asking.running.settings.zone).date(),
        "kept": refused.kept,
        "fault": refused.fault,
    }
    return asking.page("staff/field/case.html", context, section="surveys", fault=refused.fault)


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
    return [found for one in posted_forms.texts(posted, "case") if (found := _uuid(one)) is not None]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
