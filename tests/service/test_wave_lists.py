"""The lists that a wave gives its questionnaire: filled in, judged, frozen when it opens, copied to the next wave."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine, event, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from questionnaires.loader import load
from questionnaires.model import Questionnaire
from questionnaires.text import Text
from survey_service.audit.chain import SERVICE
from survey_service.collection import opened_by_code
from survey_service.database import Database
from survey_service.models import Area, AuditEntry, FilledVersion, QuestionnaireVersion, Wave, WaveListEntry
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.surveys import codes, definitions, questionnaires, wave_lists
from tests.service.signed_in import HTML, csrf, get, post, sign_in
from tests.service.test_planning_waves import HERE, Q4, WAVE, send
from tests.service.world import NOW, World

LISTED = load(Path(__file__).parent / "listed.yaml")
SECTORS, UNITS = f"{Q4}/lists/sectors", f"{Q4}/lists/units"
PLAN = {name: value for name, value in WAVE.items() if not name.startswith(("target-", "sense-"))}


@pytest.fixture
def version(world: World, database: Database) -> str:
    with database.writing.begin() as session:
        return str(definitions.store(session, world.survey_id, LISTED, at=NOW, by=SERVICE).id)


@pytest.fixture
def draft(client: TestClient, world: World, version: str) -> str:
    """A draft wave whose questionnaire has two lists from it and two of areas; its manager is signed in."""
    sign_in(client, "manager")
    assert send(client, HERE, {**PLAN, "version": version}).headers["location"] == Q4
    return Q4


def book(*rows: tuple[str, ...]) -> bytes:
    made, held = openpyxl.Workbook(), io.BytesIO()
    sheet = made.create_sheet("名单", 0)
    for row in rows:
        sheet.append(row)
    made.save(held)
    return held.getvalue()


def bring(client: TestClient, address: str, data: bytes) -> Response:
    """The look at a file, and the step that takes it in where there is nothing to mend."""
    token = csrf(get(client, "/account"))
    files = {"file": ("名单.xlsx", data)}
    look = client.post(address, data={"csrf": token}, files=files, headers=HTML)
    if look.status_code != 200 or 'name="seen"' not in look.text:
        return look
    fields: dict[str, Any] = {"csrf": token}
    for name in ("packed", "name", "seen"):
        fields[name] = look.text.split(f'name="{name}" value="')[1].split('"')[0]
    return client.post(address, data=fields, headers=HTML)


LISTS = {
    "sectors": (("1", "公交", "Buses", ""), ("2", "医院", "Hospitals", "")),
    "units": (("11", "一路车队", "", "1"), ("21", "市一院", "", "2"), ("22", "市二院", "", "2")),
}


def fill(session: Session, key: str = "2026Q4") -> None:
    """The lists of a draft, as a file would bring them."""
    wave = session.scalars(select(Wave).where(Wave.key == key)).one()
    for list_id, rows in LISTS.items():
        change = wave_lists.Change(survey_id=wave.survey_id, wave_id=wave.id, list_id=list_id, at=NOW, by=SERVICE)
        made = [wave_lists.Entry(code=code, label=Text(zh, en), parent=above) for code, zh, en, above in rows]
        wave_lists.replace_list(session, change, made)


def add(client: TestClient, address: str, **boxes: str) -> Response:
    return post(client, f"{address}/entries", boxes)


def entries(database: Database, list_id: str, key: str = "2026Q4") -> list[tuple[str, str, str]]:
    with database.reading.begin() as session:
        rows = session.execute(
            select(WaveListEntry.code, WaveListEntry.label_zh, WaveListEntry.parent)
            .join(Wave, Wave.id == WaveListEntry.wave_id)
            .where(WaveListEntry.list_id == list_id, Wave.key == key)
            .order_by(WaveListEntry.place)
        )
        return [(code, label, parent) for code, label, parent in rows]


def asked(database: Database, key: str = "2026Q4") -> Questionnaire:
    with database.reading.begin() as session:
        wave = session.scalars(select(Wave).where(Wave.key == key)).one()
        return definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)


def labels(questionnaire: Questionnaire, question: str) -> dict[str, str]:
    return {one.code: one.label.zh for one in questionnaire.question(question).options}


def test_a_wave_does_not_open_before_its_lists_are_filled_in(
    client: TestClient, draft: str, database: Database
) -> None:
    page = get(client, draft)
    assert "名单“窗口行业”还没有内容。" in page
    assert f'href="{SECTORS}"' in page
    assert post(client, f"{draft}/steps/open").status_code == 409
    assert "名单还是空的" in get(client, SECTORS)
    sectors = book(("名称", "英文名称"), ("公交", "Buses"), ("医院", "Hospitals"))
    assert bring(client, SECTORS, sectors).status_code == 303
    units = book(("代码", "名称", "上级"), ("11", "一路车队", "公交"), ("21", "市一院", "2"), ("22", "市二院", "医院"))
    assert bring(client, UNITS, units).status_code == 303
    page = get(client, draft)
    assert "还没有内容" not in page
    assert f'href="{draft}/steps/open"' in page
    assert entries(database, "sectors") == [("1", "公交", ""), ("2", "医院", "")]
    assert entries(database, "units") == [("11", "一路车队", "1"), ("21", "市一院", "2"), ("22", "市二院", "2")]


@pytest.mark.both_databases
def test_what_is_open_asks_the_lists_as_they_were_that_day(
    client: TestClient, draft: str, database: Database, version: str
) -> None:
    with database.writing.begin() as session:
        fill(session)
    assert post(client, f"{draft}/steps/open").status_code == 303
    questionnaire = asked(database)
    assert labels(questionnaire, "sector") == {"1": "公交", "2": "医院", "99": "没办过事"}
    assert list(labels(questionnaire, "street").values()) == ["城厢街道"]
    assert [one.parent for one in questionnaire.question("community").options] == ["110101000000"] * 2
    with database.writing.begin() as session:  # an area is renamed, a list is changed past the service
        session.execute(update(Area).where(Area.kind == "street").values(name_zh="新名街道"))
    assert list(labels(asked(database), "street").values()) == ["城厢街道"]
    with pytest.raises(DBAPIError), database.writing.begin() as session:
        session.execute(update(WaveListEntry).values(label_zh="别的"))
    assert add(client, SECTORS, name="铁路").status_code == 409
    assert "不能再改" in get(client, SECTORS)
    with database.reading.begin() as session:
        frozen = session.scalars(select(AuditEntry).where(AuditEntry.action == "wave.lists_frozen")).one()
        filled = session.scalars(select(FilledVersion)).one()
        stored = session.get_one(QuestionnaireVersion, (filled.survey_id, filled.version_id))
        assert frozen.detail["questionnaire"] == stored.sha256
        assert frozen.detail["lists"]["sectors"]["entries"] == 2
        assert str(filled.made_of_id) == version


def test_a_wave_that_steps_back_may_change_its_lists_again(
    client: TestClient, draft: str, database: Database, version: str
) -> None:
    with database.writing.begin() as session:
        fill(session)
    post(client, f"{draft}/steps/open")
    assert post(client, f"{draft}/steps/back", {"reason": "名单漏了一个行业"}).status_code == 303
    with database.reading.begin() as session:
        assert str(session.scalars(select(Wave.questionnaire_version_id).where(Wave.key == "2026Q4")).one()) == version
    assert add(client, SECTORS, name="铁路").status_code == 303
    assert post(client, f"{draft}/steps/open").status_code == 303
    assert labels(asked(database), "sector") == {"1": "公交", "2": "医院", "3": "铁路", "99": "没办过事"}
    survey = get(client, "/surveys/satisfaction")
    assert survey.count("办事满意度调查") == 1  # what was frozen is counted with what was chosen
    assert "用在 1 期" in survey


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("代码", "名称"), ("1", "公交"), ("1", "医院")], "代码“1”用了两次"),
        ([("代码", "名称"), ("1", "公交"), ("2", "")], "名称要有 1 到"),
        ([("代码", "名称"), ("99", "公交")], "题目自己的选项用的"),
        ([("代码", "名称"), ("一号", "公交")], "不能用"),
        ([("名称",), ("{q1}",)], "大括号"),
        ([("代码",), ("1",)], "文件里没有“名称”这一列"),
    ],
)
def test_a_file_is_told_what_is_wrong_by_row_and_nothing_is_taken_in(
    client: TestClient, draft: str, database: Database, rows: list[tuple[str, ...]], said: str
) -> None:
    answer = bring(client, SECTORS, book(*rows))
    assert answer.status_code == 422
    assert said in answer.text
    assert entries(database, "sectors") == []


def test_parents_are_found_by_code_or_name_and_else_told(client: TestClient, draft: str, database: Database) -> None:
    with database.writing.begin() as session:
        fill(session)
    unknown = bring(client, UNITS, book(("名称", "上级"), ("一路车队", "公交"), ("车站", "铁路")))
    assert unknown.status_code == 422
    assert "上级“铁路”不在上一级名单里" in unknown.text
    assert '<td class="num">3</td>' in unknown.text
    assert len(entries(database, "units")) == 3


def test_the_template_comes_back_as_it_was(client: TestClient, draft: str, database: Database) -> None:
    empty = openpyxl.load_workbook(io.BytesIO(client.get(f"{UNITS}/template.xlsx").content))
    assert [cell.value for cell in empty["名单"][1]] == ["代码", "名称", "英文名称", "上级"]
    with database.writing.begin() as session:
        fill(session)
    held = client.get(f"{UNITS}/template.xlsx").content
    answer = bring(client, UNITS, held)
    assert "和现在的名单一样" in answer.text
    changed = openpyxl.load_workbook(io.BytesIO(held))
    changed["名单"]["B2"] = "二路车队"
    changed["名单"].delete_rows(4)
    saved = io.BytesIO()
    changed.save(saved)
    assert bring(client, UNITS, saved.getvalue()).status_code == 303
    assert entries(database, "units") == [("11", "二路车队", "1"), ("21", "市一院", "2")]


def test_entries_are_added_changed_moved_and_put_back_by_hand(
    client: TestClient, draft: str, database: Database
) -> None:
    assert add(client, SECTORS, name="公交").status_code == 303
    assert add(client, SECTORS, name="铁路", code="R1", place="1").status_code == 303
    assert entries(database, "sectors") == [("R1", "铁路", ""), ("1", "公交", "")]
    taken = add(client, SECTORS, name="医院", code="R1")
    assert taken.status_code == 422
    assert "用了两次" in taken.text
    assert 'value="医院"' in taken.text
    assert add(client, UNITS, name="一站", parent="R1").status_code == 303
    assert 'value="铁路"' in get(client, f"{SECTORS}?edit=R1")
    assert add(client, SECTORS, was="R1", code="5", name="铁路客运", place="2").status_code == 303
    assert entries(database, "sectors") == [("1", "公交", ""), ("5", "铁路客运", "")]
    assert entries(database, "units") == [("1", "一站", "5")]  # what stood under it follows the new code
    assert post(client, f"{SECTORS}/entries/remove", {"code": "5"}).status_code == 409
    gone = post(client, f"{SECTORS}/entries/remove", {"code": "1"})
    page = get(client, gone.headers["location"])
    assert "已去掉“公交”（代码 1）。" in page
    assert entries(database, "sectors") == [("5", "铁路客运", "")]
    assert add(client, SECTORS, name="公交", code="1", place="1").status_code == 303  # the boxes of 放回去
    assert entries(database, "sectors") == [("1", "公交", ""), ("5", "铁路客运", "")]
    assert add(client, SECTORS, name="医院", place="3").status_code == 303  # as the last one is put back
    assert add(client, SECTORS, name="银行", place="5").status_code == 422
    assert post(client, f"{SECTORS}/entries/remove", {"code": "7"}).status_code == 404


def test_the_next_wave_takes_the_lists_over_and_is_told_of_codes_that_changed(
    client: TestClient, draft: str, database: Database, version: str
) -> None:
    with database.writing.begin() as session:
        fill(session)
    post(client, f"{draft}/steps/open")
    form = get(client, f"{HERE}/new?copy=2026Q4")
    assert "名单共 5 项也照抄过来" in form
    assert f'name="version" value="{version}"' in form
    assert 'name="copy" value="2026Q4"' in form
    made = {**PLAN, "version": version, "copy": "2026Q4", "key": "2027Q1", "opens_on": "2027-01-01"}
    assert send(client, HERE, {**made, "closes_on": "2027-03-01"}).status_code == 303
    assert entries(database, "units", "2027Q1") == entries(database, "units")
    here = f"{HERE}/2027Q1/lists/sectors"
    assert "意思变了" not in get(client, here)
    look = client.post(
        here,
        data={"csrf": csrf(get(client, "/account"))},
        files={"file": ("a.xlsx", book(("代码", "名称"), ("1", "医院"), ("2", "公交")))},
        headers=HTML,
    )
    assert "代码“1”在2026年第四季度里是“公交”，这里是“医院”" in look.text
    assert add(client, here, was="1", code="1", name="银行").status_code == 303
    assert "代码“1”在2026年第四季度里是“公交”，这里是“银行”" in get(client, here)
    # A new entry never takes over a code that meant something else.
    assert add(client, here, name="铁路").status_code == 303
    assert entries(database, "sectors", "2027Q1") == [("1", "银行", ""), ("2", "医院", ""), ("3", "铁路", "")]


def test_a_code_that_the_questionnaire_names_is_in_its_list(client: TestClient, draft: str, database: Database) -> None:
    with database.writing.begin() as session:
        fill(session)
        wave = session.scalars(select(Wave).where(Wave.key == "2026Q4")).one()
        source = (Path(__file__).parent / "listed.yaml").read_text(encoding="utf-8")
        by_code = source.replace("    headline: true", '    base: sector in ["2", "7"]')
        judged = questionnaires.judge(by_code.replace('version: "1.0"', 'version: "1.1"').encode())
        assert judged.questionnaire is not None, judged.problems  # a file cannot know the codes of the wave
        version = definitions.store(session, wave.survey_id, judged.questionnaire, at=NOW, by=SERVICE)
        wave.questionnaire_version_id = version.id
    assert "名单“窗口行业”里没有代码“7”。" in get(client, draft)
    assert post(client, f"{draft}/steps/open").status_code == 409
    assert add(client, SECTORS, name="铁路", code="7").status_code == 303
    assert "里没有代码" not in get(client, draft)


def test_a_resident_costs_no_query_more(
    client: TestClient,
    draft: str,
    database: Database,
    world: World,
    settings: Settings,
    statements: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with database.writing.begin() as session:
        fill(session)
    post(client, f"{draft}/steps/open")
    with database.writing.begin() as session:
        area = world.community_ids[0]
        wave = session.scalars(select(Wave).where(Wave.key == "2026Q4")).one()
        listed = codes.issue_open_code(
            session, world.survey_id, wave.id, area, keys=KeyRing(settings.secret_key.get_secret_value())
        )
    counts = []
    for code in (world.open_codes[0], listed):
        definitions.forget()  # as by a process that never saw it
        for held in ("_questionnaires", "_recordings"):
            monkeypatch.setattr(opened_by_code, held, {})
        statements.clear()
        assert client.get(f"/a/{code}").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] > 0


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """What the database is asked."""
    asked: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    yield asked
    event.remove(Engine, "before_cursor_execute", hear)


def test_a_list_of_areas_is_shown_and_not_changed(client: TestClient, draft: str) -> None:
    page = get(client, f"{draft}/lists/communities")
    assert "照地区表列" in page
    assert "文昌阁社区" in page
    assert add(client, f"{draft}/lists/communities", name="新社区", code="1").status_code == 404
    assert client.get(f"{draft}/lists/nothing", headers=HTML).status_code == 404


def test_whoever_follows_the_wave_reads_its_lists_and_only_its_manager_changes_them(
    client: TestClient, draft: str, database: Database
) -> None:
    with database.writing.begin() as session:
        fill(session)
    sign_in(client, "statistician")
    page = get(client, SECTORS)
    assert "公交" in page
    assert "加一项" not in page
    assert "窗口行业" in get(client, draft)
    assert add(client, SECTORS, name="铁路").status_code == 403
    sign_in(client, "keyer")
    assert client.get(SECTORS, headers=HTML).status_code == 403
    assert len(entries(database, "sectors")) == 2


def test_a_draft_is_deleted_with_its_lists(client: TestClient, draft: str, database: Database) -> None:
    with database.writing.begin() as session:
        fill(session)
    assert "本市自己的名单，共 5 项。" in get(client, f"{draft}/delete")
    assert send(client, f"{draft}/delete", {"name": "2026年第四季度"}).status_code == 303
    with database.reading.begin() as session:
        assert session.scalars(select(WaveListEntry)).all() == []


def test_the_page_speaks_english(client: TestClient, draft: str, database: Database) -> None:
    with database.writing.begin() as session:
        fill(session)
    page = get(client, f"{UNITS}?lang=en")
    assert "List: Units" in page
    assert "No English name" in page


def test_a_preview_shows_the_lists_as_far_as_they_are_and_says_what_is_made_up(
    client: TestClient, draft: str, database: Database, version: str
) -> None:
    preview = f"/surveys/satisfaction/questionnaires/{version}"
    assert f'href="{preview}?wave=2026Q4"' in get(client, draft)
    empty = get(client, f"{preview}?wave=2026Q4")
    assert "〔举例〕窗口行业 1" in empty
    assert "还没有内容：各期调查自己填" in empty
    assert f'src="{preview}/phone?wave=2026Q4"' in empty
    assert "文昌阁社区" in get(client, f"{preview}/phone?wave=2026Q4")
    with database.writing.begin() as session:
        fill(session)
    filled = get(client, f"{preview}?wave=2026Q4")
    assert "〔举例〕" not in filled
    assert "市二院" in filled
    phone = get(client, f"{preview}/phone?wave=2026Q4")
    assert "公交" in phone
    assert "〔举例〕" not in phone
    assert "〔举例〕窗口行业 1" in get(client, f"{preview}/phone")  # the version itself belongs to no wave
    assert client.get(f"{preview}?wave=2026Q3", headers=HTML).status_code == 404
    post(client, f"{draft}/steps/open")
    assert client.get(f"{preview}?wave=2026Q4", headers=HTML).status_code == 404


def test_what_was_frozen_is_held_against_what_was_chosen_and_copied_as_it_was_chosen(
    client: TestClient, draft: str, database: Database, version: str
) -> None:
    with database.writing.begin() as session:
        fill(session)
    post(client, f"{draft}/steps/open")
    with database.reading.begin() as session:
        frozen = session.scalars(select(FilledVersion.version_id)).one()
    page = get(client, f"/surveys/satisfaction/questionnaires/{frozen}/changes?since={version}")
    assert "公交" in page
    assert client.get(f"/surveys/satisfaction/questionnaires/{version}/changes", headers=HTML).status_code == 200
    begun = post(client, "/surveys/satisfaction/drafts", {"version": str(frozen)})
    assert begun.status_code == 303
    assert "公交" not in get(client, begun.headers["location"])
