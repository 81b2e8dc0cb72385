"""From a key to the next box, in a real Chromium: ``python -m tests.bench.keying``, JSON lines.

Twenty forms of twenty closed questions are keyed at a clerk's pace on a served city. A time runs from the browser's
time stamp of the key to the frame that shows the next box in focus.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from tests.chromium import CHROMIUM_ARGUMENTS, chromium
from tests.conftest import free_port, serving
from tests.service import paper_batches
from tests.service.world import NOW, PASSWORD, build
from tests.spec.keying import clerks

FORMS = 20
BETWEEN_KEYS = 120  # milliseconds: 30,000 keys an hour, a fast clerk on the number pad
MEASURE = """
window.measured = { focus: [], frame: [] };
let key = null;
document.addEventListener('keydown', (event) => { if (event.target.closest?.('.ask')) key = event.timeStamp; }, true);
document.addEventListener('focusin', (event) => {
  if (key === null || !(event.target.closest('.ask') || event.target.id === 'store')) return;
  const begun = key;
  key = null;
  window.measured.focus.push(performance.now() - begun);
  requestAnimationFrame(() => setTimeout(() => window.measured.frame.push(performance.now() - begun)));
});
"""


def measure(folder: Path) -> dict[str, object]:
    from playwright.sync_api import sync_playwright

    from survey_service.app import create_app
    from survey_service.database import open_database
    from survey_service.migrations import migrate
    from survey_service.secrets import KeyRing
    from survey_service.settings import Settings
    from tests.service.conftest import TestClock

    port = free_port()
    url = f"sqlite:///{folder / 'survey.db'}"
    key = "a key for the bench only, long enough to be taken"
    settings = Settings(
        data_dir=folder / "data", database_url=url, secret_key=key, public_url=f"http://127.0.0.1:{port}"
    )
    database = open_database(url)
    migrate(database)
    world = build(database, KeyRing(key), clerks.questionnaire(folder))
    serials = paper_batches.issue(database, world, forms=FORMS, open_=True).serials
    executable = chromium()
    with serving(create_app(settings, clock=TestClock(NOW)), port) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.add_init_script(MEASURE)
        page.goto(f"{base}/sign-in")
        page.fill("#user", "keyer")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "/sign-in" not in address)
        page.goto(f"{base}/keying/satisfaction/2026Q3")
        seconds = []
        strokes = 0
        for serial in serials:
            page.wait_for_selector("#find:not([hidden])")
            begun = time.perf_counter()
            page.keyboard.type(serial, delay=BETWEEN_KEYS)
            page.keyboard.press("Enter")
            page.wait_for_selector("#rows:not([hidden])")
            for options in clerks.OPTIONS:
                page.keyboard.type("12" * (clerks.FIELDS // 2) if options == 2 else "12345" * 2, delay=BETWEEN_KEYS)
            page.keyboard.press("Enter")
            page.wait_for_selector("#find:not([hidden])")
            seconds.append(time.perf_counter() - begun)
            strokes += len(serial) + 2 + 2 * clerks.FIELDS
        found = page.evaluate("window.measured")
        browser.close()
    database.dispose()
    return {
        "work": f"{FORMS} forms of 20 closed questions keyed in Chromium, {BETWEEN_KEYS} ms between keys",
        "keys": len(found["focus"]),
        "milliseconds_to_focus_p95": round(quantiles(found["focus"], n=20)[18], 1),
        "milliseconds_to_frame_median": round(median(found["frame"]), 1),
        "milliseconds_to_frame_p95": round(quantiles(found["frame"], n=20)[18], 1),
        "at_most": 50,
        "seconds_a_form_median": round(median(seconds), 1),
        "seconds_a_form_most": round(max(seconds), 1),
        "keystrokes_a_form": strokes / FORMS,
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        print(json.dumps(measure(Path(name))), flush=True)
