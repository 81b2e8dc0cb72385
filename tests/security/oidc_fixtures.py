"""The service joined to a little provider: fixtures and steps that the tests of signing in through one share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from survey_service.app import create_app
from survey_service.audit.chain import SYSTEM, verify
from survey_service.database import Database
from survey_service.models import Account, AuditEntry
from survey_service.settings import Settings
from tests.service.conftest import TestClock
from tests.service.openid import CLIENT, SECRET, LittleProvider, provider_at_work
from tests.service.signed_in import HTML, post, sign_in
from tests.service.world import World

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
