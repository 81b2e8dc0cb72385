"""Word files stand beside the PDFs of a release, for whoever may see the area."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from uuid import UUID

import docx
from fastapi.testclient import TestClient
from sqlalchemy import select

from survey_service import jobs
from survey_service.accounts import service as accounts
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Release, Role
from survey_service.services import Services
from survey_service.web import downloads
from tests.service.signed_in import get, sign_in
from tests.service.test_releases import printed, reviewed, services
from tests.service.world import NOW, PASSWORD, World

__all__ = ["printed", "reviewed", "services"]


def test_word_stands_beside_the_pdf_for_those_who_may_see_the_area(
    client: TestClient, database: Database, reviewed: World, services: Services, printed: Callable[[], UUID]
) -> None:
    jobs.work(services, reviewed.survey_id, printed())
    with database.writing.begin() as session:
        number = session.scalars(select(Release.number)).one()
        local = accounts.create_account(session, "local", "张三", PASSWORD, at=NOW, by=SERVICE)
        accounts.grant(session, local, Role.LEADER, reviewed.community_ids[0], at=NOW, by=SERVICE)
    own, sibling, city = "110101000001", "110101000002", "110000000000"
    sign_in(client, "local")
    answer = client.get(f"/releases/{number}/{own}.zh.docx")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == downloads.WORD
    assert "attachment" in answer.headers["content-disposition"]
    told = "".join(one.text for one in docx.Document(BytesIO(answer.content)).paragraphs)
    assert number in told
    assert client.get(f"/releases/{number}/{own}.zh.docx").content == answer.content
    for other in (sibling, city):
        get(client, f"/releases/{number}/{other}.zh.docx", status=404)
    get(client, f"/releases/{number}/{own}.en.docx", status=404)
    assert f"/releases/{number}/{own}.zh.docx" in get(client, f"/releases/{number}")
    sign_in(client, "keyer")
    get(client, f"/releases/{number}/{own}.zh.docx", status=403)


def test_the_office_drafts_a_circular_of_a_street_and_the_city(
    client: TestClient, database: Database, reviewed: World, services: Services, printed: Callable[[], UUID]
) -> None:
    jobs.work(services, reviewed.survey_id, printed())
    with database.writing.begin() as session:
        number = session.scalars(select(Release.number)).one()
    community, city = "110101000001", "110000000000"
    sign_in(client, "manager")
    address = f"/releases/{number}/circulars/{city}.docx"
    assert address in get(client, f"/releases/{number}")
    answer = client.get(address)
    assert answer.status_code == 200
    told = [one.text for one in docx.Document(BytesIO(answer.content)).paragraphs]
    assert any(number in one for one in told)
    assert client.get(f"/releases/{number}/circulars/{community}.docx").status_code == 404
    sign_in(client, "leader")
    assert client.get(address).status_code == 403
    assert "circulars" not in get(client, f"/releases/{number}")
