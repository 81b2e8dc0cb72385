"""What an import says: problems that keep a file out, and notices of what was mended, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

SHOWN_ROWS = 8


class Kind(StrEnum):
    """Problems: the file is not taken in while one is left."""

    UNKNOWN_VALUE = "unknown_value"
    TWO_MEANINGS = "two_meanings"
    TWO_READINGS = "two_readings"
    TWO_CODES = "two_codes"
    ROUNDED = "rounded"
    DATE_MADE = "date_made"
    PERCENT = "percent"
    ERROR_CELL = "error_cell"
    UNCALCULATED = "uncalculated"
    MERGED = "merged"
    GARBLED = "garbled"
    PERSONAL = "personal"
    JUDGED = "judged"
    UNKNOWN_CASE = "unknown_case"
    TWO_CASES = "two_cases"
    TWO_NUMBERS = "two_numbers"
    CASE_TWICE = "case_twice"
    SERIAL_TWICE = "serial_twice"
    WORDS_TWICE = "words_twice"
    CASE_COMPLETE = "case_complete"
    UNKNOWN_COMMUNITY = "unknown_community"
    NO_COMMUNITY = "no_community"
    TOTAL_DOUBT = "total_doubt"
    TAKEN_OTHERWISE = "taken_otherwise"
    ERASED = "erased"


class Notice(StrEnum):
    """What was mended or is worth a look; the file can be taken in."""

    FULL_WIDTH = "full_width"
    LOST_ZERO = "lost_zero"
    POINT_ZERO = "point_zero"
    FORMULA = "formula"
    QUOTED = "quoted"
    SERIAL_DATE = "serial_date"
    DATE_CELL = "date_cell"
    NUMBER_IN_TEXT = "number_in_text"
    DATE_IN_TEXT = "date_in_text"
    WIDE_TEXT = "wide_text"
    LIKE_SERIAL = "like_serial"
    CUT_TEXT = "cut_text"
    SPLIT_DIGITS = "split_digits"
    LETTERS = "letters"
    WORDS_KEPT = "words_kept"
    WORDS_DROPPED = "words_dropped"
    NOT_MISSING = "not_missing"
    TOTAL_ROW = "total_row"
    EMPTY_ROW = "empty_row"
    REPEATED_ROW = "repeated_row"
    KNOWN_ROW = "known_row"
    SOFT = "soft"
    HIDDEN_ROWS = "hidden_rows"
    TITLE_ROWS = "title_rows"
    OTHER_SHEETS = "other_sheets"
    ENCODING = "encoding"
    UNSEEN = "unseen"
    LINE_BREAKS = "line_breaks"
    COLUMNS_LEFT_OUT = "columns_left_out"
    COLUMNS_PERSONAL = "columns_personal"
    TWO_HEAD_ROWS = "two_head_rows"


_PROBLEMS: Mapping[Kind, tuple[str, str]] = {
    Kind.UNKNOWN_VALUE: (
        "“{seen}”不是这道题的选项{near_zh}。请在“对应”一步说明它是哪一项。",
        "“{seen}” is no option of this question{near_en}. Say in the mapping which one it is.",
    ),
    Kind.TWO_MEANINGS: (
        "“{seen}”既像代码又像另一项的文字，分不清是哪一项。请在“对应”一步说明。",
        "“{seen}” is the code of one option and the label of another. Say in the mapping which one it is.",
    ),
    Kind.TWO_READINGS: (
        "“{seen}”有两种读法：{codes}。请在文件里用“┋”隔开各项，例如“电视┋微信”。",
        "“{seen}” can be read in two ways: {codes}. Part the options in the file by “┋”.",
    ),
    Kind.TWO_CODES: (
        "“{seen}”可能是代码 {codes} 中的任何一个：Excel 会去掉前面的 0。"
        "请把这一列设为文本后重新导出，或在“对应”一步说明。",
        "“{seen}” may be any of the codes {codes}: Excel drops leading zeros. "
        "Export the column as text, or say in the mapping which one it is.",
    ),
    Kind.ROUNDED: (
        "“{seen}”是被 Excel 截短的长数字，末几位已经丢了。请把这一列设为文本，从原处重新导出。",
        "“{seen}” is a long number that Excel has rounded; its last digits are lost. "
        "Export anew with the column as text.",
    ),
    Kind.DATE_MADE: (
        "“{seen}”是日期，原来可能是“3-1”一类的写法，被 Excel 改了。请把这一列设为文本，改回原来的写法。",
        "“{seen}” is a date; Excel may have made it of something like “3-1”. Format the column as text and restore it.",
    ),
    Kind.PERCENT: (
        "“{seen}”在表里是百分数，分不清是 {seen} 还是它的 100 倍。请改成普通数字。",
        "“{seen}” is shown as a percentage: nobody can tell whether 100 times as much is meant. Write a plain number.",
    ),
    Kind.ERROR_CELL: (
        "“{seen}”是表格的出错标记，不是答案。请改正公式或清空这一格。",
        "“{seen}” is an error of the spreadsheet, no answer. Correct the formula or empty the cell.",
    ),
    Kind.UNCALCULATED: (
        "这一格是公式，没有算过。请用 Excel 打开、保存一次，或者粘贴成数值。",
        "A formula that was never calculated. Open and save the workbook in Excel, or paste the values.",
    ),
    Kind.MERGED: (
        "这一格和别的格合并了，不知道每一行各是什么。请取消合并，每行都填上。",
        "The cell is merged with others. Unmerge them and write the value into every row.",
    ),
    Kind.GARBLED: (
        "“{seen}”是乱码，字已经丢了。请从原处用 UTF-8 编码重新导出。",
        "“{seen}” is garbled; characters were lost. Export anew from the source in UTF-8.",
    ),
    Kind.PERSONAL: (
        "这一格里有{judged_zh}，不能和答案放在一起。请在文件里把号码改成“（已略）”，重新上传。",
        "The cell holds {judged_en}, which never lies with answers. Write “(left out)” for it in the file.",
    ),
    Kind.JUDGED: ("“{seen}”：{judged_zh}", "“{seen}”: {judged_en}"),
    Kind.UNKNOWN_CASE: (
        "这一期在您的地区没有表号“{seen}”{near_zh}。请核对表号；不是抽中的户，请把这一格清空。",
        "This wave has no case “{seen}” in your areas{near_en}. "
        "Check the number; empty the cell where it was not sampled.",
    ),
    Kind.TWO_CASES: (
        "“{seen}”可能是 {codes} 中的任何一户：Excel 会去掉前面的 0。请把表号一列设为文本后重新导出。",
        "“{seen}” may be any of the cases {codes}: Excel drops leading zeros. Export the column as text.",
    ),
    Kind.TWO_NUMBERS: (
        "“{seen}”可能是 {codes} 中的任何一户：它们只差大小写或空格。请照抽样名单写。",
        "“{seen}” may be any of the cases {codes}, which differ by capitals or blanks. Write it as the sample does.",
    ),
    Kind.CASE_TWICE: (
        "“{seen}”在第 {other} 行已经有一份，答案不同。一户只能有一份，请留下对的那一行。",
        "Case “{seen}” stands in row {other} already, with other answers. Keep the row that is right.",
    ),
    Kind.SERIAL_TWICE: (
        "序号“{seen}”和提交时间都和第 {other} 行相同，答案却不同。"
        "请核对：是两份，请改正其中一行的序号；是一份，请留下对的那一行。",
        "Serial “{seen}” and its time stand in row {other} too, with other answers. Correct the serial of one of them, "
        "or keep the row that is right.",
    ),
    Kind.WORDS_TWICE: (
        "“其他”后面的字有两处，写得不一样：“{seen}”和“{near}”。请在文件里只留一处。",
        "The words behind “other” stand in two places and differ: “{seen}” and “{near}”. Keep one of them in the file.",
    ),
    Kind.CASE_COMPLETE: (
        "“{seen}”已经有一份完成的答卷。一户只算一份，请从文件里去掉这一行。",
        "Case “{seen}” has its complete response already. It counts once: remove the row from the file.",
    ),
    Kind.UNKNOWN_COMMUNITY: (
        "您的地区没有叫“{seen}”的社区{near_zh}。请写社区的全名或者 12 位代码。",
        "Your areas have no community “{seen}”{near_en}. Write its full name or its code.",
    ),
    Kind.NO_COMMUNITY: (
        "这一行没有表号，也没有社区。请填上社区，或在“对应”一步为整个文件选一个社区。",
        "The row names neither a case nor a community. Fill it in, or choose one community for the whole file.",
    ),
    Kind.TOTAL_DOUBT: (
        "最后一行像是合计：{seen} 正好是上面各行的和或平均。是合计，请删去；是答卷，请挪到别的位置。",
        "The last row looks like a total: {seen} is the sum or the mean of the rows above. "
        "Remove it; if it is an answer, move it elsewhere.",
    ),
    Kind.TAKEN_OTHERWISE: (
        "这一行先前收入过，那时的答案不同。先前收入的算数；要更正，请在答卷上更正并写明原因。",
        "This row was taken in before with other answers. Those count; correct the response, with a reason.",
    ),
    Kind.ERASED: (
        "这一行的答卷收入过，后来按本人要求删除了，不能再收。请从文件里去掉这一行。",
        "The answers of this row were taken in and later deleted as requested. Remove the row from the file.",
    ),
}

_NOTICES: Mapping[Notice, tuple[str, str]] = {
    Notice.FULL_WIDTH: (
        "全角数字按半角读：“{seen}”读作 {taken}",
        "full-width digits read as plain ones: “{seen}” as {taken}",
    ),
    Notice.LOST_ZERO: (
        "补上了 Excel 去掉的 0：“{seen}”读作 {taken}",
        "zeros that Excel dropped were put back: “{seen}” as {taken}",
    ),
    Notice.POINT_ZERO: (
        "去掉了多余的小数：“{seen}”读作 {taken}",
        "needless decimals were left out: “{seen}” as {taken}",
    ),
    Notice.FORMULA: ("公式按算好的结果读，例如 {seen}", "formulas were read as their results, for example {seen}"),
    Notice.QUOTED: (
        "去掉了导出时加的等号和引号：读作 {taken}",
        "the equals sign and quotes of the export were left out: {taken}",
    ),
    Notice.SERIAL_DATE: (
        "Excel 的日期序号换成了日期：{seen} 读作 {taken}",
        "Excel's date numbers became dates: {seen} as {taken}",
    ),
    Notice.DATE_CELL: (
        "日期格按年月日读，例如 {taken}；请抽查月和日没有写反",
        "date cells were read as year, month, day, for example {taken}; check that month and day are not swapped",
    ),
    Notice.NUMBER_IN_TEXT: (
        "文字题里只有数字，例如 {seen}；前面若有 0，Excel 已经去掉",
        "numbers alone in a text answer, for example {seen}; Excel drops leading zeros",
    ),
    Notice.DATE_IN_TEXT: (
        "文字题里是日期或时间，例如 {seen}；原来可能是“3-1”一类的写法",
        "a date or time in a text answer, for example {seen}; it may have been something like “3-1”",
    ),
    Notice.WIDE_TEXT: (
        "文字里有全角数字，照原样收入，例如“{seen}”",
        "full-width digits within a text, kept as they are, for example “{seen}”",
    ),
    Notice.LIKE_SERIAL: (
        "{seen} 像是 Excel 的日期序号，请核对",
        "{seen} looks like a date number of Excel; please check",
    ),
    Notice.CUT_TEXT: (
        "文字正好 {taken} 个字，后面可能被截掉了",
        "a text of exactly {taken} characters: the rest may have been cut off",
    ),
    Notice.SPLIT_DIGITS: (
        "连写的代码拆开读：“{seen}”读作 {taken}",
        "codes written together were parted: “{seen}” as {taken}",
    ),
    Notice.LETTERS: (
        "整列都是字母，按问卷里选项的次序读：{taken}",
        "a column of letters, read by the order of the options: {taken}",
    ),
    Notice.WORDS_KEPT: (
        "“{seen}”作为“其他”后面的字收入",
        "“{seen}” was kept as the words behind “other”",
    ),
    Notice.WORDS_DROPPED: (
        "“{seen}”后面附的文字没有收入，这一项不带填空",
        "the words behind “{seen}” were left out: the option asks for none",
    ),
    Notice.NOT_MISSING: (
        "{seen} 在这道题里是答案，没有当作跳过或空白",
        "{seen} is an answer of this question and was not taken for skipped or blank",
    ),
    Notice.TOTAL_ROW: ("合计行没有收入", "a row of totals was left out"),
    Notice.EMPTY_ROW: ("一题也没有答的行没有收入", "rows without a single answer were left out"),
    Notice.REPEATED_ROW: (
        "同一户或同一序号和时间、答案也相同的行，只收一次",
        "rows that repeat a case, or a serial and its time, with the same answers were taken once",
    ),
    Notice.KNOWN_ROW: ("先前已经收入过，这次不变", "taken in before; nothing changes"),
    Notice.SOFT: ("照收，但请看一眼：{seen}", "taken in, but worth a look: {taken}"),
    Notice.HIDDEN_ROWS: ("表里隐藏的行也读了", "rows that are hidden in the workbook were read too"),
    Notice.TITLE_ROWS: ("表头上面的标题行跳过了", "title lines above the heads were skipped"),
    Notice.OTHER_SHEETS: (
        "只读了工作表“{taken}”，另外 {seen} 张没有读",
        "only the sheet “{taken}” was read, {seen} others were not",
    ),
    Notice.ENCODING: ("按 {seen} 编码读", "read as {seen}"),
    Notice.UNSEEN: ("去掉了 {seen} 个看不见的字符", "{seen} invisible characters were left out"),
    Notice.LINE_BREAKS: (
        "有的格里有换行，请核对没有错位：{seen}",
        "cells with line breaks; check that nothing moved: {seen}",
    ),
    Notice.COLUMNS_LEFT_OUT: (
        "有内容、没有收入的列有 {taken} 个：{seen}",
        "columns that hold something and are not taken in, {taken}: {seen}",
    ),
    Notice.COLUMNS_PERSONAL: (
        "像是联系方式，不收也不存的列有 {taken} 个：{seen}",
        "columns taken for contact data, neither taken in nor stored, {taken}: {seen}",
    ),
    Notice.TWO_HEAD_ROWS: (
        "列名占了 {taken} 行，已经合成一行，例如“{seen}”",
        "the heads take up {taken} rows and were joined, for example “{seen}”",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One reason why a file is not taken in. ``row`` as a spreadsheet counts; ``column`` is its head."""

    kind: Kind
    row: int | None = None
    column: str = ""
    seen: str = ""
    near: str = ""
    codes: str = ""
    other: int | None = None
    judged: tuple[str, str] = ("", "")

    def in_language(self, language: str) -> str:
        near_zh = f"，是不是“{self.near}”" if self.near else ""
        near_en = f" (is it “{self.near}”?)" if self.near else ""
        zh, en = _PROBLEMS[self.kind]
        return (en if language == "en" else zh).format(
            seen=self.seen, codes=self.codes, other=self.other, near_zh=near_zh, near_en=near_en,
            judged_zh=self.judged[0], judged_en=self.judged[1],
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "zh": self.in_language("zh"), "en": self.in_language("en")}


