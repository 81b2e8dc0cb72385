"""``python -m tests.coverage [--samples N] [--seed N] [--out FILE]``: coverage and mean width of every interval of a
share.

Each sample is one community of a single frame, so the intervals are those of the service's own road. Answers in a grid
are beta-binomial with intraclass correlation 0.05; the truth is the share of the population of grids. A second table is
about one adult of each household.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.design import SurveyDesign
from analysis.estimation import Ratio
from analysis.estimation.estimate import prepare_estimator
from analysis.estimation.options import Options
from analysis.results import IntervalMethod
from tests.coverage import adults

SHARES = (0.02, 0.2, 0.5, 0.9, 0.98, 1.0)
SIZES = (20, 60, 200)
GRIDS = {"each a PSU": None, "4 grids": 4, "20 grids": 20}
CORRELATION = 0.05
METHODS = (
    IntervalMethod.KORN_GRAUBARD,
    IntervalMethod.BETA,
    IntervalMethod.WILSON,
    IntervalMethod.LOGIT,
    IntervalMethod.LIKELIHOOD,
    IntervalMethod.ARCSINE,
    IntervalMethod.WALD,
)
OUT = Path(__file__).parents[2] / "docs" / "coverage.md"


@dataclass(frozen=True, slots=True)
class Cell:
    """One design, size and share: coverage and mean width by method."""

    design: str
    size: int
    share: float
    coverage: dict[IntervalMethod, float]
    width: dict[IntervalMethod, float]


def simulate(design: str, size: int, share: float, samples: int, rng: np.random.Generator) -> Cell:
    grids = GRIDS[design]
    community = np.repeat(np.arange(samples), size)
    frame = pd.DataFrame({"community": community, "one": 1.0})
    if grids is None or share == 1:
        chance = np.full(samples * size, share)
        grid = np.tile(np.arange(size) % (grids or size), samples)
    else:
        spread = (1 - CORRELATION) / CORRELATION
        of_grid = rng.beta(share * spread, (1 - share) * spread, (samples, grids))
        grid = np.tile(np.arange(size) % grids, samples)
        chance = of_grid[community, grid]
    frame["grid"] = community * size + grid
    frame["yes"] = (rng.random(len(frame)) < chance).astype(np.float64)
    clusters = [] if grids is None else ["grid"]
    drawn = SurveyDesign.from_frame(frame, strata=["community"], clusters=clusters)
    wanted = [Ratio("yes", "one", scale=(0.0, 1.0))]
    estimator = prepare_estimator(frame, drawn, wanted, by=["community"], options=Options())
    coverage, width = {}, {}
    for method in METHODS:
        estimator.options = replace(estimator.options, interval=method)
        figures = estimator.table().figures
        low, high = figures.low[0], figures.high[0]
        coverage[method] = float(((low <= share + 1e-12) & (high >= share - 1e-12)).mean())
        width[method] = float((high - low).mean())
    return Cell(design, size, share, coverage, width)


def cells(samples: int, seed: int) -> Iterator[Cell]:
    rng = np.random.default_rng(seed)
    for design in GRIDS:
        for size in SIZES:
            for share in SHARES:
                yield simulate(design, size, share, samples, rng)


def document(found: list[Cell], of_adults: list[adults.Cell], samples: int, seed: int) -> str:
    default = IntervalMethod.KORN_GRAUBARD
    worst = min(found, key=lambda cell: cell.coverage[default])
    short = [cell for cell in found if cell.coverage[default] < 0.94]
    noise = 196 * (0.95 * 0.05 / samples) ** 0.5
    lines = [
        "# How often the intervals hold the truth",
        "",
        f"Made by `python -m tests.coverage --samples {samples} --seed {seed}` on {datetime.now(UTC):%Y-%m-%d}.",
        f"Nominal level 95 %; {samples:,} samples a cell, so a figure of 95.0 is uncertain by ±{noise:.1f}. Clustered",
        f"answers have intraclass correlation {CORRELATION}; degrees of freedom are the domain's.",
        "",
        f"The default, `korn_graubard`, is lowest at {100 * worst.coverage[default]:.1f} % "
        f"({worst.design}, n = {worst.size}, p = {worst.share:g}).",
    ]
    if short:
        where = (f"{cell.design}, n = {cell.size}, p = {cell.share:g}" for cell in short)
        lines.append(f"It is below 94 % at: {'; '.join(where)}.")
    else:
        lines.append("It is nowhere below 94 %.")
    lines += ["", "Each entry: coverage in % / mean width in percentage points.", ""]
    lines.append("| design | n | p | " + " | ".join(f"`{method}`" for method in METHODS) + " |")
    lines.append("|---|---|---|" + "---|" * len(METHODS))
    for cell in found:
        figures = [f"{100 * cell.coverage[method]:.1f} / {100 * cell.width[method]:.1f}" for method in METHODS]
        lines.append(f"| {cell.design} | {cell.size} | {cell.share:g} | " + " | ".join(figures) + " |")
    return "\n".join([*lines, "", *adults.section(of_adults)]) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description="Coverage of the intervals of a share.")
    parser.add_argument("--samples", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args()
    found = []
    for cell in cells(asked.samples, asked.seed):
        found.append(cell)
        print(
            f"{cell.design:12} n={cell.size:<4} p={cell.share:<5} "
            + " ".join(f"{m}={c:.3f}" for m, c in cell.coverage.items())
        )
    of_adults = []
    for each in adults.cells(asked.samples, asked.seed):
        of_adults.append(each)
        print(f"fraction={each.fraction:<5} n={each.size:<4} p={each.share:<5} {each.left_out} {each.corrected}")
    asked.out.write_text(document(found, of_adults, asked.samples, asked.seed), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
