"""Areas: the tree, one area with its people, and files of both that are brought in whole or not at all."""

from __future__ import annotations

import base64
import csv
import io
import re
from datetime import date

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from questionnaires.text import Text
from survey_service.accounts import service as accounts
from survey_service.areas.people_file import age_group
from survey_service.areas.routes import Line, summed_up, upper_part
from survey_service.audit.chain import SERVICE, SYSTEM, verify
from survey_service.database import Database
from survey_service.models import Area, AreaPopulation, AuditEntry, Role
from tests.service.signed_in import HTML, csrf, get, sign_in
from tests.service.world import NOW, PASSWORD, World

AREAS = """代码,名称,英文名称,级别,上级代码,户数
110101002000,东关街道,Dongguan Subdistrict,街道,110000000000,
110101002001,槐树社区,,社区,,1200
110101002001-01,槐树一网格,,网格,,300
110101000001,万寿桥新社区,,社区,,61
110101000002,文昌阁社区,,社区,110101000000,60
"""
PEOPLE = """代码,性别,年龄组,人数
110101000001,男,18—29岁,120
110101000001,女,18至29,"1,130"
110101000001,男,75岁及以上,３０
110101000001,女,75+,41
110101000001,男,0-17,99
"""


def send(client: TestClient, what: str, content: bytes, name: str = "areas.csv", **fields: str) -> Response:
    """``register``: what the counts of people are said to be of; usual residents where nothing is given."""
    token = csrf(get(client, "/account"))
    if what == "people":
        fields = {"register": "usual_residents", **fields}
    files = {"file": (name, content, "application/octet-stream")}
    return client.post(f"/areas/imports/{what}", data={**fields, "csrf": token}, files=files, headers=HTML)


def confirm(client: TestClient, page: str, what: str) -> Response:
    """The button of the preview."""
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.partition("enctype")[2]))
    return client.post(f"/areas/imports/{what}", data=fields, headers=HTML)


def areas(database: Database) -> dict[str, Area]:
    with database.reading.begin() as session:
        found = {area.code: area for area in session.scalars(select(Area))}
        session.expunge_all()
    return found


def workbook(text: str) -> bytes:
    book, written = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for line in text.splitlines():
        sheet.append(line.split(","))
    book.save(written)
    return written.getvalue()


@pytest.mark.parametrize("kind", ["csv", "gb18030", "xlsx"])
def test_a_file_is_shown_first_and_then_taken_in_whole(
    client: TestClient, world: World, database: Database, kind: str
) -> None:
    sign_in(client, "administrator")
    content = {"csv": AREAS.encode(), "gb18030": AREAS.encode("gb18030"), "xlsx": workbook(AREAS)}[kind]
    shown = send(client, "tree", content, "areas.xlsx" if kind == "xlsx" else "areas.csv")
    assert shown.status_code == 200, shown.text
    assert "新增 3 个地区，改动 1 个，1 个不变" in shown.text
    assert len(areas(database)) == 4  # nothing is written yet
    done = confirm(client, shown.text, "tree")
    assert done.headers["location"] == "/areas?done=tree"
    there = areas(database)
    assert there["110101002001-01"].parent_id == there["110101002001"].id
    assert there["110101002001"].parent_id == there["110101002000"].id
    assert (there["110101000001"].name_zh, there["110101000001"].households) == ("万寿桥新社区", 61)
    assert there["110101000001"].name_en == "Wanshouqiao Community"  # an empty cell changes nothing
    with database.reading.begin() as session:
        changed = session.scalars(select(AuditEntry).where(AuditEntry.action == "area.changed")).all()
        assert [sorted(one.detail["fields"]) for one in changed] == [["households", "name_zh"]]
        assert "万寿桥" not in str(changed[0].detail)
        verify(session, SYSTEM)
    # What was given back unchanged has nothing to do.
    table = client.get("/areas/imports/tree/present.csv")
    assert table.content.startswith("\ufeff代码,名称".encode())
    again = send(client, "tree", table.content)
    assert "没有要导入的" in again.text


