"""What whoever supervises an open wave is shown, as values: pace, days, hours, people. No answer is among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp, fsum, lgamma, log, log1p, sqrt
from statistics import NormalDist
from typing import Any, Final
from zoneinfo import ZoneInfo

from analysis.dispositions import Disposition as Aapor
from analysis.outcome_codes import disposition_of
from questionnaires.text import Text
from survey_service.field.outcomes_shown import Outcomes
from survey_service.field.supervision_queries import Hour
from survey_service.models import Disposition

RECENT_DAYS: Final = 7  # of which the pace is told
PARTS: Final = (  # of a day, by the hour that it begins with
    (0, Text("夜里（22–8 点）", "night (22–8)")),
    (8, Text("上午（8–12 点）", "morning (8–12)")),
    (12, Text("下午（12–18 点）", "afternoon (12–18)")),
    (18, Text("晚上（18–22 点）", "evening (18–22)")),
    (22, Text("夜里（22–8 点）", "night (22–8)")),
)
_MET: Final = frozenset(Aapor) - {Aapor.NON_CONTACT, Aapor.UNKNOWN_HOUSEHOLD, Aapor.UNKNOWN_PERSON, Aapor.NOT_ELIGIBLE}
LATE_CODE: Final = "2.25"  # somebody said that the person is away: that is a contact at the door all the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How far a set of cases comes by the end if it goes on as in the last days. ``margin``: half the interval that a
    share of one half would have then, in 0..1; the plan's design effect, no answer, is in it."""

    cases: int
    completed: int
    expected: int
    margin: float | None


def margin_of(completed: int, design_effect: float) -> float:
    """Half the normal interval of 95 % that a share of one half has with so many answers, as the planner tells it; here
    too, for the page does not wait on the statistics."""
    return NormalDist().inv_cdf(0.975) * sqrt(0.25 * design_effect / completed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Of the wave, as they are counted on a calendar."""

    opens_on: date
    closes_on: date
    today: date

    @property
    def length(self) -> int:
        return (self.closes_on - self.opens_on).days + 1

    @property
    def gone(self) -> int:
        """Today is one of them."""
        return min(max((self.today - self.opens_on).days + 1, 0), self.length)

    @property
    def left(self) -> int:
        return self.length - self.gone

    @property
    def share(self) -> float:
        return self.gone / self.length


def pace(of: Outcomes, recent: int, days: Days, plan: Mapping[str, Any]) -> Pace:
    """``recent``: how many were completed in the last ``RECENT_DAYS`` days, or as many as have gone by."""
    completed = of.counts.get(Disposition.COMPLETE, 0)
    waiting = of.counts.get(Disposition.UNKNOWN, 0) + of.counts.get(Disposition.NONCONTACT, 0)
    a_day = recent / max(min(RECENT_DAYS, days.gone), 1)
    expected = completed + min(round(a_day * days.left), waiting)
    margin = margin_of(expected, float(plan.get("design_effect") or 1.0)) if expected else None
    return Pace(cases=of.cases, completed=completed, expected=expected, margin=margin)


def so_few(of: Outcomes, usual: float) -> float:
    """How often so few of these cases, or fewer, were complete by chance, were each complete as often as ``usual``."""
    done, cases = of.counts.get(Disposition.COMPLETE, 0), of.cases
    if not 0 < usual < 1:
        return 1.0

    def chance(few: int) -> float:
        ways = lgamma(cases + 1) - lgamma(few + 1) - lgamma(cases - few + 1)
        return exp(ways + few * log(usual) + (cases - few) * log1p(-usual))

    return fsum(map(chance, range(done + 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    on: date
    completed: int
    visits: int
    in_all: int  # completed up to this day


def by_day(completed: Iterable[Hour], visits: Iterable[Hour], days: Days, zone: ZoneInfo) -> list[Day]:
    """Every day from the first to today; what came before or after stands with the first or the last."""
    last = min(days.today, days.closes_on)
    done, tried = (_daily(hours, days.opens_on, last, zone) for hours in (completed, visits))
    found, in_all = [], 0
    for place in range((last - days.opens_on).days + 1):
        on = days.opens_on + timedelta(days=place)
        in_all += done[on]
        found.append(Day(on=on, completed=done[on], visits=tried[on], in_all=in_all))
    return found


def _daily(hours: Iterable[Hour], first: date, last: date, zone: ZoneInfo) -> Counter[date]:
    counts: Counter[date] = Counter()
    for one in hours:
        counts[min(max(one.at.astimezone(zone).date(), first), last)] += one.count
    return counts


def completed_since(hours: Iterable[Hour], since: datetime) -> int:
    return sum(one.count for one in hours if one.at >= since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The daily curve as SVG coordinates, 600 wide and 160 high. ``even``: an even pace to the same end."""

    line: str
    even: str
    bars: tuple[tuple[str, str, str], ...]  # x, y and height of what came on each day
    bar_width: str
    top: int  # what the upper edge stands for


WIDTH: Final = 600.0
HEIGHT: Final = 160.0


def curve(lines: Sequence[Day], days: Days, expected: int) -> Curve:
    top = max(expected, lines[-1].in_all if lines else 0, 1)
    step = WIDTH / days.length

    def at(place: float, value: float) -> str:
        return f"{place * step:.1f} {HEIGHT * (1 - value / top):.1f}"

    points = [at(0, 0), *(at(place + 1, one.in_all) for place, one in enumerate(lines))]
    return Curve(
        line="M" + "L".join(points),
        even=f"M{at(0, 0)}L{at(days.length, expected)}",
        bars=tuple(
            (
                f"{place * step + step * 0.15:.1f}",
                f"{HEIGHT * (1 - one.completed / top):.1f}",
                f"{HEIGHT * one.completed / top:.1f}",
            )
            for place, one in enumerate(lines)
            if one.completed
        ),
        bar_width=f"{step * 0.7:.1f}",
        top=top,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Visits of one part of the day, on working days and on weekends, and how many met somebody."""

    name: Text
    week: int
    weekend: int
    met: int

    @property
    def visits(self) -> int:
        return self.week + self.weekend

    @property
    def met_share(self) -> float | None:
        return self.met / self.visits if self.visits else None


def by_part(visits: Iterable[Hour], zone: ZoneInfo) -> list[Part]:
    """By the city's clock."""
    week: Counter[str] = Counter()
    weekend: Counter[str] = Counter()
    met: Counter[str] = Counter()
    for one in visits:
        local = one.at.astimezone(zone)
        name = [name for begins, name in PARTS if begins <= local.hour][-1]
        (weekend if local.weekday() >= 5 else week)[name.zh] += one.count
        met[name.zh] += one.count if _met(one) else 0
    names = {name.zh: name for _, name in PARTS[1:]}
    return [Part(name=name, week=week[zh], weekend=weekend[zh], met=met[zh]) for zh, name in names.items()]


def _met(one: Hour) -> bool:
    assert one.code is not None
    assert one.mode is not None
    return one.code == LATE_CODE or disposition_of(one.code, one.mode) in _MET


def off_hours(parts: Sequence[Part]) -> float | None:
    """Which share of the visits was in the evening or on a weekend, when people are at home."""
    every = sum(one.visits for one in parts)
    evening = PARTS[3][1].zh
    found = sum(one.visits if one.name.zh == evening else one.weekend for one in parts)
    return found / every if every else None
