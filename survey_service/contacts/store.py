"""The store of contact data: its own file or schema, its own key, nothing readable in it.

A row says of which wave and community it is, and nothing else in plain: name and number are sealed, and what ties it
to a response is a keyed hash of the receipt, so that whoever deletes their answers takes this along. With SQLite it is
the file ``survey.contacts.db`` beside the database, with PostgreSQL the schema ``contacts``; ordinary backups leave
both out. Connections are opened for one step and closed: the store is rarely asked.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

import structlog
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    create_engine,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import NullPool

from survey_service import private
from survey_service.contacts.errors import ContactsUnreadable
from survey_service.lifelines import KEEPALIVES
from survey_service.settings import Settings

log = structlog.get_logger()

KEY_FILE = "contacts.key"
SCHEMA = "contacts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What a resident left, opened. Never logged: ``repr`` holds none of it."""

    id: UUID
    area_id: UUID
    name: str
    number: str

    def __repr__(self) -> str:
        return f"Contact({self.id})"


def store_of(database: Path) -> Path:
    """``survey.contacts.db`` beside ``survey.db``."""
    return database.with_name(f"{database.stem}.contacts.db")


class ContactStore:
    """Opens and closes by itself; safe to make as often as one likes."""

    def __init__(self, settings: Settings) -> None:
        url = make_url(settings.resolved_database_url)
        self._settings = settings
        self._file: Path | None = None
        if url.get_backend_name() == "sqlite":
            self._file = store_of(Path(str(url.database)))
            url = url.set(database=str(self._file))
        self._url = url
        self._table = Table(
            "contact",
            MetaData(schema=None if self._file else SCHEMA),
            Column("survey_id", Uuid, primary_key=True),
            Column("link", String(64), primary_key=True),  # keyed hash of the receipt: one contact per response
            Column("wave_id", Uuid, nullable=False),
            Column("area_id", Uuid, nullable=False),
            Column("id", Uuid, nullable=False),  # random: what the audit log names
            Column("sealed", LargeBinary, nullable=False),
        )

    # -------------------------------------------------------------- what residents do

    def keep(self, survey_id: UUID, wave_id: UUID, area_id: UUID, receipt: str, *, name: str, number: str) -> None:
        """Durable when it returns; what the same response left before is replaced."""
        key = self._key(make=True)
        # Time 0: a sealed text says in plain when it was made, and that would tell whose answers it belongs to.
        plain = json.dumps({"name": name, "number": number}, ensure_ascii=False).encode()
        row = {
            "survey_id": survey_id,
            "link": _link(key, survey_id, receipt),
            "wave_id": wave_id,
            "area_id": area_id,
            "id": uuid4(),
            "sealed": Fernet(key).encrypt_at_time(plain, 0),
        }
        with self._opened(create=True) as connection:
            self._delete_one(connection, survey_id, row["link"])
            connection.execute(insert(self._table), row)

    def holds(self, survey_id: UUID, receipt: str) -> bool:
        if not self._stands():
            return False
        link = _link(self._key(), survey_id, receipt)
        with self._opened() as connection:
            found = select(self._table.c.id).where(self._table.c.survey_id == survey_id, self._table.c.link == link)
            return connection.execute(found).first() is not None

    def forget(self, survey_id: UUID, receipt: str) -> bool:
        """Delete the contact left with this receipt; whether there was one."""
        if not self._stands():
            return False
        with self._opened() as connection:
            mine = select(self._table.c.id).where(self._table.c.survey_id == survey_id).limit(1)
            if connection.execute(mine).first() is None:
                return False  # also where the key is gone: nothing is held back
            return self._delete_one(connection, survey_id, _link(self._key(), survey_id, receipt)) > 0

    # -------------------------------------------------------------- what the office does

    def of_wave(self, survey_id: UUID, wave_id: UUID) -> list[Contact]:
        """Every contact of a wave, decrypted."""
        if not self._stands():
            return []
        opener, table = Fernet(self._key()), self._table
        with self._opened() as connection:
            rows = connection.execute(
                select(table.c.id, table.c.area_id, table.c.sealed)
                .where(table.c.survey_id == survey_id, table.c.wave_id == wave_id)
                .order_by(table.c.id)  # random: no order of arrival
            ).all()
        try:
            return [Contact(id=row.id, area_id=row.area_id, **json.loads(opener.decrypt(row.sealed))) for row in rows]
        except InvalidToken:
            raise self._unreadable("another key") from None

    def counts(self) -> dict[tuple[UUID, UUID], int]:
        """Number of contacts held, by (survey, wave)."""
        if not self._stands():
            return {}
        table = self._table
        with self._opened() as connection:
            rows = connection.execute(
                select(table.c.survey_id, table.c.wave_id, func.count()).group_by(table.c.survey_id, table.c.wave_id)
            )
            return {(row[0], row[1]): row[2] for row in rows}

    def erase_wave(self, survey_id: UUID, wave_id: UUID) -> int:
        """All of a wave, overwritten where they stood; how many there were."""
        if not self._stands():
            return 0
        table = self._table
        with self._opened() as connection:
            gone = delete(table).where(table.c.survey_id == survey_id, table.c.wave_id == wave_id)
            return connection.execute(gone).rowcount

    # -------------------------------------------------------------- how it is opened

    def _engine(self) -> Engine:
        # Not under watch as those of the database: each lives for one step. It must not wait for a dead network.
        patience = {} if self._file is not None else KEEPALIVES
        return create_engine(self._url, poolclass=NullPool, hide_parameters=True, connect_args=patience)

    def _delete_one(self, connection: Connection, survey_id: UUID, link: object) -> int:
        gone = delete(self._table).where(self._table.c.survey_id == survey_id, self._table.c.link == link)
        return connection.execute(gone).rowcount

    def _stands(self) -> bool:
        """Whether the store's file exists; asking does not make it."""
        if self._file is not None:
            return self._file.exists() and self._file.stat().st_size > 0
        engine = self._engine()
        try:
            return inspect(engine).has_table("contact", schema=SCHEMA)
        finally:
            engine.dispose()

    @contextmanager
    def _opened(self, *, create: bool = False) -> Iterator[Connection]:
        engine = self._engine()
        if create and self._file is not None:
            private.begin_file(self._file)
        try:
            with engine.connect() as connection:
                if self._file is not None:
                    # No log beside the file, and what is deleted is overwritten at once.
                    connection.exec_driver_sql("PRAGMA secure_delete = ON")
                    connection.exec_driver_sql("PRAGMA busy_timeout = 30000")
                    connection.exec_driver_sql("PRAGMA synchronous = FULL")
                if create:
                    self._create(connection)
                yield connection
                connection.commit()
        except DatabaseError as failed:
            if self._file is None or isinstance(failed, OperationalError):
                raise  # a lock, a full disk, a server that is gone: nothing is wrong with what is held
            raise self._unreadable("damaged") from None
        finally:
            engine.dispose()

    def _unreadable(self, why: str) -> ContactsUnreadable:
        log.error("contacts_unreadable", why=why)
        return ContactsUnreadable()

    def _create(self, connection: Connection) -> None:
        if self._file is None:
            # Of two that are first at one moment, the second waits here and then finds it made.
            connection.execute(text("SELECT pg_advisory_xact_lock(7201026)"))
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        self._table.metadata.create_all(connection)

    def _key(self, *, make: bool = False) -> bytes:
        """Not the installation's main key: whoever has a backup and that key reads no number with them. ``make`` one
        where none was yet; never beside contacts that are sealed with one that is gone."""
        given = self._settings.contact_key.get_secret_value()
        if given:
            return given.encode()
        path = self._settings.data_dir / KEY_FILE
        try:
            return path.read_bytes().strip()
        except FileNotFoundError:
            if not make or self.counts():
                raise self._unreadable("the key is gone") from None
            private.folder(self._settings.data_dir)
        made = Fernet.generate_key()
        temporary = path.with_name(f".{KEY_FILE}.{os.getpid()}.{uuid4().hex}")
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(made + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)  # of two that are first at one moment, one is
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
        return path.read_bytes().strip()


def _link(key: bytes, survey_id: UUID, receipt: str) -> str:
    return hmac.new(key, f"contact|{survey_id}|{receipt}".encode(), sha256).hexdigest()
