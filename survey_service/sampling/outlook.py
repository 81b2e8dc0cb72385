"""What a sample that was just drawn will be able to say, by community and by street, and what it costs in visits."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from survey_service.sampling.drawing import DrawnHousehold
from survey_service.sampling.reserves import list_of
from survey_service.sampling.sizes import Expected, Target

if TYPE_CHECKING:
    from analysis.sampling import Prospect


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A community, or several together. ``half``: of the interval of a share near one half, in 0..1."""

    cases: int
    reserves: int = 0
    grids: int | None = None  # that were drawn; None: no grids were drawn first
    expected: int = 0
    half: float | None = None
    tier: str = ""  # of ``analysis.results.Tier``; empty: nobody is expected
    reachable: bool | None = None  # whether any result of so many could show the target; None: there is none
    power: float | None = None  # the chance that the target is settled, if the level is the one expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """``visits``: attempts at a door; ``per_day``: of one person."""

    cases: int
    visits: int
    person_days: int


def cost(cases: int, visits_per_case: float, visits_per_day: float) -> Cost:
    visits = math.ceil(cases * visits_per_case - 1e-9)
    return Cost(cases=cases, visits=visits, person_days=math.ceil(visits / visits_per_day - 1e-9))


@dataclass(slots=True)
class _Counted:
    cases: int = 0
    reserves: int = 0
    in_grids: int = 0
    grids: set[str] = field(default_factory=set)
    strata: set[str] = field(default_factory=set)


def places(
    drawn: Sequence[DrawnHousehold], expected: Expected, target: Target | None, level: float | None
) -> dict[UUID, Place]:
    """What each community will be able to say."""
    found = {}
    for area_id, counted in _count(drawn).items():
        completed, freedom, per_grid = _of(counted, expected)
        outlook = outlook_of(completed, expected.effect(per_grid), freedom) if completed else None
        found[area_id] = Place(
            cases=counted.cases,
            reserves=counted.reserves,
            grids=len(counted.grids) if counted.in_grids else None,
            expected=completed,
            half=None if outlook is None else (outlook.high - outlook.low) / 2,
            tier="" if outlook is None else outlook.tier.value,
            reachable=_reachable(completed, freedom, target) if target else None,
            power=_power(completed, expected.effect(per_grid), target, level),
        )
    return found


def together(
    drawn: Sequence[DrawnHousehold], groups: Mapping[UUID, UUID], sizes: Mapping[UUID, int], expected: Expected
) -> dict[UUID, Place]:
    """What the communities of a street will be able to say together. ``groups``: community -> street; ``sizes``: what
    each community counts, as its list."""
    from analysis.sampling import Part, pooled

    by_group: dict[UUID, list[tuple[UUID, _Counted]]] = defaultdict(list)
    for area_id, counted in _count(drawn).items():
        if area_id in groups:
            by_group[groups[area_id]].append((area_id, counted))
    found = {}
    for group, inside in by_group.items():
        of = [(area_id, *_of(counted, expected)) for area_id, counted in inside]
        parts = [
            Part(size=sizes[area_id], completed=completed, design_effect=expected.effect(per_grid))
            for area_id, completed, _, per_grid in of
        ]
        # Where no grids are drawn the degrees of freedom are as many as answers: no penalty that anybody sees.
        few = any(freedom is not None for _, _, freedom, _ in of)
        freedom = sum(completed - 1 if own is None else own for _, completed, own, _ in of) if few else None
        outlook = pooled(parts, degrees_of_freedom=freedom)
        found[group] = Place(
            cases=sum(counted.cases for _, counted in inside),
            expected=sum(part.completed for part in parts),
            half=None if outlook is None else (outlook.high - outlook.low) / 2,
            tier="" if outlook is None else outlook.tier.value,
        )
    return found


def _count(drawn: Sequence[DrawnHousehold]) -> dict[UUID, _Counted]:
    found: dict[UUID, _Counted] = defaultdict(_Counted)
    for one in drawn:
        counted = found[one.area_id]
        if one.replicate:
            counted.reserves += 1
            continue
        counted.cases += 1
        if list_of(one.stratum, one.psu, one.stages)[1]:  # a grid that stands for others
            counted.in_grids += 1
            counted.grids.add(one.psu)
            counted.strata.add(one.stratum)
    return found


def _of(counted: _Counted, expected: Expected) -> tuple[int, float | None, float | None]:
    """Answers expected, degrees of freedom where grids were drawn first, and cases in each of those grids."""
    completed = expected.completed(counted.cases)
    if not counted.in_grids:
        return completed, None, None
    certain = counted.cases - counted.in_grids  # in grids that were sure to be drawn: households are their units
    freedom = len(counted.grids) - len(counted.strata) + max(expected.completed(certain) - 1, 0)
    return completed, float(freedom), counted.in_grids / len(counted.grids)


@lru_cache(maxsize=4096)
def outlook_of(completed: int, design_effect: float, freedom: float | None) -> Prospect:
    """Of a share of one half. ``freedom``: degrees of freedom, where grids were drawn first."""
    from analysis.sampling import FieldAssumptions, prospect

    return prospect(completed, field=FieldAssumptions(design_effect=design_effect), degrees_of_freedom=freedom)


def _reachable(completed: int, freedom: float | None, target: Target) -> bool:
    return _could_show(completed, freedom, target.value if target.at_least else 1 - target.value)


@lru_cache(maxsize=4096)
def _could_show(completed: int, freedom: float | None, share: float) -> bool:
    """Whether any result of so many could show the share; where all say alike, no design effect is seen."""
    import numpy as np

    from analysis.attainable import needed
    from analysis.estimation.intervals import penalty
    from analysis.results import PublicationRule

    shrunk = 1.0
    if freedom is not None and completed > 1:
        shrunk = float(penalty(np.array([float(completed)]), np.array([freedom]), 0.95)[0]) if freedom >= 1 else 0.01
    enough, _ = needed(share, completed, round(min(shrunk, 1.0), 4), 0.95, PublicationRule())
    return enough


def _power(completed: int, design_effect: float, target: Target | None, level: float | None) -> float | None:
    if target is None or level is None:
        return None
    from analysis.results import Goal
    from analysis.sampling import FieldAssumptions, power_for_verdict

    goal = Goal(value=target.value, at_least=target.at_least)
    return power_for_verdict(completed, level, goal, field=FieldAssumptions(design_effect=design_effect))


def missing(registered: Mapping[UUID, int | None], listed: Counter[UUID]) -> dict[UUID, int]:
    """Households of the register that the list lacks, by community, where the register has more."""
    return {
        area_id: count - listed[area_id]
        for area_id, count in registered.items()
        if count is not None and count > listed[area_id]
    }
