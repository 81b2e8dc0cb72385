"""How what was released reaches people: a leader's first page, links for those without an account, who opened what."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from reports.wording.phrases import say
from survey_service import jobs
from survey_service.accounts import service as accounts
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import (
    Account,
    Area,
    AuditEntry,
    Job,
    JobState,
    Release,
    ReleaseDocument,
    Role,
    SheetLink,
    SheetOpening,
    Taken,
)
from survey_service.releases import DOCUMENTS_JOB, corrections, documents
from survey_service.secrets import code_hash
from survey_service.services import Services
from tests.service.conftest import TestClock
from tests.service.signed_in import HTML, csrf, get, post, sign_in
from tests.service.test_releases import release, reviewed, services
from tests.service.world import NOW, PASSWORD, World

__all__ = ["reviewed", "services"]
OWN, SIBLING, STREET, CITY = "110101000001", "110101000002", "110101000000", "110000000000"
SHEETS: dict[str, list[str] | None] = {"zh": [OWN, SIBLING, STREET, CITY], "en": [CITY]}
WECHAT = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50", **HTML}


def printed(database: Database, world: World, services: Services) -> str:
    """The number of an edition that is released, with its sheets."""
    release_id = release(database, world)
    documents.make(services, world.survey_id, release_id, SHEETS, lambda done, total: None)
    with database.reading.begin() as session:
        return session.get_one(Release, (world.survey_id, release_id)).number


@pytest.fixture
def number(database: Database, reviewed: World, services: Services) -> str:
    """A first edition; ``local`` leads the first community alone."""
    made = printed(database, reviewed, services)
    with database.writing.begin() as session:
        local = accounts.create_account(session, "local", "张三", PASSWORD, at=NOW, by=SERVICE)
        accounts.grant(session, local, Role.LEADER, reviewed.community_ids[0], at=NOW, by=SERVICE)
    return made


Link = Callable[..., str]


@pytest.fixture
def link(client: TestClient, number: str) -> Link:
    """Makes a link as the leader of the community; its path."""

    def make(days: str = "7", purpose: str = "区文明办") -> str:
        sign_in(client, "local")
        address = f"/releases/{number}/sheets/{OWN}/links"
        made = post(client, address, {"purpose": purpose, "days": days}, token=csrf(get(client, address)))
        found = re.search(r'value="[^"]*(/shared/[^"]+)"', made.text)
        assert found, made.text
        client.cookies.clear()
        return found[1]

    return make


def openings(database: Database) -> list[tuple[str, str, bool]]:
    with database.reading.begin() as session:
        found = session.scalars(select(SheetOpening).order_by(SheetOpening.at, SheetOpening.id))
        return [(one.name, one.what.value, one.link_id is not None) for one in found]


# ------------------------------------------------------------------ the first page


def test_a_leader_begins_with_the_answer_of_their_own_areas(
    client: TestClient, database: Database, number: str
) -> None:
    assert sign_in(client, "local").headers["location"] in ("/", "/results")
    assert client.get("/", headers=HTML).headers["location"] == "/results"
    page = get(client, "/results")
    with database.reading.begin() as session:
        own = session.scalars(
            select(ReleaseDocument.brief).join(Area, Area.id == ReleaseDocument.area_id).where(Area.code == OWN)
        ).one()
    assert own is not None
    assert own["sentence"] in page
    for card in own["cards"]:
        assert card["card"]["name"] in page
        assert card["card"]["figure"] in page
    assert f"/releases/{number}/sheets/{OWN}?lang=zh" in page
    assert SIBLING not in page
    assert CITY not in page
    for word in ("草稿", "调查中", "问卷目录", "录入", 'href="/surveys"'):
        assert word not in page, "nothing of the workflow"
    assert client.get("/surveys", headers=HTML).headers["location"] == "/results"


def test_the_city_goes_down_to_its_streets_and_communities(client: TestClient, number: str) -> None:
    sign_in(client, "leader")
    top = get(client, "/results")
    assert top.count("<article") == 1
    assert f"/results?release={number}&amp;area={STREET}" in top
    street = get(client, f"/results?release={number}&area={STREET}")
    assert f'id="a{STREET}"' in street
    assert f"/releases/{number}/sheets/{OWN}" in street
    assert f"/results?release={number}&amp;area={CITY}" in street, "the way up"
    english = get(client, f"/results?lang=en&release={number}&area={STREET}")
    assert f'aria-labelledby="t{STREET}" lang="zh-CN"' in english, "what nobody released in English stays Chinese"


def test_an_area_or_a_release_of_others_is_not_there(client: TestClient, number: str) -> None:
    sign_in(client, "local")
    get(client, f"/results?release={number}&area={SIBLING}", status=404)
    get(client, f"/results?release={number}&area={CITY}", status=404)
    get(client, "/results?release=NONE-1", status=404)
    sign_in(client, "manager")
    get(client, "/results", status=403)


def test_without_a_release_the_page_says_when_there_will_be_one(client: TestClient, world: World) -> None:
    sign_in(client, "leader")
    page = get(client, "/results")
    assert "还没有发布的结果" in page
    assert "签发" in page


def test_a_wave_to_be_signed_is_told_to_whoever_may_sign_it(client: TestClient, reviewed: World) -> None:
    sign_in(client, "leader")
    assert f"/surveys/{reviewed.survey_key}/waves/{reviewed.wave_key}/release" in get(client, "/results")


def test_sheets_that_were_made_before_say_the_same(client: TestClient, database: Database, number: str) -> None:
    sign_in(client, "local")
    kept = get(client, "/results")
    with database.writing.begin() as session:
        _without_guard(session, database)
        session.execute(update(ReleaseDocument).values(brief=None))
    assert get(client, "/results") == kept


def _without_guard(session: Any, database: Database) -> None:
    """As rows stand that an earlier version of the software wrote."""
    if database.is_sqlite:
        session.connection().exec_driver_sql("DROP TRIGGER refuse_update_release_document")
    else:
        session.connection().exec_driver_sql("DROP TRIGGER refuse_update_release_document ON release_document")


def test_beside_a_sheet_stand_word_and_the_editions_before(
    client: TestClient, database: Database, reviewed: World, services: Services, number: str
) -> None:
    with database.writing.begin() as session:
        of = reviewed.survey_id, reviewed.wave_id
        corrections.begin(session, *of, reason="一批纸卷录错了楼栋", at=NOW, by=SERVICE)
    second = printed(database, reviewed, services)
    sign_in(client, "local")
    page = get(client, f"/releases/{second}/sheets/{OWN}")
    assert f"/releases/{second}/{OWN}.zh.docx" in page
    assert f"/releases/{number}/sheets/{OWN}" in page
    first = get(client, f"/releases/{number}/sheets/{OWN}")
    assert f"数字以 {second} 为准" in first
    results = get(client, "/results")
    assert second in results
    assert "一批纸卷录错了楼栋" in results


# ------------------------------------------------------------------ links


@pytest.mark.both_databases
def test_a_link_opens_one_sheet_and_leaves_its_trace(
    client: TestClient, database: Database, link: Link, number: str
) -> None:
    path = link()
    page = client.get(path, headers=WECHAT)
    assert page.status_code == 200
    assert say("zh", "community_report") in page.text
    for header, value in (
        ("cache-control", "no-store"),
        ("x-robots-tag", "noindex, nofollow"),
        ("referrer-policy", "no-referrer"),
    ):
        assert page.headers[header] == value
    file = client.get(f"{path}/sheet.zh.pdf")
    assert file.content.startswith(b"%PDF")
    assert file.headers["cache-control"] == "no-store"
    assert client.get(f"{path}/sheet.en.pdf", headers=HTML).status_code == 404, "there is none in English"
    assert client.get(f"/releases/{number}/sheets/{OWN}", headers=HTML).status_code == 303, "to sign in"
    assert openings(database) == [("区文明办", "page", True), ("区文明办", "pdf", True)]
    with database.reading.begin() as session:
        kept = session.scalars(select(SheetLink)).one()
        assert kept.token_sha256 == code_hash(path.rpartition("/")[2])
        assert session.scalars(select(SheetOpening.client)).first() == "wechat"
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("sheet_link.%"))).all()
        assert acts == ["sheet_link.made"]
        entries = session.scalars(select(AuditEntry.detail)).all()
        assert path.rpartition("/")[2] not in str(entries)
    listed = get_links(client, number)
    assert "打开过 2 次" in listed
    assert path not in listed, "the address is shown once"


def get_links(client: TestClient, number: str) -> str:
    sign_in(client, "local")
    return get(client, f"/releases/{number}/sheets/{OWN}/links")


def test_a_link_ends_by_itself_and_says_so(client: TestClient, link: Link, clock: TestClock) -> None:
    path = link(days="1")
    clock.at = NOW + timedelta(days=1) - timedelta(seconds=1)
    assert client.get(path, headers=HTML).status_code == 200
    clock.at = NOW + timedelta(days=1)
    over = client.get(path, headers=HTML)
    assert over.status_code == 410
    assert "已经到期" in over.text
    assert "/verify" in over.text
    assert client.get(f"{path}/sheet.zh.pdf", headers=HTML).status_code == 410
    assert "is over" in client.get(f"{path}?lang=en", headers=HTML).text


def test_a_link_is_taken_back_and_ends_with_the_account_that_made_it(
    client: TestClient, database: Database, link: Link, number: str
) -> None:
    path, other = link(), link(purpose="市委督查室")
    page = get_links(client, number)
    with database.reading.begin() as session:
        link_id = session.scalars(select(SheetLink.id).where(SheetLink.purpose == "区文明办")).one()
    here = f"/releases/{number}/sheets/{OWN}/links"
    assert post(client, f"{here}/{link_id}/revoke", token=csrf(page)).status_code == 303
    assert post(client, f"{here}/{link_id}/revoke", token=csrf(page)).status_code == 303, "twice is once"
    over = client.get(path, headers=HTML)
    assert (over.status_code, "已经收回" in over.text) == (410, True)
    assert client.get(other, headers=HTML).status_code == 200
    with database.writing.begin() as session:
        session.execute(update(Account).where(Account.user == "local").values(disabled_at=NOW))
        acts = session.scalar(
            select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "sheet_link.revoked")
        )
        assert acts == 1
    assert client.get(other, headers=HTML).status_code == 410


def test_a_link_to_a_corrected_edition_says_so_and_leads_to_the_one_in_force(
    client: TestClient, database: Database, reviewed: World, services: Services, link: Link, number: str
) -> None:
    path = link()
    with database.writing.begin() as session:
        of = reviewed.survey_id, reviewed.wave_id
        corrections.begin(session, *of, reason="一批纸卷录错了楼栋", at=NOW, by=SERVICE)
    second_id = release(database, reviewed)
    making = client.get(path, headers=HTML).text
    assert "还在生成" in making
    sign_in(client, "local")
    results = get(client, "/results")
    assert "更正后的报告还在生成" in results
    assert 'class="card"' not in results
    client.cookies.clear()
    documents.make(services, reviewed.survey_id, second_id, SHEETS, lambda done, total: None)
    told = client.get(path, headers=HTML).text
    second = number.replace("-01", "-02")
    assert f"{number} 已经更正，数字以 {second} 为准" in told
    assert "一批纸卷录错了楼栋" in told
    assert not re.search(r"\d%", told), "no figure of the edition that was corrected"
    assert second in client.get(f"{path}/current", headers=HTML).text
    with database.reading.begin() as session:
        of_second = session.scalars(select(SheetOpening.release_id)).all()
        assert of_second == [second_id]


def test_who_tries_links_is_slowed_and_a_right_one_is_answered(client: TestClient, link: Link) -> None:
    path = link()
    met = [client.get(f"/shared/{'x' * place}", headers=HTML).status_code for place in range(1, 33)]
    assert met == [404] * 30 + [429] * 2
    assert client.get(path, headers=HTML).status_code == 200


@pytest.mark.parametrize(("purpose", "days"), [("", "7"), ("区文明办", "8"), ("区文明办", "x"), ("长" * 61, "7")])
def test_a_link_is_for_somebody_and_for_days_that_are_offered(
    client: TestClient, database: Database, number: str, purpose: str, days: str
) -> None:
    sign_in(client, "local")
    address = f"/releases/{number}/sheets/{OWN}/links"
    answer = post(client, address, {"purpose": purpose, "days": days}, token=csrf(get(client, address)))
    assert answer.status_code == 422
    assert purpose in answer.text
    with database.reading.begin() as session:
        assert session.scalars(select(SheetLink)).all() == []


def test_links_are_made_for_own_areas_by_whoever_may_sign(client: TestClient, number: str) -> None:
    sign_in(client, "local")
    get(client, f"/releases/{number}/sheets/{SIBLING}/links", status=404)
    sign_in(client, "manager")
    get(client, f"/releases/{number}/sheets/{SIBLING}/links")
    sign_in(client, "statistician")
    get(client, f"/releases/{number}/sheets/{OWN}/links", status=403)


# ------------------------------------------------------------------ who opened what


def test_the_office_sees_who_opened_which_sheet_as_a_list_and_as_excel(
    client: TestClient, database: Database, reviewed: World, link: Link, number: str, clock: TestClock
) -> None:
    client.get(link(), headers=WECHAT)
    sign_in(client, "local")
    get(client, f"/releases/{number}/sheets/{OWN}")
    get(client, f"/releases/{number}/sheets/{OWN}")
    clock.at = NOW + timedelta(minutes=11)
    get(client, f"/releases/{number}/sheets/{OWN}")
    assert client.get(f"/releases/{number}/{OWN}.zh.docx").status_code == 200
    assert openings(database) == [
        ("区文明办", "page", True),
        ("张三", "page", False),
        ("张三", "page", False),
        ("张三", "word", False),
    ]
    here = f"/surveys/{reviewed.survey_key}/openings"
    get(client, here, status=403)
    sign_in(client, "manager")
    page = get(client, here)
    assert "4 次" in page
    assert "链接：区文明办" in page
    assert "微信" in page
    by_link = get(client, f"{here}?who=link&wave={reviewed.wave_key}&area={OWN}")
    assert "1 次" in by_link
    assert "张三" not in by_link
    assert "没有这样的记录" in get(client, f"{here}?area={SIBLING}")
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{here}.xlsx?who=account").content)).active
    assert sheet is not None
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == ["张三"] * 3
    with database.reading.begin() as session:
        assert "sheet_openings.exported" in session.scalars(select(AuditEntry.action)).all()


@pytest.mark.both_databases
def test_what_was_opened_stays_written(database: Database, reviewed: World, services: Services) -> None:
    printed(database, reviewed, services)
    with database.writing.begin() as session:
        of = session.scalars(select(ReleaseDocument)).first()
        assert of is not None
        account_id = session.scalars(select(Account.id).where(Account.user == "leader")).one()
        row: dict[str, Any] = {"survey_id": of.survey_id, "release_id": of.release_id, "area_id": of.area_id}
        row |= {"at": NOW, "what": Taken.PAGE, "language": "zh", "name": "测试", "client": "other"}
        session.add(SheetOpening(**row, account_id=account_id))
    with pytest.raises(DBAPIError), database.writing.begin() as session:
        session.execute(insert(SheetOpening).values(row))  # neither an account nor a link
    for change in (update(SheetOpening).values(name="别人"), delete(SheetOpening)):
        with pytest.raises(DBAPIError, match="append-only"), database.writing.begin() as session:
            session.execute(change)


# ------------------------------------------------------------------ reports that were not made


def test_reports_that_failed_are_begun_again_by_whoever_sees_it(
    client: TestClient, database: Database, reviewed: World, services: Services, number: str
) -> None:
    wave = f"/surveys/{reviewed.survey_key}/waves/{reviewed.wave_key}"

    def again(role: str) -> Response:
        sign_in(client, role)
        return post(client, f"/releases/{number}/documents", token=csrf(get(client, wave)))

    assert again("leader").status_code == 409, "nothing failed"
    with database.writing.begin() as session:
        found = session.scalars(select(Release)).one()
        job = jobs.enqueue(
            session,
            survey_id=reviewed.survey_id,
            kind=DOCUMENTS_JOB,
            by=SERVICE,
            at=NOW,
            arguments={"release_id": str(found.id), "languages": {"zh": [OWN]}, "part": 1, "of": 2},
        )
        job.state, job.error, job.ended_at = JobState.FAILED, jobs.DIED, NOW
    sign_in(client, "local")
    assert f'action="/releases/{number}/documents"' in get(client, wave)
    assert again("local").headers["location"] == wave
    assert again("leader").status_code == 409, "somebody was faster"
    with database.reading.begin() as session:
        waiting = session.scalars(select(Job).where(Job.state == JobState.WAITING)).one()
        assert waiting.arguments["languages"] == {"zh": [OWN]}
        survey_id, job_id = waiting.survey_id, waiting.id
    assert jobs.work(services, survey_id, job_id) is JobState.DONE
    sign_in(client, "local")
    assert f'action="/releases/{number}/documents"' not in get(client, wave)
