"""Two of four bodies asked of each person, among those they had to do with: how often the intervals hold the truth.

Every sample is a community of one frame, drawn out of one population: people in grids, each with the bodies that belong
to them and what they would say of every one. Who had to do with more of them is less satisfied, and people of one grid
are alike. Tickets follow each other over the cases, as in a wave. The truth is that of the population, all bodies asked
of everybody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.design import SurveyDesign
from analysis.estimation import Ratio, estimate_table
from questionnaires.answers import judge
from questionnaires.answers_by_column import ColumnJudge
from questionnaires.evaluation import evaluator
from tests.spec.questionnaires.drawn import BODIES, questionnaire

FIGURES = ("of_tax", "of_post", "pooled", "both")
USED = (0.8, 0.7, 0.9, 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Of one figure over all samples."""

    truth: float
    mean: float  # of the estimates
    coverage: float
    deviation: float  # of the estimates from sample to sample
    error: float  # root of the mean of their variances


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    belongs: np.ndarray  # (grids, people, bodies)
    agrees: np.ndarray  # the same

    def truth(self, figure: str) -> float:
        tax, water = self.belongs[..., 0], self.belongs[..., 1]
        if figure == "both":
            base = tax & water & self.agrees[..., 0]
            return float(self.agrees[..., 1][base].mean())
        chosen = slice(None) if figure == "pooled" else BODIES.index(figure.removeprefix("of_"))
        return float(self.agrees[..., chosen][self.belongs[..., chosen]].mean())


def population(grids: int, people: int, chance: np.random.Generator, spread: float = 0.5) -> Population:
    belongs = chance.random((grids, people, len(BODIES))) < np.array(USED)
    mood = chance.normal(0, spread, (grids, 1, 1))
    lean = mood + 1.6 - 0.3 * np.arange(1, len(BODIES) + 1) - 0.25 * belongs.sum(axis=2, keepdims=True)
    return Population(belongs=belongs, agrees=chance.random(belongs.shape) < 1 / (1 + np.exp(-lean)))


def simulate(
    of: Population, samples: int, grids: int, people: int, chance: np.random.Generator, *, corrected: bool = False
) -> dict[str, Held]:
    """``grids`` of the population's grids in every sample, and ``people`` of each. One grid of all: plain samples of
    people out of a known number; ``corrected``: with the finite population correction that the service leaves out."""
    rows, raw = [], []
    for sample in range(samples):
        start = int(chance.integers(10**9))
        for grid in chance.choice(len(of.belongs), grids, replace=False):
            for person in chance.choice(of.belongs.shape[1], people, replace=False):
                rows.append((sample, int(grid), int(person)))
                raw.append(_answers(of, int(grid), int(person), start + len(raw)))
    frame = _pairs(raw)
    frame["sample"], frame["grid"], frame["person"] = (np.array(column) for column in zip(*rows, strict=True))
    frame["grid"] += frame["sample"] * len(of.belongs)
    frame["people"], frame["weight"] = of.belongs.shape[1], 1.0
    alone = grids == 1
    design = SurveyDesign.from_frame(
        frame,
        weight="weight",
        strata=["sample"],
        clusters=[] if alone else ["grid"],
        population_sizes=["people"] if alone else [],
    )
    design = design if corrected else design.asked_in_part()
    wanted = [Ratio(f"{name}.y", f"{name}.x", variable=name, scale=(0.0, 1.0)) for name in FIGURES]
    figures = estimate_table(frame, design, wanted, by=["sample"]).figures
    found: dict[str, Held] = {}
    for row, name in enumerate(FIGURES):
        truth, value = of.truth(name), figures.value[row]
        holds = (figures.low[row] <= truth) & (truth <= figures.high[row])
        found[name] = Held(
            truth=truth,
            mean=float(value.mean()),
            coverage=float(holds.mean()),
            deviation=float(value.std(ddof=1)),
            error=float(np.sqrt((figures.standard_error[row] ** 2).mean())),
        )
    return found


def _answers(of: Population, grid: int, person: int, ticket: int) -> dict[str, object]:
    used = [str(place) for place, belongs in enumerate(of.belongs[grid, person], start=1) if belongs]
    told = {f"{name}_all": "1" if agrees else "2" for name, agrees in zip(BODIES, of.agrees[grid, person], strict=True)}
    return {"used": used or ["8"], "bodies": ticket, **told}


def _pairs(raw: list[dict[str, object]]) -> pd.DataFrame:
    one = questionnaire()
    found = ColumnJudge(judge(one)).values(raw)
    pairs_of = evaluator(one)
    columns = [[column.values[code] for code in column.codes] for column in found.values()]
    nothing = (np.nan, np.nan)
    pairs = [pairs_of(dict(zip(found, row, strict=True))) for row in zip(*columns, strict=True)]
    made = {}
    for name in FIGURES:
        made[f"{name}.y"], made[f"{name}.x"] = zip(*(pair[name] or nothing for pair in pairs), strict=True)
    return pd.DataFrame(made)
