"""听 on a phone: nothing is fetched before a tap, one voice at a time, and a link where there is no script."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from survey_service.audit.chain import SERVICE
from survey_service.secrets import KeyRing
from survey_service.stored_files import files_of
from survey_service.surveys import codes, wave_recordings
from survey_service.surveys import service as surveys
from tests.browser.resident_world import HEADER
from tests.browser.test_resident_access import sound
from tests.programmes import filled_in, programme
from tests.service.world import NOW, draft
from tests.sounds import tone

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser
SOUNDS = {"普通话": tone(4.0, hertz=440), "温州话": tone(4.0, hertz=660)}


@pytest.fixture
def code(database: Database, settings: Settings, world: World) -> str:
    """An open wave whose first question is there in two voices: beeps, for nobody recorded anything."""
    keys = KeyRing(settings.secret_key.get_secret_value())
    questionnaire = filled_in(programme("civilized_city"))
    held = {voice: files_of(settings, database).put(content) for voice, content in SOUNDS.items()}
    with database.writing.begin() as session:
        survey, _, wave = draft(
            session,
            questionnaire,
            city_id=world.city_id,
            key=questionnaire.key,
            title=questionnaire.title,
            header=HEADER,
        )
        change = wave_recordings.Change(survey_id=survey.id, wave_id=wave.id, at=NOW, by=SERVICE)
        for voice, sha256 in held.items():
            spoken = wave_recordings.Spoken(question="q1", voice=voice, language="zh")
            found = wave_recordings.Sound("audio/wav", 4.0)
            wave_recordings.add(session, change, spoken, found, sha256=sha256, size=len(SOUNDS[voice]))
        surveys.open_wave(session, survey.id, wave.id, on=NOW.date(), at=NOW, by=SERVICE)
        return codes.issue_open_code(session, survey.id, wave.id, world.community_ids[0], keys=keys)


def test_a_recording_is_fetched_on_a_tap_and_not_before(phone: Callable[..., Page], base: str, code: str) -> None:
    page = phone()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/recordings/" in request.url else None)
    page.goto(f"{base}/a/{code}")
    page.locator("form.led").wait_for()
    page.locator("#start").tap()
    page.locator("#q-q1.here").wait_for()
    page.wait_for_load_state("networkidle")
    assert asked == []
    first, second = page.locator(".here .listen").nth(0), page.locator(".here .listen").nth(1)
    assert re.sub(r"\s+", " ", first.inner_text()).strip() == "听 普通话 0:04 · 64 KB"
    assert all((box := one.bounding_box()) and box["height"] >= 44 for one in (first, second))
    sound(page, "with voices")
    first.tap()
    expect(first).to_have_attribute("data-state", "playing")
    assert len(set(asked)) == 1
    assert first.locator("[data-label]").inner_text() == "停"
    second.tap()
    expect(second).to_have_attribute("data-state", "playing")
    assert first.locator("[data-label]").inner_text() == "听"
    second.tap()
    expect(second).to_have_attribute("data-state", "")
    first.focus()
    page.keyboard.press("Space")
    expect(first).to_have_attribute("data-state", "playing")
    page.locator(".here .option").first.tap()
    page.locator(".here [data-turn=on]").tap()
    expect(page.locator("#q-q1 .listen").first).to_have_attribute("data-state", "")
    assert page.url.startswith(f"{base}/a/{code}")


def test_what_does_not_play_says_so(phone: Callable[..., Page], base: str, code: str) -> None:
    page = phone()
    page.route("**/recordings/*", lambda route: route.abort())
    page.goto(f"{base}/a/{code}#q-q1")
    page.locator("#q-q1.here").wait_for()
    page.locator(".here .listen").first.tap()
    expect(page.locator(".here .listen [data-label]").first).to_have_text("放不出来，请再点一次")


def test_without_a_script_the_link_plays_it(phone: Callable[..., Page], base: str, code: str) -> None:
    page = phone(java_script_enabled=False)
    page.goto(f"{base}/a/{code}#q-q1")
    link = page.locator("#q-q1 .listen").first
    assert link.get_attribute("target") == "_blank"
    with page.context.expect_page() as opened:
        link.tap()
    opened.value.wait_for_load_state()
    assert "/recordings/" in opened.value.url
    assert page.url.endswith("#q-q1")
