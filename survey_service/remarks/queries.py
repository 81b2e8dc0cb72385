"""SQL of residents' words: answers of a wave to one question, with how each was judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from survey_service.accounts.queries import below
from survey_service.models import Capture, Mode, Remark, RemarkState, RemarkStrike, RemarkTheme, Response, ResponseState
from survey_service.remarks.gate import Size
from survey_service.remarks.identifying import Span, searched
from survey_service.remarks.places import Sheet

AT_ONCE: Final = 500


class Stand(StrEnum):
    """What a list may be cut to."""

    UNREAD = "unread"
    READ = "read"
    CHOSEN = "chosen"
    LEFT = "left"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which answers. ``theme``: of the theme; ``no_theme``: of none; ``also``: this one in any case."""

    words: str = ""
    area: UUID | None = None
    theme: UUID | None = None
    no_theme: bool = False
    stand: Stand | None = None
    also: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody wrote to a question. ``judged``: of these very words; None where nobody read them yet."""

    response_id: UUID
    capture_id: UUID
    area_id: UUID
    mode: Mode
    sampled: bool  # with a case: those without are counted beside, and never chosen
    text: str
    judged: Remark | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Words that are chosen."""

    remark_id: UUID
    response_id: UUID
    area_id: UUID
    theme_id: UUID | None
    sheets: frozenset[Sheet]
    text: str


def _written(session: Session, question: str) -> ColumnElement[Any]:
    """The words of an answer, from the canonical JSON of its capture; NULL where there are none."""
    if session.get_bind().dialect.name == "postgresql":
        found: ColumnElement[Any] = cast(Capture.answers, JSONB)["answers"][question].astext
        return found
    return func.json_extract(Capture.answers, f'$.answers."{question}"')


def _answers(session: Session, survey_id: UUID, wave_id: UUID, question: str) -> Select[Any]:
    text = _written(session, question)
    return (
        select(Response, text, Remark)
        .join(Capture, and_(Capture.survey_id == Response.survey_id, Capture.id == Response.current_capture_id))
        .outerjoin(
            Remark,
            and_(
                Remark.survey_id == Response.survey_id,
                Remark.response_id == Response.id,
                Remark.question == question,
                Remark.capture_id == Response.current_capture_id,
            ),
        )
        .where(
            Response.survey_id == survey_id,
            Response.wave_id == wave_id,
            Response.state == ResponseState.COMPLETE,
            text.is_not(None),
        )
    )


def _answer(row: Any) -> Answer:
    response, text, judged = row
    return Answer(
        response_id=response.id,
        capture_id=response.current_capture_id,
        area_id=response.area_id,
        mode=response.mode,
        sampled=response.case_id is not None,
        text=text,
        judged=judged,
    )


def page(
    session: Session,
    of: tuple[UUID, UUID, str],
    visible: Select[tuple[UUID]],
    asked: Asked,
    *,
    after: UUID | None,
    limit: int,
) -> list[Answer]:
    """The answers of ``of`` (survey, wave, question) that are asked for, from areas that the person sees."""
    statement = _cut(_answers(session, *of), visible, asked).order_by(Response.id)
    if after is not None:
        statement = statement.where(Response.id > after)
    if not asked.words:
        return [_answer(row) for row in session.execute(statement.limit(limit))]
    sought, found = searched(asked.words), []
    for row in session.execute(statement.execution_options(yield_per=AT_ONCE)):
        if sought in searched(row[1]):
            found.append(_answer(row))
            if len(found) == limit:
                break
    return found


def count(session: Session, of: tuple[UUID, UUID, str], visible: Select[tuple[UUID]], asked: Asked) -> int:
    statement = _cut(_answers(session, *of), visible, asked)
    if not asked.words:
        return session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    sought = searched(asked.words)
    rows = session.execute(statement.with_only_columns(_written(session, of[2])).execution_options(yield_per=AT_ONCE))
    return sum(sought in searched(text) for (text,) in rows)


def _cut(statement: Select[Any], visible: Select[tuple[UUID]], asked: Asked) -> Select[Any]:
    cut: list[ColumnElement[bool]] = []
    if asked.area is not None:
        cut.append(Response.area_id.in_(below([asked.area])))
    if asked.theme is not None:
        cut.append(Remark.theme_id == asked.theme)
    if asked.no_theme:
        cut.append(or_(Remark.id.is_(None), Remark.theme_id.is_(None)))
    if asked.stand is Stand.UNREAD:
        cut.append(Remark.id.is_(None))
    elif asked.stand is not None:
        cut.append(Remark.state == RemarkState(asked.stand.value))
    statement = statement.where(Response.area_id.in_(visible))
    if not cut:
        return statement
    return statement.where(and_(*cut) if asked.also is None else or_(and_(*cut), Response.id == asked.also))


