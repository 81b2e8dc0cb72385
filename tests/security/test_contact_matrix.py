"""Contact data by role and area, for people whom the installation names: a name is needed, and a role, and an area."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import func, select, update

from survey_service.app import create_app
from survey_service.audit.chain import verify
from survey_service.database import Database
from survey_service.models import AuditEntry, Role, Wave
from survey_service.settings import Settings
from tests.security.matrix import RELATIONS
from tests.security.test_matrix import City, Desk, city
from tests.service.conftest import TestClock
from tests.service.signed_in import HTML, agreed_to

__all__ = ["city"]
PAGE = "/surveys/satisfaction/waves/2026Q3/contacts"
OWN, SIBLING = "13900000001", "13900000002"  # left in the first community, and in the second
# What a manager reads who is named: by where the role was granted.
READ = {"city": {OWN, SIBLING}, "community": {OWN}, "sibling": {SIBLING}, "elsewhere": None}
REASON = {"reason": "九月座谈会"}


@pytest.fixture
def named(settings: Settings, clock: TestClock, city: City, database: Database) -> Iterator[TestClient]:
    """Everybody of the matrix is named as a reader; two residents have left a number."""
    plan = {"contact": {"purpose": {"zh": "请您参加座谈", "en": "An invitation to a talk"}, "days": 14}}
    with database.writing.begin() as session:
        session.execute(update(Wave).values(plan=plan))
    users = [f"{role.value}-{relation}" for role in Role for relation in RELATIONS]
    for role in Role:
        for relation in RELATIONS:
            city.desk(role.value, relation)
    agreed_to(database, clock.at, *users)
    chosen = settings.model_copy(update={"contact_readers": ",".join(users)})
    with TestClient(create_app(chosen, clock=clock), follow_redirects=False) as client:
        for place, number in enumerate((OWN, SIBLING)):
            here = f"/a/{city.world.open_codes[place]}"
            answers = {"know": "2", "overall": "1", "client_id": f"{place:032d}"}
            receipt = client.post(here, data=answers, headers={"accept": "application/json"}).json()["receipt"]
            left = {"name": "某人", "number": number, "agreed": "yes", "action": "keep", "_receipt": receipt}
            assert client.post(f"{here}/contact", data=left).status_code == 200
        yield client


def ask(client: TestClient, desk: Desk, method: str, token: str | None = None) -> Response:
    client.cookies.clear()
    client.cookies.set("session", desk.token, domain="testserver.local", path="/")
    headers = {**HTML, "X-CSRF-Token": desk.csrf if token is None else token}
    return client.request(method, PAGE, headers=headers, data=REASON if method == "POST" else None)


def openings(database: Database, survey_id: UUID) -> int:
    with database.reading.begin() as session:
        verify(session, str(survey_id))
        return session.scalar(select(func.count()).where(AuditEntry.action == "contacts.opened")) or 0


def test_every_role_on_every_area_that_is_named(named: TestClient, city: City, database: Database) -> None:
    opened = 0
    for role in Role:
        for relation in RELATIONS:
            desk = city.desk(role.value, relation)
            looked, read = ask(named, desk, "GET"), ask(named, desk, "POST")
            where = (role.value, relation)
            assert not {OWN, SIBLING} & {number for number in (OWN, SIBLING) if number in looked.text}, where
            if role is not Role.MANAGER:
                assert (looked.status_code, read.status_code) == (403, 403), where
                continue
            expected = READ[relation]
            if expected is None:
                assert (looked.status_code, read.status_code) == (404, 404), where
                continue
            assert (looked.status_code, read.status_code) == (200, 200), where
            assert {number for number in (OWN, SIBLING) if number in read.text} == expected, where
            opened += 1
            assert openings(database, city.world.survey_id) == opened, where
    assert opened == 3


def test_an_opening_is_a_deliberate_post(named: TestClient, city: City, database: Database) -> None:
    """Not by a link, not by another site's form, not without a reason; none of these leaves a trace of an opening."""
    desk = city.desk("manager", "city")
    assert OWN not in ask(named, desk, "GET").text
    assert ask(named, desk, "POST", token="").status_code == 403
    assert ask(named, desk, "POST", token="x" * 43).status_code == 403
    assert named.post(PAGE, data={"reason": "  "}, headers={"X-CSRF-Token": desk.csrf}).status_code == 422
    for method in ("PUT", "DELETE"):
        assert ask(named, desk, method).status_code in {403, 405}, method
    assert ask(named, desk, "HEAD").content == b""  # as the page that asks for a reason, without it
    assert openings(database, city.world.survey_id) == 0


def test_a_manager_who_is_not_named_meets_nothing(client: TestClient, city: City, database: Database) -> None:
    for relation in RELATIONS:
        desk = city.desk("manager", relation)
        assert ask(client, desk, "GET").status_code == ask(client, desk, "POST").status_code == 403
    assert openings(database, city.world.survey_id) == 0
