"""What comes with the service is read from YAML once an installation, and anew wherever something may have changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from questionnaires.loader import available, load
from survey_service.settings import Settings
from survey_service.surveys import shipped
from survey_service.surveys.shipped import Shelf

KEY = "issue_follow_up"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "definitions"


def only(folder: Path) -> Path:
    [one] = folder.iterdir()
    return one


def test_the_next_process_reads_no_yaml(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = load(available()[KEY])
    assert Shelf(folder).get(KEY) == asked
    assert only(folder).stat().st_mode & 0o077 == 0
    with monkeypatch.context() as patch:
        patch.setattr(shipped, "check", lambda path: pytest.fail(f"{path} is read again"))
        assert Shelf(folder).get(KEY) == asked
    assert Shelf(folder).get("unknown") is None


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"format": 99}', b'{"format": 1, "questionnaire": {}}', b"\xff"]
)
def test_what_is_damaged_is_read_anew(folder: Path, content: bytes) -> None:
    asked = Shelf(folder).get(KEY)
    kept = only(folder)
    whole = kept.read_bytes()
    kept.write_bytes(content)
    assert Shelf(folder).get(KEY) == asked
    assert only(folder).read_bytes() == whole


@pytest.mark.parametrize("what", ["file", "reader"])
def test_what_has_changed_is_read_anew_and_what_was_kept_goes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """An answer of long ago would be judged by another questionnaire than the one whose name it bears."""
    Shelf(folder).get(KEY)
    before = only(folder)
    if what == "reader":
        monkeypatch.setattr(shipped, "_reader", lambda: b"another version of the service")
    else:
        changed = tmp_path / KEY / "questionnaire.yaml"
        changed.parent.mkdir()
        text, now = available()[KEY].read_text(encoding="utf-8"), load(available()[KEY]).version
        changed.write_text(text.replace(f'version: "{now}"', 'version: "99.0"', 1), encoding="utf-8")
        monkeypatch.setattr(shipped, "available", lambda: {KEY: changed})
    found = Shelf(folder).get(KEY)
    assert found is not None
    assert (found.version == "99.0") == (what == "file")
    assert only(folder) != before
    assert json.loads(only(folder).read_bytes())["questionnaire"]["version"] == found.version


def test_where_nothing_can_be_kept_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file in its place")
    assert Shelf(tmp_path / "taken").get(KEY) == Shelf().get(KEY) is not None


def test_the_service_keeps_them_with_what_is_kept_to_be_fast(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).definitions_dir.parent == Settings(data_dir=tmp_path).cache_dir
