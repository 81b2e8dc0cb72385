"""Who looked, who took a file out, who failed to sign in, from where: written down, found by a command, and bounded."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from survey_service.accounts import failed_sign_ins, read_audit
from survey_service.app import create_app
from survey_service.commands.audit_log_work import AuditLogArguments, entries, run_audit_log
from survey_service.database import Database
from survey_service.models import Account, AuditEntry
from survey_service.settings import Settings
from tests.security.test_guessing import PROXY, guess
from tests.security.test_second_factor import by_code, by_password, enrol
from tests.service.conftest import TestClock
from tests.service.signed_in import HTML, get, sign_in
from tests.service.test_keying import COMPLETE, key
from tests.service.world import World

HERE = "203.0.113.7"
FROM_HERE = {**HTML, "X-Forwarded-For": HERE}


@pytest.fixture
def client(settings: Settings, world: World, clock: TestClock) -> Iterator[TestClient]:
    """Behind a proxy that says for whom it asks."""
    chosen = settings.model_copy(update={"trusted_proxies": PROXY})
    with TestClient(create_app(chosen, clock=clock), follow_redirects=False, client=(PROXY, 5000)) as opened:
        yield opened


def written(client: TestClient, database: Database, action: str) -> list[AuditEntry]:
    """The entries of an action, after everything in line was written."""
    client.app.state.services.writer.submit(lambda session: None).result(120)  # type: ignore[attr-defined]
    with database.reading.begin() as session:
        found = session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.sequence))
        read = list(found.all())
        session.expunge_all()
        return read


def account_id(database: Database, user: str) -> str:
    with database.reading.begin() as session:
        return str(session.scalars(select(Account.id).where(Account.user == user)).one())


# ------------------------------------------------------------------ failed and refused sign-ins


def test_a_wrong_password_is_written_with_the_account_and_the_address(
    client: TestClient, database: Database, world: World
) -> None:
    assert guess(client, "keyer", "guess", HERE) == 401
    [entry] = written(client, database, "account.sign_in_failed")
    assert entry.record == f"account {account_id(database, 'keyer')}"
    assert entry.by_account_id is None  # nobody has proved to be somebody
    assert entry.detail == {"by": "password", "times": 1, "address": HERE}
    guess(client, "my-password-typed-here", "guess", HERE)
    unknown = written(client, database, "account.sign_in_failed")[-1]
    assert unknown.record == "account unknown"
    assert "my-password" not in json.dumps(unknown.detail)


def test_who_is_told_to_wait_is_written_too(client: TestClient, database: Database) -> None:
    while guess(client, "keyer", "guess", HERE) == 401:
        pass
    [entry] = written(client, database, "account.sign_in_refused")
    assert entry.detail["address"] == HERE


def test_a_wrong_code_is_written(client: TestClient, database: Database, clock: TestClock) -> None:
    enrol(client, clock)
    assert by_code(client, by_password(client), "000000") == 401
    [entry] = written(client, database, "account.sign_in_failed")
    assert (entry.record, entry.detail["by"]) == (f"account {account_id(database, 'statistician')}", "code")


def test_a_wrong_access_token_is_written(client: TestClient, database: Database) -> None:
    assert client.get("/api/v1/me", headers={"Authorization": "Bearer survey_x", **FROM_HERE}).status_code == 401
    [entry] = written(client, database, "account.sign_in_failed")
    assert (entry.detail["by"], entry.detail["address"]) == ("token", HERE)


def test_a_flood_writes_a_bounded_number_of_entries_and_none_is_lost(
    client: TestClient, database: Database, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixty addresses, each four times, and one a hundred times; the bounds made small."""
    monkeypatch.setattr(failed_sign_ins, "FIRST", 10)
    monkeypatch.setattr(failed_sign_ins, "COUNTED", 5)
    tried = 0
    for number in range(60):
        for _ in range(4):
            guess(client, "keyer", "guess", f"198.51.100.{number}")
            tried += 1
    for _ in range(100):
        guess(client, "leader", "guess", HERE)
        tried += 1
    actions = ("account.sign_in_failed", "account.sign_in_refused")
    assert sum(len(written(client, database, action)) for action in actions) == 10
    clock.at += timedelta(hours=1)
    guess(client, "manager", "guess", HERE)
    found = [entry for action in actions for entry in written(client, database, action)]
    assert len(found) <= 10 + 5 + 1 + 1
    assert sum(entry.detail["times"] for entry in found) == tried + 1


def test_what_was_counted_is_written_when_the_service_stops(
    settings: Settings, world: World, clock: TestClock, database: Database
) -> None:
    with TestClient(create_app(settings, clock=clock), follow_redirects=False) as client:
        for _ in range(3):
            client.post("/sign-in", data={"user": "keyer", "password": "guess"})
    with database.reading.begin() as session:
        failed = session.scalars(select(AuditEntry).where(AuditEntry.action == "account.sign_in_failed")).all()
        assert [entry.detail["times"] for entry in failed] == [1, 2]


