"""What ``survey-service demo`` does: a clean folder, the build with its progress, demo.json, PDFs by readable names."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from survey_service import private
from survey_service.clock import system_clock
from survey_service.database import Database, open_database
from survey_service.demonstration import ground, tables
from survey_service.demonstration.built_already import DATABASE, DESCRIPTION
from survey_service.demonstration.city import CITY_NAME
from survey_service.demonstration.foreign_file import FILE_NAME, foreign_file
from survey_service.demonstration.outlines import FILE_NAME as MAP_NAME
from survey_service.demonstration.outlines import outlines_file
from survey_service.demonstration.service import STEPS, Built, ForeignDatabase, Options, build
from survey_service.installation import MARKER
from survey_service.migrations import migrate
from survey_service.models import Area, ReleaseDocument
from survey_service.secrets import load_or_make_key
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.stored_files import files_of
from survey_service.writer import GroupWriter

REPORTS: Final = "reports"
BASE: Final = "http://127.0.0.1:8000"
WORDS: Final[Mapping[str, str]] = {
    "people": "街道、社区和居民",
    "earlier": "上上季度：抽样、答卷、录入",
    "finished": "上一季度：抽样、答卷、录入",
    "figures": "加权、估计、签发",
    "open": "本季度：抽样、答卷、录入",
    "documents": "PDF 报告",
}


def run(out: Path, *, seed: int, on: date) -> None:
    """Build the city in ``out`` anew; exits 1 where the database there is somebody else's."""
    console = Console()
    started = monotonic()
    try:
        clear(out)
        private.folder(out)
    except OSError as error:
        typer.echo(
            f"{out} 不能用作文件夹，什么也没有做。请换一个：survey-service demo --out 文件夹\n"
            f"{error.filename or out}: {error.strerror or error}. Choose another folder with --out.",
            err=True,
        )
        raise typer.Exit(1) from None
    except ForeignFolder as foreign:
        typer.echo(
            f"{foreign} 不是示范城市做的，没有动它。请换一个文件夹：survey-service demo --out 文件夹\n"
            f"{foreign} was not made by the demonstration and was left alone. Choose another folder with --out.",
            err=True,
        )
        raise typer.Exit(1) from None
    except ForeignDatabase:
        typer.echo(
            f"{out / DATABASE} 不是示范城市的数据库，没有动它。请换一个文件夹：survey-service demo --out 文件夹\n"
            f"{out / DATABASE} is not a database of the demonstration and was left alone. "
            "Choose another folder with --out.",
            err=True,
        )
        raise typer.Exit(1) from None
    with _services(out) as services, _progress(console) as report:
        built = build(services, Options(seed=seed, on=on), report)
        names = export(services, built, out)
        with services.database.reading.begin() as session:
            content = foreign_file(session, built.survey_id, built.open.wave_id, seed=seed, on=on)
        private.begin_file(out / FILE_NAME).write_bytes(content)
        private.begin_file(out / MAP_NAME).write_bytes(outlines_file(seed))
    describe(out, built, seed=seed, on=on)
    for part in tables.of(built, console.width):
        console.print(part)
    answers = sum(one.answers for one in (built.earlier.asked, built.latest.asked, built.open))
    console.print(f"答卷 {answers:,} 份，PDF {len(names)} 份在 {out / REPORTS}，用时 {monotonic() - started:.0f} 秒。")
    console.print(f"外来答卷的例子在 {out / FILE_NAME}，可在本季度的“收入外来答卷”里上传。", soft_wrap=True)
    console.print(f"社区边界的例子在 {out / MAP_NAME}，可在“地区”的城市页上传。", soft_wrap=True)


class ForeignFolder(Exception):
    """The folder holds files of somebody else under the names that a demonstration has; names the first of them."""


