"""Pictures and other files of a wave's answers: shown one by one, or all as one, to whom words may be shown.

Each look is written down before anything is shown. They are tied to community and case here, and to nothing in an
export: its rows lead to no case, and so to no picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service.accounts.permissions import Person, may_export_texts
from survey_service.attachments.store import opened
from survey_service.database import ReadingSessions
from survey_service.errors import NotFound
from survey_service.exports.kept_errors import TextsNotAllowed
from survey_service.models import Area, Attachment, Case, Response, Wave
from survey_service.secrets import KeyRing
from survey_service.services import Services
from survey_service.settings import Settings

MOST_SHOWN = 500  # of one page; the rest is in the ZIP
TYPES = {
    "jpg": "image/jpeg",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "amr": "audio/amr",
    "weba": "audio/webm",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "pdf": "application/pdf",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One file as the page lists it."""

    id: UUID
    question: str
    type: str
    kilobytes: int
    at: datetime
    community: Text
    case: str  # its number; "" where the answers have none


def refuse(person: Person, settings: Settings) -> None:
    """Pictures show faces: they are seen by whom the installation lets read what people wrote."""
    if not may_export_texts(person, settings):
        raise TextsNotAllowed


def listed(session: Session, wave: Wave) -> list[Shown]:
    """Files of answers that were handed in, by community and question; nothing of what is in them."""
    statement = (
        select(Attachment.id, Attachment.question, Attachment.type, Attachment.size, Attachment.at)
        .add_columns(Area.name_zh, Area.name_en, Case.number)
        .join(Response, (Response.survey_id == Attachment.survey_id) & (Response.id == Attachment.response_id))
        .join(Area, Area.id == Response.area_id)
        .outerjoin(Case, (Case.survey_id == Response.survey_id) & (Case.id == Response.case_id))
        .where(Attachment.survey_id == wave.survey_id, Attachment.wave_id == wave.id)
        .order_by(Area.code, Attachment.question, Attachment.at, Attachment.id)
    )
    return [_shown(row) for row in session.execute(statement)]


def _shown(row: Row[UUID, str, str, int, datetime, str, str, str | None]) -> Shown:
    return Shown(
        id=row.id,
        question=row.question,
        type=row.type,
        kilobytes=max(1, round(row.size / 1000)),
        at=row.at,
        community=Text(row.name_zh, row.name_en),
        case=row.number or "",
    )


def one(session: Session, wave: Wave, file_id: UUID) -> Attachment:
    """NotFound for what no answer refers to, too."""
    row = session.get(Attachment, (wave.survey_id, file_id))
    if row is None or row.wave_id != wave.id or row.response_id is None:
        raise NotFound
    return row


def named(file: Shown) -> str:
    """What it is called in a ZIP: its question and its id."""
    return f"{file.question}/{file.id.hex}.{file.type}"


def contents(running: Services, wave: Wave, files: Sequence[Shown]) -> dict[str, Iterator[bytes]]:
    """Every file by its name, read when it is its turn: one is in memory at a time."""
    read = partial(_read, running.database.reading, running.keys, wave)
    return {named(file): read(file.id) for file in files}


def _read(reading: ReadingSessions, keys: KeyRing, wave: Wave, file_id: UUID) -> Iterator[bytes]:
    with reading.begin() as session:
        row = session.get(Attachment, (wave.survey_id, file_id))
        content = opened(keys, row) if row is not None else b""  # erased a moment ago
    yield content
