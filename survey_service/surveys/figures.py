"""Opening the figures of a wave: a step that is stored, since whoever has seen them must not let the field go on.

Diagnostics (response, weights, what was left out) may be looked at as often as need be. Estimates and verdicts open
once, under review, when no form is keyed and no file taken in any more; from then on no step leads back.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.errors import Conflict, NotFound
from survey_service.models import Wave
from survey_service.surveys import queries


class FiguresOpen(Conflict):
    """Somebody has seen the figures: the wave goes on to its release and not back."""

    code = "E125"
    zh = (
        "这一期的结果已经打开，不能再退回去接着收：看过数字再收，等于挑着停。录错的答卷，在“录入”里更正；"
        "要多收，请另建一期。"
    )
    en = (
        "The figures of this wave have been opened, so it cannot step back and collect more: going on after a look is "
        "stopping when one pleases. A form that was keyed wrongly is corrected under Keying; for more answers, make "
        "another wave."
    )


class FiguresClosed(Conflict):
    """Nobody has opened the figures, so nobody can have looked at them."""

    code = "E126"
    zh = "这一期的结果还没有打开。请在审核中先看诊断，再打开结果，看过以后签发。"
    en = "The figures of this wave are not open. Under review, look at the diagnostics, open the figures, then sign."


def open_figures(
    session: Session,
    survey_id: UUID,
    wave_id: UUID,
    *,
    plan_sha256: str | None = None,
    at: datetime,
    by: audit.Actor,
) -> Wave:
    """Note who opened the figures, when, and by which plan they are computed; nothing where they are open already.

    NotFound where there is no such wave, Conflict where it is not under review.
    """
    wave = session.get(Wave, (survey_id, wave_id))
    if wave is None:
        raise NotFound
    if wave.figures_opened_at is not None:
        return wave
    opened = queries.open_figures(session, survey_id, wave_id, plan_sha256=plan_sha256, at=at, by=by.name)
    session.refresh(wave)
    if opened:
        audit.record(
            session,
            survey_id=survey_id,
            at=at,
            by=by,
            action="wave.figures_opened",
            record=f"wave {wave_id}",
            detail={"plan": plan_sha256} if plan_sha256 else None,
        )
    elif wave.figures_opened_at is None:
        raise Conflict(
            zh="结果要到审核中才能打开：截止以后还在录纸质答卷、收外来答卷。请先进入审核。",
            en="Figures open under review only: in a closed wave forms are still keyed and files taken in. "
            "Begin the review first.",
        )
    return wave
