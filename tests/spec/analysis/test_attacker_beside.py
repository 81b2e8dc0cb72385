"""With all that stands beside the table nobody narrows a hidden or coded cell further than with the table alone.

What is told by mode, with other weights and of groups is read as equations, in random cities, by the reader of
``attacker``. Each way in that the rules close is shown to be one where they are not kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from analysis.city_results import ModeEffect
from analysis.engine.areas import ToWhole
from analysis.engine.modes import ModeTable
from analysis.printed_figures import PrintedStep
from analysis.published_areas import published_differences
from analysis.published_beside import published_modes, published_sensitivities, shown_cells
from analysis.published_groups import printed_differences, published_street_groups
from analysis.results import Domain, PublishableTable
from analysis.tiers import shown_as_points
from tests.spec.analysis.attacker import AGES, Attacker, City, Group, Truth, parents_of
from tests.spec.analysis.beside_attacker import Beside, Ranges, narrowed, ranges
from tests.spec.analysis.test_attacker import attacked, publish

MODES = ("paper", "web")
WHOLE: Domain = ()
GUARDED = (1, 6, 9, 16, 31)  # cities that hide or code something and tell modes all the same
seeds = [*GUARDED, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(40, 160))]


@dataclass(frozen=True)
class Published:
    """A random city whose table was published, and what its table alone leaves possible."""

    city: City
    truth: Truth
    table: PublishableTable
    attacker: Attacker
    alone: Ranges

    @staticmethod
    def of(seed: int, *, ages: bool) -> Published:
        city = City.random(np.random.default_rng(seed))
        truth = city.truth(ages=ages)
        table = publish(truth)
        attacker = attacked(table, truth)
        return Published(city, truth, table, attacker, ranges(truth, table, attacker, Beside()))

    def with_all(self, beside: Beside) -> Ranges:
        return ranges(self.truth, self.table, self.attacker, beside)

    @property
    def guarded(self) -> frozenset[str]:
        cells = [cell for row in self.table.rows for cell in row.cells]
        return frozenset({"aware"} if any(one.suppression or one.coded for one in cells) else ())

    @property
    def communities(self) -> list[Domain]:
        return [one for one in self.truth if len(one) == 1 and one[0][0] == "community"]


# ------------------------------------------------------------------ by mode


def dealt(given: Published, seed: int) -> tuple[ModeTable, dict[tuple[Domain, str], int]]:
    """Half of every community by each mode, by lot; and how many of each community were."""
    rng = np.random.default_rng(seed + 7)
    sizes: dict[tuple[Domain, str], int] = {}
    weight, yes, answers = np.zeros(2), np.zeros(2), np.zeros(2)
    for one in given.communities:
        group = given.truth[one]
        first = (group.size + int(rng.integers(0, 2))) // 2
        agreed = int(rng.hypergeometric(group.yes, group.size - group.yes, first)) if first else 0
        each = group.weight / group.size
        for place, (size, said) in enumerate([(first, agreed), (group.size - first, group.yes - agreed)]):
            sizes[one, MODES[place]] = size
            weight[place], yes[place], answers[place] = (
                weight[place] + each * size,
                yes[place] + each * said,
                answers[place] + size,
            )
    value = np.divide(yes, weight, out=np.zeros(2), where=weight > 0)[None, :]
    apart = value - value[:, :1]
    return ModeTable(
        indicators=("aware",),
        modes=MODES,
        respondents=answers,
        answers=answers[None, :],
        whole=np.array([given.truth[WHOLE].share]),
        value=value,
        low=value - 0.05,
        high=value + 0.05,
        difference=apart,
        difference_low=apart - 0.05,
        difference_high=apart + 0.05,
    ), sizes


def modes_as_sums(given: Published, effect: ModeEffect, sizes: dict[tuple[Domain, str], int], *, moved: bool) -> Beside:
    """``moved``: figures are known to stand where the city's printed figure lies to what it is."""
    found, cell = Beside(), shown_cells(given.table)["aware"]
    for one in given.communities:
        shares: dict[object, float] = {
            (one, mode): sizes[one, mode] / given.truth[one].size for mode in MODES if sizes[one, mode]
        }
        found.add(shares | {one: -1.0}, 0.0, 0.0)
    half = PrintedStep.of(replace(cell, digits=effect.digits)).size / 2
    for figure in effect.figures:
        counts: dict[object, float] = {}
        for one in given.communities:
            if sizes[one, figure.mode]:
                group = given.truth[one]
                counts[one, figure.mode] = group.weight / group.size * sizes[one, figure.mode]
        whole = sum(counts.values())
        terms = {one: count / whole for one, count in counts.items()}
        middle = figure.value - (cell.value or 0.0) if moved else figure.value
        found.add(terms | ({WHOLE: -1.0} if moved else {}), middle - half, middle + half)
    return found


