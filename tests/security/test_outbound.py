"""The service calls nobody: no font, no captcha, no analytics, no address that somebody wrote into a text."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from survey_service.database import Database
from tests.security.test_pages import Reader
from tests.security.test_parameters import LEAVES, person
from tests.security.walking import stops
from tests.service.signed_in import HTML, csrf, get, sign_in
from tests.service.world import World

INSIDE = {"127.0.0.1", "::1", "localhost"}
ELSEWHERE = "http://198.51.100.7/collect"


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whoever was looked up or called beyond this machine; the call itself fails."""
    found: list[str] = []

    def guarded(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            address = next((one for one in arguments if isinstance(one, tuple | str)), "")
            host = str(address[0] if isinstance(address, tuple) else address)
            if host not in INSIDE and not host.startswith("/") and host:
                found.append(host)
                raise OSError(f"no outbound calls: {host}")
            return real(*arguments, **named)

        return call

    for owner, name in ((socket.socket, "connect"), (socket.socket, "connect_ex"), (socket, "getaddrinfo")):
        monkeypatch.setattr(owner, name, guarded(getattr(owner, name)))
    return found


def test_the_guard_sees_a_call(called: list[str]) -> None:
    with pytest.raises(OSError, match="no outbound calls"):
        socket.create_connection(("198.51.100.7", 80), timeout=0.1)
    assert called == ["198.51.100.7"]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # what a page fetches does not depend on the database
def test_nothing_is_fetched_while_all_pages_are_walked(
    client: TestClient, world: World, database: Database, called: list[str]
) -> None:
    """Every route, with an address in every field, by somebody with every role; no page makes a browser fetch one."""
    walked = 0
    person(database, "everything", world.city_id)
    sign_in(client, "everything")
    token = csrf(get(client, "/account"))
    for stop in stops():
        if stop.path in LEAVES:
            continue
        address = stop.address(world)
        if stop.method == "GET":
            answer = client.get(f"{address}?next={ELSEWHERE}&q={ELSEWHERE}", headers=HTML)
        else:
            fields = dict.fromkeys(stop.in_body, ELSEWHERE)
            answer = client.request(stop.method, address, data=fields, headers={**HTML, "X-CSRF-Token": token})
        walked += 1
        assert ELSEWHERE not in answer.headers.get("location", "").replace("%3A", ":").replace("%2F", "/")
        if "html" in answer.headers.get("content-type", ""):
            assert outside(answer.text) == [], address
    assert walked > 80
    assert called == []


def outside(page: str) -> list[tuple[str, str]]:
    """What a browser would fetch or send by itself from another host."""
    kept = ("src", "href", "action", "srcset", "poster", "data", "formaction")
    return [
        (tag, value)
        for tag, attributes in Reader(page).tags
        for name, value in attributes.items()
        if name in kept and value and (tag != "a") and value.startswith(("http:", "https:", "//"))
        if not value.startswith("http://testserver/")
    ]
