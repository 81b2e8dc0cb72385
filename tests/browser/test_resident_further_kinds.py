"""Questions that ask for more than a tick or a number, answered on a phone 360 px wide, with a script and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from questionnaires.model import Questionnaire
from survey_service.secrets import KeyRing
from tests.browser.resident_world import OpenWave, open_wave_of
from tests.browser.test_resident import answers, reviewed
from tests.browser.test_resident_access import sound
from tests.spec.questionnaires.examples import NOTICE, loaded

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser
WISHES = (
    ("停车", "Parking"),
    ("路灯", "Street lamps"),
    ("绿化", "Greenery"),
    ("电梯", "Lifts"),
    ("养老", "Elderly care"),
)
OPTIONS = "".join(
    f'\n          - {{code: "{code}", label: {{zh: {zh}, en: {en}}}}}' for code, (zh, en) in enumerate(WISHES, start=1)
)
DEFINITION = f"""\
key: further
version: "1"
title: {{zh: 社区改造, en: Works in the community}}
{NOTICE}
sections:
  - id: all
    title: {{zh: 全部, en: All}}
    questions:
      - id: wishes
        type: multiple_choice
        text: {{zh: 您最盼望改善哪些方面？, en: What should be improved first?}}
        maximum_choices: 3
        options:{OPTIONS}
          - {{code: "8", label: {{zh: 都不用, en: None of these}}, exclusive: true}}
      - id: likely
        type: single_choice
        text: {{zh: 您会向亲友推荐住在这里吗？, en: Would you recommend living here?}}
        layout: points
        scale: likelihood_0_10
      - id: rated
        type: scale
        text: {{zh: 您对这些服务满意不满意？, en: How satisfied are you with these?}}
        layout: points
        scale: satisfaction_0_10
        items:
          - {{id: lamps, text: {{zh: 路灯维修, en: Repair of street lamps}}}}
          - {{id: lifts, text: {{zh: 电梯维修, en: Repair of lifts}}}}
      - id: order
        type: ranking
        text: {{zh: 先做哪几件？, en: What should come first?}}
        ranks: 3
        options:{OPTIONS}
      - id: opens
        type: time
        text: {{zh: 社区食堂早上几点开门合适？, en: When should the canteen open in the morning?}}
        hint: {{zh: "您排的是{{order|几件事}}。", en: "You put {{order|some works}} in order."}}
        minimum: "05:00"
        maximum: "11:00"
