"""Answers that are not taken in: the person hears that it is these, keeps them, and is led on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.service.test_collection_pages import ANSWERS, CLIENT_ID, SCRIPT, post, stored

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from survey_service.database import Database
    from tests.service.conftest import TestClock
    from tests.service.world import World

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
OTHER_ID = "f" * 32
THEIRS = {**ANSWERS, "client_id": OTHER_ID, "channels.other": "楼下的喇叭", "overall": "3"}
AFTER_THE_END = datetime(2026, 9, 30, 16, 0, 1, tzinfo=UTC)


def test_the_second_person_of_a_household_hears_that_these_were_not_taken_in(
    client: TestClient, world: World, database: Database
) -> None:
    code = world.case_codes[0]
    post(client, code, {**ANSWERS, "client_id": CLIENT_ID})
    page = post(client, code, THEIRS)
    assert page.status_code == 409
    assert "<h1>这一份没有收下</h1>" in page.text
    assert "您刚才答的这一份没有收下，也没有计入" in page.text
    assert "公告栏、其他（楼下的喇叭）" in page.text  # their own words, to be noted where the phone kept no draft
    assert "孩子学校" not in page.text  # never those of the other person
    assert "receipt.js" not in page.text  # which would remove the draft
    english = post(client, code, {**THEIRS, "_lang": "en"})
    assert "The answers that you just gave were not taken in" in english.text
    assert [one["answers"]["overall"] for one in stored(database)] == ["2"]


def test_the_check_page_of_a_used_code_says_it_before_anything_is_sent(client: TestClient, world: World) -> None:
    code = world.case_codes[0]
    post(client, code, {**ANSWERS, "client_id": CLIENT_ID})
    page = post(client, code, {**ANSWERS, "channels.other": "楼下的喇叭", "action": "check"})
    assert (page.status_code, "这一份没有收下" in page.text, "楼下的喇叭" in page.text) == (409, True, True)


def test_a_used_code_that_is_only_opened_asks_what_became_of_a_draft(client: TestClient, world: World) -> None:
    code = world.case_codes[0]
    post(client, code, {**ANSWERS, "client_id": CLIENT_ID})
    page = client.get(f"/a/{code}")
    assert "<h1>已经提交过了</h1>" in page.text
    assert 'id="draft-here" hidden' in page.text
    assert "receipt.js" not in page.text


@pytest.mark.parametrize("situation", ["conflict", "after the end", "revoked"])
def test_whatever_refuses_answers_shows_them_and_removes_no_draft(
    client: TestClient, world: World, clock: TestClock, situation: str
) -> None:
    code = world.open_codes[0]
    post(client, code, {**ANSWERS, "client_id": CLIENT_ID})
    if situation == "after the end":
        clock.at = AFTER_THE_END
    client_id = CLIENT_ID if situation == "conflict" else OTHER_ID
    changes = {"_version": "0" * 16} if situation == "revoked" else {}
    page = post(client, code, {**THEIRS, "client_id": client_id, **changes})
    assert page.status_code in (409, 410)
    assert "楼下的喇叭" in page.text
    assert "receipt.js" not in page.text
    assert post(client, code, {**THEIRS, "client_id": client_id, **changes}, headers=SCRIPT).status_code in (409, 410)


def test_only_answers_that_were_deleted_leave_the_phone_too(client: TestClient, world: World) -> None:
    code = world.case_codes[0]
    receipt = post(client, code, {**ANSWERS, "client_id": CLIENT_ID}, headers=SCRIPT).json()["receipt"]
    assert client.post("/receipt", data={"_receipt": receipt, "action": "erase"}).status_code == 303
    own = post(client, code, {**ANSWERS, "client_id": CLIENT_ID})
    assert (own.status_code, "data-forget" in own.text, "孩子学校" in own.text) == (410, True, False)
    # Another person's answers by the same code were never deleted: they stay where they are.
    other = post(client, code, THEIRS)
    assert (other.status_code, "data-forget" in other.text, "楼下的喇叭" in other.text) == (410, False, True)
