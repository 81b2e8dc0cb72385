"""A served city with an open wave, and phones to answer on: fixtures that the resident's browser tests take by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from survey_service.secrets import KeyRing
from tests.browser.resident_world import OpenWave, open_wave
from tests.service.conftest import TestClock
from tests.service.world import NOW, World, build

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from survey_service.database import Database
    from survey_service.settings import Settings

PHONE = {"width": 360, "height": 740}


@pytest.fixture(params=["sqlite"])
def backend(request: pytest.FixtureRequest) -> str:
    """What the browser sees does not depend on the database; the service's own tests run on both."""
    return str(request.param)


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
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def one(**options: Any) -> Page:
        context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, **options)
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None,
        )
        return page

    yield one
    for context in opened:
        context.close()
    assert complaints == []
