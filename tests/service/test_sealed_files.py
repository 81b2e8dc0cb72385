"""The sealed report beside its edition: what is taken, who has it, and that the one before stays."""

from __future__ import annotations

import hashlib

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from survey_service.audit import verify
from survey_service.audit.chain import chains
from survey_service.database import Database
from survey_service.models import AuditEntry, SealedFile
from tests.service.signed_in import csrf, get, sign_in
from tests.service.test_release_bundles import number
from tests.service.test_releases import reviewed, services

__all__ = ["number", "reviewed", "services"]

SCAN = b"%PDF-1.4\n" + b"scanned" * 100 + b"\n%%EOF\n"
OTHER = b"\xff\xd8\xff\xe0" + b"sealed" * 100 + b"\xff\xd9"


def bring(client: TestClient, number: str, content: bytes, *, replace: bool = False, status: int = 303) -> str:
    page = get(client, f"/releases/{number}")
    data = {"csrf": csrf(page), **({"replace": "yes"} if replace else {})}
    answer = client.post(
        f"/releases/{number}/sealed",
        data=data,
        files={"file": ("盖章.pdf", content, "application/octet-stream")},
        headers={"Accept": "text/html"},
        follow_redirects=False,
    )
    assert answer.status_code == status, answer.text
    return answer.text


def kept(database: Database) -> list[SealedFile]:
    with database.reading.begin() as session:
        found = list(session.scalars(select(SealedFile).order_by(SealedFile.at.desc(), SealedFile.id.desc())))
        session.expunge_all()
        return found


@pytest.mark.both_databases
def test_a_scan_is_kept_as_it_is_and_replaced_only_when_that_is_said(
    client: TestClient, database: Database, number: str
) -> None:
    sign_in(client, "manager")
    bring(client, number, SCAN)
    [first] = kept(database)
    assert (first.blob_sha256, first.size, first.media_type) == (
        hashlib.sha256(SCAN).hexdigest(),
        len(SCAN),
        "application/pdf",
    )
    page = get(client, f"/releases/{number}")
    assert first.blob_sha256 in page
    assert "这一版已经有盖章件" in bring(client, number, OTHER, status=409)
    assert len(kept(database)) == 1
    bring(client, number, SCAN)  # the same once more, by a second tap
    assert len(kept(database)) == 1
    bring(client, number, OTHER, replace=True)
    newest, before = kept(database)
    assert before.id == first.id
    page = get(client, f"/releases/{number}")
    assert page.index(newest.blob_sha256) < page.index(before.blob_sha256)
    for row, content, kind in ((newest, OTHER, "image/jpeg"), (before, SCAN, "application/pdf")):
        answer = client.get(f"/releases/{number}/sealed/{row.id}")
        assert (answer.content, answer.headers["content-type"]) == (content, kind)
        assert answer.headers["content-disposition"].startswith("attachment")
    with database.reading.begin() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "release.sealed_file")).all()
        assert [one.detail["replaces"] for one in entries] == [False, True]
        for chain in chains(session):
            assert verify(session, chain) > 0
    for statement in ("UPDATE sealed_file SET name = 'x'", "DELETE FROM sealed_file"):
        with pytest.raises(DBAPIError, match="append-only"), database.writing.begin() as session:
            session.execute(text(statement))


@pytest.mark.parametrize(
    "content",
    [b"", b"a letter", b"%PDF-1.4\ncut off", b"\xff\xd8\xff\xe0cut off", b"MZ" + SCAN, b"<html>%PDF-1.4 %%EOF"],
    ids=["empty", "text", "half a PDF", "half a JPEG", "a program", "a page"],
)
def test_what_is_no_whole_scan_is_not_taken(
    client: TestClient, database: Database, number: str, content: bytes
) -> None:
    sign_in(client, "manager")
    told = bring(client, number, content, status=422)
    assert "盖章件要是一个完整的 PDF 或 JPG 文件" in told
    assert kept(database) == []


def test_who_may_read_the_sheet_of_the_city_has_it_and_only_the_office_brings_it(
    client: TestClient, database: Database, number: str
) -> None:
    sign_in(client, "statistician")
    bring(client, number, SCAN)
    [row] = kept(database)
    address = f"/releases/{number}/sealed/{row.id}"
    sign_in(client, "leader")
    page = get(client, f"/releases/{number}")
    assert row.blob_sha256 in page
    assert 'name="file"' not in page
    assert client.get(address).content == SCAN
    token = {"X-CSRF-Token": csrf(page)}
    refused = client.post(f"/releases/{number}/sealed", files={"file": ("盖章.pdf", OTHER)}, headers=token)
    assert refused.status_code == 403
    sign_in(client, "local")
    page = get(client, f"/releases/{number}")
    assert row.blob_sha256 not in page
    assert "盖章件" not in page
    get(client, address, status=404)
    sign_in(client, "keyer")
    get(client, address, status=403)
    assert len(kept(database)) == 1
