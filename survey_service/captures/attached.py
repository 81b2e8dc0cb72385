"""Files that answers refer to, in the transaction of the answers: bound to their response, erased with it."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete, or_, update
from sqlalchemy.orm import Session

from survey_service.errors import DomainError
from survey_service.models import Attachment


class FilesGone(DomainError):
    """A file that the answers refer to is not there for them: it waited too long, or belongs to others."""

    code = "E144"
    status = HTTPStatus.CONFLICT
    zh = "这份答卷里的照片或文件已经不在了（传上来 8 天没有提交就会删掉），请删去后重新传，再提交。"
    en = (
        "A picture or file of these answers is no longer there (it is deleted after 8 days without being submitted). "
        "Remove it, send it again, then submit."
    )


def bind(session: Session, survey_id: UUID, wave_id: UUID, response_id: UUID, ids: Sequence[str]) -> None:
    """From now on the files are this response's; FilesGone unless each waits in this wave, or is its own already."""
    if not ids:
        return
    wanted = {UUID(one) for one in ids}
    done = session.execute(
        update(Attachment)
        .where(
            Attachment.survey_id == survey_id,
            Attachment.wave_id == wave_id,
            Attachment.id.in_(wanted),
            or_(Attachment.response_id.is_(None), Attachment.response_id == response_id),
        )
        .values(response_id=response_id)
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", done).rowcount != len(wanted):
        raise FilesGone


def erase(session: Session, survey_id: UUID, response_id: UUID) -> int:
    """Every file of the response, also those that a later correction left out; how many."""
    done = session.execute(
        delete(Attachment)
        .where(Attachment.survey_id == survey_id, Attachment.response_id == response_id)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", done).rowcount
