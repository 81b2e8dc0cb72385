"""First keying: what the keys mean, what is stored, and that nothing is stored twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import func, select

from questionnaires import condition_parser
from questionnaires.model import Contradiction, Missing
from questionnaires.text import Text
from survey_service import audit
from survey_service.captures.content import answers_of
from survey_service.database import Database
from survey_service.keying import service, sheets
from survey_service.models import Capture, Case, Disposition, Mode, ResponseState, Source
from survey_service.models import Response as Counted
from survey_service.surveys import service as surveys
from tests.service.conftest import TestClock
from tests.service.signed_in import HTML, csrf, get, sign_in
from tests.service.world import NOW, QUESTIONNAIRE, World

HERE = "/keying/satisfaction/2026Q3"
JSON = {"Accept": "application/json"}
COMPLETE = {
    "a.know": "1",
    "a.channels": "125",
    "a.channels.other": "菜市场",
    "a.overall": "2",
    "a.aspects.parking": "3",
    "a.aspects.lanes": "9",
    "a.age": "47",
}


def key(
    client: TestClient, number: str, answers: dict[str, str], *, client_id: str = "0123456789abcdef", **more: str
) -> tuple[int, dict[str, object]]:
    """Hands in a form as the script does."""
    token = csrf(get(client, "/account"))
    fields = {"number": number, "client_id": client_id, "accept": "", "csrf": token, **answers, **more}
    answer = client.post(f"{HERE}/forms", data=fields, headers=JSON)
    return answer.status_code, answer.json()


def hold(client: TestClient, number: str, *, take_over: bool = False) -> Response:
    """Opens a form as the script does."""
    token = csrf(get(client, "/account"))
    return client.post(
        f"{HERE}/forms/{number}/hold", json={"take_over": take_over}, headers={**JSON, "X-CSRF-Token": token}
    )


def captures(database: Database) -> list[Capture]:
    with database.reading.begin() as session:
        found = list(session.scalars(select(Capture).order_by(Capture.at, Capture.id)))
        session.expunge_all()
    return found


def test_the_sheet_has_a_row_for_every_variable_in_the_order_of_the_paper() -> None:
    sheet = sheets.build_sheet(QUESTIONNAIRE, "zh")
    assert [(row.number, row.variable, row.kind) for row in sheet.rows] == [
        ("1", "know", "one"),
        ("2", "channels", "several"),
        ("", "channels.other", "text"),
        ("3", "overall", "one"),
        ("4.1", "aspects.parking", "one"),
        ("4.2", "aspects.lanes", "one"),
        ("5", "age", "number"),
    ]
    expected = [name for question in QUESTIONNAIRE.questions() for name in question.variables()]
    assert sorted(row.variable for row in sheet.rows) == sorted(expected)
    other = sheet.rows[2]
    assert other.asked_if == (["==", "know", "1"], ["includes", "channels", "5"])
    assert sheet.rows[1].exclusive == ("8",)
    assert (sheet.rows[6].minimum, sheet.rows[6].maximum) == ("18", "120")


def test_the_keys_of_missing_answers() -> None:
    fields = {"a.know": ".", "a.overall": "*", "a.age": "/", "a.channels": " 14 ", "csrf": "x", "a.empty": ""}
    assert sheets.read_keys(fields) == {
        "know": {"missing": Missing.NO_ANSWER.value},
        "overall": {"missing": Missing.REFUSED.value},
        "age": {"missing": Missing.ILLEGIBLE.value},
        "channels": "14",
    }


@pytest.mark.both_databases
def test_a_form_becomes_a_capture_and_a_response(client: TestClient, world: World, database: Database) -> None:
    sign_in(client, "keyer")
    status, body = key(client, " 0001-001 ", COMPLETE, seconds="71", keystrokes="19")
    assert (status, body["outcome"], body["forms"]) == (200, "stored", 1)
    (capture,) = captures(database)
    assert capture.mode is Mode.PAPER
    assert capture.source is Source.FIRST_KEYING
    assert answers_of(capture) == {
        "know": "1",
        "channels": ["1", "2", "5"],
        "channels.other": "菜市场",
        "overall": "2",
        "aspects.parking": "3",
        "aspects.lanes": "9",
        "age": 47,
    }
    assert capture.by_account_id is not None
    assert capture.paradata == {"seconds": 71, "keystrokes": 19}
    with database.reading.begin() as session:
        response = session.scalars(select(Counted)).one()
        assert response.state is ResponseState.COMPLETE
        assert response.case_id == world.case_ids[0]
        assert session.get_one(Case, (world.survey_id, world.case_ids[0])).disposition is Disposition.COMPLETE
        assert audit.verify(session, str(world.survey_id)) > 0


@pytest.mark.both_databases
def test_a_lost_acknowledgement_stores_nothing_twice(client: TestClient, world: World, database: Database) -> None:
    sign_in(client, "keyer")
    outcomes = [key(client, "0001-001", COMPLETE)[1]["outcome"] for _ in range(3)]
    assert outcomes == ["stored", "repeated", "repeated"]
    assert len(captures(database)) == 1


@pytest.mark.both_databases
def test_the_same_id_with_other_answers_is_refused_and_kept(
    client: TestClient, world: World, database: Database
) -> None:
    sign_in(client, "keyer")
    key(client, "0001-001", COMPLETE)
    status, body = key(client, "0001-001", {**COMPLETE, "a.overall": "3"})
    assert status == 409
    assert body["error"] == body["error"] | {"code": "E024"}  # type: ignore[operator]
    assert [capture.conflict for capture in captures(database)] == [False, True]


@pytest.mark.both_databases
def test_a_second_keyer_of_the_same_form_is_told(client: TestClient, world: World, database: Database) -> None:
    sign_in(client, "keyer")
    key(client, "0001-001", COMPLETE)
    status, body = key(client, "0001-001", COMPLETE, client_id="another-client-id")
    assert status == 409
    assert "0001-001 已经有一份完成的答卷" in str(body)
    assert hold(client, "0001-001").status_code == 409
    assert len(captures(database)) == 1


@pytest.mark.parametrize(
    ("answers", "variable"),
    [
        ({**COMPLETE, "a.know": "7"}, "know"),
        ({**COMPLETE, "a.age": "x"}, "age"),
        ({**COMPLETE, "a.channels": "13"}, "channels"),
        ({**COMPLETE, "a.aspects.lanes": "x"}, "aspects.lanes"),
        ({**COMPLETE, "a.unknown": "1"}, "unknown"),
    ],
)
def test_what_the_paper_cannot_mean_is_refused(
    client: TestClient, world: World, database: Database, answers: dict[str, str], variable: str
) -> None:
    sign_in(client, "keyer")
    status, body = key(client, "0001-001", answers)
    assert status == 422
    hard = [one["variable"] for one in body["messages"] if one["hard"]]  # type: ignore[attr-defined]
    assert hard == [variable]
    assert captures(database) == []


@pytest.mark.parametrize("answers", [{}, {"a.know": ".", "a.overall": "/", "a.age": "."}])
def test_a_blank_form_is_not_keyed(
    client: TestClient, world: World, database: Database, answers: dict[str, str]
) -> None:
    sign_in(client, "keyer")
    status, body = key(client, "0001-001", answers)
    assert status == 422
    assert "E032" in str(body)
    assert captures(database) == []


def test_soft_faults_are_stored_with_the_answers(client: TestClient, world: World, database: Database) -> None:
    """Somebody who does not know of it named a channel. An empty compulsory question, stated as empty, is no fault."""
    sign_in(client, "keyer")
    answers = {"a.know": "2", "a.channels": "1", "a.overall": ".", "a.age": "30"}
    status, body = key(client, "0001-001", answers, accept="channels overall")
    assert status == 200, body
    (capture,) = captures(database)
    assert [(one["variable"], one["severity"]) for one in capture.findings] == [("channels", "soft")]
    assert capture.paradata == {"confirmed": ["channels", "overall"]}


def test_contradictions_reach_the_sheet_and_the_messages() -> None:
    condition = condition_parser.parse('aspects.parking == "3" and overall == "1"')
    questionnaire = replace(
        QUESTIONNAIRE,
        contradictions=(Contradiction(id="c1", condition=condition, message=Text("对不上。", "They differ.")),),
    )
    sheet = sheets.build_sheet(questionnaire, "en")
    assert sheet.contradictions == ((condition.to_json(), "overall", "They differ."),)
    checked = sheets.judge(questionnaire, {"aspects.parking": "3", "overall": "1"})
    (message,) = [one for one in sheets.messages(checked, questionnaire, "zh") if "对不上" in one.message]
    assert (message.variable, message.hard) == ("overall", False)


def test_a_closed_wave_takes_no_form(client: TestClient, world: World, database: Database) -> None:
    with database.writing.begin() as session:
        surveys.close_wave(session, world.survey_id, world.wave_id, at=NOW, by=audit.chain.SERVICE)
    sign_in(client, "keyer")
    assert key(client, "0001-001", COMPLETE)[0] == 410
    assert "不能录入" in get(client, HERE)
    assert "没有要录的答卷" in get(client, "/keying")


def test_with_one_open_wave_there_is_nothing_to_choose(client: TestClient, world: World) -> None:
    sign_in(client, "keyer")
    assert client.get("/keying", headers=HTML).headers["location"] == HERE
    assert client.get("/", headers=HTML).headers["location"] == "/keying"


def test_without_the_script_it_is_a_plain_form(client: TestClient, world: World, database: Database) -> None:
    sign_in(client, "keyer")
    page = get(client, f"{HERE}?number=0001-002")
    assert 'value="0001-002"' in page
    token = csrf(page)
    fields = {"number": "0001-002", "client_id": "plain-form-0001", "csrf": token, **COMPLETE, "a.age": "3x"}
    answer = client.post(f"{HERE}/forms", data=fields, headers=HTML)
    assert answer.status_code == 422
    assert 'value="菜市场"' in answer.text  # what was typed stands in the boxes again
    assert "18 到 120 之间" in answer.text
    fields |= {"a.age": "30", "a.know": "2", "a.channels": "1", "a.channels.other": ""}
    answer = client.post(f"{HERE}/forms", data=fields, headers=HTML)
    assert answer.status_code == 422
    assert "请看一眼纸面" in answer.text
    assert 'name="accept"' in answer.text
    answer = client.post(f"{HERE}/forms", data={**fields, "accept": "channels"}, headers=HTML)
    assert answer.status_code == 303
    assert "0001-002 已存" in get(client, answer.headers["location"])
    assert len(captures(database)) == 1


def test_an_unknown_serial_says_what_to_do(client: TestClient, world: World) -> None:
    sign_in(client, "keyer")
    assert "这一期没有表号 0009-001" in get(client, f"{HERE}?number=0009-001")
    assert "This wave has no form" in get(client, f"{HERE}?number=0009-001&lang=en")


def test_the_tally_counts_the_day_of_the_city(
    client: TestClient, world: World, database: Database, clock: TestClock
) -> None:
    #  10:00, 10:06 and 10:15 in the city: two forms in 15 minutes after the first are 8 an hour.
    sign_in(client, "keyer")
    for minutes, number in ((0, "0001-001"), (6, "0001-002"), (15, "0001-003")):
        clock.at = NOW.replace(minute=minutes)
        status, body = key(client, number, COMPLETE, client_id=f"client-{number}")
        assert status == 200
    assert (body["forms"], body["per_hour"]) == (3, 8)
    with database.reading.begin() as session:
        keyer = session.scalar(select(Capture.by_account_id).limit(1))
        assert keyer is not None
        # 16:00 UTC is midnight in Shanghai: a new day begins there.
        tomorrow = service.tally(session, keyer, now=NOW.replace(hour=16), zone=client.app.state.services.settings.zone)  # type: ignore[attr-defined]
        assert tomorrow.forms == 0
        assert session.scalar(select(func.count()).select_from(Counted)) == 3


def test_a_doubt_that_nobody_answered_is_not_stored(client: TestClient, world: World, database: Database) -> None:
    """Whatever the page did or left out: the + of one box does not stand for another."""
    sign_in(client, "keyer")
    answers = {"a.know": "2", "a.channels": "1", "a.overall": "1", "a.age": "17"}
    for accept in ("", "age", "overall"):
        status, body = key(client, "0001-001", answers, accept=accept)
        assert status == 422
        asked = [one["variable"] for one in body["messages"]]  # type: ignore[attr-defined]
        assert asked == ["channels", "age"]
        assert captures(database) == []
    status, _ = key(client, "0001-001", answers, accept="age channels")
    assert status == 200


@pytest.mark.parametrize(
    ("words", "kind"),
    [("打 13812345678 找我", "手机号"), ("我是 11010519491231002X", "身份证号"), ("110105491231002", "身份证号")],
)
def test_a_number_of_a_person_in_words_is_asked_about(
    client: TestClient, world: World, database: Database, words: str, kind: str
) -> None:
    sign_in(client, "keyer")
    answers = {**COMPLETE, "a.channels.other": words}
    status, body = key(client, "0001-001", answers)
    assert status == 422
    [message] = body["messages"]  # type: ignore[misc]
    assert (message["variable"], message["hard"]) == ("channels.other", False)  # type: ignore[index]
    assert kind in message["message"]  # type: ignore[index]
    assert captures(database) == []
    status, _ = key(client, "0001-001", answers, accept="channels.other")
    assert status == 200, "the paper says so, and the keyer has said that it does"
    (capture,) = captures(database)
    assert answers_of(capture)["channels.other"] == words
    assert capture.paradata["confirmed"] == ["channels.other"]


def test_words_with_other_numbers_are_not_held_up(client: TestClient, world: World) -> None:
    sign_in(client, "keyer")
    status, _ = key(client, "0001-001", {**COMPLETE, "a.channels.other": "12345 热线，3 号楼 12 单元"})
    assert status == 200
