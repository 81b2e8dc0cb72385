"""How wide a page is, measured once its style is there.

An element is found as soon as the document holds it. On a slow machine the style sheet comes after that: nobody sees
the page before, but a script that asks for its width is told that of the bare text.

`make test` looks at a page at its widest and on a phone in Chinese, and on a phone in English, whose words are longer;
`make soak` at every width in both languages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

_BEYOND = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


WIDTHS = (1280, 768, 360)
in_languages_and_widths = pytest.mark.parametrize(
    ("language", "widths"),
    [
        pytest.param("zh", (1280, 360), id="zh"),
        pytest.param("en", (360,), id="en-phone"),
        pytest.param("zh", WIDTHS, id="zh-every-width", marks=pytest.mark.soak),
        pytest.param("en", WIDTHS, id="en-every-width", marks=pytest.mark.soak),
    ],
)
in_languages = pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.soak)])


def beyond(page: Page) -> int:
    """By how many px what stands on the page is wider than the window."""
    page.wait_for_load_state()
    return int(page.evaluate(_BEYOND))
