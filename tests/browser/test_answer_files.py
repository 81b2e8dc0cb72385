"""The page of a wave's pictures and files, at a desk and on a phone, for whom it is and for whom it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from survey_service.secrets import KeyRing
from tests.browser.resident_world import open_wave_of
from tests.browser.staff_fixtures import sign_in
from tests.browser.test_resident_files import DEFINITION
from tests.browser.test_wave import sound
from tests.service.sent_files import picture
from tests.spec.questionnaires.examples import loaded

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser
HERE = "/surveys/boards/waves/2026Q3"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"export_text_readers": "statistician"})


@pytest.fixture
def code(database: Database, settings: Settings, world: World, tmp_path: Any) -> str:
    keys = KeyRing(settings.secret_key.get_secret_value())
    return open_wave_of(database, keys, world, loaded(tmp_path, DEFINITION)).code


def hand_in(page: Page, base: str, code: str) -> None:
    sent = page.request.post(f"{base}/a/{code}/files?question=board", data=picture())
    form = {"client_id": "c" * 20, "action": "submit", "board": sent.json()["file"], "words": "停水"}
    reply = page.request.post(f"{base}/a/{code}", form=form, headers={"Accept": "application/json"})
    assert reply.ok, reply.text()


def test_who_is_named_sees_each(base: str, code: str, desk: Callable[..., Page]) -> None:
    page = desk()
    sign_in(page, base, "statistician")
    page.goto(f"{base}{HERE}/files")
    sound(page, "no files yet")
    hand_in(page, base, code)
    page.goto(base + HERE)
    page.get_by_role("link", name="照片和文件").click()
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        sound(page, f"files {width}")
    assert page.locator("table.data tbody tr").count() == 1
    shown = page.request.get(base + (page.locator("tbody a").get_attribute("href") or ""))
    assert (shown.status, shown.headers["content-type"]) == (200, "image/jpeg")
