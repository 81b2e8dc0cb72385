"""A browser finds in a long list what the service finds: the same table, in a real Chromium."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from survey_service.web.option_search import folded, sounds
from tests.spec.searching.test_search import VECTORS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
MODULE = Path(__file__).parents[2] / "survey_service" / "web" / "static" / "option-search.js"
RUN = """
async ({ source, entries, sounds, typed }) => {
  const { matches } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  return typed.map((one) => matches(one, entries, sounds).map(([, label]) => label));
}
"""


def test_a_browser_finds_the_same(browser: Browser) -> None:
    page = browser.new_page()
    characters = {one for _, label in VECTORS["entries"] for one in folded(label)}
    given = {
        "source": MODULE.read_text(encoding="utf-8"),
        "entries": VECTORS["entries"],
        "sounds": {one: list(sounds(one)) for one in characters if sounds(one)},
        "typed": [case["typed"] for case in VECTORS["cases"]],
    }
    try:
        assert page.evaluate(RUN, given) == [case["found"] for case in VECTORS["cases"]]
    finally:
        page.close()
