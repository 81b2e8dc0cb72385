"""Residents' words as the sheets of a wave print them: frozen with its summaries, struck characters gone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from questionnaires.model import Question
from questionnaires.open_questions import open_questions
from questionnaires.text import Text
from reports.content import Remark, Remarks, RemarkTheme
from survey_service.analyses.summaries import Summaries
from survey_service.models import RemarkTheme as Theme
from survey_service.models import Survey, Wave
from survey_service.remarks import queries
from survey_service.remarks.gate import COMMUNITY_QUOTES, Counted, counted
from survey_service.remarks.identifying import printed
from survey_service.remarks.places import Places, Sheet, places
from survey_service.remarks.queries import Taken
from survey_service.remarks.room import Room, room
from survey_service.surveys import definitions

NOTHING: Counted[UUID] = Counted({}, 0)


def with_remarks(session: Session, made: Summaries, survey: Survey, wave: Wave) -> Summaries:
    """The same, with the words that were chosen for each sheet, and how often the themes are on the city's."""
    found = places(session, survey.city_id)
    asked = open_questions(definitions.frozen(session, survey.id, wave.questionnaire_version_id))
    every = [_Said(session, survey, wave, one, found) for one in asked]
    ids = {area.code: area.id for area in found.areas.values()}

    def of(sheet: Sheet, code: str) -> tuple[Remarks, ...]:
        return tuple(told for one in every if (told := one.on(sheet, ids[code])) is not None)

    return replace(
        made,
        communities={c: replace(one, remarks=of(Sheet.COMMUNITY, c)) for c, one in made.communities.items()},
        streets={code: replace(one, remarks=of(Sheet.STREET, code)) for code, one in made.streets.items()},
        city=replace(made.city, remarks=of(Sheet.CITY, made.city.place.code)),
    )


class _Said:
    """What was written to one question."""

    def __init__(self, session: Session, survey: Survey, wave: Wave, question: Question, found: Places) -> None:
        of = (survey.id, wave.id, question.id)
        self._question, self._places = question, found
        self._room: Room = room(session, wave, question.id, found)
        self._themes = {one.id: one for one in queries.themes(session, survey.id)}
        self._by_theme = queries.by_theme(session, *of)
        strikes = queries.struck(session, survey.id, [one.remark_id for one in self._room.taken])
        self._words = {
            one.remark_id: printed(one.text, queries.spans(strikes.get(one.remark_id, ()))) for one in self._room.taken
        }

    def on(self, sheet: Sheet, area_id: UUID) -> Remarks | None:
        """None where too few answered, or there is nothing to print."""
        size = self._room.sizes.get((sheet, area_id))
        if size is None or not size.enough:
            return None
        quotes = self._quotes(sheet, area_id)
        told = self._counted(size.answers) if sheet is Sheet.CITY and self._by_theme else NOTHING
        if not quotes and not told.themes:
            return None
        order = [one for one in self._themes if one in told.themes]
        return Remarks(
            question=self._question.short,
            answers=size.answers if told.themes else 0,
            themes=tuple(RemarkTheme(theme=_name(self._themes[one]), count=told.themes[one]) for one in order),
            rest=told.rest if told.themes else 0,
            quotes=quotes,
        )

    def _counted(self, answers: int) -> Counted[UUID]:
        by_theme: Counter[UUID] = Counter()
        for (_, theme), count in self._by_theme.items():
            if not self._themes[theme].rest:
                by_theme[theme] += count
        return counted(by_theme, answers)

    def _quotes(self, sheet: Sheet, area_id: UUID) -> tuple[Remark, ...]:
        mine = [one for one in self._room.taken if sheet in one.sheets and self._of(sheet, one) == area_id]
        if sheet is Sheet.COMMUNITY:
            return tuple(self._quote(one) for one in mine[:COMMUNITY_QUOTES])
        first = {one.theme_id: one for one in reversed(mine) if one.theme_id is not None}
        return tuple(self._quote(first[theme]) for theme in self._themes if theme in first)

    def _of(self, sheet: Sheet, one: Taken) -> UUID:
        return self._places.of(one.area_id)[sheet]

    def _quote(self, one: Taken) -> Remark:
        theme = self._themes.get(one.theme_id) if one.theme_id is not None else None
        return Remark(text=self._words[one.remark_id], theme=None if theme is None else _name(theme))


def _name(theme: Theme) -> Text:
    return Text(theme.zh, theme.en or theme.zh)
