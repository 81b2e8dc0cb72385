"""After 已提交, where the wave asks: a resident may leave a name and a number, and take them back with the receipt."""

from __future__ import annotations

import re

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from survey_service.collection.opened_by_code import open_by_code, submitted_at
from survey_service.collection.posted_answers import PostedFields, client_id_of
from survey_service.collection.receipt_page import by_receipt, receipt_view
from survey_service.contacts.asked import contact_asked
from survey_service.contacts.errors import ContactNotTaken
from survey_service.contacts.store import ContactStore
from survey_service.dependencies import Now, Running
from survey_service.errors import NotFound
from survey_service.models import Wave
from survey_service.services import Services

router = APIRouter()
LONGEST_NAME = 40
_NUMBER = re.compile(r"\+?[0-9]{7,15}")
_WIDE = str.maketrans("０１２３４５６７８９＋－（）　", "0123456789+-() ")


@router.post("/a/{code}/contact", include_in_schema=False)
async def leave_contact(code: str, request: Request, running: Running, now: Now) -> Response:
    """The receipt in the body proves whose answers these are; nothing of what was typed stands in an address."""
    return await by_receipt(request, running, now, lambda fields: _leave(code, fields, running, now))


def _leave(code: str, fields: PostedFields, running: Services, now: Now) -> Response:
    display, given = fields.display, dict(fields.pairs)
    with running.database.reading.begin() as session:
        opened = open_by_code(session, code)
        submitted_at(session, opened.code, display.receipt)
        wave = session.get_one(Wave, (opened.code.survey_id, opened.code.wave_id))
        asked = contact_asked(wave)
        if asked is None or now >= asked.erased_at(wave, running.settings.zone):
            raise NotFound
    store = ContactStore(running.settings)
    if given.get("action") == "forget":
        store.forget(opened.code.survey_id, display.receipt)
    elif given.get("action") == "keep":
        name, number = _judged(given)
        store.keep(
            opened.code.survey_id, opened.code.wave_id, opened.code.area_id, display.receipt, name=name, number=number
        )
    return receipt_view(running, code, display, client_id_of(fields))


def _judged(given: dict[str, str]) -> tuple[str, str]:
    """Name and number as they are kept; ContactNotTaken says what is missing, never what was typed."""
    name = " ".join(given.get("name", "").split())
    number = re.sub(r"[\s()-]", "", given.get("number", "").translate(_WIDE))
    if not _NUMBER.fullmatch(number):
        raise ContactNotTaken(
            zh="电话号码要 7 到 15 位数字。没有存下，请返回上一页再写一次。",
            en="A telephone number has 7 to 15 digits. Nothing was kept; go back and write it again.",
        )
    if len(name) > LONGEST_NAME:
        raise ContactNotTaken(
            zh=f"称呼最多 {LONGEST_NAME} 个字。没有存下，请返回上一页缩短。",
            en=f"A name has at most {LONGEST_NAME} characters. Nothing was kept; go back and shorten it.",
        )
    if given.get("agreed") != "yes":
        raise ContactNotTaken
    return name, number
