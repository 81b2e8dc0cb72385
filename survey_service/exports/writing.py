"""An export from first to last: the data set of a wave, and the files of every format that was asked for.

Names begin with the key of the wave: ``2026Q3.csv``; where a wave is too large for one file of SPSS or Stata, with the
street's code behind: ``2026Q3-990181001000.sav``. Beside them lie ``plan.yaml`` and, where the weights meet margins,
``register.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from survey_service.exports import beside
from survey_service.exports.formats import DATA, Format

if TYPE_CHECKING:
    from reports.fonts import TypeSettings
    from survey_service.exports.dataset import Dataset

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
    ExportRefused; what was written until then stays, and is whole.
    """
    from survey_service.exports.cases import dataset_of_wave

    dataset = dataset_of_wave(source, texts=texts)
    return write_dataset(
        dataset, formats, folder, language=language, progress=progress, type_settings=source.type_settings
    )


def write_dataset(
    dataset: Dataset,
    formats: Sequence[Format],
    folder: Path,
    *,
    language: str = "zh",
    progress: Progress | None = None,
    type_settings: TypeSettings | None = None,
) -> tuple[WrittenFile, ...]:
    """As ``write_export``, of a data set that is made already."""
    from survey_service.exports.spool import spooled

    folder.mkdir(parents=True, exist_ok=True)
    beside.sweep(folder)
    wanted = [one for one in Format if one in formats]
    with_rows = [one for one in wanted if one in DATA]
    for one in wanted:
        _refuse(one, dataset)
    dataset = replace(dataset, cut=(*dataset.cut, *_cut(dataset, wanted, language)))
    told = _Told(len(with_rows) * dataset.rows, progress)
    found: list[WrittenFile] = []
    with ExitStack() as stack:
        if len(with_rows) > 1 or _streets(dataset, wanted):
            dataset = stack.enter_context(spooled(dataset, folder))
        writing = _Writing(dataset, folder, language, told, type_settings)
        for one in wanted:
            found += writing.format(one)
            if one in DATA:
                told.next(dataset.rows)
        if with_rows:
            found += writing.plan()
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
    told: Callable[[int], None]
    type_settings: TypeSettings | None

    def format(self, one: Format) -> Iterator[WrittenFile]:
        match one:
            case Format.SAV | Format.DTA:
                yield from self._statistics(one)
            case Format.CODEBOOK:
                yield self._written("-codebook.json", "codebook", "write_codebook", 0, self.told)
                yield self._written(
                    "-codebook.pdf", "codebook_pdf", "write_codebook_pdf", 0, self.language, self.type_settings
                )
            case Format.DDI:
                yield self._written("-ddi.xml", "ddi", "write_ddi", 0, self.language)
            case Format.XLSX:
                yield self._written(".xlsx", "xlsx_file", "write_xlsx", self.dataset.rows, self.told, self.language)
            case Format.CSV | Format.PARQUET:
                module, function = f"{one.value}_file", f"write_{one.value}"
                yield self._written(f".{one.value}", module, function, self.dataset.rows, self.told)

    def plan(self) -> Iterator[WrittenFile]:
        yield self._whole("plan.yaml", "plan_file", "write_plan", 0)
        if self.dataset.register is not None:
            yield self._whole("register.csv", "plan_file", "write_register", 0)

    def _statistics(self, one: Format) -> Iterator[WrittenFile]:
        files = import_module("survey_service.exports.statistics_files")
        for street in _streets(self.dataset, [one]) or ("",):
            frame = files.frame_of(self.dataset, self.told, street)
            if len(frame):
                end = f"-{street}.{one.value}" if street else f".{one.value}"
                yield self._written(
                    end, "statistics_files", f"write_{one.value}", len(frame), frame, language=self.language
                )

    def _written(self, end: str, module: str, function: str, rows: int, *further: Any, **named: Any) -> WrittenFile:
        return self._whole(f"{file_stem(self.dataset.wave)}{end}", module, function, rows, *further, **named)

    def _whole(self, name: str, module: str, function: str, rows: int, *further: Any, **named: Any) -> WrittenFile:
        write = getattr(import_module(f"survey_service.exports.{module}"), function)
        with beside.whole(self.folder / name) as part:
            write(self.dataset, part, *further, **named)
        return WrittenFile(name=name, sha256=beside.sha256_of(self.folder / name), rows=rows)


def file_stem(wave: str) -> str:
    """The key of a wave as a name of a file: no word of a key leads out of a folder."""
    return re.sub(r"[^\w-]+", "_", wave).strip("_") or "wave"


_STATISTICS: Final = (Format.SAV, Format.DTA)


def _streets(dataset: Dataset, formats: Sequence[Format]) -> tuple[str, ...]:
    if not any(one in _STATISTICS for one in formats):
        return ()
    found: tuple[str, ...] = import_module("survey_service.exports.statistics_files").street_files(dataset)
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
