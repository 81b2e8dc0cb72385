"""A sheet bears a code, and whoever types it hears whether its edition is in force, which one is, and why."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader
from sqlalchemy import select

from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Release, ReleaseDocument, WaveState
from survey_service.models.survey import Wave
from survey_service.releases import corrections, documents, sheet_codes
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.stored_files import files_of
from survey_service.surveys import short_code
from tests.service.signed_in import HTML
from tests.service.test_releases import release, reviewed, services
from tests.service.world import NOW, World

__all__ = ["reviewed", "services"]
COMMUNITY = "110101000001"
UNKNOWN = short_code.with_check("0" * short_code.SECRET)


@pytest.fixture
def released(database: Database, reviewed: World, services: Services) -> Iterator[UUID]:
    release_id = release(database, reviewed)
    documents.make(services, reviewed.survey_id, release_id, {"zh": [COMMUNITY]}, lambda done, total: None)
    return release_id


def code_of(database: Database, release_id: UUID, area: str = COMMUNITY) -> str:
    with database.reading.begin() as session:
        found = session.scalars(select(Release).where(Release.id == release_id)).one()
        return sheet_codes.code_of(found.number, found.snapshot_sha256, area)


@pytest.mark.both_databases
def test_a_sheet_prints_its_code_and_the_code_leads_to_it(
    client: TestClient, database: Database, services: Services, released: UUID
) -> None:
    code = code_of(database, released)
    with database.reading.begin() as session:
        document = session.scalars(select(ReleaseDocument)).one()
        sha256 = document.blob_sha256
    pages = PdfReader(io.BytesIO(files_of(services.settings, database).get(sha256))).pages
    assert len(pages) == 2
    assert short_code.in_threes(code) in "".join(page.extract_text() for page in pages).replace(" ", "")
    for typed in (code, short_code.in_threes(code).lower(), f"{code[:4]} {code[4:]}"):
        page = client.get("/verify", params={"code": typed}, headers=HTML)
        assert page.status_code == 200, typed
        assert "现行版" in page.text
        assert "-2026Q3-01" in page.text
        assert sha256 in page.text
        assert not re.search(r"\d+(\.\d+)?%", page.text), "no figure is told"
    english = client.get(f"/verify/{code}", params={"lang": "en"}, headers=HTML).text
    assert "In force" in english
    assert "Superseded" not in english


def test_a_second_edition_supersedes_the_first_and_says_why(
    client: TestClient, database: Database, reviewed: World, services: Services, released: UUID
) -> None:
    with database.writing.begin() as session:
        of = reviewed.survey_id, reviewed.wave_id
        corrections.begin(session, *of, reason="一批纸卷录错了楼栋", at=NOW, by=SERVICE)
        assert session.get_one(Wave, of).state is WaveState.UNDER_REVIEW
    code = code_of(database, released)
    assert "现行版" in client.get(f"/verify/{code}", headers=HTML).text, "what is not signed supersedes nothing"
    second = release(database, reviewed)
    documents.make(services, reviewed.survey_id, second, {"zh": [COMMUNITY]}, lambda done, total: None)
    page = client.get(f"/verify/{code}", headers=HTML).text
    assert "已被新一版取代" in page
    assert "-2026Q3-02" in page
    assert "一批纸卷录错了楼栋" in page
    newest = code_of(database, second)
    assert newest != code, "the same rows, another edition"
    assert "已被新一版取代" not in client.get(f"/verify/{newest}", headers=HTML).text


def test_of_every_code_that_is_none_the_same_is_said(client: TestClient, database: Database, released: UUID) -> None:
    code = code_of(database, released)
    other_area = code_of(database, released, "110101000002")
    told = set()
    for wrong in (UNKNOWN, code[:-1] + ("0" if code[-1] != "0" else "1"), "7", "没有", other_area):
        page = client.get("/verify", params={"code": wrong}, headers=HTML)
        assert page.status_code == 404
        told.add(re.sub(r'href="\?[^"]*"|value="[^"]*"', "", page.text))
    assert len(told) == 1


def test_who_tries_is_slowed_and_a_right_code_is_answered_all_the_same(
    client: TestClient, database: Database, released: UUID
) -> None:
    met = [client.get(f"/verify/{UNKNOWN}", headers=HTML).status_code for _ in range(32)]
    assert met == [404] * 30 + [429] * 2
    assert client.get(f"/verify/{code_of(database, released)}", headers=HTML).status_code == 200


def test_only_an_address_that_others_can_open_is_printed(database: Database, released: UUID) -> None:
    class Summary:
        class imprint:  # noqa: N801
            release_number, data_sha256 = "SF-2026Q3-01", "0" * 64

        class place:  # noqa: N801
            code = COMMUNITY

    here = sheet_codes.verification(Summary, Settings())  # type: ignore[arg-type]
    there = sheet_codes.verification(Summary, Settings(public_url="https://survey.example.gov.cn"))  # type: ignore[arg-type]
    assert (here.address, here.door) == ("", "")
    assert there.door == "survey.example.gov.cn/verify"
    assert there.address == f"https://survey.example.gov.cn/verify/{there.code.replace('-', '')}"
    assert short_code.fits(there.address.rpartition("/")[2])
