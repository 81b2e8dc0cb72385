"""The page on which it is said what counts of people are of: asked at the import, and corrected without another one."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from survey_service.accounts import service as accounts
from survey_service.audit.chain import SERVICE, SYSTEM, verify
from survey_service.database import Database
from survey_service.models import AreaCount, AuditEntry, RegisterKind, Role
from tests.service.signed_in import HTML, csrf, get, sign_in
from tests.service.test_areas import confirm, send
from tests.service.test_registers import DAY, count
from tests.service.world import NOW, PASSWORD, World

BOTH = "代码,性别,年龄组,人数\n" + "".join(
    f"11010100000{community},{sex},{group},100\n"
    for community in (1, 2)
    for sex in "男女"
    for group in ("0-17", "18-59", "60+")
)


def rows(page: str) -> list[dict[str, str]]:
    """What the form of each row of the page sends, as it stands."""
    forms = re.findall(r'<form method="post" action="/areas/counts".*?</form>', page, re.DOTALL)
    return [
        dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        | {"kind": (re.findall(r'<option value="(\w*)" selected', form) or [""])[0]}
        for form in forms
    ]


def declare(client: TestClient, row: dict[str, str], kind: str) -> int:
    answer = client.post("/areas/counts", data={**row, "kind": kind}, headers=HTML)
    return answer.status_code


def test_the_upload_asks_what_the_counts_are_of(client: TestClient, world: World, database: Database) -> None:
    sign_in(client, "administrator")
    form = get(client, "/areas/imports/people")
    offered = re.findall(r'type="radio" name="register" value="(\w+)" required>', form)
    assert offered == ["usual_residents", "actual_population", "household_register"]
    assert "不管户口在哪里" in form
    given = {"source": "统计局", "as_of": "2025-12-31"}
    refused = send(client, "people", BOTH.encode(), register="", **given)
    assert (refused.status_code, "请选人口数的口径" in refused.text) == (422, True)
    assert send(client, "people", BOTH.encode(), register="undeclared", **given).status_code == 422
    shown = send(client, "people", BOTH.encode(), register="household_register", **given).text
    assert "2 个地区，一共 1,200 人，户籍人口，2025-12-31，出处：统计局。" in shown
    assert "默认不用它校准结果：户籍人口里没有住在本地的外来人口" in shown
    shown = send(client, "people", BOTH.encode(), **given).text
    assert "常住人口，2025-12-31，出处：统计局。可以用来校准结果。" in shown
    assert "<td>0-17、18-59、60+</td>" in shown
    assert re.search(r'<td class="num">0</td>\s*<td>0-17', shown)  # from age
    # What is confirmed is what was seen: the kind too.
    other = shown.replace('name="register" value="usual_residents"', 'name="register" value="actual_population"')
    assert "看过之后" in confirm(client, other, "people").text
    assert confirm(client, shown, "people").headers["location"] == "/areas?done=people"
    with database.reading.begin() as session:
        assert {one.register for one in session.scalars(select(AreaCount))} == {RegisterKind.USUAL_RESIDENTS}
    assert "2025年12月31日，常住人口，出处：统计局" in get(client, "/areas/110101000001")


@pytest.mark.parametrize(
    ("given", "groups", "said"),
    [
        ({"as_of": "2023-06-30"}, ("0-17", "18-59", "60+"), "超过 2 年"),
        ({}, ("15-29", "30+", "0-14"), "跨过调查的起始年龄"),
        ({}, ("20-59", "60+"), "最低年龄高于"),
        ({}, ("18-29", "60+"), "中间缺一段"),
    ],
)
def test_the_look_says_why_counts_will_not_be_used(
    client: TestClient, world: World, given: dict[str, str], groups: tuple[str, ...], said: str
) -> None:
    sign_in(client, "administrator")
    lines = [f"110101000001,{sex},{group},100" for sex in "男女" for group in groups]
    file = "\n".join(["代码,性别,年龄组,人数", *lines]).encode()
    shown = send(client, "people", file, **{"source": "x", "as_of": "2025-12-31", **given})
    assert shown.status_code == 200
    assert "默认不用它校准结果" in shown.text
    assert said in shown.text


def test_counts_of_a_street_calibrate_nothing(client: TestClient, world: World) -> None:
    sign_in(client, "administrator")
    file = "代码,性别,年龄组,人数\n110101000000,男,18+,5\n".encode()
    shown = send(client, "people", file, source="x", as_of="2025-12-31").text
    assert "结果只按社区的人口数校准" in shown


@pytest.mark.both_databases
def test_what_was_not_declared_is_declared_without_another_import(
    client: TestClient, world: World, database: Database
) -> None:
    sign_in(client, "administrator")
    empty = get(client, "/areas/counts")
    assert "还没有导入社区的人口数" in empty
    assert rows(empty) == []
    with database.writing.begin() as session:
        for area_id in world.community_ids:
            count(session, area_id, RegisterKind.UNDECLARED)
    page = get(client, "/areas/counts")
    assert "没有说明是常住、实有还是户籍" in page
    [row] = rows(page)
    assert (row["as_of"], row["source"], row["was"], row["kind"]) == ("2025-12-31", "统计局", "undeclared", "")
    assert declare(client, row, "") == 422
    assert declare(client, row, "undeclared") == 422
    assert declare(client, row, "usual_residents") == 303
    done = get(client, "/areas/counts?done=1")
    assert "已记入审计日志" in done
    assert "结果可以校准到 2025年12月31日 的常住人口，2 个社区都有" in done
    assert declare(client, row, "actual_population") == 409  # by now they are of another kind
    with database.reading.begin() as session:
        assert {one.register for one in session.scalars(select(AreaCount))} == {RegisterKind.USUAL_RESIDENTS}
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "area.register_declared")).all()
        assert [one.detail for one in entries] == [
            {"as_of": DAY.isoformat(), "was": "undeclared", "register": "usual_residents"}
        ] * 2
        verify(session, SYSTEM)
    english = get(client, "/areas/counts?lang=en")
    assert "figures can be calibrated to the counts of" in english
    assert re.search("[\u4e00-\u9fff]{4,}", re.sub("示范市|统计局", "", english.partition("<main")[2])) is None


def test_the_communities_that_lack_a_count_are_named(client: TestClient, world: World, database: Database) -> None:
    sign_in(client, "administrator")
    with database.writing.begin() as session:
        count(session, world.community_ids[0])
    page = get(client, "/areas/counts")
    assert "有的社区没有人口数" in page
    assert re.search(r"没有 2025年12月31日 常住人口的社区，1 个：\s*\S+社区", page)


def test_a_community_s_administrator_declares_only_its_own(
    client: TestClient, world: World, database: Database
) -> None:
    with database.writing.begin() as session:
        for area_id in world.community_ids:
            count(session, area_id, RegisterKind.UNDECLARED)
        local = accounts.create_account(session, user="local", name="社区的人", password=PASSWORD, at=NOW, by=SERVICE)
        accounts.grant(session, local, Role.ADMINISTRATOR, world.community_ids[0], at=NOW, by=SERVICE)
    sign_in(client, "local")
    [row] = rows(get(client, "/areas/counts"))
    assert declare(client, row, "household_register") == 303
    with database.reading.begin() as session:
        held = {one.area_id: one.register for one in session.scalars(select(AreaCount))}
    assert held == {
        world.community_ids[0]: RegisterKind.HOUSEHOLD_REGISTER,
        world.community_ids[1]: RegisterKind.UNDECLARED,
    }
    sign_in(client, "manager")
    assert client.get("/areas/counts", headers=HTML).status_code == 403
    assert client.post("/areas/counts", data={"csrf": csrf(get(client, "/account"))}).status_code == 403
