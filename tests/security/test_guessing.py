"""Somebody guesses, from one machine, from many, from the next desk: they get few tries, and every clerk gets in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from pwdlib.hashers.argon2 import Argon2Hasher
from pyotp import TOTP
from sqlalchemy import select

from survey_service.accounts import passwords, tries
from survey_service.accounts.throttle import FREE_FAILURES
from survey_service.app import create_app
from survey_service.database import Database
from survey_service.errors import TooManyAttempts
from survey_service.models import Account, AuditEntry, FailedAttempt, SignIn
from survey_service.settings import Settings
from tests.security.test_second_factor import by_code, by_password, enrol
from tests.service.conftest import TestClock
from tests.service.signed_in import HTML, get, sign_in
from tests.service.world import NOW, PASSWORD, World

PROXY = "10.0.0.1"


@pytest.fixture
def client(settings: Settings, world: World, clock: TestClock) -> Iterator[TestClient]:
    """Behind a proxy that says for whom it asks."""
    chosen = settings.model_copy(update={"trusted_proxies": PROXY})
    with TestClient(create_app(chosen, clock=clock), follow_redirects=False, client=(PROXY, 5000)) as opened:
        yield opened


def guess(client: TestClient, user: str, password: str, place: str) -> int:
    """As a browser that nobody knows."""
    client.cookies.clear()
    sent = {"user": user, "password": password}
    return client.post("/sign-in", data=sent, headers={**HTML, "X-Forwarded-For": place}).status_code


def make_accounts(database: Database, count: int) -> None:
    with database.writing.begin() as session:
        one = session.scalars(select(Account).where(Account.user == "keyer")).one()
        session.add_all(
            Account(user=f"clerk{number}", name="录入员", password_hash=one.password_hash, created_at=NOW)
            for number in range(count)
        )


@pytest.mark.both_databases
def test_a_name_guessed_at_from_everywhere_stays_open_to_its_owner(client: TestClient, world: World) -> None:
    for place in range(1, 9):
        for _ in range(FREE_FAILURES):
            assert guess(client, "keyer", "guess", f"203.0.113.{place}") == 401
        assert guess(client, "keyer", "guess", f"203.0.113.{place}") == 429
    assert guess(client, "keyer", PASSWORD, "198.51.100.7") == 303


def test_one_machine_cannot_try_a_common_password_on_every_name(client: TestClient, world: World) -> None:
    answers = [guess(client, f"name{number}", "123456789", "203.0.113.9") for number in range(60)]
    assert answers == [401] * tries.FREE_AT_A_PLACE + [429] * 20
    # Other places do not feel it, nor does this one for long.
    assert guess(client, "keyer", PASSWORD, "198.51.100.7") == 303


def test_it_gets_few_hundred_tries_an_hour(client: TestClient, world: World, clock: TestClock) -> None:
    judged = 0
    for second in (*range(100), *range(100, 1200, 10)):
        clock.at = NOW + timedelta(seconds=second)
        judged += guess(client, f"name{second}", "123456789", "203.0.113.9") == 401
    assert judged <= 2 * (tries.FREE_AT_A_PLACE + 600 / 10)  # twenty minutes


def test_an_office_behind_one_address_is_not_slowed(client: TestClient, world: World, database: Database) -> None:
    """Sixty clerks at eight o'clock, every second of whom mistypes once."""
    make_accounts(database, 60)
    for number in range(60):
        if number % 2:
            assert guess(client, f"clerk{number}", PASSWORD + "x", "203.0.113.9") == 401
        assert guess(client, f"clerk{number}", PASSWORD, "203.0.113.9") == 303, number


def test_whoever_guesses_at_the_next_desk_keeps_no_known_browser_out(client: TestClient, world: World) -> None:
    assert guess(client, "keyer", PASSWORD, "203.0.113.9") == 303
    known = str(client.cookies.get("known"))
    for number in range(tries.FREE_AT_A_PLACE + 5):
        guess(client, f"name{number}", "123456789", "203.0.113.9")
    for _ in range(FREE_FAILURES + 2):
        guess(client, "keyer", "guess", "203.0.113.9")
    assert guess(client, "keyer", PASSWORD, "203.0.113.9") == 429
    client.cookies.set("known", known, domain="testserver.local", path="/")
    sent = {"user": "keyer", "password": PASSWORD}
    answer = client.post("/sign-in", data=sent, headers={**HTML, "X-Forwarded-For": "203.0.113.9"})
    assert answer.status_code == 303


def test_a_shared_machine_knows_all_who_work_at_it(client: TestClient, world: World) -> None:
    for user in ("keyer", "manager", "statistician"):
        client.cookies.delete("session") if "session" in client.cookies else None
        sent = {"user": user, "password": PASSWORD}
        assert client.post("/sign-in", data=sent, headers=HTML).status_code == 303
    known = str(client.cookies.get("known"))
    assert known.count(".") == 2
    for user in ("keyer", "manager", "statistician"):
        for _ in range(FREE_FAILURES + 1):
            guess(client, user, "guess", PROXY)
        client.cookies.set("known", known, domain="testserver.local", path="/")
        assert client.post("/sign-in", data={"user": user, "password": PASSWORD}, headers=HTML).status_code == 303


