"""Passwords by NIST SP 800-63B-4: length, a list of common ones, and nobody is left with a weak one."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from survey_service.accounts import passwords
from survey_service.accounts.weak_passwords import LENGTH_ALONE, LENGTH_WITH_SECOND_FACTOR, is_guessable
from survey_service.database import Database
from survey_service.models import Account, AuditEntry
from survey_service.settings import Settings
from tests.security.test_second_factor import enrol
from tests.service.conftest import TestClock
from tests.service.signed_in import HTML, get, post, sign_in
from tests.service.world import PASSWORD, World

NAMES = ("wang.li", "王丽", "示范市", "diaocha.example.gov.cn")
GUESSED = (
    "12345678",
    "password",
    "aaaaaaaa",
    "Password123!",
    "passwordpassword",
    "admin@123456789",
    "qwertyuiop12345",
    "1qaz2wsx3edc4rfv",
    "1q2w3e4r5t6y7u8i",
    "123123123123123",
    "abcabcabcabcabc",
    "woaini5201314",
    "zhang19900101",
    "13800138000",
    "11010119900307777x",
    "wang.li2026wang.li",
    "王丽2026王丽20260930",
    "示范市满意度调查2026",
    "diaocha20260930",
    "９９９９９９９９",
    "PASSWORD　password",
    "000000000000000000000000",
)
TAKEN = (
    PASSWORD,
    "purple tractor under seven lamps",
    "我爱北京天安门广场前面的旗帜啊",
    "kf8-2mx-qq1-vw0-8cd",
    "九曲黄河万里沙浪淘风簸自天涯呀",
    "x" * 10 + "Qm4$tR9!zLw2",
)


@pytest.mark.parametrize("password", GUESSED)
def test_what_is_tried_first_is_refused(password: str) -> None:
    assert is_guessable(password, NAMES)


@pytest.mark.parametrize("password", TAKEN)
def test_what_is_not_is_taken_whatever_kinds_of_characters_it_has(password: str) -> None:
    assert not is_guessable(password, NAMES)


def change(client: TestClient, new: str, old: str = PASSWORD) -> int:
    return post(client, "/account/password", {"old": old, "new": new}).status_code


def test_fifteen_characters_alone_and_eight_with_a_second_factor(
    client: TestClient, clock: TestClock, database: Database
) -> None:
    fits = "kuf2 mxq9 vbt7e3z"
    sign_in(client, "keyer")
    assert change(client, fits[: LENGTH_ALONE - 1]) == 422
    assert "至少 15 个字符" in get(client, "/account")
    enrol(client, clock, "keyer")
    assert "至少 8 个字符" in get(client, "/account")
    assert change(client, fits[: LENGTH_WITH_SECOND_FACTOR - 1]) == 422
    assert change(client, fits[:LENGTH_WITH_SECOND_FACTOR]) == 303


def test_long_ones_are_taken_and_the_word_of_the_refusal_says_what_to_do(client: TestClient) -> None:
    sign_in(client, "keyer")
    refused = post(client, "/account/password", {"old": PASSWORD, "new": "passwordpassword"})
    assert refused.status_code == 422
    assert "太容易被猜中" in refused.text
    assert change(client, "万里长江横渡" * 10 + "极目楚天舒") == 303


@pytest.fixture
def weak(database: Database, world: World) -> str:
    """A keyer from before: eight digits in a row."""
    with database.writing.begin() as session:
        hashed = passwords.hash_password("12345678")
        session.execute(update(Account).where(Account.user == "keyer").values(password_hash=hashed))
    return "12345678"


def test_who_has_a_weak_one_changes_it_at_the_next_sign_in(client: TestClient, weak: str, database: Database) -> None:
    sign_in(client, "keyer", weak)
    assert client.get("/keying", headers=HTML).headers["location"] == "/account"
    assert client.get("/keying").json()["error"]["code"] == "E107"
    assert "太容易被猜中" in get(client, "/account")
    assert change(client, "87654321", weak) == 422
    assert change(client, "purple tractor under lamps", weak) == 303
    sign_in(client, "keyer", "purple tractor under lamps")
    assert client.get("/keying", headers=HTML).headers["location"] != "/account"
    with database.reading.begin() as session:
        found = select(AuditEntry).where(AuditEntry.action == "account.password_found_weak")
        assert len(session.scalars(found).all()) == 1


def test_the_first_administrators_password_is_judged_too(
    settings: Settings, database: Database, clock: TestClock
) -> None:
    from survey_service.app import create_app

    with TestClient(create_app(settings, clock=clock), follow_redirects=False) as client:
        secret = client.app.state.services.keys.first_administrator()  # type: ignore[attr-defined]
        typed = {
            "secret": secret,
            "user": "wang.li",
            "name": "王丽",
            "password": "admin20260930!!",
            "city_name": "江城市",
            "city_code": "420100000000",
        }
        assert client.post("/first-administrator", data=typed).status_code == 422
        assert client.post("/first-administrator", data={**typed, "password": PASSWORD}).status_code == 303
