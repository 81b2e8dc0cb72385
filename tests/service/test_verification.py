"""Two keyings of a form: blind, compared, decided with a reason, corrected with a reason, counted once."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from survey_service import audit
from survey_service.captures.content import answers_of
from survey_service.captures.erasure import erase_response
from survey_service.database import Database
from survey_service.keying.rules import Rules
from survey_service.keying.verification import draw
from survey_service.models import (
    BatchState,
    Capture,
    Decision,
    Discrepancy,
    Ground,
    Keying,
    PaperBatch,
    ResponseState,
    Source,
    VerificationDraw,
)
from survey_service.models import Response as Counted
from tests.service.conftest import TestClock
from tests.service.paper_batches import Printed, colleagues, issue
from tests.service.signed_in import HTML, csrf, get, post, sign_in
from tests.service.test_keying import COMPLETE, HERE, JSON, captures, hold
from tests.service.world import NOW, World

CHANGED = {**COMPLETE, "a.overall": "3", "a.age": "74"}


@pytest.fixture
def people(database: Database, world: World) -> dict[str, UUID]:
    return colleagues(database, world)


Key = Callable[..., dict[str, Any]]


@pytest.fixture
def key(client: TestClient, people: dict[str, UUID]) -> Key:
    """Keys a form as somebody; stays signed in as them."""
    numbers = itertools.count(1)

    def one(who: str, serial: str, answers: dict[str, str] | None = None, *, status: int = 200) -> dict[str, Any]:
        sign_in(client, who)
        fields = {
            "number": serial,
            "client_id": f"submission-{next(numbers):04d}",
            "accept": "",
            "csrf": csrf(get(client, "/account")),
        }
        answer = client.post(f"{HERE}/forms", data={**fields, **(answers or COMPLETE)}, headers=JSON)
        assert answer.status_code == status, answer.text
        body: dict[str, Any] = answer.json()
        return body

    return one


def decide(client: TestClient, serial: str, variable: str, take: str, reason: str = "看了原表", typed: str = "") -> int:
    fields = {"variable": variable, "take": take, "reason": reason, "typed": typed}
    return post(client, f"{HERE}/decide/{serial}", fields).status_code


def batch(database: Database, printed: Printed) -> PaperBatch:
    with database.reading.begin() as session:
        found = session.scalars(select(PaperBatch).where(PaperBatch.id == printed.batch_id)).one()
        session.expunge(found)
    return found


def counted(database: Database) -> list[dict[str, Any]]:
    """The answers that are counted, of every response."""
    with database.reading.begin() as session:
        rows = session.execute(
            select(Counted, Capture).join(
                Capture, (Capture.survey_id == Counted.survey_id) & (Capture.id == Counted.current_capture_id)
            )
        ).all()
        assert all(response.state is ResponseState.COMPLETE for response, _ in rows)
        return [dict(answers_of(capture)) for _, capture in rows]


def test_a_second_keying_is_blind_and_by_somebody_else(
    client: TestClient, world: World, database: Database, key: Key
) -> None:
    printed = issue(database, world, forms=1)
    (serial,) = printed.serials
    key("keyer", serial)
    assert batch(database, printed).state is BatchState.IN_VERIFICATION
    assert key("keyer", serial, status=403)["error"]["code"] == "E204"  # nobody verifies themselves
    sign_in(client, "second")
    opened = hold(client, serial).json()
    assert opened["pass"] == "second"
    assert opened["draft"]["fields"] == {}, "the first keying shows through"
    page = get(client, f"{HERE}?number={serial}")
    assert "菜市场" not in page
    assert "第二次录入" in page
    key("second", serial)
    assert batch(database, printed).state is BatchState.DONE
    assert [one.source for one in captures(database)] == [Source.FIRST_KEYING, Source.SECOND_KEYING]
    assert len(counted(database)) == 1, "two keyings are one response"


def test_what_differs_is_decided_by_a_third_with_a_reason(
    client: TestClient, world: World, database: Database, key: Key
) -> None:
    printed = issue(database, world, forms=1)
    (serial,) = printed.serials
    key("keyer", serial)
    key("second", serial, {**CHANGED, "a.channels.other": "菜 市场"})  # spaces in words are no difference
    assert batch(database, printed).state is BatchState.ADJUDICATION
    for who in ("keyer", "second"):
        sign_in(client, who)
        assert client.get(f"{HERE}/decide/{serial}", headers=HTML).status_code == 403
        assert decide(client, serial, "overall", "first") == 403
        assert "没有等您裁定" in get(client, f"{HERE}/decide")
    sign_in(client, "third")
    assert client.get(f"{HERE}/decide", headers=HTML).headers["location"] == f"{HERE}/decide/{serial}"
    page = get(client, f"{HERE}/decide/{serial}")
    assert "2 处不同" in page
    assert "录入员second" not in page, "no names before the decision"
    assert decide(client, serial, "overall", "second", reason="  ") == 422  # a reason is needed
    assert decide(client, serial, "age", "other", typed="4x") == 422  # and a value that can be
    assert decide(client, serial, "know", "second") == 404  # where they agree nothing is decided
    assert decide(client, serial, "overall", "second", "勾在“不满意”") == 303
    assert decide(client, serial, "overall", "first") == 409  # once is enough
    assert counted(database)[0]["overall"] == "2", "half a decision is not counted"
    assert decide(client, serial, "age", "other", "写的是 64", typed="64") == 303
    assert batch(database, printed).state is BatchState.DONE
    (final,) = counted(database)
    assert (final["overall"], final["age"]) == ("3", 64)
    assert "录入员second" in get(client, f"{HERE}/decide/{serial}")
    kept = captures(database)
    assert {one.source for one in kept} == {Source.FIRST_KEYING, Source.SECOND_KEYING, Source.ADJUDICATION}
    by_source = {one.source: dict(answers_of(one)) for one in kept}
    assert [by_source[source]["age"] for source in (Source.FIRST_KEYING, Source.SECOND_KEYING)] == [47, 74]
    with database.reading.begin() as session:
        settled = {one.variable: one for one in session.scalars(select(Discrepancy))}
        assert (settled["overall"].decision, settled["overall"].reason) == (Decision.SECOND, "勾在“不满意”")
        assert (settled["age"].decision, settled["age"].typed) == (Decision.OTHER, ""), (
            "the value stands in its capture"
        )
        assert audit.verify(session, str(world.survey_id)) > 0


def test_keying_from_the_paper_what_one_of_them_keyed_is_a_decision_for_that_one(
    client: TestClient, world: World, database: Database, key: Key
) -> None:
    (serial,) = issue(database, world, forms=1).serials
    key("keyer", serial)
    key("second", serial, CHANGED)
    sign_in(client, "third")
    decide(client, serial, "overall", "other", typed="2")
    decide(client, serial, "age", "illegible")
    with database.reading.begin() as session:
        decisions = {one.variable: one.decision for one in session.scalars(select(Discrepancy))}
    assert decisions == {"overall": Decision.FIRST, "age": Decision.ILLEGIBLE}
    assert counted(database)[0]["age"] == {"missing": "illegible"}


def test_by_setting_the_second_keyer_decides(
    client: TestClient, world: World, database: Database, key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    (serial,) = issue(database, world, forms=1).serials
    key("keyer", serial)
    key("second", serial, CHANGED)
    monkeypatch.setattr(Rules, "of", classmethod(lambda cls, settings: cls(adjudicator="second")))
    assert decide(client, serial, "overall", "second") == 303
    sign_in(client, "keyer")
    assert decide(client, serial, "age", "first") == 403  # never the first


def test_a_sample_above_the_limit_sends_the_batch_back(
    client: TestClient, world: World, database: Database, key: Key
) -> None:
    #  6 forms, a third of them verified: 2. One wrong field in 14 compared is 71 in a thousand, over the limit of 5.
    printed = issue(database, world, forms=6, share=1 / 3)
    for serial in printed.serials:
        key("keyer", serial)
    with database.reading.begin() as session:
        drawn = session.scalars(select(VerificationDraw)).one()
        session.expunge(drawn)
        waiting = sorted(session.scalars(select(Keying.number).where(Keying.keying_pass == "second")))
    assert (drawn.forms, drawn.drawn) == (6, 2)
    assert waiting == sorted(draw(printed.serials, drawn.share, drawn.seed)), "anyone who has the seed draws the same"
    key("second", waiting[0], {**COMPLETE, "a.overall": "1"})
    key("second", waiting[1])
    assert batch(database, printed).state is BatchState.ADJUDICATION
    sign_in(client, "third")
    decide(client, waiting[0], "overall", "second")
    assert batch(database, printed).state is BatchState.RETURNED_FOR_VERIFICATION
    with database.reading.begin() as session:
        drawn = session.scalars(select(VerificationDraw)).one()
        assert drawn.error_rate == pytest.approx(1 / 14)
    rest = [serial for serial in printed.serials if serial not in waiting]
    for serial in rest:
        key("second", serial)
    assert batch(database, printed).state is BatchState.DONE
    assert len(counted(database)) == 6


def test_a_sample_within_the_limit_lets_the_rest_pass(
    client: TestClient, world: World, database: Database, key: Key
) -> None:
    printed = issue(database, world, forms=4, share=0.25)
    for serial in printed.serials:
        key("keyer", serial)
    with database.reading.begin() as session:
        (waiting,) = session.scalars(select(Keying.number).where(Keying.keying_pass == "second"))
    # The second keyer erred: that is no error of the first.
    key("second", waiting, {**COMPLETE, "a.overall": "1"})
    sign_in(client, "third")
    decide(client, waiting, "overall", "first")
    assert batch(database, printed).state is BatchState.DONE
    others = next(one for one in printed.serials if one != waiting)
    assert key("second", others, status=409)["error"]["code"] == "E031"


def test_a_batch_without_verification_is_done_when_it_is_keyed(world: World, database: Database, key: Key) -> None:
    printed = issue(database, world, forms=2, share=0.0, open_=True)
    for serial in printed.serials:
        key("keyer", serial)
    assert batch(database, printed).state is BatchState.DONE
    with database.reading.begin() as session:
        assert {one.case_id for one in session.scalars(select(Counted))} == {None}


def test_a_correction_needs_a_reason_and_keeps_what_was(
    client: TestClient, world: World, database: Database, key: Key
) -> None:
    printed = issue(database, world, forms=1)
    (serial,) = printed.serials
    record = f"{HERE}/record"
    sign_in(client, "manager")
    assert "还没有录入" in get(client, f"{record}?number={serial}")
    key("keyer", serial)
    sign_in(client, "keyer")
    assert client.get(f"{record}?number={serial}", headers=HTML).status_code == 403, "a verifier would not be blind"
    sign_in(client, "manager")
    fields = {"number": serial, "variable": "overall", "typed": "1", "reason": "居民来电更正", "client_id": "c" * 20}
    assert "现在不能更正" in get(client, f"{record}?number={serial}")
    assert post(client, record, fields).status_code == 409
    key("second", serial, {**COMPLETE, "a.age": "48"})
    sign_in(client, "third")
    decide(client, serial, "age", "second", "写的是 48")
    sign_in(client, "manager")
    assert post(client, record, {**fields, "reason": " "}).status_code == 422
    assert post(client, record, {**fields, "typed": "7"}).status_code == 422
    assert [post(client, record, fields).status_code for _ in range(2)] == [303, 303]  # the same click twice
    (final,) = counted(database)
    assert (final["overall"], final["age"]) == ("1", 48)
    assert len(captures(database)) == 4
    page = get(client, f"{record}?number={serial}")
    for words in ("居民来电更正", "写的是 48", "第一次录入", "第二次录入", "裁定", "更正", "留存 4 次采集"):
        assert words in page
    assert "This form" not in page
    assert "calls" not in page
    assert "Field by field" in get(client, f"{record}?number={serial}&lang=en")


def test_nothing_of_an_erased_form_is_left_in_keying(
    client: TestClient, world: World, database: Database, key: Key
) -> None:
    printed = issue(database, world, forms=2)
    for serial in printed.serials:
        key("keyer", serial)
    key("second", printed.serials[0], CHANGED)
    held = hold(client, printed.serials[1]).json()["draft"]
    save = {"hold": held["hold"], "sequence": 1, "fields": {"age": "47"}}
    token = csrf(get(client, "/account"))
    assert client.post(f"{HERE}/drafts/{held['keying_id']}", json=save, headers={"X-CSRF-Token": token}).is_success
    with database.writing.begin() as session:
        for response in session.scalars(select(Counted)).all():
            erase_response(session, world.survey_id, response.id, ground=Ground.RECEIPT, at=NOW, by=audit.chain.SERVICE)
    with database.reading.begin() as session:
        assert session.scalars(select(Discrepancy)).all() == []
        assert all(not row.fields for row in session.scalars(select(Keying)))
    sign_in(client, "manager")
    assert "菜市场" not in get(client, f"{HERE}/record?number={printed.serials[0]}")
    assert post(client, f"{HERE}/batches/{printed.number}").status_code == 303
    assert batch(database, printed).state is BatchState.DONE, "it waits for nothing any more"


def test_whoever_keyed_a_part_neither_verifies_nor_decides(
    client: TestClient, world: World, database: Database, key: Key, clock: TestClock
) -> None:
    (serial,) = issue(database, world, forms=1).serials
    sign_in(client, "third")
    hold(client, serial)
    clock.at = NOW + timedelta(hours=1)
    sign_in(client, "keyer")
    assert hold(client, serial).json()["error"]["code"] == "E201"
    assert hold(client, serial, take_over=True).status_code == 200
    key("keyer", serial)
    sign_in(client, "third")
    assert "核对" not in get(client, "/keying?lang=zh")
    assert hold(client, serial).json()["error"]["code"] == "E204"
    key("second", serial, CHANGED)
    sign_in(client, "third")
    assert "没有等您裁定" in get(client, f"{HERE}/decide")


@pytest.mark.both_databases
def test_a_case_answered_on_the_phone_meanwhile_is_not_counted_twice(
    client: TestClient, world: World, database: Database, key: Key
) -> None:
    (serial,) = issue(database, world, forms=1).serials
    key("keyer", world.case_numbers[0])  # by its case number: the same form
    assert key("second", serial)["outcome"] == "stored"  # which is its second keying
    assert len(counted(database)) == 1
