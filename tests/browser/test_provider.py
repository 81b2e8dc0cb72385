"""Signing in through the city's provider in a real browser: there and back, and who is not known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from survey_service.models import Account, AccountIdentity
from tests.browser.staff_fixtures import sign_in
from tests.browser.test_wave import sound
from tests.security.oidc_fixtures import given
from tests.service.conftest import TestClock
from tests.service.openid import LittleProvider, provider_at_work
from tests.service.world import NOW

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def provider(clock: TestClock) -> Iterator[LittleProvider]:
    with provider_at_work(clock) as made:
        yield made


@pytest.fixture
def base(
    settings: Settings, world: World, clock: TestClock, provider: LittleProvider, serve: Callable[..., str]
) -> str:
    return serve(settings.model_copy(update=given(provider.issuer)), clock=clock)


@pytest.mark.parametrize(("language", "width"), [("zh", 360), pytest.param("en", 1280, marks=pytest.mark.soak)])
def test_an_administrator_links_and_the_person_signs_in(
    base: str,
    provider: LittleProvider,
    world: World,
    database: Database,
    desk: Callable[..., Page],
    language: str,
    width: int,
) -> None:
    size = {"width": width, "height": 800}
    person = desk(viewport=size)
    person.goto(f"{base}/sign-in?next=/account&lang={language}")
    sound(person, f"sign-in {width} {language}")
    person.click("#provider")
    # At the provider; somebody whom nobody here knows yet.
    person.click("#zhao")
    expect(person.locator("main dd")).to_have_text("zhao.min")
    sound(person, f"unknown {width} {language}")
    person.click("#again")
    person.locator("#wang").wait_for()
    assert "prompt=login" in person.url

    with database.reading.begin() as session:
        keyer = session.scalars(select(Account.id).where(Account.user == "keyer")).one()
    administrator = desk(viewport=size)
    sign_in(administrator, base, "administrator", language=language)
    administrator.goto(f"{base}/accounts/{keyer}")
    sound(administrator, f"account {width} {language}")
    administrator.focus(f"a[href='/accounts/{keyer}/identity']")
    administrator.keyboard.press("Enter")
    administrator.locator("#name").wait_for()
    sound(administrator, f"identity {width} {language}")
    administrator.focus("#name")
    administrator.keyboard.type("wang.li")
    administrator.keyboard.press("Enter")
    administrator.wait_for_url("**done=identity-linked")
    sound(administrator, f"linked {width} {language}")

    person.click("#wang")
    expect(person.locator("main h1")).to_have_text("测试keyer")
    assert person.url == f"{base}/account"
    with database.reading.begin() as session:
        assert session.scalars(select(AccountIdentity.bound_at)).one() == NOW
    administrator.goto(f"{base}/accounts/{keyer}/identity")
    sound(administrator, f"bound {width} {language}")
    administrator.goto(f"{base}/accounts/{keyer}/steps/identity")
    sound(administrator, f"take away {width} {language}")


def test_the_provider_is_gone_and_the_password_opens(
    base: str, provider: LittleProvider, world: World, desk: Callable[..., Page]
) -> None:
    page = desk(viewport={"width": 360, "height": 800})
    provider.answer = lambda path: (503, {}, b"")
    page.goto(f"{base}/sign-in?lang=zh")
    page.click("#provider")
    expect(page.locator("[role=alert]")).to_contain_text("统一身份认证暂时连不上")
    sound(page, "the provider is gone")
    page.click("a[lang=en]")
    expect(page.locator("h1")).to_have_text("Sign in")
    sign_in(page, base, "manager")
