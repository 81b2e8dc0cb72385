"""A demonstration wave, asked through the service's own code: cases, codes, answers by web and by keying, outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.answers import Checked, Policy, check_answers
from survey_service import audit
from survey_service.audit.chain import RESIDENT
from survey_service.captures.errors import ContentConflict
from survey_service.captures.first import record
from survey_service.captures.incoming import IncomingCapture, Recorded
from survey_service.clock import start_of
from survey_service.collection.quality_marks import marks_of
from survey_service.demonstration import doors, knocking
from survey_service.demonstration.calendar import FieldDays, moment
from survey_service.demonstration.field import Effort, Fieldwork, Sheet, work
from survey_service.demonstration.ground import HEADER, METHOD, MODES, TARGETS, Ground
from survey_service.demonstration.visits import visits_of
from survey_service.fieldwork.assignments import assign, balanced
from survey_service.fieldwork.visits import NewVisit, Told, note_visits
from survey_service.ids import new_id
from survey_service.keying import service as keying
from survey_service.keying import sheets
from survey_service.keying.schemas import FormFound
from survey_service.models import AccessCode, Mode, ResponseState, Role, Source, VisitSource, Wave
from survey_service.sampling.service import add_cases
from survey_service.services import Services
from survey_service.surveys import codes, drafts, letter_codes, planning_queries
from survey_service.surveys import service as surveys

GROUP = 400
WRITTEN = 60  # paper forms whose answers are kept
Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What asking one wave left behind: its id, days, answers and addresses."""

    wave_id: UUID
    days: FieldDays
    answers: int
    resident_addresses: Mapping[str, str]  # community code -> path of its open page
    written: Sequence[Mapping[str, object]]  # what stood on some of its paper forms


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """One sheet with the case it belongs to."""

    sheet: Sheet
    area_id: UUID
    case_id: UUID | None
    code_id: UUID | None
    client_id: str
    number: str  # of the case; empty for open collection
    knocked: knocking.Knocked | None = None  # where somebody asked at the door


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a wave went: which of them it is, whom interviewers reached, how many answered by poster."""

    number: int
    visited: float
    open_answers: int  # a community
    scale: float  # of the sample
    at_the_door: bool = False  # some are asked by interviewers, and whoever supervises them has something to find


def ask(
    services: Services, ground: Ground, days: FieldDays, course: Course, *, seed: int, at: datetime, report: Report
) -> Asked:
    """Draw, open and ask one wave; it is left open."""
    zone = services.settings.zone
    effort = Effort(
        starts=start_of(days.opens_on, zone),
        ends=min(at, moment(days.answered_until, time(21, 30), zone)),
        visited=course.visited,
        shift=0.37 * (course.number - 1),
        open_answers=course.open_answers,
        scale=course.scale,
    )
    fieldwork = {
        code: work(residents, effort, np.random.default_rng([seed, course.number, place]))
        for place, (code, residents) in enumerate(ground.residents.items())
    }
    chance = np.random.default_rng([seed, course.number, 97])
    if course.at_the_door:
        fieldwork = knocking.at_the_door(fieldwork, chance)
    opened_at = start_of(days.opens_on, zone)
    wave_id, case_ids, addresses = _open(services, ground, days, fieldwork, at=opened_at)
    holders = _holders(ground, case_ids)
    forms = sorted(_forms(services, ground, wave_id, fieldwork, case_ids), key=lambda form: form.sheet.at)
    forms = _knocked(ground, forms, holders, knocking.Style(ground, chance))
    for done in _submit(services, ground, wave_id, forms):
        report(done, len(forms))
    outcomes = [
        (case_ids[code][place], outcome) for code, one in fieldwork.items() for place, outcome in one.outcomes.items()
    ]
    visits = visits_of(outcomes, effort, np.random.default_rng([seed, course.number, len(ground.residents)]))
    _go_round(services, ground, wave_id, holders, visits, at=effort.ends)
    written = [form.sheet.answers for form in forms if form.sheet.mode is Mode.PAPER][:WRITTEN]
    return Asked(wave_id=wave_id, days=days, answers=len(forms), resident_addresses=addresses, written=written)


def _go_round(
    services: Services,
    ground: Ground,
    wave_id: UUID,
    holders: Mapping[UUID, UUID],
    visits: Sequence[NewVisit],
    *,
    at: datetime,
) -> None:
    """Each interviewer tells of the visits to their own cases."""
    people = _people(ground)
    with services.database.writing.begin() as session:
        assign(session, ground.survey_id, wave_id, holders, at=at, by=ground.staff[Role.MANAGER])
        for account_id, actor in people.items():
            own = [visit for visit in visits if holders[visit.case_id] == account_id]
            note_visits(session, ground.survey_id, own, Told(VisitSource.DOOR, at, actor))


def _people(ground: Ground) -> dict[UUID, audit.Actor]:
    return {actor.account_id: actor for actor in ground.interviewers if actor.account_id is not None}


def _holders(ground: Ground, case_ids: Mapping[str, Sequence[UUID]]) -> dict[UUID, UUID]:
    """Communities are shared out among the interviewers: case -> interviewer."""
    places = {case_id: code for code, ids in case_ids.items() for case_id in ids}
    return balanced(places, list(_people(ground)), {})


def _knocked(
    ground: Ground, forms: Sequence[_Form], holders: Mapping[UUID, UUID], style: knocking.Style
) -> list[_Form]:
    """Interviews at the door, each by whoever has the case."""
    people, found = _people(ground), []
    for form in forms:
        if form.sheet.mode is not Mode.FACE_TO_FACE or form.case_id is None:
            found.append(form)
            continue
        by = people[holders[form.case_id]]
        sheet = replace(form.sheet, answers=style.answers(by, form.sheet.answers))
        found.append(replace(form, sheet=sheet, knocked=style.of(by), code_id=None))
    return found


def _open(
    services: Services, ground: Ground, days: FieldDays, fieldwork: Mapping[str, Fieldwork], *, at: datetime
) -> tuple[UUID, dict[str, list[UUID]], dict[str, str]]:
    """The wave with its cases and codes, opened by the manager."""
    manager = ground.staff[Role.MANAGER]
    case_ids: dict[str, list[UUID]] = {}
    addresses: dict[str, str] = {}
    with services.database.writing.begin() as session:
        new = surveys.NewWave(
            key=days.quarter.key,
            name_zh=days.quarter.name_zh,
            name_en=days.quarter.name_en,
            questionnaire_version_id=ground.version_id,
            opens_on=days.opens_on,
            closes_on=days.closes_on,
            header=_header(days.opens_on),
            targets=TARGETS,
            method=METHOD,
            modes=MODES,
        )
        wave = surveys.create_wave(session, ground.survey_id, new, at=at, by=manager)
        drafts.note_draw(wave, {"modes_by_lot": True})  # paper or a code, as ``add_cases`` deals them
        for code, one in fieldwork.items():
            case_ids[code] = add_cases(
                session,
                ground.survey_id,
                wave.id,
                ground.area_ids[code],
                one.drawn,
                number_prefix=code[6:],
                at=at,
                by=manager,
            )
        doors.keep(session, services, wave, fieldwork, case_ids, at=at)
        surveys.open_wave(session, ground.survey_id, wave.id, on=days.opens_on, at=at, by=manager)
        for code in fieldwork:
            open_code = codes.issue_open_code(
                session, ground.survey_id, wave.id, ground.area_ids[code], keys=services.keys
            )
            addresses[code] = f"/a/{open_code}"
        letters = planning_queries.letters(session, wave, list(ground.area_ids.values()))
        letter_codes.short_codes_of(session, wave, letters, keys=services.keys)
        return wave.id, case_ids, addresses


def _header(on: date) -> dict[str, Any]:
    filled = {name: text.format(year=on.year) for name, text in HEADER.items()}
    return {**filled, "valid_until": date(on.year + 1, 12, 31).isoformat()}


def _forms(
    services: Services,
    ground: Ground,
    wave_id: UUID,
    fieldwork: Mapping[str, Fieldwork],
    case_ids: Mapping[str, Sequence[UUID]],
) -> Iterator[_Form]:
    with services.database.reading.begin() as session:
        rows = session.execute(
            select(AccessCode.case_id, AccessCode.area_id, AccessCode.id).where(
                AccessCode.survey_id == ground.survey_id, AccessCode.wave_id == wave_id
            )
        ).all()
    of_case = {case_id: code_id for case_id, _, code_id in rows if case_id is not None}
    of_area = {area_id: code_id for case_id, area_id, code_id in rows if case_id is None}
    for code, one in fieldwork.items():
        area_id = ground.area_ids[code]
        for sheet in one.sheets:
            case_id = case_ids[code][sheet.case] if sheet.case is not None else None
            yield _Form(
                sheet=sheet,
                area_id=area_id,
                case_id=case_id,
                code_id=of_area[area_id] if case_id is None else of_case.get(case_id),
                client_id=new_id().hex,
                number=f"{code[6:]}-{sheet.case + 1:04d}" if sheet.case is not None else "",
            )


def _submit(services: Services, ground: Ground, wave_id: UUID, forms: Sequence[_Form]) -> Iterator[int]:
    """Hand the forms in through the group writer, some hundred at a time; every one must be stored."""
    for start in range(0, len(forms), GROUP):
        waiting: list[Future[Recorded]] = []
        for form in forms[start : start + GROUP]:
            hand_in = _keyed if form.sheet.mode is Mode.PAPER else _posted
            waiting.append(services.writer.submit(hand_in(services, ground, wave_id, form)))
        for future in waiting:
            future.result(timeout=120)
        yield min(start + GROUP, len(forms))


def _posted(services: Services, ground: Ground, wave_id: UUID, form: _Form) -> Callable[[Session], Recorded]:
    """An answer from a phone, as the resident's page stores it."""
    checked = check_answers(ground.questionnaire, form.sheet.answers, Policy.WEB)
    _refuse_impossible(checked)
    knocked = form.knocked
    told: dict[str, object] = {}
    if knocked is not None:
        told = {"seconds": knocked.seconds, **marks_of(ground.questionnaire, checked, knocked.seconds)}
    incoming = IncomingCapture(
        survey_id=ground.survey_id,
        wave_id=wave_id,
        area_id=form.area_id,
        case_id=form.case_id,
        mode=form.sheet.mode,
        source=Source.WEB if knocked is None else Source.DEVICE,
        client_id=form.client_id,
        questionnaire_version_id=ground.version_id,
        checked=checked,
        state=ResponseState.COMPLETE,
        at=form.sheet.at,
        by=RESIDENT if knocked is None else knocked.by,
        paradata=told,
        code_id=form.code_id,
    )
    return lambda session: record(session, incoming, keys=services.keys, zone=services.settings.zone)


