"""The administrator's pages: accounts are made, named, given roles and closed, and nobody is locked out for good."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from survey_service.accounts import service as accounts
from survey_service.accounts.first_administrator import invitation
from survey_service.app import create_app
from survey_service.audit.chain import SERVICE, SYSTEM, verify
from survey_service.database import Database
from survey_service.models import Account, Area, AuditEntry, Grant, Role
from survey_service.settings import Settings
from tests.service.conftest import TestClock
from tests.service.signed_in import HTML, get, post, sign_in
from tests.service.world import NOW, PASSWORD, World

MAKE = {"user": "Liu.Yang", "name": "刘洋", "role": "keyer", "area": "万寿桥社区"}


def account_id(database: Database, user: str) -> str:
    with database.reading.begin() as session:
        return str(session.scalars(select(Account.id).where(Account.user == user)).one())


def actions(database: Database) -> list[str]:
    with database.reading.begin() as session:
        return list(session.scalars(select(AuditEntry.action).where(AuditEntry.chain == SYSTEM)))


def start_password(page: str) -> str:
    found = re.search(r'id="start-password">([^<]+)<', page)
    assert found
    return found.group(1)


def local_administrator(database: Database, area_id: object, user: str = "street-admin") -> None:
    with database.writing.begin() as session:
        made = accounts.create_account(session, user=user, name="街道的人", password=PASSWORD, at=NOW, by=SERVICE)
        accounts.grant(session, made, Role.ADMINISTRATOR, area_id, at=NOW, by=SERVICE)  # type: ignore[arg-type]


def test_a_new_account_begins_with_a_password_that_must_be_changed(
    client: TestClient, world: World, database: Database
) -> None:
    sign_in(client, "administrator")
    page = post(client, "/accounts", MAKE)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    start = start_password(page.text)
    assert "liu.yang" in get(client, "/accounts?q=刘")
    sign_in(client, "liu.yang", start)
    # Nothing opens before the password is changed: a browser is led, a program is told.
    assert client.get("/keying", headers=HTML).headers["location"] == "/account"
    assert client.get("/keying").json()["error"]["code"] == "E100"
    assert "换成自己的密码" in get(client, "/account")
    assert post(client, "/account/password", {"old": start, "new": start}).status_code == 422
    assert post(client, "/account/password", {"old": start, "new": "my own password"}).status_code == 303
    sign_in(client, "liu.yang", "my own password")
    assert client.get("/keying", headers=HTML).headers["location"] == "/keying/satisfaction/2026Q3"
    assert actions(database)[-5:] == [
        "account.created",
        "account.granted",
        "account.signed_in",
        "account.password_changed",
        "account.signed_in",
    ]
    assert "刘洋" not in "".join(_details(database))


def _details(database: Database) -> list[str]:
    with database.reading.begin() as session:
        return [str(detail) for detail in session.scalars(select(AuditEntry.detail))]


def test_a_start_password_works_for_a_week(client: TestClient, world: World, clock: TestClock) -> None:
    sign_in(client, "administrator")
    start = start_password(post(client, "/accounts", MAKE).text)
    clock.at = NOW + timedelta(days=7)
    answer = client.post("/sign-in", data={"user": "liu.yang", "password": start}, headers=HTML)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"user": "keyer"}, 409, "已经有人用了"),
        ({"user": "two words"}, 422, "中间不留空"),
        ({"name": " "}, 422, "姓名"),
        ({"role": "emperor"}, 422, "请选一个角色"),
        ({"area": "没有的社区"}, 422, "没有这个地区"),
        ({"area": "110199"}, 422, "没有这个地区"),
    ],
)
def test_what_cannot_be_made_is_said_on_the_form(
    client: TestClient, world: World, change: dict[str, str], status: int, said: str
) -> None:
    sign_in(client, "administrator")
    answer = post(client, "/accounts", {**MAKE, **change})
    assert (answer.status_code, said in answer.text) == (status, True), answer.text
    assert 'name="user"' in answer.text


def test_roles_are_given_and_taken_and_end_sign_ins(client: TestClient, world: World, database: Database) -> None:
    keyer = account_id(database, "keyer")
    sign_in(client, "keyer")
    theirs = str(client.cookies.get("session"))
    sign_in(client, "administrator")
    given = post(client, f"/accounts/{keyer}/grants", {"role": "leader", "area": "110101000000"})
    assert given.headers["location"] == f"/accounts/{keyer}?done=granted"
    assert "城厢街道" in get(client, f"/accounts/{keyer}")
    again = post(client, f"/accounts/{keyer}/grants", {"role": "leader", "area": "110101000000"})
    assert again.status_code == 409
    mine = str(client.cookies.get("session"))
    client.cookies.clear()
    client.cookies.set("session", theirs, domain="testserver.local", path="/")
    assert client.get("/account").status_code == 401
    client.cookies.clear()
    client.cookies.set("session", mine, domain="testserver.local", path="/")
    page = get(client, f"/accounts/{keyer}/grants/leader/110101000000")
    assert "不再是 城厢街道 的领导" in page
    assert post(client, f"/accounts/{keyer}/grants/leader/110101000000").status_code == 303
    assert client.get(f"/accounts/{keyer}/grants/leader/110101000000").status_code == 404
    assert "account.revoked" in actions(database)


def test_the_name_is_changed_and_the_log_holds_only_hashes(
    client: TestClient, world: World, database: Database
) -> None:
    keyer = account_id(database, "keyer")
    sign_in(client, "administrator")
    assert post(client, f"/accounts/{keyer}/name", {"name": "刘海洋"}).status_code == 303
    assert "刘海洋" in get(client, f"/accounts/{keyer}")
    assert post(client, f"/accounts/{keyer}/name", {"name": "  "}).status_code == 422
    with database.reading.begin() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "account.renamed")).one()
        assert set(entry.detail) == {"field", "old", "new"}
        assert "刘海洋" not in str(entry.detail)
        verify(session, SYSTEM)


def test_disabling_ends_everything_at_once_and_can_be_undone(
    client: TestClient, world: World, database: Database
) -> None:
    keyer = account_id(database, "keyer")
    sign_in(client, "keyer")
    theirs = str(client.cookies.get("session"))
    sign_in(client, "administrator")
    mine = str(client.cookies.get("session"))
    assert "马上不能登录" in get(client, f"/accounts/{keyer}/steps/disable")
    assert post(client, f"/accounts/{keyer}/steps/disable").status_code == 303
    client.cookies.clear()
    client.cookies.set("session", theirs, domain="testserver.local", path="/")
    assert client.get("/account").status_code == 401
    client.cookies.set("session", mine, domain="testserver.local", path="/")
    assert post(client, f"/accounts/{keyer}/steps/enable").status_code == 303
    sign_in(client, "keyer")


def test_a_lost_password_is_replaced_by_a_start_password(client: TestClient, world: World, database: Database) -> None:
    keyer = account_id(database, "keyer")
    sign_in(client, "administrator")
    start = start_password(post(client, f"/accounts/{keyer}/steps/password").text)
    assert client.post("/sign-in", data={"user": "keyer", "password": PASSWORD}).status_code == 401
    sign_in(client, "keyer", start)
    assert client.get("/keying").status_code == 403


def test_the_last_administrator_cannot_lock_the_city_out(client: TestClient, world: World, database: Database) -> None:
    me = account_id(database, "administrator")
    local_administrator(database, world.street_id)  # one of a street does not count
    sign_in(client, "administrator")
    for step in ("disable", "password"):
        assert post(client, f"/accounts/{me}/steps/{step}").status_code == 409, step
    refused = post(client, f"/accounts/{me}/grants/administrator/110000000000")
    assert (refused.status_code, "最后一个" in refused.text) == (409, True)
    local_administrator(database, world.city_id, "second")
    assert post(client, f"/accounts/{me}/grants/administrator/110000000000").headers["location"] == "/sign-in"
    sign_in(client, "second")
    second = account_id(database, "second")
    assert post(client, f"/accounts/{second}/grants/administrator/110000000000").status_code == 409


def test_a_street_administrator_reaches_no_further_than_the_street(
    client: TestClient, world: World, database: Database
) -> None:
    local_administrator(database, world.community_ids[0])
    with database.writing.begin() as session:
        own = accounts.create_account(session, user="own", name="本社区", password=PASSWORD, at=NOW, by=SERVICE)
        accounts.grant(session, own, Role.KEYER, world.community_ids[0], at=NOW, by=SERVICE)
        both = accounts.create_account(session, user="both", name="两个社区", password=PASSWORD, at=NOW, by=SERVICE)
        for community in world.community_ids:
            accounts.grant(session, both, Role.KEYER, community, at=NOW, by=SERVICE)
        other = accounts.create_account(session, user="other", name="别的社区", password=PASSWORD, at=NOW, by=SERVICE)
        accounts.grant(session, other, Role.KEYER, world.community_ids[1], at=NOW, by=SERVICE)
    sign_in(client, "street-admin")
    listed = get(client, "/accounts")
    assert "本社区" in listed
    assert "别的社区" not in listed
    for user in ("other", "administrator"):
        theirs = account_id(database, user)
        for further in ("", "/steps/disable", "/grants/keyer/110101000002"):
            assert client.get(f"/accounts/{theirs}{further}").status_code == 404, (user, further)
        for further in ("/name", "/grants", "/steps/password", "/grants/administrator/110000000000"):
            assert post(client, f"/accounts/{theirs}{further}", {"name": "x"}).status_code == 404, (user, further)
    both_id = account_id(database, "both")
    assert post(client, f"/accounts/{both_id}/steps/password").status_code == 403
    assert post(client, f"/accounts/{both_id}/name", {"name": "x"}).status_code == 403
    assert post(client, f"/accounts/{both_id}/grants/keyer/110101000002").status_code == 404
    assert post(client, f"/accounts/{both_id}/grants/keyer/110101000001").status_code == 303
    own_id = account_id(database, "own")
    upward = post(client, f"/accounts/{own_id}/grants", {"role": "administrator", "area": "110000000000"})
    assert upward.status_code == 422


def test_many_accounts_come_in_pages_and_are_found(client: TestClient, world: World, database: Database) -> None:
    with database.writing.begin() as session:
        for number in range(120):
            made = Account(user=f"w{number:03d}", name=f"调查员{number}", password_hash="x", created_at=NOW)
            session.add(made)
            session.flush()
            session.add(Grant(account_id=made.id, role=Role.INTERVIEWER, area_id=world.community_ids[0]))
    sign_in(client, "administrator")
    assert "共 126 个账号" in get(client, "/accounts")
    assert "w119" in get(client, "/accounts?page=2")
    assert "共 121 个账号" in get(client, "/accounts?role=interviewer")
    assert "共 1 个账号" in get(client, "/accounts?q=w077")
    assert "没有符合" in get(client, "/accounts?q=%25%25")  # % is a letter like any other
    assert client.get("/accounts?role=emperor").status_code == 422


# ------------------------------------------------------------------ the first account


@pytest.fixture
def empty(settings: Settings, clock: TestClock) -> TestClient:
    return TestClient(create_app(settings, clock=clock), follow_redirects=False)


FIRST = {
    "user": "admin",
    "name": "王静",
    "password": "one quiet lamp at night",
    "city_name": "江城市",
    "city_code": "420100000000",
}


def test_the_first_administrator_needs_the_secret_of_the_console(empty: TestClient, database: Database) -> None:
    with empty as client:
        services = client.app.state.services  # type: ignore[attr-defined]
        secret = invitation(services)
        assert re.fullmatch(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", secret)
        assert "/first-administrator" in get(client, "/sign-in")
        assert "一次性口令" in get(client, "/first-administrator")
        wrong = client.post("/first-administrator", data={**FIRST, "secret": "0000-0000-0000-0000"}, headers=HTML)
        assert wrong.status_code == 422
        assert "王静" in wrong.text  # what was typed is kept
        short = client.post("/first-administrator", data={**FIRST, "secret": secret, "password": "x"}, headers=HTML)
        assert short.status_code == 422
        made = client.post("/first-administrator", data={**FIRST, "secret": secret.lower()}, headers=HTML)
        assert made.headers["location"] == "/sign-in"
        sign_in(client, "admin", "one quiet lamp at night")
        assert "江城市" in get(client, "/areas")
        # Once: the page is gone, and the console prints nothing more.
        assert invitation(services) == ""
        assert client.get("/first-administrator").status_code == 404
        again = client.post("/first-administrator", data={**FIRST, "user": "second", "secret": secret})
        assert again.status_code == 404
    with database.reading.begin() as session:
        assert session.scalars(select(Area.code)).all() == ["420100000000"]
        verify(session, SYSTEM)


def test_guessing_the_first_secret_is_slowed(empty: TestClient) -> None:
    with empty as client:
        wrong = {**FIRST, "secret": "0000-0000-0000-0000"}
        codes = [client.post("/first-administrator", data=wrong).status_code for _ in range(6)]
        assert codes == [422, 422, 422, 422, 429, 429]