@dataclass(slots=True, kw_only=True)
class Noticed:
    """All notices of one kind in one column."""

    kind: Notice
    column: str
    seen: str
    taken: str
    rows: list[int] = field(default_factory=list)
    count: int = 0

    def in_language(self, language: str) -> str:
        zh, en = _NOTICES[self.kind]
        return (en if language == "en" else zh).format(seen=self.seen, taken=self.taken)

    def to_json(self) -> dict[str, Any]:
        return {
            "column": self.column, "rows": self.rows, "count": self.count,
            "zh": self.in_language("zh"), "en": self.in_language("en"),
        }  # fmt: skip


class Notices:
    """Gathers notices, one entry per kind and column, with the first rows and an example."""

    def __init__(self) -> None:
        self._found: dict[tuple[Notice, str, str], Noticed] = {}
        self.places: set[tuple[int, str]] = set()  # every row and column with a notice

    def add(self, kind: Notice, *, row: int | None = None, column: str = "", seen: str = "", taken: str = "") -> None:
        key = (kind, column, seen if kind is Notice.SOFT else "")
        most = {
            Notice.SOFT: 200,
            Notice.LETTERS: 600,
            Notice.COLUMNS_LEFT_OUT: 2_500,
            Notice.COLUMNS_PERSONAL: 2_500,
        }.get(kind, 60)
        one = self._found.setdefault(key, Noticed(kind=kind, column=column, seen=seen[:most], taken=taken[:most]))
        one.count += 1
        if row is not None:
            self.places.add((row, column))
            if len(one.rows) < SHOWN_ROWS:
                one.rows.append(row)

    def all(self) -> list[Noticed]:
        return list(self._found.values())

    def extend(self, kind: Notice, rows: Iterable[int]) -> None:
        for row in rows:
            self.add(kind, row=row)
