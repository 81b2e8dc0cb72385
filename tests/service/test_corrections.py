"""A correction is a next edition: side by side with the one before, which stays readable and is marked."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader
from sqlalchemy import select

from survey_service.audit import verify
from survey_service.audit.chain import SERVICE, Actor
from survey_service.captures.erasure import erase_response
from survey_service.database import Database
from survey_service.errors import BadInput, Conflict
from survey_service.models import Release, Response, Wave, WaveState
from survey_service.models.tombstone import Ground
from survey_service.releases import corrections, documents, review, service
from survey_service.releases.published_tables import published_table
from survey_service.services import Services
from survey_service.surveys import service as surveys
from survey_service.surveys.figures import FiguresOpen
from tests.service.signed_in import csrf, get, post, sign_in
from tests.service.test_release_steps import PREPARED, REVIEWED, people, seen, take
from tests.service.test_releases import reviewed, services, wave_address
from tests.service.world import NOW, World

__all__ = ["reviewed", "services"]

REASON = "两份答卷录错了社区"


def sign(database: Database, services: Services, world: World) -> Release:
    by, what = people(database), seen(database, world)
    take(database, world, PREPARED, what, by["statistician"])
    take(database, world, REVIEWED, what, by["manager"])
    review.sign(services, world.survey_id, world.wave_id, what, NOW, by["leader"])
    with database.reading.begin() as session:
        made = service.queries.newest(session, world.survey_id, world.wave_id)
        assert made is not None
        session.expunge(made)
        return made


def correct(database: Database, world: World, reason: str = REASON) -> None:
    by: Actor = people(database)["manager"]
    with database.writing.begin() as session:
        corrections.begin(session, world.survey_id, world.wave_id, reason=reason, at=NOW, by=by)


def erase(database: Database, world: World, case: UUID) -> None:
    with database.writing.begin() as session:
        response = session.scalars(select(Response.id).where(Response.case_id == case)).one()
        erase_response(session, world.survey_id, response, ground=Ground.REQUEST, at=NOW, by=SERVICE)


@pytest.fixture
def corrected(database: Database, reviewed: World, services: Services) -> World:
    """Two editions, one answer apart."""
    sign(database, services, reviewed)
    correct(database, reviewed)
    erase(database, reviewed, reviewed.case_ids[0])
    sign(database, services, reviewed)
    return reviewed


@pytest.mark.both_databases
def test_the_next_edition_says_what_it_corrects_and_both_are_kept(
    database: Database, corrected: World, services: Services
) -> None:
    with database.reading.begin() as session:
        first, second = service.queries.editions_with_figures(session, corrected.survey_id, corrected.wave_id)
        assert (second.edition, second.correction_of, second.correction_reason) == (2, first.id, REASON)
        assert second.number.endswith("-02")
        assert first.estimates_sha256 != second.estimates_sha256
        assert session.get_one(Wave, (corrected.survey_id, corrected.wave_id)).state is WaveState.RELEASED
        assert verify(session, str(corrected.survey_id)) > 0
        old, new = (
            service.release_summaries(session, corrected.survey_id, one.id, services.settings)
            for one in (first, second)
        )
        session.expunge_all()
    assert old.city.imprint.correction is None
    assert new.city.imprint.correction is not None
    assert new.city.imprint.correction.earlier.rows == published_table(first.estimates).rows
    for language, words in (("zh", (REASON, "第 2 版，更正", first.number)), ("en", (REASON, "Edition 2, corrects"))):
        for summary in (new.city, next(iter(new.communities.values()))):
            text = _words(documents.pdf(documents.Wanted(summary, language), services.settings))
            assert all(word in text for word in words), (language, text)
    assert "更正" not in _words(documents.pdf(documents.Wanted(old.city, "zh"), services.settings))


def test_what_one_edition_hid_stays_hidden_in_the_next(database: Database, corrected: World) -> None:
    with database.reading.begin() as session:
        first, second = service.queries.editions(session, corrected.survey_id, corrected.wave_id)
        before, after = published_table(first.estimates), published_table(second.estimates)
    hidden = {(row.domain, cell.variable) for row in before.rows for cell in row.cells if cell.suppression}
    assert hidden, "communities of six are hidden"
    for domain, variable in hidden:
        assert after.row(domain).cell(variable).suppression is not None


def test_a_correction_needs_a_reason_and_a_released_wave(
    database: Database, reviewed: World, services: Services
) -> None:
    with pytest.raises(Conflict):
        correct(database, reviewed)
    sign(database, services, reviewed)
    with pytest.raises(BadInput):
        correct(database, reviewed, "错")
    correct(database, reviewed)
    with pytest.raises(Conflict):
        correct(database, reviewed)
    with pytest.raises(FiguresOpen), database.writing.begin() as session:
        surveys.step_back(session, reviewed.survey_id, reviewed.wave_id, reason="想再收一些", at=NOW, by=SERVICE)


def test_a_correction_that_is_dropped_leaves_the_edition_in_force(
    database: Database, reviewed: World, services: Services
) -> None:
    sign(database, services, reviewed)
    correct(database, reviewed)
    with database.writing.begin() as session:
        corrections.drop(session, reviewed.survey_id, reviewed.wave_id, at=NOW, by=people(database)["manager"])
    with database.reading.begin() as session:
        assert session.get_one(Wave, (reviewed.survey_id, reviewed.wave_id)).state is WaveState.RELEASED
        assert len(session.scalars(select(Release)).all()) == 1
    correct(database, reviewed, "这次真的要更正")
    assert sign(database, services, reviewed).correction_reason == "这次真的要更正"


def test_the_pages_of_both_editions_say_which_is_in_force(client: TestClient, corrected: World) -> None:
    sign_in(client, "leader")
    first, second = (f"/releases/{corrected.survey_key.upper()}-2026Q3-{edition:02d}" for edition in (1, 2))
    page = get(client, first)
    assert "已更正" in page
    assert second in page
    page = get(client, second)
    assert REASON in page
    assert "这一版已经更正" not in page
    side_by_side = get(client, f"{second}/changes")
    assert REASON in side_by_side
    assert "印出来都和上一版一样" in side_by_side, "of twelve answers everything is hidden, before and after"
    assert get(client, f"{first}/changes", status=404)
    assert "corrected" in get(client, f"{first}?lang=en").lower()
    wave = get(client, f"{wave_address(corrected)}?lang=zh")
    assert "已更正" in wave


def test_only_a_manager_corrects(client: TestClient, database: Database, reviewed: World, services: Services) -> None:
    sign(database, services, reviewed)
    for role in ("statistician", "leader", "keyer"):
        sign_in(client, role)
        get(client, f"{wave_address(reviewed)}/correct", status=403)
    sign_in(client, "manager")
    page = get(client, f"{wave_address(reviewed)}/correct")
    refused = post(client, f"{wave_address(reviewed)}/correct", {"reason": "错"}, token=csrf(page))
    assert refused.status_code == 422 or refused.status_code == 400
    begun = post(client, f"{wave_address(reviewed)}/correct", {"reason": REASON}, token=csrf(page))
    assert begun.status_code == 303
    sign_in(client, "leader")
    assert "SATISFACTION-2026Q3-01" in get(client, "/releases/SATISFACTION-2026Q3-01"), "what is out stays readable"


def _words(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
