"""Where exports lie: handed out by every machine of a service, and in none of its backups."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from survey_service.app import create_app
from survey_service.database import Database, open_database
from survey_service.exports.formats import Format
from survey_service.exports.shelf import PIECE, shelf_of
from survey_service.settings import Settings
from tests.service.backing_up import Running, restore, running, settings, target
from tests.service.conftest import TestClock
from tests.service.made_exports import HERE, content_of, make, review
from tests.service.signed_in import get, sign_in
from tests.service.world import World

__all__ = ["running", "settings", "target"]
pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_what_one_machine_made_another_hands_out(
    database: Database, world: World, settings: Settings, clock: TestClock, tmp_path: Path
) -> None:
    """They share a PostgreSQL and no folder."""
    review(database, world, settings)
    export = make(database, world, settings)
    other = settings.model_copy(update={"data_dir": tmp_path / "other"})
    assert list(settings.exports.iterdir()) == [], "nothing stays in the folder"
    with TestClient(create_app(other, clock=clock), follow_redirects=False) as client:
        sign_in(client, "statistician")
        assert client.get(f"{HERE}/{export.id}/wave.sav").content == content_of(Format.SAV)
        shelf_of(other, database).remove(export.id)
    assert shelf_of(settings, database).lying() == set()


def test_a_file_of_many_pieces_comes_back_whole(database: Database, world: World, settings: Settings) -> None:
    review(database, world, settings)
    export = make(database, world, settings, (Format.CSV,))
    content = {"large": bytes(range(256)) * (PIECE // 100), "exact": b"x" * PIECE, "small": b"1", "none": b""}
    shelf = shelf_of(settings, database)
    part = shelf.begin(export.id)
    (part / "left half").mkdir()
    for name, one in content.items():
        (part / name).write_bytes(one)
    assert shelf.publish(export.id, list(content)) == [len(one) for one in content.values()]
    assert {name: b"".join(shelf.open(export.id, name)) for name in content} == content
    for name in ("left half", "wave.csv"):
        with pytest.raises(FileNotFoundError):
            shelf.open(export.id, name)


def test_no_backup_holds_them_and_a_restored_service_says_so(
    running: Running, database: Database, clock: TestClock, tmp_path: Path, target: Callable[[], str]
) -> None:
    review(database, running.world, running.settings)
    export = make(database, running.world, running.settings)
    url, into = target(), tmp_path / "restored"
    restore(running, running.back_up(tmp_path / "backups"), into, url, (running.settings.tombstones,))
    restored = running.settings.model_copy(update={"data_dir": into, "database_url": url})
    opened = open_database(restored.resolved_database_url)
    assert shelf_of(restored, opened).lying() == set()
    opened.dispose()
    with TestClient(create_app(restored, clock=clock), follow_redirects=False) as client:
        sign_in(client, "statistician")
        assert "系统从备份恢复过" in get(client, HERE)
        assert client.get(f"{HERE}/{export.id}/wave.csv").status_code == 410
