"""Ends told as bands, targets out of reach, and digits, as tables that a methodologist can check by eye."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from analysis.attainable import best_limits, needed
from analysis.disclosure import protect, protected
from analysis.disclosure_bounds import by_programs, proven
from analysis.families import Family, families
from analysis.printed_figures import decimals
from analysis.results import (
    Coding,
    Domain,
    Estimate,
    Estimates,
    Goal,
    PublicationRule,
    PublishableCell,
    Suppression,
    Tier,
    Verdict,
)
from tests.spec.analysis.attacker import DESIGN, Group, estimate
from tests.spec.analysis.test_attacker import TIERS, people

HERE: Domain = (("community", "a0"),)


def cell_of(size: int, yes: int, target: float = 0.9, **more: Any) -> PublishableCell:
    one = replace(estimate("aware", HERE, people(size, yes), effect=1.0), **more)
    return told(one, target=target)


def told(*estimates: Estimate, target: float = 0.9) -> PublishableCell:
    found = Estimates(design=DESIGN, estimates=estimates)
    return protect(found, rule=TIERS, goals={"aware": Goal(value=target)}).rows[0].cells[0]


@pytest.mark.parametrize(
    ("size", "yes", "coded", "value"),
    [
        (10, 7, None, 0.70),
        (10, 8, Coding.AT_LEAST, 0.80),
        (19, 15, None, 0.79),
        (19, 16, Coding.AT_LEAST, 0.80),
        (19, 19, Coding.AT_LEAST, 0.80),
        (19, 3, Coding.AT_MOST, 0.20),
        (20, 17, None, 0.85),
        (20, 18, Coding.AT_LEAST, 0.90),
        (29, 26, None, 0.90),  # 89.7 % in whole per cent
        (29, 27, Coding.AT_LEAST, 0.90),
        (29, 0, Coding.AT_MOST, 0.10),
        (30, 30, None, 1.0),
    ],
)
def test_which_counts_are_told_as_a_band(size: int, yes: int, coded: Coding | None, value: float) -> None:
    cell = cell_of(size, yes)
    assert (cell.coded, cell.value, cell.suppression) == (coded, value, None)
    assert cell.all_alike == (size == 30)


@pytest.mark.parametrize(("size", "end"), [(12, 0.8), (22, 0.9)])
def test_the_interval_of_a_band_is_the_union_of_those_of_its_counts(size: int, end: float) -> None:
    counts = [yes for yes in range(size + 1) if yes / size >= end]
    assert len(counts) == 3
    lows = [float(beta.ppf(0.025, yes, size - yes + 1)) for yes in counts]
    [cell] = {cell_of(size, yes) for yes in counts}  # one and the same for all of them
    assert cell.high == 1.0
    assert cell.low is not None
    assert cell.low <= min(lows)
    # No wider than that of a weighted share at the very end of the band, rounded outwards.
    assert cell.low == np.floor(100 * beta.ppf(0.025, end * size, (1 - end) * size + 1)) / 100


def test_the_interval_of_a_band_takes_its_design_effect_from_other_cells() -> None:
    """All alike has none of its own: an interval by the cell's own would tell whether it was."""
    others = [estimate("aware", (("community", f"b{n}"),), people(22, 12), effect=1.6) for n in range(3)]
    own = [estimate("aware", HERE, people(22, yes), effect=effect) for yes, effect in ((20, 1.0), (21, 2.5), (22, 1.0))]
    assert len({told(one, *others) for one in own}) == 1
    alone, beside = told(own[0]), told(own[0], *others)
    assert alone.low is not None
    assert beside.low is not None
    assert beside.low < alone.low


def test_points_are_told_as_a_band_likewise() -> None:
    points = {"scale": (1.0, 5.0), "all_alike": True}
    for value in (4.7, 5.0):
        cell = cell_of(22, 22, value=value, **points)
        assert (cell.value, cell.coded, cell.all_alike, cell.digits) == (4.6, Coding.AT_LEAST, False, 1)
    # All alike in the middle cannot be told as an end.
    middle = replace(estimate("aware", HERE, people(22, 22)), value=3.0, scale=(1.0, 5.0))
    found = protected(Estimates(design=DESIGN, estimates=(middle,)), rule=TIERS)
    assert found.table.rows[0].cells[0].suppression is Suppression.NOT_PUBLISHED
    assert list(found.reasons.values()) == [Suppression.GROUP_DISCLOSURE]


