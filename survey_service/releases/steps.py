"""Who stands for the figures of a wave: prepared, reviewed, signed, each by an account that signed in for it.

A step is stored with the rows and the plan that it stood for, and never changed. It holds while the rows and the plan
are those, and the step before it holds: nobody takes it back, it is worth nothing any more where they move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.errors import Conflict, NotFound
from survey_service.models import ReleaseStep, ReleaseStepKind, WaveState
from survey_service.releases import queries
from survey_service.releases.errors import OutOfTurn, PlanChanged, RowsChanged, TooFewPeople
from survey_service.surveys.figures import FiguresClosed

ORDER: Final = (ReleaseStepKind.PREPARED, ReleaseStepKind.REVIEWED, ReleaseStepKind.SIGNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The figures that somebody looked at: the key of their rows, and the hash of their plan."""

    rows_key: str
    plan_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToStandFor:
    """What a step is for, without its figures: they are read in the proof."""

    seen: Seen
    snapshot: str
    version: str  # of the questionnaire


class Why(StrEnum):
    """Why a step is worth nothing any more."""

    ROWS = "rows"
    PLAN = "plan"
    BEFORE = "before"  # the step before it does not hold


@dataclass(frozen=True, slots=True)
class Lapsed:
    step: ReleaseStep
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far an edition has come."""

    edition: int
    held: Mapping[ReleaseStepKind, ReleaseStep]
    lapsed: Mapping[ReleaseStepKind, Lapsed]  # the newest of a step that is to be taken once more
    correction: ReleaseStep | None  # what is corrected by this edition, and why

    @property
    def next(self) -> ReleaseStepKind | None:
        return next((one for one in ORDER if one not in self.held), None)

    def enough(self, account_id: UUID | None, differ: int) -> bool:
        """Whether as many people as must differ can still be had when this account takes the next step."""
        accounts = {one.account_id for one in self.held.values()} | {account_id}
        return len(accounts) + len(ORDER) - len(self.held) - 1 >= differ


def standing(session: Session, survey_id: UUID, wave_id: UUID, seen: Seen) -> Standing:
    """How far the next edition of a wave has come, for figures of these rows and this plan."""
    edition = queries.last_edition(session, survey_id, wave_id) + 1
    taken = queries.steps(session, survey_id, wave_id, edition)
    correction = None
    for one in taken:
        if one.step is ReleaseStepKind.CORRECTION:
            correction = one
        elif one.step is ReleaseStepKind.CORRECTION_DROPPED:
            correction = None
    held, lapsed = _held(taken, seen)
    return Standing(edition=edition, held=held, lapsed=lapsed, correction=correction)


def _held(
    taken: Sequence[ReleaseStep], seen: Seen
) -> tuple[dict[ReleaseStepKind, ReleaseStep], dict[ReleaseStepKind, Lapsed]]:
    newest = {one.step: one for one in taken}
    held: dict[ReleaseStepKind, ReleaseStep] = {}
    lapsed: dict[ReleaseStepKind, Lapsed] = {}
    before: ReleaseStep | None = None
    for place, kind in enumerate(ORDER):
        one = newest.get(kind)
        if one is None:
            continue
        if one.rows_key != seen.rows_key:
            lapsed[kind] = Lapsed(one, Why.ROWS)
        elif one.plan_sha256 != seen.plan_sha256:
            lapsed[kind] = Lapsed(one, Why.PLAN)
        elif place and (before is None or (before.at, before.id) > (one.at, one.id)):
            lapsed[kind] = Lapsed(one, Why.BEFORE)
        else:
            held[kind] = before = one
            continue
        before = None
    return held, lapsed


def take(
    session: Session,
    kind: ReleaseStepKind,
    of: tuple[UUID, UUID],
    seen: Seen,
    *,
    differ: int,
    at: datetime,
    by: audit.Actor,
) -> Standing:
    """Take the next step towards an edition of the wave ``of`` (survey, wave), for the figures that were looked at.

    RowsChanged where the rows are others by now, PlanChanged where the step before stood for another plan, OutOfTurn,
    TooFewPeople, FiguresClosed; Conflict where the wave is not under review. Reads one row of the wave and its steps.
    """
    survey_id, wave_id = of
    wave = queries.locked_wave(session, survey_id, wave_id)
    if wave is None:
        raise NotFound
    if wave.state is not WaveState.UNDER_REVIEW:
        raise Conflict(
            zh="这一期已经不在审核中，可能别人刚刚操作过。请刷新后再看。",
            en="The wave is not under review any more; somebody may have just moved it. Reload and look again.",
        )
    if wave.figures_opened_at is None:
        raise FiguresClosed
    if audit.signed_key(session, survey_id, wave_id) != seen.rows_key:
        raise RowsChanged
    found = standing(session, survey_id, wave_id, seen)
    if found.next is not kind:
        before = found.lapsed.get(found.next) if found.next else None
        raise PlanChanged if before is not None and before.why is Why.PLAN else OutOfTurn
    if not found.enough(by.account_id, differ):
        raise TooFewPeople(differ)
    session.add(
        ReleaseStep(
            survey_id=survey_id,
            wave_id=wave_id,
            edition=found.edition,
            step=kind,
            at=at,
            account_id=by.account_id,
            name=by.name,
            rows_key=seen.rows_key,
            plan_sha256=seen.plan_sha256,
        )
    )
    session.flush()
    audit.record(
        session,
        survey_id=survey_id,
        at=at,
        by=by,
        action=f"wave.release_{kind.value}",
        record=f"wave {wave_id}",
        detail={"edition": found.edition, "rows": seen.rows_key, "plan": seen.plan_sha256},
    )
    return standing(session, survey_id, wave_id, seen)
