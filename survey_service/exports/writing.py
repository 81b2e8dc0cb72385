"""An export from first to last: the data set of a wave, and the files of every format that was asked for.

Names begin with the key of the wave: ``2026Q3.csv``; where a wave is too large for one file of SPSS or Stata, with the
street's code behind: ``2026Q3-990181001000.sav``. Beside them lie ``plan.yaml`` and, where the weights meet margins,
``register.csv``; beside a CSV the scripts that compute the figures from it, and ``margins.csv``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from survey_service import private
from survey_service.errors import DomainError
from survey_service.exports import beside
from survey_service.exports.formats import DATA, Format

if TYPE_CHECKING:
    from reports.fonts import TypeSettings
    from survey_service.exports.dataset import Dataset
    from survey_service.exports.spool import Spool

Progress = Callable[[int, int], None]
"""Told how many rows are written, and of how many: every format that holds rows writes all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    name: str
    sha256: str
    rows: int  # 0 of a file without rows


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WaveSource:
    """A wave in a session that reads; it stays open until the files are written."""

    session: Session
    survey_id: UUID
    wave_id: UUID
    columns: Path | None = None  # where waves are kept as columns (``settings.columns``)
    type_settings: TypeSettings | None = None  # of the codebook's PDF


def write_export(
    source: WaveSource,
    formats: Sequence[Format],
    folder: Path,
    *,
    texts: bool = False,
    language: str = "zh",
    progress: Progress | None = None,
) -> tuple[WrittenFile, ...]:
    """Write ``<wave>.csv`` and so on into ``folder``, each beside its place and renamed when it is whole.

    ``texts``: open answers too; whoever calls asks for the right. Raises NotFound, FiguresClosed, PlanFails,
    ExportRefused; what was written until then stays, and is whole. Called again after it was killed, it goes on: files
    that are whole stay, and answers that were read are not read again.
    """
    from survey_service.exports.cases import dataset_of_wave
    from survey_service.exports.spool import Spool

    private.folder(folder)
    beside.sweep(folder)
    spools: list[Spool] = []

    def seed_of(key: str) -> int:
        choices = ",".join(sorted({one.value for one in formats}))
        spools.append(Spool(folder, hashlib.sha256(f"{key} {language} {choices}".encode()).hexdigest()))
        return spools[0].seed

    dataset = dataset_of_wave(source, texts=texts, seed_of=seed_of)
    [spool] = spools
    try:
        files = write_dataset(
            spool.of(dataset),
            formats,
            folder,
            language=language,
            progress=progress,
            done=spool,
            type_settings=source.type_settings,
        )
    except DomainError:
        spool.remove()
        raise
    spool.remove()
    return files


def write_dataset(
    dataset: Dataset,
    formats: Sequence[Format],
    folder: Path,
    *,
    language: str = "zh",
    progress: Progress | None = None,
    done: Spool | None = None,
    type_settings: TypeSettings | None = None,
) -> tuple[WrittenFile, ...]:
    """As ``write_export``, of a data set that is made already. ``done``: what an export that was killed had written."""
    wanted = [one for one in Format if one in formats]
    for one in wanted:
        _refuse(one, dataset)
    dataset = replace(dataset, cut=(*dataset.cut, *_cut(dataset, wanted, language)))
    with_rows = [one for one in wanted if one in DATA]
    told = _Told(len(with_rows) * dataset.rows, progress)
    writing = _Writing(dataset, folder, language, told, done, type_settings)
    found: list[WrittenFile] = []
    for one in wanted:
        found += writing.format(one)
        if one in DATA:
            told.next(dataset.rows)
    if with_rows:
        found += writing.plan()
    if Format.CSV in wanted:
        found += writing.scripts()
    return tuple(found)


