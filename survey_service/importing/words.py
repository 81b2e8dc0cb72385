"""What an import says: problems that keep a file out, and notices of what was mended, in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from enum import unique
from typing import Any

from survey_service.tabular.notices import Noticed, NoticeKind
from survey_service.tabular.problems import ProblemKind, TableProblem, Value

SHOWN_ROWS = 8


@unique
class Kind(ProblemKind):
    """Problems: the file is not taken in while one is left."""

    UNKNOWN_VALUE = (
        "“{seen}”不是这道题的选项[[，是不是“{near}”]]",
        "请在“对应”一步说明它是哪一项。",
        "“{seen}” is no option of this question[[ (is it “{near}”?)]]",
        "Say in the mapping which one it is.",
    )
    TWO_MEANINGS = (
        "“{seen}”既像代码又像另一项的文字，分不清是哪一项",
        "请在“对应”一步说明。",
        "“{seen}” is the code of one option and the label of another",
        "Say in the mapping which one it is.",
    )
    TWO_READINGS = (
        "“{seen}”有两种读法：{codes}",
        "请在文件里用“┋”隔开各项，例如“电视┋微信”。",
        "“{seen}” can be read in two ways: {codes}",
        "Part the options in the file by “┋”.",
    )
    TWO_CODES = (
        "“{seen}”可能是代码 {codes} 中的任何一个：Excel 会去掉前面的 0",
        "请把这一列设为文本后重新导出，或在“对应”一步说明。",
        "“{seen}” may be any of the codes {codes}: Excel drops leading zeros",
        "Export the column as text, or say in the mapping which one it is.",
    )
    ROUNDED = (
        "“{seen}”是被 Excel 截短的长数字，末几位已经丢了",
        "请把这一列设为文本，从原处重新导出。",
        "“{seen}” is a long number that Excel has rounded; its last digits are lost",
        "Export anew with the column as text.",
    )
    DATE_MADE = (
        "“{seen}”是日期，原来可能是“3-1”一类的写法，被 Excel 改了",
        "请把这一列设为文本，改回原来的写法。",
        "“{seen}” is a date; Excel may have made it of something like “3-1”",
        "Format the column as text and restore it.",
    )
    PERCENT = (
        "“{seen}”在表里是百分数，分不清是 {seen} 还是它的 100 倍",
        "请改成普通数字。",
        "“{seen}” is shown as a percentage: nobody can tell whether 100 times as much is meant",
        "Write a plain number.",
    )
    ERROR_CELL = (
        "“{seen}”是表格的出错标记，不是答案",
        "请改正公式或清空这一格。",
        "“{seen}” is an error of the spreadsheet, no answer",
        "Correct the formula or empty the cell.",
    )
    UNCALCULATED = (
        "这一格是公式，没有算过",
        "请用 Excel 打开、保存一次，或者粘贴成数值。",
        "A formula that was never calculated",
        "Open and save the workbook in Excel, or paste the values.",
    )
    MERGED = (
        "这一格和别的格合并了，不知道每一行各是什么",
        "请取消合并，每行都填上。",
        "The cell is merged with others",
        "Unmerge them and write the value into every row.",
    )
    GARBLED = (
        "“{seen}”是乱码，字已经丢了",
        "请从原处用 UTF-8 编码重新导出。",
        "“{seen}” is garbled; characters were lost",
        "Export anew from the source in UTF-8.",
    )
    PERSONAL = (
        "这一格里有{judged}，不能和答案放在一起",
        "请在文件里把号码改成“（已略）”，重新上传。",
        "The cell holds {judged}, which never lies with answers",
        "Write “(left out)” for it in the file.",
    )
    JUDGED = (
        "“{seen}”：{judged}",
        "",
        "“{seen}”: {judged}",
        "",
    )
    UNKNOWN_CASE = (
        "这一期在您的地区没有表号“{seen}”[[，是不是“{near}”]]",
        "请核对表号；不是抽中的，请把这一格清空。",
        "This wave has no case “{seen}” in your areas[[ (is it “{near}”?)]]",
        "Check the number; empty the cell where it was not sampled.",
    )
    TWO_CASES = (
        "“{seen}”可能是 {codes} 中的任何一个：Excel 会去掉前面的 0",
        "请把表号一列设为文本后重新导出。",
        "“{seen}” may be any of the cases {codes}: Excel drops leading zeros",
        "Export the column as text.",
    )
    TWO_NUMBERS = (
        "“{seen}”可能是 {codes} 中的任何一个：它们只差大小写或空格",
        "请照抽样名单写。",
        "“{seen}” may be any of the cases {codes}, which differ by capitals or blanks",
        "Write it as the sample does.",
    )
    CASE_TWICE = (
        "“{seen}”在第 {other} 行已经有一份，答案不同",
        "一个表号只能有一份，请留下对的那一行。",
        "Case “{seen}” stands in row {other} already, with other answers",
        "Keep the row that is right.",
    )
    SERIAL_TWICE = (
        "序号“{seen}”和提交时间都和第 {other} 行相同，答案却不同",
        "请核对：是两份，请改正其中一行的序号；是一份，请留下对的那一行。",
        "Serial “{seen}” and its time stand in row {other} too, with other answers",
        "Correct the serial of one of them, or keep the row that is right.",
    )
    WORDS_TWICE = (
        "“其他”后面的字有两处，写得不一样：“{seen}”和“{near}”",
        "请在文件里只留一处。",
        "The words behind “other” stand in two places and differ: “{seen}” and “{near}”",
        "Keep one of them in the file.",
    )
    CASE_COMPLETE = (
        "“{seen}”已经有一份完成的答卷",
        "一个样本只算一份，请从文件里去掉这一行。",
        "Case “{seen}” has its complete response already",
        "It counts once: remove the row from the file.",
    )
    UNKNOWN_COMMUNITY = (
        "您的地区没有叫“{seen}”的社区[[，是不是“{near}”]]",
        "请写社区的全名或者 12 位代码。",
        "Your areas have no community “{seen}”[[ (is it “{near}”?)]]",
        "Write its full name or its code.",
    )
    NO_COMMUNITY = (
        "这一行没有表号，也没有社区",
        "请填上社区，或在“对应”一步为整个文件选一个社区。",
        "The row names neither a case nor a community",
        "Fill it in, or choose one community for the whole file.",
    )
    TOTAL_DOUBT = (
        "最后一行像是合计：{seen} 正好是上面各行的和或平均",
        "是合计，请删去；是答卷，请挪到别的位置。",
        "The last row looks like a total: {seen} is the sum or the mean of the rows above",
        "Remove it; if it is an answer, move it elsewhere.",
    )
    TAKEN_OTHERWISE = (
        "这一行先前收入过，那时的答案不同",
        "先前收入的算数；要更正，请在答卷上更正并写明原因。",
        "This row was taken in before with other answers",
        "Those count; correct the response, with a reason.",
    )
    ERASED = (
        "这一行的答卷收入过，后来按本人要求删除了，不能再收",
        "请从文件里去掉这一行。",
        "The answers of this row were taken in and later deleted as requested",
        "Remove the row from the file.",
    )


@unique
class Notice(NoticeKind):
    """What was mended or is worth a look; the file can be taken in."""

    FULL_WIDTH = (
        "全角数字按半角读：“{seen}”读作 {taken}",
        "full-width digits read as plain ones: “{seen}” as {taken}",
    )
    LOST_ZERO = (
        "补上了 Excel 去掉的 0：“{seen}”读作 {taken}",
        "zeros that Excel dropped were put back: “{seen}” as {taken}",
    )
    POINT_ZERO = (
        "去掉了多余的小数：“{seen}”读作 {taken}",
        "needless decimals were left out: “{seen}” as {taken}",
    )
    FORMULA = (
        "公式按算好的结果读，例如 {seen}",
        "formulas were read as their results, for example {seen}",
    )
    QUOTED = (
        "去掉了导出时加的等号和引号：读作 {taken}",
        "the equals sign and quotes of the export were left out: {taken}",
    )
    SERIAL_DATE = (
        "Excel 的日期序号换成了日期：{seen} 读作 {taken}",
        "Excel's date numbers became dates: {seen} as {taken}",
    )
    TIME_CELL = (
        "时刻按几点几分读，秒去掉：{seen} 读作 {taken}",
        "times were read to the minute, without seconds: {seen} as {taken}",
    )
    DATE_CELL = (
        "日期格按年月日读，例如 {taken}；请抽查月和日没有写反",
        "date cells were read as year, month, day, for example {taken}; check that month and day are not swapped",
    )
    NUMBER_IN_TEXT = (
        "文字题里只有数字，例如 {seen}；前面若有 0，Excel 已经去掉",
        "numbers alone in a text answer, for example {seen}; Excel drops leading zeros",
    )
    DATE_IN_TEXT = (
        "文字题里是日期或时间，例如 {seen}；原来可能是“3-1”一类的写法",
        "a date or time in a text answer, for example {seen}; it may have been something like “3-1”",
    )
    WIDE_TEXT = (
        "文字里有全角数字，照原样收入，例如“{seen}”",
        "full-width digits within a text, kept as they are, for example “{seen}”",
    )
    LIKE_SERIAL = (
        "{seen} 像是 Excel 的日期序号，请核对",
        "{seen} looks like a date number of Excel; please check",
    )
    CUT_TEXT = (
        "文字正好 {taken} 个字，后面可能被截掉了",
        "a text of exactly {taken} characters: the rest may have been cut off",
    )
    SPLIT_DIGITS = (
        "连写的代码拆开读：“{seen}”读作 {taken}",
        "codes written together were parted: “{seen}” as {taken}",
    )
    LETTERS = (
        "整列都是字母，按问卷里选项的次序读：{taken}",
        "a column of letters, read by the order of the options: {taken}",
    )
    WORDS_KEPT = (
        "“{seen}”作为“其他”后面的字收入",
        "“{seen}” was kept as the words behind “other”",
    )
    WORDS_DROPPED = (
        "“{seen}”后面附的文字没有收入，这一项不带填空",
        "the words behind “{seen}” were left out: the option asks for none",
    )
    NOT_MISSING = (
        "{seen} 在这道题里是答案，没有当作跳过或空白",
        "{seen} is an answer of this question and was not taken for skipped or blank",
    )
    TOTAL_ROW = (
        "合计行没有收入",
        "a row of totals was left out",
    )
    EMPTY_ROW = (
        "一题也没有答的行没有收入",
        "rows without a single answer were left out",
    )
    REPEATED_ROW = (
        "同一表号或同一序号和时间、答案也相同的行，只收一次",
        "rows that repeat a case, or a serial and its time, with the same answers were taken once",
    )
    KNOWN_ROW = (
        "先前已经收入过，这次不变",
        "taken in before; nothing changes",
    )
    SOFT = (
        "照收，但请看一眼：{said}",
        "taken in, but worth a look: {said}",
    )
    HIDDEN_ROWS = (
        "表里隐藏的行也读了",
        "rows that are hidden in the workbook were read too",
    )
    TITLE_ROWS = (
        "表头上面的标题行跳过了",
        "title lines above the heads were skipped",
    )
    COLUMNS_LEFT_OUT = (
        "有内容、没有收入的列有 {taken} 个：{seen}",
        "columns that hold something and are not taken in, {taken}: {seen}",
    )
    COLUMNS_PERSONAL = (
        "像是联系方式，不收也不存的列有 {taken} 个：{seen}",
        "columns taken for contact data, neither taken in nor stored, {taken}: {seen}",
    )
    TWO_HEAD_ROWS = (
        "列名占了 {taken} 行，已经合成一行，例如“{seen}”",
        "the heads take up {taken} rows and were joined, for example “{seen}”",
    )


def kept_problem(one: TableProblem) -> dict[str, Any]:
    """A problem as it is kept beside the file."""
    return {"row": one.row, "column": one.head("zh"), "zh": one.zh, "en": one.en}


class Notices:
    """Gathers notices, one entry per kind and column, with the first rows and an example."""

    def __init__(self) -> None:
        self._found: dict[tuple[NoticeKind, str, Value], Noticed] = {}
        self.places: set[tuple[int, str]] = set()  # every row and column with a notice

    def add(self, kind: NoticeKind, *, row: int | None = None, column: str = "", **values: Value) -> None:
        key = (kind, column, values["said"] if kind is Notice.SOFT else "")
        most = {
            Notice.LETTERS: 600,
            Notice.COLUMNS_LEFT_OUT: 2_500,
            Notice.COLUMNS_PERSONAL: 2_500,
        }.get(kind, 60)  # type: ignore[call-overload]  # the reader's own kinds are not in it
        short = {name: value[:most] if isinstance(value, str) else value for name, value in values.items()}
        one = self._found.setdefault(key, Noticed(kind=kind, column=column, values=short))
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
