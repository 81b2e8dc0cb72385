"""What comes back from the provider and does not stand the check signs nobody in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import OctKey

from tests.security import oidc_fixtures
from tests.security.oidc_fixtures import (
    ONE,
    come_back,
    leave,
    refused,
    through,
)
from tests.service.conftest import TestClock
from tests.service.openid import CLIENT, SECRET, LittleProvider, new_key
from tests.service.world import NOW

provider, joined, client, linked = (
    oidc_fixtures.provider,
    oidc_fixtures.joined,
    oidc_fixtures.client,
    oidc_fixtures.linked,
)


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
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": ["x"]},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another client"},
        {"aud": None},
        {"aud": []},
        {"aud": [CLIENT, "another client"]},
        {"azp": "another client"},
        {"aud": [CLIENT, "another client"], "azp": "another client"},
        {"exp": at(-61)},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": float("nan")},
        {"iat": at(120)},
        {"iat": at(-601)},
        {"iat": None},
        {"nbf": at(120)},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
    ):
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
