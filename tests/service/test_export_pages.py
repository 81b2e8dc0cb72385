"""The page on which data are taken away: what it says, one job a press, what is written down, and how files go."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from survey_service import jobs
from survey_service.app import create_app
from survey_service.audit import Actor
from survey_service.audit.chain import SERVICE
from survey_service.captures.erasure import erase_response
from survey_service.database import Database
from survey_service.exports import kept, kept_queries
from survey_service.exports import round as export_round
from survey_service.exports.formats import Format
from survey_service.exports.shelf import shelf_of
from survey_service.models import Account, AuditEntry, DataExport, Job, JobState, Response, Wave
from survey_service.models.tombstone import Ground
from survey_service.settings import Settings
from tests.service.conftest import TestClock
from tests.service.made_exports import API, HERE, content_of, lock, make, review
from tests.service.signed_in import csrf, get, post, sign_in
from tests.service.world import NOW, World

WAVE = HERE.removesuffix("/exports")


@pytest.fixture
def opened(database: Database, world: World, settings: Settings) -> World:
    review(database, world, settings)
    return world


def exports(database: Database) -> list[DataExport]:
    with database.reading.begin() as session:
        found = list(session.scalars(select(DataExport).order_by(DataExport.asked_at, DataExport.id)))
        session.expunge_all()
        return found


def entries(database: Database, action: str) -> list[AuditEntry]:
    with database.reading.begin() as session:
        found = list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))
        session.expunge_all()
        return found


def test_before_the_lock_the_page_says_why_and_what_to_do(
    client: TestClient, database: Database, world: World, settings: Settings
) -> None:
    sign_in(client, "statistician")
    still = get(client, HERE)
    assert "答卷现在还不能导出" in still
    assert "这一期还没有截止" in still
    review(database, world, settings, opened=False)
    page = get(client, HERE)
    assert "等于挑着停" in page
    assert f'<a href="{WAVE}/estimates#open">' in page
    assert "开始导出" not in page
    answer = post(client, HERE, {"formats": "csv"}, token=csrf(page))
    assert answer.status_code == 409
    assert exports(database) == []


def test_the_page_says_what_a_file_holds_and_what_never(client: TestClient, opened: World) -> None:
    sign_in(client, "statistician")
    page = get(client, HERE)
    for words in ("共 12 行", "5 道题", "样本编号", "回执码", "永远没有的", "还没有。在上面选好格式"):
        assert words in page, words
    assert "写成文字的答案（1 道题）不在文件里" in page, "the option that asks for words"
    english = get(client, f"{HERE}?lang=en")
    for words in ("12 rows in all", "receipt codes", "None yet. Choose formats above", "Answers in words (1 question)"):
        assert words in english, words
    for there in (WAVE, f"{WAVE}/estimates"):
        assert f'href="{HERE}"' in get(client, there), there


@pytest.mark.both_databases
def test_pressed_twice_it_is_one_job_and_made_it_may_be_asked_for_again(
    client: TestClient, database: Database, opened: World, settings: Settings
) -> None:
    sign_in(client, "statistician")
    token = csrf(get(client, HERE))
    form: dict[str, Any] = {"formats": ["csv", "sav"], "language": "en", "csrf": token}
    for _ in range(2):
        assert client.post(HERE, data=form).status_code == 303
    [first] = exports(database)
    assert (first.formats, first.language, first.texts) == (["csv", "sav"], "en", False)
    assert client.post(HERE, data={**form, "formats": ["csv"]}).status_code == 303
    assert len(exports(database)) == 2
    [said] = [one for one in entries(database, "export.asked") if one.record == kept.record_of(first.id)]
    assert said.detail["formats"] == ["csv", "sav"]
    assert said.detail["texts"] is False
    with database.writing.begin() as session:
        told = '{"zh": "这一期还没有结束。", "en": "The wave is still open."}'
        session.execute(update(Job).where(Job.id == first.job_id).values(state=JobState.FAILED, error=told))
    assert "没有做成，没有留下文件。这一期还没有结束。" in get(client, HERE)
    assert "no file was kept. The wave is still open." in get(client, f"{HERE}?lang=en")
    assert client.post(HERE, data=form).status_code == 303
    assert len(exports(database)) == 3, "what failed may be asked for again"


@pytest.mark.both_databases
def test_of_two_at_the_same_moment_the_database_keeps_one(
    client: TestClient, database: Database, opened: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look before the insert saw nothing: both asked at once."""
    sign_in(client, "statistician")
    token = csrf(get(client, HERE))
    monkeypatch.setattr(kept_queries, "waiting_as", lambda *_: None)
    for _ in range(2):
        assert post(client, HERE, {"formats": "csv"}, token=token).status_code == 303
    assert len(exports(database)) == 1


def test_nothing_chosen_is_told_and_what_was_chosen_stays(client: TestClient, opened: World) -> None:
    sign_in(client, "statistician")
    token = csrf(get(client, HERE))
    for chosen in ({}, {"formats": "exe"}):
        answer = post(client, HERE, {**chosen, "language": "en"}, token=token)
        assert answer.status_code == 422
        assert "请至少选一种格式" in answer.text
        assert 'value="en" checked' in answer.text


