"""The data of ``city_pooled``: three waves of a city, and a register for each wave that its sample misses.

Of every four communities one asks the same grids in all waves, one keeps two of them throughout, one keeps two from the
second wave to the third and had others in the first, and one draws all of them anew each time.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from tests.reference.generate_change import register

HERE = Path(__file__).parent / "city_pooled"
STREETS, COMMUNITIES = 3, 12
AGES, SEXES = ("18-39", "40-59", "60+"), ("f", "m")
WAVES = ("2026Q1", "2026Q2", "2026Q3")


def grids_of(community: int, rng: np.random.Generator) -> list[list[int]]:
    """Of every wave."""
    drawn = [int(one) for one in rng.choice(20, 12, replace=False)]
    first, second, third = drawn[:4], drawn[4:8], drawn[8:]
    match community % 4:
        case 0:
            return [first, first, first]
        case 1:
            return [first, first[:2] + second[:2], first[:2] + third[:2]]
        case 2:
            return [first, second, second[:2] + third[:2]]
    return [first, second, third]


def respondents(seed: int) -> pd.DataFrame:
    """One row per adult who answered."""
    rng = np.random.default_rng(seed)
    rows = []
    for community in range(COMMUNITIES):
        level, shifts = rng.normal(0.3, 0.5), rng.normal(0, 0.6, 20)
        for number, (wave, grids) in enumerate(zip(WAVES, grids_of(community, rng), strict=True)):
            for grid in grids:
                for _ in range(int(rng.integers(2, 5, endpoint=True))):
                    age, adults = int(rng.choice(3, p=[0.4, 0.35, 0.25])), int(rng.integers(1, 4, endpoint=True))
                    chance = 1 / (1 + np.exp(-(level + shifts[grid] + 0.4 * (age - 1) - 0.3 * number)))
                    rows.append(
                        {
                            "wave": wave,
                            "street": f"S{community % STREETS}",
                            "community": f"C{community:02d}",
                            "grid": f"C{community:02d}-{grid:02d}",
                            "adults": adults,
                            "weight": round(5 * float(rng.uniform(3, 9)) * adults, 4),
                            "age": AGES[age],
                            "sex": SEXES[int(rng.random() < 0.46)],
                            "satisfied": int(rng.random() < chance),
                            "rated": int(rng.random() < 0.93),  # whether the item has an answer
                            "spending": round(float(rng.gamma(2 + abs(shifts[grid]), 300)), 2),
                            "persons": adults + int(rng.integers(0, 3)),
                        }
                    )
    return pd.DataFrame(rows)


def write() -> None:
    """Writes data and registers; the same bytes each time."""
    frame = respondents(107)
    HERE.mkdir(exist_ok=True)
    frame.to_csv(HERE / "data.csv", index=False)
    with (HERE / "register.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["wave", "variable", "category", "adults"])
        writer.writerows(register(frame, 109))


if __name__ == "__main__":
    write()
