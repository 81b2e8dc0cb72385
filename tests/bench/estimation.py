"""Estimation at the size of a province: ``python -m tests.bench.estimation [CASE ...]``, JSON lines.

Each case runs in a process of its own, so that its memory is its own. ``ratio`` is the time over that of a bare
np.bincount prototype of the same sums in the same run. R is timed on a few communities where Rscript with survey is
installed.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import betaincinv, stdtrit

SEED = 20261122
ITEMS = 20


def province(rows: int, communities: int, grids: int, seed: int = SEED) -> pd.DataFrame:
    """Answers to twenty yes-no items; a community is a stratum, a grid a PSU."""
    rng = np.random.default_rng(seed)
    community = rng.integers(0, communities, rows)
    frame = pd.DataFrame({"community": community, "grid": community * grids + rng.integers(0, grids, rows)})
    frame["weight"] = rng.uniform(0.5, 3, rows)
    for item in range(ITEMS):
        frame[f"q{item}"] = (rng.random(rows) < 0.7).astype(np.float64)
    return frame


def gigabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def best(work: Callable[[], Any], times: int = 3) -> float:
    """Seconds of the quickest run."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return min(spent)


def prototype(frame: pd.DataFrame, communities: int, grids: int, *, domains: bool, quantiles: bool) -> None:
    """The sums, standard errors and (where asked) beta quantiles by hand, with nothing checked."""
    weight, grid = frame["weight"].to_numpy(), frame["grid"].to_numpy()
    units = communities * grids
    community = np.arange(units) // grids
    below = np.bincount(grid, weight, units)
    whole = np.bincount(community, below, communities) if domains else np.full(1, below.sum())
    place = community if domains else np.zeros(units, dtype=np.int64)
    for item in range(ITEMS):
        above = np.bincount(grid, weight * frame[f"q{item}"].to_numpy(), units)
        share = np.bincount(place, above) / whole
        influence = (above - share[place] * below) / whole[place]
        mean = np.bincount(community, influence) / grids
        squares = np.bincount(community, (influence - mean[community]) ** 2) * grids / (grids - 1)
        variance = squares if domains else squares.sum(keepdims=True)
        if quantiles:
            size = np.bincount(np.arange(communities)) * len(frame) / communities
            ratio = (stdtrit(size - 1, 0.975) / stdtrit(np.full(communities, grids - 1.0), 0.975)) ** 2
            effective = np.minimum(share * (1 - share) / variance * ratio, size)
            betaincinv(effective * share, effective * (1 - share) + 1, 0.025)
            betaincinv(effective * share + 1, effective * (1 - share), 0.975)


def whole_sample() -> Iterator[dict[str, Any]]:
    from analysis.design import SurveyDesign
    from analysis.estimation import Mean, estimate_table

    frame = province(1_000_000, 5000, 20)
    before = gigabytes()
    wanted = [Mean(f"q{item}") for item in range(ITEMS)]
    design_seconds = best(
        lambda: SurveyDesign.from_frame(frame, weight="weight", strata=["community"], clusters=["grid"])
    )
    design = SurveyDesign.from_frame(frame, weight="weight", strata=["community"], clusters=["grid"])
    seconds = best(lambda: estimate_table(frame, design, wanted))
    bare = best(lambda: prototype(frame, 5000, 20, domains=False, quantiles=False))
    yield {
        "work": "20 items, whole sample, n = 1e6, 5,000 strata of 20 PSUs",
        "seconds": seconds,
        "prototype": bare,
        "ratio": seconds / bare,
        "design_seconds": design_seconds,
        "gigabytes_over_data": gigabytes() - before,
    }


def communities() -> Iterator[dict[str, Any]]:
    from analysis.design import SurveyDesign
    from analysis.estimation import Ratio, estimate, estimate_table

    frame = province(100_000, 1000, 20)
    frame["one"] = 1.0
    design = SurveyDesign.from_frame(frame, weight="weight", strata=["community"], clusters=["grid"])
    wanted = [Ratio(f"q{item}", "one", variable=f"q{item}", scale=(0.0, 1.0)) for item in range(ITEMS)]
    seconds = best(lambda: estimate_table(frame, design, wanted, by=["community"]))
    values = best(lambda: estimate(frame, design, wanted, by=["community"]), 2)
    bare = best(lambda: prototype(frame, 1000, 20, domains=True, quantiles=True))
    yield {
        "work": "20 items x 1,000 communities, n = 1e5: means, errors, korn_graubard",
        "seconds": seconds,
        "prototype": bare,
        "ratio": seconds / bare,
        "seconds_with_one_value_each": values,
    }
    per_estimate = seconds / (ITEMS * 1000)
    peer = _svy_seconds(frame)
    if peer is not None:
        yield {
            "work": "the same in svy, 1 item x 1,000 communities",
            "peer": "svy",
            "seconds": peer,
            "times_slower": peer * ITEMS / seconds,
        }
    peer = _r_seconds(frame, 20)
    if peer is not None:
        yield {
            "work": "the same in R survey, 1 item x 20 communities",
            "peer": "R survey",
            "seconds": peer,
            "times_slower": peer / 20 / per_estimate,
        }