class _Told:
    """Rows of one file as rows of all."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._before, self._total, self._progress = 0, total, progress

    def __call__(self, rows: int) -> None:
        if self._progress is not None:
            self._progress(min(self._before + rows, self._total), self._total)

    def next(self, rows: int) -> None:
        self._before += rows
        self(0)


@dataclass(frozen=True, slots=True)
class _Writing:
    dataset: Dataset
    folder: Path
    language: str
    told: _Told
    done: Spool | None
    type_settings: TypeSettings | None

    def format(self, one: Format) -> Iterator[WrittenFile]:
        rows = self.dataset.rows
        match one:
            case Format.SAV | Format.DTA:
                yield from self._statistics(one)
            case Format.CODEBOOK:
                yield self._whole(self._name("-codebook.json"), 0, _call("codebook", "write_codebook"))
                write = _call("codebook_pdf", "write_codebook_pdf", self.language, self.type_settings)
                yield self._whole(self._name("-codebook.pdf"), 0, write)
            case Format.DDI:
                yield self._whole(self._name("-ddi.xml"), 0, _call("ddi", "write_ddi", self.language))
            case Format.XLSX:
                write = _call("xlsx_file", "write_xlsx", self.told, self.language)
                yield self._whole(self._name(".xlsx"), rows, write)
            case Format.CSV | Format.PARQUET:
                write = _call(f"{one.value}_file", f"write_{one.value}", self.told)
                yield self._whole(self._name(f".{one.value}"), rows, write)

    def plan(self) -> Iterator[WrittenFile]:
        yield self._whole("plan.yaml", 0, _call("plan_file", "write_plan"))
        if self.dataset.register is not None:
            yield self._whole("register.csv", 0, _call("plan_file", "write_register"))

    def scripts(self) -> Iterator[WrittenFile]:
        """Beside a CSV: what computes the figures from it, in R and in Python."""
        stem = file_stem(self.dataset.wave)
        yield self._whole(self._name(".R"), 0, _call("scripts", "write_for_r", stem))
        yield self._whole(self._name(".py"), 0, _call("scripts", "write_for_python", stem))
        if self.dataset.plan.tests:
            yield self._whole(self._name("-tests.R"), 0, _call("planned_scripts", "write_for_r", stem))
            yield self._whole(self._name("-tests.py"), 0, _call("planned_scripts", "write_for_python", stem))
        if self.dataset.margins:
            yield self._whole("margins.csv", 0, _call("scripts", "write_margins"))

    def _statistics(self, one: Format) -> Iterator[WrittenFile]:
        for street, rows in _streets(self.dataset, self.told).items():
            write = _call("statistics_files", f"write_{one.value}", self.told, street, self.language)
            yield self._whole(self._name(f"-{street}.{one.value}" if street else f".{one.value}"), rows, write)

    def _name(self, end: str) -> str:
        return f"{file_stem(self.dataset.wave)}{end}"

    def _whole(self, name: str, rows: int, write: Callable[[Dataset, Path], None]) -> WrittenFile:
        """The file, unless it was whole already before the export was killed."""
        if self.done is not None and (known := self.done.written(name)) is not None:
            return WrittenFile(name=name, **known)
        with beside.whole(self.folder / name) as part:
            write(self.dataset, part)
        found = WrittenFile(name=name, sha256=beside.sha256_of(self.folder / name), rows=rows)
        if self.done is not None:
            self.done.is_written(name, sha256=found.sha256, rows=rows)
        return found


def _call(module: str, function: str, *further: Any) -> Callable[[Dataset, Path], None]:
    """``function(dataset, path, *further)`` of a module of this room, imported when its format is asked for."""

    def write(dataset: Dataset, path: Path) -> None:
        getattr(import_module(f"survey_service.exports.{module}"), function)(dataset, path, *further)

    return write


def file_stem(wave: str) -> str:
    """The key of a wave as a name of a file: no word of a key leads out of a folder."""
    return re.sub(r"[^\w-]+", "_", wave).strip("_") or "wave"


_STATISTICS: Final = (Format.SAV, Format.DTA)


def _streets(dataset: Dataset, told: _Told) -> Mapping[str, int]:
    """Streets with a file each and their rows; "" where the wave is one file."""
    found: Mapping[str, int] = import_module("survey_service.exports.statistics_files").streets(dataset, told)
    return found


def _cut(dataset: Dataset, formats: Sequence[Format], language: str) -> tuple[Any, ...]:
    if not any(one in _STATISTICS for one in formats):
        return ()
    found: tuple[Any, ...] = import_module("survey_service.exports.statistics_files").cut_labels(
        dataset, [one.value for one in formats], language
    )
    return found


def _refuse(one: Format, dataset: Dataset) -> None:
    """Before anything is written."""
    if one is Format.XLSX:
        import_module("survey_service.exports.xlsx_file").refuse_too_many(dataset)
    elif one is Format.PARQUET:
        import_module("survey_service.exports.parquet_file").refuse_without_package()
