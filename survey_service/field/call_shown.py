"""What the desk of whoever calls is shown of one household: its number once, whom to ask for, how calls ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts.staff_pages import Asking
from survey_service.errors import NotFound
from survey_service.field import call_queries as queries
from survey_service.field import call_words
from survey_service.field.door_shown import NOTHING_TYPED, Typed, find, of_case, of_visits, takes
from survey_service.models import Mode, Survey, Wave
from survey_service.sampling.unit_words import UNITS
from survey_service.surveys import who_answers


def one_call(
    asking: Asking,
    session: Session,
    of: tuple[str, str],
    case_id: UUID,
    now: datetime,
    typed: Typed = NOTHING_TYPED,
    telephone: str = "",
) -> Response:
    """``of``: keys of survey and wave. ``telephone``: its number, where it was opened for this page."""
    survey, wave = find(session, asking.person, *of)
    case = queries.case(session, wave, asking.person, case_id)
    door = next((one for one in queries.calls(session, wave, asking.person) if one.id == case_id), None)
    if case is None or door is None:
        raise NotFound
    context = {
        **frame(survey, wave),
        **of_case(asking, session, (survey, wave), case, typed, now, call_words.BUTTONS),
        **of_visits(asking, session, wave, door, typed, now.astimezone(asking.running.settings.zone)),
        "desk": "calls",
        "rule_told": who_answers.told(wave),
        "telephone": telephone,
        "said": call_words.said(wave),
        "interviews": takes(wave, Mode.TELEPHONE),
    }
    return asking.page("staff/calls/case.html", context, section="visits", fault=typed.fault)


def frame(survey: Survey, wave: Wave) -> dict[str, Any]:
    return {
        "wave": wave,
        "wave_name": Text(wave.name_zh, wave.name_en),
        "unit": UNITS[wave.listed_unit],
        "survey_title": Text(survey.title_zh, survey.title_en),
        "here": call_address(survey.key, wave.key),
    }


def call_address(survey_key: str, wave_key: str) -> str:
    return f"/calls/{survey_key}/{wave_key}"
