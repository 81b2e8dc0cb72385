"""Parts merge to what the whole gives, however the rows are split."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design import SurveyDesign
from analysis.estimation import Index, Mean, Proportion, Ratio, Total, estimate_table
from analysis.estimation.chunks import DesignColumns, Part, collapse_part, estimate_chunks, estimate_parts, merge
from analysis.estimation.table import EstimateTable

SHARE = Ratio("yes", "one", variable="share", scale=(0.0, 1.0))
POINTS = Mean("score", scale=(0.0, 100.0))
WANTED = (
    SHARE,
    POINTS,
    Total("score"),
    Proportion("opinion"),
    Ratio("score", "persons"),
    Index("index", parts=((SHARE, 50.0), (POINTS, 0.5))),
)
CLUSTERED = DesignColumns(
    weight="weight", strata=("stratum",), clusters=("psu", "home"), population_sizes=("psus", "homes")
)


def sample(seed: int, rows: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    stratum = rng.integers(0, 4, rows)
    psu = rng.integers(0, 6, rows)
    return pd.DataFrame(
        {
            "stratum": stratum,
            "psu": [f"{s}-{p}" for s, p in zip(stratum, psu, strict=True)],
            "home": rng.integers(0, 9, rows),
            "psus": 20,
            "homes": 90,
            "weight": rng.uniform(0.5, 4, rows),
            "one": 1.0,
            "yes": (rng.random(rows) < 0.7).astype(float),
            "persons": rng.integers(1, 5, rows),
            "score": np.where(rng.random(rows) < 0.1, np.nan, rng.choice([100.0, 75, 55], rows)),
            "opinion": rng.choice(["a", "b", "c"], rows, p=[0.6, 0.39, 0.01]),
            "part": rng.choice(["x", "y", "z"], rows),
        }
    )


def alike(one: EstimateTable, other: EstimateTable) -> None:
    assert one.domains == other.domains
    assert one.design == other.design
    assert [q.variable for q in one.quantities] == [q.variable for q in other.quantities]
    assert [q.category for q in one.quantities] == [q.category for q in other.quantities]
    for name in ("value", "standard_error", "low", "high", "design_effect", "effective_sample_size"):
        mine, theirs = getattr(one.figures, name), getattr(other.figures, name)
        np.testing.assert_allclose(mine, theirs, rtol=1e-11, atol=1e-13, err_msg=name)
    for name in ("degrees_of_freedom", "sample_size", "all_alike", "complete_enumeration"):
        np.testing.assert_array_equal(getattr(one.figures, name), getattr(other.figures, name))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.integers(1, 399), min_size=1, max_size=5, unique=True), st.booleans())
def test_random_splits_in_any_order(seed: int, cuts: list[int], by: bool) -> None:
    frame = sample(seed)
    domains = ("part",) if by else ()
    whole = estimate_table(frame, CLUSTERED.design(frame), WANTED, by=domains)
    edges = [0, *sorted(cuts), len(frame)]
    parts = [
        collapse_part(frame.iloc[start:end].reset_index(drop=True), CLUSTERED, WANTED, by=domains)
        for start, end in pairwise(edges)
    ]
    np.random.default_rng(seed).shuffle(parts)  # type: ignore[arg-type]
    alike(estimate_parts(parts), whole)


def test_merging_is_associative() -> None:
    frame = sample(1)
    one, two, three = (
        collapse_part(frame.iloc[start : start + 133].reset_index(drop=True), CLUSTERED, WANTED, by=("part",))
        for start in (0, 133, 266)
    )
    alike(estimate_parts([merge(merge(one, two), three)]), estimate_parts([merge(one, merge(two, three))]))
    alike(estimate_parts([merge(one, two)]), estimate_parts([merge(two, one)]))


@pytest.mark.parametrize("frequency", [None, "times"])
def test_rows_that_are_psus(frequency: str | None) -> None:
    frame = sample(2).assign(times=np.random.default_rng(2).integers(0, 4, 400))
    columns = DesignColumns(weight="weight", strata=("stratum",), frequency=frequency)
    whole = estimate_table(
        frame, SurveyDesign.from_frame(frame, weight="weight", strata=["stratum"], frequency=frequency), WANTED
    )
    chunks = (frame.iloc[start : start + 90].reset_index(drop=True) for start in range(0, 400, 90))
    alike(estimate_chunks(chunks, columns, WANTED), whole)


def test_a_unit_whose_rows_all_weigh_nothing_stays_in_the_design() -> None:
    frame = sample(3)
    frame.loc[frame["psu"] == "0-0", "weight"] = 0.0
    halves = [frame.iloc[:200].reset_index(drop=True), frame.iloc[200:].reset_index(drop=True)]
    alike(estimate_chunks(halves, CLUSTERED, WANTED), estimate_table(frame, CLUSTERED.design(frame), WANTED))


def test_parts_of_different_questions_do_not_merge() -> None:
    frame = sample(4)
    one: Part = collapse_part(frame, CLUSTERED, WANTED)
    with pytest.raises(ValueError, match="do not merge"):
        reduce(merge, [one, collapse_part(frame, CLUSTERED, WANTED[:1])])
