"""The key of a wave: made when something is first sealed, in a file of its own, taken out and put back as one line.

The file holds the key wrapped with the installation's key: whoever finds it alone opens nothing. The database holds
that there is a key, a check of it, and when it was destroyed; so a key that is not here is never made a second time.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, cast
from uuid import UUID, uuid4

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Table, update
from sqlalchemy.orm import Session

from survey_service import audit, private
from survey_service.audit.chain import SERVICE, Actor
from survey_service.files import sync_folder
from survey_service.models import CaseDoor, CaseTelephone, LetterFile, Wave, WaveSeal
from survey_service.sealed.clock import opens_until
from survey_service.sealed.errors import SealAway, SealGone, WrongKey
from survey_service.secrets import KeyRing
from survey_service.settings import Settings

log = structlog.get_logger()

HELD: Final = (CaseDoor, CaseTelephone, LetterFile)
"""Tables with a column ``sealed`` that is emptied when the key of their wave goes."""
_MARK: Final = "wave-key-1"
_SUFFIX: Final = ".key"
_NONCE: Final = 12
_LENGTH: Final = 32


class Standing(StrEnum):
    NOTHING = "nothing"  # nothing was ever sealed in this wave
    OPENS = "opens"
    AWAY = "away"  # the key is not on this machine
    GONE = "gone"  # destroyed, or its day is past


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """How a wave's key stands. ``until``: from then on nothing opens."""

    standing: Standing
    until: datetime
    destroyed_at: datetime | None = None


