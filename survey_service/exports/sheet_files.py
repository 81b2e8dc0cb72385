"""The sheets of a release as a tree of files: the city, a folder for each street, its communities within; one for the
sectors."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from survey_service.models import Area, ReleaseDocument
from survey_service.releases.sheets import code_of
from survey_service.stored_files import Files

Shown = Sequence[Row[ReleaseDocument, Area]]
SUMS = "SHA256SUMS.txt"
SECTORS = "窗口行业"  # the folder of their sheets


def tree(session: Session, shown: Shown) -> dict[str, str]:
    """Path in the archive -> SHA-256 of the file. Codes stand before names: two areas may bear one name."""
    above = _named(session, {area.parent_id for _, area in shown if area.parent_id is not None})
    with_folder = {area.id for _, area in shown if area.kind not in ("city", "community", "village")}
    paths: dict[str, str] = {}
    for document, area in shown:
        if document.sector:
            paths[f"{SECTORS}/{_bearable(f'{code_of(document, area)} {document.file_name}')}"] = document.blob_sha256
            continue
        street = area if area.id in with_folder else above.get(area.parent_id) if area.parent_id else None
        folder = f"{_bearable(f'{street.code} {street.name_zh}')}/" if street and street.kind != "city" else ""
        paths[folder + _bearable(f"{area.code} {document.file_name}")] = document.blob_sha256
    return paths


def contents(store: Files, paths: Mapping[str, str]) -> dict[str, Iterator[bytes]]:
    """Every file by its path, read when it is its turn: one is in memory at a time. Last their hashes, by which an
    archive tells that nothing was altered (``sha256sum -c``)."""
    lines = "".join(f"{sha256}  {path}\n" for path, sha256 in paths.items())
    files = {path: _read(store, sha256) for path, sha256 in paths.items()}
    return {**files, SUMS: iter([lines.encode()])}


def _read(store: Files, sha256: str) -> Iterator[bytes]:
    content = store.get(sha256)
    assert hashlib.sha256(content).hexdigest() == sha256
    yield content


def _named(session: Session, ids: set[UUID]) -> dict[UUID, Area]:
    return {area.id: area for area in session.scalars(select(Area).where(Area.id.in_(ids)))}


def _bearable(name: str) -> str:
    """Without what no file system bears, and no way out of the folder."""
    return "".join("_" if one in '/\\:*?"<>|' or ord(one) < 32 else one for one in name).strip(" .")
