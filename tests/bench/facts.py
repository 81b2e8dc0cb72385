"""From a frame to a table of facts: ``python -m tests.bench.facts [CASE ...]``, JSON lines.

Twenty items by community, as rows grow from a small city to a province, with weights as they are and calibrated to the
adults of every community and age x sex of the city. The floor, in the same process, are the bare np.bincount calls of
the same sums: by PSU for every item, and over PSUs by community and by stratum for shares, variances and degrees of
freedom; nothing is read, checked or turned into limits there. Processor seconds, so that a loaded machine does not
count; each case in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from tests.bench.estimation import ITEMS, gigabytes, province

GRIDS, GROUPS = 20, 12
SIZES = {"town": (10_000, 100), "city": (100_000, 1_000), "province": (1_000_000, 5_000)}


def spent(work: Callable[[], Any], times: int = 3) -> float:
    """Processor seconds of the cheapest run."""
    seconds = []
    for _ in range(times):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


def bare_sums(frame: pd.DataFrame, communities: int) -> None:
    """The sums a table is made of, with np.bincount alone."""
    weight, grid = frame["weight"].to_numpy(), frame["grid"].to_numpy()
    units = communities * GRIDS
    community = np.arange(units) // GRIDS
    below, seen = np.bincount(grid, weight, units), np.bincount(grid, minlength=units)
    whole = np.bincount(community, below, communities)
    np.bincount(community, seen > 0, communities)
    np.bincount(frame["community"].to_numpy(), weight * weight, communities)
    for item in range(ITEMS):
        above = np.bincount(grid, weight * frame[f"q{item}"].to_numpy(), units)
        share = np.bincount(community, above, communities) / whole
        influence = (above - share[community] * below) / whole[community]
        mean = np.bincount(community, influence, communities) / GRIDS
        np.bincount(community, (influence - mean[community]) ** 2, communities)


def population(frame: pd.DataFrame) -> list[Any]:
    """Margins that the weights miss by up to a fifth."""
    from analysis.weighting import Margin

    rng, adults = np.random.default_rng(1), float(frame["weight"].sum())
    found = []
    for name in ("community", "group"):
        sums = np.bincount(frame[name], weights=frame["weight"])
        pushed = sums * rng.uniform(0.8, 1.2, len(sums))
        pushed *= adults / pushed.sum()
        found.append(Margin.of(name, {str(key): float(total) for key, total in enumerate(pushed) if total}))
    return found


def measure(size: str) -> Iterator[dict[str, Any]]:
    """One size: the floor, then tables of means and of shares, plain and calibrated, and one value each."""
    from analysis.design import SurveyDesign
    from analysis.estimation import Mean, Ratio, estimate_table
    from analysis.weighting import calibrate_design

    rows, communities = SIZES[size]
    frame = province(rows, communities, GRIDS)
    frame["one"] = 1.0
    frame["group"] = np.random.default_rng(2).integers(0, GROUPS, rows)
    design = SurveyDesign.from_frame(frame, weight="weight", strata=["community"], clusters=["grid"])
    means = [Mean(f"q{item}", scale=(0.0, 1.0)) for item in range(ITEMS)]
    shares = [Ratio(f"q{item}", "one", variable=f"q{item}", scale=(0.0, 1.0)) for item in range(ITEMS)]
    before = gigabytes()
    estimate_table(frame, design, shares, by=["community"])  # what is loaded and claimed once is so for both
    floor = spent(lambda: bare_sums(frame, communities), 9)
    yield {"size": size, "rows": rows, "communities": communities, "work": "bare np.bincount", "seconds": floor}
    calibrating = spent(lambda: calibrate_design(frame, design, population(frame)), 1)
    calibrated, _ = calibrate_design(frame, design, population(frame))
    yield {"size": size, "work": "calibrate to communities and age x sex", "seconds": calibrating}
    for weights, one in (("plain", design), ("calibrated", calibrated)):
        for kind, wanted in (("means, t intervals", means), ("shares, korn_graubard", shares)):
            seconds = spent(partial(estimate_table, frame, one, wanted, by=["community"]))
            yield {
                "size": size,
                "work": f"{ITEMS} items x {communities:,} communities: {kind}, {weights}",
                "seconds": seconds,
                "times_bare": seconds / floor,
                "microseconds_a_row": seconds / rows * 1e6,
                "gigabytes_over_data": gigabytes() - before,
            }
    table = estimate_table(frame, design, shares, by=["community"])
    seconds = spent(table.estimates, 2)
    yield {"size": size, "work": "one value each", "seconds": seconds, "times_bare": seconds / floor}


def lonely() -> Iterator[dict[str, Any]]:
    """One community with one PSU: every variance after calibration counts its distance from the mean PSU."""
    from analysis.design import SurveyDesign
    from analysis.estimation import Mean, estimate_table
    from analysis.estimation.options import Options
    from analysis.results import LonelyPsu
    from analysis.weighting import calibrate_design

    frame = province(*SIZES["city"], GRIDS)
    frame["group"] = np.random.default_rng(2).integers(0, GROUPS, len(frame))
    frame.loc[frame["community"] == 3, "grid"] = 3 * GRIDS
    design = SurveyDesign.from_frame(frame, weight="weight", strata=["community"], clusters=["grid"])
    calibrated, _ = calibrate_design(frame, design, population(frame))
    wanted, options = [Mean(f"q{item}") for item in range(ITEMS)], Options(lonely_psu=LonelyPsu.ADJUST)
    for by in (["community"], ["group"]):
        yield {
            "work": f"{ITEMS} items by {by[0]}, calibrated, one lonely PSU",
            "seconds": spent(partial(estimate_table, frame, calibrated, wanted, by=by, options=options), 2),
        }


CASES: dict[str, Callable[[], Iterator[dict[str, Any]]]] = {size: partial(measure, size) for size in SIZES}
CASES["lonely"] = lonely


def main(wanted: list[str]) -> int:
    if len(wanted) == 1:
        for line in CASES[wanted[0]]():
            rounded = {key: round(value, 4) if isinstance(value, float) else value for key, value in line.items()}
            print(json.dumps({"bench": f"facts.{wanted[0]}", **rounded}), flush=True)
        return 0
    for name in wanted or CASES:
        subprocess.run([sys.executable, "-m", "tests.bench.facts", name], check=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
