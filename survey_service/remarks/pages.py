"""Residents' words of a wave, a question at a time: read, searched, struck, given a theme, chosen for sheets."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from questionnaires.model import Question
from survey_service.accounts.read_audit import AuditsReads
from survey_service.accounts.staff_pages import go
from survey_service.areas import queries as area_queries
from survey_service.dependencies import Reading, Writing
from survey_service.errors import BadInput, DomainError, NotFound
from survey_service.models import Remark, RemarkState, RemarkTheme, Survey, Wave
from survey_service.remarks import access, queries, rows, shown
from survey_service.remarks.access import AtRemarks, Filter, Filtered, RemarkReader
from survey_service.remarks.errors import NotForThatSheet
from survey_service.remarks.gate import COMMUNITY_QUOTES, LEAST_ANSWERS, LEAST_RESPONDENTS
from survey_service.remarks.identifying import Span, open_proposals
from survey_service.remarks.places import Sheet
from survey_service.remarks.queries import Answer
from survey_service.remarks.room import Room
from survey_service.remarks.rows import Choice
from survey_service.web import posted_forms
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/surveys/{survey_key}/waves/{wave_key}/remarks")
PAGE: Final = 20  # answers of one page

QuestionId = Annotated[str, Path(max_length=80)]


@router.get("")
def list_page(at: AtRemarks, reading: Reading, read: AuditsReads, _: RemarkReader, asked: Filtered) -> Response:
    with reading.begin() as session:
        survey, wave = at.wave(session)
        question = access.chosen_question(access.questions(session, wave), asked.question)
        survey_id, wave_id = survey.id, wave.id
    if question is not None:
        read.note(survey_id, "remark.looked_at", f"wave {wave_id}", {"question": question.id})
    with reading.begin() as session:
        return _list(at, session, asked)


@router.post("/{question_id}/{response_id}")
def act(
    at: AtRemarks,
    reading: Reading,
    writing: Writing,
    _: RemarkReader,
    posted: Posted,
    asked: Filtered,
    question_id: QuestionId,
    response_id: UUID,
) -> Response:
    """One step on one answer. ``alone``: the page asks for that answer and nothing around it."""
    fault: DomainError | None = None
    asked = replace(asked, question=question_id)
    try:
        with writing.begin() as session:
            _step(at, session, posted, question_id, response_id)
    except NotFound:
        raise
    except DomainError as refused:
        fault = refused
    alone = posted_forms.text(posted, "alone") == "1"
    if not alone and fault is None:
        return go(f"{at.address}?{access.with_at(asked, response_id)}#a-{response_id}")
    with reading.begin() as session:
        if alone:
            return _alone(at, session, asked, response_id, fault)
        return _list(at, session, replace(asked, at=response_id), fault=fault)


def _step(at: AtRemarks, session: Session, posted: FormData, question: str, response_id: UUID) -> None:
    survey, wave = at.wave(session)
    wave = rows.hold_wave(session, survey.id, wave.id)
    if access.chosen_question(access.questions(session, wave), question) is None:
        raise NotFound
    answer = queries.answer(session, (survey.id, wave.id, question), at.visible, response_id)
    if answer is None:
        raise NotFound
    row = rows.held(session, wave, question, answer, at.by, _number(posted, "seen"))
    named = posted_forms.text(posted, "act")
    if named in {one.value for one in (RemarkState.READ, RemarkState.LEFT, RemarkState.NEVER)}:
        rows.read(session, row, at.by, RemarkState(named))
    elif named.startswith("theme-"):
        theme = _theme(session, survey.id, named.removeprefix("theme-"))
        rows.give_theme(session, row, answer, theme, at.by, at.room(session, survey, wave, question))
    elif named in ("strike", "strike_proposed"):
        rows.strike(session, row, answer.text, _spans(session, row, answer, posted, named), at.by)
    elif named == "undo":
        rows.undo(session, row, answer, at.by, at.room(session, survey, wave, question))
    elif named == "choose":
        _choose(at, session, row, answer, posted, at.room(session, survey, wave, question))
    else:
        raise BadInput


def _theme(session: Session, survey_id: UUID, number: str) -> RemarkTheme | None:
    """None for none; NotFound for one that is not there, or is given no more."""
    if number == "0":
        return None
    for one in queries.themes(session, survey_id):
        if str(one.number) == number and not one.retired:
            return one
    raise NotFound


def _spans(session: Session, row: Remark, answer: Answer, posted: FormData, named: str) -> list[Span]:
    """What was marked, or typed, or what the rules propose."""
    if named == "strike_proposed":
        struck = queries.spans(queries.struck(session, row.survey_id, [row.id]).get(row.id, ()))
        return list(open_proposals(answer.text, struck))
    begins, ends = _number(posted, "begins"), _number(posted, "ends")
    if begins is not None and ends is not None:
        return [Span(begins, ends)]
    return shown.found_in(answer.text, posted_forms.text(posted, "words"))


def _choose(at: AtRemarks, session: Session, row: Remark, answer: Answer, posted: FormData, room: Room) -> None:
    given = posted_forms.texts(posted, "sheet")
    sheets = frozenset(one for one in Sheet if one.value in given)
    if any(room.places.of(answer.area_id)[one] not in at.mine(session) for one in sheets):
        raise NotForThatSheet(
            zh="这张报告的地区不在您的范围里，请由那个地区的统计员来选。",
            en="That sheet is of an area that is not yours; its statistician chooses for it.",
        )
    named_nobody = posted_forms.text(posted, "named_nobody") == "1"
    rows.choose(session, row, answer, Choice(sheets=sheets, named_nobody=named_nobody), at.by, room)


def _number(posted: FormData, name: str) -> int | None:
    typed = posted_forms.text(posted, name)
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else None


def _list(at: AtRemarks, session: Session, asked: Filter, *, fault: DomainError | None = None) -> Response:
    survey, wave = at.wave(session)
    every = access.questions(session, wave)
    question = access.chosen_question(every, asked.question)
    context: dict[str, Any] = {**_frame(at, session, survey, wave, asked, fault), "questions": every}
    if question is not None:
        context |= _answers(at, session, survey, wave, question, asked)
    return at.asking.page("staff/remarks/list.html", context, section="surveys", fault=fault)


def _frame(
    at: AtRemarks, session: Session, survey: Survey, wave: Wave, asked: Filter, fault: DomainError | None
) -> dict[str, Any]:
    """What an answer needs around it, alone too."""
    return {
        **access.titles(survey, wave),
        "survey": survey,
        "wave": wave,
        "here": at.address,
        "query": asked,
        "question": None,
        "open": wave.state in rows.CHANGED,
        "themes": queries.themes(session, survey.id),
        "fault": fault,
        "least": {"respondents": LEAST_RESPONDENTS, "answers": LEAST_ANSWERS, "quotes": COMMUNITY_QUOTES},
    }


def _answers(
    at: AtRemarks, session: Session, survey: Survey, wave: Wave, question: Question, asked: Filter
) -> dict[str, Any]:
    of, cut = (survey.id, wave.id, question.id), asked.asked(session, survey.id)
    found = queries.page(session, of, at.visible, cut, after=asked.after, limit=PAGE + 1)
    room = at.room(session, survey, wave, question.id)
    more = replace(asked, question=question.id)
    return {
        "question": question,
        "lines": shown.lines(
            session, survey.id, found[:PAGE], queries.themes(session, survey.id), room, at.mine(session)
        ),
        "total": queries.count(session, of, at.visible, replace(cut, also=None)),
        "standing": queries.standing(session, of, at.visible),
        "areas": _areas(at, session, survey),
        "more": more.address(after=found[PAGE - 1].response_id) if len(found) > PAGE else None,
        "first": more.address(after="") if asked.after else None,
    }


def _areas(at: AtRemarks, session: Session, survey: Survey) -> list[Any]:
    """Areas with sheets that the person sees, to choose from."""
    mine = at.mine(session)
    inside = area_queries.below(session, survey.city_id)
    return [one for one in inside if one.kind != "grid" and one.id in mine and one.id != survey.city_id]


def _alone(at: AtRemarks, session: Session, asked: Filter, response_id: UUID, fault: DomainError | None) -> Response:
    survey, wave = at.wave(session)
    answer = queries.answer(session, (survey.id, wave.id, asked.question), at.visible, response_id)
    if answer is None:
        raise NotFound
    room = at.room(session, survey, wave, asked.question)
    [line] = shown.lines(session, survey.id, [answer], queries.themes(session, survey.id), room, at.mine(session))
    question = access.chosen_question(access.questions(session, wave), asked.question)
    context = {**_frame(at, session, survey, wave, asked, fault), "question": question, "line": line}
    return at.asking.page("staff/remarks/alone.html", context, section="surveys", fault=fault)
