"""Closing, looking, going on: whoever has seen the figures cannot let the field go on. Over HTTP, on both databases."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.errors import Conflict
from survey_service.models import AuditEntry, Release, Role, Wave, WaveState
from survey_service.releases import service as releases
from survey_service.settings import Settings
from survey_service.surveys import figures
from survey_service.surveys import service as surveys
from tests.service.signed_in import csrf, get, post, sign_in
from tests.service.test_estimates import twelve_answers
from tests.service.world import NOW, World, once

HERE = "/surveys/satisfaction/waves/2026Q3"
NAMES = releases.Signatures(prepared_by="何建国", reviewed_by="林一舟", signed_by="周定之")


@pytest.fixture
def closed(database: Database, world: World, settings: Settings) -> World:
    """Six answers in each community, and the wave closed."""

    def make() -> World:
        with database.writing.begin() as session:
            twelve_answers(session, world, settings)
            surveys.close_wave(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
        return world

    return once(database, f"twelve answers {settings.secret_key.get_secret_value()}", make)


@pytest.fixture
def reviewed(database: Database, closed: World) -> World:
    with database.writing.begin() as session:
        surveys.begin_review(session, closed.survey_id, closed.wave_id, at=NOW, by=SERVICE)
    return closed


def wave_of(session: Session, world: World) -> Wave:
    return session.get_one(Wave, (world.survey_id, world.wave_id))


def test_a_get_shows_diagnostics_and_no_figure_until_somebody_opens_them(
    client: TestClient, database: Database, reviewed: World
) -> None:
    sign_in(client, "statistician")
    before = get(client, f"{HERE}/estimates")
    assert "应答率（AAPOR RR3）" in before
    assert "打开结果" in before
    for figure in ("知晓率", "置信区间", "达标", "snapshot"):
        assert figure not in before, figure
    with database.reading.begin() as session:
        assert wave_of(session, reviewed).figures_opened_at is None  # a GET never writes
    answer = post(client, f"{HERE}/estimates/open", {}, token=csrf(before))
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}/estimates#figures")
    after = get(client, f"{HERE}/estimates")
    for figure in ("知晓率", "置信区间", "结果由测试statistician于"):
        assert figure in after, figure
    with database.reading.begin() as session:
        wave = wave_of(session, reviewed)
        assert (wave.figures_opened_at, wave.figures_opened_by) == (NOW, "测试statistician")
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "wave.figures_opened")).one()
        assert entry.record == f"wave {reviewed.wave_id}"
    # Pressed twice it says the same and writes no second line.
    assert post(client, f"{HERE}/estimates/open", {}, token=csrf(after)).status_code == 303
    with database.reading.begin() as session:
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "wave.figures_opened")).all()) == 1


def test_after_looking_the_field_does_not_go_on(client: TestClient, database: Database, reviewed: World) -> None:
    sign_in(client, "statistician")
    page = get(client, f"{HERE}/estimates")
    post(client, f"{HERE}/estimates/open", {}, token=csrf(page))
    told = get(client, f"{HERE}/steps/back")
    assert "结果已经打开" in told
    assert "<textarea" not in told
    refused = post(client, f"{HERE}/steps/back", {"reason": "数字不好看"}, token=csrf(page))
    assert refused.status_code == 409
    assert "E125" in refused.text or "结果已经打开" in refused.text
    with database.reading.begin() as session:
        assert wave_of(session, reviewed).state is WaveState.UNDER_REVIEW
    assert "退回上一步" not in get(client, HERE)


def test_no_step_leads_back_once_the_figures_are_open(database: Database, reviewed: World) -> None:
    """Whatever state a wave may be in with its figures open: the rows say it, not the page."""
    with database.writing.begin() as session:
        figures.open_figures(session, reviewed.survey_id, reviewed.wave_id, at=NOW, by=SERVICE)
    for state in (WaveState.OPEN, WaveState.CLOSED, WaveState.UNDER_REVIEW):
        with database.writing.begin() as session:
            wave_of(session, reviewed).state = state
        with database.writing.begin() as session, pytest.raises(figures.FiguresOpen):
            surveys.step_back(session, reviewed.survey_id, reviewed.wave_id, reason="数字不好看", at=NOW, by=SERVICE)


def test_a_wave_closed_by_mistake_reopens_before_anybody_looked(database: Database, reviewed: World) -> None:
    for expected in (WaveState.CLOSED, WaveState.OPEN):
        with database.writing.begin() as session:
            wave = surveys.step_back(
                session, reviewed.survey_id, reviewed.wave_id, reason="误按了截止", at=NOW, by=SERVICE
            )
            assert wave.state is expected


def test_figures_open_under_review_only(database: Database, closed: World) -> None:
    """In a closed wave forms are still keyed and files still taken in."""
    for state in (WaveState.DRAFT, WaveState.OPEN, WaveState.CLOSED):
        with database.writing.begin() as session:
            wave_of(session, closed).state = state
        with database.writing.begin() as session, pytest.raises(Conflict):
            figures.open_figures(session, closed.survey_id, closed.wave_id, at=NOW, by=SERVICE)
    with database.reading.begin() as session:
        assert wave_of(session, closed).figures_opened_at is None


def test_what_nobody_opened_cannot_be_signed(database: Database, reviewed: World) -> None:
    with database.reading.begin() as session:
        prepared = releases.prepare(session, reviewed.survey_id, reviewed.wave_id)
    with database.writing.begin() as session, pytest.raises(figures.FiguresClosed):
        releases.release_wave(session, prepared, NAMES, settings=Settings(), at=NOW, by=SERVICE)
    with database.reading.begin() as session:
        assert session.scalars(select(Release)).all() == []
        assert wave_of(session, reviewed).state is WaveState.UNDER_REVIEW


def test_only_a_statistician_opens_them(client: TestClient, database: Database, reviewed: World) -> None:
    for role in (role for role in Role if role is not Role.STATISTICIAN):
        sign_in(client, role.value)
        token = csrf(get(client, "/account"))
        assert post(client, f"{HERE}/estimates/open", {}, token=token).status_code == 403, role
    with database.reading.begin() as session:
        assert wave_of(session, reviewed).figures_opened_at is None


def test_the_closing_page_says_what_can_still_be_undone(client: TestClient, world: World) -> None:
    sign_in(client, "manager")
    told = get(client, f"{HERE}/steps/close")
    assert "打开以前" in told
    assert "接着收" in told
