"""An index over instruments and waves against R's contrast of stacked designs: equal where they share nothing, never
narrower where they share blocks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.composite import Composed, PublishedPart, composed

RECORDS = json.loads((Path(__file__).parent / "city_index" / "expected.json").read_text())["records"]


def made_of(case: str, variable: str, *, shared: bool) -> tuple[Composed, dict[str, Any]]:
    mine = [one for one in RECORDS if (one["case"], one["variable"]) == (case, variable)]
    parts = [
        PublishedPart(
            weight=one["weight"],
            value=one["value"],
            low=one["value"] - one["standard_error"],
            high=one["value"] + one["standard_error"],
            sample="all" if shared else one["part"],
        )
        for one in mine
        if one["part"] != "index"
    ]
    (whole,) = (one for one in mine if one["part"] == "index")
    return composed(parts), whole


@pytest.mark.parametrize("variable", ["yes", "score"])
def test_what_shares_nothing_has_the_error_of_the_contrast(variable: str) -> None:
    found, whole = made_of("wave", variable, shared=False)
    assert found.value == pytest.approx(whole["value"], rel=1e-9)
    assert found.value - found.low == pytest.approx(whole["standard_error"], rel=1e-7)
    assert found.high - found.value == pytest.approx(whole["standard_error"], rel=1e-7)


@pytest.mark.parametrize("variable", ["yes", "score"])
def test_what_shares_blocks_is_never_told_narrower_than_it_is(variable: str) -> None:
    found, whole = made_of("wave2", variable, shared=True)
    assert found.value == pytest.approx(whole["value"], rel=1e-9)
    assert found.value - found.low >= whole["standard_error"]
    alone, _ = made_of("wave2", variable, shared=False)
    assert found.low <= alone.low, "added as they are is wider than in quadrature"
