"""Files of answers are taken in whole or not at all, once, by those who may, and leave no second copy behind."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from survey_service.accounts.queries import below
from survey_service.audit.chain import SERVICE, verify
from survey_service.captures.first import record
from survey_service.captures.incoming import IncomingCapture
from survey_service.commands.import_responses_work import ImportArguments, run
from survey_service.database import Database
from survey_service.importing import service
from survey_service.importing.errors import BadMapping, GroundMoved, NotTaking, ProblemsLeft, UnreadableFile
from survey_service.importing.plan import ImportPlan, Target
from survey_service.importing.prepare import Prepared, prepare
from survey_service.importing.recognise import suggest
from survey_service.models import (
    AuditEntry,
    Capture,
    Case,
    Disposition,
    ImportFile,
    ImportState,
    Mode,
    Response,
    ResponseState,
    Source,
    Wave,
)
from survey_service.secrets import KeyRing, code_hash
from survey_service.settings import Settings
from survey_service.surveys import service as surveys
from tests.service.world import NOW, QUESTIONNAIRE, World

HEADS = (
    "表号,所在社区,1、您知道本市正在创建全国文明城市吗？,2、您是从哪里知道的？,"
    "3、总的来说，您对所在社区满意吗？,您今年多大年纪？"
)
ROWS = (
    "0001-001,,知道,微信┋其他〖广播〗,满意,45",
    "0002-003,,不知道,(跳过),基本满意,61",
    ",文昌阁社区,知道,公告栏,不满意,(空)",
)


@pytest.fixture
def keys(settings: Settings) -> KeyRing:
    return KeyRing(settings.secret_key.get_secret_value())


def file(*rows: str) -> bytes:
    return "\n".join([HEADS, *rows]).encode()


def prepared(database: Database, world: World, content: bytes) -> tuple[Prepared, ImportPlan]:
    with database.reading.begin() as session:
        wave = session.get_one(Wave, (world.survey_id, world.wave_id))
        held = service.ground(session, wave, world.city_id, below([world.city_id]))
    grid = service.read("a.csv", content, QUESTIONNAIRE)
    plan = suggest(grid, QUESTIONNAIRE, held.cases)
    return prepare(grid, plan, QUESTIONNAIRE, held), plan


def store(database: Database, world: World, keys: KeyRing, ready: Prepared, plan: ImportPlan) -> service.Stored:
    with database.writing.begin() as session:
        origin = service.Origin(plan=plan, sha256="0" * 64, rows=ready.read, record="import test")
        wave = session.get_one(Wave, (world.survey_id, world.wave_id))
        return service.store(session, wave, ready, origin, keys=keys, at=NOW, by=SERVICE)


def counts(database: Database) -> tuple[int, int, int]:
    with database.reading.begin() as session:
        return tuple(  # type: ignore[return-value]  # three counts
            session.scalar(select(func.count()).select_from(table)) or 0 for table in (Capture, Response, AuditEntry)
        )


@pytest.mark.both_databases
def test_a_file_is_taken_in_whole_and_the_same_again_changes_nothing(
    database: Database, world: World, keys: KeyRing
) -> None:
    ready, plan = prepared(database, world, file(*ROWS))
    assert not ready.problems, [one.in_language("en") for one in ready.problems]
    before = counts(database)
    assert store(database, world, keys, ready, plan) == service.Stored(new=3, known=0)
    after = counts(database)
    assert (after[0] - before[0], after[1] - before[1], after[2] - before[2]) == (3, 3, 4)
    with database.reading.begin() as session:
        responses = {row.case_id: row for row in session.scalars(select(Response))}
        assert {row.mode for row in responses.values() if row.case_id} == {Mode.WEB_INVITED}
        assert responses[None].mode is Mode.IMPORT_OPEN
        assert responses[None].area_id == world.community_ids[1]
        assert responses[world.case_ids[0]].state is ResponseState.COMPLETE
        case = session.get_one(Case, (world.survey_id, world.case_ids[0]))
        assert case.disposition is Disposition.COMPLETE
        capture = session.get_one(Capture, (world.survey_id, responses[world.case_ids[0]].current_capture_id))
        assert capture.source is Source.IMPORT
        assert '"channels":["2","5"],"channels.other":"广播"' in capture.answers
        assert verify(session, str(world.survey_id)) > 0
        chain = AuditEntry.chain == str(world.survey_id)
        actions = [row.action for row in session.scalars(select(AuditEntry).where(chain).order_by(AuditEntry.sequence))]
        assert actions[-4:].count("response.recorded") == 3
        assert actions[-1] == "import.taken_in"
    again, plan = prepared(database, world, file(*ROWS))
    assert again.new == 0
    assert store(database, world, keys, again, plan) == service.Stored(new=0, known=3)
    assert counts(database)[:2] == after[:2]


@pytest.mark.both_databases
def test_the_database_itself_refuses_a_second_time(database: Database, world: World, keys: KeyRing) -> None:
    """Two people with the same file, both checked before either stored: no row of the second is stored."""
    ready, plan = prepared(database, world, file(*ROWS))
    more, _ = prepared(database, world, file("0001-002,,知道,微信,满意,33", *ROWS))
    store(database, world, keys, ready, plan)
    before = counts(database)
    with pytest.raises(GroundMoved):
        store(database, world, keys, more, plan)
    assert counts(database) == before


def test_one_problem_keeps_the_whole_file_out(database: Database, world: World, keys: KeyRing) -> None:
    ready, plan = prepared(database, world, file(*ROWS, "0001-004,,知道,微信,很满意,45"))
    assert [problem.row for problem in ready.problems] == [5]
    before = counts(database)
    with pytest.raises(ProblemsLeft):
        store(database, world, keys, ready, plan)
    assert counts(database) == before


@pytest.mark.both_databases
def test_a_case_that_answered_is_not_answered_again(database: Database, world: World, keys: KeyRing) -> None:
    ready, _ = prepared(database, world, file(ROWS[0]))
    with database.writing.begin() as session:
        record(
            session,
            IncomingCapture(
                survey_id=world.survey_id,
                wave_id=world.wave_id,
                area_id=world.community_ids[0],
                case_id=world.case_ids[0],
                mode=Mode.WEB_INVITED,
                source=Source.WEB,
                client_id="phone-1",
                questionnaire_version_id=world.version_id,
                checked=ready.rows[0].checked,
                state=ResponseState.COMPLETE,
                at=NOW,
                by=SERVICE,
            ),
            keys=keys,
        )
    now, _ = prepared(database, world, file(*ROWS))
    assert [problem.kind.code for problem in now.problems] == ["case_complete"]


@pytest.mark.both_databases
def test_answers_that_broke_off_are_completed_not_doubled(database: Database, world: World, keys: KeyRing) -> None:
    ready, plan = prepared(database, world, file(ROWS[0]))
    with database.writing.begin() as session:
        begun = record(
            session,
            IncomingCapture(
                survey_id=world.survey_id,
                wave_id=world.wave_id,
                area_id=world.community_ids[0],
                case_id=world.case_ids[0],
                mode=Mode.WEB_INVITED,
                source=Source.WEB,
                client_id="phone-1",
                questionnaire_version_id=world.version_id,
                checked=ready.rows[0].checked,
                state=ResponseState.PARTIAL,
                at=NOW,
                by=SERVICE,
            ),
            keys=keys,
        )
    store(database, world, keys, ready, plan)
    with database.reading.begin() as session:
        response = session.scalars(select(Response)).one()
        assert (response.id, response.state) == (begun.response_id, ResponseState.COMPLETE)
        assert begun.receipt is not None
        assert response.receipt_sha256 == code_hash(begun.receipt), "whoever has the receipt still finds the answers"


def test_a_wave_takes_files_until_its_review(database: Database, world: World, keys: KeyRing) -> None:
    ready, plan = prepared(database, world, file(*ROWS))
    with database.writing.begin() as session:
        surveys.close_wave(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
    assert store(database, world, keys, ready, plan).new == 3
    with database.writing.begin() as session:
        surveys.begin_review(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
    later, plan = prepared(database, world, file(*ROWS, ",文昌阁社区,知道,公告栏,不满意,44"))
    with pytest.raises(NotTaking):
        store(database, world, keys, later, plan)


def hand_in(database: Database, world: World, content: bytes) -> UUID:
    grid = service.read("答卷.csv", content, QUESTIONNAIRE)
    ready, plan = prepared(database, world, content)
    with database.writing.begin() as session:
        wave = session.get_one(Wave, (world.survey_id, world.wave_id))
        looked = service.FileRead(grid=grid, sha256="0" * 64, plan=plan, found=service.summary(ready))
        return service.hand_in(session, wave, looked, cases=(), at=NOW, by=SERVICE).id


def test_contact_data_never_reach_the_database(database: Database, world: World) -> None:
    content = "\n".join([f"{HEADS},您的手机号码,来自IP", *(f"{row},13812345678,10.1.2.3" for row in ROWS)]).encode()
    import_id = hand_in(database, world, content)
    with database.writing.begin() as session:
        row = session.get_one(ImportFile, (world.survey_id, import_id))
        grid = service.grid_of(row)
        assert "138" not in str(grid)
        assert "10.1.2.3" not in str(grid)
        assert "微信┋其他〖广播〗" in str(grid)
        service.discard(session, row, at=NOW, by=SERVICE)
        assert (row.state, row.cells) == (ImportState.DISCARDED, None)


def test_a_settled_file_keeps_no_answers(database: Database, world: World) -> None:
    import_id = hand_in(database, world, file(*ROWS))
    with database.writing.begin() as session:
        session.get_one(ImportFile, (world.survey_id, import_id)).state = ImportState.TAKEN_IN
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", "表号,题\n".encode()])
def test_what_cannot_be_read_is_said_in_chinese(content: bytes) -> None:
    with pytest.raises(UnreadableFile) as refused:
        service.read("a.xlsx", content, QUESTIONNAIRE)
    assert not any(
        letter.isascii() and letter.isalpha() for letter in refused.value.zh.replace("Excel", "").replace(".xlsx", "")
    )
    assert refused.value.en.isascii()


def test_a_mapping_that_cannot_be_meant(database: Database, world: World) -> None:
    _, plan = prepared(database, world, file(*ROWS))
    with pytest.raises(BadMapping, match="same place"):
        service.refuse_bad(plan.with_column(5, target=Target.ANSWER, variable="know"))
    with pytest.raises(BadMapping, match="No column"):
        service.refuse_bad(ImportPlan(columns=plan.columns[:2]))


def order(settings: Settings, path: Path, **more: object) -> ImportArguments:
    given = {
        "wave": "2026Q3",
        "survey": "",
        "map": None,
        "write_map": None,
        "case": "",
        "community": "",
        "check": False,
    }
    return ImportArguments(file=path, database=settings.resolved_database_url, **{**given, **more})  # type: ignore[arg-type]


@pytest.fixture
def command(settings: Settings, database: Database, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command reads its settings from the environment."""
    monkeypatch.setenv("SURVEY_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("SURVEY_DATABASE_URL", settings.resolved_database_url)
    monkeypatch.setenv("SURVEY_SECRET_KEY", settings.secret_key.get_secret_value())


@pytest.mark.usefixtures("command")
def test_the_command_maps_checks_and_takes_in(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, map_path = tmp_path / "a.csv", tmp_path / "map.json"
    path.write_bytes(file(*ROWS, "0001-004,,知道,微信,很满意,45").decode().encode("gb18030"))
    assert run(order(settings, path, write_map=map_path, check=True)) == 1
    said = capsys.readouterr()
    assert "note: read as GB 18030\n" in said.out  # of the whole file: no rows are named
    assert 'row 5, column "3、总的来说，您对所在社区满意吗？": “很满意” is no option' in said.err
    assert "1 problem; nothing was taken in." in said.err
    stored = json.loads(map_path.read_text(encoding="utf-8"))
    stored["columns"][4]["values"] = {"很满意": "1"}
    map_path.write_text(json.dumps(stored), encoding="utf-8")
    assert run(order(settings, path, map=map_path, check=True)) == 0
    assert run(order(settings, path, map=map_path)) == 0
    assert "4 responses taken in, 0 were here already." in capsys.readouterr().out
    assert run(order(settings, path, map=map_path)) == 0
    assert "0 responses taken in, 4 were here already." in capsys.readouterr().out


REFUSED: tuple[tuple[dict[str, object], str], ...] = (
    ({"wave": "2031Q1"}, "there are: 2026Q3"),
    ({"survey": "nothing"}, "there are: satisfaction"),
    ({"case": "没有这一列"}, "The heads are: 表号"),
    ({"community": "月球社区"}, "no such community"),
    ({"map": Path("pyproject.toml")}, "this is no mapping"),
    ({"map": Path("none.json")}, "No such file"),
    ({"file": Path("none.csv")}, "No such file"),
    ({"file": Path("tests")}, "Is a directory"),
)


@pytest.mark.usefixtures("command")
def test_the_command_refuses_in_words(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(file(*ROWS))
    for more, said in REFUSED:
        asked = dict(more)
        assert run(order(settings, asked.pop("file", path), **asked)) == 1  # type: ignore[arg-type]
        assert said in capsys.readouterr().err
