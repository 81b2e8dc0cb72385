"""An answer is stored exactly once, with its response, code use and audit row, or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from questionnaires.answers import Policy, check_answers
from survey_service.audit import chain
from survey_service.audit.chain import RESIDENT, SERVICE
from survey_service.captures.content import answers_of
from survey_service.captures.errors import AlreadyAnswered, ContentConflict, WaveClosed
from survey_service.captures.first import record, record_or_conflict
from survey_service.captures.incoming import IncomingCapture, Outcome, Recorded
from survey_service.database import Database
from survey_service.models import (
    AccessCode,
    AuditEntry,
    Capture,
    Case,
    Disposition,
    Mode,
    Response,
    ResponseState,
    Source,
)
from survey_service.secrets import KeyRing, code_hash
from survey_service.settings import Settings
from survey_service.surveys import codes
from survey_service.surveys import service as surveys
from survey_service.surveys.errors import UnknownCode
from tests.service.world import NOW, World

pytestmark = pytest.mark.both_databases

ANSWERS = {"know": "1", "channels": ["2"], "overall": "2", "age": "45"}
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def keys(settings: Settings) -> KeyRing:
    return KeyRing(settings.secret_key.get_secret_value())


def incoming(world: World, client_id: str = "c" * 32, case: int | None = None, **changes: Any) -> IncomingCapture:
    answers: Mapping[str, object] = changes.pop("answers", ANSWERS)
    made = IncomingCapture(
        survey_id=world.survey_id,
        wave_id=world.wave_id,
        area_id=world.community_ids[0],
        case_id=None if case is None else world.case_ids[case],
        mode=Mode.WEB_OPEN if case is None else Mode.WEB_INVITED,
        source=Source.WEB,
        client_id=client_id,
        questionnaire_version_id=world.version_id,
        checked=check_answers(world.questionnaire, answers, Policy.WEB),
        state=ResponseState.COMPLETE,
        at=NOW,
        by=RESIDENT,
    )
    return replace(made, **changes)


def put(database: Database, keys: KeyRing, capture: IncomingCapture, **arguments: Any) -> Recorded:
    with database.writing.begin() as session:
        return record(session, capture, keys=keys, **arguments)


def count(database: Database, table: str) -> int:
    with database.reading.begin() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_capture_response_code_use_disposition_and_audit_are_written_together(
    database: Database, world: World, keys: KeyRing
) -> None:
    with database.reading.begin() as session:
        opened = codes.find(session, world.case_codes[0])
    recorded = put(database, keys, incoming(world, case=0, code_id=opened.code_id))
    assert recorded.outcome is Outcome.STORED
    with database.reading.begin() as session:
        response = session.get_one(Response, (world.survey_id, recorded.response_id))
        capture = session.get_one(Capture, (world.survey_id, recorded.capture_id))
        case = session.get_one(Case, (world.survey_id, world.case_ids[0]))
        code = session.get_one(AccessCode, (world.survey_id, opened.code_id))
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "response.recorded")).one()
        assert chain.verify(session, str(world.survey_id)) > 0
        assert (response.state, response.current_capture_id) == (ResponseState.COMPLETE, capture.id)
        assert response.receipt_sha256 == code_hash(recorded.receipt or "")
        assert (response.completed_at, code.used_at, case.disposition) == (NOW, NOW, Disposition.COMPLETE)
        assert capture.response_id == response.id
        # The stored text is the very text that was hashed, and it reads back as the canonical answers.
        assert hashlib.sha256(capture.answers.encode()).hexdigest() == capture.content_sha256
        assert answers_of(capture) == {"know": "1", "channels": ["2"], "overall": "2", "age": 45}
        # The audit row names the capture and a keyed hash, never an answer.
        assert entry.detail["capture"] == str(capture.id)
        assert capture.content_sha256 not in json.dumps(entry.detail)


def test_the_same_id_and_answers_give_the_same_receipt(database: Database, world: World, keys: KeyRing) -> None:
    first = put(database, keys, incoming(world))
    again = put(database, keys, incoming(world, answers={"age": 45, "overall": "2", "know": "1", "channels": "2"}))
    assert again == replace(first, outcome=Outcome.REPEATED)
    assert (count(database, "response"), count(database, "capture")) == (1, 1)


def test_the_same_id_with_other_answers_is_refused_and_kept_once(
    database: Database, world: World, keys: KeyRing
) -> None:
    first = put(database, keys, incoming(world))
    other = incoming(world, answers={**ANSWERS, "overall": "3"})
    for _ in range(2):
        with database.writing.begin() as session:
            assert isinstance(record_or_conflict(session, other, keys=keys), ContentConflict)
    with database.reading.begin() as session:
        kept = session.scalars(select(Capture).where(Capture.conflict.is_(True))).one()
        response = session.scalars(select(Response)).one()
        chain.verify(session, str(world.survey_id))
        assert kept.response_id is None
        assert answers_of(kept)["overall"] == "3"
        assert response.current_capture_id == first.capture_id
    # The first answers still give their receipt.
    assert put(database, keys, incoming(world)).receipt == first.receipt


def test_an_id_from_another_place_is_a_conflict_and_shows_no_receipt(
    database: Database, world: World, keys: KeyRing
) -> None:
    put(database, keys, incoming(world))
    with pytest.raises(ContentConflict):
        put(database, keys, incoming(world, area_id=world.community_ids[1]))


def test_one_complete_response_per_case(database: Database, world: World, keys: KeyRing) -> None:
    put(database, keys, incoming(world, "a" * 32, case=0))
    with pytest.raises(AlreadyAnswered):
        put(database, keys, incoming(world, "b" * 32, case=0))
    put(database, keys, incoming(world, "c" * 32, case=1))
    assert (count(database, "response"), count(database, "capture")) == (2, 2)


def test_a_case_that_broke_off_is_completed_not_doubled(database: Database, world: World, keys: KeyRing) -> None:
    begun = put(database, keys, incoming(world, "a" * 32, case=0, state=ResponseState.PARTIAL))
    done = put(database, keys, incoming(world, "b" * 32, case=0))
    assert (done.response_id, done.receipt) == (begun.response_id, begun.receipt)
    with database.reading.begin() as session:
        response = session.scalars(select(Response)).one()
        assert (response.state, response.current_capture_id) == (ResponseState.COMPLETE, done.capture_id)
    assert count(database, "capture") == 2


def test_parallel_transactions_of_one_case_leave_one_response(database: Database, world: World, keys: KeyRing) -> None:
    def attempt(number: int) -> str:
        try:
            return put(database, keys, incoming(world, f"{number:032d}", case=2)).outcome.value
        except AlreadyAnswered:
            return "refused"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(16)))
    assert sorted(outcomes) == ["refused"] * 15 + ["stored"]
    assert (count(database, "response"), count(database, "capture")) == (1, 1)


def test_parallel_transactions_of_one_id_leave_one_response(database: Database, world: World, keys: KeyRing) -> None:
    with ThreadPoolExecutor(8) as pool:
        recorded = list(pool.map(lambda _: put(database, keys, incoming(world)), range(16)))
    assert {one.receipt for one in recorded} == {recorded[0].receipt}
    assert sorted(one.outcome for one in recorded) == [Outcome.REPEATED] * 15 + [Outcome.STORED]
    assert count(database, "capture") == 1


def test_a_closed_wave_takes_nothing_new_and_repeats_what_it_has(
    database: Database, world: World, keys: KeyRing
) -> None:
    first = put(database, keys, incoming(world))
    with database.writing.begin() as session:
        surveys.close_wave(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
    assert put(database, keys, incoming(world)).receipt == first.receipt
    with pytest.raises(WaveClosed):
        put(database, keys, incoming(world, "b" * 32))
    assert count(database, "capture") == 1


def test_phones_are_late_after_midnight_of_the_city_and_paper_is_not(
    database: Database, world: World, keys: KeyRing
) -> None:
    # The last day is 30 September in Shanghai: it ends at 16:00 UTC.
    before = datetime(2026, 9, 30, 15, 59, 59, tzinfo=UTC)
    after = datetime(2026, 9, 30, 16, 0, tzinfo=UTC)
    put(database, keys, incoming(world, "a" * 32, at=before), zone=ZONE)
    with pytest.raises(WaveClosed):
        put(database, keys, incoming(world, "b" * 32, at=after), zone=ZONE)
    keyed = incoming(world, "c" * 32, case=0, at=after, source=Source.FIRST_KEYING, mode=Mode.PAPER)
    assert put(database, keys, keyed, zone=ZONE).receipt is None


def test_a_code_opens_its_case_and_nothing_else_does(database: Database, world: World, keys: KeyRing) -> None:
    with database.reading.begin() as session:
        opened = codes.find(session, f" {world.case_codes[3].lower()} ")
        typed = world.case_codes[3].replace("O", "0").replace("I", "1").replace("B", "8")
        assert codes.find(session, f"{typed[:13]}-{typed[13:]}。") == opened  # copied from paper, as the eye reads it
        assert (opened.case_id, opened.mode) == (world.case_ids[3], Mode.WEB_INVITED)
        assert codes.find(session, world.open_codes[1]).area_id == world.community_ids[1]
        assert codes.find(session, world.open_codes[1]).mode is Mode.WEB_OPEN
        for wrong in ("", "A" * 26, world.case_codes[3][:-1], "é" * 26, "a/" * 13):
            with pytest.raises(UnknownCode):
                codes.find(session, wrong)
        stored = session.scalars(select(AccessCode).where(AccessCode.case_id.is_not(None))).all()
        assert not {code.open_code for code in stored} - {None}


def test_a_lost_letter_gets_a_new_code_and_the_old_one_is_revoked(
    database: Database, world: World, keys: KeyRing
) -> None:
    with database.writing.begin() as session:
        case = session.get_one(Case, (world.survey_id, world.case_ids[0]))
        assert codes.issue_case_code(session, case, keys=keys) == world.case_codes[0]
        code = codes.reissue_case_code(session, case, keys=keys, at=NOW, by=SERVICE)
    assert code != world.case_codes[0]
    with database.reading.begin() as session:
        assert codes.find(session, world.case_codes[0]).revoked_at == NOW
        assert codes.find(session, code).revoked_at is None
        assert codes.find(session, code).case_id == world.case_ids[0]
