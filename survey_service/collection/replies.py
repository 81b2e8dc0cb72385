"""What a resident's browser is sent back, as a page or, where its script asks, as a line of JSON."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi.responses import JSONResponse, RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.answers import Checked, Policy
from questionnaires.languages import USUAL
from questionnaires.model import Questionnaire
from questionnaires.piping import words_of
from questionnaires.text import Text
from survey_service.captures.errors import AlreadyAnswered, ContentConflict, WaveClosed, Withdrawn
from survey_service.collection import page_words
from survey_service.collection.blocks_shown import blocks_shown
from survey_service.collection.errors import RevokedCode, TooManyFromHere, TooManyLookups, UnknownReceipt
from survey_service.collection.opened_by_code import AskedQuestionnaire
from survey_service.collection.phone_permissions import asked_of_phone
from survey_service.collection.posted_answers import Display, PostedAnswers
from survey_service.collection.resident_pages import (
    NEVER_KEPT,
    AnsweredQuestion,
    Look,
    answered_questions,
    contradictions,
    door,
    faulty_questions,
    form_context,
    html,
    languages_of,
    render,
    spoken_in,
    steps_as_offered,
    without_words,
)
from survey_service.collection.resident_steps import screens
from survey_service.errors import BadInput, DomainError, TooBusy
from survey_service.ids import new_id
from survey_service.services import Services
from survey_service.surveys.errors import UnknownCode
from survey_service.web.failures import error_body

HEADINGS: Mapping[type[DomainError], Text] = {
    UnknownCode: Text("打不开问卷", "No questionnaire here"),
    RevokedCode: Text("二维码换过了", "The QR code was replaced"),
    AlreadyAnswered: Text("已经提交过了", "Already submitted"),
    WaveClosed: Text("现在不收答卷", "Not taking answers now"),
    ContentConflict: Text("这一份没有计入", "These answers were not counted"),
    Withdrawn: Text("答卷已删除", "These answers were deleted"),
    UnknownReceipt: Text("没有找到这份答卷", "No such answers"),
    TooManyLookups: Text("请稍候再试", "Please wait"),
}
NOT_STORED = Text("没有提交", "Not submitted")
NOT_THESE = Text("您刚才答的这一份没有提交。", " The answers that you just gave were not submitted.")
NOT_TAKEN = Text("这一份没有收下", "These answers were not taken in")
# Two people of a household answer by one letter: the second is told of their own answers, not only of the code.
SOMEBODY_ELSES = Text(
    "这个码的答卷先前已经有人交过，一个码只收一份。您刚才答的这一份没有收下，也没有计入。",
    "Somebody has submitted answers by this code before, and one code takes one. "
    "The answers that you just gave were not taken in and do not count.",
)


def wants_json(request: Request) -> bool:
    return request.headers.get("accept", "").startswith("application/json")


def turned_away() -> Response:
    """To a script, before its answers are read: they stay on the phone, and it comes back by itself."""
    headers = {"Retry-After": str(_seconds_to_wait()), "Cache-Control": NEVER_KEPT}
    return JSONResponse(error_body(TooBusy()), TooBusy.status, headers)


def look_of(display: Display, questionnaire: Questionnaire | None = None) -> Look:
    """``questionnaire``: that of the page, which is shown in its languages; pages of none have those whose words are
    whole, and the one that the page before was in."""
    if questionnaire is None:
        language = display.language
        languages = tuple(dict.fromkeys([*USUAL, *page_words.spoken(), language]))
    else:
        languages, language = languages_of(questionnaire), spoken_in(questionnaire, display.language)
    return Look(
        language=language,
        large=display.large,
        languages=languages,
        order=display.order,
        receipt=display.receipt,
        draw=display.draw,
    )


@dataclass(frozen=True, slots=True)
class Mine:
    """What somebody answered by a form of ``asked``, for the page that says that it was not taken in."""

    asked: AskedQuestionnaire
    posted: PostedAnswers

    def lines(self) -> list[AnsweredQuestion]:
        """Question by question in words; only what was answered."""
        checked = self.asked.judged(self.posted.raw_answers(self.asked.questionnaire), Policy.WEB)
        shown = screens(self.asked.shown, self.posted.display.order)
        lines = answered_questions(checked, shown, self.posted.display.language)
        return [line for line in lines if any(words for _, words in line.answers)]


def refused(
    request: Request,
    error: DomainError,
    display: Display,
    *,
    city: str,
    contact: Text | None = None,
    mine: Mine | None = None,
) -> Response:
    """A plain page that says what to do. ``mine`` stands in it: these answers are nowhere else, unless on the phone."""
    headers = {"Cache-Control": NEVER_KEPT}
    if isinstance(error, TooBusy):
        headers["Retry-After"] = str(_seconds_to_wait())
    elif isinstance(error, TooManyLookups):
        headers["Retry-After"] = str(error.seconds)
    if wants_json(request):
        return JSONResponse(error_body(error), error.status, headers)
    language = display.language
    heading, message = HEADINGS.get(type(error), NOT_STORED), error.in_language(language)
    posted = request.method == "POST" and request.url.path.startswith("/a/")
    if posted and isinstance(error, WaveClosed):  # told of these answers, not only of the wave
        heading, message = NOT_STORED, message + NOT_THESE.in_language(language)
    elif posted and isinstance(error, AlreadyAnswered):
        heading, message = NOT_TAKEN, SOMEBODY_ELSES.in_language(language)
    deleted = isinstance(error, Withdrawn) and error.own
    context = {
        "city": city,
        "heading": heading.in_language(language),
        "message": message,
        "contact": contact,
        "forget": deleted,
        "posted": posted,
        "mine": mine.lines() if mine and not deleted else [],
        # Opened, not posted: whether a draft on this phone arrived is asked of the service, never assumed.
        "ask_of_draft": not posted and isinstance(error, (AlreadyAnswered, WaveClosed)),
        "lookup": isinstance(error, (AlreadyAnswered, WaveClosed)),
        "closed": isinstance(error, WaveClosed),
        "receipt": error.receipt if isinstance(error, ContentConflict) else None,
    }
    return html(render("plain.html", look_of(display), context), status=error.status, headers=headers)


def wrong_code(running: Services, error: DomainError, display: Display, typed: str) -> Response:
    """The field for a code with what was typed in it, the reason beside it, and somebody to call."""
    language = display.language
    heading = HEADINGS.get(type(error), Text("打不开问卷", "No questionnaire here")).in_language(language)
    message = error.in_language(language)
    return door(running.settings, look_of(display), heading=heading, message=message, typed=typed, status=error.status)


def form_again(asked: AskedQuestionnaire, posted: PostedAnswers, drawn: Sequence[Text] = ()) -> Response:
    """The questionnaire with what was answered so far; nothing is written. ``drawn``: blocks that stand there now."""
    look = look_of(posted.display, asked.questionnaire)
    context = _with_answers(asked, posted, look) | {"drawn_now": drawn}
    return html(render("form.html", look, context), headers=asked_of_phone(asked.questionnaire))


def blocks_to_answer(
    request: Request, asked: AskedQuestionnaire, posted: PostedAnswers, checked: Checked
) -> Callable[[], Response] | None:
    """Without a script: the form once more, where the answers drew blocks that it did not show; None where it did."""
    if wants_json(request) or posted.page != "form":
        return None
    drawn = blocks_shown(asked.questionnaire, checked).new_beside(posted.blocks)
    return partial(form_again, asked, posted, drawn) if drawn else None


def found_page(asked: AskedQuestionnaire, posted: PostedAnswers) -> Response:
    """What was found for what was typed into fields of long lists; the form again where all of it is an option."""
    shown = screens(asked.shown, posted.display.order)
    typed = [name for name, one in shown.searched.items() if any(map(one.is_open, posted.given.get(name, ())))]
    if not typed:
        return form_again(asked, posted)
    look = look_of(posted.display, asked.questionnaire)
    checked = asked.judged(posted.raw_answers(asked.questionnaire), Policy.WEB, partial=True)
    context = _with_answers(asked, posted, look) | {
        "steps": steps_as_offered(typed, checked, shown, posted.given, look.language),
        "shown": {variable for name in typed for variable in asked.questionnaire.question(name).variables()},
    }
    return html(render("find.html", look, context), headers=asked_of_phone(asked.questionnaire))


def check_page(asked: AskedQuestionnaire, posted: PostedAnswers, checked: Checked) -> Response:
    """请核对. Here a browser without a script gets the id that makes a repeated post the same one."""
    look = look_of(posted.display, asked.questionnaire)
    context = _with_answers(asked, posted, look) | {
        "client_id": posted.client_id or new_id().hex,
        "lines": answered_questions(checked, screens(asked.shown, 0), look.language),
        "doubts": [
            *without_words(checked, asked.shown, look.language),
            *contradictions(checked, asked.shown, look.language),
        ],
    }
    return html(render("check.html", look, context))


def faults_page(request: Request, asked: AskedQuestionnaire, posted: PostedAnswers, checked: Checked) -> Response:
    if wants_json(request):
        return JSONResponse(error_body(BadInput()), BadInput.status, {"Cache-Control": NEVER_KEPT})
    look = look_of(posted.display, asked.questionnaire)
    faulty = faulty_questions(checked, asked.shown, look.language)
    shown = {variable for one in faulty for variable in one.question.variables()}
    # Whoever came without a script sees the check page once more; a script's answers go straight on.
    action = "submit" if posted.client_id and posted.page != "check" else "check"
    pages = screens(asked.shown, posted.display.order)
    steps = steps_as_offered([one.question.id for one in faulty], checked, pages, posted.given, look.language)
    context = _with_answers(asked, posted, look) | {"faulty": faulty, "shown": shown, "action": action, "steps": steps}
    return html(render("faults.html", look, context), status=200 if posted.tool else 422)


def unsent_page(
    request: Request, asked: AskedQuestionnaire, posted: PostedAnswers, why: TooBusy | TooManyFromHere | None = None
) -> Response:
    """未提交，请勿关闭: every answer is in the page, and the button sends the same id again."""
    why = why or TooBusy()
    seconds = _seconds_to_wait() + (why.seconds if isinstance(why, TooManyFromHere) else 0)
    headers = {"Retry-After": str(seconds), "Cache-Control": NEVER_KEPT}
    if wants_json(request):
        return JSONResponse(error_body(why), why.status, headers)
    look = look_of(posted.display, asked.questionnaire)
    context = _with_answers(asked, posted, look) | {"seconds": seconds}
    return html(render("unsent.html", look, context), status=why.status, headers=headers)


def stored(code: str, receipt: str) -> Response:
    """To a script: it shows the receipt by a post to the address, which holds nothing of it."""
    return JSONResponse({"address": f"/a/{code}/receipt", "receipt": receipt}, 200, {"Cache-Control": NEVER_KEPT})


def go_on(request: Request, address: str, display: Display) -> Response:
    """To a page that may be reloaded without doing anything again."""
    address += ("&" if "?" in address else "?") + display.query.removeprefix("?") if display.query else ""
    headers = {"Cache-Control": NEVER_KEPT}
    if wants_json(request):
        return JSONResponse({"address": address}, 200, headers)
    return RedirectResponse(address, 303, headers)


def _with_answers(asked: AskedQuestionnaire, posted: PostedAnswers, look: Look) -> dict[str, Any]:
    context = form_context(asked.occasion, asked.shown, look, asked.tickets)
    if context["filling"] or asked.tickets:  # with what was answered so far
        raw = posted.raw_answers(asked.questionnaire)
        checked = asked.judged(raw, Policy.WEB, partial=True)
        context["blocks"] = blocks_shown(asked.shown, checked)
        context["fills"] |= words_of(asked.questionnaire, checked, look.language)
    return context | {"given": posted.given, "client_id": posted.client_id or ""}


def _seconds_to_wait() -> int:
    # Spread out: those who were turned away together must not come back together.
    return random.randint(3, 12)  # noqa: S311 -- jitter
