"""kill -9 of browser and server while a form is keyed: what was keyed is in the same form again, and nowhere else.

A round: the form is opened by its serial, shows a beginning of what was keyed, and is keyed on; at a random key the
server, the browser, or within the second both are killed. A box may be lost only if the page had not yet heard that it
is on the disk or on the server.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error, expect
from sqlalchemy import select, update

from survey_service.captures.content import answers_of
from survey_service.models import Capture, Keying
from survey_service.secrets import KeyRing
from tests.browser import devices
from tests.browser.staff_fixtures import send_sign_in
from tests.chromium import CHROMIUM_ARGUMENTS, chromium
from tests.conftest import free_port
from tests.faults.killed import Killable
from tests.faults.phones import wait_until_healthy
from tests.service.paper_batches import colleagues, issue
from tests.service.world import NOW, World, build
from tests.spec.keying import clerks

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from survey_service.database import Database
    from survey_service.settings import Settings

pytestmark = pytest.mark.browser
expect.set_options(timeout=120_000)
backend = devices.backend
SEED = 20261129
HERE = "/keying/satisfaction/2026Q3"
BOXES = 2 * clerks.FIELDS
KILLS = 500
KINDS = ("both", "both", "browser", "server")


class Desk:
    """A computer with a browser whose profile outlives it, and the service behind a fixed address."""

    def __init__(self, browser: Browser, served: Killable, profile: Path) -> None:
        self.browser, self.served, self.profile = browser, served, profile
        self.port = free_port()
        self.context: BrowserContext | None = None
        self.user = "keyer"
        self.cookies: list[Any] = []

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def serve(self) -> None:
        if not self.served.pid:
            self.served.start(port=self.port)
            wait_until_healthy(self.port)

    def kill_server(self) -> None:
        self.served.end(signal.SIGKILL)

    def page(self) -> Page:
        """The keying page, ready for a serial; a killed browser is started again and still signed in."""
        if self.context is None:
            self.context = self.browser.browser_type.launch_persistent_context(
                self.profile,
                executable_path=chromium(),
                args=CHROMIUM_ARGUMENTS,
                viewport={"width": 1280, "height": 800},
            )
            self.context.set_default_timeout(120_000)
            self.context.add_cookies(self.cookies)
        page = self.context.pages[0]
        if not self.cookies:
            self.sign_in(page)
        page.goto(f"{self.base}{HERE}")
        expect(page.locator("#number")).to_be_focused()
        return page

    def sign_in(self, page: Page) -> None:
        send_sign_in(page, self.base, self.user)
        page.wait_for_url(lambda address: "/sign-in" not in address)
        assert self.context is not None
        self.cookies = self.context.cookies()

    def kill_browser(self) -> None:
        """The whole of it, at one stroke."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if f"--user-data-dir={self.profile}".encode() in words and not any(b"--type=" in one for one in words):
                os.killpg(os.getpgid(int(process.name)), signal.SIGKILL)
        self.close()

    def close(self) -> None:
        if self.context is not None:
            with suppress(Error):  # it may be dead: that was the point
                self.context.close()
        self.context = None


def shown_boxes(page: Page) -> list[str]:
    return list(page.eval_on_selector_all(".ask input", "all => all.map(one => one.value)"))


