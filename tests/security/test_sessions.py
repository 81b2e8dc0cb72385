"""Signing in and staying signed in: guessing, fixation, cookies, limits, redirects."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select
from starlette.requests import Request

from survey_service.accounts import passwords, service, throttle
from survey_service.accounts.throttle import FORGOTTEN_AFTER, FREE_FAILURES, LONGEST_WAIT
from survey_service.app import create_app
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.dependencies import is_forwarded
from survey_service.errors import TooManyAttempts
from survey_service.models import Account, FailedAttempt, Role, SignIn
from survey_service.secrets import code_hash
from survey_service.settings import Settings
from tests.service.conftest import TestClock
from tests.service.signed_in import HTML, get, post, sign_in
from tests.service.world import NOW, PASSWORD, World


def try_to(client: TestClient, user: str, password: str) -> int:
    return client.post("/sign-in", data={"user": user, "password": password}, headers=HTML).status_code


def test_the_service_hashes_at_full_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """64 MB and three passes: the light hashes of the tests must not have become the service's."""
    import importlib

    fresh = importlib.reload(importlib.import_module("survey_service.accounts.passwords"))
    try:
        assert fresh.hasher.hash("a password").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    finally:
        light = Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1)
        fresh.hasher = type(fresh.hasher)((light,))
        fresh.nobody.cache_clear()


def test_unknown_names_and_wrong_passwords_are_answered_alike(client: TestClient, world: World) -> None:
    wrong = client.post("/sign-in", data={"user": "manager", "password": "not this one"}, headers=HTML)
    unknown = client.post("/sign-in", data={"user": "nobody", "password": "not this one"}, headers=HTML)
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("manager", "") == unknown.text.replace("nobody", "")


