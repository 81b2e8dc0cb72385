"""The wave after a wave: its name, key and days, one period on, and what the earlier one measured of the field.

What was measured is that of a wave that is over: while answers come in, the rate of today would be too low. The design
effect is that of figures that were signed, so that nobody is told of figures before they are.
"""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from survey_service.models import Survey, Wave, WaveState
from survey_service.surveys import queries, service
from survey_service.web.posted_forms import shown_percent

OVER: Final = (WaveState.CLOSED, WaveState.UNDER_REVIEW, WaveState.RELEASED)
LEAST_COMMUNITIES: Final = 3  # fewer say nothing of what is usual
LEAST_EFFECT, MOST_EFFECT = 0.5, 20.0  # as the form takes it
_SHARE: Final = "proportion"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a wave says of the next one's field; None where it does not say."""

    response_rate: float | None  # AAPOR RR3, in 0..1
    design_effect: float | None  # the middle one of shares in communities, against simple random sampling

    def boxes(self) -> dict[str, str]:
        found = {}
        if self.response_rate is not None:
            found["response_rate"] = shown_percent(round(self.response_rate, 3))
        if self.design_effect is not None:
            found["design_effect"] = f"{self.design_effect:g}"
        return found


def measured(session: Session, survey: Survey, wave: Wave, visible: Select[tuple[UUID]]) -> Measured:
    """Of a wave that is over; nothing of one that is not."""
    if wave.state not in OVER:
        return Measured(None, None)
    rate = service.progress(session, survey, wave, visible).response_rate
    signed = next(iter(queries.releases(session, wave)), None)
    return Measured(rate, None if signed is None else usual_effect(json.loads(signed.estimates)))


def usual_effect(estimates: dict[str, Any]) -> float | None:
    """The median design effect of shares in communities, to two decimals; None where too few have one."""
    effects = list(_effects(estimates))
    if len({community for community, _ in effects}) < LEAST_COMMUNITIES:
        return None
    found = round(median(effect for _, effect in effects), 2)
    return min(max(found, LEAST_EFFECT), MOST_EFFECT)


def _effects(estimates: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for table in estimates.get("raw", ()):
        for one in table["estimates"]:
            domain = one["domain"]
            effect = one.get("design_effect")
            if len(domain) == 1 and domain[0][0] == "community" and one.get("statistic") == _SHARE and effect:
                yield str(domain[0][1]), float(effect)


# ---------------------------------------------------------------- one period on


@dataclass(frozen=True, slots=True)
class Period:
    """A part of a year: ``number`` of ``parts`` (1: the whole year, 2: halves, 4: quarters, 12: months)."""

    year: int
    number: int
    parts: int

    def next(self) -> Period:
        if self.number < self.parts:
            return Period(self.year, self.number + 1, self.parts)
        return Period(self.year + 1, 1, self.parts)


_KEYS: Final = (
    (re.compile(r"(\d{4})([-_]?Q)([1-4])", re.IGNORECASE), 4),
    (re.compile(r"(\d{4})([-_]?H)([12])", re.IGNORECASE), 2),
    (re.compile(r"(\d{4})([-_]?M?)(0[1-9]|1[0-2])", re.IGNORECASE), 12),
    (re.compile(r"(\d{4})()()"), 1),
)
_CHINESE: Final = {4: "一二三四", 2: "上下"}
_ENGLISH: Final = {
    4: ("First", "Second", "Third", "Fourth"),
    2: ("First", "Second"),
    12: (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}


def following(wave: Wave, taken: Collection[str]) -> dict[str, str]:
    """Boxes of the next wave: key, names, days. Empty where the key of the wave is no period of a year."""
    found, parts = next(((found, parts) for one, parts in _KEYS if (found := one.fullmatch(wave.key))), (None, 0))
    if found is None:
        return {}
    this = Period(int(found[1]), int(found[3] or 1), parts)
    after, months = this.next(), 12 // parts
    key = _key(after, found[2], len(found[3]))
    while key in taken:
        after, months = after.next(), months + 12 // parts
        key = _key(after, found[2], len(found[3]))
    return {
        "key": key,
        "name_zh": _renamed(wave.name_zh, this, after),
        "name_en": _renamed(wave.name_en, this, after),
        "opens_on": _later(wave.opens_on, months).isoformat(),
        "closes_on": _later(wave.closes_on, months).isoformat(),
    }


def _key(period: Period, between: str, digits: int) -> str:
    return f"{period.year}{between}{period.number:0{digits}d}" if digits else str(period.year)


def _renamed(name: str, this: Period, after: Period) -> str:
    """The name with its period exchanged; empty where it does not name the whole of it."""
    if str(this.year) not in name:
        return ""
    renamed = name.replace(str(this.year), "\0")
    if this.parts > 1:
        for old, new in _words(this, after):
            if re.search(old, renamed):
                renamed = re.sub(old, new, renamed, count=1)
                break
        else:
            return ""
    return renamed.replace("\0", str(after.year))


def _words(this: Period, after: Period) -> Iterator[tuple[str, str]]:
    """How a period may be named in either language."""
    if this.parts in _CHINESE:
        names, unit = _CHINESE[this.parts], "季" if this.parts == 4 else "半年"
        yield f"{names[this.number - 1]}{unit}", f"{names[after.number - 1]}{unit}"
        yield rf"\b([QH]){this.number}\b", rf"\g<1>{after.number}"
        yield f"第{this.number}季", f"第{after.number}季"
    if this.parts == 12:
        yield rf"(?<!\d){this.number}月", f"{after.number}月"
    english = _ENGLISH.get(this.parts, ())
    if english:
        yield rf"(?i)\b{english[this.number - 1]}\b", english[after.number - 1]


def _later(day: date, months: int) -> date:
    """The same day so many months on; the last day of a month stays a last day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    last = monthrange(year, month + 1)[1]
    at_end = day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if at_end else min(day.day, last))
