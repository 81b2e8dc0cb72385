"""The data of ``city_margins``: a synthetic city as in ``generate`` and population totals that its sample misses."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from tests.reference.generate import city

HERE = Path(__file__).parent / "city_margins"


def margins(frame: pd.DataFrame, seed: int) -> list[tuple[str, str, float]]:
    """(variable, category, total): the weighted sample, pushed away at random and made to agree."""
    rng = np.random.default_rng(seed)
    cells = frame.groupby(["community", "street", "age"])["weight"].sum()
    pushed = (cells * rng.uniform(0.75, 1.35, len(cells))).round()
    lines: list[tuple[str, str, float]] = []
    for names in (["age"], ["street"], ["street", "age"], ["community"], ["community", "age"]):
        for key, total in pushed.groupby(level=names).sum().items():
            lines.append(("*".join(names), "*".join(key) if isinstance(key, tuple) else str(key), float(total)))
    persons = float((frame["persons"] * frame["weight"]).sum())
    lines.append(("persons", "", round(persons * pushed.sum() / frame["weight"].sum() * 1.03)))
    return lines


def write() -> None:
    frame = city(53, communities=8, grids=(4, 7), households=(5, 11))
    frame.to_csv(HERE / "data.csv", index=False)
    with (HERE / "margins.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["variable", "category", "total"])
        writer.writerows(margins(frame, 59))


if __name__ == "__main__":
    write()
