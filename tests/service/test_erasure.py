"""Erased answers are gone, are not counted, cannot come back by accident, and the guard lets nothing else through."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from survey_service.audit import chain
from survey_service.audit.chain import RESIDENT, SERVICE
from survey_service.captures.content import answers_of
from survey_service.captures.erasure import Erasure, apply_tombstones, erase_response, tombstones
from survey_service.captures.errors import Withdrawn
from survey_service.captures.first import record_or_conflict
from survey_service.database import Database
from survey_service.errors import NotFound
from survey_service.ids import new_id
from survey_service.migrations.guards import NO_ANSWERS
from survey_service.models import (
    AuditEntry,
    Capture,
    Case,
    Disposition,
    Ground,
    Response,
    ResponseState,
    Source,
    Tombstone,
)
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.surveys import codes
from tests.service.test_collection_service import ANSWERS, incoming, put
from tests.service.world import NOW, World

pytestmark = pytest.mark.both_databases

CANARY = "孩子学校门口那家的canary"
OTHER = {**ANSWERS, "channels": ["5"], "channels.other": CANARY}


@pytest.fixture
def keys(settings: Settings) -> KeyRing:
    return KeyRing(settings.secret_key.get_secret_value())


def erase(database: Database, world: World, response_id: UUID) -> bool:
    with database.writing.begin() as session:
        return erase_response(session, world.survey_id, response_id, ground=Ground.RECEIPT, at=NOW, by=RESIDENT)


def captures(database: Database) -> list[Capture]:
    with database.reading.begin() as session:
        found = list(session.scalars(select(Capture).order_by(Capture.id)))
        session.expunge_all()
        return found


def test_every_capture_of_the_response_is_blank_and_the_rest_stands(
    database: Database, world: World, keys: KeyRing
) -> None:
    kept = put(database, keys, incoming(world, "k" * 32, answers=OTHER))
    begun = put(database, keys, incoming(world, "a" * 32, case=0, answers=OTHER, state=ResponseState.PARTIAL))
    put(database, keys, incoming(world, "b" * 32, case=0, answers=OTHER, paradata={"seconds": 95}))
    with database.writing.begin() as session:  # other answers under the same id, refused and kept
        record_or_conflict(session, incoming(world, "b" * 32, case=0, answers={**OTHER, "age": "46"}), keys=keys)
    assert erase(database, world, begun.response_id)
    blank = [one for one in captures(database) if one.client_id != "k" * 32]
    assert len(blank) == 3
    for one in blank:
        assert (one.answers, one.findings, one.paradata, one.reason) == (NO_ANSWERS, [], {}, None)
        assert one.content_sha256 == f"erased:{one.id.hex}"
        assert answers_of(one) == {}
    with database.reading.begin() as session:
        response = session.get_one(Response, (world.survey_id, begun.response_id))
        assert response.state is ResponseState.DELETED
        assert session.get_one(Response, (world.survey_id, kept.response_id)).state is ResponseState.COMPLETE
        assert session.get_one(Case, (world.survey_id, world.case_ids[0])).disposition is Disposition.REFUSAL
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "response.erased")).one()
        assert entry.detail == {"captures": 3, "ground": "receipt"}
        assert chain.verify(session, str(world.survey_id)) > 0
    assert answers_of(next(one for one in captures(database) if one.client_id == "k" * 32))["channels.other"] == CANARY
    assert not erase(database, world, begun.response_id)
    with pytest.raises(NotFound):
        erase(database, world, new_id())


def test_nothing_that_was_deleted_comes_back_by_the_same_id_or_code(
    database: Database, world: World, keys: KeyRing
) -> None:
    with database.reading.begin() as session:
        code = codes.find(session, world.case_codes[0])
    first = incoming(world, "a" * 32, case=0, code_id=code.code_id)
    recorded = put(database, keys, first)
    erase(database, world, recorded.response_id)
    for again in (
        first,
        incoming(world, "a" * 32, case=0, answers={**ANSWERS, "overall": "3"}),
        incoming(world, "b" * 32, case=0, code_id=code.code_id),
    ):
        with pytest.raises(Withdrawn):
            put(database, keys, again)
    assert len(captures(database)) == 1
    # A new letter is the way back, and so is paper.
    with database.writing.begin() as session:
        case = session.get_one(Case, (world.survey_id, world.case_ids[0]))
        codes.reissue_case_code(session, case, keys=keys, at=NOW, by=SERVICE)
    with database.reading.begin() as session:
        fresh = session.execute(text("SELECT max(issue) FROM access_code")).scalar_one()
    assert fresh == 2
    keyed = incoming(world, "c" * 32, case=0, source=Source.FIRST_KEYING)
    put(database, keys, keyed)
    with database.reading.begin() as session:
        states = session.scalars(select(Response.state).where(Response.case_id == world.case_ids[0])).all()
        assert sorted(states) == [ResponseState.COMPLETE, ResponseState.DELETED]


def test_the_guard_lets_nothing_through_but_a_blanking(database: Database, world: World, keys: KeyRing) -> None:
    recorded = put(database, keys, incoming(world))
    blank = {"answers": NO_ANSWERS, "content_sha256": "erased:x", "findings": [], "paradata": {}, "reason": None}
    change = update(Capture).where(Capture.id == recorded.capture_id)

    def refused(**values: object) -> None:
        with pytest.raises(DBAPIError, match="append-only"), database.writing.begin() as session:
            session.execute(change.values(**values))

    refused(**blank)  # no tombstone
    with database.writing.begin() as session:
        laid = {"survey_id": world.survey_id, "response_id": recorded.response_id, "at": NOW, "ground": Ground.REQUEST}
        session.execute(insert(Tombstone).values(laid))
    refused(**{**blank, "answers": '{"answers":{"overall":"1"},"format":1}'})  # not blank
    refused(**{**blank, "content_sha256": "f" * 64})
    refused(**{**blank, "paradata": {"seconds": 1}})
    refused(**{**blank, "client_id": "z" * 32})  # something else beside
    refused(**{**blank, "area_id": world.community_ids[1]})
    with database.writing.begin() as session:
        session.execute(change.values(**blank))
    assert captures(database)[0].answers == NO_ANSWERS


def test_a_restored_database_is_erased_again(database: Database, world: World, keys: KeyRing) -> None:
    brought_back = put(database, keys, incoming(world, case=0))
    laid = Erasure(
        survey_id=world.survey_id,
        response_id=brought_back.response_id,
        at=NOW,
        by_account_id=new_id(),
        ground=Ground.REQUEST,
    )
    assert Erasure.from_json(json.loads(json.dumps(laid.to_json()))) == laid
    unknown = Erasure(
        survey_id=world.survey_id, response_id=new_id(), at=NOW, by_account_id=None, ground=Ground.RECEIPT
    )
    foreign = Erasure(survey_id=new_id(), response_id=new_id(), at=NOW, by_account_id=None, ground=Ground.RECEIPT)
    for expected in (1, 0):
        with database.writing.begin() as session:
            later = NOW + timedelta(days=1)
            assert apply_tombstones(session, [laid, unknown, foreign], at=later, by=SERVICE) == expected
    with database.reading.begin() as session:
        assert {one.response_id for one in tombstones(session)} == {laid.response_id, unknown.response_id}
        assert tombstones(session, since=NOW + timedelta(seconds=1)) == []
        assert session.scalars(select(Response.state)).all() == [ResponseState.DELETED]
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "response.erased")).one()
        assert entry.detail["replayed"] is True
        chain.verify(session, str(world.survey_id))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # PostgreSQL keeps the old row until it is vacuumed
def test_the_bytes_of_erased_answers_are_overwritten(database: Database, world: World, keys: KeyRing) -> None:
    recorded = put(database, keys, incoming(world, answers=OTHER))
    file = Path(database.url.removeprefix("sqlite:///"))

    def held() -> bool:
        with database.writing_engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        return CANARY.encode() in file.read_bytes()

    assert held()
    erase(database, world, recorded.response_id)
    assert not held()