@pytest.mark.parametrize(
    ("size", "yes", "target", "verdict", "needed"),
    [
        (22, 22, 0.90, Verdict.CANNOT_REACH, 36),  # 0.025^(1/36) = 0.9026 is the first above 90 %
        (35, 35, 0.90, Verdict.CANNOT_REACH, 36),
        (36, 36, 0.90, Verdict.REACHED, None),
        (36, 34, 0.90, Verdict.CANNOT_TELL, None),
        (22, 10, 0.90, Verdict.NOT_REACHED, None),  # what is missed can be said of few
        (60, 58, 0.95, Verdict.CANNOT_REACH, 72),  # 0.025^(1/72) = 0.9501
        (22, 22, 1.00, Verdict.CANNOT_TELL, None),  # only a census could
        (22, 21, 0.65, Verdict.REACHED, None),  # the band's interval begins at 69 %
    ],
)
def test_a_target_that_so_few_cannot_reach(
    size: int, yes: int, target: float, verdict: Verdict, needed: int | None
) -> None:
    cell = cell_of(size, yes, target)
    assert (cell.verdict, cell.needed_sample_size) == (verdict, needed)
    if verdict is Verdict.CANNOT_REACH or cell.coded:
        assert cell.settling_sample_size is None
    assert cell.coded is None or cell.tipping_point is None


def test_few_degrees_of_freedom_ask_for_more() -> None:
    assert cell_of(22, 22, degrees_of_freedom=3).verdict in (Verdict.CANNOT_REACH, Verdict.NOT_PUBLISHED)
    assert cell_of(40, 38, degrees_of_freedom=36).needed_sample_size is None
    needed = cell_of(40, 38, degrees_of_freedom=4).needed_sample_size
    assert needed is not None
    assert needed > 60


