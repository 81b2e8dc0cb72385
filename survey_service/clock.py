"""Time comes in as an argument; this is the one place that reads it. UTC always, shown in the city's zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of ``day`` in ``zone``, in UTC: a wave opens then."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """24:00 of ``day`` in ``zone``, in UTC: a wave closes then."""
    return start_of(day + timedelta(days=1), zone)
