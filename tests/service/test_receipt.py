"""``/receipt``: whoever holds the code sees those answers, corrects them until the wave closes, or deletes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from survey_service.audit import chain
from survey_service.audit.chain import SERVICE
from survey_service.captures.content import answers_of
from survey_service.collection.reception import WRONG_CODES
from survey_service.models import AuditEntry, Capture, Response, ResponseState, Source
from survey_service.surveys import service as surveys
from tests.service.resident import filled, read_page
from tests.service.test_collection_pages import ANSWERS, CANONICAL, CLIENT_ID, SCRIPT, post, stored
from tests.service.world import NOW

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from survey_service.database import Database
    from tests.service.conftest import TestClock
    from tests.service.world import World


@pytest.fixture
def receipt(client: TestClient, world: World) -> str:
    """The receipt of one answer by the open code."""
    return submit(client, world.open_codes[0])


def submit(client: TestClient, code: str, client_id: str = CLIENT_ID) -> str:
    return str(post(client, code, {**ANSWERS, "client_id": client_id}, headers=SCRIPT).json()["receipt"])


def ask(client: TestClient, receipt: str, action: str = "look", **more: Any) -> Any:
    return client.post("/receipt", data={"_receipt": receipt, "action": action}, **more)


def states(database: Database) -> list[ResponseState]:
    with database.reading.begin() as session:
        return list(session.scalars(select(Response.state)))


def test_the_answers_are_shown_to_the_code_however_it_is_typed(client: TestClient, receipt: str) -> None:
    assert "回执码" in client.get("/receipt").text
    for typed in (receipt, receipt.lower().replace("-", " "), receipt.replace("-", "")):
        page = ask(client, typed)
        assert page.status_code == 200
        assert "公告栏、其他（孩子学校）" in page.text
        assert page.headers["cache-control"] == "private, no-store"
        assert receipt not in page.headers.get("location", "")
    english = ask(client, receipt, "en", headers={}).text
    assert "see your" not in english
    shown = read_page(ask(client, receipt).text)
    assert "Your submitted answers" in client.post("/receipt", data=filled(shown, {}, "en")).text


def test_a_wrong_code_is_said_beside_the_field_and_many_are_slowed(
    client: TestClient, world: World, receipt: str, clock: TestClock
) -> None:
    wrong = ask(client, "0000-0000-0000-0000")
    assert (wrong.status_code, "没有找到这个回执码" in wrong.text) == (404, True)
    assert "aria-invalid" in wrong.text
    for _ in range(WRONG_CODES - 1):
        assert ask(client, "zz").status_code == 404
    slowed = ask(client, "zz")
    assert slowed.status_code == 429
    wait = int(slowed.headers["retry-after"])
    assert 0 < wait <= 1200
    # Thousands share an address of a mobile network: whoever holds a right code never waits for those who try.
    assert ask(client, receipt).status_code == 200
    own = f"/a/{world.open_codes[0]}/receipt"
    assert client.post(own, data={"_receipt": receipt}).status_code == 200
    assert client.post(own, data={"_receipt": "zz"}).status_code == 429  # one count, wherever it is tried
    left = {"_receipt": "zz", "name": "", "number": "13800138000", "agreed": "yes", "action": "keep"}
    assert client.post(f"/a/{world.open_codes[0]}/contact", data=left).status_code == 429
    clock.at = datetime.fromtimestamp(NOW.timestamp() + wait, UTC)
    assert ask(client, "zz").status_code == 404


def test_a_correction_is_a_new_capture_and_a_moved_pointer(
    client: TestClient, world: World, receipt: str, database: Database
) -> None:
    """Without a script: form, check page, stored; with one the form goes straight on."""
    form = read_page(ask(client, receipt, "correct").text)
    kept = dict(form.fields)
    assert (kept["know"], kept["age"], kept["channels.other"], kept["_receipt"]) == ("1", "45", "孩子学校", receipt)
    faulty = client.post("/receipt", data=filled(form, {"age": "abc"}, "check"))
    assert faulty.status_code == 422
    larger = client.post("/receipt", data=filled(read_page(faulty.text), {}, "large"))
    assert "large" in larger.text
    check = read_page(client.post("/receipt", data=filled(read_page(larger.text), {"age": "46"}, "check")).text)
    assert stored(database)[0]["answers"] == CANONICAL
    data = filled(check, {}, "submit")
    done = client.post("/receipt", data=data)
    assert (done.status_code, done.headers["location"]) == (303, "/receipt?done=corrected&text=large")
    assert "改动已提交" in client.get(done.headers["location"]).text
    (one,) = stored(database)
    assert one["answers"] == {**CANONICAL, "age": 46}
    assert one["source"] is Source.CORRECTION
    # Sent twice it is one correction; the same id with other answers is refused and kept.
    assert client.post("/receipt", data=data, headers=SCRIPT).json() == {"address": done.headers["location"]}
    assert client.post("/receipt", data={**data, "age": "47"}).status_code == 409
    assert stored(database) == [one]
    with database.reading.begin() as session:
        captures = session.scalars(select(Capture).order_by(Capture.id)).all()
        assert [(answers_of(each)["age"], each.conflict) for each in captures] == [(45, False), (46, False), (47, True)]
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "response.corrected")).one()
        assert entry.detail["before"] == str(captures[0].id)
        chain.verify(session, str(world.survey_id))
    # The first post, repeated late by its phone, gives its receipt and takes nothing back.
    assert submit(client, world.open_codes[0]) == receipt
    assert stored(database) == [one]
    # Nothing changed is nothing stored.
    same = read_page(ask(client, receipt, "correct").text)
    assert client.post("/receipt", data=filled(same, {}, "submit")).status_code == 303
    assert stored(database) == [one]


def test_after_the_end_answers_are_shown_and_deleted_but_not_corrected(
    client: TestClient, world: World, receipt: str, database: Database, clock: TestClock
) -> None:
    form = read_page(ask(client, receipt, "correct").text)
    clock.at = datetime(2026, 9, 30, 16, 0, 1, tzinfo=UTC)
    page = ask(client, receipt)
    assert "不能再修改，但还可以删除" in page.text
    assert 'value="correct"' not in page.text
    assert ask(client, receipt, "correct").status_code == 410
    assert client.post("/receipt", data=filled(form, {"age": "46"}, "submit")).status_code == 410
    clock.at = NOW
    with database.writing.begin() as session:
        surveys.close_wave(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
    assert client.post("/receipt", data=filled(form, {"age": "46"}, "submit")).status_code == 410
    assert stored(database)[0]["answers"] == CANONICAL
    assert ask(client, receipt, "erase").status_code == 303
    assert states(database) == [ResponseState.DELETED]


def test_deleting_is_asked_once_more_and_then_final(client: TestClient, world: World, database: Database) -> None:
    code = world.case_codes[0]
    receipt = submit(client, code)
    form = read_page(ask(client, receipt, "correct").text)
    asked = ask(client, receipt, "delete")
    assert "删后不能恢复" in asked.text
    assert "二维码不能再用来回答" in asked.text
    assert states(database) == [ResponseState.COMPLETE]
    done = client.post("/receipt", data=filled(read_page(asked.text), {}, "erase"))
    assert done.headers["location"] == "/receipt?done=deleted"
    assert "已经删除，不再计入" in client.get(done.headers["location"]).text
    assert states(database) == [ResponseState.DELETED]
    gone = ask(client, receipt)
    assert (gone.status_code, "已经按要求删除" in gone.text) == (410, True)
    for reply in (
        ask(client, receipt, "erase"),
        client.post("/receipt", data=filled(form, {"age": "46"}, "submit")),
        client.get(f"/a/{code}"),
        client.post(f"/a/{code}/receipt", data={"_receipt": receipt}),
        post(client, code, {**ANSWERS, "client_id": CLIENT_ID}),
        post(client, code, {**ANSWERS, "client_id": "f" * 32}),
    ):
        assert reply.status_code == 410
    with database.reading.begin() as session:
        assert [answers_of(one) for one in session.scalars(select(Capture))] == [{}]
    # An open code is nobody's and goes on.
    assert "再扫社区的二维码" in ask(client, submit(client, world.open_codes[0], "e" * 32), "delete").text


def test_what_no_page_of_ours_sends_to_it_is_refused(client: TestClient, receipt: str) -> None:
    assert ask(client, receipt, "drop").status_code == 422
    assert client.post("/receipt", json={"_receipt": receipt}).status_code == 422
    assert client.post("/receipt", data={"_receipt": receipt, "action": "submit", "is_admin": "1"}).status_code == 422
    assert client.get(f"/receipt?done=<b>{receipt}").text.count("<b>") == 0