def test_digits_follow_the_respondents() -> None:
    assert [cell_of(size, size * 3 // 7).digits for size in (70, 99, 100, 400)] == [0, 0, 1, 1]
    few, many = cell_of(99, 42), cell_of(400, 171)
    assert few.value == 0.42
    assert (few.standard_error, few.design_effect, few.effective_sample_size) == (None, None, None)
    assert many.value in (0.427, 0.428)
    assert many.standard_error is not None
    assert few.tier is Tier.SHOWN


@pytest.mark.parametrize(
    ("scale", "digits", "unit"),
    [((0.0, 1.0), 0, 100), ((-1.0, 1.0), 0, 100), ((0.0, 100.0), 0, 1), ((1.0, 5.0), 1, 1), ((0.0, 10.0), 1, 1)],
)
def test_points_have_no_more_steps_than_a_share(scale: tuple[float, float], digits: int, unit: float) -> None:
    assert decimals(*scale) == (digits, unit)


# ------------------------------------------------------------------ crossed groups

AGES, STREETS = ("young", "old"), ("s", "t")


def crossed_city(sizes: dict[tuple[str, str], int]) -> tuple[dict[Domain, Group], dict[Domain, Group]]:
    """City, streets and ages; and their crossing. Half of everybody says yes."""

    def group(*wanted: tuple[str, str]) -> Group:
        total = people(sizes[wanted[0]], sizes[wanted[0]] // 2)
        for one in wanted[1:]:
            total = total + people(sizes[one], sizes[one] // 2)
        return total

    margins: dict[Domain, Group] = {(): group(*sizes)}
    margins |= {(("street", s),): group(*((s, age) for age in AGES)) for s in STREETS}
    margins |= {(("age", age),): group(*((s, age) for s in STREETS)) for age in AGES}
    return margins, {(("street", s), ("age", age)): group((s, age)) for s, age in sizes}


def tables(groups: dict[Domain, Group]) -> Estimates:
    found = [estimate("aware", domain, one, 1.0) for domain, one in groups.items()]
    return Estimates(design=DESIGN, estimates=tuple(found))


def test_a_group_of_an_area_is_a_part_of_both_whoever_names_the_areas_alone() -> None:
    margins, crossed = crossed_city(dict.fromkeys(((s, age) for s in STREETS for age in AGES), 40))
    hierarchy: dict[Domain, Domain] = {(("street", s),): () for s in STREETS}
    found = {(family.parent, frozenset(family.children)) for family in families(hierarchy, [*margins, *crossed])}
    for column, values in (("street", STREETS), ("age", AGES)):
        assert ((), frozenset({((column, value),) for value in values})) in found
        for value in values:
            parts = frozenset(domain for domain in crossed if (column, value) in domain)
            assert (((column, value),), parts) in found
    assert len(found) == 6
    community: Domain = (("community", "c"),)
    grouped: Domain = (*community, ("age", "old"))
    present: list[Domain] = [(), (("street", "s"),), (("age", "old"),), (("street", "s"), ("age", "old"))]
    several = families({**hierarchy, community: (("street", "s"),)}, [*present, community, grouped])
    # Of the community and of the same group of its street, not again of what these are parts of.
    wholes = [family.parent for family in several if grouped in family.children]
    assert set(wholes) == {community, (("street", "s"), ("age", "old"))}
    assert Family((("street", "s"),), (community,)) in several


def test_groups_of_few_take_others_with_them_in_both_directions() -> None:
    margins, crossed = crossed_city({("s", "young"): 9, ("s", "old"): 60, ("t", "young"): 50, ("t", "old"): 70})
    hierarchy: dict[Domain, Domain] = {(("street", s),): () for s in STREETS}
    found = protected(tables({**margins, **crossed}), rule=TIERS, hierarchy=hierarchy)
    hidden = {row.domain for row in found.table.rows if row.cells[0].suppression is not None}
    assert hidden == set(crossed)  # a rectangle: else a row or a column gives it away


def test_groups_that_cannot_be_protected_are_left_out_and_it_is_said() -> None:
    """Everything but the 9 was shown before; whatever is hidden beside them now is known."""
    margins, crossed = crossed_city({("s", "young"): 9, ("s", "old"): 60, ("t", "young"): 50, ("t", "old"): 70})
    hierarchy: dict[Domain, Domain] = {(("street", s),): () for s in STREETS}
    most = {**margins, **{domain: group for domain, group in crossed.items() if group.size > 9}}
    first = protect(tables(most), rule=TIERS)
    found = protected(tables({**margins, **crossed}), rule=TIERS, hierarchy=hierarchy, earlier=(first,))
    assert {row.domain for row in found.table.rows} == set(margins)
    assert set(found.left_out) == set(crossed)
    assert found.table.notes == ("left out so that nobody's answers follow from the rest: street x age",)


@pytest.mark.parametrize("seed", range(40))
def test_what_a_ray_proves_is_never_more_than_the_exact_range(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = (rng.random((4, 9)) < 0.5) * rng.choice([-1.0, 0.5, 1.0], (4, 9))
    down, up = -rng.random(9) * (rng.random(9) < 0.7), rng.random(9) * (rng.random(9) < 0.7)
    low, high = proven(matrix, down, up, np.arange(9))
    for cell in range(9):
        least, most = (float(moves[cell]) for moves in by_programs(matrix, down, up, cell))
        assert least <= low[cell] + 1e-7
        assert high[cell] <= most + 1e-7


@given(
    target=st.floats(0.5, 0.999),
    size=st.integers(1, 4100),
    shrunk=st.floats(0.05, 1.0),
)
def test_the_least_number_that_could_reach_a_target_is_that_of_all_numbers(
    target: float, size: int, shrunk: float
) -> None:
    """Looked for in stretches from the sample's own size on; 4,000 is where the search ends."""
    rule = PublicationRule()
    sizes = np.arange(max(size, rule.minimum_respondents), 4000, dtype=np.float64)
    enough = sizes[best_limits(sizes, shrunk, 0.95, rule) >= target - 1e-9]
    first = int(enough[0]) if len(enough) else None
    assert needed(target, size, shrunk, 0.95, rule) == ((True, None) if first == size else (False, first))