def _svy_seconds(frame: pd.DataFrame) -> float | None:
    """One item by all communities in the Python package svy, where somebody has installed it."""
    if find_spec("svy") is None:
        return None
    svy, polars = import_module("svy"), import_module("polars")
    columns = {name: frame[name].to_numpy() for name in ("community", "grid", "weight", "q0")}
    sample = svy.Sample(polars.DataFrame(columns), svy.Design(stratum="community", psu="grid", wgt="weight"))
    return best(lambda: sample.estimation.prop("q0", by="community", ci_method="korn-graubard"), 2)


def _r_seconds(frame: pd.DataFrame, count: int) -> float | None:
    rscript = shutil.which("Rscript")
    if rscript is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        frame[["community", "grid", "weight", "q0"]].to_csv(Path(folder) / "data.csv", index=False)
        script = f"""
            suppressMessages(library(survey)); d <- read.csv("data.csv")
            des <- svydesign(ids = ~grid, strata = ~community, weights = ~weight, data = d)
            t <- system.time(for (k in 0:{count - 1}) svyciprop(~q0, subset(des, community == k), method = "beta"))
            cat(t[["elapsed"]])
        """
        done = subprocess.run([rscript, "-e", script], cwd=folder, capture_output=True, text=True, check=False)
    return float(done.stdout) if done.returncode == 0 else None


def in_chunks() -> Iterator[dict[str, Any]]:
    from analysis.estimation import Mean
    from analysis.estimation.chunks import DesignColumns, collapse_part, estimate_parts

    columns = DesignColumns(weight="weight", strata=("community",), clusters=("grid",))
    wanted = [Mean(f"q{item}") for item in range(ITEMS)]
    spent = bare = 0.0
    parts = []
    for number in range(10):
        frame = province(1_000_000, 5000, 20, seed=SEED + number)
        start = time.perf_counter()
        parts.append(collapse_part(frame, columns, wanted, by=["community"]))
        spent += time.perf_counter() - start
        start = time.perf_counter()
        prototype(frame, 5000, 20, domains=True, quantiles=False)
        bare += time.perf_counter() - start
        if len(parts) == 2:
            from analysis.estimation.chunks import merge

            start = time.perf_counter()
            parts = [merge(*parts)]
            spent += time.perf_counter() - start
    start = time.perf_counter()
    estimate_parts(parts)
    spent += time.perf_counter() - start
    yield {
        "work": "20 items x 5,000 communities, n = 1e7, in ten chunks",
        "seconds": spent,
        "prototype": bare,
        "ratio": spent / bare,
        "gigabytes_in_all": gigabytes(),
    }


def bootstrap() -> Iterator[dict[str, Any]]:
    from analysis.design import SurveyDesign
    from analysis.estimation import Mean, estimate_table
    from analysis.estimation.options import Options
    from analysis.estimation.replicates import Bootstrap

    frame = province(1_000_000, 5000, 20)
    design = SurveyDesign.from_frame(frame, weight="weight", strata=["community"], clusters=["grid"])
    wanted = [Mean(f"q{item}") for item in range(ITEMS)]
    plain = best(lambda: estimate_table(frame, design, wanted), 2)
    seconds = best(
        lambda: estimate_table(
            frame, design, wanted, options=Options(replication=Bootstrap(np.random.default_rng(1), 500))
        ),
        2,
    )
    yield {
        "work": "500 bootstrap replicates, 20 items, n = 1e6",
        "seconds": seconds,
        "of_which_linearised": plain,
        "gigabytes_in_all": gigabytes(),
    }


def rao_scott() -> Iterator[dict[str, Any]]:
    from analysis.association import independence
    from analysis.design import SurveyDesign

    frame = province(100_000, 1000, 20)
    before = gigabytes()
    design = SurveyDesign.from_frame(frame, weight="weight", strata=["community"], clusters=["grid"])
    seconds = best(lambda: independence(frame, design, "q0", "community"), 2)
    yield {
        "work": "Rao-Scott, item x 1,000 communities (strata), n = 1e5",
        "seconds": seconds,
        "gigabytes_over_data": gigabytes() - before,
    }


CASES = {case.__name__: case for case in (whole_sample, communities, in_chunks, bootstrap, rao_scott)}


def main(wanted: list[str]) -> int:
    if len(wanted) == 1:
        for line in CASES[wanted[0]]():
            rounded = {key: round(value, 4) if isinstance(value, float) else value for key, value in line.items()}
            print(json.dumps({"bench": f"estimation.{wanted[0]}", **rounded}), flush=True)
        return 0
    for name in wanted or CASES:
        subprocess.run([sys.executable, "-m", "tests.bench.estimation", name], check=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