def clear(out: Path) -> None:
    """Remove an earlier demonstration; ForeignDatabase or ForeignFolder where it is none, and nothing is removed."""
    if out.exists() and not out.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(out))
    path = out / DATABASE
    if not path.exists() and not (out / DESCRIPTION).exists():
        # Without a database nothing tells whose the rest is: an installation on PostgreSQL keeps its files so, too.
        for name in (MARKER, "files", REPORTS):
            there = out / name
            if there.is_file() or (there.is_dir() and any(there.iterdir())):
                raise ForeignFolder(there)
    # A file without a byte is a build that was stopped before its first table.
    if path.exists() and path.stat().st_size:
        database = open_database(f"sqlite:///{path.resolve()}")
        try:
            with database.reading.begin() as session:
                if not (ground.is_marked(session) or ground.is_empty(session)):
                    raise ForeignDatabase
        except DatabaseError:
            # No tables of ours, or no database at all: not for us to judge what is lost.
            raise ForeignDatabase from None
        finally:
            database.dispose()
    (out / DESCRIPTION).unlink(missing_ok=True)
    for name in (FILE_NAME, MAP_NAME):
        (out / name).unlink(missing_ok=True)
    (out / MARKER).unlink(missing_ok=True)  # a new city is a new installation
    for stem in (DATABASE, "queue.db"):
        for suffix in ("", "-wal", "-shm"):
            (out / f"{stem}{suffix}").unlink(missing_ok=True)
    for folder in ("files", "wave-keys", REPORTS):
        shutil.rmtree(out / folder, ignore_errors=True)


@contextmanager
def _services(out: Path) -> Iterator[Services]:
    private.folder(out)
    url = f"sqlite:///{(out / DATABASE).resolve()}"
    settings = Settings(data_dir=out, database_url=url, public_url=BASE, city_name=CITY_NAME[0])
    database: Database = open_database(url)
    migrate(database)
    writer = GroupWriter(database.writing, queue_size=settings.queue_size, group_size=settings.group_size)
    try:
        yield Services(
            settings=settings,
            database=database,
            writer=writer,
            keys=load_or_make_key(out, settings.secret_key.get_secret_value()),
            clock=system_clock,
        )
    finally:
        writer.close()
        database.dispose()


@contextmanager
def _progress(console: Console) -> Iterator[Any]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        tasks = {step: progress.add_task(WORDS[step], total=None, start=False) for step in STEPS}

        def report(step: str, done: int, total: int) -> None:
            progress.start_task(tasks[step])
            progress.update(tasks[step], completed=done, total=total)

        yield report


def export(services: Services, built: Built, out: Path) -> list[str]:
    """The release's PDFs under readable names: reports/城厢街道/万寿桥社区.pdf is what a person looks for."""
    store = files_of(services.settings, services.database)
    folder = private.folder(out / REPORTS)
    names = []
    with services.database.reading.begin() as session:
        rows = session.execute(
            select(ReleaseDocument.file_name, ReleaseDocument.blob_sha256)
            .join(Area, Area.id == ReleaseDocument.area_id)
            .where(ReleaseDocument.survey_id == built.survey_id, ReleaseDocument.release_id == built.latest.release.id)
            .order_by(Area.code)
        ).all()
    for name, sha256 in rows:
        private.begin_file(folder / name).write_bytes(store.get(sha256))
        names.append(name)
    return names


def describe(out: Path, built: Built, *, seed: int, on: date) -> None:
    """demo.json, written last: where it stands the city is whole."""
    description = {
        "database": DATABASE,  # beside this file, wherever the folder is copied to
        "resident": [f"{BASE}{path}" for path in built.open.resident_addresses.values()],
        "sign_in": {
            name: {"user": user, "password": word}
            for name, (user, word) in {
                **built.passwords,
                **built.paper.passwords,
            }.items()
        },
        "base": BASE,
        "city": CITY_NAME[0],
        "city_en": CITY_NAME[1],
        "survey": ground.SURVEY_KEY,
        "earlier_wave": built.earlier.asked.days.quarter.key,
        "released_wave": built.latest.asked.days.quarter.key,
        "open_wave": built.open.days.quarter.key,
        "open_until": built.open.days.closes_on.isoformat(),
        "release": built.latest.release.number,
        "seed": seed,
        "on": on.isoformat(),
        "made_at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "software_version": version("survey-service"),
    }
    text = json.dumps(description, ensure_ascii=False, indent=2) + "\n"
    temporary = out / f".{DESCRIPTION}"
    private.begin_file(temporary).write_text(text, encoding="utf-8")
    temporary.replace(out / DESCRIPTION)
