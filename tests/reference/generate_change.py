"""The data of ``city_change``: two waves of a city that share half of their grids in half of their communities, and a
register for each wave that its sample misses."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent / "city_change"
STREETS, COMMUNITIES = 3, 12
AGES, SEXES = ("18-39", "40-59", "60+"), ("f", "m")
WAVES = ("2026Q2", "2026Q3")


def respondents(seed: int) -> pd.DataFrame:
    """One row per adult who answered. The even communities keep two grids, the odd ones draw all of them anew."""
    rng = np.random.default_rng(seed)
    rows = []
    for community in range(COMMUNITIES):
        level, first = rng.normal(0.3, 0.5), [int(one) for one in rng.choice(20, 4, replace=False)]
        left = [one for one in range(20) if one not in first]
        kept = first[:2] if community % 2 == 0 else []
        second = kept + [int(one) for one in rng.choice(left, 4 - len(kept), replace=False)]
        shifts = {grid: rng.normal(0, 0.6) for grid in {*first, *second}}
        for number, (wave, grids) in enumerate(zip(WAVES, (first, second), strict=True)):
            for grid in grids:
                for _ in range(int(rng.integers(4, 8, endpoint=True))):
                    age = int(rng.choice(3, p=[0.4, 0.35, 0.25]))
                    chance = 1 / (1 + np.exp(-(level + shifts[grid] + 0.4 * (age - 1) - 0.5 * number)))
                    adults = int(rng.integers(1, 4, endpoint=True))
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


def register(frame: pd.DataFrame, seed: int) -> list[tuple[str, str, str, float]]:
    """(wave, variable, category, adults): the weighted sample of each wave, pushed away at random."""
    rng = np.random.default_rng(seed)
    lines: list[tuple[str, str, str, float]] = []
    for wave, rows in frame.groupby("wave"):
        cells = rows.groupby(["community", "age", "sex"])["weight"].sum()
        pushed = (cells * rng.uniform(0.7, 1.4, len(cells))).round()
        communities = pushed.groupby(level="community").sum()
        lines += [(str(wave), "community", str(key), float(total)) for key, total in communities.items()]
        ages = pushed.reset_index(name="adults")
        crossed = (ages["age"] + "*" + ages["sex"]).rename("age*sex")
        totals = ages["adults"].groupby(crossed).sum()
        lines += [(str(wave), "age*sex", str(key), float(total)) for key, total in totals.items()]
    return lines


def write() -> None:
    """Writes data and registers; the same bytes each time."""
    frame = respondents(101)
    HERE.mkdir(exist_ok=True)
    frame.to_csv(HERE / "data.csv", index=False)
    with (HERE / "register.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["wave", "variable", "category", "adults"])
        writer.writerows(register(frame, 103))


if __name__ == "__main__":
    write()
