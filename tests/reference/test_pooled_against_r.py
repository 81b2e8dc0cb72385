"""Three waves put together, each calibrated to its own register: the engine's tables against R."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.engine.pooled_waves import PooledTable, pooled_tables
from tests.reference.test_change_against_r import INDICATORS, TABLES, figures_of

HERE = Path(__file__).parent / "city_pooled"
WAVES = ("2026Q1", "2026Q2", "2026Q3")


@cache
def records() -> list[Mapping[str, Any]]:
    found = json.loads((HERE / "expected.json").read_text())["records"]
    assert isinstance(found, list)
    return found


@cache
def tables(method: str) -> Mapping[str, PooledTable]:
    return pooled_tables([figures_of(wave, method, HERE) for wave in WAVES], INDICATORS)


@pytest.mark.parametrize("few", [400, 0], ids=["residuals", "quadratic form"])
@pytest.mark.parametrize("method", ["plain", "linear", "raking"])
def test_figure_and_error_in_every_domain_equal_r(method: str, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.estimation.calibrated._FEW", few)
    tables.cache_clear()
    names, compared = [one.id for one in INDICATORS], Counter[tuple[str, ...]]()
    for record in records():
        if record["design"] != method:
            continue
        by = tuple(record["domain"])
        found = tables(method)[TABLES[by]]
        at = (
            names.index(record["variable"]),
            found.domains.index(tuple(record["domain"].items()) if by else ()),
        )
        figures = found.table.figures
        assert figures.value[at] == pytest.approx(record["value"], rel=1e-9), record
        assert found.linearised_error[at] == pytest.approx(record["standard_error"], rel=1e-7), record
        assert figures.standard_error[at] >= found.linearised_error[at], record
        # At most those of the waves together, of which each has a centre of its own.
        assert record["degrees_of_freedom"] * 0.8 <= figures.degrees_of_freedom[at] <= record["degrees_of_freedom"]
        compared[by] += 1
    assert compared == {(): 2, ("street",): 6, ("community",): 24}


def test_what_every_wave_weighs_adds_up_and_is_its_part_of_those_who_were_asked() -> None:
    city = tables("raking")["city"]
    np.testing.assert_allclose(city.shares.sum(axis=0), 1)
    weights = [figures_of(wave, "raking", HERE).weight.sum() for wave in WAVES]
    # Not all rated; those who did are as many in every wave but for chance.
    np.testing.assert_allclose(city.shares[:, 0, 0], np.array(weights) / sum(weights), atol=0.02)
