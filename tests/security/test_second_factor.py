"""The second factor: asked after the password, never taken twice, forced where the city says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from pyotp import TOTP
from sqlalchemy import select

from survey_service.accounts import second_factor
from survey_service.accounts.throttle import FREE_FAILURES
from survey_service.app import create_app
from survey_service.audit.chain import SYSTEM, verify
from survey_service.database import Database
from survey_service.models import Account, RecoveryCode
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.service.conftest import TestClock
from tests.service.signed_in import HTML, csrf, get, post, sign_in
from tests.service.world import NOW, PASSWORD, World

HOME = "/account/second-factor"


def enrol(client: TestClient, clock: TestClock, role: str = "statistician") -> tuple[str, list[str]]:
    """Signs in and sets the second factor up; the secret and the recovery codes."""
    sign_in(client, role)
    assert post(client, HOME).headers["location"] == HOME
    page = get(client, HOME)
    found = re.search(r'class="hash secret">([A-Z2-7 ]+)<', page)
    assert found
    assert "data:image/svg+xml;base64," in page
    secret = found.group(1).replace(" ", "")
    done = post(client, f"{HOME}/confirm", {"code": TOTP(secret).at(clock.at)})
    assert done.status_code == 200
    clock.at += timedelta(seconds=60)  # the code that confirmed is used up
    return secret, re.findall(r"<li>((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})</li>", done.text)


def by_password(client: TestClient, role: str = "statistician") -> str:
    """The page that asks for the code; everything else stays shut."""
    client.cookies.clear()
    answer = client.post("/sign-in", data={"user": role, "password": PASSWORD, "next": "/areas"}, headers=HTML)
    assert answer.headers["location"] == "/sign-in/code?next=%2Fareas"
    assert client.get("/surveys").status_code == 401
    assert client.get("/account").status_code == 401
    return get(client, answer.headers["location"])


def by_code(client: TestClient, page: str, code: str) -> int:
    sent = {"code": code, "csrf": csrf(page), "next": "/areas"}
    return client.post("/sign-in/code", data=sent, headers=HTML).status_code


def test_a_code_is_asked_after_the_password_and_opens_once(
    client: TestClient, world: World, clock: TestClock, database: Database
) -> None:
    secret, codes = enrol(client, clock)
    assert len(codes) == second_factor.RECOVERY_CODES
    page = by_password(client)
    before = client.cookies.get("session")
    assert by_code(client, page, "000000") == 401
    now = TOTP(secret).at(clock.at)
    # As a Chinese keyboard may type it: full width, with a blank.
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in now)
    assert by_code(client, page, f"{wide[:3]} {wide[3:]}") == 303
    assert client.cookies.get("session") != before  # a new token: the one of the half sign-in opens nothing
    assert "统计员" in get(client, "/account")
    page = by_password(client)
    assert by_code(client, page, now) == 401  # replayed
    clock.at += timedelta(seconds=30)
    assert by_code(client, page, TOTP(secret).at(clock.at)) == 303
    with database.reading.begin() as session:
        verify(session, SYSTEM)


def test_an_older_code_is_not_taken_after_a_newer_one(client: TestClient, world: World, clock: TestClock) -> None:
    secret, _ = enrol(client, clock)
    older, newer = (TOTP(secret).at(clock.at + timedelta(seconds=seconds)) for seconds in (-30, 0))
    assert by_code(client, by_password(client), newer) == 303
    assert by_code(client, by_password(client), older) == 401


def test_a_recovery_code_works_once_and_only_hashes_are_kept(
    client: TestClient, world: World, clock: TestClock, database: Database
) -> None:
    secret, codes = enrol(client, clock)
    page = by_password(client)
    assert by_code(client, page, codes[0].lower().replace("-", " ")) == 303
    assert "还剩 9 个" in get(client, HOME)
    assert by_code(client, by_password(client), codes[0]) == 401
    with database.reading.begin() as session:
        kept = session.scalars(select(RecoveryCode.code_sha256)).all()
        account = session.scalars(select(Account).where(Account.user == "statistician")).one()
        assert not set(kept) & set(codes)
        assert secret not in str(account.second_factor)  # sealed


def test_a_sealed_secret_is_bound_to_its_account_and_key(database: Database, world: World, settings: Settings) -> None:
    keys = KeyRing(settings.secret_key.get_secret_value())
    with database.writing.begin() as session:
        one, two = session.scalars(select(Account).order_by(Account.user).limit(2)).all()
        second_factor.begin(session, one.id, keys=keys)
        two.second_factor = one.second_factor
        assert second_factor.secret_of(one, keys)
        assert second_factor.secret_of(two, keys) is None
        assert second_factor.secret_of(one, KeyRing("another key of an installation, long enough")) is None


def test_guessing_codes_is_slowed_and_ends(client: TestClient, world: World, clock: TestClock) -> None:
    secret, _ = enrol(client, clock)
    page = by_password(client)
    codes = [by_code(client, page, "123456") for _ in range(FREE_FAILURES + 2)]
    assert codes == [401] * FREE_FAILURES + [429, 429]
    clock.at += timedelta(seconds=61)
    assert by_code(client, page, TOTP(secret).at(clock.at)) == 303


def test_a_half_sign_in_ends_after_ten_minutes_and_needs_its_token(
    client: TestClient, world: World, clock: TestClock
) -> None:
    secret, _ = enrol(client, clock)
    page = by_password(client)
    sent = {"code": TOTP(secret).at(clock.at), "csrf": "wrong"}
    assert client.post("/sign-in/code", data=sent).status_code == 403
    clock.at += timedelta(minutes=10)
    answer = client.post("/sign-in/code", data={"code": TOTP(secret).at(clock.at), "csrf": csrf(page)})
    assert answer.headers["location"] == "/sign-in"
    client.cookies.clear()
    assert client.get("/sign-in/code").headers["location"] == "/sign-in"


def test_switching_off_needs_a_code_and_an_administrator_can_reset(
    client: TestClient, world: World, clock: TestClock, database: Database
) -> None:
    secret, _ = enrol(client, clock)
    assert post(client, f"{HOME}/off", {"code": "000000"}).status_code == 401
    assert post(client, f"{HOME}/off", {"code": TOTP(secret).at(clock.at)}).headers["location"] == "/sign-in"
    sign_in(client, "statistician")  # by password alone
    enrol(client, clock)
    with database.reading.begin() as session:
        theirs = session.scalars(select(Account.id).where(Account.user == "statistician")).one()
    sign_in(client, "administrator")
    assert post(client, f"/accounts/{theirs}/steps/second-factor").status_code == 303
    sign_in(client, "statistician")


def test_new_recovery_codes_replace_the_old(client: TestClient, world: World, clock: TestClock) -> None:
    secret, codes = enrol(client, clock)
    answer = post(client, f"{HOME}/codes", {"code": TOTP(secret).at(clock.at)})
    fresh = re.findall(r"<li>((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})</li>", answer.text)
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    assert by_code(client, by_password(client), codes[0]) == 401
    assert by_code(client, by_password(client), fresh[0]) == 303


@pytest.fixture
def strict(settings: Settings, world: World, clock: TestClock) -> Iterator[TestClient]:
    chosen = settings.model_copy(update={"second_factor_required": "administrator,statistician"})
    with TestClient(create_app(chosen, clock=clock), follow_redirects=False) as client:
        yield client


def test_the_city_can_force_it(strict: TestClient, clock: TestClock) -> None:
    sign_in(strict, "administrator")
    assert strict.get("/accounts", headers=HTML).headers["location"] == HOME
    assert strict.get("/accounts").json()["error"]["code"] == "E101"
    secret, _ = enrol(strict, clock, "administrator")
    get(strict, "/accounts")
    assert post(strict, f"{HOME}/off", {"code": TOTP(secret).at(clock.at)}).status_code == 403
    sign_in(strict, "keyer")
    assert strict.get("/keying").status_code == 303  # only administrators and statisticians must


def test_the_step_is_the_present_one_or_a_neighbour() -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    step = int(NOW.timestamp()) // 30
    for shift, fits in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        found = second_factor.fitting_step(secret, TOTP(secret).generate_otp(step + shift), NOW)
        assert (found == step + shift) is fits, shift
