"""Blobs are whole, durable and true to their name."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from survey_service.files import BlobDamaged, BlobMissing, FileStore


def test_what_was_put_comes_back_under_its_hash(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    name = store.put(b"one page")
    assert name == hashlib.sha256(b"one page").hexdigest()
    assert store.get(name) == b"one page"
    assert store.put(b"one page") == name
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [name]


def test_a_changed_file_is_not_handed_out(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    name = store.put(b"one page")
    store.path(name).write_bytes(b"another page")
    with pytest.raises(BlobDamaged):
        store.get(name)


def test_what_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BlobMissing):
        FileStore(tmp_path).get("0" * 64)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal"):
        FileStore(tmp_path).path(name)


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("survey_service.files.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        FileStore(tmp_path).put(b"one page")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
