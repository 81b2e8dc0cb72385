"""The list as Excel, and the file that brings it back with what has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from typing import Final

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.accounts.read_audit import AuditsReads
from survey_service.accounts.staff_pages import Asking
from survey_service.dependencies import Reading, Writing
from survey_service.rectification import queries, rows, states
from survey_service.rectification.pages import access
from survey_service.rectification.pages.access import Asks, ListReader, Moment, ThisMoment, Worker
from survey_service.rectification.pages.list_file import COLUMNS, WORDS, Judge, RowChange, Standing
from survey_service.rectification.queries import Asked, Found
from survey_service.tabular.harmless import harmless
from survey_service.uploads.looked import Looked
from survey_service.uploads.pages import ListUpload, UploadPage
from survey_service.uploads.present import present_table as table
from survey_service.uploads.records import Record
from survey_service.web.downloads import WORKBOOK, content_disposition
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/surveys/{survey_key}/rectification")
WIDTHS: Final = (7, 18, 26, 44, 18, 12, 36, 12, 36)
ALL: Final = Asked(struck=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bringer:
    """Who brings the file, to the list of which survey, when."""

    person: Person
    survey_key: str
    moment: Moment


class ListFile(ListUpload[tuple[RowChange, ...]]):
    columns = COLUMNS

    def __init__(self, by: _Bringer) -> None:
        self.by = by

    def judge_rows(self, session: Session, records: Sequence[Record]) -> Looked[tuple[RowChange, ...]]:
        person, today = self.by.person, self.by.moment.today
        survey = access.survey_of(session, person, self.by.survey_key)
        kept = set(session.scalars(person.visible(*rights.KEEP_RECTIFICATION)))
        found = queries.rows(session, survey.id, person.visible(*rights.PUT_RIGHT), ALL, today)
        known = {row.number: Standing(row=row, office=row.area_id in kept) for row, _, _ in found}
        return Judge(known, person.account_id, today).judge(records)

    def store(self, session: Session, looked: Looked[tuple[RowChange, ...]], name: str) -> None:
        assert looked.stored is not None
        survey = access.survey_of(session, self.by.person, self.by.survey_key)
        kept = set(session.scalars(self.by.person.visible(*rights.KEEP_RECTIFICATION)))
        for one in looked.stored:
            row = rows.locked(session, survey.id, one.row_id)
            by = access.by(self.by.person, self.by.moment, office=row.area_id in kept)
            rows.change(session, row, one.charge, by, seen=one.acts)
            if one.act is not None:
                rows.move(session, row, one.act, by, note=one.note)


@router.get("/file")
def file_page(asking: Asks, reading: Reading, person: Worker, survey_key: str) -> Response:
    with reading.begin() as session:
        access.survey_of(session, person, survey_key)
    return _page(asking, survey_key).form()


@router.post("/file")
def bring_in(
    asking: Asks,
    reading: Reading,
    writing: Writing,
    person: Worker,
    moment: ThisMoment,
    posted: Posted,
    survey_key: str,
) -> Response:
    with reading.begin() as session:
        access.survey_of(session, person, survey_key)
    upload = ListFile(_Bringer(person=person, survey_key=survey_key, moment=moment))
    return _page(asking, survey_key).taken(upload, posted, reading, writing)


@router.get("/file/present.csv")
def present_table(
    reading: Reading, person: Worker, reads: AuditsReads, moment: ThisMoment, survey_key: str
) -> Response:
    """The rows that the person may change, in the form that is brought in."""
    with reading.begin() as session:
        survey = access.survey_of(session, person, survey_key)
        found = queries.rows(session, survey.id, person.visible(*rights.PUT_RIGHT), ALL, moment.today)
        cells = [_cells(one) for one in found]
        reads.note(survey.id, "rectification.exported", f"survey {survey.id}")
    return table(f"rectification-{survey_key}.csv", COLUMNS, cells)


@router.get("/list.xlsx")
def workbook(reading: Reading, person: ListReader, reads: AuditsReads, moment: ThisMoment, survey_key: str) -> Response:
    """Every row that the person sees, with the columns of the file that is brought in."""
    with reading.begin() as session:
        survey = access.survey_of(session, person, survey_key)
        found = queries.rows(session, survey.id, access.seen_by(person), ALL, moment.today)
        cells = [_cells(one) for one in found]
        reads.note(survey.id, "rectification.exported", f"survey {survey.id}")
    name = f"rectification-{survey_key}-{moment.today}.xlsx"
    headers = {"Content-Disposition": content_disposition("attachment", name), "Cache-Control": "no-store"}
    return Response(_workbook(cells, moment.today), media_type=WORKBOOK, headers=headers)


def _workbook(cells: Sequence[tuple[str | int, ...]], today: date) -> bytes:
    """The state is chosen from a list; text is never read as a formula."""
    import xlsxwriter

    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": f"整改清单 {today}"})
    sheet = book.add_worksheet("整改清单")
    bold = book.add_format({"bold": True, "bottom": 1})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for place, (column, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
        sheet.set_column(place, place, width, plain)
        sheet.write_string(0, place, column.title.zh, bold)
    for line, row in enumerate(cells, start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(line, place, cell, plain)
            else:
                sheet.write_string(line, place, str(harmless(cell)), plain)
    state = [column.name for column in COLUMNS].index("state")
    if cells:
        known = [words.zh for words in states.STATES.values()]
        sheet.data_validation(1, state, len(cells), state, {"validate": "list", "source": known})
        sheet.autofilter(0, 0, len(cells), len(COLUMNS) - 1)
    book.close()
    return file.getvalue()


def _cells(found: Found) -> tuple[str | int, ...]:
    row, area, _ = found
    return (
        row.number,
        area.name_zh,
        row.item_zh,
        evidence_words(row.evidence),
        row.body,
        str(row.due_on or ""),
        row.action,
        states.STATES[row.state].zh,
        "",
    )


def evidence_words(evidence: dict[str, object]) -> str:
    """What the release prints, in one line: 68.1%（95% 置信区间 57.0–78.1，n 89），目标 ≥ 90，SF-2026Q3-01."""
    if not evidence:
        return ""
    target = f"，目标 {evidence['target']}{evidence['unit_zh']}" if evidence["target"] else ""
    interval = f"{evidence['level']}% 置信区间 {evidence['interval']}"
    return f"{evidence['figure']}{evidence['unit_zh']}（{interval}，n {evidence['n']}）{target}，{evidence['release']}"


def _page(asking: Asking, survey_key: str) -> UploadPage:
    here = f"/surveys/{survey_key}/rectification"
    words = replace(WORDS, back=(here, WORDS.back[1]))
    return UploadPage(asking=asking, words=words, here=f"{here}/file", done=f"{here}?done=file")