FAULTS = [
    ("11010100200A,东关街道,,街道,,", "不是区划代码"),
    ("110101002000,,,街道,,", "名称要写"),
    ("110101002000,东关街道,,部落,,", "级别“部落”不认识"),
    ("110101002000,东关街道,,街道,,很多", "不是人数或户数"),
    ("110101002000,东关街道,,街道,,-3", "不是人数或户数"),
    ("330101002000,别处的街道,,街道,,", "找不到上级"),
    ("110101002000,东关街道,,街道,999999999999,", "没有上级"),
    ("110101002000,东关街道,,街道,110101002000,", "上级不能是自己"),
    ("110101000001,万寿桥社区,,社区,110000000000,", "导入不能移动地区"),
    ("110101002000,甲街道,,街道,110101003000,\n110101003000,乙街道,,街道,110101002000,", "绕了一圈"),
    ("110101002000,甲街道,,街道,,\n110101002000,乙街道,,街道,,", "和第 2 行相同"),
    ("1.10101E+11,甲街道,,街道,,", "科学记数"),
]


@pytest.mark.parametrize(("rows", "said"), FAULTS, ids=[said for _, said in FAULTS])
def test_one_wrong_row_keeps_the_whole_file_out(
    client: TestClient, world: World, database: Database, rows: str, said: str
) -> None:
    sign_in(client, "administrator")
    good = "110101009000,西关街道,,街道,110000000000,\n"
    answer = send(client, "tree", f"代码,名称,英文名称,级别,上级代码,户数\n{rows}\n{good}".encode())
    assert answer.status_code == 422
    assert said in answer.text, answer.text
    assert 'name="seen"' not in answer.text
    english = client.get("/areas/imports/tree?lang=en", headers=HTML)
    assert "How the file is written" in english.text
    assert len(areas(database)) == 4


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "areas.csv", "选的文件是空的"),
        ("名称,级别\n甲,街道\n".encode(), "areas.csv", "没有“代码”这一列"),
        ("代码,code,名称,级别\n1,2,甲,街道\n".encode(), "areas.csv", "有两列都是“代码”"),
        ("代码,名称,级别\n".encode(), "areas.csv", "没有数据"),
        (b"\xd0\xcf\x11\xe0 old", "areas.xls", "旧的 .xls"),
        (b"PK\x03\x04 broken", "areas.xlsx", "一行也没有导入"),
        (b"\xff\xfe\x00\x81\x8d broken", "areas.csv", "一行也没有导入"),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_way_out(
    client: TestClient, world: World, content: bytes, name: str, said: str
) -> None:
    sign_in(client, "administrator")
    answer = send(client, "tree", content, name)
    assert (answer.status_code, said in answer.text) == (422, True), answer.text


def test_what_changed_after_the_look_is_shown_again(client: TestClient, world: World, database: Database) -> None:
    sign_in(client, "administrator")
    shown = send(client, "tree", AREAS.encode())
    with database.writing.begin() as session:
        session.get_one(Area, world.community_ids[0]).households = 999
        session.get_one(Area, world.community_ids[1]).households = 999
    again = confirm(client, shown.text, "tree")
    assert again.status_code == 200
    assert "有了改动" in again.text
    assert "改动 2 个" in again.text
    assert confirm(client, again.text, "tree").status_code == 303


def test_nothing_forged_comes_in_by_the_second_step(client: TestClient, world: World, database: Database) -> None:
    import zlib

    sign_in(client, "administrator")
    token = csrf(get(client, "/account"))
    bomb = base64.b64encode(zlib.compress(b"0" * 30_000_000, 9)).decode()
    for packed, status in (("no base64!", 422), (base64.b64encode(b"no zlib").decode(), 422), (bomb, 413)):
        data = {"packed": packed, "name": "a.csv", "seen": "x", "csrf": token}
        assert client.post("/areas/imports/tree", data=data, headers=HTML).status_code == status
    own = base64.b64encode(zlib.compress(AREAS.encode())).decode()
    data = {"packed": own, "name": "a.csv", "seen": "0" * 64, "csrf": token}
    assert "会导入什么" in client.post("/areas/imports/tree", data=data, headers=HTML).text  # shown, not taken
    assert len(areas(database)) == 4


@pytest.mark.both_databases
def test_what_the_reader_did_to_the_file_is_said_on_every_page(client: TestClient, world: World) -> None:
    """Sheets that were not read and another encoding were dropped without a word on the pages of areas."""
    sign_in(client, "administrator")
    book = load_workbook(io.BytesIO(workbook(AREAS)))
    book.create_sheet("去年").append(["代码", "别的"])
    written = io.BytesIO()
    book.save(written)
    assert "另外 1 张没有读" in send(client, "tree", written.getvalue(), "areas.xlsx").text
    people = send(client, "people", PEOPLE.encode("gb18030"), source="登记", as_of="2026-06-30")
    assert "文件按 GB 18030 编码读取" in people.text
    assert "有 1 个全角数字" in people.text or "有全角数字" in people.text
    same = "代码,名称,级别\n110101000002,文昌阁社区,社区\n".encode("gb18030")
    nothing = send(client, "tree", same).text
    assert "没有要导入的" in nothing
    assert "文件按 GB 18030 编码读取" in nothing


