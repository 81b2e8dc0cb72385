"""One adult of a household: by the Kish grid, or by the next birthday.

Source: Kish (1949), A procedure for objective respondent selection within the household, JASA 44(247), table 1; the
version of eight tables in Kish (1965), Survey Sampling, section 11.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

import numpy as np


class KishTable(StrEnum):
    """The eight tables; each case carries one from before the field."""

    A = "A"
    B1 = "B1"
    B2 = "B2"
    C = "C"
    D = "D"
    E1 = "E1"
    E2 = "E2"
    F = "F"


KISH_ROWS = 6  # households of more adults are treated as of six: those after the sixth are never drawn
_ADULT = {  # which adult, from 1, by the number of adults 1..6
    KishTable.A: (1, 1, 1, 1, 1, 1),
    KishTable.B1: (1, 1, 1, 1, 2, 2),
    KishTable.B2: (1, 1, 1, 2, 2, 2),
    KishTable.C: (1, 1, 2, 2, 3, 3),
    KishTable.D: (1, 2, 2, 3, 4, 4),
    KishTable.E1: (1, 2, 3, 3, 3, 5),
    KishTable.E2: (1, 2, 3, 4, 5, 5),
    KishTable.F: (1, 2, 3, 4, 5, 6),
}
_TWELFTHS = {
    KishTable.A: 2,
    KishTable.B1: 1,
    KishTable.B2: 1,
    KishTable.C: 2,
    KishTable.D: 2,
    KishTable.E1: 1,
    KishTable.E2: 1,
    KishTable.F: 2,
}


_ROUND = tuple(table for table, times in _TWELFTHS.items() for _ in range(times))


def kish_table_of_lot(lot: int) -> KishTable:
    """The table of a lot: of whole numbers drawn evenly, every table has its twelfths. For cases whose list was drawn
    without tables; ``assign_kish_tables`` balances them."""
    return _ROUND[lot % len(_ROUND)]


def assign_kish_tables(cases: int, rng: np.random.Generator) -> list[KishTable]:
    """A table for every case in its order: shuffled rounds of twelve that hold each table its twelfths."""
    assigned: list[KishTable] = []
    while len(assigned) < cases:
        assigned.extend(_ROUND[place] for place in rng.permutation(len(_ROUND)))
    return assigned[:cases]


def kish_select(table: KishTable, adults: int) -> int:
    """Which adult is asked, from 1, with the adults listed men first by age from the oldest, then women."""
    if adults < 1:
        raise ValueError(f"a household of {adults} adults has nobody to ask")
    return _ADULT[table][min(adults, KISH_ROWS) - 1]


def kish_probability(adults: int, adult: int) -> float:
    """Chance of the ``adult``-th of so many: 1 / adults up to four and at six; with five 1/6 or 1/4 (the tables' own).

    From the seventh on it is 0: such households are rare, but their count belongs into the method's note.
    """
    if not 1 <= adult <= adults:
        raise ValueError(f"there is no adult {adult} of {adults}")
    hits = sum(times for table, times in _TWELFTHS.items() if kish_select(table, adults) == adult)
    return hits / 12


def kish_chance(table: KishTable, adults: int) -> float:
    """Chance of the adult whom the table of a case chooses, over all tables that the case might have had: what their
    weight is 1 / of. 1 / adults up to four and at six; 1/6 or 1/4 of five; 1/6 from seven on."""
    return kish_probability(adults, kish_select(table, adults))


def next_birthday(birthdays: Sequence[tuple[int, int]], on: date) -> int:
    """Place, from 0, of the adult whose birthday (month, day) comes next on or after ``on``; of equals the first
    listed.

    29 February counts as 1 March in other years. Every adult's chance is taken as 1 / adults. ``on`` is a date fixed
    for the case, not the day somebody happens to be at home, or the visit would choose.
    """
    if not birthdays:
        raise ValueError("a household without adults has nobody to ask")
    return min(range(len(birthdays)), key=lambda place: (_days_until(birthdays[place], on), place))


def _days_until(birthday: tuple[int, int], on: date) -> int:
    days = [(_in_year(birthday, year) - on).days for year in (on.year, on.year + 1)]
    return min(day for day in days if day >= 0)


def _in_year(birthday: tuple[int, int], year: int) -> date:
    month, day = birthday
    if (month, day) == (2, 29):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return date(year, 2, 29) if leap else date(year, 2, 28) + timedelta(days=1)
    return date(year, month, day)
