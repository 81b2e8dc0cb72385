"""The data of ``city_compared``: four items that the same adults rated, in communities of streets, and a register that
the sample misses."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent / "city_compared"
STREETS, COMMUNITIES, GRIDS = 3, 11, 4
AGES, SEXES = ("18-39", "40-59", "60+"), ("f", "m")
ITEMS = ("streets", "greens", "order", "parking")


def respondents(seed: int) -> pd.DataFrame:
    """One row per adult who answered; a few leave an item out. The last street has two communities only."""
    rng = np.random.default_rng(seed)
    rows = []
    for community in range(COMMUNITIES):
        level = rng.normal(0.5, 0.5)
        for grid in range(GRIDS):
            shift = rng.normal(0, 0.4)
            for _ in range(int(rng.integers(4, 9, endpoint=True))):
                age, mood = int(rng.choice(3, p=[0.4, 0.35, 0.25])), rng.normal(0, 1.2)
                adults = int(rng.integers(1, 4, endpoint=True))
                row: dict[str, object] = {
                    "street": f"S{min(community // 4, STREETS - 1)}" if community < 9 else "S2",
                    "community": f"C{community:02d}",
                    "grid": f"C{community:02d}-{grid:02d}",
                    "adults": adults,
                    "weight": round(5 * float(rng.uniform(3, 9)) * adults, 4),
                    "age": AGES[age],
                    "sex": SEXES[int(rng.random() < 0.46)],
                }
                for number, item in enumerate(ITEMS):
                    chance = 1 / (1 + np.exp(-(level + shift + mood + 0.3 * (age - 1) - 0.4 * number)))
                    row[item] = int(rng.random() < chance)
                    row[f"{item}_rated"] = int(rng.random() < (1.0 if number == 0 else 0.94))
                rows.append(row)
    return pd.DataFrame(rows)


def register(frame: pd.DataFrame, seed: int) -> list[tuple[str, str, float]]:
    """(variable, category, adults): the weighted sample, pushed away at random."""
    rng = np.random.default_rng(seed)
    cells = frame.groupby(["community", "age", "sex"])["weight"].sum()
    pushed = (cells * rng.uniform(0.7, 1.4, len(cells))).round()
    communities = pushed.groupby(level="community").sum()
    lines = [("community", str(key), float(total)) for key, total in communities.items()]
    ages = pushed.reset_index(name="adults")
    totals = ages["adults"].groupby((ages["age"] + "*" + ages["sex"]).rename("age*sex")).sum()
    return lines + [("age*sex", str(key), float(total)) for key, total in totals.items()]


def write() -> None:
    """Writes data and register; the same bytes each time."""
    frame = respondents(211)
    HERE.mkdir(exist_ok=True)
    frame.to_csv(HERE / "data.csv", index=False)
    with (HERE / "register.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["variable", "category", "adults"])
        writer.writerows(register(frame, 223))


if __name__ == "__main__":
    write()
