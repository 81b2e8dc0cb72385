"""How the statistician of the invented city read what residents wrote, before the release of the finished wave."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from survey_service.accounts.queries import below
from survey_service.demonstration.ground import Ground
from survey_service.demonstration.wishes import WISHES, Wish
from survey_service.models import RemarkState, RemarkTheme, Role, Survey, Wave
from survey_service.remarks import queries, rows, themes
from survey_service.remarks.identifying import open_proposals
from survey_service.remarks.places import Sheet, places
from survey_service.remarks.queries import Answer, Asked, Taken
from survey_service.remarks.room import Room, room
from survey_service.remarks.rows import By, Choice

QUESTION: Final = "q12"
ALL: Final = 10_000  # more than anybody writes in this city
LEFT_UNREAD: Final = 9  # one answer in so many is left for whoever looks at the page


def read(session: Session, ground: Ground, wave_id: UUID, *, at: datetime) -> None:
    """Most of the answers read, what identifies struck, themes given, some chosen: as a statistician leaves them."""
    by = By(actor=ground.staff[Role.STATISTICIAN], at=at)
    survey = session.get_one(Survey, ground.survey_id)
    wave = rows.hold_wave(session, survey.id, wave_id)
    themes.begin(session, survey.id, by)
    by_number = {one.number: one for one in queries.themes(session, survey.id)}
    of = (survey.id, wave.id, QUESTION)
    found = room(session, wave, QUESTION, places(session, survey.city_id))
    known = {one.words: one for one in WISHES}
    everywhere = below([survey.city_id])
    for number, answer in enumerate(queries.page(session, of, everywhere, Asked(), after=None, limit=ALL)):
        wish = known.get(answer.text)
        if wish is not None and number % LEFT_UNREAD:
            found = _judged(session, wave, answer, wish, by_number.get(wish.theme), found, by)


def _judged(
    session: Session, wave: Wave, answer: Answer, wish: Wish, theme: RemarkTheme | None, found: Room, by: By
) -> Room:
    """One answer; the room that is left when it was chosen."""
    row = rows.held(session, wave, QUESTION, answer, by)
    if theme is None:
        rows.read(session, row, by, RemarkState.LEFT)
        return found
    rows.give_theme(session, row, answer, theme, by, found)
    if proposals := open_proposals(answer.text, ()):
        rows.strike(session, row, answer.text, proposals, by)
    sheets = (
        frozenset(one for one in Sheet if found.why_not(answer, theme.id, one) is None) if wish.good else frozenset()
    )
    said_already = any(one.text == answer.text for one in found.taken)
    if not sheets or said_already:
        return found
    rows.choose(session, row, answer, Choice(sheets=sheets), by, found)
    taken = Taken(
        remark_id=row.id,
        response_id=answer.response_id,
        area_id=answer.area_id,
        theme_id=theme.id,
        sheets=sheets,
        text=answer.text,
    )
    return replace(found, taken=[*found.taken, taken])
