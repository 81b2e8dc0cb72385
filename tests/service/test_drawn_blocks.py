"""Blocks drawn per person on the resident's pages: the same at every look, chosen by nobody, kept with the answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from questionnaires.answers import Policy, check_answers
from survey_service.secrets import KeyRing
from survey_service.surveys import draw_tickets
from tests.service.resident import filled, read_page
from tests.service.test_collection_pages import CLIENT_ID, SCRIPT, post, stored
from tests.service.world import World, build
from tests.spec.questionnaires.drawn import BODIES, questionnaire

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.conftest import TestClock

ALL_USED = ["1", "2", "3", "4"]


@pytest.fixture(params=[True, False], ids=["own", "fixed"])
def world(request: pytest.FixtureRequest, database: Database, settings: Settings) -> World:
    drawn = questionnaire(by_person=request.param)
    return build(database, KeyRing(settings.secret_key.get_secret_value()), drawn)


def token(page: Any) -> str:
    return read_page(page.text).own("_draw")


def drawn_of(world: World, sealed: str) -> list[str]:
    ticket = int(sealed.partition(".")[0])
    values = check_answers(world.questionnaire, {"used": ALL_USED, "bodies": ticket}, Policy.WEB).values
    assert isinstance(values["bodies"], list)
    return values["bodies"]


def all_answered(sealed: str) -> dict[str, Any]:
    answers = {f"{name}_all": "1" for name in BODIES}
    return {"used": ALL_USED, **answers, "_draw": sealed, "client_id": CLIENT_ID, "action": "submit"}


def test_a_case_has_one_draw_however_often_it_looks(client: TestClient, world: World) -> None:
    seen = {token(client.get(f"/a/{world.case_codes[0]}")) for _ in range(3)}
    seen.add(token(client.get(f"/a/{world.case_codes[0]}?lang=en")))
    assert len(seen) == 1
    tickets = [int(token(client.get(f"/a/{code}")).partition(".")[0]) for code in world.case_codes[:6]]
    assert [one - tickets[0] for one in tickets] == list(range(6)), "neighbours in the list are balanced"


def test_a_case_answers_what_was_drawn_whatever_is_sent(client: TestClient, world: World, database: Database) -> None:
    code = world.case_codes[2]
    own, other = token(client.get(f"/a/{code}")), token(client.get(f"/a/{world.case_codes[3]}"))
    reply = post(client, code, all_answered(other), headers=SCRIPT)
    assert reply.status_code == 200
    (one,) = stored(database)
    assert one["answers"]["bodies"] == int(own.partition(".")[0])
    answered = [name for name in BODIES if f"{name}_all" in one["answers"]]
    assert answered == drawn_of(world, own)


def test_a_poster_keeps_its_draw_over_reload_language_and_draft(client: TestClient, world: World) -> None:
    address = f"/a/{world.open_codes[0]}"
    first = client.get(address)
    again = client.get(address, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert token(client.get(address, params={"draw": token(first)})) == token(first)
    english = client.post(address, data=filled(read_page(first.text), {}, "en"))
    assert token(english) == token(first)
    others = {token(client.get(address)) for _ in range(4)}
    assert len(others) == 4
    assert token(first) not in others
    # Of another poster, or written by hand: a new draw.
    assert token(client.get(f"/a/{world.open_codes[1]}", params={"draw": token(first)})) != token(first)
    forged = re.sub(r"^\d+", "7", token(first))
    assert token(client.get(address, params={"draw": forged})) != forged


def test_a_draw_that_was_not_made_here_is_not_taken(client: TestClient, world: World, database: Database) -> None:
    address = f"/a/{world.open_codes[0]}"
    sealed = token(client.get(address))
    for wrong in ("", "7." + sealed.partition(".")[2], token(client.get(f"/a/{world.open_codes[1]}"))):
        reply = client.post(address, data={**all_answered(wrong), "action": "check"})
        assert reply.status_code == 409
        assert "没有提交" in reply.text
    assert client.post(address, data={**all_answered(sealed), "bodies": "7"}).status_code == 422
    assert not stored(database)


def test_the_script_gets_the_order_and_the_conditions(client: TestClient, world: World) -> None:
    page = client.get(f"/a/{world.case_codes[0]}").text
    drawn = drawn_of(world, read_page(page).own("_draw"))
    shown = [name for name in BODIES if f'data-question="{name}_all"' in page]
    if world.questionnaire.draws[0].by_person:
        assert shown == list(BODIES)
        (order,) = re.findall(r'data-draws="([^"]+)"', page)
        assert set(json.loads(order.replace("&#34;", '"'))["bodies"]["order"][:2]) == set(drawn)
        assert "[&#34;drawn&#34;,&#34;bodies&#34;,&#34;tax&#34;]" in page
    else:
        assert shown == drawn
        assert "data-draws" not in page


def test_without_a_script_the_blocks_come_after_what_they_hang_on(
    client: TestClient, world: World, database: Database
) -> None:
    code = world.case_codes[1]
    page = client.get(f"/a/{code}")
    drawn = drawn_of(world, token(page))
    step: Any = client.post(f"/a/{code}", data=filled(read_page(page.text), {"used": ALL_USED}, "check"))
    if world.questionnaire.draws[0].by_person:
        assert "请您回答，是抽签定的" in step.text
        for number, name in enumerate(BODIES, start=1):
            assert (f"单位{number}" in step.text.partition("抽签定的")[2][:40]) == (name in drawn)
            assert (f'class="step undrawn" id="q-{name}_all"' in step.text) == (name not in drawn)
        answers: dict[str, str | list[str]] = {f"{name}_all": "2" for name in drawn}
        step = client.post(f"/a/{code}", data=filled(read_page(step.text), answers, "check"))
        assert "请核对" in step.text
    else:
        assert "请核对" in step.text
    done = client.post(f"/a/{code}", data=filled(read_page(step.text), {}, "submit"))
    assert "已提交" in done.text
    (one,) = stored(database)
    assert one["answers"]["bodies"] == int(token(page).partition(".")[0])


def test_a_draw_alone_is_no_answer(client: TestClient, world: World, database: Database) -> None:
    code = world.case_codes[0]
    sealed = token(client.get(f"/a/{code}"))
    reply = post(client, code, {"_draw": sealed, "client_id": CLIENT_ID, "action": "submit"}, headers=SCRIPT)
    assert reply.status_code == 422
    assert not stored(database)


def test_a_correction_has_the_same_blocks(client: TestClient, world: World, database: Database) -> None:
    code = world.open_codes[0]
    sealed = token(client.get(f"/a/{code}"))
    receipt = post(client, code, all_answered(sealed), headers=SCRIPT).json()["receipt"]
    shown = client.post("/receipt", data={"_receipt": receipt, "action": "look"})
    assert str(int(sealed.partition(".")[0])) not in shown.text
    form = read_page(client.post("/receipt", data=filled(read_page(shown.text), {}, "correct")).text)
    drawn = drawn_of(world, sealed)
    assert {name for name, value in form.fields if name.endswith("_all") and value} == {f"{name}_all" for name in drawn}
    data = {**filled(form, {f"{name}_all": "2" for name in BODIES}, "submit"), "client_id": "c" * 32}
    assert client.post("/receipt", data=data, headers=SCRIPT).status_code == 200
    (one,) = stored(database)
    assert one["answers"]["bodies"] == int(sealed.partition(".")[0])
    assert {name: one["answers"].get(f"{name}_all") for name in BODIES} == {
        name: "2" if name in drawn else None for name in BODIES
    }


def test_tickets_hang_on_key_wave_and_number(world: World) -> None:
    one, other = KeyRing("k" * 16 + "abcdefgh12345678"), KeyRing("m" * 16 + "abcdefgh12345678")
    of = draw_tickets.ticket_of
    assert of(one, world.wave_id, "0001-001") == of(one, world.wave_id, "0001-001")
    assert of(one, world.wave_id, "0001-007") - of(one, world.wave_id, "0001-001") == 6
    assert of(one, world.wave_id, "0001-001") != of(other, world.wave_id, "0001-001")
    assert of(one, world.wave_id, "0001-001") != of(one, world.survey_id, "0001-001")
    assert 0 <= of(one, world.wave_id, "甲") < 2**53


@pytest.fixture
def client(settings: Settings, world: World, clock: TestClock) -> Iterator[TestClient]:
    from fastapi.testclient import TestClient

    from survey_service.app import create_app

    with TestClient(create_app(settings, clock=clock), follow_redirects=False) as opened:
        yield opened
