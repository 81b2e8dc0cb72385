"""Why a file cannot be read, in Chinese: the reader of tables speaks English to whoever uses the command line."""

from __future__ import annotations

import re

from survey_service.tabular.problems import TableProblem

_SAID = (
    ("the file is empty", "文件是空的，请选有答卷的文件"),
    ("the file has no heads", "第一行没有列名，请把每一列叫什么写在第一行"),
    ("no rows below the heads", "列名下面没有答卷，请重新导出"),
    (r"more than (\d+) rows", "超过 {0} 行，请分成几个文件"),
    (r"more than (\d+) columns", "超过 {0} 列，请去掉没有答案的列"),
    ("reading the file took too long", "文件读了太久还没有读完，请只留要用的行和列，另存为 CSV"),
    ("reading the file took too much memory", "文件太占内存，读不了，请只留要用的行和列，另存为 CSV"),
    ("the file holds more than is read", "文件太大，请分成几个文件"),
    ("other files are being read", "正在读别人的文件，请等一分钟，再选一次这个文件"),
    ("the file cannot be read", "文件坏了，读不出来，请另存为 .xlsx 或 UTF-8 编码的 CSV"),
    (r"more than (\d+) cells", "超过 {0} 格，请分成几个文件，或者只留要用的列"),
    (r"more than (\d+) merged .*", "合并的格太多，请取消合并，或把那一张表另存为 CSV"),
    (r"a workbook of (?:more than \d+|too many) (?:parts|sheets)", "工作簿里的表或部件太多，请把那一张表另存为 CSV"),
    (r".* holds more text than is read", "文件里的字太多，请只留要用的列"),
    (r"the cell (\w+) holds more than (\d+) characters", "{0} 格超过 {1} 个字，请缩短"),
    (r"the head of column (\d+) holds more than (\d+) characters", "第 {0} 列的列名超过 {1} 个字，请缩短"),
    (r"a cell of more than (\d+) characters", "有一格超过 {0} 个字：请缩短，或核对引号有没有成对"),
    (r"markup more than .*|a tag of more than .*", "Excel 文件的内部结构不正常，请用 Excel 另存为 .xlsx"),
    (r"the workbook is damaged.*", "Excel 文件坏了，打不开，请另存为 .xlsx"),
    ("not an .xlsx workbook", "不是 Excel 文件，或者是旧的 .xls，请另存为 .xlsx"),
    (
        r"column ([A-Z]+) has (\d+) values but no head",
        "{0} 列有 {1} 格内容，却没有列名。请在第一行写上这一列是什么，或删去这一列",
    ),
    ("the workbook is empty", "表里没有内容"),
    (r"column (\d+) has values but no head", "第 {0} 列有内容，却没有列名。请写上这一列是什么，或删去这一列"),
    (r"(\d+) columns have this head", "有 {0} 列的列名相同，请给每列不同的名字"),
    (r"one head beside (\d+) columns of values without", "只有一个列名，旁边 {0} 列有内容却没有列名"),
    (
        r"the sheets (.*) have the same heads",
        "工作表 {0} 的列名差不多，不知道收哪一张。请只留一张，或者把各行合到一张里",
    ),
    (
        "a web archive that calls itself a workbook",
        "这是网页存档，不是 Excel 文件。请用 Excel 或 WPS 打开，另存为 .xlsx",
    ),
    ("an XML spreadsheet of 2003", "这是 2003 年的 XML 表格。请用 Excel 或 WPS 打开，另存为 .xlsx"),
    ("a web page without a table", "这是网页，里面没有表格。请回到导出的地方，选 Excel 或 CSV"),
    ("a table within a table", "这是网页，表格里又套着表格。请用 Excel 或 WPS 打开，另存为 .xlsx"),
    (
        "cells of the web page's table are merged",
        "这是网页里的表格，有合并的格。请用 Excel 或 WPS 打开，取消合并，每行都填上，另存为 .xlsx",
    ),
    (r"the workbook cannot be read.*", "Excel 文件坏了，打不开，请另存为 .xlsx"),
    (r"the workbook unpacks to (\d+) MB", "Excel 文件展开有 {0} MB，太大了，请把那一张表另存为 CSV"),
    ("the heads are merged cells", "列名是合并的格。请取消合并，每一列的名字写在同一行"),
    ("a head has a line break or an open quote", "列名里有换行，或引号没有成对"),
    ("this is a workbook, not CSV", "这是 Excel 文件，请另存为 .xlsx"),
    ("a character is cut in two", "有一个字只剩一半，文件可能没有传完，请重新导出"),
    ("this is not text", "这不是文字表格，请导出为 UTF-8 编码的 CSV 或 .xlsx"),
    (r"a broken character .*", "有一个字是坏的，而别的行是 UTF-8；可能混了两种编码，请用 UTF-8 重新导出"),
    (r"text that is neither .*", "编码认不出来，请导出为 UTF-8 编码的 CSV"),
    (r"a quote is opened and not closed.*|a quote is never closed", "引号没有成对，后面的格会错位"),
    (r"(\d+) heads, while the rows below all have (\d+) cells", "有 {0} 个列名，下面各行却都有 {1} 格"),
    (r"(\d+) cells beside (\d+) heads", "这一行有 {0} 格，列名却有 {1} 个"),
    (r"one head, while the rows below all have (\d+) cells", "只有一个列名，下面各行却都有 {0} 格"),
    (r"“(.*)” is no head", "“{0}”不像列名，第一行要写列名"),
    ("there is no such column", "没有这一列"),
    (r"“(.*)” is not a number", "“{0}”不是数"),
    (r"“(.*)” has more digits than a number keeps", "“{0}”位数太多，不像是数"),
    (r"“(.*)” is a long number that Excel has rounded.*", "“{0}”是被 Excel 改坏的长数字，请把这一列设为文本，重新导出"),
)


