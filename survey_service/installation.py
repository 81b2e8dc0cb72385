"""What tells an installation apart, outside its database: a survey is never replaced by an empty one in silence.

A database carries an id, and a small file in the data folder (``installation.json``) remembers it. Where the file says
that a survey was begun, a database that is missing, empty or somebody else's is refused with the way out, by the
server as by every command. Nothing heavy is imported here before it is needed: ``serve --help`` is to stay fast.
"""

from __future__ import annotations

import contextlib
import difflib
import json
import os
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from survey_service import private
from survey_service.secrets import MINIMUM_KEY_LENGTH, KeyRing, weakness

if TYPE_CHECKING:
    from survey_service.database import Database
    from survey_service.settings import Settings

MARKER = "installation.json"
SQLITE_HEADER = b"SQLite format 3\x00"
CHECKED_WHOLE_BELOW = 200_000_000  # bytes; a larger file is checked by its tables only, so that the start stays quick
OURS = frozenset({"alembic_version", "wave", "capture"})
ABOUT = (
    "This installation has begun. Keep this file beside the data: it keeps an empty or foreign database from being "
    "taken for this one, and tells a wrong key. docs/operations.md says more."
)


class Refused(Exception):
    """Nothing is opened or changed; the message says why and what to do."""


# ------------------------------------------------------------------ the marker


@dataclass(frozen=True, slots=True)
class Marker:
    """What the file in the data folder remembers."""

    databases: Mapping[str, str] = field(default_factory=dict)  # name of a database -> its id
    key_check: str = ""  # keyed hash of nothing secret: tells whether a key is the one it began with


