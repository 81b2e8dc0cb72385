"""A served city with an open wave, and phones to answer on: fixtures that the resident's browser tests take by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from survey_service.secrets import KeyRing
from tests.browser.devices import backend, devices
from tests.browser.resident_world import OpenWave, open_wave
from tests.service.conftest import TestClock
from tests.service.world import NOW, World, build

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from survey_service.database import Database
    from survey_service.settings import Settings

PHONE = {"width": 360, "height": 740}
__all__ = ["backend", "base", "phone", "wave", "world"]


@pytest.fixture
def world(database: Database, settings: Settings) -> World:
    return build(database, KeyRing(settings.secret_key.get_secret_value()))


@pytest.fixture
def wave(database: Database, settings: Settings, world: World) -> OpenWave:
    return open_wave(database, KeyRing(settings.secret_key.get_secret_value()), world, "civilized_city")


@pytest.fixture
def base(settings: Settings, world: World, serve: Callable[..., str]) -> str:
    return serve(settings, clock=TestClock(NOW))


@pytest.fixture
def phone(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a phone; whatever its page complains of fails the test."""
    with devices(browser, viewport=PHONE, has_touch=True, is_mobile=True) as opening:
        yield opening
