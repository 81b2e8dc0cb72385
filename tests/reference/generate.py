"""The synthetic data of the reference cases, drawn once from fixed seeds and kept beside the numbers.

A city of unequal communities (strata) with grids (PSUs) and households; answers depend on community and grid, so that
design effects differ from one. Some answers are missing. Nothing here describes a real place.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.design import SurveyDesign
from analysis.estimation.replicates import Bootstrap

HERE = Path(__file__).parent


def city(seed: int, *, communities: int, grids: tuple[int, int], households: tuple[int, int]) -> pd.DataFrame:
    """One row per respondent; ``grids`` and ``households`` are the least and the most that are drawn."""
    rng = np.random.default_rng(seed)
    rows = []
    for community in range(communities):
        level = rng.normal(0.6, 0.6)
        drawn = int(rng.integers(*grids, endpoint=True))
        exist = drawn + int(rng.integers(1, 12))
        for grid in range(drawn):
            shift = rng.normal(0, 0.5)
            size = int(rng.integers(*households, endpoint=True))
            there = size + int(rng.integers(5, 60))
            for household in range(size):
                adults = int(rng.integers(1, 5))
                chance = 1 / (1 + np.exp(-(level + shift)))
                rows.append(
                    {
                        "street": f"S{community % 3}",
                        "community": f"C{community:02d}",
                        "grid": f"C{community:02d}-{grid}",
                        "household": f"C{community:02d}-{grid}-{household}",
                        "grids": exist,
                        "households": there,
                        "weight": round(exist / drawn * there / size * adults, 4),
                        "age": ["18-39", "40-59", "60+"][int(rng.integers(3))],
                        "aware": int(rng.random() < chance),
                        "rare": int(rng.random() < 0.04),
                        "takes_part": None if rng.random() < 0.1 else int(rng.random() < chance / 2),
                        "opinion": None if rng.random() < 0.08 else str(rng.choice(["a", "b", "c"], p=[0.5, 0.3, 0.2])),
                        "score": None if rng.random() < 0.05 else float(rng.choice([100, 75, 55, 20])),
                        "spending": round(float(rng.gamma(2 + shift, 300)), 2),
                        "persons": adults + int(rng.integers(0, 3)),
                    }
                )
    return pd.DataFrame(rows)


def adults_of_households(seed: int, *, communities: int, grids: tuple[int, int]) -> pd.DataFrame:
    """One row per adult who was asked: one of each household in most communities, all of them in two.

    ``grids`` as in ``city``; (1, 1): the community's households are drawn without grids. Households of one adult stand
    in every community, so that in some grids everyone was asked. Answers agree within a household.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for community in range(communities):
        level, whole, drawn = rng.normal(0.4, 0.5), community in (1, 4), int(rng.integers(*grids, endpoint=True))
        exist = drawn + int(rng.integers(1, 6)) if grids[1] > 1 else 1
        for grid in range(drawn):
            size = int(rng.integers(5, 16)) if grids[1] > 1 else int(rng.integers(20, 45))
            there = size + int(rng.integers(1, size))
            lonely = grid == 0 and grids[1] > 1  # a grid of people who live alone
            for household in range(size):
                adults = 1 if lonely else int(rng.integers(1, 4))
                chance = 1 / (1 + np.exp(-(level + rng.normal(0, 0.8))))
                asked = adults if whole else 1
                where = {
                    "street": f"S{community % 3}",
                    "community": f"C{community:02d}",
                    "grid": f"C{community:02d}-{grid}",
                    "household": f"C{community:02d}-{grid}-{household}",
                    "grids": exist,
                    "households": there,
                    "adults": adults,
                    "weight": round(exist / drawn * there / size * adults / asked, 4),
                }
                for _ in range(asked):
                    answers = {
                        "aware": int(rng.random() < chance),
                        "rare": int(rng.random() < 0.04),
                        "takes_part": None if rng.random() < 0.1 else int(rng.random() < chance / 2),
                        "opinion": None if rng.random() < 0.08 else str(rng.choice(["a", "b", "c"])),
                        "score": None if rng.random() < 0.05 else float(rng.choice([100, 75, 55, 20])),
                        "spending": round(float(rng.gamma(2 + chance, 300)), 2),
                        "persons": adults + int(rng.integers(0, 3)),
                    }
                    age = ["18-39", "40-59", "60+"][int(rng.integers(3))]
                    rows.append(where | {"age": age} | answers)
    return pd.DataFrame(rows)


def write() -> None:
    """Writes the data of every synthetic case; the same bytes each time."""
    clusters = city(11, communities=9, grids=(3, 7), households=(4, 12))
    clusters.to_csv(HERE / "city_clusters" / "data.csv", index=False)
    city(23, communities=7, grids=(3, 6), households=(3, 9)).to_csv(HERE / "city_two_stage" / "data.csv", index=False)
    elements = city(37, communities=6, grids=(1, 1), households=(25, 70))
    elements.to_csv(HERE / "city_elements" / "data.csv", index=False)
    lonely = city(41, communities=8, grids=(1, 4), households=(5, 10))
    lonely.to_csv(HERE / "city_lonely" / "data.csv", index=False)
    adults = adults_of_households(53, communities=6, grids=(1, 1))
    adults.to_csv(HERE / "city_adults" / "data.csv", index=False)
    nested = adults_of_households(59, communities=6, grids=(3, 5))
    nested.to_csv(HERE / "city_adults_grids" / "data.csv", index=False)
    _replicate_weights(clusters).to_csv(HERE / "city_methods" / "weights.csv", index=False)


def _replicate_weights(frame: pd.DataFrame) -> pd.DataFrame:
    """Twenty sets of bootstrap weights of the clustered city, so that both sides re-estimate from the same ones."""
    design = SurveyDesign.from_frame(frame, weight="weight", strata=["community"], clusters=["grid"])
    blocks = Bootstrap(np.random.default_rng(5), replicates=20).multipliers(design)
    factors = np.concatenate(list(blocks)).T[design.stages[0].unit_of_row]
    weights = np.round(frame["weight"].to_numpy()[:, None] * factors, 6)
    return pd.DataFrame(weights, columns=[f"r{number + 1:02d}" for number in range(20)])


if __name__ == "__main__":
    write()