class Clerk:
    def __init__(self, desk: Desk, database: Database, serials: list[str], seed: int) -> None:
        self.desk, self.database, self.chance = desk, database, random.Random(seed)
        self.papers = {serial: self._paper() for serial in serials}
        self.waiting = list(serials)
        self.typed = self.promised = 0  # boxes of the form that is under way
        self.kills = self.lost = self.forms = 0

    def _paper(self) -> list[str]:
        return [str(self.chance.randint(1, options)) for options in clerks.OPTIONS for _ in range(clerks.FIELDS)]

    def open(self) -> tuple[Page, int]:
        """Opens the form that is under way; how many of its boxes are there."""
        self.desk.serve()
        page = self.desk.page()
        page.keyboard.type(self.waiting[0])
        page.keyboard.press("Enter")
        page.wait_for_selector("#rows:not([hidden])")
        expect(page.locator("#strip-saved")).to_have_attribute(
            "data-state", re.compile("saved" if self.promised else "saved|fresh")
        )
        boxes = shown_boxes(page)
        there = sum(1 for one in boxes if one)
        assert boxes == self.papers[self.waiting[0]][:there] + [""] * (BOXES - there), (
            "not a beginning of what was keyed"
        )
        assert self.promised <= there <= self.typed
        self.lost += self.typed - there
        return page, there

    def last_save(self) -> int:
        """Number of the save before the next one: every opening numbers its own from its hold on."""
        with self.database.reading.begin() as session:
            row = session.scalars(select(Keying).where(Keying.number == self.waiting[0])).one()
            return max(row.sequence, row.hold * 10_000)

    def round(self, kind: str) -> None:
        page, there = self.open()
        paper = self.papers[self.waiting[0]]
        saved = self.last_save()
        count = self.chance.randint(1, min(8, BOXES - there)) if there < BOXES else 0
        server_dies_at = self.chance.randrange(count + 1) if kind != "browser" else -1
        for place in range(count + 1):
            if place == server_dies_at:
                self.desk.kill_server()
                self.kills += 1
            if place < count:
                page.keyboard.press(paper[there + place])
                time.sleep(self.chance.uniform(0, 0.03))
        self.typed = there + count
        on_disk = int(page.get_attribute("#strip-saved", "data-kept") or 0)
        self.promised = max(there, there + on_disk - saved)
        if kind == "server":
            self._after_the_server(page, paper)
            return
        self.desk.kill_browser()
        self.kills += 1

    def _after_the_server(self, page: Page, paper: list[str]) -> None:
        """The browser lives: what it kept goes to the server by itself, and the form is finished in it."""
        self.desk.serve()
        for key in paper[self.typed :]:
            page.keyboard.press(key)
        self.typed = self.promised = BOXES
        self.hand_in(page)

    def hand_in(self, page: Page) -> None:
        serial = self.waiting.pop(0)
        expect(page.locator("#store")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#strip-saved")).to_have_attribute("data-state", "stored")
        assert (page.text_content("#strip-saved") or "").startswith(f"{serial[:3]} {serial[3:6]} {serial[6:]}")
        self.typed = self.promised = 0
        self.forms += 1

    def finish(self) -> None:
        """Keys what is under way to its end, without another kill."""
        page, there = self.open()
        for key in self.papers[self.waiting[0]][there:]:
            page.keyboard.press(key)
        self.hand_in(page)


@pytest.fixture
def small_city(database: Database, settings: Settings, tmp_path: Path) -> World:
    ring = KeyRing(settings.secret_key.get_secret_value())
    return build(database, ring, clerks.questionnaire(tmp_path))


@pytest.fixture
def desk(
    browser: Browser, parent: subprocess.Popen[str], settings: Settings, light_passwords: None, tmp_path: Path
) -> Any:
    made = Desk(browser, Killable(parent, settings), tmp_path / "profile")
    yield made
    made.close()
    if made.served.pid:
        made.served.end(signal.SIGTERM)


@pytest.mark.soak
def test_five_hundred_kills_of_browser_and_server_lose_nothing_that_was_kept(
    desk: Desk, small_city: World, database: Database
) -> None:
    serials = issue(database, small_city, forms=400, open_=True).serials
    clerk = Clerk(desk, database, serials, SEED)
    while clerk.kills < KILLS:
        clerk.round(clerk.chance.choice(KINDS))
        if clerk.typed == BOXES:
            clerk.finish()
    clerk.finish()
    assert stored(database) == {serial: clerk.papers[serial] for serial in serials[: clerk.forms]}
    print(f"{clerk.kills} kills, {clerk.forms} forms, {clerk.lost} boxes keyed again, seed {SEED}")


def stored(database: Database) -> dict[str, list[str]]:
    """What is stored, by serial; nothing may be left in a draft."""
    with database.reading.begin() as session:
        rows = session.execute(
            select(Keying, Capture).join(
                Capture, (Capture.survey_id == Keying.survey_id) & (Capture.id == Keying.capture_id)
            )
        ).all()
        assert all(row.fields == {} for row, _ in rows)
        return {row.number: [str(value) for value in answers_of(capture).values()] for row, capture in rows}


def opened(desk: Desk, serial: str) -> Page:
    desk.serve()
    page = desk.page()
    page.keyboard.type(serial)
    page.keyboard.press("Enter")
    page.wait_for_selector("#rows:not([hidden])")
    expect(page.locator(".ask.now")).to_have_count(1)
    return page


def test_what_a_crash_left_is_for_its_keyer_alone(desk: Desk, small_city: World, database: Database) -> None:
    colleagues(database, small_city)
    (serial,) = issue(database, small_city, forms=1, open_=True).serials
    page = opened(desk, serial)
    desk.kill_server()
    page.keyboard.type("2121")
    expect(page.locator("#strip-saved")).to_have_attribute("data-kept", "10004")
    desk.kill_browser()
    with database.reading.begin() as session:
        assert session.scalars(select(Keying)).one().fields == {}, "no server had a box of it"
    page = opened(desk, serial)
    assert shown_boxes(page)[:5] == [*"2121", ""]
    expect(page.locator("#strip-saved")).to_have_attribute("data-state", "saved")
    desk.kill_server()
    page.keyboard.type("2")
    expect(page.locator("#strip-saved")).to_have_attribute("data-kept", "20002")
    desk.kill_browser()
    desk.serve()
    files = [path for path in (desk.profile / "Default" / "IndexedDB").rglob("*") if path.is_file()]
    found = b"".join(path.read_bytes() for path in files)
    assert serial.encode() in found or serial.encode("utf-16-le") in found, "this is where the form is kept"
    for secret in ("q2_0", "fields", "keyer"):
        assert secret.encode() not in found
        assert secret.encode("utf-16-le") not in found
    with database.writing.begin() as session:  # a colleague takes the form over at the same computer
        session.execute(update(Keying).values(held_until=NOW))
    desk.user, desk.cookies = "second", []
    page = desk.page()
    page.keyboard.type(serial)
    page.keyboard.press("Enter")
    expect(page.locator("#say")).to_contain_text("停下来了")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_selector("#rows:not([hidden])")
    assert shown_boxes(page)[:5] == [*"2121", ""], "what the server had of it, and not what is kept for the first"
