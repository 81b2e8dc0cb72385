"""Which files and folders are an installation's, and that nobody but its owner may open them."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

import structlog

from survey_service import private
from survey_service.contacts.store import KEY_FILE as CONTACT_KEY_FILE
from survey_service.contacts.store import store_of
from survey_service.installation import MARKER, Refused, sqlite_path
from survey_service.processes.presence import folder_of
from survey_service.secrets import KEY_FILE
from survey_service.settings import Settings

log = structlog.get_logger()

BESIDE = ("", "-wal", "-shm", "-journal", ".lock", ".damaged")  # a database and what SQLite and we put next to it
QUEUE_OF_AN_EARLIER_VERSION = "queue.db"  # ids of jobs, which stand in the table too
FOLDERS = ("files", "cache", "columns", "exports", "wave-keys")
DEMONSTRATION = "demo.json"
OF_A_DEMONSTRATION = ("reports",)  # the folder of readable names
KEYS = (KEY_FILE, CONTACT_KEY_FILE)


def _below(folder: Path) -> Iterator[Path]:
    yield folder
    for path, folders, files in os.walk(folder):
        yield from (Path(path) / name for name in (*folders, *files))


def belongings(settings: Settings) -> Iterator[Path]:
    """Every file and folder of the installation that stands; the data folder itself where it holds nothing else.

    A database may have been named in a folder of other things (``--database city.db`` in a home): that folder is
    somebody's, and only what is ours in it is looked at.
    """
    folder = settings.data_dir
    ours: set[Path] = set()
    databases = [folder / QUEUE_OF_AN_EARLIER_VERSION]
    if path := sqlite_path(settings.resolved_database_url):
        databases += [path, store_of(path)]
    ours.update(one.with_name(one.name + suffix) for one in databases for suffix in BESIDE)
    ours.update({folder / MARKER, settings.tombstones, settings.tombstones_lock, *(folder / name for name in KEYS)})
    demonstration = (folder / DEMONSTRATION).is_file()
    if demonstration:
        ours.update(one for one in folder.iterdir() if one.is_file())
    workers = folder_of(settings.resolved_database_url)
    if workers is not None and workers.is_dir():
        ours.add(workers)
        yield from _below(workers)
    for name in (*FOLDERS, *(OF_A_DEMONSTRATION if demonstration else ())):
        if (folder / name).is_dir():
            ours.add(folder / name)
            yield from _below(folder / name)
    yield from sorted(one for one in ours if one.exists())
    if folder.is_dir() and all(one in ours for one in folder.iterdir()):
        yield folder


def mend(settings: Settings) -> None:
    """At the start: what others could open is closed, and told. Refused where a key is open and cannot be closed."""
    _remove_the_queue(settings)
    closed, left = private.close(belongings(settings))
    if closed:
        log.warning("modes_closed", count=len(closed), first=closed[0].name)
    if not left:
        return
    log.error("modes_left_open", count=len(left), first=left[0].name)
    open_keys = [path for path in left if path.name in KEYS]
    if open_keys:
        raise Refused(
            f"{open_keys[0]} can be read by other people of this machine, and belongs to another account than the "
            "service's: it cannot be closed from here.\n"
            f"  As root:  chown -R {_own_name()} {settings.data_dir} && chmod -R go= {settings.data_dir}"
        )


def _remove_the_queue(settings: Settings) -> None:
    queue = settings.data_dir / QUEUE_OF_AN_EARLIER_VERSION
    database = sqlite_path(settings.resolved_database_url)
    if database is not None and database.resolve() == queue.resolve():
        return  # `serve --database queue.db`: somebody's choice of a name
    for suffix in BESIDE:
        queue.with_name(queue.name + suffix).unlink(missing_ok=True)


def _own_name() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # an account without a name, as in a container
        return str(os.getuid())
