"""An export as Parquet: a row group a block, numbers with nulls, the codebook in the metadata.

pyarrow is the extra ``[parquet]`` of the installation.
"""

from __future__ import annotations

import json
from datetime import date, time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from survey_service.exports.codebook import codebook_of, column_of
from survey_service.exports.csv_file import Told
from survey_service.exports.dataset import Dataset, Holds, Variable
from survey_service.exports.errors import PackageMissing


def refuse_without_package() -> None:
    if find_spec("pyarrow") is None:
        raise PackageMissing


def write_parquet(dataset: Dataset, path: Path, told: Told) -> None:
    """PackageMissing where pyarrow is not installed."""
    refuse_without_package()
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [
            pa.field(one.name, _type(pa, one.holds), metadata={"survey": _json(column_of(one))})
            for one in dataset.variables
        ],
        metadata={"survey": _json({**codebook_of(dataset), "columns": None})},
    )
    done = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for block in dataset.blocks():
            columns = [_array(pa, block, one) for one in dataset.variables]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))
            done += len(block)
            told(done)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _type(pa: Any, holds: Holds) -> Any:
    return {
        Holds.WHOLE: pa.int64(),
        Holds.NUMBER: pa.float64(),
        Holds.TEXT: pa.string(),
        Holds.DAY: pa.date32(),
        Holds.CLOCK: pa.time32("s"),
    }[holds]


def _array(pa: Any, block: pd.DataFrame, variable: Variable) -> Any:
    if variable.holds is Holds.TEXT:
        return pa.array(block[variable.name].tolist(), type=pa.string())
    if variable.holds is Holds.DAY:
        days = [date.fromisoformat(one) if one else None for one in block[variable.name]]
        return pa.array(days, type=pa.date32())
    if variable.holds is Holds.CLOCK:
        times = [time.fromisoformat(one) if one else None for one in block[variable.name]]
        return pa.array(times, type=pa.time32("s"))
    values = block[variable.name].to_numpy(dtype=np.float64)
    absent = np.isnan(values)
    if variable.holds is Holds.NUMBER:
        return pa.array(values, mask=absent, type=pa.float64())
    return pa.array(np.where(absent, 0, values).astype(np.int64), mask=absent, type=pa.int64())