def test_a_known_browser_is_known_for_its_own_people_only(client: TestClient, world: World) -> None:
    """Somebody with an account of their own gets no further tries at another's."""
    assert guess(client, "keyer", PASSWORD, "203.0.113.9") == 303
    known = str(client.cookies.get("known"))
    answers = []
    for _ in range(FREE_FAILURES + 1):
        client.cookies.clear()
        client.cookies.set("known", known, domain="testserver.local", path="/")
        sent = {"user": "manager", "password": "guess"}
        answers.append(client.post("/sign-in", data=sent, headers=HTML).status_code)
    assert answers == [401] * FREE_FAILURES + [429]


def test_who_has_to_wait_costs_no_hash_and_no_write(
    client: TestClient, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a stranger who is slowed already could still fill the line in which clerks stand."""
    for _ in range(FREE_FAILURES):
        guess(client, "keyer", "guess", "203.0.113.9")

    def nobody_gets_here(*_: object, **__: object) -> None:
        raise AssertionError("a try that has to wait reached the line")

    monkeypatch.setattr(passwords, "_turn", nobody_gets_here)
    with database.reading.begin() as session:
        before = session.execute(select(FailedAttempt.key_sha256, FailedAttempt.count)).all()
    assert guess(client, "keyer", "guess", "203.0.113.9") == 429
    with database.reading.begin() as session:
        assert session.execute(select(FailedAttempt.key_sha256, FailedAttempt.count)).all() == before


@contextmanager
def a_full_line(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Strangers from a thousand machines fill the line, and it does not move."""
    release, begun = threading.Event(), threading.Event()

    def slow(password: str, _: str) -> bool:
        if password == "guess":
            begun.set()
            release.wait(120)
        return True

    monkeypatch.setattr(passwords.hasher, "verify", slow)
    stranger = threading.Thread(target=passwords.verify_password, args=("guess", "$hash"))
    stranger.start()
    assert begun.wait(120)
    more = passwords.AT_ONCE + passwords.WAITING - 1
    for _ in range(more):
        assert passwords._in_line.acquire(blocking=False)
    try:
        yield
    finally:
        release.set()
        stranger.join(120)
        for _ in range(more):
            passwords._in_line.release()


def test_a_flood_from_everywhere_keeps_no_known_browser_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_full_line(monkeypatch):
        with pytest.raises(TooManyAttempts):
            passwords.verify_password("mine", "$hash")
        # Strangers never hold both places at the work: this one is done while theirs is not.
        assert passwords.verify_password("mine", "$hash", known=True)


def test_strangers_work_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_full_line(monkeypatch):
        assert not passwords._strangers_working.acquire(blocking=False)
        assert passwords._working.acquire(blocking=False)
        passwords._working.release()


def test_who_has_the_password_only_cannot_keep_the_owner_from_the_code(
    client: TestClient, world: World, clock: TestClock
) -> None:
    secret, _ = enrol(client, clock)
    assert by_code(client, by_password(client), TOTP(secret).at(clock.at)) == 303
    known = str(client.cookies.get("known"))
    clock.at += timedelta(seconds=30)
    page = by_password(client)
    answers = [by_code(client, page, "123456") for _ in range(FREE_FAILURES + 1)]
    assert answers[-1] == 429
    page = by_password(client)
    assert by_code(client, page, TOTP(secret).at(clock.at)) == 429  # a browser that nobody knows waits
    page = by_password(client)
    client.cookies.set("known", known, domain="testserver.local", path="/")
    assert by_code(client, page, TOTP(secret).at(clock.at)) == 303


def test_a_hash_of_older_parameters_is_made_anew_at_the_next_sign_in(
    client: TestClient, world: World, database: Database
) -> None:
    older = Argon2Hasher(time_cost=2, memory_cost=32, parallelism=1).hash(PASSWORD)
    with database.writing.begin() as session:
        session.scalars(select(Account).where(Account.user == "keyer")).one().password_hash = older
    sign_in(client, "keyer")
    elsewhere = str(client.cookies.get("session"))
    with database.writing.begin() as session:
        session.scalars(select(Account).where(Account.user == "keyer")).one().password_hash = older
    client.cookies.clear()
    assert client.post("/sign-in", data={"user": "keyer", "password": "wrong one"}, headers=HTML).status_code == 401
    with database.reading.begin() as session:
        assert session.scalars(select(Account.password_hash).where(Account.user == "keyer")).one() == older
    sign_in(client, "keyer")
    with database.reading.begin() as session:
        fresh = session.scalars(select(Account.password_hash).where(Account.user == "keyer")).one()
        assert not passwords.is_outdated(fresh)
        assert fresh != older
        assert session.scalars(select(SignIn).where(SignIn.ended_at.is_(None))).all()
        assert session.scalars(select(AuditEntry.action)).all().count("account.password_rehashed") == 2
    client.cookies.clear()
    client.cookies.set("session", elsewhere, domain="testserver.local", path="/")
    get(client, "/account")  # the same password: nobody is thrown out
    sign_in(client, "keyer")
    with database.reading.begin() as session:
        assert session.scalars(select(Account.password_hash).where(Account.user == "keyer")).one() == fresh
