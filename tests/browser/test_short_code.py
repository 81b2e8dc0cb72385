"""A code of a letter, typed on a phone: the page and the service read alike, and a slip is told before it is sent."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from survey_service.secrets import CROCKFORD, KeyRing
from survey_service.surveys import short_code
from tests.browser.test_resident_access import sound
from tests.service.world import World

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from survey_service.settings import Settings

pytestmark = pytest.mark.browser
MODULE = Path(__file__).parents[2] / "survey_service" / "web" / "static" / "short-code.js"
RUN = """
async ({ source, typed }) => {
  const { asRead, fits } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  return typed.map((one) => [asRead(one), fits(asRead(one))]);
}
"""


def test_a_browser_reads_and_judges_a_code_as_the_service_does(browser: Browser) -> None:
    rng = random.Random(7)
    right = [short_code.with_check("".join(rng.choices(CROCKFORD, k=9))) for _ in range(200)]
    wrong = ["".join(rng.choices(CROCKFORD, k=10)) for _ in range(200)]
    loose = [short_code.in_threes(one).lower().replace("0", "O").replace("1", "l") for one in right]
    odd = [
        "",
        " 7k3 9qf。2tm，4 ",
        "７Ｋ３－９ＱＦ－２ＴＭ－４",
        "七K39QF2TM4",
        "7K3‑9QF–2TM—4",
        "(7K3)·9QF/2TM:4",
        "ﬁ7K3",
    ]
    typed = [*right, *wrong, *loose, *odd]
    page = browser.new_page()
    try:
        found = page.evaluate(RUN, {"source": MODULE.read_text(encoding="utf-8"), "typed": typed})
    finally:
        page.close()
    assert found == [[short_code.as_read(one), short_code.fits(short_code.as_read(one))] for one in typed]


@pytest.mark.parametrize("display", ["", "?lang=en", "?text=large"])
def test_a_code_is_typed_at_360_px(
    phone: Callable[..., Page], base: str, world: World, settings: Settings, display: str
) -> None:
    keys = KeyRing(settings.secret_key.get_secret_value())
    code = short_code.with_check(keys.short_code(world.survey_id, world.case_ids[0], 1, 0))
    page = phone()
    posts: list[str] = []
    page.on("request", lambda sent: posts.append(sent.url) if sent.method == "POST" else None)
    page.goto(f"{base}/{display}")
    sound(page, "door")
    box = page.get_by_role("textbox")
    assert page.locator("#code-fault").is_hidden()
    box.press_sequentially(code[:-1] + ("0" if code[-1] != "0" else "1"))
    assert page.locator("#code-fault").is_visible()
    sound(page, "a wrong code")
    box.press("Enter")
    box.fill("7k3 9qf")
    box.press("Enter")
    assert "10" in page.locator("#code-fault").inner_text()
    assert posts == []
    box.fill(f" {short_code.in_threes(code).lower()} ")
    assert page.locator("#code-fault").is_hidden()
    box.press("Enter")
    page.wait_for_url(f"**/a/{world.case_codes[0]}*")
    page.locator("h1").first.wait_for()