def standing(session: Session, of: tuple[UUID, UUID, str], visible: Select[tuple[UUID]]) -> dict[Stand, int]:
    """How many answers there are of each state, in the person's areas."""
    rows = session.execute(
        _cut(_answers(session, *of), visible, Asked())
        .with_only_columns(Remark.state, func.count())
        .group_by(Remark.state)
    )
    counts: dict[Stand, int] = {}
    for row in rows:
        state: RemarkState | None = row[0]  # of an outer join
        counts[Stand.UNREAD if state is None else Stand(state.value)] = row[1]
    return {one: counts.get(one, 0) for one in Stand}


def answer(
    session: Session, of: tuple[UUID, UUID, str], visible: Select[tuple[UUID]], response_id: UUID
) -> Answer | None:
    """None where there are no words, or none of the person's areas."""
    statement = _answers(session, *of).where(Response.id == response_id, Response.area_id.in_(visible))
    row = session.execute(statement).one_or_none()
    return None if row is None else _answer(row)


def taken(session: Session, survey_id: UUID, wave_id: UUID, question: str) -> list[Taken]:
    """Answers of the sample that are chosen for any sheet, in the order in which they were."""
    statement = _answers(session, survey_id, wave_id, question).where(
        Remark.state == RemarkState.CHOSEN, Response.case_id.is_not(None)
    )
    return [
        Taken(
            remark_id=judged.id,
            response_id=response.id,
            area_id=response.area_id,
            theme_id=judged.theme_id,
            sheets=frozenset(sheet for sheet, on in zip(Sheet, _flags(judged), strict=True) if on),
            text=text,
        )
        for response, text, judged in session.execute(statement.order_by(Remark.at, Remark.id))
    ]


def _flags(judged: Remark) -> tuple[bool, bool, bool]:
    return judged.on_community, judged.on_street, judged.on_city


def sizes(session: Session, survey_id: UUID, wave_id: UUID, question: str) -> dict[UUID, Size]:
    """By the area of the answers: how many of the sample answered, and how many wrote to the question."""
    text = _written(session, question)
    rows = session.execute(
        select(Response.area_id, func.count(), func.count(text))
        .join(Capture, and_(Capture.survey_id == Response.survey_id, Capture.id == Response.current_capture_id))
        .where(
            Response.survey_id == survey_id,
            Response.wave_id == wave_id,
            Response.state == ResponseState.COMPLETE,
            Response.case_id.is_not(None),
        )
        .group_by(Response.area_id)
    )
    return {area: Size(respondents, answers) for area, respondents, answers in rows}


def by_theme(session: Session, survey_id: UUID, wave_id: UUID, question: str) -> dict[tuple[UUID, UUID], int]:
    """(area, theme) -> how many answers of the sample have that theme."""
    rows = session.execute(
        _answers(session, survey_id, wave_id, question)
        .where(Response.case_id.is_not(None), Remark.theme_id.is_not(None))
        .with_only_columns(Response.area_id, Remark.theme_id, func.count())
        .group_by(Response.area_id, Remark.theme_id)
    )
    return {(area, theme): found for area, theme, found in rows if theme is not None}


def themes(session: Session, survey_id: UUID) -> Sequence[RemarkTheme]:
    """Those that are retired too, in the order of their numbers."""
    return session.scalars(
        select(RemarkTheme).where(RemarkTheme.survey_id == survey_id).order_by(RemarkTheme.number)
    ).all()


def struck(session: Session, survey_id: UUID, remark_ids: Iterable[UUID]) -> dict[UUID, list[RemarkStrike]]:
    """Strikes that hold, by what they strike from."""
    found: dict[UUID, list[RemarkStrike]] = {}
    rows = session.scalars(
        select(RemarkStrike)
        .where(
            RemarkStrike.survey_id == survey_id,
            RemarkStrike.remark_id.in_(list(remark_ids)),
            RemarkStrike.undone_at.is_(None),
        )
        .order_by(RemarkStrike.begins)
    )
    for one in rows:
        found.setdefault(one.remark_id, []).append(one)
    return found


def spans(strikes: Iterable[RemarkStrike]) -> list[Span]:
    return [Span(one.begins, one.ends) for one in strikes]
