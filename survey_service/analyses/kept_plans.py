"""The plans of a wave as rows: kept one after another, and never changed.

Until somebody opens the figures a plan is changed freely; from then on a change asks for a reason and what was before
stays, so that the report can say how often it was changed and why. Texts only: nothing here imports the statistics.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.errors import BadInput, Conflict, NotFound
from survey_service.models import KeptPlan, Wave, WaveState

LONGEST_REASON = 120  # it is printed in every report: a community's stays on its two pages


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    before: str  # canonical text
    after: str
    fields: Sequence[str]  # what of the plan is changed, for the audit log
    reason: str


def kept(session: Session, survey_id: UUID, wave_id: UUID) -> Sequence[KeptPlan]:
    """Every version, the oldest first."""
    of_wave = select(KeptPlan).where(KeptPlan.survey_id == survey_id, KeptPlan.wave_id == wave_id)
    return session.scalars(of_wave.order_by(KeptPlan.number)).all()


def newest(session: Session, survey_id: UUID, wave_id: UUID) -> KeptPlan | None:
    """The plan in force; None where the wave goes by the default plan."""
    of_wave = select(KeptPlan).where(KeptPlan.survey_id == survey_id, KeptPlan.wave_id == wave_id)
    return session.scalars(of_wave.order_by(KeptPlan.number.desc()).limit(1)).one_or_none()


def reasons(session: Session, survey_id: UUID, wave_id: UUID) -> tuple[str, ...]:
    """Why the plan was changed after somebody had seen the figures, each time it was."""
    return tuple(one.reason or "" for one in kept(session, survey_id, wave_id) if one.after_lock)


def change(
    session: Session,
    survey_id: UUID,
    wave_id: UUID,
    given: PlanChange,
    *,
    at: datetime,
    by: audit.Actor,
) -> KeptPlan:
    """Keep ``given.after`` as the plan in force, instead of ``given.before``.

    Conflict where the wave is released or its plan is no longer ``before``; BadInput where the figures are open and no
    reason is given.
    """
    before, after, reason = given.before, given.after, given.reason
    wave = _held(session, survey_id, wave_id)
    locked = wave.figures_opened_at is not None
    if wave.state is WaveState.RELEASED:
        raise Conflict(
            zh="这一期已经发布，分析方案不能再改。要改，请先更正发布。",
            en="This wave is released, and its analysis plan stays as it is. A correction of the release comes first.",
        )
    present = newest(session, survey_id, wave_id)
    if present is not None and present.sha256 != _sha256(before):
        raise Conflict(
            zh="分析方案刚刚被别人改过，您的改动没有保存。请看过新的方案，再改一次。",
            en="Somebody has just changed the analysis plan; yours was not stored. Look at the new one first.",
        )
    if after == before:
        raise BadInput(zh="方案没有改动，不用保存。", en="Nothing in the plan is changed; there is nothing to store.")
    if locked and not reason:
        raise BadInput(
            zh="结果已经打开，改分析方案要写明原因；报告里会写。",
            en="The figures are open: say why the plan is changed. The report will say it.",
        )
    if len(reason) > LONGEST_REASON:
        raise BadInput(
            zh=f"原因最多 {LONGEST_REASON} 个字，请缩短。", en=f"A reason has at most {LONGEST_REASON} characters."
        )
    if locked and present is None:  # opened before plans were kept: what the figures were seen by stays too
        present = _append(session, wave, before, at=at, by=by)
    made = _append(session, wave, after, at=at, by=by, after_lock=locked, reason=reason if locked else None)
    audit.record(
        session,
        survey_id=survey_id,
        at=at,
        by=by,
        action="wave.plan_changed",
        record=f"wave {wave_id}",
        detail={"number": made.number, "plan": made.sha256, "fields": list(given.fields), "after_lock": locked},
        reason=made.reason,
    )
    return made


def lock(session: Session, survey_id: UUID, wave_id: UUID, text: str, *, at: datetime, by: audit.Actor) -> KeptPlan:
    """The plan in force when the figures are opened; ``text``, the default plan, is kept where none was."""
    wave = _held(session, survey_id, wave_id)
    found = newest(session, survey_id, wave_id)
    if found is not None:
        return found
    made = _append(session, wave, text, at=at, by=by)
    audit.record(
        session,
        survey_id=survey_id,
        at=at,
        by=by,
        action="wave.plan_kept",
        record=f"wave {wave_id}",
        detail={"number": made.number, "plan": made.sha256},
    )
    return made


def _held(session: Session, survey_id: UUID, wave_id: UUID) -> Wave:
    """The wave, which nobody opens or releases until this transaction ends."""
    of_wave = select(Wave).where(Wave.survey_id == survey_id, Wave.id == wave_id)
    wave = session.scalars(of_wave.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if wave is None:
        raise NotFound
    return wave


def _append(
    session: Session,
    wave: Wave,
    text: str,
    *,
    at: datetime,
    by: audit.Actor,
    after_lock: bool = False,
    reason: str | None = None,
) -> KeptPlan:
    of_wave = (KeptPlan.survey_id == wave.survey_id, KeptPlan.wave_id == wave.id)
    last = session.scalar(select(func.max(KeptPlan.number)).where(*of_wave)) or 0
    made = KeptPlan(
        survey_id=wave.survey_id,
        wave_id=wave.id,
        number=last + 1,
        text=text,
        sha256=_sha256(text),
        at=at,
        account_id=by.account_id,
        name=by.name,
        after_lock=after_lock,
        reason=reason,
    )
    session.add(made)
    try:
        session.flush()
    except IntegrityError as taken:  # on a database that let two in at once
        raise Conflict from taken
    return made


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
