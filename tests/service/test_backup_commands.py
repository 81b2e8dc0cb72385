"""What an operator types at backup and restore: there and back, and every slip in words."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from survey_service import private
from survey_service.audit.chain import SERVICE
from survey_service.backups import restoring, service
from survey_service.captures.erasure import erase_response
from survey_service.commands import app as commands
from survey_service.files import FileStore
from survey_service.installation import Refused
from survey_service.models import (
    Ground,
    Response,
)
from survey_service.settings import Settings
from tests.service.backing_up import Running, quiet, responses, restore, running, settings, target
from tests.service.world import NOW

pytestmark = pytest.mark.both_databases

__all__ = ["running", "settings", "target"]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_commands_go_there_and_back(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SURVEY_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SURVEY_SECRET_KEY", running.settings.secret_key.get_secret_value())
    running.answer(1)
    out = tmp_path / "backups"
    place = ["--data-dir", str(running.settings.data_dir), "--database", running.settings.database_url]
    made = CliRunner().invoke(commands, ["backup", *place, "--out", str(out)])
    assert made.exit_code == 0, made.output
    [folder] = out.iterdir()
    assert str(folder) in made.stderr.replace("\n", "")
    back = ["restore", str(folder), "--into", str(tmp_path / "new")]
    # Nothing was erased: the list that the manual names is no reason to refuse, nor the folder that would hold it.
    for number, named in enumerate((running.settings.data_dir / "tombstones.jsonl", folder)):
        into = ["restore", str(folder), "--into", str(tmp_path / f"nothing-{number}"), "--tombstones", str(named)]
        done = CliRunner().invoke(commands, into)
        assert done.exit_code == 0, done.output
    missing = CliRunner().invoke(commands, [*back, "--tombstones", str(tmp_path / "no-such" / "tombstones.jsonl")])
    assert missing.exit_code == 1
    assert "does not exist" in missing.stderr
    asked = CliRunner().invoke(commands, back)
    assert asked.exit_code == 1
    assert "--without-tombstones" in asked.stderr
    done = CliRunner().invoke(commands, [*back, "--without-tombstones"])
    assert done.exit_code == 0, done.output
    assert responses(f"sqlite:///{tmp_path / 'new' / 'survey.db'}") == {"complete": 1}
    nothing = CliRunner().invoke(commands, ["backup", "--data-dir", str(tmp_path / "no"), "--out", str(out)])
    assert nothing.exit_code == 1
    assert "There is no database" in nothing.stderr


def test_a_list_of_erased_answers_that_is_lost_is_not_taken_for_an_empty_one(
    running: Running, tmp_path: Path, backend: str
) -> None:
    folder = running.back_up(tmp_path / "backups")
    (folder / "tombstones.jsonl").unlink()
    assert restoring.nothing_erased_in(folder)
    receipt = running.answer(1)
    with running.database.writing.begin() as session:
        found = session.scalars(select(Response)).one()
        erase_response(session, found.survey_id, found.id, at=NOW, by=SERVICE, ground=Ground.REQUEST)
    assert receipt
    later = service.make_backup(
        running.settings, running.database, running.keys, tmp_path / "later", at=NOW, watch=quiet
    )[0]
    assert not restoring.nothing_erased_in(later)
    assert not restoring.nothing_erased_in(tmp_path)
    place = tmp_path / "a data folder"
    if backend == "sqlite":
        place.mkdir()
        shutil.copyfile(later / "survey.db", place / "survey.db")
        assert not restoring.nothing_erased_in(place)
        shutil.copyfile(folder / "survey.db", place / "survey.db")
        assert restoring.nothing_erased_in(place)
        (place / "survey.db").write_bytes((place / "survey.db").read_bytes()[:5000])
        assert not restoring.nothing_erased_in(place)


def test_whatever_the_umask_nobody_else_reads_a_backup_or_what_is_restored(
    running: Running, tmp_path: Path, target: Callable[[], str]
) -> None:
    running.answer(1)
    FileStore(running.settings.files_dir).put(b"%PDF a file")
    before = os.umask(0)
    try:
        folder = running.back_up(tmp_path / "new" / "backups")
        restore(running, folder, tmp_path / "elsewhere" / "restored", target())
    finally:
        os.umask(before)
    made = [path for top in ("new", "elsewhere") for path in (tmp_path / top, *(tmp_path / top).rglob("*"))]
    assert len(made) > 8
    assert [path.name for path in made if private.is_loose(path)] == []


def test_what_an_operator_mistypes_is_told_in_words(running: Running, tmp_path: Path, backend: str) -> None:
    whole = running.back_up(tmp_path / "backups")
    file = tmp_path / "a file"
    file.write_text("kept")
    with pytest.raises(Refused, match="is a file"):
        running.back_up(file)
    with pytest.raises(Refused, match="is a file"):
        restore(running, whole, file, "")
    assert file.read_text() == "kept"
    if backend == "postgresql":
        for url, words in [
            (f"sqlite:///{tmp_path / 'x.db'}", "names no PostgreSQL"),
            ("nothing of the kind", "names no PostgreSQL"),
            ("postgresql+psycopg://nobody:hidden@127.0.0.1:1/none", "cannot be reached"),
        ]:
            with pytest.raises(Refused, match=words) as told:
                restore(running, whole, tmp_path / "new", url)
            assert "hidden" not in str(told.value)
            assert not (tmp_path / "new").exists()