# ------------------------------------------------------------------ looking and taking out


def test_reading_the_answers_of_one_household_is_written_before_they_are_shown(
    client: TestClient, database: Database, world: World, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, "keyer")
    assert key(client, world.case_numbers[0], COMPLETE)[0] == 200
    sign_in(client, "manager")
    page = f"/keying/satisfaction/2026Q3/record?number={world.case_numbers[0]}"
    assert client.get(page, headers=FROM_HERE).status_code == 200
    [entry] = written(client, database, "paper_form.read")
    assert (str(entry.by_account_id), entry.detail["address"]) == (account_id(database, "manager"), HERE)
    client.get(page, headers=FROM_HERE)  # the same look
    assert len(written(client, database, "paper_form.read")) == 1
    clock.at += read_audit.ONE_READ
    client.get(page, headers=FROM_HERE)
    assert len(written(client, database, "paper_form.read")) == 2
    # Where it cannot be written down it is not shown.
    clock.at += read_audit.ONE_READ
    writer = client.app.state.services.writer  # type: ignore[attr-defined]
    monkeypatch.setattr(type(writer), "submit", refused)
    shown = client.get(page, headers=FROM_HERE)
    assert shown.status_code == 503
    assert "审计日志" in shown.text


def refused(*_: object) -> Any:
    from survey_service.writer import Busy

    raise Busy


def test_a_file_that_is_taken_out_is_written(client: TestClient, database: Database, world: World) -> None:
    sign_in(client, "administrator")
    assert client.get("/areas/imports/tree/present.csv", headers=FROM_HERE).status_code == 200
    [entry] = written(client, database, "areas.exported")
    assert entry.detail["address"] == HERE
    sign_in(client, "manager")
    assert client.get("/keying/satisfaction/2026Q3/quality.xlsx", headers=FROM_HERE).status_code == 200
    assert len(written(client, database, "keying.exported")) == 1


# ------------------------------------------------------------------ survey-service audit-log


def search(database: Database, settings: Settings, **asked: str) -> list[dict[str, Any]]:
    with database.reading.begin() as session:
        return list(entries(session, AuditLogArguments(**asked), settings.zone))


def test_the_log_is_searched_by_person_record_action_time_and_address(
    client: TestClient, database: Database, settings: Settings, clock: TestClock
) -> None:
    guess(client, "keyer", "guess", HERE)
    guess(client, "leader", "guess", "198.51.100.1")
    clock.at += timedelta(days=1)
    sign_in(client, "manager")
    get(client, "/account")
    assert {one["address"] for one in search(database, settings, action="account.sign_in_failed")} == {
        HERE,
        "198.51.100.1",
    }
    assert len(search(database, settings, address=HERE)) == 1
    assert len(search(database, settings, address="203.0.113.0/24")) == 1
    [signed] = search(database, settings, person="manager", action="account.signed_in")
    assert signed["record"] == f"account {account_id(database, 'manager')}"
    assert (
        len(search(database, settings, record=f"account {account_id(database, 'keyer')}", action="account.sign")) == 1
    )
    assert len(search(database, settings, since="2026-09-19", person="manager")) == 1
    assert search(database, settings, until="2026-09-18", person="manager") == []
    everything = search(database, settings)
    assert [one["at"] for one in everything] == sorted(one["at"] for one in everything)
    with database.reading.begin() as session:
        assert len(everything) == session.scalar(select(func.count()).select_from(AuditEntry))


def test_the_command_writes_tables_json_and_csv_and_says_what_it_cannot_search_by(
    client: TestClient,
    database: Database,
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SURVEY_SECRET_KEY", settings.secret_key.get_secret_value())
    monkeypatch.setenv("SURVEY_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("SURVEY_DATABASE_URL", settings.resolved_database_url)
    sign_in(client, "manager")

    def run(form: str, **asked: str) -> tuple[int, str]:
        capsys.readouterr()  # the service's own lines
        status = run_audit_log(AuditLogArguments(**asked), data_dir=None, database=None, form=form)
        said = capsys.readouterr()
        return status, said.out or said.err

    [line] = json.loads(run("json", person="manager")[1])
    assert line["action"] == "account.signed_in"
    rows = list(csv.DictReader(io.StringIO(run("csv", person="manager")[1])))
    assert [row["action"] for row in rows] == ["account.signed_in"]
    assert "account.signed_in" in run("table", person="manager")[1]
    for asked in ({"person": "nobody.here"}, {"since": "yesterday"}, {"address": "here"}, {"survey": "none"}):
        status, said = run("table", **asked)
        assert status == 1
        assert next(iter(asked.values())) in said
