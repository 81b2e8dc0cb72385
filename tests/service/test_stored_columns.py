"""The file of a wave's columns: the same as its rows, its owner's alone, and nothing once a row has moved."""

from __future__ import annotations

import stat
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from analysis.case_columns import CaseColumns, Labels, PackedNames
from survey_service import jobs
from survey_service.analyses import columns_folder, columns_round, stored_columns
from survey_service.analyses.columns_folder import path_of
from survey_service.analyses.columns_round import remove_stale
from survey_service.analyses.wave_columns import WaveColumns, columns_of_wave
from survey_service.audit.chain import SERVICE
from survey_service.captures.erasure import erase_response
from survey_service.database import Database
from survey_service.models import Disposition, Ground, Job, JobState, Response
from survey_service.secrets import KeyRing
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.surveys import service as surveys
from tests.service.outcomes import told_outcomes
from tests.service.test_estimates import tiny
from tests.service.test_releases import services
from tests.service.world import NOW, World

__all__ = ["services", "tiny"]


@pytest.fixture
def keys(settings: Settings) -> KeyRing:
    return KeyRing(settings.secret_key.get_secret_value())


def read(database: Database, world: World, folder: Path) -> WaveColumns:
    with database.reading.begin() as session:
        return columns_of_wave(session, world.survey_id, world.wave_id, folder)


def statements(database: Database, world: World, folder: Path) -> str:
    seen: list[str] = []
    listener = (database.reading_engine, "before_cursor_execute", lambda *given: seen.append(str(given[2])))
    event.listen(*listener)
    try:
        read(database, world, folder)
    finally:
        event.remove(*listener)
    return "\n".join(seen)


@pytest.mark.parametrize("many", [5, 5_000])
def test_a_second_look_reads_the_file_and_says_the_same(
    database: Database, tiny: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(stored_columns, "_MANY", many)
    folder = tmp_path / "columns"
    first = read(database, tiny, folder)
    assert "FROM response" not in statements(database, tiny, folder)
    second = read(database, tiny, folder)
    for one in fields(CaseColumns):
        assert same(getattr(first.columns, one.name), getattr(second.columns, one.name)), one.name
    for one in fields(WaveColumns):
        if one.name not in ("columns", "answers", "closed", "questionnaire"):
            assert getattr(first, one.name) == getattr(second, one.name), one.name
    assert same(first.answers, second.answers)
    assert same(first.closed, second.closed)
    assert isinstance(second.columns.units[0].names, PackedNames) is (many == 5)
    assert second.columns.numerators.base is not None  # it lies in the file


def same(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")  # type: ignore[arg-type]
    if isinstance(one, Labels) and isinstance(other, Labels):
        return list(one.names) == list(other.names) and np.array_equal(one.codes, other.codes)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    return one == other


def test_the_file_is_its_owners_alone_and_a_spoilt_one_is_made_anew(
    database: Database, tiny: World, tmp_path: Path
) -> None:
    folder = tmp_path / "columns"
    whole = read(database, tiny, folder)
    path = path_of(folder, tiny.wave_id)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    path.write_bytes(path.read_bytes()[:500])
    assert read(database, tiny, folder).snapshot_sha256 == whole.snapshot_sha256


def test_a_row_that_moves_makes_it_anew(database: Database, tiny: World, tmp_path: Path) -> None:
    folder = tmp_path / "columns"
    before = read(database, tiny, folder).snapshot_sha256
    with database.writing.begin() as session:
        outcomes = {tiny.case_ids[7]: Disposition.NONCONTACT}
        told_outcomes(session, tiny.survey_id, outcomes, at=NOW, by=SERVICE)
    assert read(database, tiny, folder).snapshot_sha256 != before


def test_an_erasure_removes_the_file_at_once_and_a_round_what_was_written_late(services: Services, tiny: World) -> None:
    folder, database = services.settings.columns, services.database
    read(database, tiny, folder)
    path = path_of(folder, tiny.wave_id)
    late = path.read_bytes()
    with database.writing.begin() as session:
        erase(session, tiny)
    columns_folder.empty(folder)  # what the hook of the serving process calls
    assert not path.exists()
    path.write_bytes(late)  # by a process that had read the rows just before
    remove_stale(services)
    assert not path.exists()
    read(database, tiny, folder)
    remove_stale(services)
    assert path.exists()


def erase(session: Session, world: World) -> None:
    response = session.scalars(select(Response).where(Response.case_id == world.case_ids[0])).one()
    erase_response(session, world.survey_id, response.id, ground=Ground.RECEIPT, at=NOW, by=SERVICE)


def test_a_large_wave_that_has_ended_is_read_by_a_job_once(
    services: Services, tiny: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns_round, "LARGE", 12)
    folder, database = services.settings.columns, services.database
    columns_round.read_ahead(services)
    assert waiting(database) == 0  # it is still asked
    with database.writing.begin() as session:
        surveys.close_wave(session, tiny.survey_id, tiny.wave_id, at=NOW, by=SERVICE)
    columns_round.read_ahead(services)
    columns_round.read_ahead(services)
    assert waiting(database) == 1
    assert jobs.do_next(services, worker="w")
    assert path_of(folder, tiny.wave_id).exists()
    columns_round.read_ahead(services)
    assert waiting(database) == 0


def waiting(database: Database) -> int:
    with database.reading.begin() as session:
        return session.scalar(select(func.count()).select_from(Job).where(Job.state == JobState.WAITING)) or 0
