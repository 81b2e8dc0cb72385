"""Which counts of a city are its register, and whether figures may be calibrated to it: a row for each rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from survey_service.areas.registers import (
    WORDS,
    Candidate,
    Counted,
    Register,
    Unusable,
    best,
    made_of,
    usable,
)
from survey_service.models import RegisterKind

USUAL, ACTUAL = RegisterKind.USUAL_RESIDENTS, RegisterKind.ACTUAL_POPULATION
HOUSEHOLD, UNDECLARED = RegisterKind.HOUSEHOLD_REGISTER, RegisterKind.UNDECLARED
FIELD = date(2026, 9, 15)
LAST_YEAR, SPRING = date(2025, 12, 31), date(2026, 3, 31)


def register(
    groups: Mapping[str, tuple[str, ...]],
    kind: RegisterKind = USUAL,
    as_of: date = LAST_YEAR,
    missing: frozenset[str] = frozenset(),
    counted_otherwise: frozenset[str] = frozenset(),
    sexes: tuple[str, ...] = ("male", "female"),
) -> Register:
    """One hundred persons in every cell of the age groups of each community."""
    candidate = Candidate(
        kind=kind,
        as_of=as_of,
        sources=("x",),
        communities=frozenset(groups),
        missing=missing,
        counted_otherwise=counted_otherwise,
    )
    return made_of(candidate, ((code, group, sex, 100) for code, of in groups.items() for group in of for sex in sexes))


WHOLE = ("0-17", "18-44", "45-64", "65+")
EVEN = {"a": WHOLE, "b": WHOLE}


def test_a_register_of_usual_residents_from_last_year_is_used() -> None:
    found = register(EVEN)
    assert usable(found, FIELD) is None
    assert (found.lower_age, found.age_groups, found.sexes) == (0, WHOLE, ("male", "female"))


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (None, Unusable.NONE_IMPORTED),
        (register(EVEN, ACTUAL), None),
        (register(EVEN, HOUSEHOLD), Unusable.HOUSEHOLD_REGISTER),
        (register(EVEN, UNDECLARED), Unusable.UNDECLARED),
        (register(EVEN, as_of=date(2024, 9, 15)), None),  # two years to the day
        (register(EVEN, as_of=date(2024, 9, 14)), Unusable.TOO_OLD),
        (register(EVEN, as_of=date(2026, 12, 31)), None),  # counted after the field
        (register(EVEN, missing=frozenset("c")), Unusable.COMMUNITIES_MISSING),
        (register(EVEN, missing=frozenset("cd"), counted_otherwise=frozenset("c")), Unusable.COMMUNITIES_MISSING),
        (register(EVEN, missing=frozenset("cd"), counted_otherwise=frozenset("cd")), Unusable.MIXED),
        (register({"a": WHOLE, "b": ("18-44", "45-64", "65+")}), None),  # children are not asked
        (register({"a": WHOLE, "b": ("18-44", "45+")}), Unusable.UNEVEN_CELLS),
        (register(EVEN, sexes=("female",)), Unusable.UNEVEN_CELLS),
        (register({"a": ("20-44", "45+")}), Unusable.STARTS_TOO_OLD),
        (register({"a": ("0-17",)}), Unusable.STARTS_TOO_OLD),
        (register({"a": ("15-29", "30+")}), Unusable.AGES_STRADDLE),
        (register({"a": ("0-14", "15-17", "18+")}), None),
        (register({"a": ("18-44", "60+")}), Unusable.AGES_MISSING),
        (register({"a": ("18-44", "45-64")}), Unusable.AGES_MISSING),
        (register({"a": ("18-44", "45-99")}), None),  # nobody is counted above
    ],
)
def test_what_is_wrong_with_a_register(found: Register | None, reason: Unusable | None) -> None:
    assert usable(found, FIELD) is reason


def test_the_age_at_which_a_survey_begins_is_its_own() -> None:
    assert usable(register({"a": ("16-17", "18-44", "45+")}), FIELD, first_age=16) is None
    assert usable(register({"a": ("18-44", "45+")}), FIELD, first_age=16) is Unusable.STARTS_TOO_OLD
    assert usable(register({"a": ("18-44", "45+")}), FIELD, first_age=20) is Unusable.AGES_STRADDLE


def test_two_years_before_the_twenty_ninth_of_february() -> None:
    assert usable(register(EVEN, as_of=date(2026, 2, 28)), date(2028, 2, 29)) is None
    assert usable(register(EVEN, as_of=date(2026, 2, 27)), date(2028, 2, 29)) is Unusable.TOO_OLD


def counted(kind: RegisterKind, as_of: date, codes: str) -> list[Counted]:
    return [Counted(community=code, kind=kind, as_of=as_of, source=f"of {code}") for code in codes]


@pytest.mark.parametrize(
    ("rows", "kind", "as_of"),
    [
        (counted(USUAL, LAST_YEAR, "abc"), USUAL, LAST_YEAR),
        # The newer one of two that may be used.
        (counted(USUAL, LAST_YEAR, "abc") + counted(ACTUAL, SPRING, "abc"), ACTUAL, SPRING),
        # A newer household register, or a newer one that is not complete, does not hide the one that may be used.
        (counted(USUAL, LAST_YEAR, "abc") + counted(HOUSEHOLD, SPRING, "abc"), USUAL, LAST_YEAR),
        (counted(USUAL, LAST_YEAR, "abc") + counted(USUAL, SPRING, "ab"), USUAL, LAST_YEAR),
        (counted(USUAL, LAST_YEAR, "abc") + counted(UNDECLARED, SPRING, "abc"), USUAL, LAST_YEAR),
        # None may be used: the nearest is told about. What has to be completed before what has to be declared.
        (counted(USUAL, LAST_YEAR, "ab") + counted(UNDECLARED, SPRING, "abc"), USUAL, LAST_YEAR),
        (counted(USUAL, date(2020, 12, 31), "abc") + counted(USUAL, SPRING, "ab"), USUAL, SPRING),
        (counted(HOUSEHOLD, SPRING, "abc") + counted(UNDECLARED, LAST_YEAR, "abc"), UNDECLARED, LAST_YEAR),
        # Of one day two registers may be used: usual residents first.
        (counted(ACTUAL, SPRING, "abc") + counted(USUAL, SPRING, "abc"), USUAL, SPRING),
    ],
)
def test_the_best_count_of_a_city(rows: list[Counted], kind: RegisterKind, as_of: date) -> None:
    found = best("abc", rows, FIELD)
    assert found is not None
    assert (found.kind, found.as_of) == (kind, as_of)
    assert found.sources == tuple(sorted(row.source for row in rows if (row.kind, row.as_of) == (kind, as_of)))


def test_communities_of_several_days_are_told_from_those_without_any() -> None:
    rows = counted(USUAL, LAST_YEAR, "ab") + counted(ACTUAL, SPRING, "c")
    mixed = best("abc", rows, FIELD)
    assert mixed is not None
    assert (mixed.as_of, sorted(mixed.missing), sorted(mixed.counted_otherwise)) == (SPRING, ["a", "b"], ["a", "b"])
    lacking = best("abcd", rows, FIELD)
    assert lacking is not None
    assert (sorted(lacking.missing), sorted(lacking.counted_otherwise)) == (["a", "b", "d"], ["a", "b"])
    assert best("abc", [], FIELD) is None


def test_the_people_of_a_register_are_kept_whichever_way_they_are_looked_at() -> None:
    found = register(EVEN)
    assert found.totals() == {"a": 800, "b": 800}
    adults = found.from_age(18)
    assert adults.age_groups == ("18-44", "45-64", "65+")
    assert adults.totals() == {"a": 600, "b": 600}
    assert adults.by_age_and_sex()["45-64", "female"] == 200
    joined = adults.joined({"18-44": "18-44", "45-64": "45+", "65+": "45+"})
    assert joined.age_groups == ("18-44", "45+")
    cells = joined.by_age_and_sex()
    assert (cells["18-44", "male"], cells["45+", "male"], cells["45+", "female"]) == (200, 400, 400)
    assert len(cells) == 4
    assert joined.totals() == adults.totals()
    with pytest.raises(ValueError, match="across 20 years"):
        found.from_age(20)


def test_every_reason_has_words_in_both_languages() -> None:
    assert set(WORDS) == set(Unusable)
    assert all(words.zh.endswith("。") and words.en.endswith(".") for words in WORDS.values())
