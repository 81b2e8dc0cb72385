"""The data of ``city_wave``: the cases of a wave in two stages, who answered, and a register that the sample misses."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent / "city_wave"
STREETS, COMMUNITIES = 4, 16
AGES, SEXES = ("18-39", "40-59", "60+"), ("f", "m")


def cases(seed: int) -> pd.DataFrame:
    """One row per drawn adult, one adult a household. Response rises with age; so does what is asked."""
    rng = np.random.default_rng(seed)
    rows = []
    for community in range(COMMUNITIES):
        level = rng.normal(0.3, 0.5)
        drawn = int(rng.integers(3, 5, endpoint=True))
        exist = drawn + int(rng.integers(1, 9))
        for grid in range(drawn):
            shift = rng.normal(0, 0.5)
            size = int(rng.integers(8, 12, endpoint=True))
            there = size + int(rng.integers(10, 60))
            for household in range(size):
                age = int(rng.choice(3, p=[0.4, 0.35, 0.25]))
                adults = int(rng.integers(1, 4, endpoint=True))
                chance = 1 / (1 + np.exp(-(level + shift + 0.5 * (age - 1))))
                answered = household < 2 or rng.random() < 0.45 + 0.15 * age  # a grid without two shows no households
                rows.append(
                    {
                        "street": f"S{community % STREETS}",
                        "community": f"C{community:02d}",
                        "grid": f"C{community:02d}-{grid}",
                        "household": f"C{community:02d}-{grid}-{household}",
                        "grids": exist,
                        "households": there,
                        "weight": round(exist / drawn * there / size * adults, 4),
                        "housing": ["old", "new"][int(rng.random() < 0.3 + 0.1 * (community % 3))],
                        "answered": int(answered),
                        "age": AGES[age] if answered else None,
                        "sex": SEXES[int(rng.random() < 0.46)] if answered else None,
                        "satisfied": int(rng.random() < chance) if answered else None,
                        "score": float(rng.choice([100, 75, 55, 20])) if answered and rng.random() < 0.94 else None,
                        "spending": round(float(rng.gamma(2 + shift, 300)), 2) if answered else None,
                        "persons": adults + int(rng.integers(0, 3)) if answered else None,
                    }
                )
    return pd.DataFrame(rows)


def register(frame: pd.DataFrame, seed: int) -> list[tuple[str, str, float]]:
    """(variable, category, adults): the weighted cases, pushed away at random, of one population."""
    rng = np.random.default_rng(seed)
    answered = frame[frame["answered"] == 1]
    cells = answered.groupby(["community", "age", "sex"])["weight"].sum() * frame["weight"].sum()
    pushed = (cells / answered["weight"].sum() * rng.uniform(0.7, 1.4, len(cells))).round()
    lines = [("community", str(key), float(total)) for key, total in pushed.groupby(level="community").sum().items()]
    crossed = pushed.groupby(level=["age", "sex"]).sum()
    return lines + [("age*sex", "*".join(key), float(total)) for key, total in crossed.items()]


def write() -> None:
    """Writes data and register; the same bytes each time."""
    frame = cases(67)
    HERE.mkdir(exist_ok=True)
    frame.astype({"satisfied": "Int64", "persons": "Int64"}).to_csv(HERE / "data.csv", index=False)
    with (HERE / "register.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["variable", "category", "adults"])
        writer.writerows(register(frame, 71))


if __name__ == "__main__":
    write()
