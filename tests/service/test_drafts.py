"""Drafts of questionnaires: begun, saved, told of others' saves, become a version; and the catalogue."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from io import BytesIO
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from questionnaires.canonical import sha256
from questionnaires.loader import available, check_bytes
from survey_service.models import (
    AuditEntry,
    DraftSave,
    QuestionnaireDraft,
    QuestionnaireSource,
    QuestionnaireVersion,
    Wave,
)
from survey_service.outside import drafts as outside
from survey_service.outside.children import drafts as child
from survey_service.outside.children.bounds import Output
from survey_service.outside.door import Bounds, Stopped
from survey_service.surveys import definitions
from tests.service.signed_in import csrf, get, post, sign_in
from tests.service.world import QUESTIONNAIRE

if TYPE_CHECKING:
    from fastapi.testclient import TestClient
    from httpx2 import Response

    from survey_service.database import Database
    from tests.service.world import World

HERE = "/surveys/satisfaction"


@contextmanager
def _here(kind: str, file: bytes, bounds: Bounds, given: Mapping[str, object]) -> Iterator[SimpleNamespace]:
    """What the child does, in this process: starting one for every save would be most of what these tests cost."""
    out = BytesIO()
    child.answer(given, BytesIO(file), Output(out, bounds.output))
    yield SimpleNamespace(lines=lambda: map(json.loads, out.getvalue().splitlines()))


@pytest.fixture(autouse=True)
def _child_in_this_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "without_names" not in request.node.name:
        monkeypatch.setattr(outside, "parsed", _here)


@pytest.fixture
def draft(client: TestClient, world: World) -> str:
    """The address of a copy of ``civilized_city``."""
    sign_in(client, "manager")
    return begin(client, start="civilized_city")


def begin(client: TestClient, **form: str) -> str:
    answer = post(client, f"{HERE}/drafts", form)
    assert answer.status_code == 303, answer.text[:2000]
    return str(answer.headers["location"])


def save(client: TestClient, draft: str, base: int, *edits: dict[str, Any], change: str = "") -> Response:
    token = csrf(get(client, "/account"))
    sent = {"base": base, "change": change or f"change-{base}", "edits": list(edits)}
    return client.post(f"{draft}/saves", json=sent, headers={"X-CSRF-Token": token})


def put(at: str, field: str, value: str, was: str | None = None) -> dict[str, Any]:
    return {"do": "set", "at": at, "field": field, "value": value, "was": was}


def held(database: Database) -> QuestionnaireDraft:
    with database.reading.begin() as session:
        found = session.scalars(select(QuestionnaireDraft)).one()
        session.expunge_all()
        return found


def test_a_copy_keeps_the_file_and_takes_a_version_of_its_own(
    client: TestClient, world: World, database: Database, draft: str
) -> None:
    shipped = available()["civilized_city"].read_text(encoding="utf-8")
    assert held(database).source == shipped
    assert held(database).origin == "civilized_city 2.0"
    post(client, f"{HERE}/questionnaires", {"shipped": "civilized_city"})
    begin(client, start="civilized_city")
    with database.reading.begin() as session:
        sources = session.scalars(select(QuestionnaireDraft.source).order_by(QuestionnaireDraft.id)).all()
    assert sorted(sources) == sorted([shipped, shipped.replace('version: "2.0"', 'version: "2.0-1"')])


def test_what_only_the_city_knows_is_listed_until_it_is_filled_in(
    client: TestClient, world: World, database: Database
) -> None:
    sign_in(client, "manager")
    draft = begin(client, start="peer_review")
    page = get(client, draft)
    assert "〔待填：单位 1〕" in page
    edits = [
        put(f"item:mark:b{number}", "text.zh", f"第{number}单位")
        for number in range(1, held(database).source.count("〔待填"))
        if f"id: b{number}," in held(database).source
    ]
    before = json.loads(unescape(re.findall(r'data-fill="([^"]*)"', page)[0]))
    after = save(client, draft, 1, *edits).json()["to_fill"]
    assert {one["field"] for one in before} >= {"text.zh"}
    assert len(after) == len(before) - len(edits)


def test_a_change_is_saved_into_its_own_characters(
    client: TestClient, database: Database, draft: str, world: World
) -> None:
    before = held(database).source
    answer = save(client, draft, 1, put("question:q1", "text.zh", "您听说过吗？"), put("question:q3", "hint.zh", ""))
    assert answer.status_code == 200, answer.text
    assert answer.json()["number"] == 2
    assert answer.json()["count"] == 1  # the hint is missing in one language
    after = held(database)
    changed = [
        (old, new) for old, new in zip(before.splitlines(), after.source.splitlines(), strict=True) if old != new
    ]
    assert [old.strip()[:5] for old, _ in changed] == ["text:", "hint:"]
    assert (after.number, after.problems, after.sound_number, after.changed_name) == (2, 1, 1, "测试manager")
    [problem] = answer.json()["problems"]
    assert (problem["at"], problem["field"], problem["code"]) == ("question:q3", "hint.zh", "Q013")
    # A sending that arrives again is done once.
    edit = {"do": "add", "what": "question", "at": "question:q3", "type": "number"}
    first = save(client, draft, 2, edit, change="the-same-one")
    again = save(client, draft, 2, edit, change="the-same-one")
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert save(client, draft, 3, put("question:q1", "text.zh", "以后改的")).status_code == 200
    late = save(client, draft, 2, edit, change="the-same-one")  # of a page that died before it heard
    assert (late.status_code, late.json()["number"]) == (200, 4)
    assert held(database).source.count("type: number") == 2  # the age, and one that was added


def test_the_second_is_told_who_saved_what_and_loses_nothing(
    client: TestClient, database: Database, draft: str, world: World
) -> None:
    assert save(client, draft, 1, put("question:q1", "text.zh", "甲改的")).status_code == 200
    asked = held(database).source
    answer = save(
        client,
        draft,
        1,
        put("question:q1", "text.zh", "乙改的", "我市正在创建全国文明城市，您知不知道？"),
        put("question:q2", "text.zh", "乙也改了这一处", "您是从哪里知道的？"),
        {"do": "remove", "at": "question:q99", "agreed": "x"},
        change="second-editor",
    )
    assert answer.status_code == 409
    told = answer.json()
    assert told["number"] == 2
    assert [(one["number"], one["name"]) for one in told["saves"]] == [(2, "测试manager")]
    assert told["saves"][0]["deeds"] == ["题目 q1 甲改的：文字（中文）“甲改的”"]
    assert [one["now"] for one in told["mine"]] == ["甲改的", "您是从哪里知道的？", None]
    assert held(database).source == asked
    # Also on the newest number: typed while somebody else's save was being looked at.
    stale = put("question:q1", "text.zh", "乙改的", "我市正在创建全国文明城市，您知不知道？")
    answer = save(client, draft, 2, stale)
    assert (answer.status_code, [one["number"] for one in answer.json()["saves"]]) == (409, [2])
    assert save(client, draft, 2, put("question:q1", "text.zh", "乙改的", " 甲改的\n")).status_code == 200


def test_what_cannot_be_done_changes_nothing(client: TestClient, database: Database, draft: str, world: World) -> None:
    for edit in (
        put("question:q1", "ask_if", "q9 == 1"),
        {"do": "remove", "at": "question:q4", "agreed": "something else"},
        {"do": "steal", "at": "questionnaire"},
    ):
        answer = save(client, draft, 1, edit)
        assert answer.status_code == 422, edit
        assert answer.json()["error"]["code"] == "E129", edit
    assert held(database).number == 1


def test_what_could_not_be_tried_is_to_be_sent_again(
    client: TestClient, database: Database, draft: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A door that is busy refuses nothing for good: the page keeps what was typed and tries again."""

    def busy(*_: object) -> None:
        raise Stopped("busy")

    monkeypatch.setattr(outside, "parsed", busy)
    answer = save(client, draft, 1, put("question:q1", "text.zh", "等一等"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "E132")
    monkeypatch.setattr(outside, "parsed", _here)
    assert save(client, draft, 1, put("question:q1", "text.zh", "等一等")).status_code == 200


def test_leaving_out_names_what_goes_and_takes_exactly_that(
    client: TestClient, database: Database, draft: str, world: World
) -> None:
    told = get(client, f"{draft}/uses?at=question:q4")
    assert "指标 participation 参与率" in told
    agreed = re.findall(r'data-agreed="(\w+)"', told)[0]
    answer = save(client, draft, 1, {"do": "remove", "at": "question:q4", "agreed": agreed})
    assert answer.json()["count"] == 0
    made, _ = check_bytes(held(database).source.encode(), "draft")
    assert made is not None
    assert "q4" not in {one.id for one in made.questions()}
    assert "participation" not in {one.id for one in made.indicators}
    get(client, f"{draft}/uses?at=question:q4", 422)
    page = get(client, f"{draft}/history")
    assert "去掉了" in page
    back = post(client, f"{draft}/history", {"number": "2", "base": "2"})
    assert back.status_code == 303
    assert held(database).source == available()["civilized_city"].read_text(encoding="utf-8")
    assert held(database).number == 3


def test_a_version_is_made_only_of_what_is_sound_and_seen(
    client: TestClient, database: Database, draft: str, world: World
) -> None:
    save(client, draft, 1, put("question:q1", "text.en", ""))
    refused = post(client, f"{draft}/version", {"number": "2"})
    assert refused.status_code == 409
    assert "还有没改好的地方" in refused.text
    save(client, draft, 2, put("question:q1", "text.en", "Had you heard of it?"))
    assert post(client, f"{draft}/version", {"number": "2"}).status_code == 409  # another save was seen
    made = post(client, f"{draft}/version", {"number": "3"})
    assert made.status_code == 303
    get(client, made.headers["location"])
    told = get(client, f"{made.headers['location']}/changes?since={world.version_id}")
    assert "新加" in told  # two programmes: nearly everything is new or left out
    assert "▲ 不可比" in told  # an indicator of one name, counted of another question
    get(client, f"{made.headers['location']}/changes?since={world.survey_id}", 404)
    with database.reading.begin() as session:
        version = session.scalars(
            select(QuestionnaireVersion).where(QuestionnaireVersion.key == "civilized_city")
        ).one()
        kept = session.scalars(select(QuestionnaireSource.source)).one()
        actions = session.scalars(select(AuditEntry.action)).all()
        assert version.sha256 == sha256(definitions.frozen(session, world.survey_id, version.id))
    assert kept == held(database).source
    assert {"draft.created", "questionnaire.stored", "draft.became_version"} <= set(actions)
    again = begin(client, version=made.headers["location"].rpartition("/")[2])
    with database.reading.begin() as session:
        copied = session.get_one(QuestionnaireDraft, (world.survey_id, UUID(again[-36:])))
        assert copied.source == kept.replace('version: "2.0"', 'version: "2.0-1"')  # with its comments


def test_a_version_whose_words_are_in_use_takes_another_number(
    client: TestClient, database: Database, draft: str, world: World
) -> None:
    post(client, f"{draft}/version", {"number": "1"})
    with database.writing.begin() as session:
        version = session.scalars(
            select(QuestionnaireVersion.id).where(QuestionnaireVersion.key == "civilized_city")
        ).one()
        session.execute(update(Wave).values(questionnaire_version_id=version))
    save(client, draft, 1, put("question:q1", "text.zh", "换了说法"))
    refused = post(client, f"{draft}/version", {"number": "2"})
    assert refused.status_code == 409
    assert "版本" in refused.text


def test_a_version_that_nobody_kept_the_file_of_is_written_anew(
    client: TestClient, database: Database, world: World
) -> None:
    sign_in(client, "manager")
    begin(client, version=str(world.version_id))
    made, problems = check_bytes(held(database).source.encode(), "draft")
    assert problems == []
    assert made is not None
    assert made.version == f"{QUESTIONNAIRE.version}-1"
    assert made.sections == QUESTIONNAIRE.sections
    assert made.indicators == QUESTIONNAIRE.indicators


def test_a_file_with_problems_becomes_a_draft_and_one_without_names_does_not(
    client: TestClient, database: Database, world: World
) -> None:
    sign_in(client, "manager")
    token = csrf(get(client, "/account"))

    def upload(content: str) -> Response:
        return client.post(
            f"{HERE}/drafts",
            data={"csrf": token},
            files={"file": ("ours.yaml", content.encode(), "text/yaml")},
            headers={"Accept": "text/html"},
        )

    source = available()["civilized_city"].read_text(encoding="utf-8")
    assert upload(source.replace("scale: satisfaction", "scale: unknown")).status_code == 303
    assert held(database).problems == 4
    assert held(database).sound_definition is None
    assert "还没有过一次" in get(client, f"{HERE}/drafts/{held(database).id}/phone")
    twice = upload(source.replace("- id: q2", "- id: q1"))
    assert twice.status_code == 422
    assert "question:q1" in twice.text
    broken = upload("key: [")
    assert broken.status_code == 422
    assert "Q002" in broken.text or "不是 YAML" in broken.text
    assert post(client, f"{HERE}/drafts").status_code == 422
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(QuestionnaireDraft)) == 1


