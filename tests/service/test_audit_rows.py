"""``verify-audit`` holds the log against the rows: what was changed by plain SQL is named, nothing else."""

from __future__ import annotations

from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from survey_service.audit.chain import SERVICE, SYSTEM, verify
from survey_service.audit.reconciliation import Difference, Standing
from survey_service.captures.erasure import erase_response
from survey_service.database import Database
from survey_service.models import Account, Area, Response
from survey_service.models.tombstone import Ground
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.surveys import service as surveys
from tests.security.test_second_factor import enrol
from tests.service.conftest import TestClock
from tests.service.signed_in import post, sign_in
from tests.service.world import NOW, PASSWORD, World


def differences(database: Database, chain: str, keys: KeyRing | None) -> list[Difference]:
    standing = Standing(chain)
    with database.reading.begin() as session:
        verify(session, chain, standing.take)
        return list(standing.differences(session, keys))


@pytest.fixture
def lived_in(
    client: TestClient, database: Database, settings: Settings, world: World, clock: TestClock
) -> dict[str, str]:
    """Answers, one of them erased; a person made, reset, closed and opened again; a second factor set up."""
    for number in range(3):
        data = {"know": "2", "overall": "1", "client_id": f"{number:032d}"}
        assert client.post(f"/a/{world.open_codes[0]}", data=data).status_code in {200, 303}
    with database.reading.begin() as session:
        first, second, _ = session.scalars(select(Response.id).order_by(Response.id)).all()
        keyer = session.scalars(select(Account.id).where(Account.user == "keyer")).one()
        area = session.scalars(select(Area.code).where(Area.parent_id.is_(None))).one()
    with database.writing.begin() as session:
        erase_response(session, world.survey_id, first, ground=Ground.REQUEST, at=NOW, by=SERVICE)
    enrol(client, clock, "statistician")
    sign_in(client, "leader")
    post(client, "/account/password", {"old": PASSWORD, "new": "purple tractor under lamps"})
    sign_in(client, "administrator")
    post(client, "/accounts", {"user": "li.na", "name": "李娜", "role": "keyer", "area": area})
    for step in ("password", "disable", "enable", "password"):
        assert post(client, f"/accounts/{keyer}/steps/{step}").status_code in {200, 303}
    post(client, f"/accounts/{keyer}/grants", {"role": "leader", "area": area})
    post(client, f"/accounts/{keyer}/grants/keyer/{area}")
    return {"response": str(second), "keyer": str(keyer), "survey": str(world.survey_id), "wave": str(world.wave_id)}


@pytest.fixture
def keys(settings: Settings) -> KeyRing:
    return KeyRing(settings.secret_key.get_secret_value())


@pytest.mark.both_databases
def test_what_the_service_did_follows_from_its_log(
    lived_in: dict[str, str], database: Database, keys: KeyRing, world: World
) -> None:
    with database.writing.begin() as session:
        surveys.close_wave(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
    for chain in (SYSTEM, str(world.survey_id)):
        assert differences(database, chain, keys) == []
        assert differences(database, chain, None) == []


def by_hand(database: Database, *statements: str, **values: object) -> None:
    """Plain SQL with the rights of the database's owner, the triggers of the append-only tables taken off."""
    with database.writing_engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement), values)


def stored(database: Database, plain: str) -> str:
    """An id as the database holds it."""
    return UUID(plain).hex if database.is_sqlite else plain


WAYS = {
    "a response set to deleted": (
        "survey", "UPDATE response SET state = 'deleted' WHERE id = :response", "response", "state",
    ),
    "a response set aside as a double": (
        "survey", "UPDATE response SET state = 'duplicate' WHERE id = :response", "response", "state",
    ),
    "an erased response made to count": (
        "survey", "UPDATE response SET state = 'complete' WHERE state = 'deleted'", "response", "state",
    ),
    "a response taken out": ("survey", "DELETE FROM response WHERE id = :response", "response", "row"),
    "a wave set to released": ("survey", "UPDATE wave SET state = 'released' WHERE id = :wave", "wave", "state"),
    "a questionnaire rewritten": (
        "survey", "UPDATE questionnaire_version SET definition = definition || ' '", "questionnaire_version", "sha256",
    ),
    "a role changed": (
        SYSTEM, "UPDATE \"grant\" SET role = 'administrator' WHERE account_id = :keyer", "account", "role",
    ),
    "a role given": (
        SYSTEM, "INSERT INTO \"grant\" (account_id, role, area_id) SELECT account_id, 'manager', area_id "
        "FROM \"grant\" WHERE account_id = :keyer", "account", "role",
    ),
    "a role taken": (SYSTEM, "DELETE FROM \"grant\" WHERE account_id = :keyer", "account", "role"),
    "another password": (
        SYSTEM, "UPDATE account SET password_hash = (SELECT other.password_hash FROM account AS other WHERE "
        "other.\"user\" = 'leader') WHERE \"user\" = 'administrator'", "account", "password",
    ),
    "a second factor taken off": (
        SYSTEM, "UPDATE account SET second_factor_since = NULL WHERE \"user\" = 'statistician'", "account",
        "second_factor",
    ),
    "an account opened again": (
        SYSTEM, "UPDATE account SET disabled_at = created_at WHERE \"user\" = 'keyer'", "account", "disabled",
    ),
    "a reader agreed to by nobody": (
        SYSTEM, "UPDATE account SET contacts_agreed_at = created_at, contacts_agreed_by = id "
        "WHERE \"user\" = 'manager'", "account", "agreed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_what_plain_sql_changed_is_named(lived_in: dict[str, str], database: Database, keys: KeyRing, way: str) -> None:
    chain, statement, kind, what = WAYS[way]
    values = {name: stored(database, plain) for name, plain in lived_in.items()}
    by_hand(database, statement, **{name: one for name, one in values.items() if f":{name}" in statement})
    found = differences(database, lived_in.get(chain, chain), keys)
    assert found, way
    assert all(one.record.startswith(f"{kind} ") and one.what.startswith(what) for one in found), found
    if kind in lived_in:
        assert len(found) == 1


@pytest.mark.both_databases
def test_answers_exchanged_for_others_are_named(lived_in: dict[str, str], database: Database, keys: KeyRing) -> None:
    """With the triggers taken off; also where the hash beside them was made to fit."""
    on = "" if database.is_sqlite else " ON capture"
    by_hand(
        database,
        f"DROP TRIGGER refuse_update_capture{on}",
        "UPDATE capture SET answers = REPLACE(answers, '\"1\"', '\"2\"')",
    )
    found = differences(database, lived_in["survey"], keys)
    assert {one.what for one in found} == {"answers"}
    assert "answers" in {one.what for one in differences(database, lived_in["survey"], None)}  # the hash beside them


def test_the_command_says_it_and_ends_with_status_1(
    lived_in: dict[str, str],
    database: Database,
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tests.service.test_audit import run_inside

    monkeypatch.setenv("SURVEY_SECRET_KEY", settings.secret_key.get_secret_value())
    status, result = run_inside(settings, capsys)
    assert (status, result.get("differing")) == (0, 0), result
    by_hand(database, "UPDATE response SET state = 'deleted' WHERE id = :id", id=stored(database, lived_in["response"]))
    status, result = run_inside(settings, capsys)
    assert (status, result["broken"], result["differing"]) == (1, 0, 1)
    assert f"response {lived_in['response']}" in str(result)
