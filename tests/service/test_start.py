"""The first sign-in says what comes next: made of what is there."""

from __future__ import annotations

from datetime import date, timedelta

from fastapi.testclient import TestClient
from sqlalchemy import delete, select, update

from survey_service.app import create_app
from survey_service.areas import service as areas
from survey_service.areas.people_file import Declaration
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Account, Grant, RegisterKind, Role, Wave, WaveState
from survey_service.settings import Settings
from tests.service.signed_in import HTML, get, sign_in
from tests.service.test_appointments import agreed, give
from tests.service.test_field_pages import plain
from tests.service.test_supervision import person
from tests.service.world import NOW, World


def test_an_administrators_first_page_lists_what_is_to_do_and_marks_what_is_done(
    client: TestClient, database: Database, world: World
) -> None:
    assert sign_in(client, "administrator").headers["location"] == "/"
    assert client.get("/", headers=HTML).headers["location"] == "/start"
    page = get(client, "/start")
    assert "现在有 2 个社区" in page
    assert "现在有 1 项调查" in page
    assert page.count("已做") == 3  # areas, colleagues, the survey
    assert "还缺" not in page
    with database.writing.begin() as session:
        said = Declaration(as_of=date(2026, 6, 30), register=RegisterKind.ACTUAL_POPULATION, source="x")
        cells = {("male", "18-29"): 9}
        areas.record_population(session, world.community_ids[0], cells, said, at=NOW, by=SERVICE)
        manager = session.scalars(select(Account.id).where(Account.user == "manager")).one()
        session.execute(delete(Grant).where(Grant.account_id == manager, Grant.role == Role.MANAGER))
    page = get(client, "/start")
    assert "社区共 2 个，有人口数的 1 个" in page
    assert "还缺：项目管理员" in page
    assert page.count("已做") == 2


def test_an_interviewer_begins_with_their_own_cases_and_todays_appointments(
    client: TestClient, database: Database, world: World
) -> None:
    me = person(database, "interviewer")
    give(database, world, range(3), me)
    agreed(database, world, {1: NOW + timedelta(hours=2), 2: NOW + timedelta(hours=30)}, me)
    sign_in(client, "interviewer")
    assert client.get("/", headers=HTML).headers["location"] == "/visits"
    page = get(client, "/start")
    told = plain(page)
    assert "分给您 3 户：还要去 3，有答卷 0" in told
    assert "12 户" not in told  # of the area: nine were given to nobody
    assert f"下一户：{world.case_numbers[0]}" in told
    today = page[page.index("今天约好的") : page.index("出门以前")]
    assert world.case_numbers[1] in today
    assert world.case_numbers[2] not in today  # of tomorrow
    assert "手机要有信号" in told
    assert "改密码" not in page
    assert "开始一项调查之前" not in page
    assert page.index("出门以前") < page.index("访问令牌")  # of those who have another device, last


def test_an_interviewer_without_a_wave_is_told_who_gives_one(
    client: TestClient, database: Database, world: World
) -> None:
    with database.writing.begin() as session:
        session.execute(update(Wave).values(state=WaveState.CLOSED))
    sign_in(client, "interviewer")
    assert "现在没有分给您的调查" in get(client, "/start")
    assert world


def test_whoever_has_work_elsewhere_begins_there(client: TestClient) -> None:
    for role, begins in (("manager", "/surveys"), ("keyer", "/keying"), ("statistician", "/surveys")):
        sign_in(client, role)
        assert client.get("/", headers=HTML).headers["location"] == begins
        assert client.get("/start").status_code == 403


def test_where_there_is_no_account_the_first_page_leads_to_the_first_administrator(
    settings: Settings, database: Database
) -> None:
    with TestClient(create_app(settings), follow_redirects=False) as client:
        assert client.get("/").headers["location"] == "/sign-in"
        assert "/first-administrator" in client.get("/sign-in").text
