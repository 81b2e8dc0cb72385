"""Sealed files of answers. A dump of the database, or a backup without its key, shows nobody's picture."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.orm import Session

from questionnaires.kinds.attachment import Reference
from survey_service.attachments.errors import FilesWait
from survey_service.models import Attachment
from survey_service.secrets import KeyRing

KEPT_WAITING: Final = timedelta(days=8)
"""A phone keeps a draft for seven days; what no answer refers to a day later goes."""
MOST_WAITING: Final = 2_000_000_000  # bytes of one wave that no answer refers to yet
_NONCE: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A file that was looked at."""

    survey_id: UUID
    wave_id: UUID
    question: str
    type: str
    content: bytes


def put(session: Session, keys: KeyRing, file: Incoming, *, at: datetime) -> Reference:
    """Keep a file; the caller commits before anybody hears of it. FilesWait where too many wait for their answers."""
    content = file.content
    waiting = session.scalar(
        select(func.coalesce(func.sum(Attachment.size), 0)).where(
            Attachment.survey_id == file.survey_id, Attachment.wave_id == file.wave_id, Attachment.response_id.is_(None)
        )
    )
    if (waiting or 0) + len(content) > MOST_WAITING:
        raise FilesWait
    made = Attachment(
        survey_id=file.survey_id,
        id=uuid4(),
        wave_id=file.wave_id,
        question=file.question,
        type=file.type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=b"",
        at=at,
    )
    made.content = _sealed(keys, made.id, content)
    session.add(made)
    return Reference(id=made.id.hex, type=file.type, size=made.size, sha256=made.sha256)


def opened(keys: KeyRing, row: Attachment) -> bytes:
    """The file itself. Raises ``cryptography.exceptions.InvalidTag`` where it is damaged, or the key another one."""
    sealed = row.content
    return AESGCM(_key(keys)).decrypt(sealed[:_NONCE], sealed[_NONCE:], row.id.bytes)


def drop_orphans(session: Session, *, at: datetime) -> int:
    """Files that no answer refers to, after the time that a draft is kept for; how many."""
    done = session.execute(
        delete(Attachment)
        .where(Attachment.response_id.is_(None), Attachment.at < at - KEPT_WAITING)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", done).rowcount


def _sealed(keys: KeyRing, name: UUID, content: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_key(keys)).encrypt(nonce, content, name.bytes)


def _key(keys: KeyRing) -> bytes:
    return keys.key_for("files of answers")
