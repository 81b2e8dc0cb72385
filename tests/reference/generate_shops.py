"""The data of ``city_shops``: shops with numbers to be added up, an opinion and a ranking, drawn by street block."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent / "city_shops"
COMMUNITIES, BLOCKS = 6, 8
KINDS = ("food", "goods", "services")
TOTALS = {"food": 900, "goods": 1400, "services": 700}


def cases(seed: int) -> pd.DataFrame:
    """One row a shop. Who trains, trains many; who visits the office more, complains more."""
    rng = np.random.default_rng(seed)
    rows = []
    for community in range(COMMUNITIES):
        drawn = int(rng.integers(4, 6, endpoint=True))
        for block in range(drawn):
            shift = rng.normal(0, 0.6)
            for shop in range(int(rng.integers(5, 9, endpoint=True))):
                staff = 1 + int(rng.poisson(np.exp(rng.normal(1.0, 0.8))))
                share = 1 / (1 + np.exp(-(0.4 + shift)))
                visits = int(rng.poisson(2.0))
                order = rng.permutation(6) + 1
                rows.append(
                    {
                        "community": f"C{community}",
                        "block": f"C{community}-{block}",
                        "blocks": BLOCKS,
                        "shop": f"C{community}-{block}-{shop}",
                        "weight": round(BLOCKS / drawn * float(rng.uniform(8, 20)), 4),
                        "kind": KINDS[int(rng.choice(3, p=[0.3, 0.5, 0.2]))],
                        "staff": staff if rng.random() < 0.95 else None,
                        "trained": int(rng.binomial(staff, share)) if rng.random() < 0.95 else None,
                        "visits": visits,
                        "complaints": int(rng.binomial(visits * 2, 0.15)) if visits else None,
                        "satisfied": str(rng.choice(["1", "2", "3", "9"], p=[0.4, 0.3, 0.15, 0.15])),
                        "first": "".join(str(code) for code in order[:3]) if rng.random() < 0.9 else None,
                    }
                )
    return pd.DataFrame(rows)


def write() -> None:
    frame = cases(20261130)
    for column in ("staff", "trained", "visits", "complaints"):
        frame[column] = frame[column].astype("Int64")
    frame.to_csv(HERE / "data.csv", index=False)
