"""One adult of a household: Kish's tables, and the next birthday."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.sampling import (
    KishTable,
    assign_kish_tables,
    kish_chance,
    kish_probability,
    kish_select,
    next_birthday,
)


@pytest.mark.parametrize(
    ("adults", "chances"),
    [
        (1, (12,)),
        (2, (6, 6)),
        (3, (4, 4, 4)),
        (4, (3, 3, 3, 3)),
        (5, (2, 2, 3, 2, 3)),  # Kish's own: not quite equal
        (6, (2, 2, 2, 2, 2, 2)),
    ],
)
def test_chances_in_twelfths(adults: int, chances: tuple[int, ...]) -> None:
    assert tuple(round(12 * kish_probability(adults, place + 1)) for place in range(adults)) == chances


def test_a_seventh_adult_is_never_asked() -> None:
    assert kish_probability(7, 7) == 0
    assert sum(kish_probability(7, adult) for adult in range(1, 8)) == pytest.approx(1)


@pytest.mark.parametrize(
    ("table", "adults", "stood_for"),
    [
        ("A", 5, 6),
        ("B1", 5, 6),
        ("C", 5, 4),
        ("D", 5, 6),
        ("E1", 5, 4),
        ("E2", 5, 4),
        ("F", 4, 4),
        ("F", 6, 6),
        ("F", 9, 6),
    ],
)
def test_whoever_a_table_chooses_stands_for_so_many(table: str, adults: int, stood_for: int) -> None:
    """By hand from Kish's tables: of five the third and the fifth are chosen by three twelfths, the others by two."""
    assert 1 / kish_chance(KishTable(table), adults) == pytest.approx(stood_for, rel=1e-15)


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=6))
def test_over_all_tables_a_household_counts_as_what_its_adults_are(values: list[int]) -> None:
    """1 / chance makes the total of a household unbiased; × adults does not with five."""
    adults = len(values)
    expected = sum(
        twelfths / 12 * values[kish_select(table, adults) - 1] / kish_chance(table, adults)
        for table, twelfths in Counter(assign_kish_tables(12, np.random.default_rng(1))).items()
    )
    assert expected == pytest.approx(sum(values))


def test_tables_are_dealt_in_their_twelfths() -> None:
    tables = assign_kish_tables(120, np.random.default_rng(1))
    assert Counter(tables) == {
        KishTable.A: 20,
        KishTable.B1: 10,
        KishTable.B2: 10,
        KishTable.C: 20,
        KishTable.D: 20,
        KishTable.E1: 10,
        KishTable.E2: 10,
        KishTable.F: 20,
    }
    assert tables == assign_kish_tables(120, np.random.default_rng(1))
    assert tables[:12] != tables[12:24]
    # Over the cases the adults of households of three are asked equally often.
    assert Counter(kish_select(table, 3) for table in tables) == {1: 40, 2: 40, 3: 40}


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 3, 14), 1),  # 15 March comes next
        (date(2026, 3, 15), 1),  # the day itself counts
        (date(2026, 3, 16), 2),  # then 1 July
        (date(2026, 12, 31), 0),  # over the turn of the year
    ],
)
def test_the_next_birthday(on: date, expected: int) -> None:
    assert next_birthday([(1, 2), (3, 15), (7, 1)], on) == expected


def test_the_29th_of_february_and_equal_birthdays() -> None:
    assert next_birthday([(2, 29), (3, 2)], date(2026, 3, 1)) == 0  # 1 March in a common year
    assert next_birthday([(2, 29), (3, 1)], date(2028, 2, 29)) == 0
    assert next_birthday([(5, 5), (5, 5)], date(2026, 1, 1)) == 0
    with pytest.raises(ValueError, match="nobody to ask"):
        next_birthday([], date(2026, 1, 1))