def test_an_unknown_name_costs_as_much_as_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: both verify one hash of the same parameters."""
    verified: list[str] = []
    real = passwords.hasher.verify

    def verify(password: str, given: str) -> bool:
        verified.append(given.rpartition("$")[0].rpartition("$")[0])
        return bool(real(password, given))

    monkeypatch.setattr(passwords.hasher, "verify", verify)
    passwords.nobody.cache_clear()
    assert not passwords.verify_password("x", passwords.hasher.hash("another"))
    assert not passwords.verify_password("x", None)
    assert len(verified) == 2
    assert verified[0] == verified[1]


def test_guessing_is_slowed_and_nobody_is_locked_out(client: TestClient, world: World, clock: TestClock) -> None:
    for _ in range(FREE_FAILURES):
        assert try_to(client, "manager", "guess") == 401
    assert try_to(client, "manager", "guess") == 429
    # Even the right password waits, or the answer would tell it from a wrong one; but the wait ends.
    assert try_to(client, "manager", PASSWORD) == 429
    clock.at += LONGEST_WAIT
    assert try_to(client, "manager", PASSWORD) == 303


def test_an_attacker_gets_few_tries_an_hour(database: Database) -> None:
    now, tries = NOW, 0
    while now < NOW + timedelta(hours=1):
        try:
            throttle.take_turn(database.writing, "manager from one place", now)
            tries += 1
            now += timedelta(seconds=1)
        except TooManyAttempts as refused:
            now += timedelta(seconds=refused.seconds)
    assert tries <= 70


@pytest.mark.both_databases
def test_tries_of_several_processes_are_counted_together(database: Database, database_url: str) -> None:
    """Two services on one database: neither gives its own free tries."""
    from survey_service.database import open_database

    other = open_database(database_url)
    try:
        for number in range(FREE_FAILURES):
            throttle.take_turn((database, other)[number % 2].writing, "manager", NOW)
        for opened in (database, other):
            with pytest.raises(TooManyAttempts):
                throttle.take_turn(opened.writing, "manager", NOW)
    finally:
        other.dispose()


@pytest.mark.both_databases
def test_a_hundred_tries_at_once_are_a_hundred(database: Database) -> None:
    """A try is counted before it is judged: parallel posts get no more than the free ones."""
    from concurrent.futures import ThreadPoolExecutor

    def one(_: int) -> bool:
        try:
            throttle.take_turn(database.writing, "manager", NOW)
        except TooManyAttempts:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(40))) == FREE_FAILURES


def test_a_browser_that_signed_in_before_is_not_slowed_by_strangers(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    known = client.cookies.get("known")
    assert known
    client.cookies.clear()
    for _ in range(FREE_FAILURES + 3):
        try_to(client, "manager", "guess")
    assert try_to(client, "manager", PASSWORD) == 429
    client.cookies.set("known", known, domain="testserver.local", path="/")
    assert try_to(client, "manager", PASSWORD) == 303


def test_the_throttle_forgets_and_names_nobody(client: TestClient, world: World, database: Database) -> None:
    try_to(client, "manager", "guess")
    with database.writing.begin() as session:
        rows = session.scalars(select(FailedAttempt.key_sha256)).all()
        assert len(rows) == 2  # the name at this place, and the place
        assert "manager" not in "".join(rows)
    throttle.take_turn(database.writing, "somebody later", NOW + FORGOTTEN_AFTER + timedelta(seconds=1))
    with database.reading.begin() as session:
        assert session.scalars(select(FailedAttempt.key_sha256)).all() == ["somebody later"]


def test_sign_in_gives_a_new_token_and_ends_the_one_it_came_with(
    client: TestClient, world: World, database: Database
) -> None:
    client.cookies.set("session", "chosen by an attacker", domain="testserver.local", path="/")
    assert try_to(client, "manager", PASSWORD) == 303
    first = client.cookies.get("session", domain="testserver.local")
    assert first
    assert first != "chosen by an attacker"
    assert try_to(client, "manager", PASSWORD) == 303
    second = client.cookies.get("session", domain="testserver.local")
    assert second != first
    client.cookies.clear()
    client.cookies.set("session", first, domain="testserver.local", path="/")
    assert client.get("/account").status_code == 401
    with database.reading.begin() as session:
        held = session.scalars(select(SignIn.token_sha256)).all()
        assert code_hash(str(second)) in held
        assert second not in held  # only the hash is stored


def test_sign_out_and_a_new_password_end_sessions(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    token = client.cookies.get("session")
    client.cookies.clear()
    assert try_to(client, "manager", PASSWORD) == 303  # on another machine
    assert post(client, "/sign-out").headers["location"] == "/sign-in"
    client.cookies.clear()
    client.cookies.set("session", str(token), domain="testserver.local", path="/")
    assert client.get("/account").status_code == 401  # ended here, too
    sign_in(client, "manager")
    elsewhere = str(client.cookies.get("session", domain="testserver.local"))
    assert post(client, "/account/password", {"old": "wrong one", "new": "a new password of mine"}).status_code == 401
    assert post(client, "/account/password", {"old": PASSWORD, "new": "short"}).status_code == 422
    assert post(client, "/account/password", {"old": PASSWORD, "new": "a new password of mine"}).status_code == 303
    client.cookies.clear()
    client.cookies.set("session", elsewhere, domain="testserver.local", path="/")
    assert client.get("/account").status_code == 401
    sign_in(client, "manager", "a new password of mine")


def test_sessions_end_when_idle_and_in_any_case(client: TestClient, world: World, clock: TestClock) -> None:
    sign_in(client, "manager")
    clock.at = NOW + timedelta(minutes=59)
    get(client, "/account")
    _wait_for_the_writer(client)
    clock.at = NOW + timedelta(minutes=118)
    get(client, "/account")  # seen a minute before the first hour ended, so it lives on
    _wait_for_the_writer(client)
    clock.at = NOW + timedelta(minutes=179)
    assert client.get("/account").status_code == 401
    clock.at = NOW
    sign_in(client, "manager")
    for hours in range(1, 24):
        clock.at = NOW + timedelta(minutes=50 * hours)
        if client.get("/account").status_code == 401:
            break
        _wait_for_the_writer(client)
    assert clock.at - NOW == timedelta(minutes=750)  # the first visit after twelve hours


def _wait_for_the_writer(client: TestClient) -> None:
    client.app.state.services.writer.submit(lambda session: None).result(timeout=120)  # type: ignore[attr-defined]


def test_a_closed_account_is_out_at_once(client: TestClient, world: World, database: Database) -> None:
    sign_in(client, "manager")
    with database.writing.begin() as session:
        account = session.scalars(select(Account).where(Account.user == "manager")).one()
        account.disabled_at = NOW
    assert client.get("/account").status_code == 401
    assert try_to(client, "manager", PASSWORD) == 401


def test_demonstration_accounts_work_on_loopback_only(
    settings: Settings, world: World, database: Database, clock: TestClock
) -> None:
    with database.writing.begin() as session:
        shown = service.create_account(
            session, user="shown", name="示范", password="known to all", at=NOW, by=SERVICE, demonstration=True
        )
        service.grant(session, shown, Role.MANAGER, world.city_id, at=NOW, by=SERVICE)
    for demonstration, status in ((False, 401), (True, 303)):
        chosen = settings.model_copy(update={"demonstration": demonstration})
        with TestClient(create_app(chosen, clock=clock), follow_redirects=False) as client:
            assert try_to(client, "shown", "known to all") == status
            assert ("shown" in client.get("/sign-in", headers=HTML).text) is demonstration


def test_passwords_stand_on_the_page_of_a_demonstration_only(
    settings: Settings, world: World, database: Database, clock: TestClock
) -> None:
    """``demo.json`` in the data folder is read only where the passwords work: on loopback."""
    shown_accounts(settings, world, database)
    for demonstration in (True, False):
        chosen = settings.model_copy(update={"demonstration": demonstration})
        with TestClient(create_app(chosen, clock=clock), follow_redirects=False) as client:
            assert ("known to all" in client.get("/sign-in", headers=HTML).text) is demonstration


PASSED_ON: list[dict[str, str]] = [
    {"x-forwarded-for": "203.0.113.5"},
    {"x-forwarded-for": ""},
    {"forwarded": "for=203.0.113.5"},
    {"via": "1.1 city-gateway"},
    {"x-real-ip": "203.0.113.5"},
    {"x-forwarded-proto": "https"},
    {"x-forwarded-host": "diaocha.example"},
    {"cf-connecting-ip": "203.0.113.5"},
    {"origin": "https://diaocha.example"},
    {"referer": "https://diaocha.example/sign-in"},
]


def test_sign_ins_printed_in_public_neither_show_nor_work_where_a_request_was_passed_on(
    settings: Settings, world: World, database: Database, clock: TestClock
) -> None:
    """The service listens on loopback and takes itself for a demonstration; a proxy in front makes it everybody's."""
    shown_accounts(settings, world, database)
    chosen = settings.model_copy(update={"demonstration": True})
    typed = {"user": "shown", "password": "known to all"}
    with TestClient(create_app(chosen, clock=clock), follow_redirects=False) as client:
        for headers in PASSED_ON:
            page = client.get("/sign-in", headers=HTML | headers).text
            assert "known to all" not in page
            assert "shown" not in page
        for headers in PASSED_ON[::5]:  # each try is a whole hash
            assert client.post("/sign-in", data=typed, headers=HTML | headers).status_code in (401, 403)
        assert not client.cookies
        assert client.post("/sign-in", data=typed, headers=HTML).status_code == 303
        assert client.get("/surveys", headers=HTML).status_code == 200
        for headers in PASSED_ON:  # a session that was begun here is worth nothing there either
            assert client.get("/surveys", headers=HTML | headers).status_code in (303, 401, 403)