def test_pages_surfaces_and_an_end(client: TestClient, database: Database, draft: str, world: World) -> None:
    page = get(client, draft)
    assert "我市正在创建全国文明城市，您知不知道？" in page
    assert 'data-at="indicator:awareness" data-field="target"' in page
    assert "<h1" not in get(client, f"{draft}/outline")
    assert "q-q1" in get(client, f"{draft}/phone")
    assert "知道" in get(client, f"{draft}/keys")
    assert client.get(f"{draft}/paper-zh.pdf").content.startswith(b"%PDF")
    assert client.get(f"{draft}/paper-xx.pdf").status_code == 404
    assert client.get(f"{draft}/draft.yaml").text == held(database).source
    english = get(client, f"{draft}?lang=en")
    assert "Make it a version" in english
    assert "改" not in re.sub(r"<(input|textarea|span data-echo).*", "", english.partition("<main")[2])[:600]
    get(client, f"{draft}/delete")
    assert post(client, f"{draft}/delete").headers["location"] == HERE
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(DraftSave)) == 0
    get(client, draft, 404)


def test_the_catalogue_shows_every_programme(client: TestClient, world: World) -> None:
    sign_in(client, "statistician")
    listed = get(client, "/catalogue")
    for key in available():
        assert f'href="/catalogue/{key}"' in listed
        assert f"{key} " in get(client, f"/catalogue/{key}")
        assert 'id="start"' in get(client, f"/catalogue/{key}/phone")
    assert "复制一份来改" not in get(client, "/catalogue/civilized_city")  # that is the manager's
    sign_in(client, "manager")
    assert "复制一份来改" in get(client, "/catalogue/civilized_city")
    assert client.get("/catalogue/civilized_city/definition.yaml").text.startswith("#")
    for name in ("paper-zh", "review-en"):
        assert client.get(f"/catalogue/civilized_city/{name}.pdf").content.startswith(b"%PDF")
    assert client.get("/catalogue/civilized_city/review-xx.pdf").status_code == 404
    get(client, "/catalogue/nothing", 404)


