"""The work of ``survey-service export``: the wave by its key, its files, and two entries of the audit log."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import Progress

from survey_service import private
from survey_service.audit.chain import SERVICE
from survey_service.clock import system_clock
from survey_service.commands.chosen_settings import chosen_settings
from survey_service.commands.plan_of_work import wave_of
from survey_service.database import Database
from survey_service.errors import DomainError
from survey_service.exports import taken
from survey_service.exports.formats import Format
from survey_service.exports.writing import WaveSource, WrittenFile, write_export
from survey_service.installation import Refused, open_existing
from survey_service.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportArguments:
    wave: str
    survey: str | None
    data_dir: Path | None
    database: str | None
    formats: str  # with commas
    out: Path
    texts: bool
    language: str


def run(given: ExportArguments) -> int:
    """0: every file is written; 1: no such wave, or one that cannot be written so."""
    try:
        formats = formats_of(given.formats)
        settings = chosen_settings(data_dir=given.data_dir, database=given.database)
        opened = open_existing(settings)
        try:
            files = _export(given, formats, settings, opened)
        finally:
            opened.dispose()
    except (Refused, DomainError) as refused:
        typer.echo(f"✕ {refused}", err=True)
        return 1
    except OSError as error:
        typer.echo(f"✕ {error.filename or given.out}: {error.strerror or error}", err=True)
        return 1
    for one in files:
        rows = f"{one.rows:,} rows, " if one.rows else ""
        typer.echo(f"✓ {given.out / one.name}: {rows}SHA-256 {one.sha256[:16]}")
    return 0


def formats_of(said: str) -> tuple[Format, ...]:
    """Refused where one of them is none."""
    names = [one.strip().lower() for one in said.split(",") if one.strip()]
    strange = [one for one in names if one not in tuple(Format)]
    if strange or not names:
        raise Refused(f"There is no format “{', '.join(strange)}”; choose of {', '.join(Format)}.")
    return tuple(Format(one) for one in dict.fromkeys(names))


def _export(
    given: ExportArguments, formats: Sequence[Format], settings: Settings, opened: Database
) -> tuple[WrittenFile, ...]:
    private.folder(given.out)
    with opened.reading.begin() as session:
        wave = wave_of(session, given.wave, given.survey)
        if isinstance(wave, str):
            raise Refused(wave)
        survey_id, wave_id = wave.survey_id, wave.id
    further = {"by": "command", "user": _user()}
    with opened.writing.begin() as session:
        taken.begun(
            session, survey_id, wave_id, formats, texts=given.texts, at=system_clock(), by=SERVICE, further=further
        )
    files = _written(given, formats, settings, opened, (survey_id, wave_id))
    with opened.writing.begin() as session:
        taken.finished(
            session, survey_id, wave_id, files, texts=given.texts, at=system_clock(), by=SERVICE, further=further
        )
    return files


def _written(
    given: ExportArguments,
    formats: Sequence[Format],
    settings: Settings,
    opened: Database,
    wave: tuple[UUID, UUID],
) -> tuple[WrittenFile, ...]:
    with Progress(console=Console(stderr=True), transient=True) as bar, opened.reading.begin() as session:
        task = bar.add_task("export", total=None)
        source = WaveSource(
            session=session,
            survey_id=wave[0],
            wave_id=wave[1],
            columns=settings.columns,
            type_settings=settings.type_settings,
        )
        return write_export(
            source,
            formats,
            given.out,
            texts=given.texts,
            language=given.language,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _user() -> str:
    """Of the machine; empty where it does not say."""
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return ""
