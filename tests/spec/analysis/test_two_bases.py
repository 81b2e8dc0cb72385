"""One sum over two bases: neither figure gives away what the other hides. Nor does an index give away a part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from analysis.disclosure import Protected, protected
from analysis.families import NOT_RELATED, Related
from analysis.results import (
    Coding,
    Domain,
    Estimate,
    Estimates,
    Interval,
    IntervalMethod,
    PublicationRule,
    PublishableTable,
    Reliability,
    Statistic,
)
from tests.spec.analysis.test_disclosure import DESIGN, place, share

PAIR = Related(one_sum=(("all", "raters"),))
FLAG = PublicationRule(reliability=Reliability.FLAG)
Answers = dict[str, tuple[int, int, int]]  # area -> asked, raters, yes


def figures(areas: Answers) -> list[Estimate]:
    found = []
    for name, (asked, raters, yes) in areas.items():
        for variable, size in (("all", asked), ("raters", raters)):
            value = yes / size
            limits = {"low": max(value - 0.05, 0.0), "high": min(value + 0.05, 1.0)}
            found.append(share(name, size, value, variable=variable, weight=float(size)))
            interval = Interval(**limits, level=0.95, method=IntervalMethod.KORN_GRAUBARD)
            found[-1] = replace(found[-1], statistic=Statistic.PROPORTION, interval=interval)
    return found


def city(communities: Answers) -> tuple[Answers, dict[Domain, Domain]]:
    """With its one street, which is the whole."""
    whole = tuple(sum(column) for column in zip(*communities.values(), strict=True))
    return {"": whole, **communities}, {place(name): () for name in communities}  # type: ignore[dict-item]


def gate(communities: Answers, related: Related = PAIR, earlier: tuple[PublishableTable, ...] = ()) -> Protected:
    areas, hierarchy = city(communities)
    found = Estimates(design=DESIGN, estimates=tuple(figures(areas)))
    return protected(found, hierarchy=hierarchy, rule=FLAG, related=related, earlier=earlier)


def raters_left(found: Protected, communities: Answers) -> dict[str, tuple[float, float]]:
    """How few and how many raters an area may have, for whoever knows every print, every sum and who said yes.

    That is more than a reader of prints knows. Only figures that are told tell their number of raters.
    """
    areas, _ = city(communities)
    names = list(areas)
    limits = []
    for name in names:
        asked, raters, yes = areas[name]
        hidden = found.table.row(place(name)).cell("raters").suppression is not None
        limits.append((float(yes), float(asked)) if hidden else (float(raters), float(raters)))
    together = [[-1.0 if name == "" else 1.0 for name in names]]
    told = {}
    for at, name in enumerate(names):
        ends = []
        for sign in (1.0, -1.0):
            cost = np.zeros(len(names))
            cost[at] = sign
            solved = linprog(cost, A_eq=together, b_eq=[0.0], bounds=limits, method="highs")
            assert solved.x is not None, (limits, areas)
            ends.append(float(solved.x[at]))
        told[name] = (ends[0], ends[1])
    return told


def shown(found: Protected, name: str, variable: str) -> bool:
    cell = found.table.row(place(name)).cell(variable)
    return cell.suppression is None and cell.coded is None


def test_the_figure_stays_and_the_one_beside_it_is_hidden_with_its_people() -> None:
    #                asked raters yes
    some = {"a1": (12, 8, 6), "a2": (40, 30, 20), "a3": (50, 40, 30), "a4": (60, 50, 30)}
    alone = gate(some, NOT_RELATED).table
    both = gate(some)
    for name in some:
        assert both.table.row(place(name)).cell("all") == alone.row(place(name)).cell("all"), "targets go by it"
    assert [shown(both, name, "raters") for name in some] == [False, False, True, True], "and one to hide its base"
    assert both.table.row(place("a1")).cell("raters").sample_size is None


def test_all_alike_among_raters_is_not_told_by_the_other_base() -> None:
    some = {"a1": (22, 20, 20), "a2": (25, 20, 12), "a3": (26, 22, 12)}
    assert gate(some, NOT_RELATED).table.row(place("a1")).cell("raters").coded is Coding.AT_LEAST, (
        "and 20 of 22 is 91 %"
    )
    found = gate(some)
    assert not shown(found, "a1", "raters")
    assert raters_left(found, some)["a1"][1] >= 22


@pytest.mark.parametrize("seed", range(60))
def test_nobody_works_out_what_a_base_hides(seed: int) -> None:
    rng = np.random.default_rng(seed)
    communities: Answers = {}
    for number in range(int(rng.integers(3, 7))):
        asked = int(rng.integers(6, 40))
        raters = max(asked - int(rng.binomial(asked, 0.2)), 2)
        communities[f"a{number}"] = (asked, raters, int(rng.binomial(raters, rng.choice([0.5, 0.9, 1.0]))))
    found, alone = gate(communities), gate(communities, NOT_RELATED)
    told = raters_left(found, communities)
    for name, (asked, raters, yes) in communities.items():
        assert found.table.row(place(name)).cell("all") == alone.table.row(place(name)).cell("all")
        if shown(found, name, "raters"):
            assert shown(found, name, "all"), "else the second would tell the first"
            continue
        assert found.table.row(place(name)).cell("raters").sample_size is None
        low, high = told[name]
        most = 0.5  # half a person is the print's
        if shown(found, name, "all") and yes >= raters - 1 and asked - raters >= 2:
            assert high >= min(yes + 2, asked) - most, (name, communities)  # not all, and not all but one
        if raters < 10 and asked > raters:
            assert high - low >= 1 - most, (name, communities)


def test_a_pair_of_which_one_was_published_before_does_not_keep_a_correction_from_being_made() -> None:
    some = {"a1": (12, 8, 6), "a2": (40, 30, 20), "a3": (50, 40, 30)}
    before = gate(some, NOT_RELATED).table
    corrected = {**some, "a2": (40, 30, 21)}
    found = gate(corrected, earlier=(before,)).table
    assert found.row(place("a1")).cell("all").value == 0.5
    assert found.row(place("a1")).cell("raters").suppression is not None


def test_an_index_with_a_part_of_few_is_hidden() -> None:
    parts = Related(parts={"index": ("roads", "lamps")})

    def cells(roads: int) -> list[Estimate]:
        sizes = {"roads": roads, "lamps": 40, "index": 42}
        of_a1 = [share("a1", size, 0.6, variable=name, weight=float(size)) for name, size in sizes.items()]
        of_a2 = [share("a2", 60, 0.6, variable=name, weight=60.0) for name in sizes]
        of_a3 = [share("a3", 50, 0.6, variable=name, weight=50.0) for name in sizes]
        sums = [share("", size + 110, 0.6, variable=name, weight=size + 110.0) for name, size in sizes.items()]
        return [*sums, *of_a1, *of_a2, *of_a3]

    hierarchy = {place(name): () for name in ("a1", "a2", "a3")}
    for roads, hidden in ((30, False), (8, True)):
        estimates = Estimates(design=DESIGN, estimates=tuple(cells(roads)))
        found = protected(estimates, hierarchy=hierarchy, rule=FLAG, related=parts).table
        assert (found.row(place("a1")).cell("index").suppression is not None) is hidden
        assert found.row(place("a1")).cell("lamps").suppression is None
