"""The sheets of sectors: made with those of areas, each once, for whoever has the city, and by a link for one alone."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from questionnaires.indicators import DontKnow, Indicator, IndicatorKind
from questionnaires.text import Text
from survey_service.accounts import service as accounts
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Release, ReleaseDocument, Role, SheetOpening
from survey_service.releases import documents, sheet_codes
from survey_service.secrets import KeyRing
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.surveys import figures
from survey_service.surveys import service as surveys
from tests.service.signed_in import HTML, csrf, get, post, sign_in
from tests.service.test_estimates import twelve_answers
from tests.service.test_releases import release, services
from tests.service.world import NOW, PASSWORD, QUESTIONNAIRE, World, build, once

__all__ = ["services"]
CITY, COMMUNITY = "110000000000", "110101000001"
PARKING, LANES = f"{CITY}~parking", f"{CITY}~lanes"


def rated(key: str, zh: str, en: str) -> Indicator:
    return Indicator(
        id=key,
        name=Text(zh, en),
        definition=Text(f"对“{zh}”满意者所占比重。", f"Share satisfied with {en}."),
        kind=IndicatorKind.PROPORTION,
        variables=(f"aspects.{key}",),
        numerator=("1", "2"),
        dont_know=DontKnow.EXCLUDED,
        group="sectors",
    )


ASKED = replace(
    QUESTIONNAIRE,
    indicators=(
        *QUESTIONNAIRE.indicators,
        rated("parking", "停车服务", "Parking"),
        rated("lanes", "保洁服务", "Cleaning"),
    ),
)


@pytest.fixture
def world(database: Database, settings: Settings) -> World:
    """A city that asks about two sectors."""
    secret = settings.secret_key.get_secret_value()
    return once(database, f"sectors {secret}", lambda: build(database, KeyRing(secret), ASKED))


@pytest.fixture
def rating(database: Database, world: World, settings: Settings) -> World:
    """Six answers in each community, the figures opened."""

    def make() -> World:
        with database.writing.begin() as session:
            twelve_answers(session, world, settings)
            surveys.close_wave(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
            surveys.begin_review(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
            figures.open_figures(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
            local = accounts.create_account(session, "local", "张三", PASSWORD, at=NOW, by=SERVICE)
            accounts.grant(session, local, Role.LEADER, world.community_ids[0], at=NOW, by=SERVICE)
        return world

    return once(database, f"sectors rated {settings.secret_key.get_secret_value()}", make)


@pytest.fixture
def released(database: Database, rating: World, services: Services) -> tuple[str, UUID]:
    """Number and id of the release, its sheets made."""
    release_id = release(database, rating)
    documents.make(services, rating.survey_id, release_id, {"zh": None}, lambda done, total: None)
    with database.reading.begin() as session:
        return session.get_one(Release, (rating.survey_id, release_id)).number, release_id


def test_every_sector_has_a_sheet_of_its_own_once(
    database: Database, rating: World, services: Services, released: tuple[str, UUID]
) -> None:
    documents.make(services, rating.survey_id, released[1], {"zh": None}, lambda done, total: None)  # taken up again
    with database.reading.begin() as session:
        made = session.execute(
            select(ReleaseDocument.sector, func.count(), func.max(ReleaseDocument.pages)).group_by(
                ReleaseDocument.sector
            )
        ).all()
        names = session.scalars(select(ReleaseDocument.file_name).where(ReleaseDocument.sector != "")).all()
    assert {sector: count for sector, count, _ in made} == {"": 4, "parking": 1, "lanes": 1}
    assert all(pages <= 2 for sector, _, pages in made if sector)
    assert sorted(names) == ["保洁服务.pdf", "停车服务.pdf"]


def test_whoever_has_the_city_finds_them_in_the_order_of_the_questionnaire(
    client: TestClient, released: tuple[str, UUID]
) -> None:
    number, _ = released
    sign_in(client, "leader")
    for page in (get(client, f"/releases/{number}"), get(client, "/results")):
        assert "窗口行业" in page
        assert page.index(f"/sheets/{PARKING}") < page.index(f"/sheets/{LANES}")
    sheet = get(client, f"/releases/{number}/sheets/{PARKING}")
    assert "停车服务" in sheet
    assert "行业报告" in sheet
    assert client.get(f"/releases/{number}/{PARKING}.zh.pdf").content.startswith(b"%PDF")
    assert client.get(f"/releases/{number}/{PARKING}.zh.docx").content.startswith(b"PK")
    assert client.get(f"/releases/{number}/sheets/{CITY}~nothing").status_code == 404


def test_whoever_has_no_city_meets_none(client: TestClient, released: tuple[str, UUID]) -> None:
    number, _ = released
    sign_in(client, "local")
    assert "窗口行业" not in get(client, "/results")
    assert "~parking" not in get(client, f"/releases/{number}")
    for path in (
        f"sheets/{PARKING}",
        f"{PARKING}.zh.pdf",
        f"{PARKING}.zh.docx",
        f"sheets/{PARKING}/links",
        f"set.pdf?area={PARKING}",
        f"sheets/{COMMUNITY}~parking",
    ):
        assert client.get(f"/releases/{number}/{path}").status_code == 404, path
    with zipfile.ZipFile(io.BytesIO(client.get(f"/releases/{number}/sheets.zip").content)) as files:
        assert not [name for name in files.namelist() if "~" in name]


def test_a_sector_has_no_circular(client: TestClient, released: tuple[str, UUID]) -> None:
    sign_in(client, "manager")
    assert client.get(f"/releases/{released[0]}/circulars/{PARKING}.docx").status_code == 404


def test_they_are_taken_along_in_a_folder_and_bound(client: TestClient, released: tuple[str, UUID]) -> None:
    number, _ = released
    sign_in(client, "leader")
    with zipfile.ZipFile(io.BytesIO(client.get(f"/releases/{number}/sheets.zip").content)) as files:
        assert f"窗口行业/{PARKING} 停车服务.pdf" in files.namelist()
    bound = client.get(f"/releases/{number}/set.pdf", params={"area": [LANES, PARKING, CITY]})
    assert bound.status_code == 200
    assert bound.content.startswith(b"%PDF")


def test_a_link_opens_the_sheet_of_one_sector_and_nothing_else(
    client: TestClient, database: Database, released: tuple[str, UUID]
) -> None:
    number, _ = released
    sign_in(client, "leader")
    address = f"/releases/{number}/sheets/{PARKING}/links"
    made = post(client, address, {"purpose": "停车公司", "days": "7"}, token=csrf(get(client, address)))
    found = re.search(r'value="[^"]*(/shared/[^"]+)"', made.text)
    assert found, made.text
    assert "停车公司" not in get(client, f"/releases/{number}/sheets/{LANES}/links")
    assert "停车公司" not in get(client, f"/releases/{number}/sheets/{CITY}/links")
    client.cookies.clear()
    page = client.get(found[1], headers=HTML)
    assert page.status_code == 200
    assert "停车服务" in page.text
    assert client.get(f"{found[1]}/sheet.zh.pdf").content.startswith(b"%PDF")
    assert client.get(f"/releases/{number}/sheets/{LANES}", headers=HTML, follow_redirects=False).status_code != 200
    with database.reading.begin() as session:
        opened = session.scalars(select(SheetOpening.sector).where(SheetOpening.link_id.is_not(None))).all()
    assert set(opened) == {"parking"}
    sign_in(client, "manager")
    assert "停车服务" in get(client, "/surveys/satisfaction/openings")


def test_its_code_leads_to_it(client: TestClient, database: Database, released: tuple[str, UUID]) -> None:
    with database.reading.begin() as session:
        found = session.scalars(select(Release).where(Release.id == released[1])).one()
        code = sheet_codes.code_of(found.number, found.snapshot_sha256, PARKING)
    page = client.get("/verify", params={"code": code}, headers=HTML)
    assert "现行版" in page.text
    assert "停车服务" in page.text
