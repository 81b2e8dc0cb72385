"""Photographs of a matter, sealed: a dump of the database, or a backup without its key, shows nobody's street."""

from __future__ import annotations

import os
from typing import Final
from uuid import uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from survey_service.models import Rectification, RectificationAct, RectificationPhoto
from survey_service.rectification import queries
from survey_service.rectification.errors import NotAPhoto
from survey_service.rectification.rows import By, note_down
from survey_service.secrets import KeyRing

MOST_BYTES: Final = 10_000_000
MOST: Final = 6  # of one matter
_NONCE: Final = 12


def add(session: Session, keys: KeyRing, row: Rectification, content: bytes, by: By) -> RectificationPhoto:
    """``content``: a picture that was made anew. NotAPhoto where there are as many as may be."""
    if len(queries.photos(session, row)) >= MOST:
        raise NotAPhoto
    name, nonce = uuid4(), os.urandom(_NONCE)
    made = RectificationPhoto(
        survey_id=row.survey_id,
        id=name,
        rectification_id=row.id,
        at=by.at,
        account_id=by.actor.account_id,
        name=by.actor.name,
        type="jpg",
        size=len(content),
        content=nonce + AESGCM(_key(keys)).encrypt(nonce, content, name.bytes),
    )
    session.add(made)
    note_down(session, row, RectificationAct.PHOTO_ADDED, by, "")
    return made


def remove(session: Session, row: Rectification, photo: RectificationPhoto, by: By) -> None:
    """The picture goes; that there was one stays in the history."""
    session.delete(photo)
    note_down(session, row, RectificationAct.PHOTO_REMOVED, by, "")


def opened(keys: KeyRing, photo: RectificationPhoto) -> bytes:
    """The picture. Raises ``cryptography.exceptions.InvalidTag`` where it is damaged, or the key another one."""
    sealed = photo.content
    return AESGCM(_key(keys)).decrypt(sealed[:_NONCE], sealed[_NONCE:], photo.id.bytes)


def _key(keys: KeyRing) -> bytes:
    return keys.key_for("photographs of rectification")