def _keyed(services: Services, ground: Ground, wave_id: UUID, form: _Form) -> Callable[[Session], Recorded]:
    """A paper form, typed box by box as the keying page sends it."""
    typed = {f"{sheets.PREFIX}{name}": _typed(value) for name, value in form.sheet.answers.items()}
    checked = sheets.judge(ground.questionnaire, sheets.read_keys(typed))
    _refuse_impossible(checked)
    assert form.case_id is not None  # paper is issued to cases
    found = FormFound(case_id=form.case_id, area_id=form.area_id, number=form.number, community="", keyed=False)

    def store(session: Session) -> Recorded:
        wave = session.get_one(Wave, (ground.survey_id, wave_id))
        sent = keying.Keyed(checked=checked, client_id=form.client_id, paradata={})
        keyer = ground.staff[Role.KEYER]
        stored = keying.store_form(session, wave, found, sent, keys=services.keys, at=form.sheet.at, by=keyer)
        if isinstance(stored, ContentConflict):
            raise stored
        return stored

    return store


def _typed(answer: object) -> str:
    """What a keyer types for an answer: the codes of a multiple choice in a row."""
    return "".join(str(code) for code in answer) if isinstance(answer, list) else str(answer)


def _refuse_impossible(checked: Checked) -> None:
    if not checked.accepted:
        raise AssertionError(f"a synthetic resident answered what cannot be answered: {checked.findings}")
