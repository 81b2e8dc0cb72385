"""Signing in through the city's provider: who is let in, as whom, and who links them."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient
from pyotp import TOTP
from sqlalchemy import select

from survey_service.accounts.oidc import identities
from survey_service.accounts.oidc.model import Identity
from survey_service.app import create_app
from survey_service.database import Database
from survey_service.models import Account, AccountIdentity, AuditEntry, SignIn
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.security import oidc_fixtures
from tests.security.oidc_fixtures import (
    LEAVE,
    ONE,
    account_id,
    actions,
    leave,
    link,
    refused,
    through,
)
from tests.security.test_second_factor import enrol
from tests.service.conftest import TestClock
from tests.service.openid import PEOPLE, LittleProvider
from tests.service.signed_in import HTML, csrf, get, post, sign_in
from tests.service.world import NOW, World

provider, joined, client, linked = (
    oidc_fixtures.provider,
    oidc_fixtures.joined,
    oidc_fixtures.client,
    oidc_fixtures.linked,
)


# ------------------------------------------------------------------ the way in


def test_who_was_named_signs_in_and_is_bound_for_good(
    client: TestClient, provider: LittleProvider, linked: str, database: Database
) -> None:
    answer = through(client, provider, address=f"{LEAVE}?next=/surveys%3Flang%3Den")
    assert (answer.status_code, answer.headers["location"]) == (303, "/surveys?lang=en")
    assert "统计员" in get(client, "/account")
    assert "wang.li" in get(client, "/account")
    with database.reading.begin() as session:
        bound = session.scalars(select(AccountIdentity)).one()
        assert (bound.issuer, bound.subject) == (provider.issuer, PEOPLE["wang.li"])
        details = str(session.scalars(select(AuditEntry.detail)).all())
        assert "wang.li" not in details
        assert PEOPLE["wang.li"] not in details
    assert actions(database)[-3:] == ["account.signed_in", "account.identity_bound", "account.signed_in"] or (
        actions(database)[-2:] == ["account.identity_bound", "account.signed_in"]
    )
    # The name passes to somebody else at the provider: it opens nothing, and the first person still comes in.
    provider.changed = {"preferred_username": "wang.li"}
    refused(through(client, provider, "zhao.min"), 403, "wang.li")
    provider.changed = {"preferred_username": "li.wang"}
    assert through(client, provider).headers["location"] == "/"
    # Asked once each: what was fetched is kept.
    assert provider.asked.count("/keys") == provider.asked.count("/.well-known/openid-configuration") == 1


@ONE
def test_what_is_sent_away_is_bound_to_this_browser_and_this_address(
    client: TestClient, provider: LittleProvider
) -> None:
    one, two = (dict(parse_qsl(urlsplit(leave(client)).query)) for _ in range(2))
    assert one["redirect_uri"] == "http://testserver/sign-in/oidc/back"
    assert "prompt" not in one
    for name in ("state", "nonce", "code_challenge"):
        assert len(one[name]) >= 43
        assert one[name] != two[name]
    answer = client.get(LEAVE, headers=HTML)
    cookie = next(text for text in answer.headers.get_list("set-cookie") if text.startswith("oidc="))
    for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=600"):
        assert part in cookie
    asked = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    assert asked["state"] not in cookie
    assert asked["nonce"] not in cookie


@ONE
def test_it_leads_to_no_other_host(client: TestClient, provider: LittleProvider, linked: str) -> None:
    for wanted in (
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\t/x.example",
    ):
        address = str(client.build_request("GET", LEAVE, params={"next": wanted}).url)
        assert through(client, provider, address=address).headers["location"] == "/", wanted


def test_sessions_end_as_after_a_password(
    client: TestClient, provider: LittleProvider, linked: str, clock: TestClock, database: Database
) -> None:
    through(client, provider)
    theirs = str(client.cookies.get("session"))
    link(client, linked, "wang.li")  # the same again changes nothing
    client.cookies.set("session", theirs, domain="testserver.local", path="/")
    get(client, "/account")
    sign_in(client, "administrator")
    post(client, f"/accounts/{linked}/grants", {"role": "leader", "area": "110101000000"})
    client.cookies.clear()
    client.cookies.set("session", theirs, domain="testserver.local", path="/")
    assert client.get("/account").status_code == 401  # a role changed
    client.cookies.clear()
    through(client, provider)
    clock.at += timedelta(minutes=60)
    assert client.get("/account").status_code == 401  # idle


def test_signing_out_ends_ours_and_the_next_person_is_asked(
    client: TestClient, provider: LittleProvider, linked: str
) -> None:
    through(client, provider)
    post(client, "/sign-out")
    assert client.get("/account").status_code == 401
    assert dict(parse_qsl(urlsplit(leave(client)).query))["prompt"] == "login"
    through(client, provider)
    assert "prompt" not in leave(client)


# ------------------------------------------------------------------ who is not let in


def test_nobody_gets_an_account_by_signing_in(client: TestClient, provider: LittleProvider, database: Database) -> None:
    before = actions(database)
    answer = through(client, provider, "zhao.min")
    refused(answer, 403, "zhao.min")
    assert "系统管理员" in answer.text
    # That somebody was not let in may stand in the log; nothing else happened.
    assert [one for one in actions(database) if not one.startswith("account.sign_in")] == [
        one for one in before if not one.startswith("account.sign_in")
    ]
    with database.reading.begin() as session:
        assert session.scalars(select(AccountIdentity)).all() == []
        assert session.scalars(select(SignIn)).all() == []


def test_a_closed_account_and_no_account_are_answered_alike(
    client: TestClient, provider: LittleProvider, linked: str, database: Database
) -> None:
    with database.writing.begin() as session:
        session.scalars(select(Account).where(Account.user == "statistician")).one().disabled_at = NOW
    closed, unknown = through(client, provider), through(client, provider, "zhao.min")
    refused(closed, 403, "wang.li")
    assert closed.text == unknown.text.replace("zhao.min", "wang.li")
    with database.reading.begin() as session:
        assert session.scalars(select(AccountIdentity.subject)).one() is None  # not bound either


def test_a_name_waits_for_thirty_days(
    client: TestClient, provider: LittleProvider, linked: str, clock: TestClock
) -> None:
    clock.at += timedelta(days=30)
    refused(through(client, provider), 403, "wang.li")
    link(client, linked, "wang.li")  # entered again, it waits anew
    assert through(client, provider).status_code == 303


@ONE
def test_an_address_that_the_provider_did_not_verify_names_nobody(
    joined: Settings, world: World, clock: TestClock, provider: LittleProvider, database: Database
) -> None:
    chosen = joined.model_copy(update={"oidc_claim": "email"})
    with TestClient(create_app(chosen, clock=clock), follow_redirects=False) as client:
        link(client, account_id(database, "keyer"), "wang@example.gov.cn")
        provider.changed = {"email": "wang@example.gov.cn"}
        refused(through(client, provider), 403, "没有告诉本系统")
        provider.changed |= {"email_verified": True}
        assert through(client, provider).status_code == 303


# ------------------------------------------------------------------ start passwords and the second factor


def test_who_comes_by_the_provider_needs_no_start_password(
    client: TestClient, provider: LittleProvider, database: Database, world: World, clock: TestClock
) -> None:
    sign_in(client, "administrator")
    made = {"user": "wang.li", "name": "王莉", "role": "keyer", "area": "万寿桥社区"}
    start = re.search(r'id="start-password">([^<]+)<', post(client, "/accounts", made).text)
    assert start
    link(client, account_id(database, "wang.li"), "wang.li")
    assert through(client, provider).status_code == 303
    assert client.get("/keying", headers=HTML).headers["location"] == "/keying/satisfaction/2026Q3"
    assert "起始密码" not in get(client, "/account")
    # By the start password itself everything stays shut until it is changed.
    sign_in(client, "wang.li", start.group(1))
    assert client.get("/keying", headers=HTML).headers["location"] == "/account"
    clock.at += timedelta(days=8)
    client.cookies.clear()
    assert client.post("/sign-in", data={"user": "wang.li", "password": start.group(1)}).status_code == 401
    assert through(client, provider).status_code == 303


def test_our_second_factor_is_asked_unless_the_provider_asked_for_one(
    joined: Settings, world: World, clock: TestClock, provider: LittleProvider, database: Database
) -> None:
    forced = "administrator,statistician"
    accepting = {"oidc_second_factor": "otp, https://sso.example/loa/2", "second_factor_required": forced}
    chosen = joined.model_copy(update=accepting)
    with TestClient(create_app(chosen, clock=clock), follow_redirects=False) as client:
        link_by_force(client, clock, database)
        # Forced, and none anywhere: led to set one up.
        through(client, provider)
        assert client.get("/surveys", headers=HTML).headers["location"] == "/account/second-factor"
        for said in ({"acr": "https://sso.example/loa/2"}, {"amr": ["pwd", "otp"]}):
            provider.changed = said
            through(client, provider)
            get(client, "/surveys")
        for said in ({"acr": "1"}, {"amr": ["pwd"]}, {"acr": ["otp"]}, {"amr": [["otp"]]}, {"acr": None}):
            provider.changed = said
            answer = through(client, provider)
            if answer.status_code == 303:
                assert client.get("/surveys", headers=HTML).headers["location"] == "/account/second-factor", said


def link_by_force(client: TestClient, clock: TestClock, database: Database) -> None:
    """The administrator has to have a second factor, too."""
    account = account_id(database, "statistician")
    enrol(client, clock, "administrator")
    post(client, f"/accounts/{account}/identity", {"name": "wang.li"})
    client.cookies.clear()


def test_a_code_of_ours_is_asked_after_the_provider(
    client: TestClient, provider: LittleProvider, linked: str, clock: TestClock, database: Database
) -> None:
    secret, _ = enrol(client, clock)
    client.cookies.clear()
    answer = through(client, provider, address=f"{LEAVE}?next=/areas")
    assert answer.headers["location"] == "/sign-in/code?next=%2Fareas"
    assert client.get("/areas").status_code == 401
    page = get(client, answer.headers["location"])
    assert "统一身份认证通过了" in page
    sent = {"code": TOTP(secret).at(clock.at), "csrf": csrf(page), "next": "/areas"}
    assert client.post("/sign-in/code", data=sent, headers=HTML).headers["location"] == "/areas"
    assert actions(database)[-3:] == ["account.identity_bound", "account.identity_accepted", "account.signed_in"]


# ------------------------------------------------------------------ linking


def test_linking_is_the_administrators_of_the_whole_account(
    client: TestClient, world: World, database: Database, provider: LittleProvider
) -> None:
    from tests.service.test_accounts import local_administrator

    local_administrator(database, world.community_ids[0])
    keyer, manager = account_id(database, "keyer"), account_id(database, "manager")
    answer = link(client, manager, "wang.li", by="street-admin")
    assert answer.status_code in (403, 404)  # else a street could make itself the city's manager
    assert link(client, keyer, "wang.li").headers["location"] == f"/accounts/{keyer}?done=identity-linked"
    refused(link(client, manager, "wang.li"), 409, "已经对应到别的账号")
    for name in ("", " ", "x" * 201, "two\nlines"):
        assert link(client, manager, name).status_code == 422
    assert through(client, provider).status_code == 303
    theirs = str(client.cookies.get("session"))
    sign_in(client, "administrator")
    assert "wang.li" in get(client, f"/accounts/{keyer}")
    assert "绑定" in get(client, f"/accounts/{keyer}/identity")
    assert "解除统一身份账号" in get(client, f"/accounts/{keyer}/steps/identity")
    assert post(client, f"/accounts/{keyer}/steps/identity").status_code == 303
    client.cookies.clear()
    client.cookies.set("session", theirs, domain="testserver.local", path="/")
    assert client.get("/account").status_code == 401
    client.cookies.clear()
    refused(through(client, provider), 403, "wang.li")
    assert [one for one in actions(database) if "identity" in one] == [
        "account.identity_linked",
        "account.identity_bound",
        "account.identity_unlinked",
    ]
    # Free again, for whoever it is now.
    assert link(client, manager, "wang.li").status_code == 303
    assert through(client, provider).status_code == 303


def test_another_identity_in_its_place_shuts_the_first_out(
    client: TestClient, provider: LittleProvider, linked: str
) -> None:
    through(client, provider)
    theirs = str(client.cookies.get("session"))
    link(client, linked, "zhao.min")
    client.cookies.set("session", theirs, domain="testserver.local", path="/")
    assert client.get("/account").status_code == 401
    client.cookies.clear()
    refused(through(client, provider), 403, "wang.li")
    assert through(client, provider, "zhao.min").status_code == 303


@pytest.mark.both_databases
def test_two_tabs_of_the_first_sign_in_both_come_in(
    linked: str, database: Database, joined: Settings, provider: LittleProvider
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    keys = KeyRing(joined.secret_key.get_secret_value())
    identity = Identity(issuer=provider.issuer, subject=PEOPLE["wang.li"], name="wang.li", second_factor=False)

    def one(_: int) -> str:
        with database.writing.begin() as session:
            return str(identities.account_for(session, identity, settings=joined, keys=keys, at=NOW).id)

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(one, range(12))) == {linked}
    assert actions(database).count("account.identity_bound") == 1
