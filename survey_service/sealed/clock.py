"""Until when a wave may open what it sealed. Days after its last day, as its plan says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from survey_service.clock import end_of
from survey_service.models import Wave

IN_PLAN: Final = "sealed_days"
DAYS: Final = 30  # where the plan says nothing
MOST_DAYS: Final = 180


def days_of(wave: Wave) -> int:
    return int(wave.plan.get(IN_PLAN) or DAYS)


def opens_until(wave: Wave, zone: ZoneInfo) -> datetime:
    """The moment from which nothing of the wave opens, and its key goes."""
    return end_of(wave.closes_on, zone) + timedelta(days=days_of(wave))
