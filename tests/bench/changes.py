"""Change between two waves of 144,000 cases in 1,000 communities: ``python -m tests.bench changes``, JSON lines.

City, streets and communities, twenty indicators, each wave with its margins. ``processor`` does not count what a busy
machine adds. Beside it the floor: the bare ``np.bincount`` of the same weighted sums of both waves; and the change of a
file by community, without margins, with the joining of both waves in 20,000 strata.
"""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.change import TwoWaves, changes, join_waves
from analysis.design import SurveyDesign
from analysis.engine.changes import change_tables
from analysis.engine.joined_waves import WaveFigures
from analysis.engine.run import weigh
from analysis.estimation import Proportion
from analysis.plan import AnalysisPlan
from analysis.results import LonelyPsu
from tests.simulated.waves import City, Shape, asked, city, wave

SHAPE = Shape(streets=100, communities=10, grids=4, households=150, issued=36, indicators=20, willing=1.1)
PLAN = AnalysisPlan()
FILES = TwoWaves(column="wave", before="1", after="2")


def timed(what: str, work: Callable[[], Any], **more: object) -> Any:
    began, used = time.perf_counter(), time.process_time()
    found = work()
    told: dict[str, object] = {"bench": "changes", "what": what, "seconds": round(time.perf_counter() - began, 2)}
    told["processor"] = round(time.process_time() - used, 2)
    told["gigabytes"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)
    print(json.dumps(told | more), flush=True)
    return found


def weighed(of: City, seed: int) -> WaveFigures:
    columns = wave(of, seed)
    found = weigh(PLAN, columns, of.register())
    assert found.calibrated is not None
    return WaveFigures(columns=columns, weight=found.final, calibration=found.calibrated.calibration, plan=PLAN)


def floor(waves: Sequence[WaveFigures]) -> float:
    """The sums of weight and of weight times answer of both waves by every level, and nothing else."""
    total = 0.0
    for one in waves:
        rows = one.columns.respondents
        community, street = one.columns.community.codes[rows], one.columns.street.codes[rows]
        for codes in (community, street, np.zeros_like(community)):
            for values in one.columns.numerators:
                total += float(np.bincount(codes, weights=one.weight * values).sum())
                total += float(np.bincount(codes, weights=one.weight).sum())
    return total


def file_of(seed: int, rows: int, strata: int) -> pd.DataFrame:
    """Households of a file, in strata of which a part was asked in both waves; twenty strata are a community."""
    rng = np.random.default_rng(seed)
    stratum = np.concatenate([np.repeat(np.arange(strata), 2), rng.integers(0, strata, rows - 2 * strata)])
    households = rng.integers(0, 100, rows)
    return pd.DataFrame(
        {
            "community": [f"c{one // 20:04d}" for one in stratum],
            "stratum": [f"s{one:05d}" for one in stratum],
            "psu": [f"s{one:05d}-{other}" for one, other in zip(stratum, households, strict=True)],
            "weight": rng.uniform(1, 3, rows),
            "yes": rng.integers(0, 2, rows),
        }
    )


def of_files() -> None:
    before, after = file_of(1, 100_000, 20_000), file_of(2, 100_000, 20_000)
    frame = timed(
        "file: both waves in one frame, 20,000 strata",
        lambda: join_waves(before, after, waves=FILES, stratum="stratum", psu="psu"),
        rows=len(before) + len(after),
    )
    design = SurveyDesign.from_frame(frame, weight="weight", strata=["stratum"], clusters=["psu"])
    timed(
        "file: one share in 1,000 communities",
        lambda: changes(frame, design, [Proportion("yes", "1")], FILES, by=["community"], lonely_psu=LonelyPsu.ADJUST),
    )


def main() -> None:
    of = city(SHAPE, 1)
    waves = weighed(of, 2), weighed(of, 3)
    respondents = sum(len(one.weight) for one in waves)
    tables = timed(
        "change of city, streets and communities, 20 indicators",
        lambda: change_tables(waves[0], waves[1], asked(SHAPE)),
        cases=waves[0].columns.cases,
        respondents=respondents,
    )
    assert tables["community"].difference.shape == (SHAPE.indicators, SHAPE.streets * SHAPE.communities)
    timed("floor: bare bincount of the same sums", lambda: floor(waves))
    of_files()


if __name__ == "__main__":
    main()
