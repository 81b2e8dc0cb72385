"""Everyone can finish: no axe violation in any state, nothing wider than the screen, everything large enough to hit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.looks import beyond, in_languages
from tests.browser.resident_world import OpenWave

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
SMALL_TARGETS = """
() => [...document.querySelectorAll("a.btn, button, .option, .tile, .answer, .tools > *")]
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([one, box]) => box.width > 1 && box.height > 1)
  .filter(([one, box]) => box.height < (one.matches(".option, .tile, .btn, .answer") ? 56 : 44) || box.width < 34)
  .map(([one, box]) => `${one.textContent.trim() || one.name} ${box.width} x ${box.height}`)
"""
LONG = "乌鲁木齐高新技术产业开发区石油新村街道天津南路社区居民委员会旁边那条路" * 3


def sound(page: Page, where: str) -> None:
    page.wait_for_load_state()
    results = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    assert results.violations_count == 0, f"{where}: {results.generate_report()}"
    assert page.evaluate(SMALL_TARGETS) == [], where
    viewport = page.viewport_size or {"width": 360, "height": 740}
    for width in (320, 360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        assert beyond(page) <= 0, f"{where} at {width}"
    page.set_viewport_size(viewport)


@pytest.mark.parametrize(
    "display",
    ["", "?lang=en&text=large", *(pytest.param(one, marks=pytest.mark.soak) for one in ("?lang=en", "?text=large"))],
)
def test_every_state_of_the_page(phone: Callable[..., Page], base: str, wave: OpenWave, display: str) -> None:
    page = phone()
    address = f"{base}/a/{wave.code}{display}"
    page.goto(address)
    sound(page, "notice")
    for anchor in ("q-q1", "q-q2", "q-q6", "q-q10", "q-q12"):
        page.goto(f"{address}#{anchor}")
        page.locator(f"#{anchor}.here").wait_for()
        if anchor == "q-q2":
            page.locator("#q-q2 [data-other]").check()
            page.locator("#q-q2 .more input").fill(LONG[:100])
        if anchor == "q-q10":
            page.locator("#f-q10").fill("abc")
            page.locator(".here [data-turn=on]").tap()
        sound(page, anchor)
    page.locator("#q-q12 textarea").fill(LONG)
    page.goto(f"{address}#q-q10")
    page.locator("#f-q10").fill("45")
    page.goto(f"{address}#q-q12")
    page.locator("#q-q12.here").wait_for()
    page.locator(".here [data-turn=on]").tap()
    page.locator("#review.here").wait_for()
    sound(page, "review")
    page.context.set_offline(True)
    page.locator(".here [data-turn=on]").tap()
    page.locator("#unsent").wait_for(state="visible")
    sound(page, "unsent")
    page.context.set_offline(False)
    page.locator(".receipt").wait_for()
    sound(page, "receipt")
    page.goto(f"{base}/a/{'B' * 26}{display}")
    sound(page, "unknown code")


@in_languages
def test_the_pages_of_those_without_a_script(
    phone: Callable[..., Page], base: str, wave: OpenWave, language: str
) -> None:
    page = phone()
    # axe needs scripts; the page's own are kept away.
    page.route("**/resident.js", lambda route: route.abort())
    page.goto(f"{base}/a/{wave.code}?lang={language}#q-q10")
    page.locator("#f-q10").fill("abc")
    page.goto(f"{base}/a/{wave.code}?lang={language}#q-q12")
    sound(page, "last question")
    page.locator("#q-q12 textarea").fill(LONG)
    page.locator("#q-q12 button").tap()
    page.locator(".summary").wait_for()
    page.wait_for_function("() => document.activeElement.className === 'summary'")
    sound(page, "faults")
    page.locator("#f-q10").fill("45")
    page.locator("form button.btn").tap()
    page.locator(".answers").wait_for()
    sound(page, "check page")