def test_of_many_problems_the_first_are_shown_and_all_can_be_saved(client: TestClient, world: World) -> None:
    sign_in(client, "administrator")
    rows = "\n".join(f"{110101002000 + row},=街道{row},部落" for row in range(250))
    page = send(client, "tree", f"代码,名称,级别\n{rows}\n".encode()).text
    assert "有 250 处要改，一行也没有导入" in page
    assert "先列出 200 处，还有 50 处。" in page
    assert page.count("级别“部落”不认识") == 200
    [saved] = re.findall(r'href="data:text/csv;charset=utf-8;base64,([^"]+)" download="problems.csv"', page)
    table = list(csv.reader(io.StringIO(base64.b64decode(saved).decode("utf-8-sig"))))
    assert (len(table), table[0][:2], table[-1][:2]) == (251, ["行", "列"], ["251", "级别"])
    english = client.post(
        "/areas/imports/tree?lang=en",
        data={"csrf": csrf(get(client, "/account"))},
        files={"file": ("areas.csv", f"代码,名称,级别\n{rows}\n".encode())},
        headers=HTML,
    )
    assert "“部落” is no level. Write one of: city" in english.text


def test_a_street_administrator_brings_in_only_below_the_street(
    client: TestClient, world: World, database: Database
) -> None:
    with database.writing.begin() as session:
        local = accounts.create_account(session, user="local", name="街道的人", password=PASSWORD, at=NOW, by=SERVICE)
        accounts.grant(session, local, Role.ADMINISTRATOR, world.community_ids[0], at=NOW, by=SERVICE)
    sign_in(client, "local")
    heads = "代码,名称,级别\n"
    assert send(client, "tree", (heads + "110101000001-01,一网格,网格\n").encode()).status_code == 200
    for row, said in (
        ("110101000002-01,二社区的网格,网格", "不归您管"),
        ("110101000002,改了名,社区", "不归您管"),
        ("110000000000,改了名,城市", "不归您管"),
        ("110101009000,新街道,街道", "不归您管"),
    ):
        answer = send(client, "tree", (heads + row).encode())
        assert (answer.status_code, said in answer.text) == (422, True), row
    people = PEOPLE.replace("110101000001", "110101000002").encode()
    assert "不归您管" in send(client, "people", people, source="登记", as_of="2026-06-30").text
    assert "110101000002" not in client.get("/areas/imports/tree/present.csv").text
    assert client.get("/areas/110101000002").status_code == 404
    sign_in(client, "manager")
    assert client.get("/areas/imports/tree").status_code == 403


def test_people_come_with_their_source_and_day(client: TestClient, world: World, database: Database) -> None:
    sign_in(client, "administrator")
    shown = send(client, "people", PEOPLE.encode(), source="户籍登记", as_of="2026-06-30")
    assert "1 个地区，一共 1,420 人" in shown.text
    assert confirm(client, shown.text, "people").headers["location"] == "/areas?done=people"
    with database.reading.begin() as session:
        held = {
            (one.sex, one.age_group): one.persons
            for one in session.scalars(select(AreaPopulation).where(AreaPopulation.as_of == date(2026, 6, 30)))
        }
        assert held["female", "18-29"] == 1130
        assert held["male", "75+"] == 30
        verify(session, SYSTEM)
    page = get(client, "/areas/110101000001")
    assert "户籍登记" in page
    assert re.search(r"<dt>成年人</dt><dd>1,321</dd>", page)  # those under 18 are no adults
    assert "已经有了" in send(client, "people", PEOPLE.encode(), source="x", as_of="2026-06-30").text
    newer = PEOPLE.replace("120", "500").encode()
    assert confirm(client, send(client, "people", newer, source="登记", as_of="2026-08-31").text, "people").is_redirect
    page = get(client, "/areas/110101000001?lang=en")
    assert "Earlier counts" in page
    assert re.search(r"<dt>Adults</dt><dd>1,701</dd>", page)
    assert "120" not in client.get("/areas/imports/people/present.csv").text.splitlines()[1]


