"""One adult of each household, drawn out of a known number of households: with and without their correction.

Every sample is a community with a population of its own: households of one to four adults whose answers resemble each
other (intraclass correlation 0.1), of which a share is drawn without replacement and one adult of each is asked. The
truth is the share of all adults who live there. The correction that a frame of households invites counts the
households alone; ``adults`` leaves it out, because the adults who were not asked stay unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.design import SurveyDesign
from analysis.estimation import Ratio
from analysis.estimation.estimate import prepare_estimator
from analysis.estimation.options import Options
from analysis.results import IntervalMethod

FRACTIONS = (0.1, 0.4, 0.75, 1.0)
SIZES = (20, 60)
SHARES = (0.5, 0.9)
ADULTS = ((1, 2, 3, 4), (0.25, 0.5, 0.15, 0.1))
CORRELATION = 0.1
METHODS = (IntervalMethod.KORN_GRAUBARD, IntervalMethod.LOGIT, IntervalMethod.WALD)
Held = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Cell:
    """Coverage and mean width by method, None where no interval is given; ``corrected``: households alone."""

    fraction: float
    size: int
    share: float
    left_out: dict[IntervalMethod, Held | None]
    corrected: dict[IntervalMethod, Held | None]


def simulate(fraction: float, size: int, share: float, samples: int, rng: np.random.Generator) -> Cell:
    households = round(size / fraction)
    adults = rng.choice(ADULTS[0], p=ADULTS[1], size=(samples, households))
    spread = (1 - CORRELATION) / CORRELATION
    chance = rng.beta(share * spread, (1 - share) * spread, (samples, households))
    yes = rng.binomial(adults, chance)
    truth = yes.sum(axis=1) / adults.sum(axis=1)
    # Households are alike before they are looked at: the first ones are as good a draw as any.
    drawn, agree = adults[:, :size], yes[:, :size]
    frame = pd.DataFrame(
        {
            "community": np.repeat(np.arange(samples), size),
            "adults": drawn.ravel(),
            "households": households,
            "one": 1.0,
            "yes": (rng.random(drawn.shape) < agree / drawn).ravel().astype(np.float64),
        }
    )
    return Cell(fraction, size, share, _held(frame, truth, adults="adults"), _held(frame, truth))


def _held(frame: pd.DataFrame, truth: np.ndarray, **how: Any) -> dict[IntervalMethod, Held | None]:
    design = SurveyDesign.from_frame(
        frame, weight="adults", strata=["community"], population_sizes=["households"], **how
    )
    wanted = [Ratio("yes", "one", scale=(0.0, 1.0))]
    estimator = prepare_estimator(frame, design, wanted, by=["community"], options=Options())
    found: dict[IntervalMethod, Held | None] = {}
    for method in METHODS:
        estimator.options = replace(estimator.options, interval=method)
        figures = estimator.table().figures
        low, high = figures.low[0], figures.high[0]
        holds = float(((low <= truth + 1e-12) & (high >= truth - 1e-12)).mean())
        found[method] = None if np.isnan(low).any() else (holds, float((high - low).mean()))
    return found


def cells(samples: int, seed: int) -> Iterator[Cell]:
    rng = np.random.default_rng(seed)
    for fraction in FRACTIONS:
        for size in SIZES:
            for share in SHARES:
                yield simulate(fraction, size, share, samples, rng)


def section(found: list[Cell]) -> list[str]:
    """The lines of the document."""
    default = IntervalMethod.KORN_GRAUBARD
    least = min(cell.left_out[default] or (1.0, 0.0) for cell in found)[0]
    lines = [
        "## One adult per household",
        "",
        "Households are drawn without replacement out of a known number, the *fraction*, and one adult of each",
        f"(of 1 to 4) is asked; answers within a household have intraclass correlation {CORRELATION}, the truth is the",
        "share of all adults, weights count the adults. *Left out* is `adults=`, `--adults`: no finite population",
        "correction. *Corrected* is what the number of households alone would give; where all were drawn it has no",
        "interval, because the weights show that something below was drawn.",
        "",
        f"Left out, the default is lowest at {100 * least:.1f} %.",
        "",
    ]
    heads = [f"`{method}` {what}" for method in METHODS for what in ("left out", "corrected")]
    lines.append("| fraction | n | p | " + " | ".join(heads) + " |")
    lines.append("|---|---|---|" + "---|" * len(heads))
    for cell in found:
        figures = [_words(side[method]) for method in METHODS for side in (cell.left_out, cell.corrected)]
        lines.append(f"| {cell.fraction:g} | {cell.size} | {cell.share:g} | " + " | ".join(figures) + " |")
    return lines


def _words(held: Held | None) -> str:
    return "—" if held is None else f"{100 * held[0]:.1f} / {100 * held[1]:.1f}"
