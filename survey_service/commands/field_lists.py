"""The files of a draw: lists to walk by, the reserves apart, every probability, and a record beside them."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from survey_service.tabular.harmless import harmless

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.header_footer import HeaderFooterItem
    from openpyxl.worksheet.worksheet import Worksheet

_WORDS = {
    "zh": {
        "case": "样本编号", "unit": "户编号", "grid": "网格", "first_mode": "首选方式", "kish_table": "户内抽样表",
        "substitute_for": "替换自", "visits": ("第一次入户", "第二次入户", "第三次入户"), "adults": "18岁及以上人数",
        "result": "结果代码", "guide": "说明", "kish": "户内抽样表", "reserves": "备用样本（未启用不得入户）",
        "all": "全部样本与概率", "replicate": "备用批次", "community": "社区代码", "list": "入户名单",
        "adult": "被访者序号", "table": "表", "people": "人", "six": "6人及以上",
        "rules": (
            "按名单逐户入户；每户至少联系三次，不同日期、不同时段。",
            "不得自行更换住户。确需替换的，由统计员另行抽取并标注，原住户仍计入分母。",
            "备用样本按批次整批启用；未启用的不得入户。",
            "户内18岁及以上人员先男后女，各按年龄从大到小排序编号；查本户的表号与人数，得被访者序号。",
            "结果代码：1.1 完成  1.2 部分完成  2.10 拒访  2.20 未接触  2.30 其他未完成  3.1 住户情况不明  "
            "3.2 有无合格被访者不明  4.5 非住宅  4.6 空户  4.7 无合格被访者",
        ),
        "record": "抽样记录",
    },
    "en": {
        "case": "Case", "unit": "Household", "grid": "Grid", "first_mode": "First mode", "kish_table": "Kish table",
        "substitute_for": "Stands for", "visits": ("Visit 1", "Visit 2", "Visit 3"), "adults": "Adults 18+",
        "result": "Outcome code", "guide": "How to use", "kish": "Kish tables",
        "reserves": "Reserves - do not visit yet", "all": "All cases, probabilities", "replicate": "Replicate",
        "community": "Community", "list": "List of", "adult": "Adult to ask", "table": "Table", "people": "",
        "six": "6 or more",
        "rules": (
            "Visit every household of the list; at least three attempts, on different days and at different hours.",
            "Never choose another household yourself. Where a substitute is insisted on, the statistician draws and "
            "marks it, and the first household stays in the denominator.",
            "Reserves are issued replicate by replicate, whole; do not visit one that is not issued.",
            "Number the adults: men from the oldest, then women from the oldest; the household's table and their "
            "number give the adult to ask.",
            "Outcome codes: 1.1 complete, 1.2 partial, 2.10 refusal, 2.20 noncontact, 2.30 other, 3.1 unknown if "
            "lived in, 3.2 unknown if anyone eligible, 4.5 not a home, 4.6 empty home, 4.7 nobody eligible",
        ),
        "record": "How it was drawn",
    },
}  # fmt: skip
_WIDE, _NARROW = 26.0, 13.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FieldLists:
    table: pd.DataFrame  # a row per case
    kept: tuple[str, ...]  # columns of the frame to print
    record: Mapping[str, Any]
    language: str


def write_lists(lists: FieldLists, out: Path) -> None:
    """Writes ``out`` and, beside it, the record as JSON. The lists may name homes: only their owner may read them."""
    # The mark lets Excel read Chinese in a .csv.
    _private(out, _workbook(lists) if out.suffix.lower() == ".xlsx" else _csv(lists.table).encode("utf-8-sig"))
    _private(out.with_suffix(".json"), (json.dumps(lists.record, ensure_ascii=False, indent=2) + "\n").encode())


def _private(path: Path, data: bytes) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_bytes(data)


def _csv(table: pd.DataFrame) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([harmless(head) for head in table.columns])
    for row in table.itertuples(index=False):
        writer.writerow([harmless(_plain(cell)) for cell in row])
    return written.getvalue()


def _plain(cell: Any) -> Any:
    """Blank where there is nothing; counts without a decimal point."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell


