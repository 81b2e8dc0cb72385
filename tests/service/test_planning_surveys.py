"""A manager makes a survey and gives it a questionnaire: nothing typed is lost, every problem is named by its place."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import func, select

from questionnaires.loader import available
from survey_service.accounts import service as accounts
from survey_service.audit.chain import SERVICE, verify
from survey_service.database import Database
from survey_service.models import AuditEntry, QuestionnaireVersion, Role, Survey
from tests.service.signed_in import HTML, csrf, get, post, sign_in
from tests.service.world import NOW, PASSWORD, World

FAULTY = Path(__file__).parents[1] / "golden/questionnaires/ten_faults.yaml"
SMALL = Path(__file__).parent / "small.yaml"
SURVEY = {
    "title_zh": "公众满意度测评",
    "title_en": "Satisfaction",
    "key": "sat-2",
    "area": "110000000000",
    "population_zh": "常住 18 岁及以上居民",
    "frame_zh": "社区网格住户台账",
    "frame_coverage": "９７.5",
    "coverage_zh": "新入住的小区",
}


def street_manager(database: Database, world: World) -> None:
    """A manager of one street only, who signs in as 街道."""
    with database.writing.begin() as session:
        person = accounts.create_account(session, "street", "街道管理员", PASSWORD, at=NOW, by=SERVICE)
        accounts.grant(session, account=person, role=Role.MANAGER, area_id=world.street_id, at=NOW, by=SERVICE)


def test_a_survey_is_made_and_audited(client: TestClient, world: World, database: Database) -> None:
    sign_in(client, "manager")
    answer = post(client, "/surveys", SURVEY)
    assert (answer.status_code, answer.headers["location"]) == (303, "/surveys/sat-2")
    page = get(client, "/surveys/sat-2")
    assert "社区网格住户台账" in page
    assert "97.5%" in page
    assert 'href="/surveys/sat-2"' in get(client, "/surveys")
    with database.reading.begin() as session:
        survey = session.scalars(select(Survey).where(Survey.key == "sat-2")).one()
        survey_id = survey.id
        assert survey.method["frame_coverage"] == 0.975
        entry = session.scalars(select(AuditEntry).where(AuditEntry.chain == str(survey.id))).one()
        assert entry.action == "survey.created"
        assert entry.by_account_id is not None
    assert post(client, "/surveys/sat-2/edit", {**SURVEY, "title_zh": "满意度"}).status_code == 303
    with database.reading.begin() as session:
        assert session.get_one(Survey, survey_id).title_zh == "满意度"
        assert verify(session, str(survey_id)) == 2


def test_a_faulty_form_keeps_what_was_typed_and_names_each_fault(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    answer = post(client, "/surveys", {**SURVEY, "key": "坏", "frame_coverage": "130", "title_zh": ""})
    assert answer.status_code == 422
    for name in ("key", "frame_coverage", "title_zh"):
        assert f'href="#{name}"' in answer.text
    assert 'value="130"' in answer.text
    assert "社区网格住户台账" in answer.text
    assert post(client, "/surveys", {**SURVEY, "key": "satisfaction"}).status_code == 422
    assert "这个代号已经有了" in post(client, "/surveys", {**SURVEY, "key": "satisfaction"}).text


def test_every_problem_of_a_file_is_shown_and_the_text_kept(
    client: TestClient, world: World, database: Database
) -> None:
    sign_in(client, "manager")
    token = csrf(get(client, "/account"))
    sent = {"file": ("q.yaml", FAULTY.read_bytes(), "application/yaml")}
    answer = client.post("/surveys/satisfaction/questionnaires", files=sent, data={"csrf": token}, headers=HTML)
    assert answer.status_code == 422
    places = re.findall(r'data-line="(\d+)" data-column="(\d+)"', answer.text)
    assert places == [tuple(one) for one in re.findall(r"yaml:(\d+):(\d+)", FAULTY.with_suffix(".txt").read_text())]
    assert "是不是“agreement”？" in answer.text
    assert "Do you agree or disagree" in answer.text  # the box holds the file
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(QuestionnaireVersion)) == 1


def test_a_version_is_stored_once_and_not_changed_under_its_name(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    chosen = post(client, "/surveys/satisfaction/questionnaires", {"shipped": "civilized_city"})
    assert chosen.status_code == 303
    again = post(client, "/surveys/satisfaction/questionnaires", {"shipped": "civilized_city"})
    assert again.headers["location"] == chosen.headers["location"]
    same = SMALL.read_text(encoding="utf-8")
    assert post(client, "/surveys/satisfaction/questionnaires", {"source": same}).status_code == 303
    changed = same.replace("社区环境小调查", "社区环境调查")
    assert changed != same
    refused = post(client, "/surveys/satisfaction/questionnaires", {"source": changed})
    assert refused.status_code == 409
    assert "社区环境调查" in refused.text
    assert "E120" not in refused.text


def test_the_preview_shows_phone_and_keying_and_frames_only_itself(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    here = f"/surveys/satisfaction/questionnaires/{world.version_id}"
    answer = client.get(here, headers=HTML)
    assert "frame-src 'self'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert f'src="{here}/phone"' in answer.text
    framed = client.get(f"{here}/phone", headers=HTML)
    assert framed.headers["x-frame-options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in framed.headers["content-security-policy"]
    assert "form-action 'none'" in framed.headers["content-security-policy"]
    buttons = re.findall(r"<button[^>]*value=\"check\"[^>]*>", framed.text)
    assert buttons
    assert all("disabled" in button for button in buttons)
    assert client.get("/surveys", headers=HTML).headers["x-frame-options"] == "DENY"


def test_the_preview_shows_the_paper_form_itself(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    here = f"/surveys/satisfaction/questionnaires/{world.version_id}"
    assert f'<img src="{here}/paper-zh.png"' in client.get(here, headers=HTML).text
    drawn = client.get(f"{here}/paper-zh.png")
    assert drawn.headers["content-type"] == "image/png"
    with Image.open(BytesIO(drawn.content)) as picture:
        pages = len(pypdf.PdfReader(BytesIO(client.get(f"{here}/paper-zh.pdf").content)).pages)
        assert picture.width == pytest.approx(8.27 * 96, abs=2)
        assert picture.height == pytest.approx(pages * 11.69 * 96, abs=20 * pages)
        assert picture.convert("L").getextrema() == (0, 255)
    assert client.get(f"{here}/paper-fr.png").status_code == 404


def test_shipped_files_can_be_taken_home(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    for key, path in available().items():
        answer = client.get(f"/surveys/satisfaction/questionnaires/shipped/{key}.yaml")
        assert answer.content == path.read_bytes()
    assert client.get("/surveys/satisfaction/questionnaires/shipped/..%2fscales.yaml").status_code == 404


def test_a_manager_of_a_street_changes_nothing_of_the_city(
    client: TestClient, world: World, database: Database
) -> None:
    street_manager(database, world)
    sign_in(client, "street")
    assert get(client, "/surveys/satisfaction")  # the street takes part in the city's survey
    assert post(client, "/surveys/satisfaction/edit", SURVEY).status_code == 403
    assert post(client, "/surveys/satisfaction/questionnaires", {"shipped": "civilized_city"}).status_code == 403
    assert post(client, "/surveys", SURVEY).status_code == 422  # the city is not theirs
    assert post(client, "/surveys", {**SURVEY, "area": "110101000000"}).status_code == 303
