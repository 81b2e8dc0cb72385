"""A picture on a phone: made smaller, sent while one looks, tried again over a bad network, kept through a reload."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from questionnaires.kinds.attachment import reference_of
from questionnaires.model import Questionnaire
from survey_service.models import Attachment
from survey_service.secrets import KeyRing
from tests.browser.resident_world import OpenWave, open_wave_of
from tests.browser.test_resident import answers, reviewed
from tests.browser.test_resident_access import sound
from tests.service.sent_files import picture
from tests.spec.questionnaires.examples import NOTICE, loaded

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.browser
DEFINITION = f"""\
key: boards
version: "1"
title: {{zh: 公示栏, en: Notice boards}}
{NOTICE}
sections:
  - id: all
    title: {{zh: 全部, en: All}}
    questions:
      - {{id: board, type: attachment, text: {{zh: 拍下小区的公示栏, en: The notice board}}, maximum_files: 2}}
      - {{id: words, type: short_text, text: {{zh: 上面写了什么, en: What it says}}}}
"""
PHOTO = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture(size=(3000, 2000))}


@pytest.fixture(scope="module")
def boards(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("boards"), DEFINITION)


@pytest.fixture
def wave(database: Database, settings: Settings, world: World, boards: Questionnaire) -> OpenWave:
    return open_wave_of(database, KeyRing(settings.secret_key.get_secret_value()), world, boards)


def stored(database: Database) -> list[tuple[str, bool]]:
    """Every file by its id, and whether an answer refers to it."""
    with database.reading.begin() as session:
        return [(row.id.hex, row.response_id is not None) for row in session.scalars(select(Attachment))]


def submit(page: Page) -> None:
    page.locator(".here [data-turn=on]").tap()
    reviewed(page)
    page.locator(".here [data-turn=on]").tap()
    page.locator(".receipt").wait_for()


def test_a_picture_is_sent_smaller_and_again_where_the_network_fails(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page, sent = phone(), []

    def bad_network(route: Route) -> None:
        sent.append(len(route.request.post_data_buffer or b""))
        if len(sent) == 1:
            route.abort()
        else:
            route.continue_()

    page.route("**/files?*", bad_network)
    page.goto(f"{base}/a/{wave.code}")
    page.locator("#start").tap()
    page.locator("#q-board.here").wait_for()
    page.locator("#f-board").set_input_files(PHOTO)  # type: ignore[arg-type] # as the function takes it
    row = page.locator("#q-board label.option")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("第 1 个")
    expect(page.locator("#q-board [role=status]")).to_have_text("传好了。")
    assert len(sent) == 2
    sound(page, "a file that was sent")
    page.reload()
    page.locator("#q-board.here").wait_for()
    expect(page.locator("#q-board input[type=checkbox]")).to_be_checked()
    page.locator(".here [data-turn=on]").tap()
    page.locator("#q-words.here").wait_for()
    page.locator("#f-words").fill("停水")
    submit(page)
    [given] = answers(database, wave)
    reference = reference_of(given["board"])
    assert reference is not None
    assert given["words"] == "停水"
    assert stored(database) == [(reference.id, True)]


def test_what_is_taken_out_is_not_submitted_and_a_wrong_file_is_told(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone()
    page.goto(f"{base}/a/{wave.code}")
    page.locator("#start").tap()
    page.locator("#q-board.here").wait_for()
    field = page.locator("#f-board")
    field.set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    expect(page.locator("#q-board [role=status]")).to_contain_text("请换一个再传")
    field.set_input_files([PHOTO, PHOTO])  # type: ignore[list-item] # as the function takes it
    expect(page.locator("#q-board label.option")).to_have_count(2)
    page.locator("#q-board label.option").first.tap()
    page.locator("#q-board h2").tap()
    page.locator(".here [data-turn=on]").tap()
    page.locator("#q-words.here").wait_for()
    submit(page)
    [given] = answers(database, wave)
    assert len(given["board"].split()) == 1
    assert sorted(bound for _, bound in stored(database)) == [False, True]


def test_without_a_script_the_form_carries_it(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone()
    page.route("**/resident.js", lambda route: route.abort())
    page.goto(f"{base}/a/{wave.code}#q-board")
    page.locator("#f-board").set_input_files(PHOTO)  # type: ignore[arg-type] # as the function takes it
    page.locator("#q-board [data-turn=on]").tap()
    page.locator("#f-words").fill("停水")
    page.locator("#q-words [value=check]").tap()
    page.locator(".answers").wait_for()
    expect(page.locator(".answers")).to_contain_text("1 个文件")
    page.locator("form button.btn").last.tap()
    page.locator(".receipt").wait_for()
    [given] = answers(database, wave)
    assert stored(database) == [(given["board"][:32], True)]
