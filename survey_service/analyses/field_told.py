"""What the report says of the field beside the figures: how many cases ended with which outcome, and whose the
interviewers were. Of every community, in three statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reports.content import AskedBy, OutcomeLine
from survey_service.field import outcomes_shown
from survey_service.field.queries import OutcomeCount, outcome_counts
from survey_service.fieldwork.words import MODES
from survey_service.models import Account, Area, Capture, Case, Mode, Response, ResponseState, Source, Wave, WorksFor


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldTold:
    """By code of the community."""

    outcomes: Mapping[str, Sequence[OutcomeCount]] = field(default_factory=dict)
    asked_by: Mapping[str, AskedBy] = field(default_factory=dict)

    def outcomes_in(self, communities: Iterable[str]) -> tuple[OutcomeLine, ...]:
        """Of these communities together, in the order of AAPOR's tables."""
        return _lines([one for code in communities for one in self.outcomes.get(code, ())])

    def asked_by_in(self, communities: Iterable[str]) -> AskedBy | None:
        """None where nobody was asked by an interviewer, or of no interviewer it is known whose they are."""
        found = [one for code in communities if (one := self.asked_by.get(code)) is not None]
        if not sum(one.known for one in found):
            return None
        return AskedBy(
            interviews=sum(one.interviews for one in found),
            known=sum(one.known for one in found),
            own=sum(one.own for one in found),
        )


NOTHING_TOLD: Final = FieldTold()


def read_field(session: Session, wave: Wave) -> FieldTold:
    tree = _communities(session, wave)
    by_area: dict[str, list[OutcomeCount]] = defaultdict(list)
    for one in outcome_counts(session, wave, None):
        by_area[tree[one.area_id].code].append(one)
    return FieldTold(outcomes=by_area, asked_by=_asked_by(session, wave, tree))


class _Community(NamedTuple):
    code: str
    street_id: UUID | None  # the area right above


def _communities(session: Session, wave: Wave) -> dict[UUID, _Community]:
    """Those with a case of the wave."""
    of_wave = select(Case.area_id).where(Case.survey_id == wave.survey_id, Case.wave_id == wave.id)
    rows = session.execute(select(Area.id, Area.code, Area.parent_id).where(Area.id.in_(of_wave)))
    return {row[0]: _Community(row[1], row[2]) for row in rows}


def _lines(counted: Sequence[OutcomeCount]) -> tuple[OutcomeLine, ...]:
    return tuple(
        OutcomeLine(mode=one.mode.value, mode_name=MODES[one.mode], code=one.code, name=one.words, cases=one.cases)
        for one in outcomes_shown.by_code(counted)
    )


def _asked_by(session: Session, wave: Wave, tree: Mapping[UUID, _Community]) -> dict[str, AskedBy]:
    interview = (
        (Capture.survey_id == Response.survey_id)
        & (Capture.response_id == Response.id)
        & (Capture.source == Source.DEVICE)
        & ~Capture.conflict
    )
    rows = session.execute(
        select(
            Response.area_id,
            Account.works_for,
            Account.works_for_area_id,
            func.count(Response.id.distinct()),
        )
        .outerjoin(Capture, interview)
        .outerjoin(Account, Account.id == Capture.by_account_id)
        .where(
            Response.survey_id == wave.survey_id,
            Response.wave_id == wave.id,
            Response.state == ResponseState.COMPLETE,
            Response.mode == Mode.FACE_TO_FACE,
            Response.case_id.is_not(None),
        )
        .group_by(Response.area_id, Account.works_for, Account.works_for_area_id)
    )
    found: dict[str, AskedBy] = {}
    for area_id, works_for, of_area, count in rows:
        judged = area_id if works_for is WorksFor.COMMUNITY else tree[area_id].street_id
        own = works_for in (WorksFor.COMMUNITY, WorksFor.STREET) and judged == of_area
        before = found.get(tree[area_id].code, AskedBy(interviews=0, known=0, own=0))
        found[tree[area_id].code] = AskedBy(
            interviews=before.interviews + count,
            known=before.known + (count if works_for is not None else 0),
            own=before.own + (count if own else 0),
        )
    return found
