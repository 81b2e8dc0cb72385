"""The audit chain: what is written verifies, what was changed outside the service does not."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from uuid import uuid4

import pytest
from sqlalchemy import text

from survey_service import audit
from survey_service.audit.chain import SERVICE, SYSTEM, chains, verify
from survey_service.database import Database

CHINA = timezone(timedelta(hours=8))
AT = datetime(2026, 9, 18, 10, 0, tzinfo=CHINA)


def write(database: Database, *actions: str) -> None:
    for action in actions:
        with database.writing.begin() as session:
            audit.record(
                session,
                survey_id=None,
                at=AT,
                by=SERVICE,
                action=action,
                record="area 1",
                detail={"name": "万寿桥社区"},
            )


def verified(database: Database) -> int:
    with database.reading.begin() as session:
        return verify(session, SYSTEM)


def test_entries_of_several_transactions_and_zones_make_one_chain(database: Database) -> None:
    write(database, "area.added", "area.renamed")
    assert verified(database) == 2


def test_a_rolled_back_change_leaves_no_entry(database: Database) -> None:
    write(database, "area.added")

    def fail() -> None:
        with database.writing.begin() as session:
            audit.record(session, survey_id=None, at=AT, by=SERVICE, action="area.lost", record="area 2")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert verified(database) == 1


def test_every_survey_has_a_chain_of_its_own(database: Database) -> None:
    first, second = uuid4(), uuid4()
    with database.writing.begin() as session:
        for survey in (first, second, first):
            audit.record(session, survey_id=survey, at=AT, by=SERVICE, action="x", record="y")
    with database.reading.begin() as session:
        assert {chain: verify(session, chain) for chain in chains(session)} == {str(first): 2, str(second): 1}


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE audit_entry SET action = 'nothing' WHERE sequence = 2",
        "DELETE FROM audit_entry WHERE sequence = 2",
        "DELETE FROM audit_entry WHERE sequence = 3",
    ],
    ids=["changed", "taken out", "cut off at the end"],
)
def test_what_is_changed_behind_the_service_is_found(database: Database, damage: str) -> None:
    write(database, "one", "two", "three")
    with database.writing_engine.begin() as connection:
        on = "" if database.is_sqlite else " ON audit_entry"
        for verb in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER refuse_{verb}_audit_entry{on}"))
        connection.execute(text(damage))
    with pytest.raises(audit.BrokenChain):
        verified(database)
