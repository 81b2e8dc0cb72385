"""Who keys what: batches assigned, what is next for a keyer, and how well it was keyed."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import UUID

import openpyxl
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from survey_service.database import Database
from survey_service.models import BatchState, FormState, Keying, PaperBatch, PaperForm, Wave, WaveState
from survey_service.paper.serials import grouped
from tests.service.conftest import TestClock
from tests.service.paper_batches import Printed, issue
from tests.service.signed_in import HTML, csrf, get, post, sign_in
from tests.service.test_keying import COMPLETE, HERE, JSON, hold
from tests.service.test_surveys import answer
from tests.service.test_verification import Key, batch, decide, key, people
from tests.service.world import NOW, World

pytestmark = pytest.mark.both_databases

__all__ = ["key", "people"]  # fixtures


def assign(client: TestClient, printed: Printed, **fields: object) -> int:
    sign_in(client, "manager")
    chosen = {name: str(value) for name, value in fields.items() if value is not None}
    return post(client, f"{HERE}/batches/{printed.number}", chosen).status_code


def returned(database: Database, printed: Printed) -> None:
    with database.writing.begin() as session:
        of_batch = PaperForm.batch_id == printed.batch_id
        session.execute(update(PaperForm).where(of_batch).values(state=FormState.RETURNED, changed_at=NOW))


def test_a_batch_is_assigned_to_two_people(
    client: TestClient, world: World, database: Database, people: dict[str, UUID], key: Key
) -> None:
    printed = issue(database, world, forms=2)
    assert assign(client, printed, keyer=people["keyer"], verifier=people["keyer"]) == 422
    assert assign(client, printed, keyer=people["leader"]) == 422  # no keyer
    assert assign(client, printed, keyer="x") == 422
    assert assign(client, printed, share="101") == 422
    assert assign(client, printed, keyer=people["second"], verifier=people["third"], share="100") == 303
    found = batch(database, printed)
    assert (found.keyer_id, found.verifier_id, found.verification_share) == (people["second"], people["third"], 1.0)
    sign_in(client, "keyer")
    assert hold(client, printed.serials[0]).json()["error"]["code"] == "E203"
    key("second", printed.serials[0])
    key("second", printed.serials[1])
    sign_in(client, "keyer")
    assert hold(client, printed.serials[0]).json()["error"]["code"] == "E203"
    key("third", printed.serials[0])
    sign_in(client, "statistician")
    assert "录入员second" in get(client, f"{HERE}/batches")
    assert post(client, f"{HERE}/batches/{printed.number}", {}).status_code == 403
    assert get(client, f"{HERE}/batches/99", 404)


def test_what_is_next(client: TestClient, world: World, database: Database, people: dict[str, UUID], key: Key) -> None:
    mine = issue(database, world, forms=2, keyer=people["keyer"])
    anyone = issue(database, world, forms=2, start=2)
    theirs = issue(database, world, forms=2, start=4, keyer=people["second"])
    sign_in(client, "keyer")
    page = get(client, "/keying")
    assert "第 1 批" in page
    assert "第 2 批" not in page, "nothing of it has come back"
    assert "第 3 批" not in page
    returned(database, anyone)
    page = get(client, "/keying")
    assert page.index("第 1 批") < page.index("第 2 批"), "one's own first"
    assert "还有 2 份要录" in page
    hold(client, mine.serials[0])
    page = get(client, "/keying")
    assert "000 000 013 录了一半" in page
    assert page.index("录了一半") < page.index("第 1 批")
    for serial in theirs.serials:
        key("second", serial, {**COMPLETE, "a.overall": "3"})
    sign_in(client, "keyer")
    assert "核对（第二次录入）2 份" in get(client, "/keying")
    sign_in(client, "second")
    assert "核对（第二次录入）" not in get(client, "/keying"), "not one's own"
    key("keyer", theirs.serials[0])
    sign_in(client, "third")
    assert "等您裁定：1 份，1 处" in get(client, "/keying")
    assert "to verify (second keying): 1" in get(client, "/keying?lang=en")


def test_who_looks_after_keying_begins_with_the_waves(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    page = get(client, "/keying")
    assert f"{HERE}/batches" in page
    page = get(client, f"{HERE}/batches")
    assert "还没有批次" in page
    printing = "/surveys/satisfaction/waves/2026Q3/paper"
    assert printing in page
    assert client.get(printing, headers=HTML).status_code == 200
    assert "还没有录入纸质答卷" in get(client, f"{HERE}/quality")
    sign_in(client, "keyer")
    for page in ("batches", "quality", "quality.xlsx", "record"):
        assert client.get(f"{HERE}/{page}", headers=HTML).status_code == 403
    sign_in(client, "leader")
    assert client.get("/keying", headers=HTML).status_code == 403


def test_a_batch_of_which_forms_never_come_back_is_ended_by_the_manager(
    client: TestClient, world: World, database: Database, key: Key
) -> None:
    printed = issue(database, world, forms=3)
    sign_in(client, "manager")
    assert post(client, f"{HERE}/batches/1/end").status_code == 409  # nothing is keyed
    key("keyer", printed.serials[0])
    sign_in(client, "manager")
    assert "还差 2 份" in get(client, f"{HERE}/batches/1")
    assert post(client, f"{HERE}/batches/1/end").status_code == 303
    assert batch(database, printed).state is BatchState.IN_VERIFICATION
    key("keyer", printed.serials[1])  # it came all the same, and is verified for certain
    key("second", printed.serials[0])
    assert batch(database, printed).state is BatchState.IN_VERIFICATION
    key("second", printed.serials[1])
    assert batch(database, printed).state is BatchState.DONE


def test_a_form_half_keyed_whose_household_answered_elsewhere_holds_no_batch_up(
    client: TestClient, world: World, database: Database, key: Key
) -> None:
    """It can be neither finished nor noted missing: the last form of the batch is stored all the same."""
    printed = issue(database, world, forms=2)
    sign_in(client, "keyer")
    hold(client, printed.serials[1])
    with database.writing.begin() as session:
        session.execute(update(Keying).values(fields={"know": "1"}))
        answer(session, world, world.case_ids[1], 1)
    key("second", printed.serials[0])
    assert batch(database, printed).state is BatchState.IN_VERIFICATION


def test_a_review_waits_for_the_batches_and_figures_for_final_values(
    client: TestClient, world: World, database: Database, key: Key, clock: TestClock
) -> None:
    from survey_service.analyses.wave_columns import columns_of_wave

    def answered() -> int:
        with database.reading.begin() as session:
            return int(columns_of_wave(session, world.survey_id, world.wave_id).columns.responded.sum())

    printed = issue(database, world, forms=1)
    (serial,) = printed.serials
    key("keyer", world.case_numbers[5])  # a form without a batch is final when it is keyed
    key("keyer", serial)
    assert answered() == 1
    key("second", serial, {**COMPLETE, "a.age": "48"})
    assert answered() == 1
    with database.writing.begin() as session:
        session.execute(update(Wave).values(state=WaveState.CLOSED, closed_at=NOW))
    sign_in(client, "statistician")
    refused = post(client, "/surveys/satisfaction/waves/2026Q3/steps/review")
    assert refused.status_code == 409
    assert "E215" in refused.text or "第 1 批" in refused.text
    sign_in(client, "third")
    assert decide(client, serial, "age", "second") == 303
    assert answered() == 2
    sign_in(client, "statistician")
    assert post(client, "/surveys/satisfaction/waves/2026Q3/steps/review").status_code == 303


def test_the_quality_of_keying_as_a_page_and_a_workbook(
    client: TestClient, world: World, database: Database, key: Key
) -> None:
    #  Two forms keyed twice, 7 fields each. Form 1: the first is wrong once, the second once. Form 2: they agree.
    printed = issue(database, world, forms=2)
    for serial in printed.serials:
        key("keyer", serial, {**COMPLETE, "seconds": "60", "keystrokes": "20"})
    key(
        "second", printed.serials[0], {**COMPLETE, "a.overall": "3", "a.age": "48", "seconds": "30", "keystrokes": "22"}
    )
    key("second", printed.serials[1])
    sign_in(client, "third")
    decide(client, printed.serials[0], "overall", "second")
    decide(client, printed.serials[0], "age", "first")
    sign_in(client, "manager")
    page = get(client, f"{HERE}/quality")
    assert "比对 14 项，不同 2 处" in page
    assert "85.71%" in page  # 12 of 14 agree
    assert page.count("71.4") >= 3  # 1 wrong of 14: both people, and the batch
    answer = client.get(f"{HERE}/quality.xlsx?lang=en")
    book = openpyxl.load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["About", "Keyers", "Questions", "Batches"]
    rows = {row[0]: row for row in book["Keyers"].iter_rows(min_row=2, values_only=True)}
    first, second = rows["测试keyer"], rows["录入员second"]
    assert first[1:5] == (2, 0, 14, 1)
    assert second[1:5] == (0, 2, 14, 1)
    assert first[5] == pytest.approx(1 / 14)
    assert first[6] == 60  # two forms in two minutes
    assert first[7] == 20
    questions = {row[1]: row for row in book["Questions"].iter_rows(min_row=2, values_only=True)}
    assert questions["overall"][3:9] == (2, 1, 0, 1, 0, 0)
    assert questions["age"][3:9] == (2, 1, 0, 0, 1, 0)
    batches = list(book["Batches"].iter_rows(min_row=2, values_only=True))
    assert batches[0][0] == 1
    assert batches[0][3] == "done"
    with database.reading.begin() as session:
        assert session.scalars(select(PaperBatch.state)).one() is BatchState.DONE


def test_a_batch_says_what_stands_between_it_and_its_end(
    client: TestClient, world: World, database: Database, key: Key, clock: TestClock
) -> None:
    printed = issue(database, world, forms=5)
    keyed, half, empty, out, missing = printed.serials
    key("keyer", keyed)
    token = csrf(get(client, "/account"))
    draft = hold(client, half).json()["draft"]
    hold(client, empty)  # opened by a slip, and left
    saved = client.post(
        f"{HERE}/drafts/{draft['keying_id']}",
        headers={**JSON, "X-CSRF-Token": token},
        json={"hold": draft["hold"], "sequence": 10_001, "fields": {"know": "1"}},
    )
    assert saved.status_code == 200
    with database.writing.begin() as session:
        session.execute(update(PaperForm).where(PaperForm.serial == missing).values(state=FormState.MISSING))
    sign_in(client, "manager")
    assert f"/batches/{printed.number}#end" in get(client, f"{HERE}/batches")
    page = get(client, f"{HERE}/batches/{printed.number}")
    assert f"{grouped(half)}</span>（测试keyer）" in page
    assert grouped(out) in page
    assert grouped(missing) not in page
    assert f"/batches/{printed.number}/end" not in page, "what would be refused is not offered"
    clock.at = NOW + timedelta(minutes=30)  # every hold has run out
    refused = post(client, f"{HERE}/batches/{printed.number}/end")
    assert refused.status_code == 409
    assert f"{grouped(half)}（测试keyer）" in refused.text
    key("keyer", half)
    sign_in(client, "manager")
    assert f"/batches/{printed.number}/end" in get(client, f"{HERE}/batches/{printed.number}")
    assert post(client, f"{HERE}/batches/{printed.number}/end").status_code == 303
    assert batch(database, printed).state is BatchState.IN_VERIFICATION
    key("keyer", empty)  # it came all the same


def test_a_batch_of_which_everything_is_missing_can_end(client: TestClient, world: World, database: Database) -> None:
    printed = issue(database, world, forms=2)
    sign_in(client, "manager")
    assert f"/batches/{printed.number}/end" not in get(client, f"{HERE}/batches/{printed.number}")
    with database.writing.begin() as session:
        session.execute(update(PaperForm).values(state=FormState.MISSING))
    assert "可以结束录入了" in get(client, f"{HERE}/batches")
    page = get(client, f"{HERE}/batches/{printed.number}")
    assert "没有可录的" in page
    assert post(client, f"{HERE}/batches/{printed.number}/end").status_code == 303
    assert batch(database, printed).state is BatchState.DONE
    assert "#end" not in get(client, f"{HERE}/batches")
