"""What the parts of every upload's page say: tables that can be saved, pictures of what would be stored."""

from __future__ import annotations

import base64
import re

import pytest

from questionnaires.text import Text
from survey_service.tabular.problems import TableProblem, problem
from survey_service.tabular.words import Reader
from survey_service.uploads.looked import Looked, Picture
from survey_service.uploads.pages import MOST_LINKED, FileLook
from survey_service.web.pages import Language, environment

PARTS = '{% from "staff/uploads/parts.html" import look_at, picture_of with context %}'


def look(problems: list[TableProblem], *, more: bool = False) -> FileLook:
    return FileLook(file="a.csv", looked=Looked(problems=problems, more=more), packed=(), changed_since=False)


def shown(found: FileLook, language: Language = "zh") -> str:
    page = environment(language).from_string(PARTS + '{{ look_at(look, "/here", "") }}')
    return page.render(look=found, csrf_token="")


def many(count: int, seen: str = "x") -> list[TableProblem]:
    return [problem(Reader.NOT_A_NUMBER, row=row, column="户数", seen=seen) for row in range(2, count + 2)]


@pytest.mark.parametrize(
    ("problems", "more", "zh", "en"),
    [
        (many(300), False, "全部存成表格", "Save all of them as a table"),
        (many(1_000), True, "前 1,000 处存成表格", "Save the first 1,000 as a table"),
    ],
)
def test_the_link_says_whether_all_problems_are_in_it(
    problems: list[TableProblem], more: bool, zh: str, en: str
) -> None:
    found = look(problems, more=more)
    assert ("至少还有 800 处" in shown(found)) is more
    for page, words in ((shown(found), zh), (shown(found, "en"), en)):
        assert re.findall(r'download="problems\.csv">\s*([^<]+)</a>', page) == [words]


def test_a_link_holds_as_many_whole_rows_as_it_can() -> None:
    found = look(many(30_000, seen="很长的一格" * 10))
    saved = found.saved("zh")
    assert MOST_LINKED * 0.99 < len(saved.address) <= MOST_LINKED
    table = base64.b64decode(saved.address.partition(",")[2]).decode("utf-8-sig")
    assert table.endswith("\r\n")
    assert table.count("\r\n") == saved.count + 1
    assert 1_000 < saved.count < 30_000
    assert f"前 {saved.count:,} 处存成表格" in shown(found)


def test_rows_have_no_mark_of_thousands_and_a_zero_to_see_is_marked() -> None:
    picture = Picture(
        caption=Text("图", "Picture"),
        heads=(Text("行", "Row"), Text("层", "Stratum"), Text("已抽户数", "Drawn"), Text("户数", "Households")),
        rows=[(1_234, "a", 0, 0), (1_235, "b", 1_234, 7)],
        plain=frozenset({0}),
        zeros_marked=frozenset({2}),
        wide_only=frozenset({1}),
    )
    page = environment("zh").from_string(PARTS + "{{ picture_of(picture, 1) }}").render(picture=picture, csrf_token="")
    cells = re.findall(r'<t[hd](?: scope="col")?((?: class="[^"]*")?)>([^<]*)</t', page)
    wide, num = ' class="not-narrow"', ' class="num"'
    assert cells[:4] == [(num, "行"), (wide, "层"), (num, "已抽户数"), (num, "户数")]
    assert cells[4:8] == [(num, "1234"), (wide, "a"), (' class="num missed"', "0"), (num, "0")]
    assert cells[8:] == [(num, "1235"), (wide, "b"), (num, "1,234"), (num, "7")]
