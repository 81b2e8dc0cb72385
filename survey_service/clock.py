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


def binds(until: datetime, at: datetime, longest: timedelta) -> bool:
    """Whether a time that was stored as ``until`` is still to come.

    None is set farther ahead than ``longest``. One that lies farther was set before the clock was put back, and would
    hold people up until the clock has come there again: it binds nobody.
    """
    return at < until <= at + longest
