"""The damages: each changes one sheet as Excel, an export or a hand does, and leaves the truth as it was."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date

from tests.spec.importing.damaged import Cell, Made, Sheet, number

Hurt = Callable[[Sheet], bool]
HURTS: list[Hurt] = []


def hurt(function: Hurt) -> Hurt:
    HURTS.append(function)
    return function


def build(seed: int, *, damages: int | None = None) -> Made:
    """The file of a seed; ``damages`` 0: as it should be."""
    rng = random.Random(seed)
    sheet = Sheet(rng)
    for _ in range(rng.randint(1, 3) if damages is None else damages):
        chosen = rng.choice(HURTS)
        if chosen(sheet):
            sheet.damages.append(chosen.__name__)
    return sheet.write(f"file-{seed}")


def cells(sheet: Sheet, wanted: Callable[[str, Cell], bool]) -> list[tuple[int, int]]:
    """Places of cells of which ``wanted(variable or head, cell)`` holds."""
    return [
        (row, place)
        for row, record in enumerate(sheet.rows)
        for place, cell in enumerate(record)
        if sheet.truth[row] is not None
        and (row, place) not in sheet.touched
        and wanted(sheet.variables[place] or sheet.heads[place], cell)
    ]


def change(sheet: Sheet, wanted: Callable[[str, Cell], bool], into: Callable[[Cell], Cell], share: float = 0.5) -> bool:
    """Changes some of the cells, or all of a column, as a save in Excel would."""
    found = cells(sheet, wanted)
    if not found:
        return False
    if sheet.rng.random() < share:
        column = sheet.rng.choice(found)[1]
        found = [place for place in found if place[1] == column]
    else:
        found = [sheet.rng.choice(found)]
    for row, place in found:
        sheet.rows[row][place] = into(sheet.rows[row][place])
        sheet.touched.add((row, place))
    return True


def answers(name: str) -> bool:
    return not name.startswith(("序号", "提交", "来自"))


@hurt
def long_numbers_are_rounded(sheet: Sheet) -> bool:
    def into(cell: Cell) -> Cell:
        if sheet.workbook:
            return Cell(cell.shown, "number", float(cell.shown))
        return Cell(f"{float(cell.shown):.2E}")

    return change(sheet, lambda _, cell: cell.shown.isdigit() and len(cell.shown) > 11, into)


@hurt
def zeros_are_lost(sheet: Sheet) -> bool:
    return change(
        sheet,
        lambda name, cell: answers(name) and bool(re.fullmatch(r"0\d+", cell.shown)),
        lambda cell: number(int(cell.shown)),
    )


@hurt
def three_one_becomes_a_date(sheet: Sheet) -> bool:
    def into(cell: Cell) -> Cell:
        month, day = (int(part) for part in cell.shown.split("-"))
        if sheet.workbook:
            return Cell("", "date", date(2026, month, day))
        forms = (f"{month}月{day}日", f"{date(2026, month, day):%-d-%b}", f"2026/{month}/{day}")
        return Cell(sheet.rng.choice(forms))

    return change(sheet, lambda _, cell: bool(re.fullmatch(r"\d-\d{1,2}", cell.shown)), into)


@hurt
def codes_become_a_date(sheet: Sheet) -> bool:
    def into(cell: Cell) -> Cell:
        month, day = (int(part) for part in re.split(r"[,，;]", cell.shown))
        return Cell(f"{month}/{day}") if not sheet.workbook else Cell("", "date", date(2026, month, day))

    return change(sheet, lambda _, cell: bool(re.fullmatch(r"\d[,，;]\d", cell.shown)), into)


@hurt
def full_width_digits(sheet: Sheet) -> bool:
    def into(cell: Cell) -> Cell:
        return Cell(cell.shown.translate(str.maketrans("0123456789.", "０１２３４５６７８９．")))

    return change(sheet, lambda name, cell: answers(name) and bool(re.search(r"\d", cell.shown)), into)


@hurt
def formulas(sheet: Sheet) -> bool:
    if not sheet.workbook:
        return change(
            sheet, lambda name, cell: answers(name) and bool(cell.shown), lambda cell: Cell(f'="{cell.shown}"')
        )
    kind = sheet.rng.choice(("formula", "formula", "empty_formula", "error"))
    return change(
        sheet,
        lambda name, cell: answers(name) and cell.kind in ("text", "number") and bool(cell.shown),
        lambda cell: Cell(cell.shown, kind, cell.value if cell.kind == "number" else cell.shown),
    )


@hurt
def errors(sheet: Sheet) -> bool:
    seen = sheet.rng.choice(("#N/A", "#VALUE!", "#REF!", "#DIV/0!", "########"))
    return change(sheet, lambda name, _: answers(name), lambda _: Cell(seen), share=0.1)


@hurt
def merged_cells(sheet: Sheet) -> bool:
    if not sheet.workbook or sheet.merged:
        return False
    first = sheet.rng.randrange(len(sheet.rows) - 2)
    last, column = first + sheet.rng.randint(1, 2), sheet.rng.randrange(len(sheet.heads))
    if not sheet.rows[first][column].shown:
        return False
    for row in range(first + 1, last + 1):
        sheet.rows[row][column] = Cell("")
    sheet.merged.append((first, last, column))
    return True


@hurt
def a_row_of_totals(sheet: Sheet) -> bool:
    label = sheet.rng.choice(("合计", "总计：", "平均", "", ""))
    record = []
    for place in range(len(sheet.heads)):
        column = [row[place].value for row in sheet.rows if row[place].kind == "number"]
        total = sum(column) if label != "平均" else round(sum(column) / max(1, len(column)), 1)
        record.append(number(total) if len(column) > len(sheet.rows) / 2 else Cell(""))
    if label:
        record[0] = Cell(label)
    elif not any(cell.shown for cell in record):
        return False
    sheet.rows.append(record)
    sheet.truth.append(None)
    sheet.cases.append("")
    return True


@hurt
def blanks_and_unseen_characters(sheet: Sheet) -> bool:
    extra = sheet.rng.choice((" ", "\u3000", "\xa0", "\u200b", "  "))

    def into(cell: Cell) -> Cell:
        return Cell(cell.shown + extra if sheet.rng.random() < 0.5 else extra + cell.shown)

    return change(sheet, lambda name, cell: answers(name) and cell.kind == "text" and bool(cell.shown), into)


@hurt
def hidden_rows(sheet: Sheet) -> bool:
    sheet.hidden.add(sheet.rng.randrange(len(sheet.rows)))
    return sheet.workbook


@hurt
def dates_become_numbers(sheet: Sheet) -> bool:
    def into(cell: Cell) -> Cell:
        return number((date.fromisoformat(cell.shown) - date(1899, 12, 30)).days)

    return change(sheet, lambda name, cell: name == "moved" and bool(cell.shown) and cell.shown[0].isdigit(), into)


@hurt
def dates_with_times_or_other_orders(sheet: Sheet) -> bool:
    def into(cell: Cell) -> Cell:
        day = date.fromisoformat(cell.shown)
        forms = ("%Y-%m-%d 00:00:00", "%Y/%-m/%-d 10:30", "%m/%d/%Y", "%d.%m.%Y", "%y-%m-%d", "%Y年%-m月%-d日")
        return Cell(f"{day:{sheet.rng.choice(forms)}}")

    return change(sheet, lambda name, cell: name == "moved" and cell.shown[:2] in ("19", "20"), into)


@hurt
def numbers_become_dates(sheet: Sheet) -> bool:
    def into(cell: Cell) -> Cell:
        if not sheet.workbook:
            return Cell("1900/2/14")
        return Cell("", "date", date(1900, 2, 14))

    return change(sheet, lambda name, cell: name in ("age", "income") and cell.kind == "number", into, share=0.2)


@hurt
def percentages(sheet: Sheet) -> bool:
    def into(cell: Cell) -> Cell:
        return Cell(f"{cell.value * 100:g}%", "percent", cell.value / 100)

    return change(sheet, lambda name, cell: name in ("age", "income", "know") and cell.kind == "number", into)


@hurt
def needless_decimals(sheet: Sheet) -> bool:
    return change(
        sheet, lambda name, cell: answers(name) and cell.kind == "number", lambda cell: Cell(f"{cell.value:.1f}")
    )


@hurt
def thousands_and_units(sheet: Sheet) -> bool:
    def into(cell: Cell) -> Cell:
        return Cell(sheet.rng.choice((f"{cell.value:,}", f"{cell.value} 岁", f"约{cell.value}", f"{cell.value}0元")))

    return change(sheet, lambda name, cell: name in ("age", "income") and cell.kind == "number", into)


@hurt
def near_labels(sheet: Sheet) -> bool:
    def into(cell: Cell) -> Cell:
        said = cell.shown
        return Cell(
            sheet.rng.choice((f"{said}的", said[:-1], f"A.{said}", f"2. {said}", f"{said}。", f"“{said}”", said + said))
        )

    def closed(name: str, cell: Cell) -> bool:
        return name in ("know", "district", "flat", "aspects.parking") and cell.kind == "text" and bool(cell.shown)

    return change(sheet, closed, into)


@hurt
def codes_of_somebody_else(sheet: Sheet) -> bool:
    return change(
        sheet,
        lambda name, _: name in ("know", "aspects.lanes", "district"),
        lambda _: Cell(sheet.rng.choice("478ABab")),
        0.2,
    )


@hurt
def lost_characters(sheet: Sheet) -> bool:
    def into(cell: Cell) -> Cell:
        return Cell(sheet.rng.choice(("?" * len(cell.shown), "\ufffd" * len(cell.shown), "锟斤拷" + cell.shown[1:])))

    return change(sheet, lambda name, cell: answers(name) and len(cell.shown) > 1 and not cell.shown.isascii(), into)


@hurt
def a_case_twice(sheet: Sheet) -> bool:
    row = sheet.rng.randrange(len(sheet.rows))
    if sheet.truth[row] is None:
        return False
    sheet.rows.append(list(sheet.rows[row]))
    sheet.cases.append(sheet.cases[row])
    sheet.truth.append(None)
    if sheet.rng.random() < 0.5:
        place = sheet.variables.index("age")
        sheet.rows[-1][place] = number(sheet.rng.randint(18, 99))
    return True


@hurt
def a_title_above(sheet: Sheet) -> bool:
    sheet.title = 1
    return True


@hurt
def words_become_numbers_and_times(sheet: Sheet) -> bool:
    forms = {"1.10": number(1.1), "true": Cell("TRUE"), "1:30": Cell("1:30:00"), "=1+2": number(3)}
    forms["5%"] = Cell("5%", "percent", 0.05)
    return change(
        sheet, lambda name, cell: name in ("house", "opinion") and cell.shown in forms, lambda cell: forms[cell.shown]
    )


@hurt
def wrong_case_numbers(sheet: Sheet) -> bool:
    def into(cell: Cell) -> Cell:
        said = cell.shown
        return Cell(sheet.rng.choice((said.replace("0", "O"), said + "9", "9" + said, said.replace("-", ""))))

    return change(sheet, lambda name, cell: name == "表号" and cell.kind == "text", into, share=0.2)


@hurt
def case_numbers_become_dates(sheet: Sheet) -> bool:
    return change(
        sheet, lambda name, _: name == "表号", lambda _: Cell("2026/1/3", "date", date(2026, 1, 3)), share=0.2
    )


@hurt
def answers_are_missing(sheet: Sheet) -> bool:
    """-3 and -2 of 问卷星 where the truth is silent; elsewhere they would be another answer."""
    closed = ("know", "flat", "age")
    found = cells(sheet, lambda name, cell: name in closed and cell.shown in ("", "(空)"))
    for row, place in found:
        sheet.rows[row][place] = number(sheet.rng.choice((-2, -3)))
    return bool(found)
