"""What goes with the city's rate where items explain enough: the table, its figures and its remarks, found anew."""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np
import pytest

from analysis.city_results import Priority
from reports.blocks import Table
from reports.story import area_story
from tests.spec.reports import driven_city as given
from tests.spec.reports.summaries import ITEMS
from tests.spec.reports.test_claims import blocks_of

WORDS = {
    Priority.MEND_FIRST: ("全市优先改进", "City’s priority"),
    Priority.KEEP: ("全市看关联大", "matters more city-wide"),
    Priority.WATCH: ("全市看关联小", "matters less city-wide"),
    Priority.ENOUGH: ("全市看关联小", "matters less city-wide"),
}


def explained(chosen: tuple[int, ...]) -> float:
    """Weighted R squared of satisfaction on those items."""
    of = given.answered()
    root = np.sqrt(of.weight)
    left = np.column_stack([root, *(of.items[one] * root for one in chosen)])
    right = of.satisfied * root
    rest = right - left @ np.linalg.lstsq(left, right)[0]
    mean = (of.weight @ of.satisfied) / of.weight.sum()
    return float(1 - rest @ rest / (of.weight @ (of.satisfied - mean) ** 2))


def test_the_shares_are_those_of_the_items_that_people_were_made_by() -> None:
    """All that is explained is R squared; the share of an item lies between what it adds to all others and alone."""
    found = given.answered().drivers
    everything = tuple(range(len(given.ITEMS)))
    assert found.explained == pytest.approx(explained(everything), abs=0.0006)
    assert {one.variable for one in found.items[:3]} == set(given.MATTER)
    assert sum(one.share for one in found.items) == pytest.approx(found.explained, abs=0.0005 * 13)
    for one in found.items:
        place = given.ITEMS.index(one.variable)
        last = found.explained - explained(tuple(each for each in everything if each != place))
        both = sorted([last, explained((place,))])
        assert both[0] - 0.006 <= one.share <= both[1] + 0.006


def test_of_three_items_the_shares_are_means_over_all_orders() -> None:
    """Those that matter take what the nine others leave, to less than what the nine share."""
    places = [given.ITEMS.index(name) for name in given.MATTER]
    shares = {one.variable: one.share for one in given.answered().drivers.items}
    for own in places:
        others, mean = [one for one in places if one != own], 0.0
        for size in range(3):
            for before in combinations(others, size):
                orders = factorial(size) * factorial(2 - size) / factorial(3)
                mean += orders * (explained((*before, own)) - (explained(before) if before else 0.0))
        assert shares[given.ITEMS[own]] == pytest.approx(mean, abs=0.004)


@pytest.mark.parametrize(("language", "number"), [("zh", 0), ("en", 1)])
def test_the_table_holds_every_item_with_share_interval_figure_and_remark(language: str, number: int) -> None:
    summary = given.summary()
    drivers = given.answered().drivers
    [table] = [
        one
        for one in blocks_of(area_story(summary, language).blocks, Table)
        if any(word in one.title for word in ("关联大", "What goes with"))
    ]
    assert len(table.rows) == len(drivers.items) == 12
    names = [ITEMS[int(one.variable.removeprefix("item."))][number] for one in drivers.items]
    [row] = [one for one in summary.table.rows if one.domain == summary.city.domain]
    for line, name, one in zip(table.rows, names, drivers.items, strict=True):
        item, share, interval, done, remark = line.cells
        assert item.text == name
        assert share.text == f"{one.share * 100:.1f}"
        assert interval.interval == (f"{one.low * 100:.1f}", f"{one.high * 100:.1f}")
        assert done.text == f"{(row.cell(one.variable).value or 0) * 100:.1f}"
        assert (remark.text == WORDS[one.priority][number]) if one.priority else remark.text
    told = {one.variable: one.priority for one in drivers.items}
    assert (told["item.0"], told["item.1"], told["item.10"]) == (
        Priority.MEND_FIRST,
        Priority.MEND_FIRST,
        Priority.KEEP,
    )
    [sentence] = table.notes
    assert f"{drivers.explained * 100:.1f}" in sentence
    assert f"{drivers.respondents:,}" in sentence