@pytest.mark.both_databases
def test_every_download_is_written_down_and_a_deletion_ends_it(
    client: TestClient, database: Database, opened: World, settings: Settings
) -> None:
    export = make(database, opened, settings, (Format.CSV, Format.XLSX))
    sign_in(client, "statistician")
    page = get(client, HERE)
    for words in ("12 行", "wave.csv", export.files[0]["sha256"], "测试statistician"):
        assert words in page, words
    place = f"{HERE}/{export.id}"
    for _ in range(2):
        answer = client.get(f"{place}/wave.csv")
        assert answer.content == content_of(Format.CSV)
        assert answer.headers["content-disposition"] == 'attachment; filename="wave.csv"'
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    taken = entries(database, "export.downloaded")
    assert [one.detail["files"] for one in taken] == [{"wave.csv": export.files[0]["sha256"]}] * 2
    every = client.get(f"{place}/all.zip")
    assert every.headers["content-disposition"] == f'attachment; filename="{opened.wave_key}.zip"'
    with ZipFile(io.BytesIO(every.content)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "wave.csv": content_of(Format.CSV),
            "wave.xlsx": content_of(Format.XLSX),
        }
    assert set(entries(database, "export.downloaded")[-1].detail["files"]) == {"wave.csv", "wave.xlsx"}
    [made] = entries(database, "export.made")
    assert made.detail["files"] == {one["name"]: one["sha256"] for one in export.files}
    assert made.detail["rows"] == 12
    for name in ("nothing.csv", "..%2f..%2fsecret.key", "wave.csv%00"):
        assert client.get(f"{place}/{name}").status_code in (400, 404), name
    assert post(client, f"{place}/delete", token=csrf(page)).status_code == 303
    assert shelf_of(settings, database).lying() == set()
    assert client.get(f"{place}/wave.csv").status_code == 410
    assert "文件由人删除了" in get(client, HERE)
    assert len(entries(database, "export.deleted")) == 1
    post(client, f"{place}/delete", token=csrf(page))
    assert len(entries(database, "export.deleted")) == 1


def test_files_are_their_owners_alone(database: Database, opened: World, settings: Settings) -> None:
    export = make(database, opened, settings)
    place = settings.exports / str(export.id)
    for path in (settings.exports, place):
        assert path.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in place.iterdir()} == {0o600}


@pytest.mark.both_databases
def test_an_erasure_takes_the_files_with_it(
    client: TestClient, database: Database, opened: World, settings: Settings
) -> None:
    export = make(database, opened, settings)
    assert shelf_of(settings, database).held() == {export.id}
    with database.writing.begin() as session:
        response_id = session.scalars(select(Response.id).limit(1)).one()
        erase_response(session, opened.survey_id, response_id, ground=Ground.REQUEST, at=NOW, by=SERVICE)
    assert shelf_of(settings, database).lying() == set(), "right after the commit, and in the process that erased"
    sign_in(client, "statistician")
    assert client.get(f"{HERE}/{export.id}/wave.csv").status_code == 410
    assert "有居民要求删除这一期的答卷" in get(client, HERE)
    export_round.remove_what_is_over(client.app.state.services)  # type: ignore[attr-defined]
    assert len(entries(database, "export.erased")) == 1
    again = make(database, opened, settings)
    assert client.get(f"{HERE}/{again.id}/wave.csv").status_code == 200, "made of what is left"


def test_after_some_days_they_go_and_what_was_left_half_goes_too(
    client: TestClient, database: Database, opened: World, settings: Settings, clock: TestClock
) -> None:
    services = client.app.state.services  # type: ignore[attr-defined]
    export = make(database, opened, settings)
    failed = make(database, opened, settings, (Format.DDI,))
    with database.writing.begin() as session:
        session.execute(update(DataExport).where(DataExport.id == failed.id).values(made_at=None, rows=None))
        session.execute(update(Job).where(Job.id == failed.job_id).values(state=JobState.RUNNING))
    clock.at = NOW + timedelta(days=settings.export_days) - timedelta(minutes=1)
    export_round.remove_what_is_over(services)
    assert (settings.exports / str(export.id)).exists()
    assert (settings.exports / str(failed.id)).exists(), "in the making"
    with database.writing.begin() as session:
        session.execute(update(Job).where(Job.id == failed.job_id).values(state=JobState.FAILED))
    clock.at = NOW + timedelta(days=settings.export_days)
    for _ in range(2):
        export_round.remove_what_is_over(services)
    assert list(settings.exports.iterdir()) == []
    [entry] = entries(database, "export.expired")
    assert entry.record == kept.record_of(export.id)


