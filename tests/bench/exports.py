"""Exports: rows a second and peak memory of every format: ``python -m tests.bench.exports``, JSON lines.

Waves of a hundred thousand and of a million cases are laid in a database once and read from there, with the judge and
everything, into each format in a process of its own; of a million those formats that are streamed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from survey_service.database import open_database
from survey_service.exports.formats import DATA, Format
from survey_service.exports.writing import WaveSource, write_export
from survey_service.models import Wave

FEW, MANY = (10, 20), (50, 40)  # streets and communities in each, of 500 cases: 100,000 and 1,000,000
STREAMED = (Format.CSV, Format.PARQUET)
AT_LEAST, AT_MOST = 20_000, 300  # rows a second, MB: of CSV and Parquet


def lay(folder: Path, streets: int, communities: int) -> None:
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
    of = city(Shape(streets=streets, communities=communities, households=200, issued=125, indicators=2), 11)
    with database.writing.begin() as session:
        laid = lay_city(session, of)
        wave_id = lay_wave(session, laid, wave(of, 500), "w", varied_contents)
        for step in (surveys.begin_review, figures.open_figures):
            step(session, laid.survey_id, wave_id, at=NOW, by=SERVICE)
    with database.reading.begin() as session:  # as the job of a wave keeps them when it closes
        columns_of_wave(session, laid.survey_id, wave_id, folder / "columns")
    database.dispose()


def measured(folder: Path, form: Format) -> dict[str, Any]:
    """In this process: one format from the database."""
    database = open_database(f"sqlite:///{folder / 'city.db'}")
    with database.reading.begin() as session, tempfile.TemporaryDirectory(dir=folder) as own:
        found = session.scalars(select(Wave)).one()
        source = WaveSource(session=session, survey_id=found.survey_id, wave_id=found.id, columns=folder / "columns")
        before, start = peak(), clocks()
        with Own() as memory:
            rows = write_export(source, [form], Path(own))[0].rows
        seconds, busy = (round(now - then, 1) for now, then in zip(clocks(), start, strict=True))
    line = {"work": f"{form.value}, {rows:,} rows", "seconds": seconds, "processor_seconds": busy}
    line |= {"rows_per_second": round(rows / seconds), "rows_per_processor_second": round(rows / busy)}
    line |= {"own_mb": memory.most, "peak_mb": peak(), "peak_mb_before": before}
    return {**line, "at_least": AT_LEAST, "own_mb_at_most": AT_MOST} if form in STREAMED else line


class Own:
    """MB that the program had to itself at its peak, looked at fifty times a second: what it reads of files that lie
    in the system's memory anyway is not its own."""

    def __init__(self) -> None:
        self.most, self._over = 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Own:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.02):
            self.most = max(self.most, of_this_process("RssAnon:"))


def clocks() -> tuple[float, float]:
    """Of the wall and of the processor: others may work on this machine."""
    return time.perf_counter(), time.process_time()


def peak() -> int:
    """MB of this program: what getrusage says is also of the program that started it."""
    return of_this_process("VmHWM:")


def of_this_process(what: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return round(int(status.partition(what)[2].split()[0]) / 1024)


def measure() -> Iterator[str]:
    for size, forms in ((FEW, DATA), (MANY, STREAMED)):
        with tempfile.TemporaryDirectory() as name:
            lay(Path(name), *size)
            for form in forms:
                command = [sys.executable, "-m", "tests.bench.exports", name, form.value]
                yield subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(measured(Path(sys.argv[1]), Format(sys.argv[2]))))
    else:
        for line in measure():
            print(line, flush=True)
