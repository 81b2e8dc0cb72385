"""Lists on a phone 360 px wide: long ones are searched, others follow the answer before; without a script, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from questionnaires.lists import filled
from questionnaires.model import Questionnaire
from survey_service.secrets import KeyRing
from tests.browser.resident_world import OpenWave, open_wave_of
from tests.browser.test_resident import answers, reviewed
from tests.browser.test_resident_access import sound
from tests.spec.questionnaires.examples import loaded
from tests.spec.questionnaires.listed import LISTED, LONG_ENTRIES, in_the_file

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser
YUEHAI, WENXIN = "440300001", "440300001004"


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return in_the_file(filled(loaded(tmp_path_factory.mktemp("listed"), LISTED), LONG_ENTRIES))


@pytest.fixture
def wave(database: Database, settings: Settings, world: World, listed: Questionnaire) -> OpenWave:
    return open_wave_of(database, KeyRing(settings.secret_key.get_secret_value()), world, listed)


def on(page: Page, anchor: str) -> None:
    page.locator(".here [data-turn=on]").tap()
    page.locator(f"#{anchor}.here").wait_for()


def seen(page: Page) -> list[str]:
    return page.locator(".here label.option:visible").all_inner_texts()


def search_place(page: Page) -> None:
    street = page.get_by_role("combobox", name="写名称、拼音首字母或代码来找")
    street.fill("yh")
    expect(page.get_by_role("option")).to_have_text(["粤海街道"])
    sound(page, "a list that is searched")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    street.press("Enter")
    expect(street).to_have_value("粤海街道")
    on(page, "q-community")
    community = page.locator("#f-community")
    community.tap()
    expect(page.get_by_role("option")).to_have_count(5)  # of this street alone
    community.press("ArrowDown")
    community.press("ArrowDown")
    expect(page.get_by_role("option").nth(1)).to_have_class("at")
    assert community.get_attribute("aria-activedescendant") == page.get_by_role("option").nth(1).get_attribute("id")
    community.press("Escape")
    community.fill("北京")
    expect(page.locator(".here [role=status]")).to_have_text("没有找到。换几个字再试。")
    page.locator(".here [data-turn=on]").tap()
    expect(page.locator(".here .fault")).to_have_text("请从找到的里面选一项。")
    community.fill("wenx")
    page.get_by_role("option", name="文心社区").tap()
    on(page, "q-field")


def answer_what_hangs_on_it(page: Page) -> None:
    page.locator(".here label", has_text="环境").tap()
    on(page, "q-matter")
    assert seen(page) == ["垃圾"]
    page.locator(".here label", has_text="垃圾").tap()
    on(page, "q-used")
    for label in ("公安局", "教育局"):
        page.locator(".here label", has_text=label).tap()
    on(page, "q-best")
    assert seen(page) == ["公安局", "教育局", "都差不多", "说不清"]
    page.locator(".here label", has_text="教育局").tap()
    on(page, "q-order")
    expect(page.locator(".here .rank:visible")).to_have_count(2)
    for label in ("教育局", "公安局"):
        page.locator(".here .rank", has_text=label).tap()
    on(page, "q-how")
    assert seen(page) == ["走路"]  # two are wanted, one is offered
    page.locator(".here label", has_text="走路").tap()


def change_the_street(page: Page, address: str) -> None:
    """An earlier answer changes: what belonged to it is put aside, and comes back with it."""
    street, community = page.locator("#f-street"), page.locator("#f-community")
    page.goto(f"{address}#q-street")
    page.locator("#q-street.here").wait_for()
    street.fill("蛇口")
    page.get_by_role("option", name="蛇口街道").tap()
    on(page, "q-community")
    expect(community).to_have_value("")
    page.locator(".here [data-turn=back]").tap()
    street.fill("粤海")
    page.get_by_role("option", name="粤海街道").tap()
    on(page, "q-community")
    expect(community).to_have_value("文心社区")


def test_with_a_script(phone: Callable[..., Page], base: str, wave: OpenWave, database: Database) -> None:
    page = phone()
    lists = []
    page.on("request", lambda request: lists.append(request.url) if "/a/lists/" in request.url else None)
    page.goto(f"{base}/a/{wave.code}")
    page.locator(".led").wait_for()
    page.locator("#start").tap()
    search_place(page)
    answer_what_hangs_on_it(page)
    change_the_street(page, f"{base}/a/{wave.code}")
    for anchor in ("q-field", "q-matter", "q-used", "q-best", "q-order", "q-how", "review"):
        on(page, anchor)
    reviewed(page)
    told = page.locator("#review-answers b").all_inner_texts()
    assert told[:2] == ["粤海街道", "文心社区"]
    assert "① 教育局　② 公安局" in told
    page.locator(".here [data-turn=on]").tap()
    page.locator(".receipt").wait_for()
    assert answers(database, wave) == [GIVEN]
    assert len(lists) == 2  # each list once


def test_a_draft_comes_back_with_its_lists(phone: Callable[..., Page], base: str, wave: OpenWave) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}#q-street")
    page.locator(".led").wait_for()
    page.locator("#f-street").fill("yh")
    page.get_by_role("option", name="粤海街道").tap()
    on(page, "q-community")
    page.locator(".here label.option", has_text="不在名单里").tap()
    page.locator(".here .more input").fill("新村")
    page.reload()
    page.locator("#q-community.here").wait_for()
    expect(page.locator("#f-community")).to_have_value("")
    expect(page.locator("#q-community label:has(input[value='98']) input")).to_be_checked()
    expect(page.locator("#f-street")).to_have_value("粤海街道")
    page.locator("#f-community").fill("文心")  # whoever finds it after all
    page.get_by_role("option", name="文心社区").tap()
    expect(page.locator("#q-community label:has(input[value='98']) input")).not_to_be_checked()


def test_without_the_list_the_service_finds(phone: Callable[..., Page], base: str, wave: OpenWave) -> None:
    """A list that does not come leaves a plain field: what was typed is looked up with the answers."""
    page = phone()
    page.route("**/a/lists/*", lambda route: route.fulfill(status=404, body=""))
    page.goto(f"{base}/a/{wave.code}#q-street")
    page.locator(".led").wait_for()
    page.locator("#f-street").fill("粤海")
    on(page, "q-community")
    for anchor in ("q-field", "q-matter", "q-used", "q-how", "review"):
        on(page, anchor)
    reviewed(page)
    page.locator(".here [data-turn=on]").tap()
    expect(page.locator(".summary li")).to_have_count(1)
    expect(page.locator(".faulty label.option")).to_have_text(["粤海街道", "说不清"])


GIVEN = {
    "street": YUEHAI,
    "community": WENXIN,
    "field": ["b"],
    "matter": "b1",
    "used": ["01", "02"],
    "best": "02",
    "order": ["02", "01"],
    "how": ["1"],
}


def test_without_a_script(phone: Callable[..., Page], base: str, wave: OpenWave, database: Database) -> None:
    page = phone(java_script_enabled=False)
    page.goto(f"{base}/a/{wave.code}#q-street")
    page.locator("#f-street").fill("nsh")
    page.locator("#q-street button[value=find]").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("找到这些，请选一项")
    expect(page.locator("label.option")).to_have_text(["南山街道", "说不清"])
    page.locator("label", has_text="南山街道").tap()
    page.get_by_role("button", name="选好了，接着答").tap()
    expect(page.locator("#f-street")).to_have_value("南山街道")
    page.locator("#q-street [data-turn=on]").tap()
    expect(page.locator("#q-community .hint.plain-only")).to_have_text("只选属于第 1 题答案的。")
    page.locator("#f-community").fill("粤海文心社区")  # of no street that there is
    page.locator("#q-community button[value=find]").tap()
    expect(page.get_by_text("没有找到。换几个字再试。")).to_be_visible()
    page.locator("#f-community").fill("社区")
    page.get_by_role("button", name="找一找").tap()
    expect(page.get_by_text("没有找到。换几个字再试。")).to_have_count(0)
    expect(page.locator("label.option")).to_have_text(
        [
            *(f"南山{one}社区" for one in ("海珠", "蔚蓝海岸", "大学城", "文心", "龙城")),
            "不在名单里",
            "说不清",
        ]
    )
    page.locator("label", has_text="南山文心社区").tap()
    page.get_by_role("button", name="选好了，接着答").tap()
    # Another street: the community does not belong to it, and the page that says so offers those that do.
    page.locator("#q-community [data-turn=back]").tap()
    page.locator("#f-street").fill("粤海街道")
    page.locator("#q-street button[value=check]").tap()
    expect(page.locator(".summary li")).to_contain_text("选的是“粤海街道”，这里没有“南山文心社区”")
    page.locator("label.option", has_text="文心社区").tap()
    page.get_by_role("button", name="改好了，提交答卷").tap()
    page.get_by_role("heading", level=1, name="请核对，还没有提交").wait_for()
    page.get_by_role("button", name="提交答卷").first.tap()
    page.locator(".receipt").wait_for()
    assert answers(database, wave) == [{"street": YUEHAI, "community": WENXIN}]
