"""Cells to hide are sought nearby: what is found protects by all sums, at little more than the least cost."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.arrays import FloatArray, IntArray
from analysis.disclosure import protect
from analysis.disclosure_bounds import Sums
from analysis.results import PublicationRule, PublishableTable, Reliability
from tests.spec.analysis.attacker import AGES, Attacker, City, Group, Truth, as_json, estimates_of, hierarchy_of

FLAG = PublicationRule(reliability=Reliability.FLAG)  # nothing is hidden for its error: all of it is for partners


def published(truth: Truth) -> PublishableTable:
    streets = {domain[0][1] for domain in truth if domain and domain[0][0] == "street"}
    hierarchy = hierarchy_of(truth) | {(("street", street),): () for street in streets}
    return protect(estimates_of(truth), rule=FLAG, hierarchy=hierarchy)


def hidden(table: PublishableTable) -> int:
    return sum(row.cell("aware").suppression is not None for row in table.rows)


def a_city_of(streets: int, seed: int) -> City:
    """Of two communities a street and some twenty respondents a community, in three age groups."""
    rng = np.random.default_rng(seed)
    people = {}
    for street in range(streets):
        for number in range(2):
            weight = float(rng.uniform(20, 200))
            for age, size in zip(AGES, rng.multinomial(22, (0.4, 0.4, 0.2)).tolist(), strict=True):
                yes = int(rng.binomial(size, 0.8))
                people[f"{chr(0x4E00 + street)}{number}", age] = Group(size, size * weight, yes, yes * weight)
    return City(people)


def test_a_hundred_streets_are_protected_in_all_their_sums() -> None:
    """Every street hangs together with every other by the sums of the city. Searched over all of them at once such a
    city of a thousand communities came to no end."""
    truth = a_city_of(100, 1).truth(ages=True)
    table = published(truth)
    attacker = Attacker({row.domain: truth[row.domain] for row in table.rows})
    attacker.read(as_json(table))
    assert len(attacker.guarded) > 300
    chosen = np.random.default_rng(2).choice(sorted(map(str, attacker.guarded)), 6, replace=False).tolist()
    attacker.guarded = {domain: kind for domain, kind in attacker.guarded.items() if str(domain) in chosen}
    assert attacker.too_narrow() == {}
    shown = [row for row in table.rows if row.cell("aware").suppression is None]
    assert len(shown) > 100


def test_it_hides_little_more_than_a_search_over_all_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    cities = [City.random(np.random.default_rng(seed)).truth(ages=True) for seed in range(20)]
    near = [hidden(published(truth)) for truth in cities]

    def all_of_it(sums: Sums, cell: int, cost: FloatArray, many: int) -> IntArray:
        del cost, many
        *_, (cells, _, _) = sums.around(cell, np.ones(sums.cells, dtype=bool))
        return cells

    monkeypatch.setattr(Sums, "near", all_of_it)
    everywhere = [hidden(published(truth)) for truth in cities]
    assert sum(everywhere) > 300
    assert sum(near) <= 1.03 * sum(everywhere)


def test_a_neighbourhood_takes_of_a_large_sum_the_whole_and_the_cheapest() -> None:
    """City 0 of streets 1 to 9; streets of two communities each, 10 on."""
    row = np.array([0] * 10 + [1 + place // 3 for place in range(27)])
    cell = np.array([*range(10), *(one for place in range(9) for one in (1 + place, 10 + 2 * place, 11 + 2 * place))])
    whole = (row == 0) & (cell == 0) | (row > 0) & (cell < 10)
    sums = Sums(row, cell, np.where(whole, -1.0, 0.5), count=10, cells=28)
    cost = np.arange(28.0)[::-1]
    # Of a community: its neighbour, its street, the city; of the other streets none.
    assert sums.near(10, cost, many=5).tolist() == [0, 1, 10, 11]
    # Of a street those that cost least, and their communities.
    assert sums.near(1, cost, many=3).tolist() == [0, 1, 7, 8, 9, 10, 11, *range(22, 28)]
    assert len(sums.near(1, cost, many=10)) == 28