"""


@pytest.fixture(scope="module")
def further(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("further"), DEFINITION)


@pytest.fixture
def wave(database: Database, settings: Settings, world: World, further: Questionnaire) -> OpenWave:
    return open_wave_of(database, KeyRing(settings.secret_key.get_secret_value()), world, further)


def choose_more_than_may_be(page: Page) -> None:
    """A fourth tick is told where it was made, and not gone on with."""
    for code in "1235":
        page.locator(f"#q-wishes input[value='{code}']").check()
    told = page.locator("#q-wishes .fault[role=alert]")
    expect(told).to_have_text("最多选三项。现在选了 4 项，请去掉 1 项。")
    assert page.locator("label:has(input[value='5']) + .fault").count() == 1
    page.locator(".here [data-turn=on]").tap()
    expect(page.locator("#q-wishes.here .fault:not(.mended)")).to_have_count(1)
    sound(page, "too many")
    page.locator("#q-wishes input[value='2']").uncheck()
    expect(page.locator("#q-wishes .fault:not(.mended)")).to_have_count(0)


GIVEN = {
    "wishes": ["1", "3", "5"],
    "likely": "10",
    "rated.lamps": "0",
    "rated.lifts": "11",
    "order": ["4", "1", "2"],
    "opens": "06:30",
}


def on(page: Page, anchor: str) -> None:
    page.locator(".here [data-turn=on]").tap()
    page.locator(f"#{anchor}.here").wait_for()


def on_plain(page: Page, anchor: str) -> None:
    """The links of the plain page lead to the next question."""
    page.locator(f".step a[href='#{anchor}'][data-turn=on]").tap()


def point(page: Page, variable: str, code: str) -> None:
    page.locator(f"label:has([name='{variable}'][value='{code}'])").tap()


def put_in_order(page: Page) -> None:
    """Touched in order; a fourth is told; touched again one goes, and the later ones move up."""
    ranks = page.locator("#q-order .rank")
    expect(page.locator("#q-order select").first).to_be_hidden()
    for code in "34":
        ranks.nth(int(code) - 1).tap()
    page.locator(".here [data-turn=on]").tap()
    expect(page.locator("#q-order.here .fault:not(.mended)")).to_contain_text("前三项")
    sound(page, "a ranking begun")
    for code in "12":
        ranks.nth(int(code) - 1).tap()
    expect(page.locator("#q-order .fault:not(.mended)")).to_contain_text("已经排满 3 项")
    ranks.nth(2).tap()  # 绿化 goes
    ranks.nth(1).tap()
    expect(page.locator("#q-order .place")).to_have_text(["2", "3", "", "1", ""])
    page.get_by_text("撤回最后一个").tap()
    expect(page.locator("#q-order .place")).to_have_text(["2", "", "", "1", ""])
    ranks.nth(1).tap()
    expect(ranks.nth(1)).to_have_attribute("aria-pressed", "true")
    sound(page, "a ranking")


def test_each_is_answered_on_a_small_phone(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}")
    page.locator("#start").tap()
    page.locator("#q-wishes.here").wait_for()
    choose_more_than_may_be(page)
    on(page, "q-likely")
    sound(page, "points")
    point(page, "likely", "10")
    on(page, "q-rated")
    sound(page, "rows of points")
    point(page, "rated.lamps", "0")
    point(page, "rated.lifts", "11")
    on(page, "q-order")
    put_in_order(page)
    on(page, "q-opens")
    expect(page.locator("#h-opens")).to_have_text("您排的是① 电梯 ② 停车 ③ 路灯。")
    page.locator("#f-opens").fill("13:00")
    page.locator(".here [data-turn=on]").tap()
    expect(page.locator("#q-opens.here .fault")).to_contain_text("05:00 到 11:00 之间")
    sound(page, "a time")
    page.locator("#f-opens").fill("06:30")
    page.locator(".here [data-turn=on]").tap()
    reviewed(page)
    said = page.locator("#review-answers dd b").all_inner_texts()
    assert said == ["停车、绿化、养老", "10 非常可能", "0 非常不满意", "说不清", "① 电梯　② 停车　③ 路灯", "06:30"]
    page.locator(".here [data-turn=on]").tap()
    page.locator(".receipt").wait_for()
    assert answers(database, wave) == [GIVEN]


def test_without_a_script_the_service_tells(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone()
    page.route("**/resident.js", lambda route: route.abort())
    page.goto(f"{base}/a/{wave.code}#q-wishes")
    for code in "1235":
        page.locator(f"#q-wishes input[value='{code}']").check()
    on_plain(page, "q-likely")
    point(page, "likely", "10")
    on_plain(page, "q-rated")
    point(page, "rated.lamps", "0")
    point(page, "rated.lifts", "11")
    on_plain(page, "q-order")
    for place, code in enumerate("442"):
        page.locator("#q-order select").nth(place).select_option(f"{place + 1}:{code}")
    on_plain(page, "q-opens")
    page.locator("#f-opens").fill("06:30")
    page.locator("#q-opens [value=check]").tap()
    expect(page.locator(".faulty .fault")).to_have_count(2)
    expect(page.locator(".faulty .fault").last).to_contain_text("“电梯”排了两次")
    page.locator("select").nth(1).select_option("2:1")
    expect(page.locator(".faulty .fault").first).to_have_text("最多选三项。现在选了 4 项，请去掉 1 项。")
    sound(page, "faults")
    page.locator("input[value='2']").uncheck()
    page.locator("form button.btn").tap()
    page.locator(".answers").wait_for()
    assert "10 非常可能" in page.locator(".answers").inner_text()
    page.locator("form button.btn").last.tap()
    page.locator(".receipt").wait_for()
    assert answers(database, wave) == [GIVEN]
