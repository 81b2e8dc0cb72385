"""A code is read by the camera where the browser can, and typed everywhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from questionnaires.model import Questionnaire
from survey_service.secrets import KeyRing
from tests.browser.resident_world import OpenWave, open_wave_of
from tests.browser.test_resident import answers, reviewed
from tests.browser.test_resident_access import sound
from tests.spec.questionnaires.examples import NOTICE, loaded

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser
DEFINITION = f"""\
key: meter
version: "1"
title: {{zh: 电表, en: Meters}}
{NOTICE}
sections:
  - id: all
    title: {{zh: 全部, en: All}}
    questions:
      - {{id: meter, type: short_text, text: {{zh: 电表上的码？, en: The code on the meter?}}, entry: barcode}}
"""
# A camera that shows a grey picture, and a browser that finds a code at its third look.
READS_CODES = """
(() => {
  let looks = 0;
  const found = [{ rawValue: " 6901234567892 " }];
  window.BarcodeDetector = class { async detect() { looks += 1; return looks < 3 ? [] : found; } };
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").fillRect(0, 0, 9, 9);
  const stream = canvas.captureStream(5);
  window.cameraStream = stream;
  const devices = { getUserMedia: async () => stream };
  Object.defineProperty(navigator, "mediaDevices", { value: devices });
})();
"""


@pytest.fixture(scope="module")
def meters(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("meter"), DEFINITION)


@pytest.fixture
def wave(database: Database, settings: Settings, world: World, meters: Questionnaire) -> OpenWave:
    return open_wave_of(database, KeyRing(settings.secret_key.get_secret_value()), world, meters)


def test_the_camera_reads_it(phone: Callable[..., Page], base: str, wave: OpenWave, database: Database) -> None:
    page = phone()
    page.add_init_script(READS_CODES)
    reply = page.goto(f"{base}/a/{wave.code}")
    assert reply is not None
    assert "camera=(self)" in (reply.header_value("Permissions-Policy") or "")
    page.locator("#start").tap()
    page.locator("#q-meter.here").wait_for()
    page.get_by_role("button", name="扫一扫").tap()
    expect(page.locator("#f-meter")).to_have_value("6901234567892")
    expect(page.locator("#q-meter [role=status]")).to_contain_text("请看一眼对不对")
    expect(page.locator("video")).to_be_hidden()
    assert page.evaluate("() => cameraStream.getTracks().every((one) => one.readyState === 'ended')")
    sound(page, "a scanned code")
    page.locator(".here [data-turn=on]").tap()
    reviewed(page)
    page.locator(".here [data-turn=on]").tap()
    page.locator(".receipt").wait_for()
    assert answers(database, wave) == [{"meter": "6901234567892"}]


def test_where_the_browser_reads_no_codes_it_is_typed(phone: Callable[..., Page], base: str, wave: OpenWave) -> None:
    page = phone()
    page.add_init_script("delete window.BarcodeDetector;")
    page.goto(f"{base}/a/{wave.code}")
    page.locator("#start").tap()
    page.locator("#q-meter.here").wait_for()
    expect(page.locator("#h-meter")).to_contain_text("照着码下面印的写")
    assert page.get_by_role("button", name="扫一扫").count() == 0
