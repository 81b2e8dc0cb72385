"""How wide a page is, measured once its style is there.

An element is found as soon as the document holds it. On a slow machine the style sheet comes after that: nobody sees
the page before, but a script that asks for its width is told that of the bare text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_BEYOND = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def beyond(page: Page) -> int:
    """By how many px what stands on the page is wider than the window."""
    page.wait_for_load_state()
    return int(page.evaluate(_BEYOND))
