"""The key of a wave: what it seals opens until the wave's day, never after it, and in no backup without the key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert, select

from survey_service.clock import end_of
from survey_service.database import Database, open_database
from survey_service.doctor import of_the_survey
from survey_service.doctor.findings import Mark
from survey_service.models import AuditEntry, CaseDoor, Wave, WaveSeal
from survey_service.sealed.errors import SealAway, SealGone, WrongKey
from survey_service.sealed.keys import Seal, Standing, WaveKeys
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.surveys.seal_round import destroy_due_keys
from tests.service.backing_up import Running, restore, running, settings, target
from tests.service.conftest import TestClock
from tests.service.world import CLOSES, NOW, World

__all__ = ["running", "settings", "target"]  # fixtures

DOOR = "仁和里 3 号楼 2 单元 501 室"


def wave_keys(settings: Settings) -> WaveKeys:
    return WaveKeys(settings, KeyRing(settings.secret_key.get_secret_value()))


def seal_a_door(database: Database, settings: Settings, world: World) -> None:
    with database.writing.begin() as session:
        wave = session.get_one(Wave, (world.survey_id, world.wave_id))
        seal = wave_keys(settings).begin(session, wave, at=NOW)
        number = world.case_numbers[0]
        row = {
            "survey_id": world.survey_id,
            "wave_id": world.wave_id,
            "number": number,
            "place": 0,
            "sealed": seal.seal(DOOR, of=f"door {number}"),
        }
        session.execute(insert(CaseDoor), [row])


def opened(database: Database, keys: WaveKeys, world: World, *, at: datetime = NOW) -> str:
    with database.reading.begin() as session:
        wave = session.get_one(Wave, (world.survey_id, world.wave_id))
        seal = keys.opened(session, wave, at=at)
        row = session.scalars(select(CaseDoor)).one()
        assert row.sealed is not None
        return seal.open(row.sealed, of=f"door {row.number}")


def test_what_is_sealed_opens_with_its_key_and_for_what_it_is_of(
    database: Database, settings: Settings, world: World
) -> None:
    seal_a_door(database, settings, world)
    assert opened(database, wave_keys(settings), world) == DOOR
    with database.reading.begin() as session:
        sealed = session.scalars(select(CaseDoor.sealed)).one()
    assert sealed is not None
    assert DOOR.encode() not in sealed
    other = Seal(bytes(32))
    with pytest.raises(SealAway):
        other.open(sealed, of=f"door {world.case_numbers[0]}")
    with database.reading.begin() as session:
        seal = wave_keys(settings).opened(session, session.get_one(Wave, (world.survey_id, world.wave_id)), at=NOW)
    with pytest.raises(SealAway):  # the door of one household in the place of another's
        seal.open(sealed, of=f"door {world.case_numbers[1]}")


def test_the_file_alone_is_of_no_use_and_a_lost_key_is_never_made_again(
    database: Database, settings: Settings, world: World
) -> None:
    seal_a_door(database, settings, world)
    [file] = settings.wave_keys.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(SealAway):
        opened(database, WaveKeys(settings, KeyRing("another key of the installation " * 2)), world)
    file.unlink()
    with pytest.raises(SealAway):
        opened(database, wave_keys(settings), world)
    with pytest.raises(SealAway), database.writing.begin() as session:
        wave_keys(settings).begin(session, session.get_one(Wave, (world.survey_id, world.wave_id)), at=NOW)


@pytest.mark.both_databases
def test_on_its_day_the_key_goes_and_the_place_in_the_list_stays(
    client: TestClient, database: Database, settings: Settings, world: World, clock: TestClock
) -> None:
    services = client.app.state.services  # type: ignore[attr-defined]
    seal_a_door(database, settings, world)
    due = end_of(CLOSES, settings.zone) + timedelta(days=30)
    clock.at = due - timedelta(minutes=1)
    destroy_due_keys(services)
    assert opened(database, wave_keys(settings), world, at=clock.at) == DOOR
    with pytest.raises(SealGone):  # even where nobody made the round
        opened(database, wave_keys(settings), world, at=due)
    clock.at = due
    destroy_due_keys(services)
    destroy_due_keys(services)
    assert list(settings.wave_keys.iterdir()) == []
    with database.reading.begin() as session:
        row = session.scalars(select(CaseDoor)).one()
        assert (row.sealed, row.place, row.number) == (None, 0, world.case_numbers[0])
        wave = session.get_one(Wave, (world.survey_id, world.wave_id))
        assert wave_keys(settings).stands(session, wave, at=NOW).standing is Standing.GONE
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "seal.destroyed"))
        assert entry.detail == {"ground": "due"}


def test_a_backup_opens_with_the_key_that_was_kept_apart_and_never_after_the_day(
    running: Running,
    target: Callable[[], str],
    tmp_path: Path,
) -> None:
    database, world = running.database, running.world
    seal_a_door(database, running.settings, world)
    keys = wave_keys(running.settings)
    with database.reading.begin() as session:
        line = keys.line(session, session.get_one(Wave, (world.survey_id, world.wave_id)), at=NOW)
    backup = running.back_up(tmp_path / "out")
    assert not any("key" in path.name for path in backup.rglob("*"))
    assert all(line.encode() not in path.read_bytes() for path in backup.rglob("*") if path.is_file())
    restored = restore(running, backup, tmp_path / "new", target())
    there = running.settings.model_copy(update={"data_dir": tmp_path / "new"})
    again, at_new = open_database(restored.database_url), wave_keys(there)
    try:
        with pytest.raises(SealAway):
            opened(again, at_new, world)
        with again.reading.begin() as session:
            wave = session.get_one(Wave, (world.survey_id, world.wave_id))
            for wrong in ("", line[:-4], line.replace(":", ""), line[:-6] + "AAAAA="):
                with pytest.raises(WrongKey):
                    at_new.put_back(session, wave, wrong, at=NOW)
            at_new.put_back(session, wave, f" {line[:30]}\n{line[30:]} ", at=NOW)
        assert opened(again, at_new, world) == DOOR
        # The day comes: here the key is destroyed, and the backup of before is brought back once more.
        with again.writing.begin() as session:
            assert at_new.destroy(session, world.survey_id, world.wave_id, why="due", at=NOW)
    finally:
        again.dispose()
    after = end_of(CLOSES, there.zone) + timedelta(days=30)
    late = restore(running, backup, tmp_path / "late", target())
    kept = running.settings.model_copy(update={"data_dir": tmp_path / "late"})
    once_more, at_late = open_database(late.database_url), wave_keys(kept)
    try:
        with pytest.raises(SealAway):
            opened(once_more, at_late, world)
        with pytest.raises(SealGone):
            opened(once_more, at_late, world, at=after)
        with once_more.reading.begin() as session:
            wave = session.get_one(Wave, (world.survey_id, world.wave_id))
            with pytest.raises(SealGone):  # whoever kept the line apart, too
                at_late.put_back(session, wave, line, at=after)
            assert session.scalars(select(WaveSeal)).one().destroyed_at is None
            row = session.scalars(select(CaseDoor)).one()
            assert row.sealed is not None
            assert DOOR.encode() not in row.sealed
    finally:
        once_more.dispose()


def test_the_doctor_names_the_wave_whose_key_is_away(database: Database, settings: Settings, world: World) -> None:
    seal_a_door(database, settings, world)
    assert [one.mark for one in of_the_survey.address_keys(settings, database, NOW)] == [Mark.WELL]
    next(settings.wave_keys.iterdir()).unlink()
    [away] = of_the_survey.address_keys(settings, database, NOW)
    assert away.mark is Mark.CARE
    assert world.wave_key in away.zh
    late = end_of(CLOSES, settings.zone) + timedelta(days=30)
    assert [one.mark for one in of_the_survey.address_keys(settings, database, late)] == [Mark.WELL]
