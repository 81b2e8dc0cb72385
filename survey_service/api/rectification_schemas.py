"""A matter of the rectification list as programs read it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from survey_service.api.schemas import Words
from survey_service.api.shapes import Shape
from survey_service.models import RectificationReason, RectificationState


class EvidenceOut(Shape):
    """As the release prints it."""

    release: str
    figure: str
    unit: Words
    interval: str
    level: str
    n: int
    target: Annotated[str, Field(description="With its sign; empty where there is none.")]


class MatterOut(Shape):
    number: int
    area: Annotated[str, Field(description="Its code.")]
    area_name: Words
    wave: str
    indicator: Annotated[str, Field(description="Empty where the office said it in its own words.")]
    item: Words
    reason: RectificationReason
    evidence: EvidenceOut | None
    state: RectificationState
    body: Annotated[str, Field(description="Who does it; empty where that is not settled.")]
    due_on: date | None
    action: str
    overdue: bool
    to_recheck: Annotated[bool, Field(description="Its day to be looked at again has come.")]
    recheck_on: date | None


class StandingOut(Shape):
    """Of those taken in, whatever is asked for; what was struck is in none of them."""

    total: int
    checked: int
    overdue: int
    to_recheck: int
    reported: int
    struck: Annotated[int, Field(description="Not taken in: beside the others, and in no base.")]


class RectificationOut(Shape):
    standing: StandingOut
    items: list[MatterOut]
    next: Annotated[int | None, Field(description="Give it back as `after` for what follows; null at the end.")]
