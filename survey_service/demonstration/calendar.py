"""Quarters around a day: the two before it were released, this one is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

NUMERALS: Final = ("一", "二", "三", "四")
ORDINALS: Final = ("First", "Second", "Third", "Fourth")


@dataclass(frozen=True, slots=True)
class Quarter:
    year: int
    number: int  # 1..4

    @property
    def key(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def name_zh(self) -> str:
        return f"{self.year}年第{NUMERALS[self.number - 1]}季度"

    @property
    def name_en(self) -> str:
        return f"{ORDINALS[self.number - 1]} quarter of {self.year}"

    @property
    def start(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_month(self) -> date:
        return date(self.year, 3 * self.number, 1)

    def before(self) -> Quarter:
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    def after(self) -> Quarter:
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)


def quarter_of(day: date) -> Quarter:
    return Quarter(day.year, (day.month - 1) // 3 + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDays:
    """One wave's field. ``answered_until``: the last day of which answers are in."""

    quarter: Quarter
    opens_on: date
    closes_on: date
    answered_until: date


def finished_wave(on: date) -> FieldDays:
    """The quarter before."""
    return _asked_in(quarter_of(on).before())


def earlier_wave(on: date) -> FieldDays:
    """The quarter before that one."""
    return _asked_in(quarter_of(on).before().before())


def _asked_in(quarter: Quarter) -> FieldDays:
    """On the first twenty days of its last month."""
    opens = quarter.last_month
    return FieldDays(
        quarter=quarter, opens_on=opens, closes_on=opens + timedelta(days=19), answered_until=opens + timedelta(days=19)
    )


def open_wave(on: date) -> FieldDays:
    """This quarter, open for nine days at most, for thirty more to come."""
    quarter = quarter_of(on)
    return FieldDays(
        quarter=quarter,
        opens_on=max(quarter.start, on - timedelta(days=9)),
        closes_on=on + timedelta(days=30),
        answered_until=on,
    )


def released_on(days: FieldDays, on: date) -> date:
    """Signed on the twelfth day of the quarter after, or today where that is still to come."""
    return min(on, days.quarter.after().start + timedelta(days=11))


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A time of day on the city's clock, in UTC as everything is stored."""
    return datetime.combine(day, at, zone).astimezone(UTC)
