"""Sheets of a release taken along together: who gets which, in which folder, and what a bound set holds."""

from __future__ import annotations

import hashlib
from io import BytesIO
from zipfile import ZipFile

import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader
from sqlalchemy import select

from survey_service.accounts import service as accounts
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Area, Release, Role, SheetOpening
from survey_service.releases import documents, routes
from survey_service.services import Services
from tests.service.signed_in import get, sign_in
from tests.service.test_releases import release, reviewed, services
from tests.service.world import NOW, PASSWORD, World

__all__ = ["reviewed", "services"]

CITY, STREET = "110000000000", "110101000000"
OWN, SIBLING = "110101000001", "110101000002"


@pytest.fixture
def number(database: Database, reviewed: World, services: Services) -> str:
    """A release with its Chinese sheets, the city's in English too, and a leader of one community."""
    release_id = release(database, reviewed)
    documents.make(services, reviewed.survey_id, release_id, {"zh": None, "en": [CITY]}, lambda _done, _total: None)
    with database.writing.begin() as session:
        local = accounts.create_account(session, "local", "张三", PASSWORD, at=NOW, by=SERVICE)
        accounts.grant(session, local, Role.LEADER, reviewed.community_ids[0], at=NOW, by=SERVICE)
        return session.scalars(select(Release.number)).one()


def archive(client: TestClient, number: str) -> dict[str, bytes]:
    answer = client.get(f"/releases/{number}/sheets.zip")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    with ZipFile(BytesIO(answer.content)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def test_all_sheets_lie_by_street_with_their_hashes(client: TestClient, number: str) -> None:
    sign_in(client, "leader")
    files = archive(client, number)
    sums = dict(line.split("  ")[::-1] for line in files.pop("SHA256SUMS.txt").decode().splitlines())
    assert {name: hashlib.sha256(content).hexdigest() for name, content in files.items()} == sums
    folders = sorted(name.partition("/")[0] if "/" in name else "" for name in files)
    assert folders[:2] == ["", ""]  # of the city, in both languages
    assert len(set(folders)) == 2
    assert folders[2].startswith(STREET)
    [own] = [name for name in files if OWN in name]
    for name, content in files.items():
        served = client.get(f"/releases/{number}/{name.rpartition('/')[2][:12]}.{'en' if '(en)' in name else 'zh'}.pdf")
        assert served.content == content
    sign_in(client, "local")
    assert set(archive(client, number)) == {own, "SHA256SUMS.txt"}
    sign_in(client, "keyer")
    get(client, f"/releases/{number}/sheets.zip", status=403)


def test_each_sheet_that_is_taken_along_is_an_opening(client: TestClient, number: str, database: Database) -> None:
    def opened() -> list[str]:
        with database.reading.begin() as session:
            rows = select(Area.code).join(SheetOpening, SheetOpening.area_id == Area.id)
            return sorted(session.scalars(rows.where(SheetOpening.language == "zh")))

    sign_in(client, "leader")
    client.get(f"/releases/{number}/set.pdf?area={OWN}&area={CITY}")
    assert opened() == [CITY, OWN]
    archive(client, number)  # a moment later: the two are opened already
    assert opened() == sorted([CITY, STREET, OWN, SIBLING])
    archive(client, number)
    assert len(opened()) == 4


def test_a_set_is_the_chosen_sheets_with_contents_and_one_numbering(client: TestClient, number: str) -> None:
    sign_in(client, "leader")
    answer = client.get(f"/releases/{number}/set.pdf?area={OWN}&area={CITY}&area={STREET}")
    assert answer.status_code == 200
    read = PdfReader(BytesIO(answer.content))
    names = [one.title for one in read.outline if not isinstance(one, list)]
    assert names[1:] == ["示范市", "城厢街道", "万寿桥社区"]
    sections = [one for one in read.outline if isinstance(one, list)]
    assert len(sections) == len(names)
    count = len(read.pages)
    begins = [read.get_destination_page_number(one) for one in read.outline if not isinstance(one, list)]  # type: ignore[arg-type]
    text = [page.extract_text() for page in read.pages]
    assert all(f"第 {page} 页，共 {count} 页" in said for page, said in enumerate(text, 1))
    for name, begin in zip(names[1:], begins[1:], strict=True):
        assert name in text[begin]
        assert any(line.startswith(name) and line.endswith(f" {begin + 1}") for line in text[0].splitlines())
    alone = 1 + sum(
        len(PdfReader(BytesIO(client.get(f"/releases/{number}/{code}.zh.pdf").content)).pages)
        for code in (CITY, STREET, OWN)
    )
    assert count == alone
    assert client.get(f"/releases/{number}/set.pdf?area={CITY}&language=en").status_code == 200


def test_a_set_holds_nothing_that_its_reader_may_not_see(
    client: TestClient, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, "local")
    assert client.get(f"/releases/{number}/set.pdf?area={OWN}").status_code == 200
    for asked in (f"area={OWN}&area={SIBLING}", f"area={CITY}", f"area={OWN}&language=en", "area=nowhere"):
        get(client, f"/releases/{number}/set.pdf?{asked}", status=404)
    page = get(client, f"/releases/{number}")
    assert f'value="{OWN}"' in page
    assert SIBLING not in page
    get(client, f"/releases/{number}/set.pdf", status=422)
    sign_in(client, "leader")
    monkeypatch.setattr("survey_service.exports.bundle_pages.MOST_BOUND", 1)
    get(client, f"/releases/{number}/set.pdf?area={OWN}&area={CITY}", status=422)


def test_very_many_sheets_stand_below_their_streets(
    client: TestClient, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "MOST_IN_A_LIST", 3)
    sign_in(client, "leader")
    page = get(client, f"/releases/{number}")
    for code in (CITY, STREET, OWN, SIBLING):
        assert page.count(f'"/releases/{number}/{code}.zh.pdf"') == 1
    assert page.count('<details class="sheets">') == 3  # the city and its street; in English the city
    assert f'value="{OWN}"' not in page
    assert f'value="{STREET}"' in page
