"""Signing in over HTTP, as a browser does it."""

from __future__ import annotations

import re
from datetime import datetime

from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select, update

from survey_service.database import Database
from survey_service.models import Account
from tests.service.world import PASSWORD

HTML = {"Accept": "text/html"}


def sign_in(client: TestClient, role: str, password: str = PASSWORD) -> Response:
    client.cookies.clear()
    answer = client.post("/sign-in", data={"user": role, "password": password}, headers=HTML)
    assert answer.status_code == 303, answer.text
    return answer


def sign_in_past_second_factor(client: TestClient, database: Database, user: str) -> Response:
    """Signed in as somebody who has a second factor, for tests of what comes after."""
    with database.writing.begin() as session:
        held = session.scalars(select(Account).where(Account.user == user)).one()
        since, held.second_factor_since = held.second_factor_since, None
    answer = sign_in(client, user)
    with database.writing.begin() as session:
        session.execute(update(Account).where(Account.user == user).values(second_factor_since=since))
    return answer


def agreed_to(database: Database, at: datetime, *users: str) -> None:
    """They have a second factor, and somebody has agreed that they read contact data."""
    with database.writing.begin() as session:
        session.execute(
            update(Account)
            .where(Account.user.in_(users))
            .values(second_factor_since=at, contacts_agreed_at=at, contacts_agreed_by=Account.id)
        )


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
