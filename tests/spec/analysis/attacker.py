"""A reader with a linear program, who knows every n, every weight and every print, and reads the JSON that leaves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from analysis.estimation.intervals import all_alike_limit, share_limits
from analysis.results import (
    DesignSummary,
    Domain,
    Estimate,
    Estimates,
    Interval,
    IntervalMethod,
    PublishableTable,
    Statistic,
)
from questionnaires.canonical_json import Form

AGES = ("18-39", "40-59", "60+")
DESIGN = DesignSummary(strata=1, psus=9, degrees_of_freedom=8, sample_size=9)
_FORM = Form(without=frozenset({"seal"}), digits=12)


@dataclass(frozen=True)
class Group:
    """Who answered, for how many they stand, and how many said yes, unweighted and weighted."""

    size: int
    weight: float
    yes: int
    weighted_yes: float

    def __add__(self, other: Group) -> Group:
        return Group(
            self.size + other.size,
            self.weight + other.weight,
            self.yes + other.yes,
            self.weighted_yes + other.weighted_yes,
        )

    @property
    def share(self) -> float:
        if self.yes in (0, self.size):
            return float(self.yes > 0)
        return self.weighted_yes / self.weight


Truth = dict[Domain, Group]


@dataclass
class City:
    """Respondents of every community and age group; the rest are sums. Communities are named after their street."""

    people: dict[tuple[str, str], Group]

    @classmethod
    def random(cls, rng: np.random.Generator) -> City:
        people = {}
        usual = int(rng.choice([2, 7, 20]))  # respondents by age group
        for street in "abcdef"[: int(rng.integers(2, 6))]:
            for number in range(int(rng.integers(1, 7))):
                level = rng.choice([0.5, 0.8, 0.95, 1.0], p=[0.2, 0.4, 0.3, 0.1])
                stands_for = float(rng.uniform(20, 200))
                sizes = rng.integers(max(usual // 2, 0), 2 * usual, len(AGES))
                for age, size in zip(AGES, sizes.tolist(), strict=True):
                    yes = int(rng.binomial(size, level))
                    people[f"{street}{number}", age] = Group(size, size * stands_for, yes, yes * stands_for)
        return cls(people)

    def corrected(self, rng: np.random.Generator) -> City:
        """One or two cells change by one: duplicates removed, a form found."""
        people = dict(self.people)
        cells = [cell for cell, group in people.items() if group.size > 1]
        for place in rng.choice(len(cells), size=int(rng.integers(1, 3)), replace=False):
            old = people[cells[place]]
            each = old.weight / old.size
            size = old.size + (1 if rng.random() < 0.5 else -1)
            yes = min(old.yes, size)
            people[cells[place]] = Group(size, size * each, yes, yes * each)
        return City(people)

    def truth(self, *, ages: bool) -> Truth:
        found: Truth = {}
        for (community, age), group in self.people.items():
            areas: list[Domain] = [(), (("street", community[0]),), (("community", community),)]
            for area in areas:
                for domain in (area, (*area, ("age", age))) if ages else (area,):
                    found[domain] = found[domain] + group if domain in found else group
        return {domain: group for domain, group in found.items() if group.size > 0}


def parents_of(domain: Domain) -> list[Domain]:
    """Every whole that a domain is a part of, as the attacker knows the city."""
    area, age = tuple(p for p in domain if p[0] != "age"), tuple(p for p in domain if p[0] == "age")
    found: list[Domain] = []
    if age:
        found.append(area)
    if area and area[0][0] == "community":
        found.append((("street", area[0][1][0]), *age))
    if area and area[0][0] == "street":
        found.append(age)
    return found


def hierarchy_of(truth: Truth) -> dict[Domain, Domain]:
    """The caller names one parent each, as the service does: an age group's area."""
    found = {domain: parents_of(domain)[0] for domain in truth if parents_of(domain)}
    return found | {(("street", street),): () for street in "abcdef"}


def estimates_of(truth: Truth, variable: str = "aware") -> Estimates:
    return Estimates(
        design=DESIGN, estimates=tuple(estimate(variable, domain, group) for domain, group in truth.items())
    )


def estimate(variable: str, domain: Domain, group: Group, effect: float = 1.2) -> Estimate:
    """A share as the library gives it, with that design effect."""
    share, size = group.share, np.array([float(group.size)])
    freedom, alike = np.array([group.size - 1.0]), group.yes in (0, group.size)
    variance = np.array([share * (1 - share) * effect / group.size])
    if group.size < 2:
        limits = None
    elif alike:
        edge = float(all_alike_limit(size, freedom, 0.95)[0])
        limits = (edge, 1.0) if share == 1 else (0.0, 1 - edge)
    else:
        low, high = share_limits(
            IntervalMethod.KORN_GRAUBARD, np.array([share]), variance, variance, size, freedom, 0.95
        )
        limits = float(low[0]), float(high[0])
    return Estimate(
        statistic=Statistic.RATIO,
        variable=variable,
        domain=domain,
        value=share,
        standard_error=float(np.sqrt(variance[0])),
        interval=limits and Interval(low=limits[0], high=limits[1], level=0.95, method=IntervalMethod.KORN_GRAUBARD),
        degrees_of_freedom=group.size - 1,
        sample_size=group.size,
        design_effect=None if alike else effect,
        effective_sample_size=group.size if alike else group.size / effect,
        all_alike=alike,
        weight=group.weight,
    )


