"""Accounts from a list: every row is looked at, all are made at once, and each start password is shown once."""

from __future__ import annotations

import io
import re

import pytest
import structlog
from fastapi.testclient import TestClient
from httpx2 import Response
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from survey_service.account_lists import routes, service
from survey_service.accounts import passwords
from survey_service.audit.chain import SYSTEM, verify
from survey_service.database import Database
from survey_service.errors import TooManyAttempts
from survey_service.models import Account, Area, AuditEntry, Grant, Role, WorksFor
from tests.service.signed_in import HTML, csrf, get, post, sign_in
from tests.service.test_accounts import local_administrator
from tests.service.world import World

HEADS = "姓名,用户名,角色,地区,所属,所属地区"
LIST = f"""{HEADS}
刘洋,Liu.Yang,调查员,万寿桥社区,社区,
王芳,wang.fang,,110101000002,街道,
李强,li.qiang,,城厢街道,社区,文昌阁社区
赵敏,zhao.min,录入员,,,
别人,keyer,领导,没有的地方,,
"""


def send(client: TestClient, content: str | bytes, name: str = "名单.csv") -> Response:
    data = content if isinstance(content, bytes) else content.encode()
    token = csrf(get(client, "/account"))
    file = {"file": (name, data, "application/octet-stream")}
    return client.post(routes.HERE, data={"csrf": token}, files=file, headers=HTML)


def make(client: TestClient, seen: Response) -> Response:
    """The button below what was seen."""
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', seen.text.partition("enctype")[2]))
    return client.post(routes.HERE, data=fields, headers=HTML)


def start_passwords(page: str) -> dict[str, str]:
    """User name and start password of every slip."""
    return dict(re.findall(r"<dd><b>([^<]+)</b></dd>.*?start-password\"><b>([^<]+)</b>", page, re.DOTALL))


def audited(database: Database) -> list[tuple[str, str]]:
    with database.reading.begin() as session:
        rows = session.execute(select(AuditEntry.action, AuditEntry.detail).where(AuditEntry.chain == SYSTEM))
        return [(action, str(detail)) for action, detail in rows]


def how_many(database: Database) -> int:
    with database.reading.begin() as session:
        return session.scalar(select(func.count()).select_from(Account)) or 0


