"""What the command of the demonstration city leaves alone, and what a seed decides."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from survey_service.database import open_database
from survey_service.demonstration import command, ground, truth
from survey_service.demonstration.service import ForeignDatabase
from survey_service.migrations import migrate
from survey_service.models import Area
from tests.service.test_demonstration import ON


def test_a_foreign_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "survey.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    with database.writing.begin() as session:
        session.add(Area(code="110000000000", name_zh="别人的城市", kind="city"))
    database.dispose()
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "kept.pdf").write_bytes(b"kept")
    with pytest.raises(ForeignDatabase):
        command.clear(tmp_path)
    assert (tmp_path / "reports" / "kept.pdf").read_bytes() == b"kept"
    path.write_bytes(b"not a database at all, but somebody's file")
    with pytest.raises(ForeignDatabase):
        command.clear(tmp_path)
    assert path.read_bytes() == b"not a database at all, but somebody's file"


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "mine.pdf").write_bytes(b"mine")
    for out, told in ((tmp_path, "reports was not made"), (tmp_path / "reports" / "mine.pdf", "Not a directory")):
        with pytest.raises(typer.Exit):
            command.run(out, seed=5, on=ON)
        assert told in capsys.readouterr().err
    assert [path.name for path in tmp_path.rglob("*")] == ["reports", "mine.pdf"]


def test_another_seed_is_another_city() -> None:
    code = "990181001001"
    first, again, other = (ground.people(seed)[code] for seed in (5, 5, 6))
    assert (first.fate == again.fate).all()
    assert (first.age == again.age).all()
    assert truth.truth(first, "participation") != truth.truth(other, "participation")
