"""All that is known of one case: what came of it and why, who goes there, visits, letters, answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import WaveStaff
from survey_service.dependencies import Reading
from survey_service.errors import NotFound
from survey_service.field import noting, pages, queries, walk
from survey_service.fieldwork import overdue, roll_words, rolls
from survey_service.fieldwork.settling import known
from survey_service.fieldwork.words import MODES, RULES, SOURCES, outcome_words, outcomes_of
from survey_service.models import Case, Survey, Visit, Wave, WaveState
from survey_service.sampling.reserves import list_of
from survey_service.surveys.access import find_wave
from survey_service.surveys.mode_words import MODES as ASKED_IN

router = APIRouter(prefix="/surveys/{survey_key}/waves/{wave_key}/field")


@router.get("/cases/{case_id}")
def case_page(
    reading: Reading,
    person: WaveStaff,
    by: pages.Seen,
    survey_key: str,
    wave_key: str,
    case_id: UUID,
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key, rights.FOLLOW_WAVES)
        return one_case(by, session, survey, wave, case_id)


def one_case(
    by: pages.By,
    session: Session,
    survey: Survey,
    wave: Wave,
    case_id: UUID,
    *,
    refused: pages.Refused = pages.NOTHING_REFUSED,
) -> Response:
    asking, now = by.asking, by.now
    visible = asking.person.visible(*rights.FOLLOW_WAVES)
    found = queries.case(session, wave, visible, case_id)
    if found is None:
        raise NotFound
    case, area = found
    knowledge = known(session, wave.survey_id, [case.id])[case.id]
    outcome = knowledge.outcome()
    visits = queries.visits(session, case)
    every_roll = rolls.every(session, wave.survey_id, case.id)
    grid = list_of(case.stratum, case.psu, case.stages)
    context = {
        **pages.frame(asking.person, survey, wave),
        "case": case,
        "doors": by.doors.of(session, wave, [case.number], to=rights.OPEN_ADDRESSES),
        "area": Text(area.name_zh, area.name_en),
        "grid": walk.GridNames(queries.grid_names(session, visible)).of(walk.code_of(grid)),
        **_who_goes(by, session, survey, wave, case, visits),
        "asked_in": ASKED_IN[case.first_mode],
        "adult_known": knowledge.adult_known,
        "adults": case.adults,
        "rolls": every_roll,
        "roll_of": {one.id: one for one in every_roll},
        "at_place": roll_words.at_place,
        "chosen": roll_words.chosen,
        "outcome": outcome,
        "outcome_words": outcome_words(outcome.code, outcome.mode, wave.listed_unit),
        "why": RULES[outcome.rule],
        "visits": visits,
        "said": outcomes_of(wave.listed_unit),
        "sources": SOURCES,
        "code_modes": MODES,
        "letters": queries.letters(session, case),
        "arrived": queries.arrived(session, case),
        "answered_in": ASKED_IN,
        "forms": queries.forms(session, case),
        "choices": noting.choices(wave.listed_unit),
        "today": now.astimezone(asking.running.settings.zone).date(),
        "kept": refused.kept,
        "fault": refused.fault,
    }
    return asking.page("staff/field/case.html", context, section="surveys", fault=refused.fault)


def _who_goes(
    by: pages.By, session: Session, survey: Survey, wave: Wave, case: Case, visits: Sequence[Visit]
) -> dict[str, Any]:
    """Who has the case, by when somebody has to be there, and who else it might be given to. ``agreed_by``: who agreed
    on the time, where the case has gone to somebody else since."""
    holder = queries.holder(session, case)
    waits = case.disposition in overdue.WAITS and wave.state is WaveState.OPEN
    last = next((one for one in reversed(visits) if one.withdrawn_at is None), None)
    agreed = last.appointment_at if last and waits else None
    due = overdue.due_at(agreed, case.last_visit_at, holder.since if holder else None) if waits else None
    since = overdue.since(due, agreed, by.now)
    another = last is not None and agreed is not None and (holder is None or last.by_account_id != holder.account_id)
    return {
        "holder": holder,
        "agreed_at": agreed,
        "agreed_by": last.by_name if last and another else None,
        "late": by.days_late(since) if since is not None else None,
        "people": [(str(one.id), one.name) for one in queries.interviewers(session, survey)],
    }