def as_json(table: PublishableTable) -> Any:
    """What a program is sent, floats to twelve digits."""
    return json.loads(json.dumps(_FORM.plain(table)))


@dataclass
class Attacker:
    """One unknown share a domain. ``exact``: a print that only one whole number of respondents fits is exact."""

    truth: Mapping[Domain, Group]
    exact: bool = True
    marks: set[str] = field(default_factory=set)
    rooms: dict[Domain, tuple[float, float]] = field(default_factory=dict)
    guarded: dict[Domain, str] = field(default_factory=dict)

    def read(self, document: Any) -> None:
        for row in document["rows"]:
            domain = tuple((column, value) for column, value in row["domain"])
            [cell] = row["cells"]
            group = self.truth[domain]
            assert row["sample_size"] == group.size  # every n is known
            if cell.get("suppression") is not None:
                self.marks.add(cell["suppression"])
                assert cell.get("value") is None
                assert cell.get("low") is None
                self.rooms[domain] = 0.0, 1.0
                if group.size < 10:
                    self.guarded[domain] = "hidden"
            elif cell.get("coded") is not None:
                self.rooms[domain] = (cell["value"], 1.0) if cell["coded"] == "at_least" else (0.0, cell["value"])
                if group.size < 30:
                    self.guarded[domain] = cell["coded"]
            else:
                self.rooms[domain] = self._printed(cell, group)
            low, high = self.rooms[domain]
            assert low - 1e-9 <= group.share <= high + 1e-9

    def _printed(self, cell: Any, group: Group) -> tuple[float, float]:
        assert cell["digits"] == (0 if group.size < 100 or cell["tier"] == "coarse" else 1)
        half = 0.5 / (100 * 10 ** cell["digits"])
        assert abs(cell["value"] * 100 * 10 ** cell["digits"] % 1 - 0.5) > 0.49  # no digit more
        printed = cell["value"] - half, cell["value"] + half
        assert printed[0] - 1e-9 <= group.share <= printed[1] + 1e-9
        if not self.exact:
            return printed
        if cell["all_alike"]:
            return group.share, group.share
        fewer, more = (group.share - printed[0]) * group.size, (printed[1] - group.share) * group.size
        return group.share - int(fewer + 1e-9) / group.size, group.share + int(more + 1e-9) / group.size

    def too_narrow(self) -> dict[Domain, tuple[float, float]]:
        """Hidden and coded cells of few, in respondents, whose range is narrower than allowed."""
        found = {}
        for domain, (low, high) in self._ranges().items():
            size, kind = self.truth[domain].size, self.guarded[domain]
            if kind == "hidden":
                wide = (high - low) * size >= min(size, 4) - 1e-3
            elif kind == "at_least":
                wide = low <= max(self.rooms[domain][0], 1 - 2 / size) + 1e-4
            else:
                wide = high >= min(self.rooms[domain][1], 2 / size) - 1e-4
            if not wide:
                found[domain] = low * size, high * size
        return found

    def _ranges(self) -> dict[Domain, tuple[float, float]]:
        place = {domain: number for number, domain in enumerate(self.rooms)}
        families: dict[tuple[Domain, tuple[str, ...]], list[Domain]] = {}
        for domain in place:
            for parent in parents_of(domain):
                if parent in place:
                    families.setdefault((parent, tuple(name for name, _ in domain)), []).append(domain)
        terms = [
            (row, place[member], sign * self.truth[member].weight / self.truth[parent].weight)
            for row, ((parent, _), parts) in enumerate(families.items())
            for member, sign in [*((part, 1.0) for part in parts), (parent, -1.0)]
        ]
        rows, columns, factors = zip(*terms, strict=True)
        matrix = csr_array((factors, (rows, columns)), shape=(len(families), len(place))).toarray()
        both_ways = np.vstack([matrix, -matrix])
        found = {}
        for domain in self.guarded:
            ends = []
            for sign in (1.0, -1.0):
                goal = np.zeros(len(place))
                goal[place[domain]] = sign
                # A sum holds to a tenth of a billionth: the shares are doubles.
                solved = linprog(
                    goal,
                    A_ub=both_ways,
                    b_ub=np.full(2 * len(families), 1e-10),
                    bounds=list(self.rooms.values()),
                    method="highs",
                )
                assert solved.status == 0, solved.message
                ends.append(sign * float(solved.fun or 0.0))
            found[domain] = ends[0], ends[1]
        return found
