"""A demonstration wave, asked through the service's own code: cases, codes, answers by web and by keying, outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select

from questionnaires.answers import Policy, check_answers
from survey_service.audit.chain import RESIDENT, Actor
from survey_service.clock import start_of
from survey_service.collection import codes
from survey_service.collection.service import IncomingCapture, record
from survey_service.demonstration.calendar import FieldDays
from survey_service.demonstration.field import Effort, Fieldwork, Sheet, work
from survey_service.demonstration.ground import HEADER, METHOD, TARGETS, Ground
from survey_service.fieldwork.service import record_dispositions
from survey_service.ids import new_id
from survey_service.models import AccessCode, Case, Mode, ResponseState, Role, Source
from survey_service.sampling.service import add_cases
from survey_service.services import Services
from survey_service.surveys import service as surveys

GROUP = 400
Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One wave as it was asked."""

    wave_id: UUID
    days: FieldDays
    answers: int
    resident_addresses: Mapping[str, str]  # community code -> path of its open page


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """One sheet with the case it belongs to."""

    sheet: Sheet
    area_id: UUID
    case_id: UUID | None
    code_id: UUID | None
    client_id: str


def ask(
    services: Services,
    ground: Ground,
    days: FieldDays,
    *,
    seed: int,
    number: int,
    visited: float,
    open_answers: int,
    scale: float,
    at: datetime,
    report: Report,
) -> Asked:
    """Draw, open and ask one wave; it is left open."""
    zone = services.settings.zone
    effort = Effort(
        starts=start_of(days.opens_on, zone),
        ends=min(at, datetime.combine(days.answered_until, time(21, 30), zone)),
        visited=visited,
        shift=0.37 * (number - 1),
        open_answers=open_answers,
        scale=scale,
    )
    fieldwork = {
        code: work(residents, effort, np.random.default_rng([seed, number, place]))
        for place, (code, residents) in enumerate(ground.residents.items())
    }
    opened_at = start_of(days.opens_on, zone)
    wave_id, case_ids, addresses = _open(services, ground, days, fieldwork, at=opened_at)
    forms = sorted(_forms(services, ground, wave_id, fieldwork, case_ids), key=lambda form: form.sheet.at)
    for done in _submit(services, ground, wave_id, forms):
        report(done, len(forms))
    outcomes = {
        case_ids[code][place]: outcome for code, one in fieldwork.items() for place, outcome in one.outcomes.items()
    }
    with services.database.writing.begin() as session:
        record_dispositions(session, ground.survey_id, outcomes, at=effort.ends, by=ground.staff[Role.INTERVIEWER])
    return Asked(wave_id=wave_id, days=days, answers=len(forms), resident_addresses=addresses)


def _open(
    services: Services, ground: Ground, days: FieldDays, fieldwork: Mapping[str, Fieldwork], *, at: datetime
) -> tuple[UUID, dict[str, list[UUID]], dict[str, str]]:
    """The wave with its cases and codes, opened by the manager."""
    manager = ground.staff[Role.MANAGER]
    case_ids: dict[str, list[UUID]] = {}
    addresses: dict[str, str] = {}
    with services.database.writing.begin() as session:
        wave = surveys.create_wave(
            session, survey_id=ground.survey_id, key=days.quarter.key, name_zh=days.quarter.name_zh,
            name_en=days.quarter.name_en, questionnaire_version_id=ground.version_id, opens_on=days.opens_on,
            closes_on=days.closes_on, header=_header(days.opens_on), targets=TARGETS, method=METHOD, at=at, by=manager,
        )  # fmt: skip
        for code, one in fieldwork.items():
            case_ids[code] = add_cases(
                session, ground.survey_id, wave.id, ground.area_ids[code], one.drawn, number_prefix=code[6:], at=at,
                by=manager,
            )  # fmt: skip
        surveys.open_wave(session, ground.survey_id, wave.id, on=days.opens_on, at=at, by=manager)
        for code in fieldwork:
            open_code = codes.issue_open_code(
                session, ground.survey_id, wave.id, ground.area_ids[code], keys=services.keys
            )
            addresses[code] = f"/a/{open_code}"
        invited = select(Case).where(
            Case.survey_id == ground.survey_id, Case.wave_id == wave.id, Case.first_mode == Mode.WEB_INVITED
        )
        for case in session.scalars(invited).all():
            codes.issue_case_code(session, case, keys=services.keys)
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
            )


def _submit(services: Services, ground: Ground, wave_id: UUID, forms: Sequence[_Form]) -> Iterator[int]:
    """Hand the forms in through the group writer, some hundred at a time; every one must be stored."""
    for start in range(0, len(forms), GROUP):
        waiting: list[Future[object]] = []
        for form in forms[start : start + GROUP]:
            incoming = _incoming(ground, wave_id, form)

            def store(session: Any, incoming: IncomingCapture = incoming) -> object:
                return record(session, incoming, keys=services.keys, zone=services.settings.zone)

            waiting.append(services.writer.submit(store))
        for future in waiting:
            future.result(timeout=120)
        yield min(start + GROUP, len(forms))


def _incoming(ground: Ground, wave_id: UUID, form: _Form) -> IncomingCapture:
    on_paper = form.sheet.mode is Mode.PAPER
    checked = check_answers(ground.questionnaire, form.sheet.answers, Policy.PAPER if on_paper else Policy.WEB)
    if not checked.accepted:
        raise AssertionError(f"a synthetic resident answered what cannot be answered: {checked.findings}")
    by: Actor = ground.staff[Role.KEYER] if on_paper else RESIDENT
    return IncomingCapture(
        survey_id=ground.survey_id,
        wave_id=wave_id,
        area_id=form.area_id,
        case_id=form.case_id,
        mode=form.sheet.mode,
        source=Source.FIRST_KEYING if on_paper else Source.WEB,
        client_id=form.client_id,
        questionnaire_version_id=ground.version_id,
        checked=checked,
        state=ResponseState.COMPLETE,
        at=form.sheet.at,
        by=by,
        code_id=None if on_paper else form.code_id,
    )
