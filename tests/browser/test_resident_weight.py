"""What a phone on 2G has to fetch: everything over the wire, counted by Chromium itself, headers and all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from survey_service.secrets import KeyRing
from tests.browser.resident_world import OpenWave, open_wave
from tests.browser.test_resident import submit
from tests.programmes import KEYS

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser
LIMIT = 40 * 1024  # bytes in all, from the scan to the receipt


def counted(page: Page) -> tuple[list[str], list[int]]:
    """Addresses asked for, and bytes received, from now on."""
    addresses: list[str] = []
    received: list[int] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def asked(event: dict[str, Any]) -> None:
        addresses.append(event["request"]["url"])

    def finished(event: dict[str, Any]) -> None:
        received.append(int(event["encodedDataLength"]))

    session.on("Network.requestWillBeSent", asked)
    session.on("Network.loadingFinished", finished)
    return addresses, received


HEAVIEST = ("civilized_city_full", "citizen_review")


@pytest.mark.parametrize(
    "key", [*HEAVIEST, *(pytest.param(key, marks=pytest.mark.soak) for key in KEYS if key not in HEAVIEST)]
)
def test_the_questionnaire(
    phone: Callable[..., Page], base: str, database: Database, settings: Settings, world: World, key: str
) -> None:
    keys = KeyRing(settings.secret_key.get_secret_value())
    code = open_wave(database, keys, world, key).code
    page = phone()
    addresses, received = counted(page)
    page.goto(f"{base}/a/{code}")
    page.locator("form.led").wait_for()
    page.locator("#start").tap()
    page.locator(".step.here[data-question]").wait_for()
    page.wait_for_load_state("networkidle")
    first = sum(received)
    assert 5_000 < first < LIMIT, f"{key}: {first} bytes"
    assert [one for one in addresses if not one.startswith(base)] == []  # no other host hears of it


def test_from_the_scan_to_the_receipt(phone: Callable[..., Page], base: str, wave: OpenWave) -> None:
    page = phone()
    addresses, received = counted(page)
    page.goto(f"{base}/a/{wave.code}#q-q12")
    page.locator("#q-q12.here").wait_for()
    page.locator("#q-q12 textarea").fill("多种树")
    submit(page)
    page.locator(".receipt").wait_for()
    page.wait_for_load_state("networkidle")
    assert sum(received) < LIMIT
    assert [one for one in addresses if not one.startswith(base)] == []