@pytest.mark.parametrize(
    ("fields", "rows", "said"),
    [
        ({"source": "", "as_of": "2026-06-30"}, "", "出处"),
        ({"source": "登记", "as_of": "去年"}, "", "日期"),
        ({"source": "登记", "as_of": "2026-12-31"}, "", "在今天之后"),
        ({}, "110101000001,男,25-40,5", "重叠"),
        ({}, "110101000001,男,18-29,5", "重叠"),
        ({}, "110101000001,丁,30-40,5", "男"),
        ({}, "110101000001,男,青年,5", "18-29"),
        ({}, "110101000001,男,40-30,5", "18-29"),
        ({}, "110101000001,男,30-40,", "不是人数"),
        ({}, "119999999999,男,30-40,5", "没有代码是"),
    ],
)
def test_people_that_cannot_be_are_named_by_row(
    client: TestClient, world: World, database: Database, fields: dict[str, str], rows: str, said: str
) -> None:
    sign_in(client, "administrator")
    given = {"source": "登记", "as_of": "2026-06-30", **fields}
    answer = send(client, "people", (PEOPLE + rows).encode(), **given)
    assert (answer.status_code, said in answer.text) == (422, True), answer.text
    if rows:
        assert '<td class="num">7</td>' in answer.text
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(AreaPopulation)) == 0


def test_age_groups_as_offices_write_them() -> None:
    assert [age_group(typed) for typed in ("18-29", "18～29岁", "１８—２９", "18至29", "18 - 29", "018-29")] == [
        "18-29"
    ] * 6
    assert [age_group(typed) for typed in ("75+", "75岁及以上", "75以上", "75岁以上")] == ["75+"] * 4
    assert [age_group(typed) for typed in ("", "青年", "29-18", "18", "-29", "1800-2900")] == [""] * 6


def test_a_large_city_is_listed_from_the_top() -> None:
    lines = [
        Line(str(number), Text("x"), "x", depth, None, None) for number, depth in enumerate([1, *[2] * 10, *[3] * 500])
    ]
    assert len(upper_part(lines, 400)) == 11
    assert len(upper_part(lines, 600)) == 511
    assert len(upper_part(lines, 5)) == 1


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        # city, street, two communities: (depth, households, adults)
        (
            [(1, None, None), (2, None, None), (3, 100, 210), (3, 50, 90)],
            [(150, 300), (150, 300), (100, 210), (50, 90)],
        ),
        # One community is not counted: no total is too small in silence.
        (
            [(1, None, None), (2, None, None), (3, 100, None), (3, 50, 90)],
            [(150, None), (150, None), (100, None), (50, 90)],
        ),
        # A street's own number stands, whatever lies below, and is what the city adds.
        ([(1, None, None), (2, 160, 7), (3, 100, 3), (2, 40, 1)], [(200, 8), (160, 7), (100, 3), (40, 1)]),
        # A street without anything below it.
        ([(1, None, None), (2, None, None)], [(None, None), (None, None)]),
        ([], []),
    ],
)
def test_streets_and_the_city_are_summed_from_what_lies_below(
    given: list[tuple[int, int | None, int | None]], wanted: list[tuple[int | None, int | None]]
) -> None:
    lines = [
        Line(str(place), Text("地"), "street", depth, households, adults)
        for place, (depth, households, adults) in enumerate(given)
    ]
    found = summed_up(lines)
    assert [(line.households, line.adults) for line in found] == wanted
    own = [(households, adults) for _, households, adults in given]
    assert [line.summed for line in found] == [one != two for one, two in zip(own, wanted, strict=True)]


@pytest.mark.both_databases
def test_the_totals_of_street_and_city_stand_on_the_pages(client: TestClient, database: Database, world: World) -> None:
    with database.writing.begin() as session:
        for area in session.scalars(select(Area)):
            area.households = {"community": 1234}.get(area.kind)
    sign_in(client, "manager")
    page = get(client, "/areas")
    rows = dict(re.findall(r'<a href="/areas/(\d+)">.*?<td class="num">([^<]*)</td>', page, re.DOTALL))
    assert (rows["110000000000"], rows["110101000000"]) == ("2,468", "2,468")
    assert "写下级的合计" in page
    assert "2,468" in get(client, "/areas/110101000000")
