"""The three steps of a release as a page shows them: who did what, who is next, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.models import ReleaseStepKind, Survey, Wave, WaveState
from survey_service.releases import steps
from survey_service.releases.steps import Seen, Why
from survey_service.settings import Settings
from survey_service.surveys.access import may

WHO: Final = {
    ReleaseStepKind.PREPARED: rights.PREPARE,
    ReleaseStepKind.REVIEWED: rights.CHECK,
    ReleaseStepKind.SIGNED: rights.SIGN,
}


class State(StrEnum):
    DONE = "done"
    YOURS = "yours"  # this person can take it now
    ANOTHER = "another"  # it is next, and this person has the role, but must be another one
    OTHERS = "others"  # it is next, for somebody with another role
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    step: str
    state: State
    name: str = ""
    at: datetime | None = None
    roles: tuple[str, ...] = ()  # who may take it
    lapsed: str = ""  # why what was done is worth nothing any more
    lapsed_name: str = ""
    lapsed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingShown:
    edition: int
    lines: tuple[StepLine, ...]
    seen: Seen
    differ: int
    released: bool
    correction_reason: str  # empty: a first edition
    correction_by: str

    @property
    def yours(self) -> StepLine | None:
        return next((line for line in self.lines if line.state is State.YOURS), None)


def shown(
    session: Session, person: Person, settings: Settings, survey: Survey, wave: Wave, seen: Seen
) -> StandingShown:
    found = steps.standing(session, survey.id, wave.id, seen)
    under_review = wave.state is WaveState.UNDER_REVIEW
    lines = []
    for kind in steps.ORDER:
        done, lapsed = found.held.get(kind), found.lapsed.get(kind)
        state = State.LATER
        if done is not None:
            state = State.DONE
        elif under_review and kind is found.next:
            state = _turn(session, person, survey, kind, found, settings.signatures_differ)
        lines.append(
            StepLine(
                step=kind.value,
                state=state,
                name=done.name if done else "",
                at=done.at if done else None,
                roles=tuple(role.value for role in WHO[kind]),
                lapsed=lapsed.why.value if lapsed else "",
                lapsed_name=lapsed.step.name if lapsed else "",
                lapsed_at=lapsed.step.at if lapsed else None,
            )
        )
    return StandingShown(
        edition=found.edition,
        lines=tuple(lines),
        seen=seen,
        differ=settings.signatures_differ,
        released=not under_review,
        correction_reason=found.correction.reason or "" if found.correction else "",
        correction_by=found.correction.name if found.correction else "",
    )


def _turn(
    session: Session, person: Person, survey: Survey, kind: ReleaseStepKind, found: steps.Standing, differ: int
) -> State:
    if not may(session, person, survey, *WHO[kind]):
        return State.OTHERS
    return State.YOURS if found.enough(person.account_id, differ) else State.ANOTHER


__all__ = ["StandingShown", "State", "StepLine", "Why", "shown"]
