"""Signing in through the city's provider: nobody gets in who was not named, whatever is sent."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from joserfc import jwt
from joserfc.jwk import OctKey
from pyotp import TOTP
from sqlalchemy import select

from survey_service.accounts import oidc, oidc_wire
from survey_service.accounts.errors import ProviderUnreachable
from survey_service.app import create_app
from survey_service.audit.chain import SYSTEM, verify
from survey_service.database import Database
from survey_service.installation import Refused
from survey_service.models import Account, AccountIdentity, AuditEntry, SignIn
from survey_service.settings import Settings
from tests.conftest import free_port
from tests.security.test_second_factor import enrol
from tests.service.conftest import TestClock
from tests.service.openid import CLIENT, PEOPLE, SECRET, LittleProvider, new_key, provider_at_work
from tests.service.signed_in import HTML, csrf, get, post, sign_in
from tests.service.world import NOW, World

LEAVE = "/sign-in/oidc"
# What the provider sends is judged before any database is asked.
ONE = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
def provider(clock: TestClock) -> Iterator[LittleProvider]:
    with provider_at_work(clock) as made:
        yield made


@pytest.fixture
def joined(settings: Settings, provider: LittleProvider) -> Settings:
    return settings.model_copy(update=given(provider.issuer))


def given(issuer: str, **more: Any) -> dict[str, Any]:
    secret = Settings(oidc_client_secret=SECRET).oidc_client_secret
    return {"oidc_issuer": issuer, "oidc_client_id": CLIENT, "oidc_client_secret": secret, **more}


@pytest.fixture
def client(joined: Settings, world: World, clock: TestClock) -> Iterator[TestClient]:
    with TestClient(create_app(joined, clock=clock), follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def linked(client: TestClient, world: World, database: Database) -> str:
    """The statistician is wang.li at the provider; nobody is signed in."""
    account = account_id(database, "statistician")
    link(client, account, "wang.li")
    return account


def account_id(database: Database, user: str) -> str:
    with database.reading.begin() as session:
        return str(session.scalars(select(Account.id).where(Account.user == user)).one())


def link(client: TestClient, account: str, name: str, *, by: str = "administrator") -> Response:
    sign_in(client, by)
    answer = post(client, f"/accounts/{account}/identity", {"name": name})
    client.cookies.clear()
    return answer


def leave(client: TestClient, address: str = LEAVE) -> str:
    answer = client.get(address, headers=HTML)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def come_back(client: TestClient, address: str) -> Response:
    # The provider is another site: what a browser says then.
    return client.get(address, headers={**HTML, "Sec-Fetch-Site": "cross-site"})


def through(client: TestClient, provider: LittleProvider, name: str = "wang.li", address: str = LEAVE) -> Response:
    return come_back(client, provider.approve(leave(client, address), name))


def refused(answer: Response, status: int, words: str) -> None:
    assert (answer.status_code, words in answer.text) == (status, True), (answer.status_code, answer.text)
    assert "session" not in {one.partition("=")[0] for one in answer.headers.get_list("set-cookie")}


def actions(database: Database) -> list[str]:
    with database.reading.begin() as session:
        verify(session, SYSTEM)
        return list(
            session.scalars(select(AuditEntry.action).where(AuditEntry.chain == SYSTEM).order_by(AuditEntry.sequence))
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
    before = len(actions(database))
    answer = through(client, provider, "zhao.min")
    refused(answer, 403, "zhao.min")
    assert "系统管理员" in answer.text
    assert len(actions(database)) == before
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


# ------------------------------------------------------------------ what does not stand the check


def test_only_the_browser_that_left_comes_back_and_once(
    client: TestClient, provider: LittleProvider, linked: str, clock: TestClock
) -> None:
    back = provider.approve(leave(client))
    cookie = str(client.cookies.get("oidc"))
    client.cookies.clear()
    refused(come_back(client, back), 400, "这次登录没有完成")  # another browser: a stranger's link signs nobody in
    client.cookies.set("oidc", cookie, domain="testserver.local", path="/")
    refused(come_back(client, re.sub("state=[^&]+", "state=" + "x" * 43, back)), 400, "这次登录没有完成")
    clock.at += timedelta(minutes=10)
    refused(come_back(client, back), 400, "这次登录没有完成")  # too late
    clock.at -= timedelta(minutes=10)
    assert come_back(client, back).status_code == 303
    assert client.cookies.get("oidc") is None
    client.cookies.set("oidc", cookie, domain="testserver.local", path="/")
    asked = provider.asked.count("/token")
    refused(come_back(client, back), 400, "这次登录没有完成")  # replayed with everything: refused before it is sent
    assert provider.asked.count("/token") == asked
    client.cookies.set("oidc", cookie[:-8] + "AAAAAAA=", domain="testserver.local", path="/")
    refused(come_back(client, back), 400, "这次登录没有完成")


@ONE
def test_a_used_code_opens_nothing(client: TestClient, provider: LittleProvider, linked: str) -> None:
    first = provider.approve(leave(client))
    assert come_back(client, first).status_code == 303
    code = dict(parse_qsl(urlsplit(first).query))["code"]
    again = re.sub("code=[^&]+", f"code={code}", provider.approve(leave(client)))
    refused(come_back(client, again), 401, "没有通过核对")


@ONE
def test_turning_back_at_the_provider(client: TestClient, provider: LittleProvider) -> None:
    state = dict(parse_qsl(urlsplit(leave(client)).query))["state"]
    refused(come_back(client, f"/sign-in/oidc/back?error=access_denied&state={state}"), 400, "中途取消")


@ONE
def test_a_reply_in_another_issuers_name(client: TestClient, provider: LittleProvider, linked: str) -> None:
    back = provider.approve(leave(client))
    refused(come_back(client, f"{back}&iss=https%3A%2F%2Fevil.example"), 401, "没有通过核对")
    assert "/token" not in provider.asked
    assert come_back(client, f"{provider.approve(leave(client))}&iss={provider.issuer}").status_code == 303


def at(seconds: int) -> int:
    return int(NOW.timestamp()) + seconds


@ONE
def test_a_token_with_a_wrong_claim_signs_nobody_in(client: TestClient, provider: LittleProvider, linked: str) -> None:
    for changed in (
        {"nonce": "another"}, {"nonce": None}, {"nonce": ["x"]},
        {"iss": "https://evil.example"}, {"iss": None},
        {"aud": "another client"}, {"aud": None}, {"aud": []},
        {"aud": [CLIENT, "another client"]}, {"azp": "another client"},
        {"aud": [CLIENT, "another client"], "azp": "another client"},
        {"exp": at(-61)}, {"exp": None}, {"exp": "tomorrow"}, {"exp": float("nan")},
        {"iat": at(120)}, {"iat": at(-601)}, {"iat": None}, {"nbf": at(120)},
        {"sub": None}, {"sub": ""}, {"sub": 7}, {"sub": "x" * 256},
    ):  # fmt: skip
        provider.changed = changed
        refused(through(client, provider), 401, "没有通过核对")


@ONE
def test_claims_at_the_edge_are_taken(client: TestClient, provider: LittleProvider, linked: str) -> None:
    provider.changed = {"aud": [CLIENT, "another client"], "azp": CLIENT, "exp": at(-59), "iat": at(59)}
    assert through(client, provider).status_code == 303


def unsigned(claims: dict[str, Any]) -> str:
    import base64
    import json

    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts) + "."


def by_public_key(provider: LittleProvider) -> Callable[[dict[str, Any]], str]:
    """HS256 with what everybody may read as the shared secret."""
    import base64
    import hashlib
    import hmac
    import json

    secret = provider.key.as_pem(private=False)

    def sign(claims: dict[str, Any]) -> str:
        parts = ({"alg": "HS256", "kid": provider.key.kid}, claims)
        text = ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts)
        mac = hmac.new(secret, text.encode(), hashlib.sha256).digest()
        return text + "." + base64.urlsafe_b64encode(mac).decode().rstrip("=")

    return sign


def by_client_secret(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))


def by_key_of_its_own(claims: dict[str, Any]) -> str:
    """Signed well, by a key that the token itself brings along, under the right name."""
    own = new_key("its own")
    return jwt.encode({"alg": "RS256", "kid": "first", "jwk": own.as_dict(private=False)}, claims, own)


@ONE
def test_a_token_that_the_provider_did_not_sign(client: TestClient, provider: LittleProvider, linked: str) -> None:
    ways: dict[str, Callable[[dict[str, Any]], str]] = {
        "none": unsigned,
        "public key": by_public_key(provider),
        "client secret": by_client_secret,
        "own key": by_key_of_its_own,
        "no token": lambda claims: "not a token",
        "cut": lambda claims: jwt.encode({"alg": "RS256", "kid": "first"}, claims, provider.key)[:-20],
    }
    for way in ways.values():
        provider.sign = way
        refused(through(client, provider), 401, "没有通过核对")
    provider.sign = None
    assert through(client, provider).status_code == 303


@ONE
def test_a_new_key_is_fetched_once_and_not_for_whoever_makes_one_up(
    client: TestClient, provider: LittleProvider, linked: str, clock: TestClock
) -> None:
    assert through(client, provider).status_code == 303
    clock.at += timedelta(minutes=2)
    provider.key = new_key("second")
    assert through(client, provider).status_code == 303  # the provider changed its keys
    assert provider.asked.count("/keys") == 2
    stranger = new_key("made up")
    provider.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "made up"}, claims, stranger)
    for _ in range(3):
        refused(through(client, provider), 401, "没有通过核对")
    assert provider.asked.count("/keys") == 2
    clock.at += timedelta(minutes=1)
    refused(through(client, provider), 401, "没有通过核对")
    assert provider.asked.count("/keys") == 3


# ------------------------------------------------------------------ the provider is gone, or leads elsewhere


@ONE
def test_without_the_provider_the_password_still_opens(
    settings: Settings, world: World, clock: TestClock, database: Database
) -> None:
    chosen = settings.model_copy(update=given(f"http://127.0.0.1:{free_port()}"))
    with TestClient(create_app(chosen, clock=clock), follow_redirects=False) as client:
        answer = client.get(f"{LEAVE}?next=/surveys", headers=HTML)
        refused(answer, 503, "统一身份认证暂时连不上")
        assert 'name="password"' in answer.text
        assert 'value="/surveys"' in answer.text
        sign_in(client, "manager")


@ONE
def test_a_provider_that_is_silent_is_asked_again_after_a_while(
    client: TestClient, provider: LittleProvider, linked: str, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> Any:
        raise ProviderUnreachable("TimeoutError", silent=True)

    with monkeypatch.context() as patch:
        patch.setattr(oidc_wire, "_call", silent)
        refused(client.get(LEAVE, headers=HTML), 503, "暂时连不上")
    refused(client.get(LEAVE, headers=HTML), 503, "暂时连不上")  # nobody waits for it again so soon
    assert provider.asked == []
    clock.at += timedelta(seconds=10)
    assert through(client, provider).status_code == 303


@ONE
def test_a_reply_that_is_none(client: TestClient, provider: LittleProvider, linked: str) -> None:
    """No redirect is followed, wherever it leads; nothing large is read."""
    replies = {
        "redirect": (302, {"Location": f"{provider.issuer}/elsewhere"}, b""),
        "large": (200, {}, b'{"a": "' + b"x" * 300_000 + b'"}'),
        "no json": (200, {}, b"<html>"),
        "list": (200, {}, b"[1]"),
        "fault": (500, {}, b"{}"),
    }
    # The keys last: once they are known they are not asked for again.
    for path in ("/.well-known/openid-configuration", "/token", "/keys"):
        for reply in replies.values():
            provider.answer = lambda asked, path=path, reply=reply: reply if asked == path else None
            answer = client.get(LEAVE, headers=HTML)
            if answer.status_code == 303:
                answer = come_back(client, provider.approve(answer.headers["location"]))
            refused(answer, 503, "暂时连不上")
    assert "/elsewhere" not in provider.asked
    # Not silence, so that nobody can shut the door for others: as soon as it is mended, it opens.
    provider.answer = lambda asked: None
    assert through(client, provider).status_code == 303


ELSEWHERE = (
    "http://127.0.0.1:1/x", "https://metadata.example/latest", "http://169.254.169.254/latest", "file:///etc/passwd",
    "http://127.0.0.1@evil.example/", "//evil.example/x", "", 7,
)  # fmt: skip


@ONE
def test_the_service_calls_no_host_but_the_providers(
    client: TestClient, provider: LittleProvider, linked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The discovery document decides much, but not whom this service calls."""
    called: list[tuple[str, int]] = []
    import socket

    real = socket.create_connection

    def watched(place: tuple[str, int], *arguments: Any, **named: Any) -> Any:
        called.append(place)
        return real(place, *arguments, **named)

    monkeypatch.setattr(socket, "create_connection", watched)
    for field in ("token_endpoint", "jwks_uri", "authorization_endpoint"):
        for address in ELSEWHERE:
            provider.document = {field: address}
            refused(client.get(LEAVE, headers=HTML), 503, "暂时连不上")
    assert set(called) == {("127.0.0.1", urlsplit(provider.issuer).port)}


