"""Answers in words as their page shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service.models import RemarkTheme
from survey_service.remarks import queries
from survey_service.remarks.identifying import Span, open_proposals, printed, united
from survey_service.remarks.places import Sheet
from survey_service.remarks.queries import Answer, Stand
from survey_service.remarks.room import Room, Why
from survey_service.remarks.rows import sheets_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Characters of an answer that are shown alike."""

    text: str
    struck: bool = False
    proposed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A sheet that the answer may be chosen for, or why not."""

    sheet: Sheet
    place: Text
    on: bool
    why_not: Why | None
    respondents: int
    answers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One answer."""

    id: UUID
    community: Text
    street: Text
    mode: str
    pieces: Sequence[Piece]
    printed: str
    strikes: int
    proposals: Sequence[str]
    stand: Stand
    theme: int | None
    theme_name: Text | None
    offered: Sequence[Offered]
    sampled: bool
    acts: int
    undoable: bool


def lines(
    session: Session,
    survey_id: UUID,
    answers: Sequence[Answer],
    themes: Sequence[RemarkTheme],
    room: Room,
    mine: Collection[UUID],
) -> list[Line]:
    """Read in one statement, however many answers there are. ``mine``: areas whose sheets the person chooses for."""
    strikes = queries.struck(session, survey_id, [one.judged.id for one in answers if one.judged is not None])
    by_id = {one.id: one for one in themes}
    made = []
    for one in answers:
        struck = queries.spans(strikes.get(one.judged.id, ())) if one.judged is not None else []
        made.append(_line(one, struck, by_id, room, mine))
    return made


def _line(
    answer: Answer, struck: Sequence[Span], themes: Mapping[UUID, RemarkTheme], room: Room, mine: Collection[UUID]
) -> Line:
    judged, of = answer.judged, room.places.of(answer.area_id)
    theme = themes.get(judged.theme_id) if judged is not None and judged.theme_id is not None else None
    proposals = open_proposals(answer.text, struck)
    on: Collection[Sheet] = sheets_of(judged) if judged is not None else ()
    return Line(
        id=answer.response_id,
        community=room.places.name(answer.area_id),
        street=room.places.name(of[Sheet.STREET]),
        mode=answer.mode.value,
        pieces=tuple(pieces(answer.text, struck, proposals)),
        printed=printed(answer.text, struck),
        strikes=len(united(struck)),
        proposals=tuple(answer.text[one.begins : one.ends] for one in proposals),
        stand=Stand.UNREAD if judged is None else Stand(judged.state.value),
        theme=None if theme is None else theme.number,
        theme_name=None if theme is None else Text(theme.zh, theme.en or theme.zh),
        offered=tuple(_offered(answer, theme, sheet, room, on=sheet in on, mine=mine) for sheet in Sheet),
        sampled=answer.sampled,
        acts=0 if judged is None else judged.acts,
        undoable=judged is not None and bool(judged.before),
    )


def _offered(
    answer: Answer, theme: RemarkTheme | None, sheet: Sheet, room: Room, *, on: bool, mine: Collection[UUID]
) -> Offered:
    size, place = room.size(answer, sheet), room.places.of(answer.area_id)[sheet]
    why_not = room.why_not(answer, None if theme is None else theme.id, sheet)
    return Offered(
        sheet=sheet,
        place=room.places.name(place),
        on=on,
        why_not=why_not if place in mine else Why.ELSEWHERE,
        respondents=size.respondents,
        answers=size.answers,
    )


def pieces(text: str, struck: Sequence[Span], proposals: Sequence[Span]) -> Iterator[Piece]:
    """The whole answer, in runs of characters that are struck, proposed, or neither."""
    ends = sorted({0, len(text), *(end for one in (*struck, *proposals) for end in (one.begins, one.ends))})
    for begins, after in pairwise(ends):
        yield Piece(
            text=text[begins:after],
            struck=any(one.begins <= begins < one.ends for one in struck),
            proposed=any(one.begins <= begins < one.ends for one in proposals),
        )


def found_in(text: str, typed: str) -> list[Span]:
    """Everywhere that these characters stand in an answer."""
    found, place = [], text.find(typed) if typed else -1
    while place >= 0:
        found.append(Span(place, place + len(typed)))
        place = text.find(typed, place + len(typed))
    return found
