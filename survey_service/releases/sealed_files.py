"""The scan of the sealed report beside its edition: what may be put there, which is in force, which came before.

The file is kept as it was brought: its SHA-256 is that of the file on the desk of whoever scanned it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.models import Release, SealedFile
from survey_service.releases.errors import NotASealedFile, SealedAlready

MOST_BYTES: Final = 20_000_000
ENDINGS: Final = {"application/pdf": "pdf", "image/jpeg": "jpg"}
_END: Final = 2048  # bytes from a PDF's end within which its mark stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A file that was looked at."""

    media_type: str
    size: int
    sha256: str


def media_type(content: bytes) -> str:
    """By its first and last bytes; NotASealedFile for what is neither a whole PDF nor a whole JPEG, or too large."""
    if 0 < len(content) <= MOST_BYTES:
        if content.startswith(b"%PDF-") and b"%%EOF" in content[-_END:]:
            return "application/pdf"
        if content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in content[-_END:]:
            return "image/jpeg"
    raise NotASealedFile


def files(session: Session, release: Release) -> Sequence[SealedFile]:
    """The newest first: it is the one in force."""
    return session.scalars(
        select(SealedFile)
        .where(SealedFile.survey_id == release.survey_id, SealedFile.release_id == release.id)
        .order_by(SealedFile.at.desc(), SealedFile.id.desc())
    ).all()


def put(session: Session, release: Release, brought: Brought, *, replaces: bool, at: datetime, by: audit.Actor) -> None:
    """Beside the edition. SealedAlready where there is one and nobody said that it is to be replaced."""
    before = files(session, release)
    if before and before[0].blob_sha256 == brought.sha256:
        return
    if before and not replaces:
        raise SealedAlready
    made = SealedFile(
        survey_id=release.survey_id,
        release_id=release.id,
        at=at,
        account_id=by.account_id,
        name=by.name,
        media_type=brought.media_type,
        size=brought.size,
        blob_sha256=brought.sha256,
    )
    session.add(made)
    session.flush()
    audit.record(
        session,
        survey_id=release.survey_id,
        at=at,
        by=by,
        action="release.sealed_file",
        record=f"release {release.id}",
        detail={"number": release.number, "sha256": brought.sha256, "replaces": bool(before)},
    )
