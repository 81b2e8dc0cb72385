"""The data of ``city_told``: a wave whose list knows no adults, and whose households told how many they have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent / "city_told"
COMMUNITIES, GRIDS, DRAWN = 4, 3, 14


def cases(seed: int) -> pd.DataFrame:
    """One row a household. Who lives with more people is at home more often, and content less often."""
    rng = np.random.default_rng(seed)
    rows = []
    for community in range(COMMUNITIES):
        for grid in range(GRIDS):
            there = DRAWN * int(rng.integers(3, 9))
            for household in range(DRAWN):
                adults = int(rng.choice(5, p=[0.25, 0.4, 0.2, 0.1, 0.05])) + 1
                answered = household < 3 or rng.random() < 0.35 + 0.1 * adults
                told = answered and (household < 3 or rng.random() < 0.95)  # nearly all of them
                rows.append(
                    {
                        "community": f"C{community}",
                        "grid": f"C{community}-{grid}",
                        "household": f"C{community}-{grid}-{household:02d}",
                        "households": there,
                        "probability": DRAWN / there,
                        "answered": int(answered),
                        "adults": adults if told else None,
                        "satisfied": int(rng.random() < 0.8 - 0.1 * adults) if answered else None,
                    }
                )
    return pd.DataFrame(rows)


def write() -> None:
    """Writes the data; the same bytes each time."""
    HERE.mkdir(exist_ok=True)
    cases(89).astype({"adults": "Int64", "satisfied": "Int64"}).to_csv(HERE / "data.csv", index=False)


if __name__ == "__main__":
    write()
