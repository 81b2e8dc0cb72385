"""Of 20 to 25 answers a community, as cities have, nine headline cells in ten are told; two cities, or sixty in soak.

The figures of all sizes, and what is lost, are in docs/publication.md, by ``python -m tests.coverage.publication``.
"""

from __future__ import annotations

import numpy as np
import pytest

from analysis.results import PublicationRule, Reliability
from tests.coverage.publication import DRAWS, Draw, published, responses, shares

cities = [2, pytest.param(60, marks=pytest.mark.soak)]


@pytest.mark.parametrize("count", cities)
def test_nine_headline_cells_in_ten_are_told_of_twenty_a_community(count: int) -> None:
    told = shares(Draw(20, 25), count, seed=1)
    assert told["community"]["hidden"] <= 0.10
    assert told["street"]["hidden"] <= 0.01
    assert told["city"] == {"shown": 1.0, "coarse": 0.0, "coded": 0.0, "hidden": 0.0}


@pytest.mark.parametrize("draw", DRAWS[1:], ids=lambda draw: draw.name)
def test_so_are_they_of_more(draw: Draw) -> None:
    told = shares(draw, 1, seed=2)
    # In four grids three degrees of freedom leave one interval in five wider than 0.60.
    assert told["community"]["hidden"] <= (0.30 if draw.grids else 0.10)
    assert told["street"]["shown"] >= 0.9


def test_before_it_they_were_not() -> None:
    """The stricter choice stays, and hides all of them."""
    told = shares(Draw(20, 25), 1, seed=3, rule=PublicationRule(reliability=Reliability.SUPPRESS))
    assert told["community"]["hidden"] >= 0.99


def test_coarse_figures_are_whole_per_cents_and_judged_by_their_printed_interval() -> None:
    table = published(responses(Draw(20, 25), np.random.default_rng(4)))
    for row in table.rows:
        for cell in row.cells:
            if cell.value is None or cell.low is None or cell.high is None or cell.sample_size is None:
                continue
            assert cell.digits == (1 if cell.sample_size >= 100 and cell.tier == "shown" and not cell.coded else 0)
            for figure in (cell.value, cell.low, cell.high):
                assert round(figure, (cell.digits or 0) + 2) == figure
            if cell.verdict == "reached":
                assert cell.low >= 0.9
            if cell.verdict == "cannot_reach":
                assert cell.sample_size < 36
                assert cell.needed_sample_size is None or cell.needed_sample_size >= 36