@ONE
def test_further_hosts_are_those_that_settings_name(
    joined: Settings, world: World, clock: TestClock, provider: LittleProvider
) -> None:
    with provider_at_work(clock) as other:
        provider.document = {"jwks_uri": f"{other.issuer}/keys"}
        place = other.issuer.removeprefix("http://")
        for hosts, status in (("", 503), (place, 303)):
            chosen = joined.model_copy(update={"oidc_hosts": hosts})
            with TestClient(create_app(chosen, clock=clock), follow_redirects=False) as client:
                assert client.get(LEAVE, headers=HTML).status_code == status


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://sso.example.gov.cn/realms/city", True),
        ("http://127.0.0.1:8321", True),
        ("http://localhost/x", True),
        ("http://sso.example.gov.cn", False),
        ("http://10.0.0.7/", False),
        ("https://user@sso.example.gov.cn", False),
        ("https://sso.example.gov.cn/#x", False),
        ("https://sso.example.gov.cn/\r\nX: y", False),
        ("https://", False),
        ("https://[::1", False),
        ("ftp://127.0.0.1", False),
    ],
)
def test_only_what_cannot_be_read_on_the_way(address: str, safe: bool) -> None:
    assert oidc_wire.is_safe(address) is safe


def test_a_hanging_provider_takes_few_threads() -> None:
    taken = [oidc_wire.turn() for _ in range(oidc_wire.AT_ONCE)]
    for one in taken:
        one.__enter__()
    try:
        with pytest.raises(ProviderUnreachable), oidc_wire.turn():
            pass
    finally:
        for one in taken:
            one.__exit__(None, None, None)


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
    accepting = {"oidc_second_factor": "otp, https://sso.example/loa/2", "second_factor_required": True}
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
        "account.identity_linked", "account.identity_bound", "account.identity_unlinked",
    ]  # fmt: skip
    # Free again, for whoever it is now.
    assert link(client, manager, "wang.li").status_code == 303
    assert through(client, provider).status_code == 303


