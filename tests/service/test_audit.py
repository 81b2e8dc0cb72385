"""The audit chain: what is written verifies, what was changed outside the service does not."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from survey_service import audit
from survey_service.audit.chain import SERVICE, SYSTEM, chains, verify
from survey_service.database import Database
from survey_service.settings import Settings
from tests.service.world import World

pytestmark = pytest.mark.both_databases

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


# ------------------------------------------------------------------ survey-service verify-audit

WRITER = """
import sys
import time
from pathlib import Path
from datetime import UTC, datetime
from uuid import UUID
from survey_service import audit
from survey_service.audit.chain import SERVICE
from survey_service.database import open_database

url, stop, *chains = sys.argv[1:]
database = open_database(url)
written = 0
while written < 20 or not Path(stop).exists():
    with database.writing.begin() as session:
        for chain in chains:  # each process names them in another order
            survey = None if chain == "system" else UUID(chain)
            audit.record(session, survey_id=survey, at=datetime.now(UTC), by=SERVICE, action="tried", record="area 1")
    written += 1
    if written == 1:
        print("begun", flush=True)
    time.sleep(0.01)  # else every turn of theirs is one more for the command to walk, on the machine they keep busy
print(written)
"""


def test_two_processes_write_while_the_command_verifies(
    database: Database, settings: Settings, tmp_path: Path, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of two chains one has no entry yet: both processes also race for its first."""
    stop, fresh = tmp_path / "stop", str(uuid4())
    orders = [("system", str(world.survey_id), fresh), (fresh, str(world.survey_id), "system")]
    before = {chain: number(settings, chain) for chain in ("system", str(world.survey_id))}
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, database.url, str(stop), *order], stdout=subprocess.PIPE, text=True
        )
        for order in orders
    ]
    try:
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "begun\n"
        status, while_written = run_inside(settings, capsys)
    finally:
        stop.touch()
        written = sum(int(writer.communicate()[0]) for writer in writers)
    assert status == 0, while_written
    assert [writer.returncode for writer in writers] == [0, 0]
    with database.reading.begin() as session:
        assert verify(session, fresh) == written
        assert verify(session, SYSTEM) == before["system"] + written
        assert verify(session, str(world.survey_id)) == before[str(world.survey_id)] + written


def number(settings: Settings, chain: str) -> int:
    from survey_service.database import open_database

    opened = open_database(settings.resolved_database_url)
    with opened.reading.begin() as session:
        entries = verify(session, chain)
    opened.dispose()
    return entries


def run_inside(settings: Settings, capsys: pytest.CaptureFixture[str], *expect: str) -> tuple[int, dict[str, object]]:
    """The command without a process of its own."""
    from survey_service.commands.verify_audit_work import run_verify_audit

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SURVEY_DATABASE_URL", settings.resolved_database_url)
        patch.setenv("SURVEY_DATA_DIR", str(settings.data_dir))
        status = run_verify_audit(data_dir=None, database=None, expect=expect, form="json")
    printed = capsys.readouterr()
    return status, json.loads(printed.out) if printed.out else {"said": printed.err}


def heads(result: dict[str, object]) -> dict[str, str]:
    chains: list[dict[str, str]] = result["chains"]  # type: ignore[assignment]
    return {one["chain"]: f"{one['chain']}:{one['entries']}:{one['head']}" for one in chains}


def tamper(database: Database, *statements: str) -> None:
    with database.writing_engine.begin() as connection:
        on = "" if database.is_sqlite else " ON audit_entry"
        for verb in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER refuse_{verb}_audit_entry{on}"))
        for statement in statements:
            connection.execute(text(statement))


def test_the_command_names_what_is_broken(
    database: Database, settings: Settings, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    status, whole = run_inside(settings, capsys)
    assert (status, whole["broken"]) == (0, 0)
    assert list(heads(whole)) == [SYSTEM, str(world.survey_id)]
    tamper(database, "UPDATE audit_entry SET action = 'nothing' WHERE chain = 'system' AND sequence = 2")
    status, result = run_inside(settings, capsys)
    assert (status, result["broken"]) == (1, 1)
    assert "entry 2 was changed" in str(result)


def test_a_chain_that_is_removed_whole_is_missed(
    database: Database, settings: Settings, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper(database, "DELETE FROM audit_entry", "DELETE FROM audit_head")
    status, result = run_inside(settings, capsys)
    assert (status, result["broken"]) == (1, 2)


def test_a_chain_rewritten_from_end_to_end_is_found_by_a_head_that_left_the_house(
    database: Database, settings: Settings, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    _, result = run_inside(settings, capsys)
    noted = heads(result)[SYSTEM]
    write(database, "area.added")
    assert run_inside(settings, capsys, noted)[0] == 0  # the chain went on; what was noted still stands in it
    tamper(database, "DELETE FROM audit_entry WHERE chain = 'system'", "DELETE FROM audit_head WHERE chain = 'system'")
    write(database, *["harmless"] * 60)
    alone = run_inside(settings, capsys)[1]
    assert alone["broken"] == 0  # by itself the chain holds; only the rows do not follow from it
    assert alone["differing"] != 0
    status, result = run_inside(settings, capsys, noted)
    assert (status, "was rewritten" in str(result)) == (1, True)
    for typed in ("system", "system:x:" + "0" * 16, "system:1:beef"):
        assert run_inside(settings, capsys, typed)[0] == 1


def test_a_database_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from survey_service.commands.verify_audit_work import run_verify_audit

    assert run_verify_audit(data_dir=tmp_path, database=str(tmp_path / "no.db"), expect=(), form="table") == 1
    assert "no.db" in capsys.readouterr().err
