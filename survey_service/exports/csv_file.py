"""An export as CSV: UTF-8 with a mark that Excel knows it by, block by block, codes as numbers, nothing empty but NaN.

Text that a spreadsheet would run as a formula has an apostrophe before it (``tabular.harmless``); every other format
has the text as it was given.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from survey_service.exports.dataset import Dataset, Variable
from survey_service.tabular.harmless import harmless

Told = Callable[[int], None]
"""Told how many rows of a file are written."""
_END: Final = "\r\n"
_QUOTED: Final = re.compile(r'[,"\r\n]')
_SPAN: Final = 1_000


def write_csv(dataset: Dataset, path: Path, told: Told) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, lineterminator=_END).writerow([one.name for one in dataset.variables])
        done = 0
        for block in dataset.blocks():
            rows = zip(*(_fields(block, one) for one in dataset.variables), strict=True)
            file.write("".join(f"{line}{_END}" for line in map(",".join, rows)))
            done += len(block)
            told(done)


def _fields(block: pd.DataFrame, variable: Variable) -> list[str]:
    """A column as it stands in the file; what is the same is written out once."""
    if variable.holds.in_words:
        return list(map(_Fields().__getitem__, block[variable.name].tolist()))
    values = block[variable.name].to_numpy(dtype=np.float64)
    absent = np.isnan(values)
    whole = np.where(absent, 0, values)
    least, most = whole.min(initial=0), whole.max(initial=0)
    if most - least <= _SPAN and (whole == np.floor(whole)).all():  # codes: found by their place
        place = np.where(absent, -1, whole - least).astype(np.int64)
        different = np.arange(least, most + 1)
        said = [*map(number_text, different.tolist()), ""]
    else:
        different, place = np.unique(values, return_inverse=True)
        said = list(map(number_text, different.tolist()))
    found: list[str] = np.array(said, dtype=object)[place].tolist()
    return found


class _Fields(dict[str, str]):
    """Texts as fields, with quotes where the module ``csv`` puts them."""

    def __missing__(self, text: str) -> str:
        safe = str(harmless(text))
        if _QUOTED.search(safe):
            safe = '"{}"'.format(safe.replace('"', '""'))
        self[text] = safe
        return safe


def number_text(value: float) -> str:
    """The shortest digits that are read back as the same number; empty for NaN."""
    if value != value:
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
