"""HEAD answers where GET does, and a phone that drops in mid-post is no fault of ours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest
import structlog
from fastapi.testclient import TestClient

from survey_service.app import create_app
from tests.security.test_routes import filled, signatures
from tests.service.signed_in import sign_in

if TYPE_CHECKING:
    from survey_service.settings import Settings
    from tests.service.conftest import TestClock
    from tests.service.world import World

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def test_head_answers_where_get_does_and_sends_no_body(settings: Settings, world: World, clock: TestClock) -> None:
    with TestClient(create_app(settings, clock=clock), follow_redirects=False) as client:
        sign_in(client, "manager")
        addresses = sorted({filled(path, world) for method, path, _ in signatures() if method == "GET"})
        addresses += [f"/a/{world.open_codes[0]}", f"/a/{world.case_codes[0]}?lang=en", "/receipt?done=deleted"]
        assert len(addresses) > 60
        for address in addresses:
            got, asked = client.get(address), client.head(address)
            assert (asked.status_code, asked.content) == (got.status_code, b""), address
            kinds = [one.headers.get("content-type") for one in (got, asked)]
            assert kinds[0] == kinds[1], address
        assert client.head("/sign-out").status_code == client.get("/sign-out").status_code == 405


def test_head_over_the_wire(settings: Settings, world: World, clock: TestClock, serve: Callable[..., str]) -> None:
    with httpx.Client(base_url=serve(settings, clock=clock)) as line:
        for _ in range(2):  # twice on one connection: a stray byte of the first would spoil the second
            asked = line.head(f"/a/{world.open_codes[0]}")
            assert (asked.status_code, asked.content) == (200, b"")
            assert int(asked.headers["content-length"]) > 1000


def test_a_phone_that_drops_in_mid_post_is_no_fault(settings: Settings, world: World, clock: TestClock) -> None:
    app = create_app(settings, clock=clock)
    sent: list[Any] = []
    parts: Iterator[dict[str, Any]] = iter(())

    async def receive() -> Any:
        return next(parts)

    async def send(message: Any) -> None:
        sent.append(message)

    with TestClient(app), structlog.testing.capture_logs() as noted:
        for path in (f"/a/{world.open_codes[0]}", "/receipt", f"/a/{world.open_codes[0]}/receipt"):
            parts = iter(
                [{"type": "http.request", "body": b"know=1&over", "more_body": True}, {"type": "http.disconnect"}]
            )
            headers = [
                (b"host", settings.public_host.encode()),
                (b"content-type", b"application/x-www-form-urlencoded"),
                (b"content-length", b"5000"),
            ]
            scope = {
                "type": "http",
                "method": "POST",
                "path": path,
                "raw_path": path.encode(),
                "query_string": b"",
                "headers": headers,
                "client": ("127.0.0.1", 5),
                "server": ("127.0.0.1", 8000),
                "scheme": "http",
                "http_version": "1.1",
                "root_path": "",
                "app": app,
                "state": {},
            }
            with ThreadPoolExecutor(1) as apart:  # a browser of another test may hold a loop in this thread
                apart.submit(lambda scope=scope: asyncio.run(app(scope, receive, send))).result()
    assert [one for one in noted if one["event"] == "fault" or one["log_level"] == "error"] == []
    assert [one["status"] for one in noted if one["event"] == "request"] == [499] * 3
    assert sent == []  # nobody is there to be told anything
