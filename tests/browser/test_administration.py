"""An administrator begins an installation by keyboard, brings the city in, and gives, takes and mends accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from pyotp import TOTP
from sqlalchemy import func, select

from survey_service.audit.chain import SYSTEM, verify
from survey_service.models import Area, AuditEntry
from survey_service.secrets import KeyRing
from tests.browser.looks import in_languages
from tests.browser.staff_fixtures import press, send_sign_in, sign_in, write
from tests.browser.test_wave import sound

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.conftest import TestClock
    from tests.service.world import World

pytestmark = pytest.mark.browser
SECRET_WORDS = "a password of my own"
FACTOR = "/account/second-factor"
TREE_HEADS = "代码,名称,级别,户数"
TREE = ["110101000000,城厢街道,街道,", "110101000001,万寿桥社区,社区,620", "110101000002,文昌阁社区,社区,五百"]
PEOPLE_HEADS = "代码,性别,年龄组,人数"
PEOPLE = ["110101000001,男,18-59,410", "110101000001,女,18-59,430", "110101000001,男,60岁及以上,120"]


@pytest.fixture
def empty(settings: Settings, database: Database, clock: TestClock, serve: Callable[..., str]) -> str:
    """A service that nobody has signed in to yet."""
    return serve(settings, clock=clock)


def choose(page: Page, *rows: str, name: str = "city.csv") -> None:
    """A file as a spreadsheet saves it, chosen in the box of the page."""
    content = "\r\n".join([*rows, ""]).encode("utf-8-sig")
    page.set_input_files("#file", {"name": name, "mimeType": "text/csv", "buffer": content})


def first_administrator(page: Page, base: str, settings: Settings) -> None:
    page.goto(base)
    press(page, "a[href='/first-administrator']")
    page.wait_for_url("**/first-administrator")
    write(
        page, secret="0000-0000-0000-0000", city_name="示范市", city_code="110000000000", name="郑海", user="zheng.hai"
    )
    write(page, password=SECRET_WORDS)
    page.keyboard.press("Enter")
    # A wrong secret is told, and what else was written stands.
    expect(page.get_by_role("alert")).to_contain_text("一次性口令不对")
    expect(page.locator("#name")).to_have_value("郑海")
    printed = KeyRing(settings.secret_key.get_secret_value()).first_administrator()
    write(page, secret=printed, password=SECRET_WORDS)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in")


def second_factor(page: Page, base: str, clock: TestClock) -> None:
    """Set up with the key that stands beside the picture, and asked from the next sign-in on."""
    sign_in(page, base, "zheng.hai", SECRET_WORDS)
    page.goto(base + FACTOR)
    press(page, f"form[action='{FACTOR}'] button")
    expect(page.locator("img.qr")).to_be_visible()
    secret = page.inner_text(".secret").replace(" ", "")
    write(page, code=TOTP(secret).at(clock.at))
    page.keyboard.press("Enter")
    expect(page.locator(".codes-once li")).to_have_count(10)
    clock.at += timedelta(seconds=60)  # a code opens once
    page.locator(".tools form button").press("Enter")
    page.wait_for_url("**/sign-in")
    send_sign_in(page, base, "zheng.hai", SECRET_WORDS)
    page.wait_for_url("**/sign-in/code**")
    write(page, code=TOTP(secret).at(clock.at))
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/sign-in" not in address)


def areas_and_people(page: Page, base: str) -> None:
    """Looked at before it is taken in; a faulty row is named by line and column, and nothing is taken in."""
    page.goto(f"{base}/areas")
    press(page, "a[href='/areas/imports/tree']")
    choose(page, TREE_HEADS, *TREE)
    press(page, "form:has(#file) .btn")
    fault = page.locator("table.data tbody tr")
    expect(fault).to_have_count(1)
    expect(fault.locator("td").nth(0)).to_have_text("4")
    expect(fault.locator("td").nth(1)).to_have_text("户数")
    expect(fault.locator("td").nth(2)).to_contain_text("五百")
    choose(page, TREE_HEADS, *TREE[:2], TREE[2].replace("五百", "500"))
    press(page, "form:has(#file) .btn")
    expect(page.locator("main")).to_contain_text("新增 3 个地区")
    press(page, "main form .btn")
    expect(page.get_by_role("status")).to_contain_text("地区导入好了")
    press(page, "a[href='/areas/imports/people']")
    write(page, source="2025 年人口变动情况抽样调查")
    page.fill("#as_of", "2026-06-30")
    page.get_by_role("radio", name="常住人口").check()
    choose(page, PEOPLE_HEADS, *PEOPLE, name="people.csv")
    press(page, "form:has(#file) .btn")
    expect(page.locator("main")).to_contain_text("一共 960 人")
    press(page, "main form .btn")
    expect(page.get_by_role("status")).to_contain_text("人口导入好了")
    community = page.locator("tr", has=page.get_by_role("link", name="万寿桥社区"))
    expect(community.locator("td").last).to_have_text("960")


def an_account(page: Page, base: str) -> str:
    """A keyer of one community; the start password that the page shows once."""
    page.goto(f"{base}/accounts")
    press(page, "a[href='/accounts/new']")
    write(page, name="刘洋", user="liu.yang", area="110101000001")
    page.select_option("#role", "keyer")
    page.focus("#area")
    page.keyboard.press("Enter")
    start = page.locator("#start-password").inner_text()
    press(page, "main a.btn")
    expect(page.locator("h1")).to_have_text("刘洋")
    return start


def own_password(page: Page, base: str, start: str, own: str) -> None:
    """The start password opens one page: that of one's own account."""
    sign_in(page, base, "liu.yang", start)
    expect(page.get_by_role("status")).to_contain_text("起始密码")
    write(page, old=start, new=own)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in?changed=1")
    sign_in(page, base, "liu.yang", own)


