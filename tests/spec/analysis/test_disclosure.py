"""What may be published, as tables that a methodologist can check by eye."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.disclosure import Protected, protected
from analysis.results import (
    Coding,
    DesignSummary,
    Domain,
    Estimate,
    Estimates,
    Goal,
    Interval,
    IntervalMethod,
    PublicationRule,
    PublishableCell,
    PublishableTable,
    Reliability,
    Statistic,
    Suppression,
    Tier,
    Verdict,
)

DESIGN = DesignSummary(strata=1, psus=100, degrees_of_freedom=99, sample_size=100)
S = Suppression


def place(name: str) -> Domain:
    return (("area", name),) if name else ()


def share(
    name: str, size: int, value: float = 0.6, *, low: float = 0.55, high: float = 0.65, **more: object
) -> Estimate:
    one = Estimate(
        statistic=Statistic.RATIO,
        variable="aware",
        domain=place(name),
        value=value,
        standard_error=0.02,
        interval=Interval(low=low, high=high, level=0.95, method=IntervalMethod.KORN_GRAUBARD),
        degrees_of_freedom=50,
        sample_size=size,
        design_effect=1.0,
        effective_sample_size=float(size),
        all_alike=value in (0.0, 1.0),
    )
    return replace(one, **more)  # type: ignore[arg-type]


def table(*estimates: Estimate, parents: dict[str, str] | None = None, **more: object) -> PublishableTable:
    return gated(*estimates, parents=parents, **more).table


def gated(*estimates: Estimate, parents: dict[str, str] | None = None, **more: object) -> Protected:
    hierarchy = {place(child): place(parent) for child, parent in (parents or {}).items()}
    found = Estimates(design=DESIGN, estimates=estimates)
    more.setdefault("rule", PublicationRule(reliability=Reliability.FLAG))
    return protected(found, hierarchy=hierarchy, **more)  # type: ignore[arg-type]


def reasons(found: Protected, variable: str = "aware") -> dict[str, Suppression | None]:
    """Why, as the statistician is told; the table has one mark."""
    told = {}
    for row in found.table.rows:
        why = found.reasons.get((row.domain, (variable, None)))
        hidden = row.cell(variable).suppression
        assert hidden is (None if hidden is None else S.NOT_PUBLISHED)
        assert (hidden is not None) <= (why is not None)
        told[row.domain[0][1] if row.domain else ""] = why
    return told


def tree(**sizes: int) -> tuple[list[Estimate], dict[str, str]]:
    """Communities named after their street: a1, a2, b1 ... with streets a, b and the city above."""
    streets = sorted({name[0] for name in sizes})
    rows = [share("", sum(sizes.values()))]
    rows += [share(street, sum(n for name, n in sizes.items() if name[0] == street)) for street in streets]
    rows += [share(name, n) for name, n in sizes.items()]
    return rows, {name: name[0] for name in sizes} | dict.fromkeys(streets, "")


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        ({"a1": 40, "a2": 50, "b1": 60, "b2": 70}, {}),
        # One community of 8: the next smallest of its street goes with it.
        ({"a1": 8, "a2": 50, "a3": 40, "b1": 60, "b2": 70}, {"a1": S.FEW_RESPONDENTS, "a3": S.COMPLEMENTARY}),
        # Two of 4 and 9 protect each other: of 7.8 who said yes all 4 of the one may have, or none.
        ({"a1": 4, "a2": 9, "a3": 40, "b1": 60}, {"a1": S.FEW_RESPONDENTS, "a2": S.FEW_RESPONDENTS}),
        # So do two of 8 and 9: that they are 8 and 9 everybody knows.
        ({"a1": 8, "a2": 9, "a3": 40, "b1": 60}, {"a1": S.FEW_RESPONDENTS, "a2": S.FEW_RESPONDENTS}),
        # Two of 3 and 4 are 7 together: still fewer than ten.
        (
            {"a1": 3, "a2": 4, "a3": 40, "a4": 50},
            {"a1": S.FEW_RESPONDENTS, "a2": S.FEW_RESPONDENTS, "a3": S.COMPLEMENTARY},
        ),
        # The only community of its street: the street would give it away, and the city would give the street away.
        (
            {"a1": 8, "b1": 30, "b2": 40, "c1": 90, "c2": 95},
            {"a1": S.FEW_RESPONDENTS, "a": S.FEW_RESPONDENTS, "b": S.COMPLEMENTARY, "b1": S.COMPLEMENTARY},
        ),
        # All of a street below ten: together they are 17, and the street may be told.
        ({"a1": 8, "a2": 9, "b1": 60, "c1": 70}, {"a1": S.FEW_RESPONDENTS, "a2": S.FEW_RESPONDENTS}),
    ],
)
def test_few_respondents_and_their_complements(sizes: dict[str, int], hidden: dict[str, Suppression]) -> None:
    rows, parents = tree(**sizes)
    found = gated(*rows, parents=parents)
    assert {name: reason for name, reason in reasons(found).items() if reason is not None} == hidden
    for row in found.table.rows:
        name = row.domain[0][1] if row.domain else ""
        assert (row.cells[0].suppression is not None) == (name in hidden)
        assert row.sample_size is not None  # the response table prints it


def recoverable(found: Protected, parents: dict[str, str], sizes: dict[str, int]) -> set[str]:
    """The areas whose total follows from what is shown, by solving parent = sum of children for single unknowns."""
    unknown = {name for name, reason in reasons(found).items() if reason is not None}
    start = set(unknown)
    changed = True
    while changed:
        changed = False
        for parent in set(parents.values()):
            family = [parent, *(child for child, above in parents.items() if above == parent)]
            hidden = [name for name in family if name in unknown]
            if len(hidden) == 1:
                unknown.remove(hidden[0])
                changed = True
    return start - unknown


@pytest.mark.parametrize("seed", range(200))
def test_no_hidden_area_follows_from_what_is_shown(seed: int) -> None:
    import numpy as np

    rng = np.random.default_rng(seed)
    sizes = {
        f"{street}{number}": int(rng.choice([3, 5, 8, 12, 30, 60]))
        for street in "abcd"
        for number in range(int(rng.integers(1, 6)))
    }
    rows, parents = tree(**sizes)
    found = gated(*rows, parents=parents)
    assert recoverable(found, parents, sizes) == set()


def test_a_hidden_cell_carries_no_figure() -> None:
    cell = table(share("x", 9), goals={"aware": Goal(value=0.9)}).rows[0].cells[0]
    assert cell == PublishableCell(
        variable="aware",
        suppression=S.NOT_PUBLISHED,
        goal=Goal(value=0.9),
        verdict=Verdict.NOT_PUBLISHED,
        tier=Tier.NOT_ALONE,
    )


def test_item_nonresponse_is_judged_cell_by_cell() -> None:
    rows = [share("", 150), share("a", 40), share("b", 50), share("c", 60)]
    others = [replace(one, variable="part", sample_size=n) for one, n in zip(rows, [97, 7, 45, 45], strict=True)]
    found = gated(*rows, *others, parents=dict.fromkeys("abc", ""))
    assert set(reasons(found, "aware").values()) == {None}
    assert reasons(found, "part") == {"": None, "a": S.FEW_RESPONDENTS, "b": S.COMPLEMENTARY, "c": None}
    assert found.table.row(place("a")).sample_size == 40


def test_an_end_of_fewer_than_thirty_is_a_band_and_its_neighbour_hides_how_many() -> None:
    rows = [share("", 160), share("a", 29, 1.0, low=0.88, high=1.0), share("b", 61), share("c", 70)]
    found = gated(*rows, parents=dict.fromkeys("abc", ""))
    assert reasons(found) == {"": None, "a": None, "b": S.COMPLEMENTARY, "c": None}
    cell = found.table.row(place("a")).cells[0]
    assert (cell.value, cell.coded, cell.high, cell.all_alike) == (0.9, Coding.AT_LEAST, 1.0, False)


def test_everyone_of_thirty_or_more_is_shown_as_at_least() -> None:
    cell = table(share("a", 30, 1.0, low=0.884, high=1.0)).rows[0].cells[0]
    assert (cell.all_alike, cell.low, cell.review, cell.suppression) == (True, 0.88, True, None)


def test_a_category_of_zero_takes_another_with_it() -> None:
    rows = [
        share("a", 20, value, variable="opinion", category=name) for name, value in (("x", 0.0), ("y", 0.3), ("z", 0.7))
    ]
    found = table(*rows).rows[0]
    # x is printed as "at most 10 %"; y and z together would say that it is 0.
    assert [cell.suppression for cell in found.cells] == [None, S.NOT_PUBLISHED, None]
    assert (found.cells[0].coded, found.cells[0].value) == (Coding.AT_MOST, 0.1)


@pytest.mark.parametrize(
    ("estimate", "unreliable"),
    [
        (share("a", 100), False),
        (share("a", 100, effective_sample_size=29.9), True),
        (share("a", 100, low=0.45, high=0.75), True),  # width 0.30
        (share("a", 100, low=0.451, high=0.75), False),
        (share("a", 100, 0.02, low=0.0, high=0.049), False),  # at most 0.05 wide: shown whatever its share
        (share("a", 100, 0.05, low=0.01, high=0.09), True),  # 0.08 is 160 % of 0.05
        (share("a", 100, 0.07, low=0.03, high=0.11), False),  # 0.08 is 114 % of 0.07
        (share("a", 100, 60.0, low=50.0, high=79.0, scale=(0.0, 100.0)), False),
        (share("a", 100, 60.0, low=40.0, high=70.0, scale=(0.0, 100.0)), True),
        (share("a", 40, 1.0, low=1.0, high=1.0, complete_enumeration=True, effective_sample_size=1.0), False),
    ],
)
def test_reliability_flag_or_suppress(estimate: Estimate, unreliable: bool) -> None:
    flagged = table(estimate).rows[0].cells[0]
    assert (flagged.unreliable, flagged.suppression) == (unreliable, None)
    strict = table(estimate, rule=PublicationRule(reliability=Reliability.SUPPRESS)).rows[0].cells[0]
    assert strict.suppression == (S.NOT_PUBLISHED if unreliable else None)
    assert (strict.value is None) == unreliable


def test_a_wide_complement_marks_but_never_hides() -> None:
    one = share("a", 100, 0.95, low=0.91, high=0.99)  # 0.08 is 160 % of 0.05
    strict = table(one, rule=PublicationRule(reliability=Reliability.SUPPRESS)).rows[0].cells[0]
    assert (strict.complement_unreliable, strict.unreliable, strict.suppression) == (True, False, None)


def test_few_degrees_of_freedom_go_to_review() -> None:
    assert table(share("a", 100, degrees_of_freedom=7)).rows[0].cells[0].review
    assert not table(share("a", 100, degrees_of_freedom=8)).rows[0].cells[0].review


def test_what_cannot_be_estimated_is_not_published() -> None:
    cell = table(share("a", 100, interval=None, standard_error=None), goals={"aware": Goal(value=0.9)}).rows[0].cells[0]
    assert (cell.suppression, cell.value, cell.verdict) == (S.NOT_PUBLISHED, None, Verdict.NOT_PUBLISHED)


def test_confidentiality_may_only_be_made_stricter() -> None:
    with pytest.raises(ValueError, match="minimum_respondents may only be made stricter than 10, not 5"):
        table(share("a", 100), rule=PublicationRule(minimum_respondents=5))
    found = gated(share("a", 15), rule=PublicationRule(minimum_respondents=20))
    assert reasons(found) == {"a": S.FEW_RESPONDENTS}


def test_a_figure_may_not_come_twice() -> None:
    with pytest.raises(ValueError, match="comes twice"):
        table(share("a", 40), share("a", 40))


def test_only_protect_makes_a_table() -> None:
    with pytest.raises(TypeError, match=r"protect"):
        PublishableTable(
            rows=(), rule=PublicationRule(), level=0.95, interval_method=IntervalMethod.WALD, seal=object()
        )
