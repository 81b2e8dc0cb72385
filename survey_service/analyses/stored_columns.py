"""A wave's columns as a file: read again in a moment while nothing of the wave moved, made anew when something did.

The file is named for the wave and holds the key of the rows that it was made of (``audit.rows``); with another key it
is nothing. It is made of answers, so it is its owner's alone, stands in no backup, and goes with every erasure.

The arrays stay in the file and are read as they are looked at: what a wave of a million cases needs in memory is only
what is computed from them.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import numpy as np

from analysis.case_columns import CaseColumns, Labels, PackedNames
from survey_service import private
from survey_service.analyses.columns_folder import path_of

FORMAT = 4
_ALIGNED = 64
_MANY = 5_000  # names of households, not of communities: packed
_LABELS = ("community", "stratum", "weighting_class", "first_mode", "mode")
_ARRAYS = (
    "street_of_community",
    "adults",
    "probability",
    "disposition",
    "responded",
    "numerators",
    "denominators",
)

_OPTIONAL = ("told", "chance", "marked")

_UNREADABLE = (OSError, ValueError, KeyError, EOFError)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StoredWave:
    """What cannot be read in a moment: the cases, the answers, and what was counted while they were read."""

    columns: CaseColumns
    answers: Mapping[str, Labels]  # question -> answer of every respondent, of the questions that tell age and sex
    closed: Mapping[str, Labels]  # variable -> answer of every respondent, of every closed question
    item_nonresponse: Mapping[str, tuple[int, int]]
    open_responses: Mapping[str, int]
    open_in_bursts: Mapping[str, int]
    open_sums: Mapping[str, tuple[float, float, int]]
    snapshot_sha256: str


def write(folder: Path, wave_id: UUID, key: str, stored: StoredWave) -> None:
    """Whole or not at all."""
    private.folder(folder)
    arrays, texts = _taken_apart(stored)
    header = {
        "format": FORMAT,
        "key": key,
        "texts": texts,
        "item_nonresponse": {name: list(pair) for name, pair in stored.item_nonresponse.items()},
        "open_responses": dict(stored.open_responses),
        "open_in_bursts": dict(stored.open_in_bursts),
        "open_sums": {name: list(three) for name, three in stored.open_sums.items()},
        "snapshot": stored.snapshot_sha256,
    }
    header["arrays"] = list(arrays)
    handle, name = tempfile.mkstemp(dir=folder, prefix=f"{wave_id}.", suffix=".new")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as file:
            np.save(file, np.frombuffer(json.dumps(header).encode(), dtype=np.uint8), allow_pickle=False)
            for array in arrays.values():
                file.write(bytes(-file.tell() % _ALIGNED))
                np.save(file, array, allow_pickle=False)
        Path(name).replace(path_of(folder, wave_id))
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read(folder: Path, wave_id: UUID, key: str) -> StoredWave | None:
    """None where there is none of these very rows."""
    try:
        with path_of(folder, wave_id).open("rb") as file:
            header = _header(file)
            if header["format"] != FORMAT or header["key"] != key:
                return None
            arrays = {name: _in_file(file) for name in header["arrays"]}
    except _UNREADABLE:
        return None  # not there, or cut short: it is made anew
    columns, answers, closed = _put_together(arrays, header["texts"])
    return StoredWave(
        columns=columns,
        answers=answers,
        closed=closed,
        item_nonresponse={name: (pair[0], pair[1]) for name, pair in header["item_nonresponse"].items()},
        open_responses=header["open_responses"],
        open_in_bursts=header["open_in_bursts"],
        open_sums={name: (y, x, count) for name, (y, x, count) in header["open_sums"].items()},
        snapshot_sha256=header["snapshot"],
    )


def key_of(path: Path) -> str | None:
    """Of the rows that a file was made of; None where it cannot be read."""
    try:
        with path.open("rb") as file:
            return str(_header(file)["key"])
    except _UNREADABLE:
        return None


def _in_file(file: BinaryIO) -> np.ndarray:
    """The next array, left where it is; ValueError where the file ends before it does."""
    file.seek(-file.tell() % _ALIGNED, os.SEEK_CUR)
    np.lib.format.read_magic(file)
    shape, by_column, dtype = np.lib.format.read_array_header_1_0(file)
    start, size = file.tell(), dtype.itemsize * int(np.prod(shape, dtype=np.int64))
    if not size:
        return np.empty(shape, dtype)
    found = np.memmap(file, dtype, "r", start, shape, "F" if by_column else "C")
    file.seek(start + size)
    return found.view(np.ndarray)


def _header(file: BinaryIO) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(np.load(file, allow_pickle=False).tobytes())
    return found


def _taken_apart(stored: StoredWave) -> tuple[dict[str, Any], dict[str, list[str]]]:
    columns = stored.columns
    arrays: dict[str, Any] = {name: getattr(columns, name) for name in _ARRAYS}
    labels = {name: getattr(columns, name) for name in _LABELS}
    labels |= {f"unit {stage}": unit for stage, unit in enumerate(columns.units)}
    labels |= {f"answer {name}": given for name, given in stored.answers.items()}
    labels |= {f"closed {name}": given for name, given in stored.closed.items()}
    packed = {name: one.names for name, one in labels.items() if len(one.names) >= _MANY}
    texts = {name: [] if name in packed else list(one.names) for name, one in labels.items()}
    texts |= {"streets": list(columns.streets), "indicators": list(columns.indicators)}
    arrays |= {f"codes {name}": one.codes for name, one in labels.items()}
    for name in _OPTIONAL:
        if (array := getattr(columns, name)) is not None:
            arrays[name] = array
    arrays |= {f"population {stage}": values for stage, values in enumerate(columns.populations)}
    for name, names in packed.items():
        together = PackedNames.of(names)
        arrays |= {f"names {name}": together.bytes, f"ends {name}": together.ends}
    return arrays, texts


def _put_together(
    arrays: Mapping[str, Any], texts: Mapping[str, list[str]]
) -> tuple[CaseColumns, dict[str, Labels], dict[str, Labels]]:
    def labels(name: str) -> Labels:
        together = f"names {name}" in arrays
        names = PackedNames(arrays[f"names {name}"], arrays[f"ends {name}"]) if together else tuple(texts[name])
        return Labels(arrays[f"codes {name}"], names)

    stages = range(sum(name.startswith("population ") for name in arrays))
    kept: dict[str, Any] = {name: arrays[name] for name in _ARRAYS}
    kept |= {name: labels(name) for name in _LABELS}
    columns = CaseColumns(
        **kept,
        units=tuple(labels(f"unit {stage}") for stage in stages),
        populations=tuple(arrays[f"population {stage}"] for stage in stages),
        streets=tuple(texts["streets"]),
        indicators=tuple(texts["indicators"]),
        groups={},
        told=arrays.get("told"),
        chance=arrays.get("chance"),
        marked=arrays.get("marked"),
    )
    answers, closed = (
        {name.removeprefix(kind): labels(name) for name in texts if name.startswith(kind)}
        for kind in ("answer ", "closed ")
    )
    return columns, answers, closed
