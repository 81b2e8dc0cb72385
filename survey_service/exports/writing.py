"""An export from first to last: the data set of a wave, and the files of every format that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from survey_service.exports.formats import Format

Progress = Callable[[int, int], None]
"""Told how many steps are done, and of how many: a step is a block of rows in one format."""


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

    ``texts``: open answers too; whoever calls asks for the right. Raises NotFound, ExportRefused.
    """
    raise NotImplementedError