# ------------------------------------------------------------------ the workbook
def _workbook(lists: FieldLists) -> bytes:
    from openpyxl import Workbook

    words = _WORDS[lists.language]
    book = Workbook()
    guide = book.active
    assert guide is not None
    _guide(guide, lists, words)
    issued = lists.table[lists.table["issued"] == 1]
    for community, cases in issued.groupby("community", sort=False):
        _list_sheet(book, str(community), cases, lists, words)
    waiting = lists.table[lists.table["issued"] == 0]
    if len(waiting):
        _list_sheet(book, str(words["reserves"]), waiting, lists, words, reserve=True)
    every = book.create_sheet(str(words["all"])[:31])
    values = lists.table.itertuples(index=False)
    _rows(every, [list(lists.table.columns), *([_plain(cell) for cell in row] for row in values)])
    _finish(every, [_NARROW] * len(lists.table.columns), landscape=True)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _guide(sheet: Worksheet, lists: FieldLists, words: Mapping[str, Any]) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.title = words["guide"]
    rows: list[list[Any]] = [[words["guide"]], *([rule] for rule in words["rules"]), []]
    if "kish_table" in lists.table.columns:
        rows += [[words["kish"]], *_kish(words), []]
    rows.append([words["record"]])
    first_of_record = len(rows)
    rows += [[name, _spoken(value)] for name, value in lists.record.items() if value not in (None, [], {}, "")]
    _rows(sheet, rows)
    for number, row in enumerate(rows, start=1):
        if len(row) == 1 and (number == 1 or row[0] in (words["kish"], words["record"])):
            sheet.cell(number, 1).font = Font(bold=True)
        elif len(row) == 1 and number < first_of_record:
            sheet.merge_cells(start_row=number, start_column=1, end_row=number, end_column=8)
            sheet.cell(number, 1).alignment = Alignment(wrap_text=True, vertical="top")
            sheet.row_dimensions[number].height = 32
    sheet.column_dimensions["A"].width = 20
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    _one_page_wide(sheet)


def _kish(words: Mapping[str, Any]) -> list[list[Any]]:
    from analysis.sampling import KishTable, kish_select

    heads = [f"{count}{words['people']}" for count in range(1, 6)]
    rows: list[list[Any]] = [[f"{words['table']} \\ {words['adults']}", *heads, words["six"]]]
    return rows + [[str(table), *(kish_select(table, adults) for adults in range(1, 7))] for table in KishTable]


def _spoken(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value


def _list_sheet(
    book: Workbook,
    title: str,
    cases: pd.DataFrame,
    lists: FieldLists,
    words: Mapping[str, Any],
    *,
    reserve: bool = False,
) -> None:
    """One line a household, with room to write by hand."""
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", "-", title)[:31])
    shown = ["case", *(["community", "replicate"] if reserve else []), "unit"]
    shown += [name for name in ("grid", "first_mode", "kish_table") if name in cases.columns]
    if (cases["substitute_for"] != "").any():
        shown.append("substitute_for")
    heads = [str(words.get(name, name)) for name in shown] + list(lists.kept)
    room = [] if reserve else [words["adults"], words["adult"], *words["visits"], words["result"]]
    values = cases[[*shown, *lists.kept]].itertuples(index=False)
    _rows(sheet, [[*heads, *room], *([_plain(cell) for cell in row] + [None] * len(room) for row in values)])
    widths = [18.0, *([_NARROW] * (len(shown) - 1)), *([_WIDE] * len(lists.kept)), *([_NARROW] * len(room))]
    _finish(sheet, widths, landscape=True)
    if not reserve:
        _printed(sheet.oddHeader, f"{words['list']} {title}")


def _rows(sheet: Worksheet, rows: Sequence[Sequence[Any]]) -> None:
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value is None or value == "":
                continue
            cell = sheet.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # text stays text, also where it begins like a formula


def _finish(sheet: Worksheet, widths: Sequence[float], *, landscape: bool) -> None:
    """Heads that stay in sight and come again on every page; lines to write on; one page wide."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    thin = Side(style="thin", color="999999")
    box = Border(left=thin, right=thin, top=thin, bottom=thin)
    for heads in sheet.iter_rows(max_row=1, max_col=len(widths)):
        for cell in heads:
            cell.border, cell.alignment = box, Alignment(wrap_text=True, vertical="center")
    # A style is looked for among all of the workbook: once for all lines, not for each cell of them.
    model: Any = None
    written: Any
    for row in sheet.iter_rows(min_row=2, max_row=sheet.max_row, max_col=len(widths)):
        for written in row:
            own = written.has_style  # a number that is written in its own way
            if own or model is None:
                written.border, written.alignment = box, Alignment(wrap_text=False, vertical="center")
                model = model if own else written
            else:
                written._style = copy(model._style)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E7EDF3")
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = 9  # A4
    _one_page_wide(sheet)
    _printed(sheet.oddFooter, "&P / &N")


def _one_page_wide(sheet: Worksheet) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0


def _printed(place: HeaderFooterItem | None, text: str) -> None:
    assert place is not None
    assert place.center is not None
    place.center.text = text
