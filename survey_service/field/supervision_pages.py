"""The page of whoever supervises an open wave: what to do first, then pace, days, hours, grids and interviewers.

While the field is open nothing here, and nothing on any other page, tells how anybody answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, WaveStaff, require
from survey_service.accounts.staff_pages import Asking, go
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import NotFound
from survey_service.field import figures_round, noting, outcomes_shown, pages, queries, supervision
from survey_service.field import supervision_queries as found_by
from survey_service.field.interviewer_values import InterviewFigures, Interviews
from survey_service.field.outcomes_shown import Outcomes
from survey_service.field.supervision_queries import Called
from survey_service.fieldwork import call_backs
from survey_service.models import FieldFigures, Survey, Wave
from survey_service.sampling import reserves
from survey_service.surveys import queries as surveys
from survey_service.surveys.access import find_wave

router = APIRouter(prefix="/surveys/{survey_key}/waves/{wave_key}/field/supervision")
Supervisor = Annotated[Person, Depends(require(*rights.ASSIGN_CASES))]
GRIDS: Final = 12
BEHIND: Final = 0.01  # how seldom chance alone brings so few: a grid below it is behind


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """One interviewer. ``interviews``: None where nothing was computed of them yet; ``odd``: what to ask about."""

    id: UUID
    name: str
    given: Outcomes
    interviews: Interviews | None
    odd: frozenset[str]
    called: Called | None

    @property
    def rank(self) -> tuple[int, str]:
        bad = bool(self.called and (self.called.nobody_came or self.called.wrong_person))
        return (-len(self.odd) - 2 * bad, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridLine:
    """One grid, what came of its cases, whether it is behind, and to whom its cases were given."""

    area: Text
    name: Text
    of: Outcomes
    behind: bool
    people: tuple[str, ...]


@router.get("")
def supervision_page(
    request: Request, running: Running, reading: Reading, person: WaveStaff, now: Now, survey_key: str, wave_key: str
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key, rights.FOLLOW_WAVES)
        if wave.state not in noting.TAKES_VISITS:
            raise NotFound
        asking = Asking(request, running, person)
        context = _Page(session, survey, wave, person, now, asking).context()
        return asking.page("staff/field/supervision.html", context, section="surveys")


@router.post("")
def compute_now(writing: Writing, person: Supervisor, now: Now, survey_key: str, wave_key: str) -> Response:
    """What takes long is computed again without waiting for its turn."""
    with writing.begin() as session:
        _, wave = find_wave(session, person, survey_key, wave_key, rights.ASSIGN_CASES)
        if wave.state in noting.TAKES_VISITS:
            figures_round.ask(session, wave.survey_id, wave.id, at=now, by=person.actor)
    return go(f"/surveys/{survey_key}/waves/{wave_key}/field/supervision")


class _Page:
    def __init__(
        self, session: Session, survey: Survey, wave: Wave, person: Person, now: datetime, asking: Asking
    ) -> None:
        self._session, self._survey, self._wave, self._person, self._now = session, survey, wave, person, now
        self._zone = asking.running.settings.zone
        self._visible = person.visible(*rights.FOLLOW_WAVES)
        self._areas = surveys.communities(session, survey, wave, self._visible)
        today = now.astimezone(self._zone).date()
        self._days = supervision.Days(opens_on=wave.opens_on, closes_on=wave.closes_on, today=today)

    def context(self) -> dict[str, Any]:
        session, wave, visible = self._session, self._wave, self._visible
        counted = queries.outcome_counts(session, wave, visible)
        whole = Outcomes.of(counted)
        completed = found_by.completed_by_hour(session, wave, visible)
        visits = found_by.visits_by_hour(session, wave, visible)
        recent = supervision.completed_since(completed, self._now - timedelta(days=supervision.RECENT_DAYS))
        pace = supervision.pace(whole, recent, self._days, wave.plan)
        lines = supervision.by_day(completed, visits, self._days, self._zone)
        parts = supervision.by_part(visits, self._zone)
        kept = session.get(FieldFigures, (wave.survey_id, wave.id))
        people = self._people(counted, kept)
        grids = self._grids(counted)
        return {
            **pages.frame(self._person, self._survey, wave),
            "days": self._days,
            "whole": whole,
            "pace": pace,
            "day_lines": lines,
            "curve": supervision.curve(lines, self._days, pace.expected),
            "parts": parts,
            "off_hours": supervision.off_hours(parts),
            "people": people,
            "figures": InterviewFigures.of(kept.figures).whole if kept else None,
            "figures_at": kept.at if kept else None,
            "grids": grids,
            "communities": self._communities(counted),
            "todo": self._todo(people, [line for line in grids if line.behind]),
        }

    def _people(self, counted: Sequence[queries.OutcomeCount], kept: FieldFigures | None) -> list[PersonLine]:
        given = outcomes_shown.by_interviewer(counted)
        figures = InterviewFigures.of(kept.figures) if kept else None
        theirs: Mapping[UUID, Interviews] = figures.people if figures else {}
        called = found_by.called(self._session, self._wave, self._visible)
        names = queries.account_names(self._session, {*given, *theirs, *called})
        lines = [
            PersonLine(
                id=one,
                name=names[one],
                given=given.get(one, outcomes_shown.NOBODY),
                interviews=theirs.get(one),
                odd=figures.odd(theirs[one]) if figures and one in theirs else frozenset(),
                called=called.get(one),
            )
            for one in names
        ]
        return sorted(lines, key=lambda line: line.rank)

    def _grids(self, counted: Sequence[queries.OutcomeCount]) -> list[GridLine]:
        within = {area.id: Text(area.name_zh, area.name_en) for area in self._areas}
        named = queries.grid_names(self._session, self._visible)
        names = queries.holder_names(self._session, self._wave)
        keep = outcomes_shown.grid_holders(counted)
        usual = Outcomes.of(counted).answered_share
        found = outcomes_shown.hardest(outcomes_shown.by_grid(counted), GRIDS)
        return [
            GridLine(
                area=within[area_id],
                name=named.get(grid, Text(grid, grid)),
                of=of,
                behind=supervision.so_few(of, usual) < BEHIND,
                people=tuple(sorted(names[one] for one in keep.get((area_id, grid), ()))),
            )
            for (area_id, grid), of in found
            if area_id in within
        ]

    def _communities(self, counted: Sequence[queries.OutcomeCount]) -> list[tuple[Text, supervision.Pace]]:
        """Those that will be known least well, first."""
        by_area = outcomes_shown.by_community(counted)
        since = self._now - timedelta(days=supervision.RECENT_DAYS)
        recent = found_by.completed_by_community(self._session, self._wave, self._visible, since=since)
        lines = [
            (
                Text(area.name_zh, area.name_en),
                supervision.pace(by_area[area.id], recent.get(area.id, 0), self._days, self._wave.plan),
            )
            for area in self._areas
            if area.id in by_area
        ]
        return sorted(lines, key=lambda line: (line[1].expected, line[0].zh))

    def _todo(self, people: Sequence[PersonLine], behind: Sequence[GridLine]) -> dict[str, Any]:
        session, wave, visible = self._session, self._wave, self._visible
        waiting = sum(one.called.drawn - one.called.found for one in people if one.called)
        return {
            "overdue": found_by.overdue_in(session, wave, visible, self._now.astimezone(self._zone)),
            "agreed": found_by.agreed_in(session, wave, visible, self._now.astimezone(self._zone)),
            "free": found_by.free(session, wave, visible),
            "call_backs": waiting,
            "to_draw": call_backs.to_draw(session, wave.survey_id, wave.id),
            "bad_calls": [one for one in people if one.called and (one.called.nobody_came or one.called.wrong_person)],
            "odd": [one for one in people if one.odd],
            "behind": behind,
            "behind_whose": sorted({name for line in behind for name in line.people}),
            "reserves": bool(reserves.waiting(session, wave.survey_id, wave.id)),
        }