def in_chinese(problem: TableProblem) -> str:
    """One reason; what has no Chinese yet is said in general, with the reader's own words behind it."""
    where = f"第 {problem.row} 行：" if problem.row is not None else ""
    for pattern, zh in _SAID:
        if match := re.fullmatch(pattern, problem.message, re.DOTALL):
            return where + zh.format(*match.groups())
    return f"{where}表格有问题（{problem.message}），请另存为 .xlsx 或 UTF-8 编码的 CSV"


_NOTICED = (
    (r"read as (.+)", "文件按 {0} 编码读取"),
    (r"(\d+) invisible characters .*", "去掉了 {0} 个看不见的字符"),
    (r"a line break stands within a cell: (.*)\. Where a quote.*", "有的格里有换行，请核对引号有没有成对：{0}"),
    (r'the sheet "(.*)" was read, the other (\d+) were not', "只读了工作表“{0}”，另外 {1} 张没有读"),
    (r"(.*): (\d+) numbers in full-width digits were read as plain ones", "“{0}”列有 {1} 个全角数字，已当作半角读"),
    (r"(.*): full-width digits were read as plain ones \((.*)\)", "“{0}”列有全角数字，已当作半角读，例如 {1}"),
    (
        r"(.*): “(.*)” looks like a code that Excel turned into a date",
        "“{0}”列的“{1}”像是被 Excel 改成日期的代码，请核对",
    ),
    (
        r"(.*): “(.*)” is shorter than the other codes; Excel drops leading zeros",
        "“{0}”列的“{1}”比别的代码短，可能被 Excel 去掉了前面的 0，请核对",
    ),
)


def notice_in_chinese(notice: str) -> str:
    """What the reader mended or found odd; it stops nothing, so that where need be the reader's own words stand."""
    for pattern, zh in _NOTICED:
        if match := re.fullmatch(pattern, notice, re.DOTALL):
            return zh.format(*match.groups())
    return notice