def step(page: Page, name: str, said: str) -> None:
    """A step of an account, by the page that first says what it will do."""
    press(page, f"main a[href$='/steps/{name}']")
    expect(page.locator("main")).to_contain_text(said)
    press(page, "main form .btn")


def out(page: Page, address: str) -> None:
    """Whatever this person asks for next, their sign-in has ended."""
    page.goto(address)
    page.wait_for_url("**/sign-in?next=**")


def test_an_installation_begins_and_is_staffed(
    empty: str, settings: Settings, database: Database, clock: TestClock, desk: Callable[..., Page]
) -> None:
    page, theirs = desk(), desk()
    first_administrator(page, empty, settings)
    second_factor(page, empty, clock)
    areas_and_people(page, empty)
    start = an_account(page, empty)
    here = page.url

    # The role works, on its area and nowhere else.
    own_password(theirs, empty, start, "the words of liu yang")
    expect(theirs.locator("h1")).to_have_text("录入")
    theirs.goto(f"{empty}/account")
    expect(theirs.locator("main")).to_contain_text("录入员（万寿桥社区）")
    assert theirs.request.get(f"{empty}/accounts").status == 403

    # Another role ends the sign-in, so that no page goes on with rights of yesterday.
    page.locator("details", has_text="加一个角色").locator("summary").press("Enter")
    page.select_option("#role", "manager")
    write(page, area="城厢街道")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("角色加上了")
    out(theirs, f"{empty}/keying")
    sign_in(theirs, empty, "liu.yang", "the words of liu yang")
    expect(theirs.locator("header nav")).to_contain_text("地区")

    # Taken back after a page that says what is lost; that ends it, too.
    press(page, "a[href$='/grants/manager/110101000000']")
    expect(page.locator("main")).to_contain_text("不再是 城厢街道 的项目管理员")
    press(page, "main form .btn")
    expect(page.get_by_role("status")).to_contain_text("角色收回了")
    out(theirs, f"{empty}/areas")

    # A new start password: the old one opens nothing from now on.
    step(page, "password", "原来的密码马上作废")
    start = page.locator("#start-password").inner_text()
    send_sign_in(theirs, empty, "liu.yang", "the words of liu yang")
    expect(theirs.get_by_role("alert")).to_be_visible()
    own_password(theirs, empty, start, "other words of liu yang")

    page.goto(here)
    step(page, "disable", "正在进行的登录立即结束")
    expect(page.locator("h1 .pill")).to_have_text("停用")
    out(theirs, f"{empty}/keying")
    send_sign_in(theirs, empty, "liu.yang", "other words of liu yang")
    expect(theirs.get_by_role("alert")).to_be_visible()

    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(Area)) == 4
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.chain == SYSTEM)).all()
        assert verify(session, SYSTEM) == len(actions)


def test_the_pages_before_there_is_anybody(empty: str, desk: Callable[..., Page]) -> None:
    page = desk(viewport={"width": 360, "height": 740})
    for language in ("zh", "en"):
        for address in ("/sign-in", "/first-administrator"):
            page.goto(f"{empty}{address}?lang={language}")
            sound(page, f"{address} {language}")


@in_languages
def test_every_page_of_an_administrator_on_a_phone(
    base: str, world: World, desk: Callable[..., Page], language: str
) -> None:
    """Also those that a post answers with: a faulty file, a preview, a start password, a key for the second factor."""
    page = desk(viewport={"width": 360, "height": 740})
    sign_in(page, base, "administrator", language=language)
    for address in (
        "/accounts",
        "/accounts?q=nobody",
        "/accounts/new",
        "/accounts/from-list",
        "/account",
        FACTOR,
        "/areas",
        "/areas/110101000001",
        "/areas/imports/tree",
        "/areas/imports/people",
        "/areas/counts",
    ):
        page.goto(base + address)
        sound(page, f"{address} {language}")
    for rows, what in ((TREE, "faults of a file"), (["110101000003,钟楼社区,社区,500"], "a preview")):
        page.goto(f"{base}/areas/imports/tree")
        choose(page, TREE_HEADS, *rows)
        press(page, "form:has(#file) .btn")
        expect(page.locator("table.data")).to_be_visible()
        sound(page, f"{what} {language}")
    page.goto(f"{base}/accounts/from-list")
    long = "一位名字很长的街道办事处新来的调查员"
    choose(
        page, "姓名,用户名,地区", f"{long},an.interviewer.with.a.long.name.{language},110101000001", f"{long},keyer,"
    )
    press(page, "form:has(#file) .btn")
    expect(page.locator("[name=seen]")).to_have_count(1)
    sound(page, f"a list of people {language}")
    press(page, "form:has([name=seen]) .btn")
    expect(page.locator(".slips li")).to_have_count(1)
    sound(page, f"start passwords of a list {language}")
    page.goto(f"{base}/accounts/new")
    write(page, name="一位名字很长的街道办事处新来的录入员", user="a.keyer.with.a.long.name", area="110101000001")
    page.select_option("#role", "keyer")
    press(page, "main form .btn")
    expect(page.locator("#start-password")).to_be_visible()
    sound(page, f"start password {language}")
    press(page, "main a.btn")
    expect(page.locator("h1")).to_contain_text("录入员")
    sound(page, f"an account {language}")
    here = page.url
    for further in ("/steps/password", "/steps/disable", "/grants/keyer/110101000001"):
        page.goto(here + further)
        sound(page, f"{further} {language}")
    page.goto(base + FACTOR)
    press(page, f"form[action='{FACTOR}'] button")
    expect(page.locator("img.qr")).to_be_visible()
    sound(page, f"the key of a second factor {language}")
