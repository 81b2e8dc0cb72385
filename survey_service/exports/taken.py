"""Who took what: the two entries of the audit log for an export by the command, before its first file and after its
last. They are called as those of the page (``kept``), so that one search finds all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.exports.formats import Format
from survey_service.exports.writing import WrittenFile


def begun(
    session: Session,
    survey_id: UUID,
    wave_id: UUID,
    formats: Sequence[Format],
    *,
    texts: bool,
    at: datetime,
    by: audit.Actor,
    further: Mapping[str, Any] | None = None,
) -> None:
    """Before anything is written, so that nothing is taken that no log tells of. ``further``: how, if not by a page."""
    detail = {"formats": [one.value for one in formats], "texts": texts, **(further or {})}
    _record(session, survey_id, wave_id, "export.asked", detail, at, by)


def finished(
    session: Session,
    survey_id: UUID,
    wave_id: UUID,
    files: Sequence[WrittenFile],
    *,
    texts: bool,
    at: datetime,
    by: audit.Actor,
    further: Mapping[str, Any] | None = None,
) -> None:
    """Every file with its rows and its hash."""
    named = [{"name": one.name, "rows": one.rows, "sha256": one.sha256} for one in files]
    detail = {"files": named, "texts": texts, **(further or {})}
    _record(session, survey_id, wave_id, "export.made", detail, at, by)


def _record(
    session: Session,
    survey_id: UUID,
    wave_id: UUID,
    action: str,
    detail: Mapping[str, Any],
    at: datetime,
    by: audit.Actor,
) -> None:
    audit.record(session, survey_id=survey_id, at=at, by=by, action=action, record=f"wave {wave_id}", detail=detail)
