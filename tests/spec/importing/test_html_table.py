"""Web pages that call themselves .xls: read where they hold one plain table, refused with one reason elsewhere."""

from __future__ import annotations

import contextlib

import pytest

from survey_service.tabular import TableError
from survey_service.tabular.cells import read_cells
from survey_service.tabular.html_table import is_markup

PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>
<meta http-equiv="Content-Type" content="text/html; charset={charset}">
<style>td {{ mso-number-format:"\\@"; }} <b></style>
</head><body><!-- <table><tr><td>not this</td></tr></table> -->
<table border=1><tr><th colspan="2">居民调查汇总表</th></tr>
<TR><TD>表号<td title="a > b">您今年多大年纪？</TR>
<tr><td>0001-001</td><td x:num="45">45&nbsp;</td></tr>
<tr><td>0001-002</td><td>6<b>1</b><br>岁 &amp; 二</td></tr>
<tr><td></td><td></td></tr></table><table><tr><td>注</td></tr></table></body></html>"""


@pytest.mark.parametrize(("charset", "encoding"), [("utf-8", "utf-8"), ("gb2312", "gb18030"), ("", "gb18030")])
def test_a_page_with_a_table_is_read_cell_by_cell(charset: str, encoding: str) -> None:
    grid = read_cells("问卷.xls", PAGE.format(charset=charset).encode(encoding))
    assert grid.heads == ("表号", "您今年多大年纪？")
    assert grid.records == (("0001-001", "45"), ("0001-002", "61\n岁 & 二"))
    assert (grid.rows, grid.skipped_rows, grid.other_sheets) == ((3, 4), (1,), 1)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("<html><body>登录已过期，请重新登录</body></html>", "没有表格"),
        ("<table><tr><td>a<td>b</tr><tr><td rowspan=2>1<td>2</tr><tr><td>3</tr></table>", "合并的格"),
        ("<table><tr><td>a<td><table><tr><td>b</table></table>", "又套着表格"),
        ("<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>", "2003 年的 XML"),
        ("MIME-Version: 1.0\nContent-Type: multipart/related", "网页存档"),
        ("<table><tr><td>a<td>b</tr></table>", "列名下面没有数据"),
    ],
)
def test_what_is_no_plain_table_is_refused_with_its_reason(page: str, said: str) -> None:
    with pytest.raises(TableError) as refused:
        read_cells("问卷.xls", page.encode())
    assert len(refused.value.problems) == 1
    assert said in refused.value.problems[0].zh


@pytest.mark.parametrize(
    "part", ["<", "<!--", "<a '", '<td a="', "</", "<table>", "<td>", "<tr>", "&", "<style>", "&#x", "<td colspan="]
)
def test_pages_without_end_are_read_once(part: str) -> None:
    """Half a million characters of one kind: where reading turned back, this would take hours."""
    page = "<table><tr><td>" + part * (500_000 // len(part))
    with contextlib.suppress(TableError):
        assert read_cells("a.xls", page.encode()).heads


def test_text_is_no_page() -> None:
    assert not is_markup("表号,<b>\n1,2\n".encode())
    assert not is_markup(b"<5,>5\n1,2\n")
