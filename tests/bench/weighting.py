"""Raking and calibrated estimates at the size of a province: ``python -m tests.bench.weighting``, JSON lines."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from analysis.design import SurveyDesign
from analysis.estimation import Mean
from analysis.estimation.estimate import estimate_table
from analysis.weighting import Margin, calibrate_design, rake, read_margins

SEED = 20261122
ITEMS = 20


def sample(rows: int, communities: int, margins: int, categories: int) -> tuple[pd.DataFrame, list[Margin]]:
    """Answers of a synthetic province, and margins that its weights miss by up to a fifth."""
    rng = np.random.default_rng(SEED)
    frame = pd.DataFrame({"community": rng.integers(0, communities, rows)})
    frame["grid"] = frame["community"] * 20 + rng.integers(0, 20, rows)
    frame["w"] = rng.gamma(5, 1, rows)
    for item in range(ITEMS):
        frame[f"q{item}"] = (rng.random(rows) < 0.6).astype(np.float64)
    known = []
    population = float(frame["w"].sum())
    for number in range(margins):
        frame[f"m{number}"] = rng.integers(0, categories, rows)
        totals = np.bincount(frame[f"m{number}"], weights=frame["w"]) * rng.uniform(0.8, 1.2, categories)
        totals *= population / totals.sum()
        known.append(Margin.of(f"m{number}", {str(place): float(total) for place, total in enumerate(totals)}))
    return frame, known


def fastest(work: Callable[[], Any], times: int = 5) -> float:
    """Seconds of the fastest of several runs: a loaded machine slows any single one."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def measure() -> Iterator[dict[str, Any]]:
    frame, known = sample(1_000_000, 5_000, 4, 40)
    weights = frame["w"].to_numpy()
    columns = read_margins(frame, known)
    yield {
        "work": "raking 4 margins of 40 cells, n = 1e6",
        "seconds": fastest(lambda: rake(weights, columns)),
        "at_most": 0.3,
        "worst_gap": rake(weights, columns)[1].worst_gap,
    }
    yield {
        "work": "the same with reading the margins against the frame",
        "seconds": fastest(lambda: rake(weights, read_margins(frame, known))),
    }
    for rows, communities, by in ((1_000_000, 5_000, []), (100_000, 1_000, ["community"])):
        frame, known = sample(rows, communities, 3, 10)
        design = SurveyDesign.from_frame(frame, weight="w", strata=["community"], clusters=["grid"])
        calibrated, _ = calibrate_design(frame, design, known)
        items = [Mean(f"q{item}") for item in range(ITEMS)]
        where = f"{communities:,} domains" if by else "whole sample"
        for name, one in (("plain", design), ("calibrated to 3 margins of 10 cells", calibrated)):
            yield {
                "work": f"20 items, n = {rows:.0e}, {where}, {name}",
                "seconds": fastest(lambda: estimate_table(frame, one, items, by=by), times=3),  # noqa: B023
            }


if __name__ == "__main__":
    for line in measure():
        print(json.dumps(line), flush=True)