@pytest.mark.parametrize("seed", seeds)
def test_figures_by_mode_narrow_no_guarded_cell(seed: int) -> None:
    given = Published.of(seed, ages=False)
    found, sizes = dealt(given, seed)
    told = published_modes(found, given.table, ["aware"], given.guarded)
    assert seed not in GUARDED or (told and given.alone)
    for effect in told:
        beside = modes_as_sums(given, effect, sizes, moved=True)
        assert narrowed(given.alone, given.with_all(beside)) == []


# ------------------------------------------------------------------ with other weights


def unweighted(given: Published) -> float:
    whole = given.truth[WHOLE]
    return whole.yes / whole.size


def test_a_sum_with_other_weights_is_told_of_no_guarded_indicator_and_would_narrow_it() -> None:
    found_out = 0
    for seed in range(12):
        given = Published.of(seed, ages=False)
        told = {
            guarded: published_sensitivities(
                {"unweighted": {"aware": unweighted(given)}}, {}, given.table, ["aware"], guarded
            )
            for guarded in (frozenset[str](), given.guarded)
        }
        if given.guarded:
            assert told[given.guarded] == ()
        for once in told[frozenset()] if given.guarded else ():
            size = given.truth[WHOLE].size
            terms: dict[object, float] = {one: given.truth[one].size / size for one in given.communities}
            beside, half = Beside(), PrintedStep.of(shown_cells(given.table)["aware"]).size / 2
            beside.add(terms, once.values[0].value - half, once.values[0].value + half)
            found_out += len(narrowed(given.alone, given.with_all(beside)))
    assert found_out > 0


# ------------------------------------------------------------------ groups of streets


@dataclass(frozen=True)
class Street:
    """Of one street by age, as far as the publication reads it."""

    street: str
    indicators: tuple[str, ...]
    labels: tuple[str, ...]
    weight: Any
    difference: Any
    low: Any
    high: Any
    p_value: Any
    by: str = "age"

    def domain(self, column: int) -> Domain:
        return (("street", self.street), (self.by, self.labels[column]))


def streets(given: Published) -> Iterator[tuple[Street, list[Domain]]]:
    for name in sorted({one[0][1] for one in given.truth if len(one) == 1 and one[0][0] == "street"}):
        domains: list[Domain] = [(("street", name), ("age", age)) for age in AGES]
        known = [one for one in domains if one in given.truth]
        groups = [given.truth[one] for one in known]
        if len(groups) < 2:
            continue
        weight, share = (np.array([getattr(one, name) for one in groups]) for name in ("weight", "share"))
        rest = (weight @ share - weight * share) / (weight.sum() - weight)
        apart = (share - rest)[None, :]
        labels = tuple(one[1][1] for one in known)
        half = np.full(apart.shape, 0.08)
        yield (
            Street(name, ("aware",), labels, weight[None, :], apart, apart - half, apart + half, np.array([0.2])),
            known,
        )


