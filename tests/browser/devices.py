"""A phone or a desk of a test: browsers of one kind, whose every complaint fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

PATIENCE_MS = 120_000  # until a test gives up; nothing is measured by it
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(params=["sqlite"])
def backend(request: pytest.FixtureRequest) -> str:
    """What the browser sees does not depend on the database; the service's own tests run on both."""
    return str(request.param)


@contextmanager
def devices(browser: Browser, **usual: Any) -> Iterator[Callable[..., Page]]:
    """Opens browsers with the ``usual`` options and those of each call; closes them, and reports their complaints."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    def one(**options: Any) -> Page:
        context = browser.new_context(**{**usual, **options})
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", heard)
        return page

    yield one
    for context in opened:
        context.close()
    assert complaints == []
