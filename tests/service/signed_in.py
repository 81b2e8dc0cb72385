"""Signing in over HTTP, as a browser does it."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient
from httpx2 import Response

from tests.service.world import PASSWORD

HTML = {"Accept": "text/html"}


def sign_in(client: TestClient, role: str, password: str = PASSWORD) -> Response:
    client.cookies.clear()
    answer = client.post("/sign-in", data={"user": role, "password": password}, headers=HTML)
    assert answer.status_code == 303, answer.text
    return answer


def csrf(page: str) -> str:
    """The token that the forms of a page carry."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, "the page has no form with a CSRF token"
    return found.group(1)


def get(client: TestClient, address: str, status: int = 200) -> str:
    answer = client.get(address, headers=HTML)
    assert answer.status_code == status, (address, answer.status_code, answer.text[:500])
    return answer.text


def post(client: TestClient, address: str, data: dict[str, str] | None = None, *, token: str | None = None) -> Response:
    """Posts a form with the token of this session, as its page would."""
    if token is None:
        token = csrf(get(client, "/account"))
    return client.post(address, data={**(data or {}), "csrf": token}, headers=HTML)