def test_a_request_by_nginx_as_it_comes_or_from_elsewhere_was_passed_on() -> None:
    """nginx speaks HTTP/1.0 to what is behind it, rewrites Host and adds no header, unless it is told otherwise."""
    local = {
        "type": "http",
        "http_version": "1.1",
        "client": ("127.0.0.1", 5000),
        "headers": [(b"host", b"127.0.0.1:8000")],
    }
    assert not is_forwarded(Request(local))
    assert not is_forwarded(Request(local | {"client": None}))
    assert not is_forwarded(
        Request(local | {"headers": [(b"host", b"localhost:8000"), (b"origin", b"http://[::1]:8000")]})
    )
    assert not is_forwarded(Request(local | {"headers": [(b"host", b"localhost"), (b"origin", b"null")]}))
    assert is_forwarded(Request(local | {"http_version": "1.0"}))
    assert is_forwarded(Request(local | {"client": ("203.0.113.5", 5000)}))


def shown_accounts(settings: Settings, world: World, database: Database) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    described = {"sign_in": {"manager": {"user": "shown", "password": "known to all"}}}
    (settings.data_dir / "demo.json").write_text(json.dumps(described))
    with database.writing.begin() as session:
        shown = service.create_account(
            session, user="shown", name="示范", password="known to all", at=NOW, by=SERVICE, demonstration=True
        )
        service.grant(session, shown, Role.MANAGER, world.city_id, at=NOW, by=SERVICE)


