"""Who opened which sheet, for the office: as a list with a filter, and as Excel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from io import BytesIO
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.read_audit import AuditsReads
from survey_service.accounts.staff_pages import staff_page
from survey_service.dependencies import Reading, Running
from survey_service.receiving import opening_queries as queries
from survey_service.receiving.opening_queries import Asked, Opening
from survey_service.receiving.opening_words import OPENED_WITH, TAKEN
from survey_service.surveys.access import find_survey
from survey_service.tabular.harmless import harmless
from survey_service.web.downloads import WORKBOOK, content_disposition

router = APIRouter(prefix="/surveys/{survey_key}/openings")
Follower = Annotated[Person, Depends(require(*rights.FOLLOW_OPENINGS))]
PAGE: Final = 100  # lines of one page
HEADS: Final = (
    ("时间", 17),
    ("谁", 24),
    ("账号还是链接", 12),
    ("地区", 20),
    ("地区代码", 14),
    ("行业", 16),
    ("调查期", 18),
    ("发布号", 18),
    ("打开了什么", 12),
    ("语言", 8),
    ("用什么打开", 12),
)


def _asked(
    wave: Annotated[str, Query(max_length=30)] = "",
    area: Annotated[str, Query(max_length=20)] = "",
    who: Annotated[str, Query(max_length=10)] = "",
) -> Asked:
    return Asked(wave=wave, area=area, who=who)


Wanted = Annotated[Asked, Depends(_asked)]


@router.get("")
def openings_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Follower,
    asked: Wanted,
    survey_key: str,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    visible = person.visible(*rights.FOLLOW_OPENINGS)
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key, rights.FOLLOW_OPENINGS)
        start = (page - 1) * PAGE
        found = queries.openings(session, survey.id, visible, asked, offset=start, limit=PAGE + 1)
        query = _address(asked)
        context: dict[str, Any] = {
            "survey": survey,
            "title": Text(survey.title_zh, survey.title_en),
            "here": f"/surveys/{survey.key}/openings",
            "lines": found[:PAGE],
            "total": queries.count(session, survey.id, visible, asked),
            "areas": queries.areas(session, survey.id, visible),
            "waves": queries.waves(session, survey.id),
            "asked": asked,
            "query": query,
            "first": query if page > 1 else None,
            "more": _address(asked, page=page + 1) if len(found) > PAGE else None,
            "taken": TAKEN,
            "opened_with": OPENED_WITH,
        }
        return staff_page(request, running, person, "staff/receiving/openings.html", context, section="surveys")


@router.get(".xlsx")
def workbook(
    running: Running, reading: Reading, person: Follower, reads: AuditsReads, asked: Wanted, survey_key: str
) -> Response:
    """Every line of what is asked for."""
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key, rights.FOLLOW_OPENINGS)
        found = queries.openings(session, survey.id, person.visible(*rights.FOLLOW_OPENINGS), asked)
        reads.note(survey.id, "sheet_openings.exported", f"survey {survey.id}")
    headers = {
        "Content-Disposition": content_disposition("attachment", f"openings-{survey_key}.xlsx"),
        "Cache-Control": "no-store",
    }
    return Response(_workbook(found, running.settings.zone), media_type=WORKBOOK, headers=headers)


def _address(asked: Asked, **more: Any) -> str:
    return urlencode({name: value for name, value in {**asdict(asked), **more}.items() if value})


def _workbook(found: Sequence[Opening], zone: ZoneInfo) -> bytes:
    """Heads in Chinese, as the office's other lists; text is never read as a formula."""
    import xlsxwriter

    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("打开记录")
    bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.freeze_panes(1, 0)
    for column, (head, width) in enumerate(HEADS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, bold)
    for line, one in enumerate(found, start=1):
        sheet.write_datetime(line, 0, one.at.astimezone(zone).replace(tzinfo=None), moment)
        for column, cell in enumerate(_cells(one), start=1):
            sheet.write_string(line, column, str(harmless(cell)))
    if found:
        sheet.autofilter(0, 0, len(found), len(HEADS) - 1)
    book.close()
    return file.getvalue()


def _cells(one: Opening) -> tuple[str, ...]:
    return (
        one.name,
        "链接" if one.by_link else "账号",
        one.area.zh,
        one.area_code,
        one.sector,
        one.wave.zh,
        one.number,
        TAKEN[one.what].zh,
        "中文" if one.language == "zh" else "English",
        OPENED_WITH[one.opened_with].zh,
    )
