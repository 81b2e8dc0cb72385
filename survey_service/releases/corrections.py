"""Correcting what was released: back to review with a reason, then a next edition. The one before stays readable."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from questionnaires.characters import written
from survey_service import audit
from survey_service.errors import Conflict, NotFound
from survey_service.models import ReleaseStep, ReleaseStepKind, Wave, WaveState
from survey_service.releases import queries
from survey_service.surveys import service as surveys


def begin(session: Session, survey_id: UUID, wave_id: UUID, *, reason: str, at: datetime, by: audit.Actor) -> Wave:
    """A released wave under review once more; BadInput without a reason, Conflict where it is not released."""
    wave = surveys.reopen_released(session, survey_id, wave_id, reason=reason, at=at, by=by)
    _note(session, wave, ReleaseStepKind.CORRECTION, reason=written(reason)[:400], at=at, by=by)
    return wave


def drop(session: Session, survey_id: UUID, wave_id: UUID, *, at: datetime, by: audit.Actor) -> Wave:
    """The wave as it was released, without a new edition; Conflict where nothing is being corrected."""
    wave = queries.locked_wave(session, survey_id, wave_id)
    if wave is None:
        raise NotFound
    if wave.state is not WaveState.UNDER_REVIEW or not queries.last_edition(session, survey_id, wave_id):
        raise Conflict(
            zh="这一期没有在更正，可能别人刚刚操作过。请刷新后再看。",
            en="This wave is not being corrected; somebody may have just acted. Reload and look again.",
        )
    surveys.mark_released(session, survey_id, wave_id, at=at, by=by)
    _note(session, wave, ReleaseStepKind.CORRECTION_DROPPED, reason=None, at=at, by=by)
    return wave


def reason_of(session: Session, survey_id: UUID, wave_id: UUID, edition: int) -> str | None:
    """Why an edition is made; None for the first."""
    reason = None
    for one in queries.steps(session, survey_id, wave_id, edition):
        if one.step in (ReleaseStepKind.CORRECTION, ReleaseStepKind.CORRECTION_DROPPED):
            reason = one.reason
    return reason


def _note(
    session: Session, wave: Wave, kind: ReleaseStepKind, *, reason: str | None, at: datetime, by: audit.Actor
) -> None:
    session.add(
        ReleaseStep(
            survey_id=wave.survey_id,
            wave_id=wave.id,
            edition=queries.last_edition(session, wave.survey_id, wave.id) + 1,
            step=kind,
            at=at,
            account_id=by.account_id,
            name=by.name,
            rows_key=audit.signed_key(session, wave.survey_id, wave.id),
            plan_sha256="",
            reason=reason,
        )
    )
    session.flush()