@pytest.mark.both_databases
def test_a_list_is_looked_at_and_then_made_with_passwords_that_are_shown_once(
    client: TestClient, world: World, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_in(client, "administrator")
    before, lines = how_many(database), len(audited(database))
    seen = send(client, LIST)
    assert seen.status_code == 200, seen.text
    assert "新建 4 个账号，1 个已经有了，不动。" in seen.text
    assert "已有，姓名和这里不同，不动" in seen.text
    assert (how_many(database), len(audited(database))) == (before, lines)

    with structlog.testing.capture_logs() as noted:
        made = make(client, seen)
    assert made.status_code == 200, made.text
    assert made.headers["cache-control"] == "no-store"
    given = start_passwords(made.text)
    assert list(given) == ["liu.yang", "wang.fang", "li.qiang", "zhao.min"]
    assert all(re.fullmatch(r"[0-9a-z]{4}(-[0-9a-z]{4}){2}", one) for one in given.values())
    assert len(set(given.values())) == 4
    assert how_many(database) == before + 4

    # Nowhere but on that page; the audit log has the lines of the form for one account.
    told = audited(database)[lines:]
    assert [action for action, _ in told] == [
        *("account.created", "account.granted", "account.works_for") * 3,
        *("account.created", "account.granted"),
    ]
    kept = str(told) + str(noted) + "".join(capsys.readouterr()) + get(client, "/accounts") + get(client, routes.HERE)
    assert not [one for one in given.values() if one in kept]
    assert "刘洋" not in str(told)
    with database.reading.begin() as session:
        verify(session, SYSTEM)
        assert not session.scalars(select(Account).where(Account.password_hash.in_(given.values()))).all()

    # The same button once more makes nothing twice.
    again = make(client, seen)
    assert again.status_code == 200
    assert "都已经有了，没有要建的" in again.text
    assert not start_passwords(again.text)

    # Each opens its account until it is changed.
    sign_in(client, "wang.fang", given["wang.fang"])
    assert client.get("/keying", headers=HTML).headers["location"] == "/account"
    changed = post(client, "/account/password", {"old": given["wang.fang"], "new": "my own long password"})
    assert changed.status_code == 303
    refused = client.post("/sign-in", data={"user": "wang.fang", "password": given["wang.fang"]}, headers=HTML)
    assert refused.status_code == 401


def test_roles_areas_and_ties_are_those_of_the_rows(client: TestClient, world: World, database: Database) -> None:
    sign_in(client, "administrator")
    assert make(client, send(client, LIST)).status_code == 200
    with database.reading.begin() as session:
        found = session.execute(
            select(Account.user, Grant.role, Grant.area_id, Account.works_for, Account.works_for_area_id)
            .join(Grant, Grant.account_id == Account.id)
            .where(Account.user.in_(["liu.yang", "wang.fang", "li.qiang", "zhao.min", "keyer"]))
        )
        got = {user: tuple(rest) for user, *rest in found}
        until = session.scalars(select(Account.start_password_until).where(Account.user == "liu.yang")).one()
    first, second = world.community_ids
    assert got == {
        "liu.yang": (Role.INTERVIEWER, first, WorksFor.COMMUNITY, first),
        "wang.fang": (Role.INTERVIEWER, second, WorksFor.STREET, world.street_id),
        "li.qiang": (Role.INTERVIEWER, world.street_id, WorksFor.COMMUNITY, second),
        "zhao.min": (Role.KEYER, world.city_id, None, None),
        "keyer": (Role.KEYER, world.city_id, None, None),  # as it was
    }
    assert until is not None


def test_every_wrong_row_is_told_and_nothing_is_made(client: TestClient, world: World, database: Database) -> None:
    sign_in(client, "administrator")
    before = how_many(database)
    wrong = "\n".join(
        [
            HEADS,
            "刘洋,liu yang,调查员,,,",
            ",wang.fang,,,,",
            "李强,li.qiang,皇帝,,,",
            "赵敏,zhao.min,,没有的社区,,",
            "孙丽,SUN.LI,,,,",
            "孙莉,sun.li,,,,",
            "周杰,zhou.jie,录入员,,社区,",
            "吴磊,wu.lei,,示范市,社区,",
            "郑爽,zheng.shuang,,,朋友,",
            "冯刚,feng.gang,,,无,万寿桥社区",
        ]
    )
    page = send(client, wrong)
    assert page.status_code == 422
    for said in (
        "“liu yang”不能作用户名",
        "没有姓名",
        "没有“皇帝”这个角色",
        "没有“没有的社区”这个地区",
        "用户名“sun.li”在第 6 行已经有了",
        "所属只问调查员，这一行的角色是录入员",
        "看不出是哪个社区的人",
        "不认得所属“朋友”",
        "写了所属地区“万寿桥社区”",
    ):
        assert said in page.text, said
    assert "有 9 处要改，一行也没有导入" in page.text
    english = client.get(f"{routes.HERE}?lang=en", headers=HTML)
    assert "Make accounts from a list" in english.text
    assert how_many(database) == before


def test_at_most_two_hundred_people_a_file(client: TestClient, world: World) -> None:
    sign_in(client, "administrator")
    rows = [f"某人,p{number:03d},,,," for number in range(201)]
    assert "超过 200 行" in send(client, "\n".join([HEADS, *rows])).text
    assert "新建 200 个账号" in send(client, "\n".join([HEADS, *rows[1:]])).text


def test_who_has_a_street_gives_roles_in_that_street_alone(
    client: TestClient, world: World, database: Database
) -> None:
    with database.writing.begin() as session:
        session.add(
            Area(code="110102000000", name_zh="东关街道", name_en="Dongguan", kind="street", parent_id=world.city_id)
        )
    local_administrator(database, world.street_id)
    sign_in(client, "street-admin")
    for area in ("示范市", "110000000000", "东关街道"):
        page = send(client, f"{HEADS}\n刘洋,liu.yang,,{area},,\n")
        assert page.status_code == 422
        assert f"没有“{area}”这个地区，或它不归您管" in page.text
    other = send(client, f"{HEADS}\n刘洋,liu.yang,,,街道,东关街道\n")
    assert "没有“东关街道”这个地区" in other.text
    assert start_passwords(make(client, send(client, "姓名,用户名\n刘洋,liu.yang\n")).text)
    with database.reading.begin() as session:
        chosen = select(Grant.area_id).join(Account, Account.id == Grant.account_id).where(Account.user == "liu.yang")
        assert session.scalars(chosen).one() == world.street_id
    for role in ("manager", "interviewer"):
        sign_in(client, role)
        assert client.get(routes.HERE).status_code == 403
        assert post(client, routes.HERE).status_code == 403


def test_a_workbook_and_the_empty_table(client: TestClient, world: World) -> None:
    sign_in(client, "administrator")
    table = client.get(f"{routes.HERE}/empty.csv")
    assert table.content.decode("utf-8-sig").strip() == HEADS
    assert f'href="{routes.HERE}/empty.csv"' in get(client, routes.HERE)
    assert f'href="{routes.HERE}"' in get(client, "/accounts")
    empty = load_workbook(io.BytesIO(client.get(f"{routes.HERE}/empty.xlsx").content)).active
    assert [[cell.value for cell in row] for row in empty.iter_rows()] == [HEADS.split(",")]
    offered = {str(one.sqref): one.formula1 for one in empty.data_validations.dataValidation}
    assert offered["C2:C201"].startswith('"调查员,录入员')
    assert offered["E2:E201"] == '"社区,街道,别的单位,无"'
    assert f'href="{routes.HERE}/empty.xlsx"' in get(client, routes.HERE)
    book = Workbook()
    for row in (["姓名", "用户名"], ["刘洋", 13800000000]):
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    assert list(start_passwords(make(client, send(client, written.getvalue(), "名单.xlsx")).text)) == ["13800000000"]


def test_passwords_are_hashed_before_the_writer_is_held(
    client: TestClient, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []
    hashed = service.accounts.start_password_hash

    def watched(start: str) -> str:
        with database.writing.begin() as session:  # would wait for a writer that waits for this
            held.append(session.in_transaction())
        return hashed(start)

    monkeypatch.setattr(service.accounts, "start_password_hash", watched)
    sign_in(client, "administrator")
    assert start_passwords(make(client, send(client, LIST)).text)
    assert len(held) == 4


def test_a_line_that_is_full_loses_no_file(
    client: TestClient, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, "administrator")
    seen, before = send(client, LIST), how_many(database)

    def full(_: str) -> str:
        raise TooManyAttempts(seconds=5)

    with monkeypatch.context() as patch:
        patch.setattr(passwords, "hash_password", full)
        waits = make(client, seen)
    assert waits.status_code == 429
    assert how_many(database) == before
    assert len(start_passwords(make(client, waits).text)) == 4
