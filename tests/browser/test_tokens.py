"""A person makes an access token by keyboard, gives it to a program, and ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.staff_fixtures import press, sign_in, write
from tests.browser.test_wave import sound

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def status(base: str, token: str) -> int:
    with requests.Session() as session:
        session.trust_env = False
        bearer = {"Authorization": f"Bearer {token}"}
        return session.get(f"{base}/api/v1/me", headers=bearer, timeout=120).status_code


@pytest.mark.parametrize(("language", "width"), [("zh", 1280), pytest.param("en", 360, marks=pytest.mark.soak)])
def test_a_token_is_made_used_and_ended_by_keyboard(
    base: str, desk: Callable[..., Page], language: str, width: int
) -> None:
    page = desk(viewport={"width": width, "height": 800})
    sign_in(page, base, "manager", language=language)
    page.goto(f"{base}/account")
    press(page, "a[href='/account/tokens']")
    page.wait_for_url("**/account/tokens")
    sound(page, f"no token yet {language}")
    write(page, name="数据平台每日同步")
    page.keyboard.press("Enter")
    shown = page.locator(".token")
    expect(shown).to_contain_text("svy_")
    token = shown.inner_text()
    sound(page, f"a new token {language}")
    assert status(base, token) == 200
    press(page, "main a.btn")
    page.wait_for_url("**/account/tokens")
    expect(page.locator(".programs")).to_contain_text("数据平台每日同步")
    assert token not in page.content()
    sound(page, f"tokens {language}")
    press(page, ".programs a")
    page.wait_for_url("**/end")
    sound(page, f"ending one {language}")
    press(page, "main button")
    page.wait_for_url("**/account/tokens")
    expect(page.locator(".programs.over")).to_contain_text("数据平台每日同步")
    assert status(base, token) == 401
