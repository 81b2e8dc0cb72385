"""An attacker by linear programming against what was published: every sum, every mark, every release together.

For each random city (streets, communities, age groups crossed with both; a correction as a second release) the attacker
writes down one variable per count and release, everything that is shown, every sum that holds, and what the marks
say; counts that did not change between releases are one variable. No hidden count may come out in a range of three or
less, and no sum of hidden parts below ten. A dozen families in the ordinary run, two hundred with ``make soak``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from scipy.optimize import linprog

from analysis.complementary_suppression import CannotProtect
from analysis.disclosure import protect
from analysis.results import (
    DesignSummary,
    Domain,
    Estimate,
    Estimates,
    Interval,
    IntervalMethod,
    PublicationRule,
    PublishableTable,
    Reliability,
    Statistic,
    Suppression,
)

AGES = ("18-39", "40-59", "60+")
RULE = PublicationRule(reliability=Reliability.FLAG)
Truth = dict[Domain, tuple[int, int]]  # respondents, of whom said yes
seeds = [*range(12), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(12, 200))]


@dataclass
class City:
    """Respondents and yes-sayers of every community and age group; the rest are sums."""

    counts: dict[tuple[str, str], tuple[int, int]]  # (community, age); communities are named after their street

    @classmethod
    def random(cls, rng: np.random.Generator) -> City:
        counts = {}
        for street in "abcd"[: int(rng.integers(2, 5))]:
            for number in range(int(rng.integers(1, 5))):
                level = rng.choice([0.5, 0.8, 0.95, 1.0], p=[0.3, 0.4, 0.2, 0.1])
                small = rng.random() < 0.25
                for age in AGES:
                    size = int(rng.integers(0, 6) if small else rng.integers(5, 40))
                    counts[(f"{street}{number}", age)] = (size, int(rng.binomial(size, level)))
        return cls(counts)

    def corrected(self, rng: np.random.Generator) -> City:
        """One or two cells change by a few: duplicates removed, a form found."""
        counts = dict(self.counts)
        cells = [cell for cell, (size, _) in counts.items() if size > 1]
        for place in rng.choice(len(cells), size=int(rng.integers(1, 3)), replace=False):
            size, yes = counts[cells[place]]
            size = size + 1 if rng.random() < 0.5 else size - 1
            counts[cells[place]] = (size, min(yes, size))
        return City(counts)

    def truth(self, *, ages: bool) -> Truth:
        found: Truth = {}
        for (community, age), (size, yes) in self.counts.items():
            areas: list[Domain] = [(), (("street", community[0]),), (("community", community),)]
            for area in areas:
                for domain in (area, (*area, ("age", age))) if ages else (area,):
                    before = found.get(domain, (0, 0))
                    found[domain] = (before[0] + size, before[1] + yes)
        return {domain: counts for domain, counts in found.items() if counts[0] > 0}


def parents_of(domain: Domain) -> list[Domain]:
    """Every whole that a domain is a part of, as the attacker knows the city."""
    area, age = tuple(p for p in domain if p[0] != "age"), tuple(p for p in domain if p[0] == "age")
    found: list[Domain] = []
    if age and area:
        found.append(area)
    if age and not area:
        found.append(())
    if area and area[0][0] == "community":
        found.append((("street", area[0][1][0]), *age))
    if area and area[0][0] == "street":
        found.append(age)
    return found


def publish(truth: Truth, earlier: tuple[PublishableTable, ...] = ()) -> PublishableTable:
    rows = []
    for domain, (size, yes) in truth.items():
        value = yes / size
        rows.append(
            Estimate(
                statistic=Statistic.RATIO,
                variable="aware",
                domain=domain,
                value=value,
                standard_error=0.01,
                interval=Interval(
                    low=max(0.0, value - 0.02),
                    high=min(1.0, value + 0.02),
                    level=0.95,
                    method=IntervalMethod.KORN_GRAUBARD,
                ),
                degrees_of_freedom=50,
                sample_size=size,
                design_effect=1.0,
                effective_sample_size=float(size),
                all_alike=yes in (0, size),
            )
        )
    design = DesignSummary(strata=1, psus=9, degrees_of_freedom=8, sample_size=9)
    # The caller names one parent each, as the service does: an age group's area.
    hierarchy = {domain: parents_of(domain)[0] for domain in truth if parents_of(domain)}
    hierarchy |= {(("street", s),): () for s in "abcd"}
    return protect(Estimates(design=design, estimates=tuple(rows)), rule=RULE, hierarchy=hierarchy, earlier=earlier)


@dataclass
class Attacker:
    """Variables are (what, domain, its counts): what did not change between two releases is one variable."""

    place: dict[tuple[str, Domain, tuple[int, int]], int] = field(default_factory=dict)
    limits: list[tuple[float, float]] = field(default_factory=list)
    rows: list[dict[int, float]] = field(default_factory=list)
    totals: list[float] = field(default_factory=list)
    hidden: dict[int, tuple[str, Domain]] = field(default_factory=dict)

    def variable(
        self, what: str, domain: Domain, counts: tuple[int, int], low: float, high: float, hidden: bool
    ) -> int:
        key = (what, domain, counts)
        if key not in self.place:
            self.place[key] = len(self.limits)
            self.limits.append((0.0, 1e6))
        number = self.place[key]
        before = self.limits[number]
        self.limits[number] = (max(before[0], low), min(before[1], high))
        if hidden:
            self.hidden[number] = (what, domain)
        return number

    def read(self, table: PublishableTable, truth: Truth, before: PublishableTable | None = None) -> None:
        hidden_before = {row.domain for row in before.rows if row.sample_size is None} if before else set()
        least = float(RULE.minimum_respondents)
        sizes: dict[Domain, int] = {}
        yeses: dict[Domain, int] = {}
        for row in table.rows:
            counts = truth[row.domain]
            size, yes = counts
            cell = row.cell("aware")
            if row.sample_size is not None:
                assert row.sample_size == size
                sizes[row.domain] = self.variable("n", row.domain, counts, size, size, hidden=False)
            else:
                marked_few = cell.suppression is Suppression.FEW_RESPONDENTS
                low, high = (0.0, least - 1) if marked_few else (least, 1e6)
                if row.domain in hidden_before:  # marked alike whatever its number is now
                    assert not marked_few
                    low, high = 0.0, 1e6
                sizes[row.domain] = self.variable("n", row.domain, counts, low, high, hidden=True)
            if row.sample_size is None:
                continue
            if cell.value is not None:
                yeses[row.domain] = self.variable("yes", row.domain, counts, yes, yes, hidden=False)
            else:
                yeses[row.domain] = self.variable("yes", row.domain, counts, 0, size, hidden=yes in (0, size))
        for column, known in ((0, sizes), (1, yeses)):
            self._sums(known, truth, column)

    def _sums(self, known: dict[Domain, int], truth: Truth, column: int) -> None:
        families: dict[tuple[Domain, tuple[str, ...]], list[Domain]] = {}
        for domain in truth:
            for parent in parents_of(domain):
                if parent in truth:
                    families.setdefault((parent, tuple(name for name, _ in domain)), []).append(domain)
        for (parent, _), parts in families.items():
            if parent not in known:
                continue
            row = {known[parent]: -1.0}
            total = 0.0
            for part in parts:
                if part in known:
                    row[known[part]] = row.get(known[part], 0.0) + 1
                elif column == 1:
                    # Yes-sayers of a row whose number is hidden: a variable of their own, up to what is thinkable.
                    number = self.variable("yes?", part, truth[part], 0, 1e6, hidden=False)
                    row[number] = 1.0
            self.rows.append(row)
            self.totals.append(total)

    def ranges(self) -> dict[tuple[str, Domain], tuple[float, float]]:
        matrix = np.zeros((len(self.rows), len(self.limits)))
        for number, row in enumerate(self.rows):
            for place, sign in row.items():
                matrix[number, place] = sign
        found = {}
        for number, name in self.hidden.items():
            ends = []
            for sign in (1.0, -1.0):
                goal = np.zeros(len(self.limits))
                goal[number] = sign
                solved = linprog(goal, A_eq=matrix, b_eq=self.totals, bounds=self.limits, method="highs")
                assert solved.status == 0, solved.message
                ends.append(sign * solved.fun)
            found[name] = (ends[0], ends[1])
        return found


def narrow(found: dict[tuple[str, Domain], tuple[float, float]]) -> dict[tuple[str, Domain], tuple[float, float]]:
    return {name: (low, high) for name, (low, high) in found.items() if high - low <= 3 + 1e-6}


@pytest.mark.parametrize("seed", seeds)
def test_no_hidden_count_is_bounded_within_three(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = City.random(rng).truth(ages=bool(rng.random() < 0.7))
    attacker = Attacker()
    attacker.read(publish(truth), truth)
    assert narrow(attacker.ranges()) == {}


@pytest.mark.parametrize("seed", seeds)
def test_nor_by_a_drill_down_and_a_correction_released_later(seed: int) -> None:
    rng = np.random.default_rng(1000 + seed)
    city = City.random(rng)
    coarse = city.truth(ages=False)
    fine = city.corrected(rng).truth(ages=True)
    first = publish(coarse)
    attacker = Attacker()
    attacker.read(first, coarse)
    try:
        second = publish(fine, earlier=(first,))
    except CannotProtect:
        return  # it says so and publishes nothing: that gives nothing away
    attacker.read(second, fine, before=first)
    assert narrow(attacker.ranges()) == {}
    for row in first.rows:
        if row.sample_size is None and row.domain in fine:
            assert second.row(row.domain).sample_size is None  # hidden once stays hidden


def test_most_corrections_of_one_table_can_be_released() -> None:
    refused = 0
    for seed in range(30):
        rng = np.random.default_rng(1000 + seed)
        city = City.random(rng)
        try:
            publish(city.corrected(rng).truth(ages=False), earlier=(publish(city.truth(ages=False)),))
        except CannotProtect:
            refused += 1
    assert refused <= 3


def test_what_an_earlier_release_gave_away_is_named() -> None:
    # 27 respondents were published; of three groups of 9 each is known to have fewer than ten.
    whole: Domain = ()
    parts: list[Domain] = [(("age", age),) for age in AGES]
    together = {whole: (27, 20), **dict.fromkeys(parts, (9, 6))}
    first = publish({whole: (27, 20)})
    with pytest.raises(CannotProtect, match="published in an earlier release"):
        publish(together, earlier=(first,))
    # Released together, the whole is hidden too.
    assert publish(together).row(whole).sample_size is None


def test_the_attacker_finds_what_is_left_open() -> None:
    """An attacker that finds nothing proves nothing: without complementary suppression it finds everything."""
    truth: Truth = {
        (): (100, 60),
        (("street", "a"),): (100, 60),
        (("community", "a0"),): (8, 5),
        (("community", "a1"),): (92, 55),
    }
    alone = {domain: counts for domain, counts in truth.items() if domain != (("street", "a"),)}
    shown = publish({domain: counts for domain, counts in alone.items() if domain != ()})
    attacker = Attacker()
    attacker.read(shown, alone)  # the city's total leaks from elsewhere
    number = attacker.variable("n", (), (100, 60), 100, 100, hidden=False)
    eight = next(place for place, name in attacker.hidden.items() if name == ("n", (("community", "a0"),)))
    rest = attacker.variable("n", (("community", "a1"),), (92, 55), 92, 92, hidden=False)
    attacker.rows.append({number: -1.0, eight: 1.0, rest: 1.0})
    attacker.totals.append(0.0)
    assert attacker.ranges()[("n", (("community", "a0"),))] == pytest.approx((8, 8))


def test_little_is_hidden() -> None:
    """What protects must not empty the table: of the cities above most rows stay."""
    shown = hidden = needed = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        truth = City.random(rng).truth(ages=True)
        table = publish(truth)
        shown += sum(row.cell("aware").suppression is None for row in table.rows)
        hidden += sum(row.cell("aware").suppression is not None for row in table.rows)
        needed += sum(size < 10 or (size < 30 and yes in (0, size)) for size, yes in truth.values())
    assert shown > 0
    assert hidden <= 2.2 * needed
