"""``python -m tests.coverage.publication [--cities N] [--seed N]``: how many headline cells of communities are told.

Each city has ten streets of eight communities and four headline rates whose level differs by community (about 0.93,
0.88, 0.72 and 0.62, standard deviation 0.06). Households are drawn directly, one adult of each, or in four grids of the
community with an intraclass correlation of 0.05; the figures are made by the library and go through the gate with
streets and city, and with age groups and sex of both.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.design import SurveyDesign
from analysis.disclosure import protect
from analysis.estimation import Ratio, estimate
from analysis.results import Domain, Goal, PublicationRule, PublishableCell, PublishableTable, Reliability, Tier

LEVELS = {"awareness": 0.93, "support": 0.88, "participation": 0.72, "satisfaction": 0.62}
SPREAD = 0.06
CORRELATION = 0.05
STREETS, COMMUNITIES = 10, 8
STATES = ("shown", "coarse", "coded", "hidden")
RULE = PublicationRule(reliability=Reliability.TIERS)


@dataclass(frozen=True, slots=True)
class Draw:
    """How many answer in a community, least and most; in how many grids, None: drawn directly."""

    least: int
    most: int
    grids: int | None = None

    @property
    def name(self) -> str:
        return f"{self.least}-{self.most}" + ("" if self.grids is None else f" in {self.grids} grids")


DRAWS = (Draw(20, 25), Draw(20, 60), Draw(50, 60), Draw(50, 60, 4))


def responses(draw: Draw, rng: np.random.Generator) -> pd.DataFrame:
    """One row per respondent of a city."""
    parts = []
    for number in range(STREETS * COMMUNITIES):
        size = int(rng.integers(draw.least, draw.most + 1))
        grid = np.arange(size) % draw.grids if draw.grids else np.arange(size)
        adults = rng.choice([1, 2, 3, 4], size, p=[0.2, 0.5, 0.2, 0.1])
        columns: dict[str, object] = {
            "street": f"S{number // COMMUNITIES}",
            "community": f"C{number}",
            "psu": [f"C{number}-{one}" for one in grid],
            "weight": adults * rng.uniform(600, 3000) / size,
            "age": rng.choice(["18-39", "40-59", "60+"], size, p=[0.35, 0.37, 0.28]),
            "sex": rng.choice(["f", "m"], size),
            "one": 1.0,
        }
        for variable, level in LEVELS.items():
            share = float(np.clip(rng.normal(level, SPREAD), 0.02, 0.99))
            if draw.grids:
                known = 1 / CORRELATION - 1
                share_of = rng.beta(share * known, (1 - share) * known, draw.grids)[grid]
            else:
                share_of = np.full(size, share)
            columns[variable] = (rng.random(size) < share_of).astype(float)
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def published(frame: pd.DataFrame, rule: PublicationRule = RULE, *, groups: bool = True) -> PublishableTable:
    """The city, its streets, their communities, and age groups and sex of the first two, through the gate."""
    design = SurveyDesign.from_frame(frame, weight="weight", strata=["community"], clusters=["psu"])
    wanted = [Ratio(variable, "one", variable=variable, scale=(0.0, 1.0)) for variable in LEVELS]
    levels = [[], ["street"], ["community"]]
    if groups:
        levels += [["age"], ["sex"], ["street", "age"], ["street", "sex"]]
    tables = [estimate(frame, design, wanted, by=by) for by in levels]
    street_of = dict(zip(frame["community"], frame["street"], strict=True))
    hierarchy: dict[Domain, Domain] = {(("community", c),): (("street", s),) for c, s in street_of.items()}
    hierarchy |= {(("street", street),): () for street in set(street_of.values())}
    for name in ("age", "sex"):
        hierarchy |= {((name, str(value)),): () for value in frame[name].unique()}
    goals = dict.fromkeys(LEVELS, Goal(value=0.9))
    return protect(*tables, rule=rule, goals=goals, hierarchy=hierarchy)


def state(cell: PublishableCell) -> str:
    if cell.suppression is not None:
        return "hidden"
    if cell.coded is not None:
        return "coded"
    return "coarse" if cell.tier is Tier.COARSE or cell.unreliable else "shown"


def shares(draw: Draw, cities: int, seed: int, rule: PublicationRule = RULE) -> Mapping[str, Mapping[str, float]]:
    """Level -> state -> share of headline cells in all cities."""
    rng = np.random.default_rng([seed, draw.least, draw.most, draw.grids or 0])
    found: dict[str, Counter[str]] = {}
    for _ in range(cities):
        for row in published(responses(draw, rng), rule).rows:
            level = " x ".join(column for column, _ in row.domain) or "city"
            found.setdefault(level, Counter()).update(state(cell) for cell in row.cells)
    return {level: {name: counts[name] / counts.total() for name in STATES} for level, counts in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", type=int, default=60)
    parser.add_argument("--seed", type=int, default=20260930)
    given = parser.parse_args()
    print(f"| respondents | level | {' | '.join(STATES)} |\n|---|---|{'---|' * len(STATES)}")
    for draw in DRAWS:
        for level, told in shares(draw, given.cities, given.seed).items():
            print(
                f"| {draw.name} | {level} | {' | '.join(f'{100 * told[name]:.1f} %' for name in STATES)} |", flush=True
            )


if __name__ == "__main__":
    main()
