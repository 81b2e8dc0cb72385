"""Everything that the reader of tables says, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import unique
from functools import cache

from questionnaires.text import Text
from survey_service.tabular.notices import NoticeKind, TableNotice
from survey_service.tabular.problems import ProblemKind, TableProblem, problem

_HEADS = "Row 1 must hold the heads, one line, one name per column: remove title lines above them."
_HEADS_ZH = "第 1 行要写列名，每列一个，上面不要有标题行。"
_QUOTES = 'Put a cell that holds the delimiter between quotes ("…"), and close every quote.'
_SPLIT = "Split the file and take in the parts."
_SPLIT_ZH = "请分成几个文件。"
_ANEW = "Save it anew as .xlsx."
_ONE_SHEET = "Export the one sheet as CSV."
_ONE_SHEET_ZH = "请把那一张表另存为 CSV。"
_OPEN = "Open it in Excel or WPS and save it as .xlsx."
_OPEN_ZH = "请用 Excel 或 WPS 打开，另存为 .xlsx。"
_USED = "Keep only the columns that are used."
_NUMBER = "“{seen}” is not a number"


@unique
class Reader(ProblemKind):
    # ------------------------------------------------------------ the file as a whole
    EMPTY_FILE = ("文件是空的", "请选有数据的文件。", "the file is empty", "Choose the file with the answers.")
    NO_HEADS = ("第 1 行没有列名", _HEADS_ZH, "the file has no heads", "Row 1 names the columns.")
    NO_ROWS = ("列名下面没有数据", "请重新导出。", "no rows below the heads", "Export the answers anew.")
    TOO_MANY_ROWS = ("超过 {most} 行", _SPLIT_ZH, "more than {most} rows", _SPLIT)
    TOO_MANY_COLUMNS = (
        "超过 {most} 列",
        "请去掉不用的列。",
        "more than {most} columns",
        "Remove the columns that hold no answers.",
    )
    TOO_MANY_CELLS = (
        "超过 {most} 格",
        "请分成几个文件，或者只留要用的列。",
        "more than {most} cells",
        "Split the file, or keep only the columns used.",
    )
    TOO_MUCH_TEXT = (
        "文件里的字太多，读不了",
        "请只留要用的列。",
        "the workbook holds more text than is read",
        _USED,
    )
    LONG_HEAD = (
        "第 {place} 列的列名超过 {most} 个字",
        "请缩短。",
        "the head of column {place} holds more than {most} characters",
        "Shorten it.",
    )
    LONG_CELL = (
        "有一格超过 {most} 个字",
        "请缩短；也可能有一个引号没有成对，把好几行并成了一格。",
        "a cell of more than {most} characters",
        "Shorten it. A quote that was left open by mistake makes one cell of many lines.",
    )
    LONG_NAMED_CELL = (
        "{cell} 格超过 {most} 个字",
        "请缩短。",
        "the cell {cell} holds more than {most} characters",
        "Shorten it.",
    )
    TOOK_TOO_LONG = (
        "文件太大，没有读完",
        "请只留要用的行和列，另存为 CSV。",
        "reading the file took too long",
        "Keep only the rows and columns that are used, and save it as CSV.",
    )
    TOOK_TOO_MUCH_MEMORY = (
        "文件太占内存，读不了",
        "请只留要用的行和列，另存为 CSV。",
        "reading the file took too much memory",
        "Keep only the rows and columns used, and save it as CSV.",
    )
    MORE_THAN_READ = (
        "文件太大，读不了",
        "请分成几个文件，或者只留要用的列。",
        "the file holds more than is read",
        _SPLIT,
    )
    OTHERS_READ = (
        "正在读别人的文件",
        "请等一分钟，再选一次这个文件。",
        "other files are being read",
        "Wait a minute and choose the file again.",
    )
    CANNOT_BE_READ = (
        "文件坏了，读不出来",
        "请另存为 .xlsx，或另存为 UTF-8 的 CSV。",
        "the file cannot be read",
        "Save it anew as .xlsx or as CSV in UTF-8.",
    )
    # ------------------------------------------------------------ heads
    HEAD_BROKEN = (
        "列名里有换行，或引号没有成对",
        _HEADS_ZH,
        "a head has a line break or an open quote",
        _HEADS,
    )
    NO_HEAD = ("“{seen}”不像列名", _HEADS_ZH, "“{seen}” is no head", _HEADS)
    HEADS_MERGED = (
        "列名是合并的格",
        "请取消合并，每一列的名字写在同一行。",
        "the heads are merged cells",
        "Write one head into each column, in one row, and unmerge the cells.",
    )
    HEAD_TWICE = (
        "有 {count} 列的列名相同",
        "请给每列不同的名字。",
        "{count} columns have this head",
        "Give every column its own.",
    )
    HEADLESS = (
        "第 {place} 列有内容，却没有列名",
        "请写上这一列是什么，或删去这一列。",
        "column {place} has values but no head",
        "Name it, or remove it.",
    )
    HEADLESS_CELLS = (
        "{letters} 列有 {count} 格内容，却没有列名",
        "请在第 1 行写上这一列是什么，或删去这一列。",
        "column {letters} has {count} values but no head",
        "Write into row 1 what the column holds, or remove it.",
    )
    ONE_HEAD_BESIDE = (
        "只有一个列名，旁边 {count} 列有内容却没有列名",
        _HEADS_ZH,
        "one head beside {count} columns of values without",
        "Row 1 must hold the heads, one name per column: remove title lines above them.",
    )
    HEADS_UNLIKE_ROWS = (
        "有 {heads} 个列名，下面各行却都有 {cells} 格",
        _HEADS_ZH,
        "{heads} heads, while the rows below all have {cells} cells",
        _HEADS,
    )
    ONE_HEAD = (
        "只有一个列名，下面各行却都有 {cells} 格",
        _HEADS_ZH,
        "one head, while the rows below all have {cells} cells",
        _HEADS,
    )
    NO_COLUMN = ("没有这一列", "现有的列：{columns}。", "there is no such column", "The columns are: {columns}.")
    # ------------------------------------------------------------ text files
    WORKBOOK_NOT_CSV = (
        "这是 Excel 文件，名字却不是",
        "请另存为 .xlsx。",
        "this is a workbook, not CSV",
        "Save it as .xlsx under that ending.",
    )
    NOT_TEXT = (
        "这不是文字表格",
        "请导出为 UTF-8 编码的 CSV 或 .xlsx。",
        "this is not text",
        "Export the table as CSV in UTF-8.",
    )
    CUT_CHARACTER = (
        "有一个字只剩一半",
        "文件可能没有传完，请重新导出。",
        "a character is cut in two",
        "Export the table anew; its end may be missing.",
    )
    BROKEN_CHARACTER = (
        "这一行第 {byte} 个字节起有一个坏字，而别的行是 UTF-8",
        "可能混了两种编码，请用 UTF-8 重新导出。",
        "a broken character (byte {byte} of the row), while other rows are UTF-8",
        "Export the table anew in UTF-8; a character was cut in two, or two encodings were mixed.",
    )
    UNKNOWN_ENCODING = (
        "编码认不出来，不是 UTF-8，也不是 GB 18030 或 Big5",
        "请导出为 UTF-8 编码的 CSV。",
        "text that is neither UTF-8 nor GB 18030 nor Big5",
        "Export the table as CSV in UTF-8.",
    )
    QUOTE_LEFT_OPEN = (
        "一个引号在这一行没有成对，后面的格会错位",
        "有逗号的格放在一对引号里，每个引号都要成对。",
        "a quote is opened and not closed in its line",
        _QUOTES,
    )
    QUOTE_NEVER_CLOSED = (
        "引号到文件末尾也没有成对",
        "请补上引号；格里本来的引号写两个。",
        "a quote is never closed",
        "Close it, or write a quote inside a cell twice.",
    )
    CELLS_BESIDE_HEADS = (
        "这一行有 {cells} 格，列名却有 {heads} 个",
        "请检查有没有多余的逗号或换行；有逗号的格放在一对引号里。",
        "{cells} cells beside {heads} heads",
        _QUOTES,
    )
    # ------------------------------------------------------------ workbooks
    OLD_EXCEL = (
        "这是旧的 .xls 格式，读不了",
        "请另存为 .xlsx，或另存为 UTF-8 的 CSV。",
        "the old .xls format is not read",
        "Save it as .xlsx or as CSV in UTF-8.",
    )
    NO_WORKBOOK = (
        "不是 Excel 文件，或者是旧的 .xls",
        "请另存为 .xlsx。",
        "not an .xlsx workbook",
        "Save it as .xlsx (old .xls and renamed files cannot be read).",
    )
    WORKBOOK_EMPTY = (
        "表里没有内容",
        "第 1 行写列名，下面写数据。",
        "the workbook is empty",
        "Row 1 names the columns.",
    )
    WORKBOOK_DAMAGED = ("Excel 文件坏了，打不开", "请另存为 .xlsx。", "the workbook is damaged ({why})", _ANEW)
    WORKBOOK_UNREADABLE = ("Excel 文件坏了，读不出来", "请另存为 .xlsx。", "the workbook cannot be read ({why})", _ANEW)
    UNPACKS_TO = (
        "Excel 文件展开有 {size} MB，太大了",
        _ONE_SHEET_ZH,
        "the workbook unpacks to {size} MB",
        _ONE_SHEET,
    )
    TOO_MANY_PARTS = (
        "Excel 文件里的部件太多[[，超过 {most} 个]]",
        _ONE_SHEET_ZH,
        "a workbook of too many parts[[: more than {most} parts]]",
        _ONE_SHEET,
    )
    TOO_MANY_SHEETS = (
        "工作簿里的表太多，超过 {most} 张",
        _ONE_SHEET_ZH,
        "a workbook of more than {most} sheets",
        "Save the one sheet in a file of its own.",
    )
    MARKUP_TOO_DEEP = (
        "Excel 文件的内部结构不正常，套了 {most} 层以上",
        "请用 Excel 另存为 .xlsx。",
        "markup more than {most} levels deep",
        _ANEW,
    )
    LONG_TAG = (
        "Excel 文件的内部结构不正常，有超过 {most} 字节的标记",
        "请用 Excel 另存为 .xlsx。",
        "a tag of more than {most} bytes",
        _ANEW,
    )
    SHEETS_ALIKE = (
        "工作表 {sheets} 的列名差不多，不知道用哪一张",
        "请只留一张，或者把各行合到一张里。",
        "the sheets {sheets} have the same heads",
        "Leave one of them in the workbook, or put their rows into one.",
    )
    TOO_MANY_MERGED_RANGES = (
        "合并的格超过 {most} 处",
        _ONE_SHEET_ZH,
        "more than {most} merged ranges",
        _ONE_SHEET,
    )
    TOO_MANY_MERGED = (
        "合并的格太多，超过 {most} 格",
        "请取消合并，或把那一张表另存为 CSV。",
        "more than {most} merged cells",
        "Unmerge them, or export the one sheet as CSV.",
    )
    MERGED = (
        "有合并的单元格（{range}）",
        "请取消合并，在每一行都写上值。",
        "cells are merged ({range})",
        "Unmerge them and write the value into every row.",
    )
    UNCALCULATED = (
        "这一格是公式，没有算过",
        "请用 Excel 打开、保存一次，或者粘贴成数值。",
        "a formula that was never calculated",
        "Open the workbook in Excel, let it calculate and save it, or paste the values.",
    )
    EXCEL_ERROR = ("“{seen}”是 Excel 的出错标记", "请改正公式。", "Excel's error {seen}", "Correct the formula.")
    LONG_NUMBER = (
        "“{seen}”超过 15 位，后几位已被 Excel 改成 0",
        "先把这一列设成文本，再重新填写。",
        "{seen} has more than 15 digits: Excel zeroed the last",
        "Format the column as text before the numbers go in, and fill it anew.",
    )
    # ------------------------------------------------------------ web pages that call themselves workbooks
    WEB_ARCHIVE = (
        "这是网页存档，不是 Excel 文件",
        _OPEN_ZH,
        "a web archive that calls itself a workbook",
        _OPEN,
    )
    XML_OF_2003 = ("这是 2003 年的 XML 表格", _OPEN_ZH, "an XML spreadsheet of 2003", _OPEN)
    NO_TABLE = (
        "这是网页，里面没有表格",
        "请回到导出的地方，选 Excel 或 CSV。",
        "a web page without a table",
        _OPEN,
    )
    TABLE_IN_TABLE = ("这是网页，表格里又套着表格", _OPEN_ZH, "a table within a table", _OPEN)
    WEB_MERGED = (
        "这是网页里的表格，有合并的格",
        "请用 Excel 或 WPS 打开，取消合并，每行都填上，另存为 .xlsx。",
        "cells of the web page's table are merged",
        "Unmerge them in Excel, write the value into every row, and save the table as .xlsx.",
    )
    # ------------------------------------------------------------ cells
    NOT_A_NUMBER = (
        "“{seen}”不是数",
        "请写普通数字，例如 12.5；缺的留空。",
        _NUMBER,
        "Write a plain number such as 12.5, or leave the cell empty where it is missing.",
    )
    NUMBER_WITH_PERCENT = (
        "“{seen}”不是数",
        "比例写成 0.85，不带百分号。",
        _NUMBER,
        "Write a share as 0.85, without the percent sign.",
    )
    NUMBER_WITH_COMMAS = (
        "“{seen}”不是数",
        "请去掉千位之间的逗号。",
        _NUMBER,
        "Write it without the commas between thousands.",
    )
    NUMBER_WITH_DECIMAL_COMMA = (
        "“{seen}”不是数",
        "小数点写成点，不写逗号。",
        _NUMBER,
        "Write a decimal point, not a comma.",
    )
    TOO_MANY_DIGITS = (
        "“{seen}”位数太多，不像是数",
        "这么长的数是编号：请不要当数用。",
        "“{seen}” has more digits than a number keeps",
        "A number this long is a label: leave it out, or ask for shares.",
    )
    INFINITE = ("这个数是无穷大", "请写有限的数。", "the number is infinite", "Write a finite number.")
    ROUNDED = (
        "“{seen}”是被 Excel 改成科学记数的长数字，后几位已经丢失",
        "请把这一列设成文本，从原处重新导出。",
        "“{seen}” is a long number that Excel has rounded; its last digits are lost",
        "Export anew with the column formatted as text; it cannot be mended here.",
    )


@unique
class Read(NoticeKind):
    ENCODING = ("文件按 {encoding} 编码读取", "read as {encoding}")
    UNSEEN = ("去掉了 {count} 个看不见的字符", "{count} invisible characters (zero-width) were left out")
    LINE_BREAKS = (
        "有的格里有换行，请核对引号有没有成对：{where}",
        "a line break stands within a cell: {where}. Where a quote was left open by mistake, the lines up to the "
        "next quote were taken as one cell",
    )
    OTHER_SHEETS = (
        "只读了工作表“{sheet}”，另外 {count} 张没有读",
        'the sheet "{sheet}" was read, the other {count} were not',
    )
    FULL_WIDTH_NUMBERS = (
        "“{column}”列有 {count} 个全角数字，已当作半角读",
        "{column}: {count} numbers in full-width digits were read as plain ones",
    )
    FULL_WIDTH_LABELS = (
        "“{column}”列有全角数字，已当作半角读，例如 {seen}",
        "{column}: full-width digits were read as plain ones ({seen})",
    )
    BLANK_ENDS = (
        "“{column}”列有的选项只差前后的空格，已去掉空格当作同一项，例如“{seen}”就是“{plain}”",
        "{column}: blanks at the ends of categories were left out (“{seen}” is read as “{plain}”)",
    )
    DATE_MADE = (
        "“{column}”列的“{seen}”像是被 Excel 改成日期的代码，请核对",
        "{column}: “{seen}” looks like a code that Excel turned into a date",
    )
    LOST_ZERO = (
        "“{column}”列的“{seen}”比别的代码短，可能被 Excel 去掉了前面的 0，请核对",
        "{column}: “{seen}” is shorter than the other codes; Excel drops leading zeros",
    )
    AS_WRITTEN = ("{said}", "{said}")  # of a record of an older version


def from_record(said: str) -> TableNotice:
    """The notice whose English sentence a record kept: files of estimates and drawn samples hold no more of it."""
    for kind in Read:
        if match := _pattern(kind).fullmatch(said):
            return TableNotice.of(kind, **{name: _both(value) for name, value in match.groupdict().items()})
    return TableNotice.of(Read.AS_WRITTEN, said=said)


@cache
def _pattern(kind: Read) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(kind.en)), re.DOTALL)


def _both(value: str) -> str | Text:
    """Places in the file, as ``places`` writes them, in both languages; any other value stays as it is."""
    zh = re.sub(r'row (\d+), column "(.*?)"(?=; | …|$)', r"第 \1 行“\2”列", value)
    return Text(zh.replace("; ", "，"), value) if zh != value else value


def long_head(heads: Iterable[str], most: int) -> TableProblem | None:
    """The first head of more than ``most`` characters."""
    places = (place for place, head in enumerate(heads, start=1) if len(head) > most)
    place = next(places, None)
    return None if place is None else problem(Reader.LONG_HEAD, place=place, most=most)