def read_marker(data_dir: Path) -> Marker | None:
    """None where nothing was begun; Refused where the file cannot be read, for then nobody knows."""
    path = data_dir / MARKER
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        return Marker({str(name): str(one) for name, one in plain["databases"].items()}, str(plain["key_check"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Refused(
            f"{path} cannot be read, so nobody can tell which database belongs here.\n"
            "  Restore that file from a backup of the folder. If the database beside it is surely the right one, "
            "move the file away and start again: it is made anew."
        ) from None


def write_marker(data_dir: Path, marker: Marker) -> None:
    """Durable, whole or not at all."""
    private.folder(data_dir)
    text = json.dumps(
        {"about": ABOUT, "databases": dict(marker.databases), "key_check": marker.key_check},
        ensure_ascii=False,
        indent=2,
    )
    temporary = data_dir / f".{MARKER}.{os.getpid()}"
    with private.begin_file(temporary).open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(data_dir / MARKER)


def name_of(url: str) -> str:
    """A database as the marker names it: the file, or the server's database; a moved folder keeps its protection."""
    path = sqlite_path(url)
    if path is not None:
        return path.name
    from sqlalchemy.engine import make_url

    made = make_url(url)
    return f"{made.host or 'local'}:{made.port or 5432}/{made.database}"


def installation_id(database: Database) -> str | None:
    """The id that the database carries; None before its first start."""
    from sqlalchemy import select

    from survey_service.models import Installation

    with database.reading.begin() as session:
        known = session.scalars(select(Installation.id)).first()
    return str(known) if known else None


def settle(settings: Settings, database: Database, keys: KeyRing, *, at: datetime) -> None:
    """After the tables stand: the database gets its id, the data folder remembers it. Refused where they differ."""
    from sqlalchemy.exc import IntegrityError

    known = installation_id(database)
    if known is None:
        from survey_service.models import Installation

        with contextlib.suppress(IntegrityError), database.writing.begin() as session:  # another start was faster
            session.add(Installation(begun_at=at))
        known = installation_id(database)
    marker = read_marker(settings.data_dir) or Marker()
    name, key_check = name_of(database.url), keys.keyed_hash("installation", "key")
    if marker.key_check and marker.key_check != key_check:
        raise Refused(
            "The secret key is not the one that this installation began with: receipts and reprinted letters would "
            "not match those handed out.\n"
            f"  Put the former key back ({settings.data_dir / 'secret.key'} or SURVEY_SECRET_KEY). If it is lost for "
            f"ever, empty key_check in {settings.data_dir / MARKER} and read docs/operations.md first."
        )
    if marker.databases.get(name) != known or not marker.key_check:
        write_marker(settings.data_dir, Marker({**marker.databases, name: str(known)}, key_check))


# ------------------------------------------------------------------ checks before anything is opened


def check_database(settings: Settings, *, create: bool, thorough: bool = True) -> None:
    """Refuses what is missing, damaged or something else: a survey is never replaced by an empty one.

    ``create``: somebody said that an empty one may be begun where none was before. Without that word none ever is: a
    folder whose name is mistyped looks like one in which nothing was begun.
    """
    url = settings.resolved_database_url
    marker = read_marker(settings.data_dir)
    marked = (marker.databases if marker else {}).get(name_of(url))
    _check_key(settings, marker)
    path = sqlite_path(url)
    if path is None:
        _check_its_key(settings, begun=_check_server(url, marked=marked, empty_allowed=create))
        return
    if path.exists():
        _check_its_key(settings, begun=_check_file(path, marked=marked, thorough=thorough))
        return
    if marked:
        raise Refused(
            f"The database of this installation is gone: {path} does not exist, and {settings.data_dir / MARKER} says "
            "that a survey was begun in it. No empty one is put in its place.\n"
            "  If it was moved, name it with --database; else restore the newest backup (survey-service restore).\n"
            "  To begin another survey, choose another folder (SURVEY_DATA_DIR)."
        )
    if not create:
        raise Refused(
            f"There is no database at {path}.\n{_meant(path.parent)}"
            "  If it was moved, name it with --database; if this is a first start, add --create.\n"
            "  For a look at the service with invented people:  survey-service demo --out out/demo"
        )


def _meant(folder: Path) -> str:
    """The folder that was likely meant by a mistyped name: one beside it in which a survey was begun."""
    try:
        begun = [one.name for one in folder.resolve().parent.iterdir() if (one / MARKER).is_file() and one != folder]
    except OSError:
        return ""
    near = difflib.get_close_matches(folder.resolve().name, begun, n=1)
    return f"  Beside it stands {folder.resolve().parent / near[0]}: is that the one?\n" if near else ""


def open_existing(settings: Settings) -> Database:
    """The installation's database for a command that works on it; Refused unless it stands, whole and up to date."""
    from survey_service.database import open_database
    from survey_service.migrations import is_current

    check_database(settings, create=False, thorough=False)
    database = open_database(settings.resolved_database_url)
    if not is_current(database):
        database.dispose()
        raise Refused(
            "The database has the tables of an earlier version.\n"
            "  Make a backup, start the service once (survey-service serve), then try again."
        )
    return database


def as_url(database: str) -> str:
    """A path is as good as a URL: ``city.db`` is ``sqlite:///city.db``."""
    return database if not database or "://" in database else f"sqlite:///{database}"


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite URL; None for every other database."""
    scheme, _, rest = url.partition("://")
    if not scheme.startswith("sqlite"):
        return None
    return Path(rest.removeprefix("/").partition("?")[0])


def _check_key(settings: Settings, marker: Marker | None) -> None:
    """Where a survey was begun, a lost key is never replaced by a new one in silence."""
    given = settings.secret_key.get_secret_value()
    if given and (weak := weakness(given)) and not _began_with(given, marker):
        raise Refused(
            f"SURVEY_SECRET_KEY：这个密钥{weak[0]}，访问码和凭据由它算出，会被人猜到。\n"
            f"  SURVEY_SECRET_KEY: the key {weak[1]}. Codes and receipts derive from it and could be guessed.\n"
            "  请写入 `openssl rand -hex 32` 的结果；或者删去这一行，由服务在数据目录里做一个。\n"
            "  Put there what `openssl rand -hex 32` prints, or remove the line: the service makes one."
        )
    if marker is None or not marker.key_check or given:
        return
    path = settings.data_dir / "secret.key"
    if not path.exists():
        raise Refused(
            f"The secret key of this installation is gone: {path} does not exist.\n"
            "  Put the copy back that was kept apart from the database, or set SURVEY_SECRET_KEY."
        )


def _check_its_key(settings: Settings, *, begun: bool) -> None:
    """A survey that was begun has a key. A data folder without one is another folder than the one it began in."""
    path = settings.data_dir / "secret.key"
    if begun and not settings.secret_key.get_secret_value() and not path.exists():
        raise Refused(
            f"The database holds a survey, but its secret key is not in the data folder: {path} does not exist.\n"
            f"{_meant(settings.data_dir)}"
            "  Set SURVEY_DATA_DIR to the folder in which the survey began, put the copy of the key there, or set "
            "SURVEY_SECRET_KEY. A new key would fit none of the letters and receipts that were handed out."
        )


def _began_with(secret: str, marker: Marker | None) -> bool:
    """Whether letters were printed by this very key: then it stays, weak as it is, and `doctor` tells it."""
    if marker is None or not marker.key_check or len(secret) < MINIMUM_KEY_LENGTH:
        return False
    return KeyRing(secret).keyed_hash("installation", "key") == marker.key_check


def _check_file(path: Path, *, marked: str | None, thorough: bool) -> bool:
    """Whether a survey was begun in it; Refused where it is no sound database of ours."""
    if path.is_dir():
        raise Refused(f"{path} is a folder, not a database. Name the file in it with --database.")
    try:
        with path.open("rb") as file:
            header = file.read(len(SQLITE_HEADER))
    except OSError as unreadable:
        raise Refused(f"{path} cannot be read: {unreadable.strerror}. Check who owns the file.") from None
    if header != SQLITE_HEADER:
        what = "is empty: it is not a SQLite database" if not header else "is not a SQLite database"
        raise Refused(
            f"{path} {what}; it is left as it is.\n  Restore the newest backup, or name another file with --database."
        )
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables >= OURS:
                raise Refused(
                    f"{path} is a database of something else; it is left as it is. Name another file with --database."
                )
            version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            known = connection.execute("SELECT id FROM installation").fetchone() if "installation" in tables else None
            whole = thorough and path.stat().st_size <= CHECKED_WHOLE_BELOW
            state = connection.execute("PRAGMA quick_check(1)").fetchone()[0] if whole else "ok"
        finally:
            connection.close()
    except sqlite3.DatabaseError as damaged:
        raise _damaged(path, damaged) from None
    if state != "ok":
        raise _damaged(path, state)
    check_version(str(path), version[0] if version else None)
    _check_identity(str(path), marked, known[0] if known else None)
    return known is not None


def _damaged(path: Path, why: object) -> Refused:
    return Refused(
        f"{path} is damaged ({why}); it is left as it is.\n"
        "  Restore the newest backup (survey-service restore), then start again."
    )


def _check_identity(where: str, marked: str | None, known: object) -> None:
    if marked and known is not None and str(known).replace("-", "") != marked.replace("-", ""):
        raise Refused(
            f"{where} is the database of another installation; it is left as it is.\n"
            f"  Put the right one back, or name it with --database. If it was exchanged on purpose, remove {MARKER} "
            "from the data folder: it is made anew at the next start."
        )


def check_version(where: str, version: str | None) -> None:
    """Refuses tables that this software does not know."""
    known = {
        one.name.partition("_")[0] for one in (Path(__file__).parent / "migrations" / "versions").glob("[0-9]*.py")
    }
    if version not in known:
        raise Refused(
            f"{where} was written by a newer version of this software (tables {version}).\n"
            "  Install that version; an older one could lose what it does not know."
        )


def _check_server(url: str, *, marked: str | None, empty_allowed: bool) -> bool:
    """Whether a survey was begun on it; Refused where it cannot be reached or holds something else."""
    from sqlalchemy import text
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    from survey_service.database import open_database

    shown = "an address that is none"
    try:
        shown = make_url(url).render_as_string(hide_password=True)
        opened = open_database(url)
        try:
            with opened.reading_engine.connect() as connection:
                found = connection.execute(
                    text("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")
                )
                tables = {str(row[0]) for row in found}
                version = (
                    connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
                    if ("alembic_version" in tables)
                    else None
                )
                known = (
                    connection.execute(text("SELECT id FROM installation")).scalar()
                    if ("installation" in tables)
                    else None
                )
        finally:
            opened.dispose()
    except (SQLAlchemyError, ImportError, ValueError) as unreachable:
        reason = str(getattr(unreachable, "orig", None) or unreachable).strip().splitlines()[0]
        raise Refused(
            f"The database cannot be reached: {reason}\n"
            f"  It was sought at {shown}. "
            "Check that the server runs, and the name, the user and the password."
        ) from None
    _check_server_tables(shown, tables, version, known, marked=marked, empty_allowed=empty_allowed)
    return known is not None


def _check_server_tables(
    shown: str, tables: set[str], version: Any, known: Any, *, marked: str | None, empty_allowed: bool
) -> None:
    if not tables >= OURS:
        if marked:
            raise Refused(
                f"{shown} holds no survey, although one was begun in it. No empty one is put in its place.\n"
                "  Restore the newest backup (survey-service restore), or name the right database with --database.\n"
                "  To begin another survey, choose another data folder (SURVEY_DATA_DIR)."
            )
        if not empty_allowed:
            raise Refused(
                f"There is no survey in {shown}.\n"
                "  If it is elsewhere, name it with --database; if this is a first start, add --create."
            )
        return
    check_version(shown, version)
    _check_identity(shown, marked, known)
