"""The data of ``city_drivers``: a rate and four items of the same people, of which two hang together and some were not
judged, in a city of grids, with a register that the sample misses."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from tests.reference.generate_change import register

HERE = Path(__file__).parent / "city_drivers"
COMMUNITIES, GRIDS = 10, 4
AGES, SEXES = ("18-39", "40-59", "60+"), ("f", "m")
ITEMS = ("lanes", "waste", "parking", "windows")
_PULL = np.array([1.4, 0.2, 0.9, 0.0])  # of each item on the rate


def respondents(seed: int) -> pd.DataFrame:
    """One row per adult who answered; an item is empty where it was not judged."""
    rng = np.random.default_rng(seed)
    rows = []
    for community in range(COMMUNITIES):
        level = rng.normal(0.4, 0.4)
        for grid in range(GRIDS):
            shift = rng.normal(0, 0.5)
            for _ in range(int(rng.integers(6, 12, endpoint=True))):
                age, mood = int(rng.choice(3, p=[0.4, 0.35, 0.25])), rng.normal(0, 1.0)
                pulls = np.array([mood, mood, 0.3 * mood, 0.0]) + level + shift
                items = (rng.random(4) < 1 / (1 + np.exp(-pulls))).astype(int)
                chance = 1 / (1 + np.exp(-(_PULL @ items - 0.8 + shift + 0.3 * (age - 1))))
                satisfied, judged = int(rng.random() < chance), rng.random(4) < 0.95
                rows.append(
                    {
                        "wave": "2026Q3",
                        "community": f"C{community:02d}",
                        "grid": f"C{community:02d}-{grid:02d}",
                        "weight": round(float(rng.uniform(15, 120)), 4),
                        "age": AGES[age],
                        "sex": SEXES[int(rng.random() < 0.46)],
                        "satisfied": satisfied,
                        **{
                            name: int(value) if seen else None
                            for name, value, seen in zip(ITEMS, items, judged, strict=True)
                        },
                    }
                )
    return pd.DataFrame(rows).astype(dict.fromkeys(ITEMS, "Int64"))


def write() -> None:
    """Writes data and register; the same bytes each time."""
    frame = respondents(131)
    HERE.mkdir(exist_ok=True)
    frame.to_csv(HERE / "data.csv", index=False)
    with (HERE / "register.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["wave", "variable", "category", "adults"])
        writer.writerows(register(frame, 137))


if __name__ == "__main__":
    write()
