"""The doors of the open wave: interviews by three people, one of whom hurries, a grid where nobody goes, call-backs.

What whoever supervises has to find is put here; the finished wave, whose figures are signed, has none of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.outcome_codes import OutcomeMode
from survey_service import audit, jobs
from survey_service.demonstration.field import Fieldwork, Sheet
from survey_service.demonstration.ground import Ground
from survey_service.demonstration.visits import agree
from survey_service.field import figures_round
from survey_service.fieldwork import INTERVIEWS_JOB, call_backs, own_staff
from survey_service.fieldwork.visits import NewVisit, Told, note_visits
from survey_service.models import CallBack, Case, Disposition, Job, JobState, Mode, Role, Visited, VisitSource, WorksFor
from survey_service.services import Services

ASKED_AT_THE_DOOR: Final = 0.55  # of those who answer by an invitation: they are asked by somebody who knocks
HURRIES: Final = 2  # which of the interviewers
COPIED: Final = 0.4  # of the interviews of whoever hurries
USUAL_SECONDS, HURRIED_SECONDS = 520.0, 110.0
WAITING_GRID: Final = ("990181002003", 5)  # a community of the demonstration, and one of its grids, by number
SEED: Final = 20260


@dataclass(frozen=True, slots=True, kw_only=True)
class Knocked:
    """How one interview went."""

    by: audit.Actor
    seconds: int


def at_the_door(fieldwork: Mapping[str, Fieldwork], rng: np.random.Generator) -> dict[str, Fieldwork]:
    """Some of those who were invited are asked by an interviewer; in one grid nobody has been at all."""
    found = {}
    for code, one in fieldwork.items():
        kept = _without_waiting_grid(code, one)
        sheets = [_asked(sheet, rng) for sheet in kept.sheets]
        found[code] = replace(kept, sheets=sheets)
    return found


def _asked(sheet: Sheet, rng: np.random.Generator) -> Sheet:
    asked = sheet.mode is Mode.WEB_INVITED and rng.random() < ASKED_AT_THE_DOOR
    return replace(sheet, mode=Mode.FACE_TO_FACE) if asked else sheet


def _without_waiting_grid(code: str, one: Fieldwork) -> Fieldwork:
    grids = sorted({drawn.stratum for drawn in one.drawn})
    if code != WAITING_GRID[0] or len(grids) <= WAITING_GRID[1]:
        return one
    waiting = grids[WAITING_GRID[1]]
    there = {place for place, drawn in enumerate(one.drawn) if drawn.stratum == waiting}
    sheets = [sheet for sheet in one.sheets if sheet.case not in there]
    outcomes = {place: outcome for place, outcome in one.outcomes.items() if place not in there}
    return replace(one, sheets=sheets, outcomes=outcomes)


class Style:
    """How each of the interviewers works: seconds for every interview, and whether it is one that was made up."""

    def __init__(self, ground: Ground, rng: np.random.Generator) -> None:
        self._hurried = ground.interviewers[HURRIES].account_id
        self._rng = rng
        self._copied: dict[str, object] | None = None

    def of(self, by: audit.Actor) -> Knocked:
        usual = HURRIED_SECONDS if by.account_id == self._hurried else USUAL_SECONDS
        return Knocked(by=by, seconds=round(float(self._rng.lognormal(np.log(usual), 0.3))))

    def answers(self, by: audit.Actor, given: dict[str, object]) -> dict[str, object]:
        """What was handed in: of whoever hurries, some are copies of the first."""
        if by.account_id != self._hurried:
            return given
        if self._copied is None:
            self._copied = given
        return self._copied if self._rng.random() < COPIED else given


def supervise(services: Services, ground: Ground, wave_id: UUID, *, at: datetime) -> None:
    """Whose the interviewers are, appointments to come and such that have passed, call-backs with what they found, and
    the figures of the interviews."""
    manager = ground.staff[Role.MANAGER]
    area = next(iter(ground.area_ids.values()))
    ties: Sequence[tuple[WorksFor, UUID | None]] = (
        (WorksFor.NONE, None),
        (WorksFor.OTHER, None),
        (WorksFor.COMMUNITY, area),
    )
    with services.database.writing.begin() as session:
        for person, tie in zip(ground.interviewers, ties, strict=True):
            assert person.account_id is not None
            own_staff.say(session, ground.survey_id, person.account_id, tie, at=at, by=manager)
        agree(session, ground.survey_id, wave_id, ground.interviewers, at=at)
        waiting = session.scalars(
            select(Case.id)
            .where(
                Case.survey_id == ground.survey_id,
                Case.wave_id == wave_id,
                Case.disposition == Disposition.NONCONTACT,
                Case.last_visit_at < at - timedelta(days=3),
            )
            .order_by(Case.number)
            .limit(3)
        ).all()
        note_visits(
            session,
            ground.survey_id,
            [_agreed(case_id, at) for case_id in waiting],
            Told(VisitSource.DOOR, at, ground.interviewers[0]),
        )
        call_backs.draw(session, ground.survey_id, wave_id, seed=SEED, at=at, by=manager)
        _found(session, ground, wave_id, at=at, by=manager)
        figures_round.ask(session, ground.survey_id, wave_id, at=at, by=manager)
        session.flush()
        asked = (Job.survey_id == ground.survey_id) & (Job.kind == INTERVIEWS_JOB)
        job_id = session.scalars(select(Job.id).where(asked)).one()
    if jobs.work(services, ground.survey_id, job_id) is not JobState.DONE:
        raise RuntimeError("the figures of the interviews could not be computed; the log says why")


def _agreed(case_id: UUID, at: datetime) -> NewVisit:
    return NewVisit(
        case_id=case_id,
        code="2.25",
        mode=OutcomeMode.IN_PERSON,
        at=at - timedelta(days=2),
        appointment_at=at - timedelta(hours=13),
    )


def _found(session: Session, ground: Ground, wave_id: UUID, *, at: datetime, by: audit.Actor) -> None:
    """Two of three are asked; of whoever hurries, one household saw nobody and another says it took two minutes."""
    drawn = session.execute(
        select(CallBack.case_id, CallBack.account_id)
        .join(Case, (Case.survey_id == CallBack.survey_id) & (Case.id == CallBack.case_id))
        .where(CallBack.survey_id == ground.survey_id, CallBack.wave_id == wave_id)
        .order_by(Case.number)
    ).all()
    hurried = [case_id for case_id, account_id in drawn if account_id == ground.interviewers[HURRIES].account_id]
    for place, (case_id, _) in enumerate(drawn):
        if place % 3 == 2 and case_id not in hurried[:2]:
            continue
        answered = call_backs.Answered(visited=Visited.CAME, right_person=True, minutes=8 + place % 5)
        if case_id in hurried[:1]:
            answered = call_backs.Answered(visited=Visited.NOBODY_CAME, right_person=None, minutes=None)
        elif case_id in hurried[1:2]:
            answered = call_backs.Answered(visited=Visited.CAME, right_person=False, minutes=2)
        call_backs.note(session, ground.survey_id, case_id, answered, at=at, by=by)
