"""What shows a questionnaire as it will be met, wherever it comes from: a stored version, a draft, the catalogue."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from questionnaires.draws import part_asked, tickets
from questionnaires.model import Questionnaire
from questionnaires.open_questions import open_questions
from questionnaires.sample_entries import with_samples
from questionnaires.text import Text
from survey_service.collection.resident_pages import (
    STYLES,
    Look,
    Occasion,
    form_context,
    language_asked,
    languages_of,
    render,
    spoken_in,
)
from survey_service.web.pages import CONTENT_SECURITY_POLICY, styles_in_page

SHOWN_FOR = timedelta(days=30)  # a preview belongs to no wave: its last day is a month from now
_NOWHERE = Text("（社区名）", "(community)")


def framing(page: Response) -> Response:
    """A page of ours that frames the phone's page; nothing else may be framed in it, and it in nothing."""
    page.headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    return page


def framed_policy(policy: str) -> str:
    """Of a page that we frame, and whose forms lead nowhere."""
    return policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'").replace(
        "form-action 'self'", "form-action 'none'"
    )


def _ticket(request: Request) -> int:
    asked = request.query_params.get("ticket", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0


def phone_page(request: Request, questionnaire: Questionnaire, sha256: str, city: Text, *, on: date) -> Response:
    """The resident's page itself, with its buttons to submit dead. The only page of ours that may be framed, by us.

    A list that nobody has given yet is shown with made-up entries, which say so.
    """
    questionnaire = with_samples(questionnaire)
    language = spoken_in(questionnaire, language_asked(request.query_params.get("lang")))
    look = Look(
        language=language,
        large=request.query_params.get("text") == "large",
        languages=languages_of(questionnaire),
    )
    occasion = Occasion(
        version_sha256=sha256,
        header=questionnaire.header,
        city=city,
        community=_NOWHERE,
        closes_on=on + SHOWN_FOR,
        quoted=bool(open_questions(questionnaire)),
    )
    ticket = _ticket(request)
    drawn = tickets(questionnaire, ticket)
    context = form_context(occasion, part_asked(questionnaire, drawn), look, drawn)
    if questionnaire.draws:  # one draw is shown, and any other on demand
        context["another_draw"] = urlencode({**request.query_params, "ticket": ticket + 1})
    styles, policy = styles_in_page(*STYLES)
    body = render("form.html", look, {**context, "styles": styles})
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": framed_policy(policy),
        "X-Frame-Options": "SAMEORIGIN",
    }
    return HTMLResponse(body.replace('value="check"', 'value="check" disabled'), headers=headers)
