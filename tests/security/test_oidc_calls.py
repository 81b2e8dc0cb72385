"""Whom the service calls, what it does when nobody answers, and when nothing is set up."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient

from survey_service.accounts.errors import ProviderUnreachable
from survey_service.accounts.oidc import setup, wire
from survey_service.app import create_app
from survey_service.database import Database
from survey_service.installation import Refused
from survey_service.settings import Settings
from tests.conftest import free_port
from tests.security import oidc_fixtures
from tests.security.oidc_fixtures import (
    LEAVE,
    ONE,
    account_id,
    come_back,
    given,
    link,
    refused,
    through,
)
from tests.service.conftest import TestClock
from tests.service.openid import CLIENT, SECRET, LittleProvider, provider_at_work
from tests.service.signed_in import HTML, get, sign_in
from tests.service.world import World

provider, joined, client, linked = (
    oidc_fixtures.provider,
    oidc_fixtures.joined,
    oidc_fixtures.client,
    oidc_fixtures.linked,
)


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
        patch.setattr(wire, "_call", silent)
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
    "http://127.0.0.1:1/x",
    "https://metadata.example/latest",
    "http://169.254.169.254/latest",
    "file:///etc/passwd",
    "http://127.0.0.1@evil.example/",
    "//evil.example/x",
    "",
    7,
)


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
    assert wire.is_safe(address) is safe


def test_a_hanging_provider_takes_few_threads() -> None:
    taken = [wire.turn() for _ in range(wire.AT_ONCE)]
    for one in taken:
        one.__enter__()
    try:
        with pytest.raises(ProviderUnreachable), wire.turn():
            pass
    finally:
        for one in taken:
            one.__exit__(None, None, None)


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
        "assert not {'authlib', 'joserfc', 'survey_service.accounts.oidc.provider'} & set(sys.modules)\n"
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
    assert setup.provider_for(Settings(**whole)) is not None
    with pytest.raises(Refused, match=re.escape(said)):
        create_app(Settings(**{**whole, **change}))


@ONE
def test_the_secret_may_lie_in_a_file(tmp_path: Any, joined: Settings, world: World, clock: TestClock) -> None:
    (tmp_path / "secret").write_text(SECRET + "\n")
    nothing = Settings().oidc_client_secret
    chosen = joined.model_copy(update={"oidc_client_secret": nothing, "oidc_client_secret_file": tmp_path / "secret"})
    held: Any = setup.provider_for(chosen)
    assert held._secret == SECRET
    (tmp_path / "secret").write_text("\n")
    with pytest.raises(Refused, match="is empty"):
        setup.provider_for(chosen)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "find_spec", lambda name: None)
    with pytest.raises(Refused, match=r"survey-service\[oidc\]"):
        setup.provider_for(Settings(oidc_issuer=HTTPS, oidc_client_id=CLIENT, oidc_client_secret=SECRET))


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
