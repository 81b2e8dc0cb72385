"""The service over HTTP on a small city, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World


@pytest.fixture(autouse=True, scope="session")
def light_passwords() -> Iterator[None]:
    """Argon2 with little memory: the small city has six accounts, and every test builds it.

    tests/security holds that the service itself hashes at full cost.
    """
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    from survey_service.accounts import passwords

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hasher", PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),)))
        passwords.nobody.cache_clear()
        yield
    passwords.nobody.cache_clear()


@pytest.fixture(autouse=True)
def _rows_are_watched() -> Iterator[None]:
    """Nothing changes rows that figures come from without moving their key: held in every test of the service."""
    from tests.service.rows_watched import watched

    with watched() as silent:
        yield
    assert not silent, silent


class TestClock:
    """A clock that stands where a test puts it."""

    __test__ = False

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def world(database: Database, settings: Settings) -> World:
    from tests.service.world import build_or_copy

    return build_or_copy(database, settings)


@pytest.fixture
def clock() -> TestClock:
    from tests.service.world import NOW

    return TestClock(NOW)


@pytest.fixture
def client(settings: Settings, world: World, clock: TestClock) -> Iterator[TestClient]:
    """The service on the small city; a redirect is looked at, not followed."""
    from fastapi.testclient import TestClient

    from survey_service.app import create_app

    with TestClient(create_app(settings, clock=clock), follow_redirects=False) as opened:
        yield opened