def test_texts_are_edited_in_every_language_of_the_file(client: TestClient, world: World, database: Database) -> None:
    """The words are no Uyghur: letters in the place of it."""
    sign_in(client, "manager")
    text = available()["civilized_city"].read_text(encoding="utf-8")
    ours = text.replace("languages: [zh, en]", "languages: [zh, en, ug]", 1)
    token = csrf(get(client, "/account"))
    answer = client.post(
        f"{HERE}/drafts",
        data={"csrf": token},
        files={"file": ("ours.yaml", ours.encode(), "text/yaml")},
        headers={"Accept": "text/html"},
    )
    assert answer.status_code == 303, answer.text[:1000]
    draft = str(answer.headers["location"])
    page = get(client, draft)
    assert 'data-field="text.ug"' in page
    assert 'lang="ug" dir="auto"' in page
    assert "（维吾尔语）" in page
    assert re.search(r"缺 \d+ 段文字，还不给居民", page)
    said = save(client, draft, 1, put("question:q1", "text.ug", "ئابت ؟", ""))
    assert said.status_code == 200, said.text
    assert said.json()["problems"] == []
    assert re.search(r"ug: [\"']?ئابت ؟", held(database).source)
    assert 'value="ئابت ؟"' in get(client, draft) or "ئابت ؟</textarea>" in get(client, draft)
    moved = save(client, draft, 1, put("question:q1", "text.ug", "ئا", ""), change="change-other")
    assert moved.status_code == 409
    assert moved.json()["mine"][0]["now"] == "ئابت ؟"
    assert "维吾尔语" in moved.json()["mine"][0]["name"]
    refused = save(client, draft, 2, put("question:q1", "text.bo", "ཀ", ""))
    assert refused.status_code >= 400
