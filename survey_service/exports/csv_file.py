"""An export as CSV: UTF-8 with a mark that Excel knows it by, block by block, codes as numbers, nothing empty but NaN.

Text that a spreadsheet would run as a formula has an apostrophe before it (``tabular.harmless``); every other format
has the text as it was given.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from survey_service.exports.dataset import Dataset, Holds, Variable
from survey_service.tabular.harmless import harmless

Told = Callable[[int], None]
"""Told how many rows of a file are written."""


def write_csv(dataset: Dataset, path: Path, told: Told) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([one.name for one in dataset.variables])
        done = 0
        for block in dataset.blocks():
            writer.writerows(zip(*(_texts(block, one) for one in dataset.variables), strict=True))
            done += len(block)
            told(done)


def _texts(block: pd.DataFrame, variable: Variable) -> list[Any]:
    if variable.holds in (Holds.TEXT, Holds.DAY):
        known: dict[str, object] = {}
        return [known[one] if one in known else known.setdefault(one, harmless(one)) for one in block[variable.name]]
    values = block[variable.name].to_numpy(dtype=np.float64)
    different, place = np.unique(values, return_inverse=True)  # few in most columns: each is written out once
    said = np.array([number_text(one) for one in different.tolist()], dtype=object)
    found: list[Any] = said[place].tolist()
    return found


def number_text(value: float) -> str:
    """The shortest digits that are read back as the same number; empty for NaN."""
    if value != value:
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
