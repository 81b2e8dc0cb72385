"""Exports: rows a second and peak memory of every format: ``python -m tests.bench.exports``, JSON lines.

A wave is laid in a database once and read from there, with the judge and everything, into each format in a process of
its own; for a million rows the blocks of that wave are written again and again, which measures the writers alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import select

from survey_service.database import open_database
from survey_service.exports.cases import dataset_of_wave
from survey_service.exports.dataset import Dataset
from survey_service.exports.formats import DATA, Format
from survey_service.exports.spool import Spool
from survey_service.exports.writing import WaveSource, write_dataset, write_export
from survey_service.models import Wave

CASES, MANY = 100_000, 1_000_000
STREAMED = (Format.CSV, Format.PARQUET)
AT_LEAST, AT_MOST = 20_000, 300  # rows a second, MB: of CSV and Parquet


def lay(folder: Path) -> None:
    """Imported here: what is measured has no more in memory than a worker that exports."""
    from survey_service.analyses.wave_columns import columns_of_wave
    from survey_service.audit.chain import SERVICE
    from survey_service.migrations import migrate
    from survey_service.surveys import figures
    from survey_service.surveys import service as surveys
    from tests.service.world import NOW
    from tests.simulated.in_database import lay_city, lay_wave
    from tests.simulated.varied import varied_contents
    from tests.simulated.waves import Shape, city, wave

    database = open_database(f"sqlite:///{folder / 'city.db'}")
    migrate(database)
    of = city(Shape(streets=10, communities=20, households=200, issued=125, indicators=2), 11)
    with database.writing.begin() as session:
        laid = lay_city(session, of)
        wave_id = lay_wave(session, laid, wave(of, 500), "w", varied_contents)
        for step in (surveys.begin_review, figures.open_figures):
            step(session, laid.survey_id, wave_id, at=NOW, by=SERVICE)
    with database.reading.begin() as session:  # as the job of a wave keeps them when it closes
        columns_of_wave(session, laid.survey_id, wave_id, folder / "columns")
    database.dispose()


def measured(folder: Path, form: Format, rows: int) -> dict[str, Any]:
    """In this process: one format from the database, or ``rows`` rows through its writer alone."""
    database = open_database(f"sqlite:///{folder / 'city.db'}")
    with database.reading.begin() as session, tempfile.TemporaryDirectory(dir=folder) as own:
        found = session.scalars(select(Wave)).one()
        source = WaveSource(session=session, survey_id=found.survey_id, wave_id=found.id, columns=folder / "columns")
        if not rows:
            work, before, start = "from the database", peak(), clocks()
            rows = write_export(source, [form], Path(own))[0].rows
        else:
            work, dataset = "the writer alone", again(source, Path(own), rows)
            before, start = peak(), clocks()
            write_dataset(dataset, [form], Path(own))
        seconds, busy = (round(now - then, 1) for now, then in zip(clocks(), start, strict=True))
    line = {"work": f"{form.value}, {rows:,} rows, {work}", "seconds": seconds, "processor_seconds": busy}
    line |= {"rows_per_second": round(rows / seconds), "rows_per_processor_second": round(rows / busy)}
    line |= {"peak_mb": peak(), "peak_mb_before": before}
    return {**line, "at_least": AT_LEAST, "peak_mb_at_most": AT_MOST} if form in STREAMED else line


def clocks() -> tuple[float, float]:
    """Of the wall and of the processor: others may work on this machine."""
    return time.perf_counter(), time.process_time()


def peak() -> int:
    """MB of this program: what getrusage says is also of the program that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return round(int(status.partition("VmHWM:")[2].split()[0]) / 1024)


def again(source: WaveSource, folder: Path, rows: int) -> Dataset:
    """The same blocks until there are so many rows."""
    dataset = dataset_of_wave(source)
    spool = Spool(folder, "0" * 64)
    few = next(spool.of(dataset).blocks())

    def blocks(start: int = 0) -> Iterator[pd.DataFrame]:
        for first in range(start, rows, len(few)):
            yield few.iloc[: rows - first]

    return replace(dataset, rows=rows, blocks=blocks)


def measure() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as name:
        lay(Path(name))
        jobs = [(one, 0) for one in (*DATA, Format.CSV)] + [(one, rows) for one in STREAMED for rows in (CASES, MANY)]
        for form, rows in jobs:
            command = [sys.executable, "-m", "tests.bench.exports", name, form.value, str(rows)]
            yield subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(measured(Path(sys.argv[1]), Format(sys.argv[2]), int(sys.argv[3]))))
    else:
        for line in measure():
            print(line, flush=True)
