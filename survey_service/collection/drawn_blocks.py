"""Which blocks a phone is asked: by the number of the case, or, on a poster's page, by the ticket that the page was
first drawn with. A reload, a draft, another language and a correction have the same blocks."""

from __future__ import annotations

import re
from dataclasses import replace

from starlette.requests import Request

from survey_service.collection.opened_by_code import OpenedByCode
from survey_service.errors import Conflict
from survey_service.secrets import KeyRing
from survey_service.surveys import draw_tickets

# Of the page of a draw, as its tag ends: a phone that has it is shown the same one again.
_KEPT_DRAW = re.compile(r'"[0-9a-f]{20}-[0-9]-([0-9]{1,16}\.[0-9a-f]{20})"')


def drawn_for_page(opened: OpenedByCode, request: Request, keys: KeyRing) -> OpenedByCode:
    """As the page is asked for: with the draw of a draft, or of the page that the browser has; else a new one."""
    if not opened.questionnaire.draws:
        return opened
    held = _KEPT_DRAW.search(request.headers.get("if-none-match", ""))
    asked = request.query_params.get("draw") or (held.group(1) if held else "")
    ticket = _ticket(opened, asked, keys)
    return _drawn(opened, draw_tickets.by_chance() if ticket is None else ticket, keys)


def drawn_as_posted(opened: OpenedByCode, posted: str, keys: KeyRing) -> OpenedByCode:
    """As the form was filled in. Conflict where its draw was not made here, for this code."""
    if not opened.questionnaire.draws:
        return opened
    ticket = _ticket(opened, posted, keys)
    if ticket is None:
        raise Conflict(
            zh="这一页不是从这个码打开的，这一份没有提交。请重新扫码，再答一次。",
            en="This page was not opened by this code and these answers were not submitted. Scan the code again.",
        )
    return _drawn(opened, ticket, keys)


def _ticket(opened: OpenedByCode, sealed: str, keys: KeyRing) -> int | None:
    if opened.code.case_id is not None:
        return draw_tickets.ticket_of(keys, opened.code.wave_id, opened.case_number)
    return draw_tickets.unsealed(keys, opened.code.code_id, sealed)


def _drawn(opened: OpenedByCode, ticket: int, keys: KeyRing) -> OpenedByCode:
    return replace(
        opened,
        tickets=draw_tickets.with_answers(opened.questionnaire, ticket),
        sealed_draw=draw_tickets.sealed(keys, opened.code.code_id, ticket),
    )
