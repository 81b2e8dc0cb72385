"""A city whose residents rated the sectors of the questionnaire that ships: invented figures, targets of 85 %."""

from __future__ import annotations

from dataclasses import replace

from analysis.comparisons import Comparisons, PublishedItems
from analysis.results import (
    ChangeVerdict,
    GroupVerdict,
    PublishableCell,
    PublishableRow,
    PublishedChange,
    PublishedContrast,
    PublishedEquality,
    PublishedGroups,
    Suppression,
    Tier,
)
from questionnaires.indicators import Indicator, Target
from questionnaires.text import Text
from reports.content import AreaSummary, Changes, GroupOfCity, Groups, Place, SectorSummary
from reports.sectors import sector_summaries
from tests.programmes import programme
from tests.spec.reports import summaries as given

HIDDEN, COARSE = "heating", "insurance"  # hardly anybody has it; few had to do with it
TARGET = 0.85
_FIGURES = (0.93, 0.91, 0.86, 0.88, 0.79, 0.74, 0.85, 0.83, 0.90, 0.92, 0.94, 0.72)
_GROUPS = tuple(
    GroupOfCity(kind=Text("年龄", "Age"), name=Text(name, name), domain=(("age", name),))
    for name in ("18-29", "30-44", "45-59", "60+")
)


def indicators(*, target: float | None = TARGET) -> tuple[Indicator, ...]:
    """As a city sets its targets: the same for every sector."""
    every = programme("window_services").indicators
    goal = None if target is None else Target(value=target)
    return tuple(replace(one, target=goal) if one.group == "sectors" else one for one in every)


def cell(one: Indicator, number: int, n: int) -> PublishableCell:
    target = None if one.target is None else one.target.value
    users = max(n * (90 - 3 * (number % 17)) // 100, 12)
    if one.id == HIDDEN:
        return given.hidden(one.id, Suppression.NOT_PUBLISHED)
    if one.id == COARSE or users < 60:
        return given.share(one.id, 0.8, 0.62, 0.92, 28, target=target, tier=Tier.COARSE, digits=0)
    value, half = _FIGURES[number % len(_FIGURES)], 1.1 / users**0.5
    low, high = round(value - half, 3), round(min(value + half, 0.999), 3)
    digits = 1 if users >= 100 else 0
    if not digits:
        low, high = round(low - 0.005, 2), round(high + 0.005, 2)
    return given.share(one.id, value, low, high, users, target=target, digits=digits)


def city(*, target: float | None = TARGET) -> AreaSummary:
    """Of the city, its streets and age groups; communities have none."""
    usual, asked = given.city(), indicators(target=target)
    scored = {one.id: one for one in asked if one.kind.value == "proportion"}
    places: list[tuple[Place, int]] = [(given.CITY, 1248), *((street, 416) for street, _ in usual.streets)]
    places += [(Place(code="", name=one.name, domain=one.domain), 312) for one in _GROUPS]
    rows = tuple(
        PublishableRow(
            domain=place.domain,
            sample_size=n,
            cells=tuple(cell(one, number, n) for number, one in enumerate(scored.values())),
        )
        for place, n in places
    )
    chosen = tuple(one for one in asked if one.id in scored)
    made = replace(
        usual,
        imprint=replace(usual.imprint, questionnaire=programme("window_services").title),
        table=replace(usual.table, rows=rows),
        indicators=tuple(sorted(chosen, key=lambda one: (not one.headline, one.group is not None))),
    )
    return replace(made, changes=changes(), groups=groups(), comparisons=compared(made))


def changes() -> Changes:
    told = (
        PublishedChange(
            variable="power",
            domain=given.CITY.domain,
            verdict=ChangeVerdict.RISEN,
            difference=0.031,
            low=0.008,
            high=0.054,
            digits=1,
        ),
        PublishedChange(
            variable="bus",
            domain=given.CITY.domain,
            verdict=ChangeVerdict.NO_DETECTABLE_CHANGE,
            difference=-0.012,
            low=-0.04,
            high=0.016,
            detectable=0.041,
            digits=1,
        ),
    )
    return Changes(since=Text("2026年第二季度", "Second quarter 2026"), told=told)


def groups() -> Groups:
    contrasts = tuple(
        PublishedContrast(
            variable="power",
            domain=one.domain,
            difference=by,
            low=by - 0.03,
            high=by + 0.03,
            verdict=GroupVerdict.LOWER if by < -0.03 else GroupVerdict.NO_DETECTABLE_DIFFERENCE,
            digits=1,
        )
        for one, by in zip(_GROUPS, (-0.062, 0.01, 0.02, 0.018), strict=True)
    )
    told = PublishedGroups(
        contrasts=contrasts, equalities=(PublishedEquality(variable="power", by="age", p_value=0.004),)
    )
    return Groups(groups=_GROUPS, told=told)


def compared(made: AreaSummary) -> Comparisons:
    """Those within three points of an end cannot be told from it."""
    [row] = [row for row in made.table.rows if row.domain == given.CITY.domain]
    firm = {
        one.id: found.value or 0.0
        for one in made.indicators
        if one.group == "sectors" and (found := row.cell(one.id)).suppression is None and found.tier is Tier.SHOWN
    }
    names = sorted(firm, key=lambda key: firm[key])
    low, high = firm[names[0]], firm[names[-1]]
    several = sum(one.group == "sectors" for one in made.indicators)
    found = PublishedItems(
        group="sectors",
        domain=given.CITY.domain,
        items=tuple(names),
        with_lowest=tuple(name for name in names if firm[name] < low + 0.03),
        with_highest=tuple(name for name in reversed(names) if firm[name] > high - 0.03),
        untold=several - len(names),
    )
    return Comparisons(items=(found,))


def sector(which: str, *, target: float | None = TARGET) -> SectorSummary:
    return next(one for one in sector_summaries(city(target=target)) if one.indicators[0].id == which)
