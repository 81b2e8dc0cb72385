"""Synthetic answers to a questionnaire of which each person is asked two of the bodies they had to do with.

Grids are drawn within communities, households within grids, one adult each. Whoever lives in a grid is more alike than
others; who used more bodies is less satisfied, so that a figure without the weights of the draw would be off.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from questionnaires.answers import Policy, check_answers
from tests.spec.questionnaires.drawn import BODIES, questionnaire

FOLDER = Path(__file__).parent / "city_blocks"
SEED = 20261130
COMMUNITIES, GRIDS_THERE, GRIDS, HOUSEHOLDS_THERE, HOUSEHOLDS = 4, 12, 4, 40, 9


def write() -> None:
    chance = np.random.default_rng(SEED)
    rows = []
    for community in range(1, COMMUNITIES + 1):
        for grid in sorted(chance.choice(GRIDS_THERE, GRIDS, replace=False) + 1):
            mood = chance.normal(0, 0.6)
            for household in range(1, HOUSEHOLDS + 1):
                rows.append(_person(chance, community, int(grid), household, mood, len(rows)))
    FOLDER.mkdir(exist_ok=True)
    pd.DataFrame(rows).to_csv(FOLDER / "data.csv", index=False, lineterminator="\n")


def _person(
    chance: np.random.Generator, community: int, grid: int, household: int, mood: float, number: int
) -> dict[str, object]:
    one = questionnaire()
    used = [str(place) for place, share in enumerate((0.8, 0.7, 0.9, 0.5), start=1) if chance.random() < share]
    raw: dict[str, object] = {"used": used or ["8"], "bodies": number}
    for place, name in enumerate(BODIES, start=1):
        satisfied = chance.random() < 1 / (1 + np.exp(-(mood + 1.6 - 0.3 * place - 0.25 * len(used))))
        if chance.random() < 0.95:  # some leave it out
            raw[f"{name}_all"] = "1" if satisfied else "2"
    values = check_answers(one, raw, Policy.WEB).values
    drawn, among = (values[name] if isinstance(values[name], list) else [] for name in ("bodies", "bodies.among"))
    adults = int(chance.integers(1, 4))
    row: dict[str, object] = {
        "community": f"c{community}",
        "grid": f"c{community}-{grid:02d}",
        "household": f"c{community}-{grid:02d}-{household:02d}",
        "grids": GRIDS_THERE,
        "households": HOUSEHOLDS_THERE,
        "weight": round(GRIDS_THERE / GRIDS * HOUSEHOLDS_THERE / HOUSEHOLDS * adults, 6),
        "ticket": number,
        "used": ";".join(used or ["8"]),
    }
    for name in BODIES:
        assert isinstance(drawn, list)
        assert isinstance(among, list)
        row |= {f"belongs_{name}": int(name in among), f"drawn_{name}": int(name in drawn)}
        row[f"{name}_all"] = values[f"{name}_all"] if values[f"{name}_all"] in ("1", "2") else ""
    return row
