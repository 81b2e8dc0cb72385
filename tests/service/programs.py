"""Programs that ask with access tokens."""

from __future__ import annotations

import json
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from survey_service.accounts import passwords, tokens
from survey_service.audit import Actor
from survey_service.database import Database
from survey_service.models import Account, Grant, Role
from tests.service.world import NOW


def token_of(database: Database, user: str, *, read_only: bool = False) -> str:
    """A token of this account, made beside the pages; tests/security goes by the pages."""
    with database.writing.begin() as session:
        account = session.scalars(select(Account).where(Account.user == user)).one()
        by = Actor(account.id, account.name)
        return tokens.make(session, account.id, "test", days=365, read_only=read_only, at=NOW, by=by).plain


def person_at(database: Database, user: str, role: Role, area_id: Any) -> str:
    """A new account with one role there; its user name."""
    with database.writing.begin() as session:
        account = Account(user=user, name="某人", password_hash=passwords.nobody(), created_at=NOW)
        session.add(account)
        session.flush()
        session.add(Grant(account_id=account.id, role=role, area_id=area_id))
    return user


class Program:
    """A program of one account."""

    def __init__(self, client: TestClient, database: Database, user: str) -> None:
        self._client = client
        self.headers = {"Authorization": f"Bearer {token_of(database, user)}"}

    def ask(self, path: str, **headers: str) -> Response:
        return self._client.get(f"/api/v1{path}", headers=self.headers | headers)

    def get(self, path: str) -> Any:
        answer = self.ask(path)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()

    def refused(self, path: str) -> tuple[int, str]:
        return told(self.ask(path))

    def post(self, path: str, body: Any) -> Response:
        """As Python writes JSON: also what no JSON may hold, NaN and halves of surrogate pairs."""
        headers = self.headers | {"Content-Type": "application/json"}
        return self._client.post(f"/api/v1{path}", content=json.dumps(body).encode(), headers=headers)


def told(answer: Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["error"]["code"]