def test_cookies_over_https(settings: Settings, world: World, clock: TestClock) -> None:
    chosen = Settings(**{**settings.model_dump(), "public_url": "https://diaocha.example"})
    with TestClient(
        create_app(chosen, clock=clock), base_url="https://diaocha.example", follow_redirects=False
    ) as client:
        answer = client.post("/sign-in", data={"user": "manager", "password": PASSWORD}, headers=HTML)
        session = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("__Host-session="))
        for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
            assert part in session
        assert "Domain" not in session
        assert answer.headers["strict-transport-security"].startswith("max-age=")


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "evil.example",
        "http:evil.example",
        "///evil.example",
    ],
)
def test_a_sign_in_leads_to_no_other_host(client: TestClient, world: World, wanted: str) -> None:
    answer = client.post("/sign-in", data={"user": "manager", "password": PASSWORD, "next": wanted}, headers=HTML)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"


def test_a_sign_in_leads_where_the_person_wanted_to_go(client: TestClient, world: World) -> None:
    answer = client.get("/surveys/satisfaction/waves/2026Q3?lang=en", headers=HTML)
    assert answer.headers["location"] == "/sign-in?next=%2Fsurveys%2Fsatisfaction%2Fwaves%2F2026Q3%3Flang%3Den"
    wanted = "/surveys/satisfaction/waves/2026Q3?lang=en"
    answer = client.post("/sign-in", data={"user": "manager", "password": PASSWORD, "next": wanted}, headers=HTML)
    assert answer.headers["location"] == wanted


def test_another_site_cannot_sign_a_person_in(client: TestClient, world: World) -> None:
    answer = client.post(
        "/sign-in", data={"user": "manager", "password": PASSWORD}, headers={**HTML, "Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


def test_a_flood_of_sign_ins_is_refused_before_it_takes_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    release = threading.Event()
    monkeypatch.setattr(passwords.hasher, "verify", lambda *_: release.wait(120))
    stored = "$argon2id$any"
    waiting = [threading.Thread(target=passwords.verify_password, args=("x", stored)) for _ in range(14)]
    for thread in waiting:
        thread.start()
    deadline = time.monotonic() + 120
    refused = False
    while not refused and time.monotonic() < deadline:
        if not passwords._in_line.acquire(blocking=False):
            with pytest.raises(TooManyAttempts):
                passwords.verify_password("x", stored)
            refused = True
        else:
            passwords._in_line.release()
    release.set()
    for thread in waiting:
        thread.join(120)
    assert refused
