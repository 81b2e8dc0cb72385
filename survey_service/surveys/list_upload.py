"""A list of a wave as a file: the template that is filled in, and its upload, which is looked at first."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import xlsxwriter
from sqlalchemy.orm import Session

from survey_service.accounts.permissions import Person
from survey_service.models import Survey, Wave
from survey_service.surveys import list_judging, list_states, wave_lists
from survey_service.surveys.list_judging import Among, NewList
from survey_service.tabular.harmless import harmless
from survey_service.uploads.looked import Looked
from survey_service.uploads.pages import ListUpload
from survey_service.uploads.records import Record

_WIDTHS: Final = (12, 32, 40, 24)
_MADE: Final = datetime(2000, 1, 1)  # noqa: DTZ001 # equal lists give equal files


class EntriesUpload(ListUpload[NewList]):
    """The file is the whole list, judged among the lists as they are at that moment."""

    def __init__(self, survey: Survey, wave: Wave, among: Among, person: Person, now: datetime) -> None:
        self.survey, self.wave, self.list_id = survey, wave, among.one.id
        self.person, self.now = person, now
        self.columns = list_judging.columns(among.one)

    def judge_rows(self, session: Session, rows: Sequence[Record]) -> Looked[NewList]:
        wave = session.get_one(Wave, (self.wave.survey_id, self.wave.id))
        return list_judging.judge(rows, list_states.among(session, self.survey, wave, self.list_id))

    def store(self, session: Session, looked: Looked[NewList], name: str) -> None:
        assert looked.stored is not None
        wave_lists.replace_list(session, self.change, looked.stored.entries, source=name)

    @property
    def change(self) -> wave_lists.Change:
        return wave_lists.Change(
            survey_id=self.wave.survey_id,
            wave_id=self.wave.id,
            list_id=self.list_id,
            at=self.now,
            by=self.person.actor,
        )


def template(among: Among) -> bytes:
    """A workbook with our heads and what the list holds, to be filled in and given back. Codes are text: 01 stays."""
    columns = list_judging.columns(among.one)
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _MADE})
        head = book.add_format({"bold": True, "bottom": 1})
        as_text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("名单")
        sheet.freeze_panes(1, 0)
        for place, (column, width) in enumerate(zip(columns, _WIDTHS, strict=False)):
            sheet.set_column(place, place, width, as_text)
            sheet.write_string(0, place, column.heads[0], head)
        for row, one in enumerate(among.present, start=1):
            cells = (one.code, one.label.zh, one.label.en, one.parent)[: len(columns)]
            for place, cell in enumerate(cells):
                if cell:
                    sheet.write_string(row, place, str(harmless(cell)), as_text)
        if among.parents:
            _parents(book, among, head, as_text)
    return held.getvalue()


def _parents(book: xlsxwriter.Workbook, among: Among, head: object, as_text: object) -> None:
    """What may stand in the column of parents, on a sheet of its own."""
    above = next(one for one in among.questionnaire.lists if one.id == among.one.parent)
    sheet = book.add_worksheet("上级有哪些")
    sheet.set_column(0, 1, 28, as_text)
    sheet.write_string(0, 0, f"上级代码（{above.title.zh}）", head)
    sheet.write_string(0, 1, "上级叫什么", head)
    for row, one in enumerate(among.parents, start=1):
        sheet.write_string(row, 0, one.code, as_text)
        sheet.write_string(row, 1, str(harmless(one.label.zh)), as_text)