class Seal:
    """The key of one wave, in hand. A text is bound to what it is ``of``: none can stand in the place of another."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, text: str, *, of: str) -> bytes:
        """``of``: what it is and whose, as ``door 010001-0004``."""
        return self.seal_bytes(text.encode(), of=of)

    def open(self, sealed: bytes, *, of: str) -> str:
        """SealAway where it was sealed with another key, or as something else."""
        return self.open_bytes(sealed, of=of).decode()

    def seal_bytes(self, content: bytes, *, of: str) -> bytes:
        return _locked(self._cipher, content, of)

    def open_bytes(self, sealed: bytes, *, of: str) -> bytes:
        try:
            return _unlocked(self._cipher, sealed, of)
        except InvalidTag:
            log.error("sealed_text_does_not_open", of=of)
            raise SealAway from None


class WaveKeys:
    """The keys of an installation's waves. Safe to make as often as one likes."""

    def __init__(self, settings: Settings, keys: KeyRing) -> None:
        self._folder, self._zone = settings.wave_keys, settings.zone
        self._wrap = AESGCM(keys.key_for("keys of waves"))

    # -------------------------------------------------------------- sealing and opening

    def begin(self, session: Session, wave: Wave, *, at: datetime) -> Seal:
        """To seal something of the wave; its key is made where there is none. The caller holds the wave and commits.

        SealAway where there is one, and it is not here: what it sealed must not become unreadable by a second.
        """
        row = session.get(WaveSeal, (wave.survey_id, wave.id))
        if row is not None and row.destroyed_at is None:
            return Seal(self._key(row))
        path = self._path(wave.id)
        key = self._read(wave.id) if row is None and path.exists() else None  # of an attempt that was not committed
        if key is None:
            key = AESGCM.generate_key(_LENGTH * 8)
            self._write(wave.id, key)
        if row is None:
            row = WaveSeal(survey_id=wave.survey_id, wave_id=wave.id, key_check=_check(key), made_at=at)
            session.add(row)
        row.key_check, row.made_at, row.destroyed_at, row.destroyed_why = _check(key), at, None, None
        session.flush()
        return Seal(key)

    def opened(self, session: Session, wave: Wave, *, at: datetime) -> Seal:
        """To open what the wave sealed. SealGone after its day, SealAway where the key is not here."""
        row = session.get(WaveSeal, (wave.survey_id, wave.id))
        if row is not None and (row.destroyed_at is not None or at >= opens_until(wave, self._zone)):
            raise SealGone
        if row is None:
            raise SealAway
        return Seal(self._key(row))

    def stands(self, session: Session, wave: Wave, *, at: datetime) -> Stands:
        row = session.get(WaveSeal, (wave.survey_id, wave.id))
        until = opens_until(wave, self._zone)
        if row is None:
            return Stands(standing=Standing.NOTHING, until=until)
        if row.destroyed_at is not None or at >= until:
            return Stands(standing=Standing.GONE, until=until, destroyed_at=row.destroyed_at)
        try:
            self._key(row)
        except SealAway:
            return Stands(standing=Standing.AWAY, until=until)
        return Stands(standing=Standing.OPENS, until=until)

    # -------------------------------------------------------------- a copy that is kept apart

    def line(self, session: Session, wave: Wave, *, at: datetime) -> str:
        """The key as one line, to be kept apart from every backup; it opens nothing without the installation's key."""
        self.opened(session, wave, at=at)
        return self._path(wave.id).read_text().strip()

    def put_back(self, session: Session, wave: Wave, line: str, *, at: datetime) -> None:
        """The line that was kept, on a machine where the key is not. WrongKey; SealGone after the wave's day."""
        row = session.get(WaveSeal, (wave.survey_id, wave.id))
        if row is None:
            raise WrongKey
        if row.destroyed_at is not None or at >= opens_until(wave, self._zone):
            raise SealGone
        key = self._unwrapped(wave.id, "".join(line.split()))
        if key is None or not hmac.compare_digest(_check(key), row.key_check):
            raise WrongKey
        self._write(wave.id, key)

    # -------------------------------------------------------------- the end

    def destroy(
        self, session: Session, survey_id: UUID, wave_id: UUID, *, why: str, at: datetime, by: Actor = SERVICE
    ) -> bool:
        """The key for ever, and all that it sealed; whether there was one still. The caller commits.

        The file goes first: what cannot be opened any more may be found later by whoever looks again.
        """
        self.wipe(wave_id)
        row = session.get(WaveSeal, (survey_id, wave_id))
        if row is None or row.destroyed_at is not None:
            return False
        row.destroyed_at, row.destroyed_why = at, why
        for table in (cast("Table", one.__table__) for one in HELD):
            session.execute(
                update(table).where(table.c.survey_id == survey_id, table.c.wave_id == wave_id).values(sealed=None)
            )
        audit.record(
            session,
            survey_id=survey_id,
            at=at,
            by=by,
            action="seal.destroyed",
            record=f"wave {wave_id}",
            detail={"ground": why},
        )
        return True

    def wipe(self, wave_id: UUID) -> None:
        """The file of a key, written over where it stood."""
        path = self._path(wave_id)
        with suppress(FileNotFoundError):
            with path.open("r+b") as file:
                file.write(secrets.token_bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            sync_folder(self._folder)

    def held(self) -> Iterator[tuple[UUID, datetime]]:
        """The waves whose keys lie here, and since when."""
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")) if self._folder.is_dir() else ():
            with suppress(ValueError, FileNotFoundError):
                yield UUID(path.stem), datetime.fromtimestamp(path.stat().st_mtime).astimezone()

    # -------------------------------------------------------------- files

    def _path(self, wave_id: UUID) -> Path:
        return self._folder / _name(wave_id)

    def _key(self, row: WaveSeal) -> bytes:
        key = self._read(row.wave_id)
        if key is None or not hmac.compare_digest(_check(key), row.key_check):
            raise SealAway
        return key

    def _read(self, wave_id: UUID) -> bytes | None:
        try:
            return self._unwrapped(wave_id, self._path(wave_id).read_text().strip())
        except (FileNotFoundError, UnicodeDecodeError):
            return None

    def _unwrapped(self, wave_id: UUID, line: str) -> bytes | None:
        mark, _, wrapped = line.partition(":")
        if mark != _MARK:
            return None
        try:
            return _unlocked(self._wrap, base64.b64decode(wrapped, validate=True), str(wave_id))
        except (ValueError, InvalidTag):
            return None

    def _write(self, wave_id: UUID, key: bytes) -> None:
        """Durable when it returns."""
        private.folder(self._folder)
        line = f"{_MARK}:{base64.b64encode(_locked(self._wrap, key, str(wave_id))).decode()}\n"
        temporary = self._folder / f".{wave_id}.{os.getpid()}.{uuid4().hex}"
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, private.FILE), "w") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path(wave_id))
        sync_folder(self._folder)


def key_file(settings: Settings, wave_id: UUID) -> Path:
    """Where the key of a wave lies on this machine, if it is here."""
    return settings.wave_keys / _name(wave_id)


def _name(wave_id: UUID) -> str:
    return f"{wave_id}{_SUFFIX}"


def _check(key: bytes) -> str:
    """What the database holds of a key: enough to know it again."""
    return hmac.digest(key, b"key of a wave", "sha256").hex()


def _locked(cipher: AESGCM, content: bytes, of: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, content, of.encode())


def _unlocked(cipher: AESGCM, sealed: bytes, of: str) -> bytes:
    if len(sealed) < _NONCE:
        raise InvalidTag
    return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], of.encode())
