"""Blocks on disk while files are written of them: answers are read and judged once, and a killed export goes on.

A folder of its own beside the files, its owner's alone, named for what the rows are made of; it holds the seed of the
order, the blocks that were read, and which files are whole. It goes with the end of the export, and where rows, plan
or choices moved since, the next export begins anew.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from survey_service import private
from survey_service.exports.beside import sha256_of, whole
from survey_service.exports.block import frame_of
from survey_service.exports.dataset import Dataset

_FOLDER: Final = ".export-"
_STATE: Final = "state.json"
_MARK: Final = "\0"  # between texts


class Spool:
    """What an export has done so far."""

    def __init__(self, folder: Path, key: str) -> None:
        """``key``: of rows, plan and choices; one that differs from what lies there makes a new beginning."""
        self._beside = folder
        self.folder = folder / f"{_FOLDER}{key[:32]}"
        for other in folder.glob(f"{_FOLDER}*"):
            if other != self.folder:
                shutil.rmtree(other, ignore_errors=True)
        private.folder(self.folder)
        self._state: dict[str, Any] = {"seed": secrets.randbits(64), "files": {}}
        found = self.folder / _STATE
        if found.exists():
            self._state = json.loads(found.read_text(encoding="utf-8"))
        else:
            self._keep()

    @property
    def seed(self) -> int:
        """Of the order of the rows, so that a second try has the same."""
        return int(self._state["seed"])

    def written(self, name: str) -> dict[str, Any] | None:
        """What is known of a file that was whole already, and is still; None where it must be written."""
        known: dict[str, Any] | None = self._state["files"].get(name)
        path = self._beside / name
        if known is None or not path.is_file() or sha256_of(path) != known["sha256"]:
            return None
        return known

    def is_written(self, name: str, **known: Any) -> None:
        self._state["files"][name] = known
        self._keep()

    def _keep(self) -> None:
        with whole(self.folder / _STATE) as part:
            part.write_text(json.dumps(self._state), encoding="utf-8")

    def of(self, dataset: Dataset) -> Dataset:
        """The data set with blocks that are read from disk where they lie there."""
        return replace(dataset, blocks=_Blocks(dataset, self.folder).blocks)

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class _Blocks:
    def __init__(self, dataset: Dataset, folder: Path) -> None:
        self._dataset, self._folder = dataset, folder
        self._texts = [one.name for one in dataset.variables if one.holds.in_words]
        texts = set(self._texts)
        self._numbers = [one.name for one in dataset.variables if one.name not in texts]

    def blocks(self, start: int = 0) -> Iterator[pd.DataFrame]:
        """Those on disk, then the others, which are put there."""
        rows = 0
        for block in self._all():
            rows += len(block)
            if rows > start:
                yield block.iloc[max(start - rows + len(block), 0) :]

    def _all(self) -> Iterator[pd.DataFrame]:
        part = rows = 0
        while rows < self._dataset.rows and self._texts_of(part).exists():
            block = self._read(part)
            part, rows = part + 1, rows + len(block)
            yield block
        if rows == self._dataset.rows:
            return
        for block in self._dataset.blocks(rows):
            self._write(part, block)
            part += 1
            yield block

    def _texts_of(self, part: int) -> Path:
        """Of two files the one that is put last."""
        return self._folder / f"{part}.json"

    def _write(self, part: int, block: pd.DataFrame) -> None:
        with (self._folder / f"{part}.npy").open("wb") as file:
            np.save(file, block[self._numbers].to_numpy(dtype=np.float64), allow_pickle=False)
        texts = {name: _joined(block[name].tolist()) for name in self._texts}
        new = self._folder / f"{part}.new"
        new.write_text(json.dumps(texts), encoding="ascii")
        new.replace(self._texts_of(part))

    def _read(self, part: int) -> pd.DataFrame:
        numbers = np.load(self._folder / f"{part}.npy", allow_pickle=False)
        texts = json.loads(self._texts_of(part).read_text(encoding="ascii"))
        place = {name: at for at, name in enumerate(self._numbers)}
        columns = (
            numbers[:, place[one.name]] if one.name in place else np.array(_parted(texts[one.name]), dtype=object)
            for one in self._dataset.variables
        )
        return frame_of(self._dataset.variables, columns)


def _joined(texts: list[str]) -> str | list[str]:
    """One text is written and read in a tenth of the time of five thousand; as they are where one holds the mark."""
    joined = _MARK.join(texts)
    return joined if joined.count(_MARK) == len(texts) - 1 else texts


def _parted(joined: str | list[str]) -> list[str]:
    return joined.split(_MARK) if isinstance(joined, str) else joined
