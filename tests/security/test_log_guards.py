"""The log cannot be changed by any statement that the service's own connection could send, with rows in it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from survey_service import audit
from survey_service.audit.chain import SERVICE, SYSTEM, verify
from survey_service.database import Database

pytestmark = pytest.mark.both_databases

EITHER = [
    "UPDATE audit_entry SET action = 'nothing' WHERE sequence = 1",
    "UPDATE audit_entry SET action = action",
    "DELETE FROM audit_entry WHERE sequence = 2",
    "DELETE FROM audit_entry",
    "INSERT INTO audit_entry SELECT * FROM audit_entry WHERE true"
    " ON CONFLICT (chain, sequence) DO UPDATE SET action = 'nothing'",
]
SQLITE = [
    "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE sequence = 1",
    "REPLACE INTO audit_entry SELECT * FROM audit_entry",
    "UPDATE OR REPLACE audit_entry SET sequence = 2 WHERE sequence = 1",
]
POSTGRESQL = [
    "TRUNCATE audit_entry",
    "TRUNCATE account CASCADE",  # what others refer to takes them along
    "TRUNCATE survey, audit_entry CASCADE",
    "DELETE FROM ONLY audit_entry USING audit_head WHERE audit_entry.chain = audit_head.chain",
]


@pytest.mark.parametrize("statement", [*EITHER, *SQLITE, *POSTGRESQL])
def test_a_written_entry_stays_as_it_is(database: Database, statement: str) -> None:
    if statement in (POSTGRESQL if database.is_sqlite else SQLITE):
        pytest.skip("the other database's words")
    with database.writing.begin() as session:
        for action in ("one", "two", "three"):
            audit.record(
                session,
                survey_id=None,
                at=datetime(2026, 9, 18, tzinfo=UTC),
                by=SERVICE,
                action=action,
                record="area 1",
            )
    with pytest.raises(DBAPIError, match="append-only"), database.writing_engine.begin() as connection:
        connection.execute(text(statement))
    with database.reading.begin() as session:
        assert verify(session, SYSTEM) == 3
