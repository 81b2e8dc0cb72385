"""Questionnaires as they are frozen: canonical JSON that can be read for ever without the file it came from."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy.orm import Session

from questionnaires import canonical
from questionnaires.model import Questionnaire
from survey_service import audit
from survey_service.errors import NotFound
from survey_service.models import QuestionnaireVersion
from survey_service.surveys import queries


class DamagedDefinition(ValueError):
    """The stored definition is not the one whose hash is stored beside it."""


def store(
    session: Session, survey_id: UUID, questionnaire: Questionnaire, *, at: datetime, by: audit.Actor
) -> QuestionnaireVersion:
    """The stored version of ``questionnaire`` in this survey; the same definition is stored once."""
    definition = canonical.canonical_bytes(questionnaire).decode()
    sha256 = canonical.sha256(questionnaire)
    known = queries.version_by_digest(session, survey_id, questionnaire.key, questionnaire.version, sha256)
    if known is not None:
        return known
    version = QuestionnaireVersion(
        survey_id=survey_id,
        key=questionnaire.key,
        version=questionnaire.version,
        format=canonical.FORMAT,
        definition=definition,
        sha256=sha256,
        created_at=at,
    )
    session.add(version)
    session.flush()
    audit.record(
        session,
        survey_id=survey_id,
        at=at,
        by=by,
        action="questionnaire.stored",
        record=f"questionnaire_version {version.id}",
        detail={"sha256": sha256},
    )
    return version


def frozen(session: Session, survey_id: UUID, version_id: UUID) -> Questionnaire:
    """The questionnaire of a stored version; NotFound where this survey has none of that id.

    Read once per process and content: a version never changes, so its hash names it for ever.
    """
    sha256 = queries.version_sha256(session, survey_id, version_id)
    if sha256 is None:
        raise NotFound
    return _cached(_Stored(session, survey_id, version_id, sha256))


class _Stored:
    """Key of the cache: equal where the hash is; the session is used only where that content was never read."""

    def __init__(self, session: Session, survey_id: UUID, version_id: UUID, sha256: str) -> None:
        self.sha256 = sha256
        self._where: tuple[Session, UUID, UUID] | None = (session, survey_id, version_id)

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Stored) and other.sha256 == self.sha256

    def load(self) -> Questionnaire:
        assert self._where is not None
        session, survey_id, version_id = self._where
        self._where = None  # the cache keeps the key and must not keep the session with it
        version = session.get_one(QuestionnaireVersion, (survey_id, version_id))
        if hashlib.sha256(version.definition.encode()).hexdigest() != self.sha256:
            raise DamagedDefinition(f"questionnaire version {version_id} does not match its hash")
        return canonical.from_canonical(json.loads(version.definition))


@lru_cache(maxsize=200)
def _cached(stored: _Stored) -> Questionnaire:
    return stored.load()


def forget() -> None:
    """Empty the cache: for tests that damage a stored definition."""
    _cached.cache_clear()
