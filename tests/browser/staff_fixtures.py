"""A served city with staff at their desks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from survey_service.models import Area
from tests.browser.devices import devices
from tests.service.conftest import TestClock
from tests.service.world import NOW, PASSWORD, World, _case, build_or_copy

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from survey_service.database import Database
    from survey_service.settings import Settings

DESK = {"width": 1280, "height": 800}
HERE = "/surveys/satisfaction/waves/2026Q3"


@pytest.fixture
def world(database: Database, settings: Settings) -> World:
    """The small city with thirty more cases in its second community: forms enough for a shift."""
    made = build_or_copy(database, settings)
    with database.writing.begin() as session:
        community = session.get_one(Area, made.community_ids[1])
        session.add_all(_case(made.survey_id, made.wave_id, community, number) for number in range(7, 37))
    return made


@pytest.fixture
def clock() -> TestClock:
    return TestClock(NOW)


@pytest.fixture
def base(settings: Settings, world: World, clock: TestClock, serve: Callable[..., str]) -> str:
    return serve(settings, clock=clock)


@pytest.fixture
def desk(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a browser at a desk; whatever its page complains of fails the test."""
    with devices(browser, viewport=DESK) as opening:
        yield opening


def press(page: Page, selector: str) -> None:
    """What a person does who reaches a button or link by the Tab key."""
    page.focus(selector)
    page.wait_for_load_state()
    page.keyboard.press("Enter")


def write(page: Page, **boxes: str) -> None:
    for name, text in boxes.items():
        page.focus(f"#{name}")
        page.wait_for_load_state()
        page.keyboard.insert_text(text)


def send_sign_in(page: Page, base: str, user: str, password: str = PASSWORD, *, language: str = "zh") -> None:
    """By keyboard alone: the first box has the focus. Where it leads is for the caller to see."""
    page.goto(f"{base}/sign-in?lang={language}")
    page.wait_for_function("() => document.activeElement.id === 'user'")
    page.keyboard.type(user)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def sign_in(page: Page, base: str, user: str, password: str = PASSWORD, *, language: str = "zh") -> None:
    send_sign_in(page, base, user, password, language=language)
    page.wait_for_url(lambda address: "/sign-in" not in address)
