"""A release freezes what was looked at, can be computed again, and hands its PDFs to those who may see the area."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from questionnaires.text import Text
from survey_service import jobs
from survey_service.accounts import service as accounts
from survey_service.analyses import field_told
from survey_service.audit import verify
from survey_service.audit.chain import SERVICE, chains
from survey_service.captures.erasure import erase_response
from survey_service.database import Database
from survey_service.errors import TooBusy
from survey_service.models import (
    Area,
    Case,
    Disposition,
    Job,
    JobState,
    Release,
    ReleaseDocument,
    Response,
    ResponseState,
    Role,
)
from survey_service.models.tombstone import Ground
from survey_service.releases import DOCUMENTS_JOB, documents, recomputing, service
from survey_service.releases.canonical_estimates import estimates_text, sha256
from survey_service.releases.errors import NothingToRelease, NotRecomputable, RowsChanged
from survey_service.releases.published_tables import published_table
from survey_service.secrets import KeyRing
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.surveys import figures
from survey_service.surveys import service as surveys
from survey_service.writer import GroupWriter
from tests.service.outcomes import told_outcomes
from tests.service.signed_in import csrf, get, post, sign_in
from tests.service.test_estimates import twelve_answers
from tests.service.world import NOW, PASSWORD, World, once

NAMES = service.Signatures(prepared_by="何建国", reviewed_by="林一舟", signed_by="周定之")


@pytest.fixture
def services(settings: Settings, database: Database) -> Iterator[Services]:
    writer = GroupWriter(database.writing, queue_size=10, group_size=10)
    keys = KeyRing(settings.secret_key.get_secret_value())
    yield Services(settings=settings, database=database, writer=writer, keys=keys, clock=lambda: NOW)
    writer.close()


@pytest.fixture
def reviewed(database: Database, world: World, settings: Settings) -> World:
    """Six answers in each community, the wave closed and under review."""

    def make() -> World:
        with database.writing.begin() as session:
            twelve_answers(session, world, settings)
            surveys.close_wave(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
            surveys.begin_review(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
            figures.open_figures(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
        return world

    return once(database, f"figures opened {settings.secret_key.get_secret_value()}", make)


def prepare(database: Database, world: World) -> service.Prepared:
    with database.reading.begin() as session:
        return service.prepare(session, world.survey_id, world.wave_id)


def release(database: Database, world: World) -> UUID:
    prepared = prepare(database, world)
    with database.writing.begin() as session:
        return service.release_wave(session, prepared, NAMES, settings=Settings(), at=NOW, by=SERVICE).id


@pytest.mark.both_databases
def test_a_release_holds_what_recomputing_needs_and_comes_out_the_same(database: Database, reviewed: World) -> None:
    release_id = release(database, reviewed)
    with database.reading.begin() as session:
        found = service.queries.release(session, reviewed.survey_id, release_id)
        assert found is not None
        made, survey, wave = found
        assert (made.number, made.edition, wave.state.value) == (f"{survey.key.upper()}-2026Q3-01", 1, "released")
        assert len(made.snapshot_sha256) == len(made.questionnaire_sha256) == len(made.estimates_sha256) == 64
        assert (made.format, made.plan_sha256) == (2, sha256(made.plan or ""))
        assert json.loads(made.plan or "") == made.specification
        again = recomputing.figures_again(session, made, wave)
        assert estimates_text(again) == made.estimates
        assert published_table(made.estimates).rows == published_table(estimates_text(again)).rows
        found_again = recomputing.compare(session, made, again)
        assert (found_again.same, found_again.rows_same, found_again.erased) == (True, True, 0)
        assert found_again.compared > 30
        for chain in chains(session):
            assert verify(session, chain) > 0


@pytest.mark.both_databases
def test_a_changed_row_is_found_when_the_figures_are_computed_again(database: Database, reviewed: World) -> None:
    release_id = release(database, reviewed)
    with database.writing.begin() as session:
        session.execute(update(Case).where(Case.id == reviewed.case_ids[0]).values(inclusion_probability=0.06))
    with database.reading.begin() as session:
        found = service.queries.release(session, reviewed.survey_id, release_id)
        assert found is not None
        other = recomputing.recompute(session, found[0], found[2])
        assert (other.same, other.rows_same) == (False, False)
        assert 0 < len(other.lines) <= recomputing.LINES
        assert other.differing >= len(other.lines)
        with pytest.raises(NotRecomputable):
            recomputing.as_signed(session, found[0], found[2])


def test_figures_that_changed_since_they_were_looked_at_are_not_signed(database: Database, reviewed: World) -> None:
    prepared = prepare(database, reviewed)
    with database.writing.begin() as session:
        outcomes = {reviewed.case_ids[0]: Disposition.OTHER}
        told_outcomes(session, reviewed.survey_id, outcomes, at=NOW, by=SERVICE)

    def sign() -> None:
        with database.writing.begin() as session:
            service.release_wave(session, prepared, NAMES, settings=Settings(), at=NOW, by=SERVICE)

    with pytest.raises(RowsChanged):
        sign()
    with database.reading.begin() as session:
        assert session.scalars(select(Release)).all() == []


@pytest.mark.parametrize("statement", ["UPDATE release SET signed_by = 'x'", "DELETE FROM release"])
def test_a_release_cannot_be_changed(database: Database, reviewed: World, statement: str) -> None:
    release(database, reviewed)

    def change() -> None:
        with database.writing.begin() as session:
            session.execute(text(statement))

    with pytest.raises(DBAPIError, match="append-only"):
        change()


def test_a_wave_without_answers_has_nothing_to_release(database: Database, world: World) -> None:
    with pytest.raises(NothingToRelease):
        prepare(database, world)


# ------------------------------------------------------------------ documents


@pytest.fixture
def printed(database: Database, reviewed: World, services: Services) -> Callable[[], UUID]:
    release_id = release(database, reviewed)

    def run() -> UUID:
        with database.writing.begin() as session:
            return jobs.enqueue(
                session,
                survey_id=reviewed.survey_id,
                kind=DOCUMENTS_JOB,
                by=SERVICE,
                at=NOW,
                arguments={"release_id": str(release_id), "languages": {"zh": None, "en": ["110000000000"]}},
            ).id

    return run


def test_every_area_has_its_pdf_once_however_often_the_job_runs(
    database: Database, reviewed: World, services: Services, printed: Callable[[], UUID]
) -> None:
    assert jobs.work(services, reviewed.survey_id, printed()) is JobState.DONE
    with database.reading.begin() as session:
        first = {(row.area_id, row.language): row.blob_sha256 for row in session.scalars(select(ReleaseDocument))}
        pages = [row.pages for row in session.scalars(select(ReleaseDocument))]
    assert len(first) == 4 + 1  # two communities, street and city in Chinese, the city in English
    # The worker is killed before it can say that it is done, and the job runs again.
    assert jobs.work(services, reviewed.survey_id, printed()) is JobState.DONE
    with database.reading.begin() as session:
        again = {(row.area_id, row.language): row.blob_sha256 for row in session.scalars(select(ReleaseDocument))}
        assert [(job.done, job.total) for job in session.scalars(select(Job))] == [(5, 5), (5, 5)]
    assert again == first
    store = documents.files_of(services.settings, database)
    read = [PdfReader(BytesIO(store.get(sha256))) for sha256 in first.values()]
    assert sorted(len(one.pages) for one in read) == sorted(pages)
    assert any("万寿桥社区" in one.pages[0].extract_text() for one in read)


def test_an_answer_taken_back_after_the_signature_takes_no_report_along(
    database: Database, reviewed: World, services: Services, printed: Callable[[], UUID]
) -> None:
    """Its PDFs come from what was signed: the very bytes that they would have had before."""
    with database.reading.begin() as session:
        release_id = session.scalars(select(Release.id)).one()
        found = service.queries.release(session, reviewed.survey_id, release_id)
        assert found is not None
        computed = recomputing.as_signed(session, found[0], found[2])
        told = field_told.read_field(session, found[2])
        signed = service.Prepared(estimates=computed, snapshot_sha256="", rows_key="", told=told)
        summaries = service._summaries(session, signed, found[0], found[1], found[2], services.settings)
        before = {
            (one.code, one.language): documents.pdf(one, services.settings)
            for one in documents.wanted(summaries, {"zh": None, "en": ["110000000000"]})
        }
        counted = select(Response.id).where(Response.state == ResponseState.COMPLETE, Response.case_id.is_not(None))
        response_id = session.scalars(counted.limit(1)).one()
    with database.writing.begin() as session:
        erase_response(session, reviewed.survey_id, response_id, ground=Ground.REQUEST, at=NOW, by=SERVICE)
    with database.reading.begin() as session:
        found = service.queries.release(session, reviewed.survey_id, release_id)
        assert found is not None
        with pytest.raises(NotRecomputable):
            recomputing.as_signed(session, found[0], found[2])
    assert jobs.work(services, reviewed.survey_id, printed()) is JobState.DONE
    store = documents.files_of(services.settings, database)
    with database.reading.begin() as session:
        rows = session.execute(
            select(Area.code, ReleaseDocument.language, ReleaseDocument.blob_sha256).join(
                Area, Area.id == ReleaseDocument.area_id
            )
        ).all()
    assert {(code, language): store.get(sha256) for code, language, sha256 in rows} == before


def test_of_a_release_from_before_no_pdf_is_made_of_other_figures(
    database: Database, reviewed: World, services: Services, printed: Callable[[], UUID]
) -> None:
    with database.writing_engine.begin() as connection:
        connection.execute(text("DROP TRIGGER refuse_update_release" + ("" if database.is_sqlite else " ON release")))
        connection.execute(text("UPDATE release SET printed = NULL"))
    with database.writing.begin() as session:
        session.execute(update(Case).where(Case.id == reviewed.case_ids[0]).values(inclusion_probability=0.06))
    job_id = printed()
    assert jobs.work(services, reviewed.survey_id, job_id) is JobState.FAILED
    with database.reading.begin() as session:
        assert session.scalars(select(ReleaseDocument)).all() == []
        told = jobs.why(session.get_one(Job, (reviewed.survey_id, job_id)))
        assert told == Text(NotRecomputable.zh, NotRecomputable.en)


# ------------------------------------------------------------------ pages


def wave_address(world: World) -> str:
    return f"/surveys/{world.survey_key}/waves/{world.wave_key}"


def test_the_statistician_looks_and_the_leader_signs(client: TestClient, database: Database, reviewed: World) -> None:
    sign_in(client, "statistician")
    page = get(client, f"{wave_address(reviewed)}/estimates")
    assert "先看诊断" in page
    assert "知晓率" in page
    seen = seen_on(page)
    refused = post(client, f"{wave_address(reviewed)}/release/prepared", {**seen, "rows": "0" * 64}, token=csrf(page))
    assert refused.status_code == 409
    assert "答卷有了变动" in refused.text
    for step in ("prepared", "reviewed"):
        taken = post(client, f"{wave_address(reviewed)}/release/{step}", seen, token=csrf(page))
        assert taken.status_code == 303, taken.text
    sign_in(client, "leader")
    page = get(client, f"{wave_address(reviewed)}/release")
    assert "知晓率" not in page, "the leader reads the proof, not raw figures"
    signed = post(client, f"{wave_address(reviewed)}/release", seen_on(page), token=csrf(page))
    assert signed.status_code == 303, signed.text
    with database.reading.begin() as session:
        made = session.scalars(select(Release)).one()
        assert (made.prepared_by, made.reviewed_by, made.signed_by) == (
            "测试statistician",
            "测试statistician",
            "测试leader",
        )
    twice = post(client, f"{wave_address(reviewed)}/release", seen, token=csrf(page))
    assert twice.status_code == 409
    sign_in(client, "statistician")
    assert "Diagnostics" in get(client, f"{wave_address(reviewed)}/estimates?lang=en&indicator=nonsense")


def seen_on(page: str) -> dict[str, str]:
    """The figures that a page of steps asks to stand for."""
    return {name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("rows", "plan")}


class TakenUp:
    """What computes beside the server, while others wait for it; and no worker lives."""

    living = 0

    def __init__(self) -> None:
        self.asked = 0

    def compute(self, _place: str, *_arguments: Any) -> Any:
        self.asked += 1
        raise TooBusy


def test_a_signature_for_which_there_is_no_turn_waits_once_and_says_so(client: TestClient, reviewed: World) -> None:
    sign_in(client, "leader")
    page = get(client, f"{wave_address(reviewed)}/release")
    beside = TakenUp()
    services = client.app.state.services  # type: ignore[attr-defined]
    client.app.state.services = replace(services, processes=beside)  # type: ignore[attr-defined]
    names = {"rows": "0" * 64, "plan": "0" * 64}
    told = post(client, f"{wave_address(reviewed)}/release", names, token=csrf(page))
    assert (told.status_code, beside.asked) == (503, 1)
    assert "这一次签发没有得到确认" in told.text


def test_reports_that_nobody_makes_are_said_to_wait(client: TestClient, database: Database, reviewed: World) -> None:
    release(database, reviewed)
    sign_in(client, "statistician")
    assert "报告还在生成" in get(client, wave_address(reviewed))
    services = client.app.state.services  # type: ignore[attr-defined]
    client.app.state.services = replace(services, processes=TakenUp())  # type: ignore[attr-defined]
    page = get(client, wave_address(reviewed))
    assert "没有后台进程在运行" in page
    assert "报告还在生成" not in page


def test_the_page_of_a_release_says_what_its_reports_print(
    client: TestClient, database: Database, reviewed: World
) -> None:
    """What was kept at the signature is printed; only of a release from before is something computed again."""
    release(database, reviewed)
    sign_in(client, "statistician")
    [address] = set(re.findall(r"/releases/[A-Z0-9-]+", get(client, wave_address(reviewed))))
    kept, again = "照签发时存下的结果印", "重新计算，和签发的一致才印"
    page = get(client, address)
    assert (kept in page, again in page) == (True, False)
    with database.writing_engine.begin() as connection:
        connection.execute(text("DROP TRIGGER refuse_update_release" + ("" if database.is_sqlite else " ON release")))
        connection.execute(text("UPDATE release SET printed = NULL"))
    page = get(client, address)
    assert (kept in page, again in page) == (False, True)
    for untrue in ("都可以重新算出", "另发新版", "重新算过"):
        assert untrue not in page
    assert "computed again" in get(client, f"{address}?lang=en")


@pytest.mark.parametrize("role", ["manager", "keyer", "leader", "interviewer", "administrator"])
def test_nobody_but_a_statistician_sees_unsigned_figures(client: TestClient, reviewed: World, role: str) -> None:
    sign_in(client, role)
    get(client, f"{wave_address(reviewed)}/estimates", status=403)
    page = get(client, "/account")
    for step in ("prepared", "reviewed", ""):
        may = (role, step) in {("manager", "reviewed"), ("manager", ""), ("leader", "")}
        address = f"{wave_address(reviewed)}/release/{step}".rstrip("/")
        answer = post(client, address, {"rows": "0" * 64, "plan": "0" * 64}, token=csrf(page))
        assert answer.status_code == (409 if may else 403), step


def test_an_open_wave_shows_no_figures(client: TestClient, world: World) -> None:
    sign_in(client, "statistician")
    assert "截止以后才计算" in get(client, f"{wave_address(world)}/estimates", status=404)


def test_pdfs_go_to_those_who_may_see_the_area(
    client: TestClient, database: Database, reviewed: World, services: Services, printed: Callable[[], UUID]
) -> None:
    jobs.work(services, reviewed.survey_id, printed())
    with database.writing.begin() as session:
        number = session.scalars(select(Release.number)).one()
        local = accounts.create_account(session, "local", "张三", PASSWORD, at=NOW, by=SERVICE)
        accounts.grant(session, local, Role.LEADER, reviewed.community_ids[0], at=NOW, by=SERVICE)
    own, sibling, city = "110101000001", "110101000002", "110000000000"
    sign_in(client, "local")
    answer = client.get(f"/releases/{number}/{own}.zh.pdf")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    for other in (sibling, city):
        get(client, f"/releases/{number}/{other}.zh.pdf", status=404)
    page = get(client, f"/releases/{number}")
    assert f"/releases/{number}/{own}.zh.pdf" in page
    assert sibling not in page
    sign_in(client, "leader")
    for code, language in ((own, "zh"), (sibling, "zh"), (city, "zh"), (city, "en")):
        assert client.get(f"/releases/{number}/{code}.{language}.pdf").status_code == 200
    get(client, f"/releases/{number}/{own}.en.pdf", status=404)
    get(client, "/releases/NONE-1", status=404)
    sign_in(client, "keyer")
    get(client, f"/releases/{number}/{own}.zh.pdf", status=403)


def test_the_api_tells_the_n_of_every_area_as_the_reports_do(
    client: TestClient, database: Database, reviewed: World
) -> None:
    """Six answers in each community: their figures are hidden, how many there were is not."""
    release(database, reviewed)
    with database.reading.begin() as session:
        number = session.scalars(select(Release.number)).one()
    sign_in(client, "statistician")
    told = client.get(f"/api/v1/releases/{number}").json()
    rows = {row["area"]: row for row in told["rows"]}
    for code in ("110101000001", "110101000002"):
        assert rows[code]["sample_size"] == told["response_rates"][code]["valid"] == 6
        assert all(cell["suppression"] for cell in rows[code]["cells"])
        assert not any("sample_size" in cell and cell["sample_size"] for cell in rows[code]["cells"])
