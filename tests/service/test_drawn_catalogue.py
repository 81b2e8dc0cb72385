"""What managers see of blocks drawn per person: preview, draft, the diff of two versions, the copy for review."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from questionnaires.canonical import canonical_bytes
from survey_service.catalogue import review_copy
from survey_service.catalogue.comparison import compare
from survey_service.secrets import KeyRing
from survey_service.xlsform.writing import write
from tests.service.signed_in import csrf, get, sign_in
from tests.service.world import World, build
from tests.spec.questionnaires.drawn import BODIES, questionnaire

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.conftest import TestClock


@pytest.fixture
def world(database: Database, settings: Settings) -> World:
    return build(database, KeyRing(settings.secret_key.get_secret_value()), questionnaire())


@pytest.fixture
def client(settings: Settings, world: World, clock: TestClock) -> Iterator[TestClient]:
    from fastapi.testclient import TestClient

    from survey_service.app import create_app

    with TestClient(create_app(settings, clock=clock), follow_redirects=False) as opened:
        yield opened


def test_a_preview_shows_one_draw_and_any_other(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    here = f"/surveys/{world.survey_key}/questionnaires/{world.version_id}"
    assert "抽着问" in get(client, here)
    orders = []
    for ticket in range(3):
        page = get(client, f"{here}/phone?ticket={ticket}")
        assert "换一种抽法看看" in page
        assert f"ticket={ticket + 1}" in page
        orders += re.findall(r"&#34;order&#34;:\[([^\]]*)\]", page)
    assert len(set(orders)) == 3
    assert get(client, f"{here}/phone?ticket=x") == get(client, f"{here}/phone?ticket=0").replace(
        "ticket=0", "ticket=x"
    )


def test_a_draft_shows_what_is_drawn(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    token = csrf(get(client, f"/surveys/{world.survey_key}"))
    made = client.post(f"/surveys/{world.survey_key}/drafts", data={"version": str(world.version_id), "csrf": token})
    assert made.status_code == 303, made.text
    page = get(client, made.headers["location"])
    assert "抽着问的部分" in page
    assert "4 个部分，每人由抽签答 2 个" in page
    assert "只对这些人抽" in page


def test_two_versions_differ_by_how_many_are_drawn() -> None:
    found = compare(questionnaire(), questionnaire(take=3))
    (draw,) = [one for one in found.checks if one.id == "bodies"]
    assert [(one.name.zh, one.before, one.after) for one in draw.differences] == [("每人抽几个部分", "2", "3")]
    assert all(one.alike for one in found.indicators), "an answer counts for the same people"
    fixed = compare(questionnaire(), questionnaire(by_person=False))
    alike = {one.id: one.alike for one in fixed.indicators}
    assert not alike["of_tax"], "who is asked has changed"


def test_the_copy_for_review_and_the_form_of_others_say_so() -> None:
    told = str(review_copy.review_story(questionnaire(), "zh"))
    assert "请您评的单位：4 个部分，每人由抽签答 2 个" in told
    assert "第 1 题选“税务”者" in told
    remarks = " ".join(one.message("zh") for one in write(questionnaire()).remarks)
    assert "bodies" in remarks
    assert all(name in remarks for name in BODIES)
    assert canonical_bytes(questionnaire())