@pytest.mark.parametrize("seed", range(5))
def test_a_contrast_of_groups_is_made_of_what_is_printed(seed: int) -> None:
    """Whatever rounding took: another city of the same prints and widths tells the same differences and limits."""
    given, rng = Published.of(seed, ages=True), np.random.default_rng(seed)
    for street, known in streets(given):
        moved = rng.uniform(-0.004, 0.004, street.difference.shape)
        other = replace(street, difference=street.difference + moved, low=street.low + moved, high=street.high + moved)
        told, same = (
            published_street_groups({street.street: (one,)}, given.table)  # type: ignore[arg-type]
            for one in (street, other)
        )
        there = {row.domain for row in given.table.rows}
        for mine, its in zip(*(one[street.street].contrasts if one else () for one in (told, same)), strict=True):
            assert mine.difference == its.difference
            if (street.low * other.low > 0).all() and (street.high * other.high > 0).all():
                assert (mine.low, mine.high) == pytest.approx((its.low, its.high))
        if told and there.issuperset(known):
            cells = [given.table.row(one).cell("aware") for one in known]
            expected = printed_differences(cells, street.weight[0])
            found = [one.difference for one in told[street.street].contrasts]
            assert found == pytest.approx(expected, abs=0.0051)


def test_a_contrast_gives_back_nothing_of_what_rounding_took() -> None:
    """0.6049, 0.4951 and 0.4951 are printed 60 %, 50 % and 50 %: 11 would tell that the first is more than that."""
    truth: Truth = {
        (("street", "a"), ("age", age)): Group(90, 9000.0, yes, share * 9000)
        for age, yes, share in zip(AGES, (54, 45, 45), (0.6049, 0.4951, 0.4951), strict=True)
    }
    groups = list(truth.values())
    truth = {(): sum(groups[1:], groups[0]), (("street", "a"),): sum(groups[1:], groups[0]), **truth}
    table = publish(truth)
    given = Published(City({}), truth, table, Attacker(truth), {})
    [(street, _)] = streets(given)
    assert street.difference[0, 0] == pytest.approx(0.1098)
    told = published_street_groups({"a": (street,)}, table)  # type: ignore[arg-type]
    assert [one.difference for one in told["a"].contrasts] == pytest.approx([0.10, -0.05, -0.05])
    first = told["a"].contrasts[0]
    assert (first.low, first.high) == pytest.approx((0.02, 0.18))


# ------------------------------------------------------------------ areas and what they are part of


def held_against_wholes(given: Published) -> ToWhole:
    """Every street and community less each area that it lies in; limits as wide as those of 150 respondents."""
    pairs = [(one, whole) for one in given.truth for whole in (*parents_of(one), WHOLE) if len(one) == 1]
    parts, wholes = zip(*dict.fromkeys(pairs), strict=True)
    apart = np.array(
        [[given.truth[one].share - given.truth[whole].share for one, whole in zip(parts, wholes, strict=True)]]
    )
    half = np.full(apart.shape, 0.08123)
    return ToWhole(
        indicators=("aware",),
        parts=parts,
        wholes=wholes,
        difference=apart,
        standard_error=half / 2,
        low=apart - half,
        high=apart + half,
        degrees_of_freedom=np.full(apart.shape, 99.0),
    )


@pytest.mark.parametrize("seed", seeds)
def test_differences_to_the_whole_and_their_limits_narrow_no_guarded_cell(seed: int) -> None:
    """Half way between the limits lies the computed difference, to half a step: nearer than two figures tell it."""
    given = Published.of(seed, ages=False)
    told, beside = published_differences(held_against_wholes(given), given.table, {"aware"}), Beside()
    cells = shown_as_points(given.table)
    for one in told:
        half = PrintedStep.of(cells[one.domain, "aware"], cells[one.whole, "aware"]).size / 2
        middle = (one.low + one.high) / 2
        beside.add({one.domain: 1.0, one.whole: -1.0}, middle - half, middle + half)
    assert seed not in GUARDED or (told and given.alone)
    assert narrowed(given.alone, given.with_all(beside)) == []
