"""An open wave in the served city, and phones to answer on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from survey_service.secrets import KeyRing
from tests.browser.devices import devices
from tests.browser.resident_world import OpenWave, open_wave
from tests.service.world import World

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from survey_service.database import Database
    from survey_service.settings import Settings

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def wave(database: Database, settings: Settings, world: World) -> OpenWave:
    return open_wave(database, KeyRing(settings.secret_key.get_secret_value()), world, "civilized_city")


@pytest.fixture
def phone(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a phone; whatever its page complains of fails the test."""
    with devices(browser, viewport=PHONE, has_touch=True, is_mobile=True) as opening:
        yield opening