# ------------------------------------------------------------------ set up, in part, or not at all


def test_without_it_nothing_is_there(settings: Settings, world: World, clock: TestClock, database: Database) -> None:
    with TestClient(create_app(settings, clock=clock), follow_redirects=False) as client:
        for path in (LEAVE, "/sign-in/oidc/back?state=x&code=y"):
            assert client.get(path, headers=HTML).status_code == 404
        assert "oidc" not in get(client, "/sign-in")
        keyer = account_id(database, "keyer")
        refused(link(client, keyer, "wang.li"), 409, "还没有接上")


def test_without_it_no_library_of_it_is_imported() -> None:
    program = (
        "import sys\nfrom survey_service.app import create_app\nfrom survey_service.settings import Settings\n"
        "create_app(Settings(secret_key='k' * 40))\n"
        "assert not {'authlib', 'joserfc', 'survey_service.accounts.oidc_provider'} & set(sys.modules)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


HTTPS = "https://sso.example.gov.cn/realms/city"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"oidc_issuer": ""}, "SURVEY_OIDC_ISSUER is missing"),
        ({"oidc_client_id": ""}, "SURVEY_OIDC_CLIENT_ID is missing"),
        ({"oidc_client_secret": ""}, "SURVEY_OIDC_CLIENT_SECRET is missing"),
        ({"oidc_issuer": "http://sso.example.gov.cn"}, "an https address is needed"),
        ({"oidc_issuer": HTTPS + "?x=1"}, "an https address is needed"),
        ({"oidc_scopes": "profile"}, "openid"),
        ({"oidc_claim": ""}, "SURVEY_OIDC_CLAIM"),
        ({"oidc_client_secret": "", "oidc_client_secret_file": "/nowhere/secret"}, "cannot be read"),
        ({"oidc_client_secret_file": "/nowhere/secret"}, "keep one"),
    ],
)
def test_what_is_set_in_part_is_refused_with_the_way_out(change: dict[str, Any], said: str) -> None:
    whole = {"oidc_issuer": HTTPS, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    assert oidc.provider_for(Settings(**whole)) is not None
    with pytest.raises(Refused, match=re.escape(said)):
        create_app(Settings(**{**whole, **change}))


@ONE
def test_the_secret_may_lie_in_a_file(tmp_path: Any, joined: Settings, world: World, clock: TestClock) -> None:
    (tmp_path / "secret").write_text(SECRET + "\n")
    nothing = Settings().oidc_client_secret
    chosen = joined.model_copy(update={"oidc_client_secret": nothing, "oidc_client_secret_file": tmp_path / "secret"})
    held: Any = oidc.provider_for(chosen)
    assert held._secret == SECRET
    (tmp_path / "secret").write_text("\n")
    with pytest.raises(Refused, match="is empty"):
        oidc.provider_for(chosen)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc, "find_spec", lambda name: None)
    with pytest.raises(Refused, match=r"survey-service\[oidc\]"):
        oidc.provider_for(Settings(oidc_issuer=HTTPS, oidc_client_id=CLIENT, oidc_client_secret=SECRET))


@ONE
def test_over_https_the_cookie_is_bound_to_the_host(
    joined: Settings, world: World, clock: TestClock, provider: LittleProvider
) -> None:
    chosen = Settings(**{**joined.model_dump(), "public_url": "https://diaocha.example/"})
    with TestClient(
        create_app(chosen, clock=clock), base_url="https://diaocha.example", follow_redirects=False
    ) as client:
        answer = client.get(LEAVE, headers=HTML)
        cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("__Host-oidc="))
        assert "Secure" in cookie
        asked = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
        assert asked["redirect_uri"] == "https://diaocha.example/sign-in/oidc/back"
        client.cookies.clear()
        sign_in(client, "manager")
