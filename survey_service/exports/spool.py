"""Blocks kept on disk while several formats are written of them, so that answers are fetched and judged once.

A folder of its own beside the files, its owner's alone, and gone with the export.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from survey_service.exports.dataset import Dataset, Holds


@contextmanager
def spooled(dataset: Dataset, folder: Path) -> Iterator[Dataset]:
    """The data set with blocks that are read from disk from the second time on."""
    with tempfile.TemporaryDirectory(prefix=".export-", dir=folder) as own:  # mkdtemp makes it 0700
        yield replace(dataset, blocks=_Spool(dataset, Path(own)).blocks)


class _Spool:
    def __init__(self, dataset: Dataset, folder: Path) -> None:
        self._dataset, self._folder = dataset, folder
        self._texts = [one.name for one in dataset.variables if one.holds in (Holds.TEXT, Holds.DAY)]
        self._numbers = [one.name for one in dataset.variables if one.name not in self._texts]
        self._parts = 0
        self._whole = False

    def blocks(self) -> Iterator[pd.DataFrame]:
        if self._whole:
            yield from map(self._read, range(self._parts))
            return
        self._parts = 0
        for block in self._dataset.blocks():
            self._write(block)
            yield block
        self._whole = True

    def _write(self, block: pd.DataFrame) -> None:
        with (self._folder / f"{self._parts}.npy").open("wb") as file:
            np.save(file, block[self._numbers].to_numpy(dtype=np.float64), allow_pickle=False)
        texts = {name: block[name].tolist() for name in self._texts}
        (self._folder / f"{self._parts}.json").write_text(json.dumps(texts), encoding="ascii")
        self._parts += 1

    def _read(self, part: int) -> pd.DataFrame:
        numbers = np.load(self._folder / f"{part}.npy", allow_pickle=False)
        texts = json.loads((self._folder / f"{part}.json").read_text(encoding="ascii"))
        place = {name: at for at, name in enumerate(self._numbers)}
        columns = {
            one.name: numbers[:, place[one.name]] if one.name in place else texts[one.name]
            for one in self._dataset.variables
        }
        return pd.DataFrame(columns, copy=False)
