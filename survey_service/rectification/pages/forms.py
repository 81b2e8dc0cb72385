"""What forms of the list ask for, and a row as pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.datastructures import FormData

from questionnaires.text import Text
from survey_service.models import Area, Rectification, Wave
from survey_service.rectification import states
from survey_service.rectification.rows import Charge
from survey_service.web.posted_forms import FormReading

MOST_BODY = 60
MOST_ACTION = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the list."""

    number: int
    area: Text
    wave: Text
    item: Text
    reason: Text
    evidence: Mapping[str, Any]
    state: str
    state_name: Text
    body: str
    due_on: date | None
    action: str
    overdue: bool
    recheck: bool
    recheck_on: date | None


def line(row: Rectification, area: Area, wave: Wave, today: date) -> Line:
    return Line(
        number=row.number,
        area=Text(area.name_zh, area.name_en),
        wave=Text(wave.name_zh, wave.name_en),
        item=Text(row.item_zh, row.item_en),
        reason=states.REASONS[row.reason],
        evidence=row.evidence,
        state=row.state.value,
        state_name=states.STATES[row.state],
        body=row.body,
        due_on=row.due_on,
        action=row.action,
        overdue=states.is_overdue(row, today),
        recheck=states.is_to_recheck(row, today),
        recheck_on=row.recheck_on,
    )


def charge(read: FormReading) -> Charge:
    """Body, day and action of a form; faults stand in ``read``."""
    typed = read.words("due_on", most=10)
    return Charge(
        body=read.words("body", most=MOST_BODY),
        due_on=read.day("due_on") if typed else None,
        action=read.words("action", most=MOST_ACTION),
    )


def nothing_posted() -> FormData:
    return FormData()
