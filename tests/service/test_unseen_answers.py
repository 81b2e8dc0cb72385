"""Nothing is stored that the person cannot see: words of an option that is not chosen, answers to what is not asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from questionnaires.condition_parser import parse
from survey_service.app import create_app
from survey_service.secrets import KeyRing
from tests.service.resident import filled, read_page
from tests.service.test_collection_pages import ANSWERS, CANONICAL, CLIENT_ID, post, stored
from tests.service.world import NOW, QUESTIONNAIRE, build

if TYPE_CHECKING:
    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.world import World

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
UNTICKED = {**ANSWERS, "channels": ["1"]}  # the words of 其他 are still there, the tick is gone
WITHOUT_WORDS = {name: value for name, value in CANONICAL.items() if name != "channels.other"} | {"channels": ["1"]}
# Whoever does not know of it is not asked where from, nor their age.
BRANCHED = replace(
    QUESTIONNAIRE,
    sections=tuple(
        replace(
            section,
            questions=tuple(
                replace(one, ask_if=parse('know == "1"')) if one.id in ("channels", "age") else one
                for one in section.questions
            ),
        )
        for section in QUESTIONNAIRE.sections
    ),
)


def test_words_of_an_unticked_option_are_not_stored(client: TestClient, world: World, database: Database) -> None:
    post(client, world.open_codes[0], {**UNTICKED, "client_id": CLIENT_ID})
    assert [one["answers"] for one in stored(database)] == [WITHOUT_WORDS]


def test_nor_carried_by_the_page_that_is_checked(client: TestClient, world: World, database: Database) -> None:
    code = world.open_codes[0]
    form = read_page(client.get(f"/a/{code}").text)
    check = read_page(post(client, code, filled(form, UNTICKED, "check")).text)
    assert "channels.other" not in dict(check.fields)
    assert "孩子学校" not in check.words
    post(client, code, filled(check, {}, "submit"))
    assert [one["answers"] for one in stored(database)] == [WITHOUT_WORDS]


def test_nor_by_a_correction(client: TestClient, world: World, database: Database) -> None:
    code = world.open_codes[0]
    receipt = post(client, code, {**ANSWERS, "client_id": CLIENT_ID}, headers={"accept": "application/json"}).json()
    asked = client.post("/receipt", data={"_receipt": receipt["receipt"], "action": "correct"})
    data = filled(read_page(asked.text), {"channels": ["1"]}, "submit")
    assert data["channels.other"] == "孩子学校"
    client.post("/receipt", data=data)
    assert [one["answers"] for one in stored(database)] == [WITHOUT_WORDS]


def test_answers_to_what_is_not_asked_are_not_stored(database: Database, settings: Settings) -> None:
    world = build(database, KeyRing(settings.secret_key.get_secret_value()), BRANCHED)
    with TestClient(create_app(settings, clock=lambda: NOW), follow_redirects=False) as client:
        code = world.open_codes[0]
        hidden = {**ANSWERS, "know": "2", "age": "不到年龄"}  # not even read: nobody sees what could be wrong with it
        check = read_page(post(client, code, {**hidden, "action": "check"}).text)
        assert {"channels", "channels.other", "age"}.isdisjoint(dict(check.fields))
        post(client, code, {**hidden, "client_id": CLIENT_ID})
        assert {"channels", "channels.other", "age"}.isdisjoint(stored(database)[0]["answers"])