@pytest.mark.both_databases
def test_a_program_asks_looks_and_takes(
    client: TestClient, database: Database, opened: World, settings: Settings
) -> None:
    sign_in(client, "statistician")
    token = csrf(get(client, HERE))
    order = {"formats": ["csv"], "language": "en"}
    first = client.post(API, json=order, headers={"X-CSRF-Token": token})
    again = client.post(API, json=order, headers={"X-CSRF-Token": token})
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    assert first.json()["standing"] == "under_way"
    assert client.post(API, json={"formats": []}, headers={"X-CSRF-Token": token}).status_code == 422
    lock(database, opened=False)
    answer = client.post(API, json=order, headers={"X-CSRF-Token": token})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "E080")
    lock(database, opened=True)
    export = make(database, opened, settings)
    [newest, _] = client.get(API).json()
    assert newest == client.get(f"{API}/{export.id}").json()
    assert (newest["standing"], newest["rows"], len(newest["files"])) == ("ready", 12, len(Format))
    taken = client.get(f"{API}/{export.id}/files/{newest['files'][0]['name']}")
    assert taken.content == content_of(Format.CSV)


def test_more_than_some_are_not_kept(
    client: TestClient, database: Database, opened: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, "statistician")
    token = csrf(get(client, HERE))
    monkeypatch.setattr(kept, "MOST_ON_OFFER", 2)
    for one, status in (("csv", 303), ("sav", 303), ("dta", 409), ("csv", 303)):
        assert post(client, HERE, {"formats": one}, token=token).status_code == status, one
    [first, _] = exports(database)
    post(client, f"{HERE}/{first.id}/delete", token=token)
    assert post(client, HERE, {"formats": "dta"}, token=token).status_code == 303


def test_a_wave_that_no_workbook_takes_is_told_at_once(
    client: TestClient, database: Database, opened: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, "statistician")
    token = csrf(get(client, HERE))
    monkeypatch.setattr(kept, "WORKBOOK_ROWS", 11)
    answer = post(client, HERE, {"formats": "xlsx"}, token=token)
    assert answer.status_code == 409
    assert "这一期有 12 行，Excel 文件最多写 11 行" in answer.text
    assert exports(database) == []


@pytest.mark.parametrize("managers", [False, True])
def test_the_way_to_the_page_is_shown_to_whom_it_is_open(
    settings: Settings, clock: TestClock, opened: World, managers: bool
) -> None:
    chosen = settings.model_copy(update={"export_by_managers": managers})
    with TestClient(create_app(chosen, clock=clock), follow_redirects=False) as client:
        for user, may in (("statistician", True), ("manager", managers)):
            sign_in(client, user)
            assert (f'href="{HERE}"' in get(client, WAVE)) is may, user
            get(client, HERE, 200 if may else 403)


@pytest.mark.parametrize("texts", [False, True])
def test_the_job_makes_what_was_asked_for_and_nothing_that_names_a_case(
    client: TestClient, database: Database, opened: World, settings: Settings, texts: bool
) -> None:
    chosen = kept.ExportChoice(formats=(Format.CSV, Format.CODEBOOK), language="en", texts=texts)
    with database.writing.begin() as session:
        account = session.scalars(select(Account).where(Account.user == "statistician")).one()
        wave = session.get_one(Wave, (opened.survey_id, opened.wave_id))
        kept.ask(session, wave, chosen, by=Actor(account.id), at=NOW)
    assert jobs.do_next(client.app.state.services)  # type: ignore[attr-defined]
    [export] = exports(database)
    assert (export.rows, len(export.files)) == (12, len({one["name"] for one in export.files}))
    place = settings.exports / str(export.id)
    content = {path.name: path.read_bytes() for path in place.iterdir()}
    assert {name: hashlib.sha256(one).hexdigest() for name, one in content.items()} == {
        one["name"]: one["sha256"] for one in export.files
    }
    rows = list(csv.DictReader(io.StringIO(content[f"{opened.wave_key}.csv"].decode("utf-8-sig"))))
    assert len(rows) == 12
    assert ("channels_other" in rows[0]) is texts
    ids = [*opened.case_numbers, *opened.case_codes, *opened.open_codes, *map(str, opened.case_ids)]
    assert not [one for one in ids if any(one.encode() in whole for whole in content.values())]


def test_an_erasure_while_an_export_is_made_keeps_it_from_everybody(
    client: TestClient, database: Database, opened: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rows were read, the answer is erased, and only then the export is whole."""
    from survey_service.exports import job, writing

    def slow(*arguments: Any, **named: Any) -> Any:
        written = writing.write_export(*arguments, **named)
        with database.writing.begin() as session:
            response_id = session.scalars(select(Response.id).limit(1)).one()
            erase_response(session, opened.survey_id, response_id, ground=Ground.REQUEST, at=NOW, by=SERVICE)
        return written

    monkeypatch.setattr(job, "write_export", slow)
    sign_in(client, "statistician")
    assert post(client, HERE, {"formats": "csv"}, token=csrf(get(client, HERE))).status_code == 303
    services = client.app.state.services  # type: ignore[attr-defined]
    assert jobs.do_next(services)
    [export] = exports(database)
    assert export.made_at is not None
    assert client.get(f"{HERE}/{export.id}/{opened.wave_key}.csv").status_code == 410
    page = get(client, HERE)
    assert "有居民要求删除这一期的答卷" in page
    assert f'href="{HERE}/{export.id}' not in page
    export_round.remove_what_is_over(services)
    assert shelf_of(settings, database).lying() == set()
