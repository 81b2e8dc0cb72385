"""The resident's page over HTTP: what is shown, what is stored, and what the person is told."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from survey_service.app import create_app
from survey_service.audit.chain import SERVICE
from survey_service.captures.content import answers_of
from survey_service.models import Capture, Case, Mode, Response, ResponseState, Source
from survey_service.secrets import KeyRing
from survey_service.surveys import codes
from survey_service.surveys import service as surveys
from tests.service.resident import filled, read_page
from tests.service.world import NOW, QUESTIONNAIRE, build

if TYPE_CHECKING:
    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.conftest import TestClock
    from tests.service.world import World

CLIENT_ID = "0123456789abcdef0123456789abcdef"
ANSWERS: dict[str, str | list[str]] = {
    "know": "1",
    "channels": ["1", "5"],
    "channels.other": "孩子学校",
    "overall": "2",
    "aspects.parking": "3",
    "aspects.lanes": "9",
    "age": "45",
}
CANONICAL = {**ANSWERS, "age": 45}
SCRIPT = {"accept": "application/json"}


def stored(database: Database) -> list[dict[str, Any]]:
    """Every response with its current answers."""
    with database.reading.begin() as session:
        rows = session.execute(
            select(Response, Capture).join(Capture, Capture.id == Response.current_capture_id).order_by(Response.id)
        ).all()
        return [
            {
                "answers": answers_of(capture),
                "mode": response.mode,
                "state": response.state,
                "capture": capture.id,
                "case": response.case_id,
                "area": response.area_id,
                "paradata": capture.paradata,
                "source": capture.source,
            }
            for response, capture in rows
        ]


def post(client: TestClient, code: str, data: dict[str, Any], **arguments: Any) -> Any:
    return client.post(f"/a/{code}", data=data, **arguments)


def test_the_page_is_first_shown_from_memory_and_asked_for_again(client: TestClient, world: World) -> None:
    first = client.get(f"/a/{world.open_codes[0]}")
    assert first.status_code == 200
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["cache-control"] == "private, no-cache"
    assert "set-cookie" not in first.headers
    assert world.open_codes[0] not in first.text
    assert "测 01 表" in first.text
    assert "万寿桥社区" in first.text
    again = client.get(f"/a/{world.open_codes[0]}", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = client.get(f"/a/{world.open_codes[0]}", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == first.text
    # One page for every case of a community, and for whoever comes by an open code: a household is told who answers.
    of_cases = [client.get(f"/a/{code}").text for code in world.case_codes[:2]]
    assert of_cases[0] == of_cases[1]
    alike = re.sub(r'<p class="note"><b>请家里一位 18 岁以上的人来答。.*?</p>', "", of_cases[0])
    assert alike.split() == first.text.split()
    assert "文昌阁社区" in client.get(f"/a/{world.open_codes[1]}").text


def test_the_form_is_drawn_by_its_own_rules_which_the_policy_names(client: TestClient, world: World) -> None:
    page = client.get(f"/a/{world.open_codes[0]}")
    rules = page.text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(rules.encode()).digest()).decode()
    assert f"style-src 'self' 'sha256-{digest}';" in page.headers["content-security-policy"]
    assert page.text.index("</style>") < page.text.index("<body>") < page.text.index('rel="stylesheet"')
    again = client.get(f"/a/{world.open_codes[0]}", headers={"if-none-match": page.headers["etag"]})
    assert again.headers["content-security-policy"] == page.headers["content-security-policy"]
    # Every other page has its sheets, and a policy without an exception.
    other = client.get("/a/unknown", headers={"accept": "text/html"})
    assert "<style>" not in other.text
    assert "sha256" not in other.headers["content-security-policy"]


def test_a_page_weighs_little(client: TestClient, world: World) -> None:
    page = client.get(f"/a/{world.open_codes[0]}")
    named = set(re.findall(r"/static/[0-9a-f]+/([\w.-]+)", page.text))
    assert {"resident.js", "conditions.js", "answer-forms.js", "resident.css"} <= named
    assert not {"resident-several.js", "clock-forms.js"} & named  # no question of this one needs them
    weight = len(gzip.compress(page.content, 9))
    for name in named:
        weight += len(gzip.compress(client.get(f"/static/x/{name}").content, 9))
    # With the review, which must be there when the network is not; much came since, handing the phone over last.
    assert weight < 25_700


def test_without_a_script_answers_are_checked_before_they_are_stored(
    client: TestClient, world: World, database: Database
) -> None:
    form = read_page(client.get(f"/a/{world.open_codes[0]}").text)
    assert ("client_id", "") in form.fields
    check = post(client, world.open_codes[0], filled(form, ANSWERS, "check"))
    assert check.status_code == 200
    assert "请核对，还没有提交" in check.text
    assert "公告栏、其他（孩子学校）" in check.text
    assert stored(database) == []
    second = read_page(check.text)
    reply = post(client, world.open_codes[0], filled(second, {}, "submit"))
    assert reply.status_code == 200
    (one,) = stored(database)
    assert one["answers"] == CANONICAL
    assert (one["mode"], one["state"], one["source"]) == (Mode.WEB_OPEN, ResponseState.COMPLETE, Source.WEB)
    assert one["paradata"] == {"language": "zh", "large_text": False}
    assert '<h1 class="state reached"' in reply.text
    assert "2026年9月18日 10:00 提交" in reply.text
    # Submitting the check page again gives the same receipt: double taps and reloads store nothing twice.
    assert post(client, world.open_codes[0], filled(second, {}, "submit")).text == reply.text
    assert len(stored(database)) == 1


def test_from_the_check_page_back_to_a_question_and_on_again(
    client: TestClient, world: World, database: Database
) -> None:
    code = world.open_codes[0]
    check = read_page(post(client, code, filled(read_page(client.get(f"/a/{code}").text), ANSWERS, "check")).text)
    edited = read_page(post(client, code, filled(check, {}, "edit")).text)
    kept = dict(edited.fields)
    assert (kept["know"], kept["age"], kept["channels.other"]) == ("1", "45", "孩子学校")
    again = post(client, code, filled(edited, {"overall": "1"}, "check"))
    assert "请核对" in again.text
    assert stored(database) == []
    assert "已提交" in post(client, code, filled(read_page(again.text), {}, "submit")).text
    assert stored(database)[0]["answers"]["overall"] == "1"


def test_a_script_is_answered_in_one_line(client: TestClient, world: World, database: Database) -> None:
    data = {**ANSWERS, "client_id": CLIENT_ID, "_seconds": "95", "_lang": "en", "_text": "large"}
    reply = post(client, world.open_codes[0], data, headers=SCRIPT)
    assert reply.status_code == 200
    told = reply.json()
    assert told["address"] == f"/a/{world.open_codes[0]}/receipt"  # holds nothing of the receipt
    page = client.post(told["address"], data={"_receipt": told["receipt"], "_lang": "en", "_text": "large"})
    assert "Submitted" in page.text
    assert 'class="resident large"' in page.text
    assert stored(database)[0]["paradata"] == {"language": "en", "large_text": True, "seconds": 95}


def test_faults_are_named_beside_the_question_and_typed_values_stay(
    client: TestClient, world: World, database: Database
) -> None:
    code = world.open_codes[0]
    wrong = {**ANSWERS, "age": "四十五", "channels": ["1", "8"], "overall": ""}
    reply = post(client, code, {**wrong, "client_id": CLIENT_ID})
    assert reply.status_code == 422
    assert "还没有提交，有 3 处要改" in reply.text
    assert "用数字写年龄，18 到 120 之间，例如" in reply.text
    assert 'value="四十五"' in reply.text
    for target in ("#f-channels", "#f-overall", "#f-age"):
        assert f'href="{target}"' in reply.text
        assert f'id="{target[1:]}"' in reply.text
    assert stored(database) == []
    # The other answers wait in the page; mended, the same id goes through.
    form = read_page(reply.text)
    mended = post(client, code, filled(form, {"age": "４５岁", "channels": ["1"], "overall": "2"}, "submit"))
    assert mended.status_code == 200
    assert stored(database)[0]["answers"] == {
        name: value for name, value in CANONICAL.items() if name != "channels.other"
    } | {"channels": ["1"]}


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("en", "Do you know that the city"),
        ("large", 'class="resident large"'),
    ],
)
def test_language_and_text_size_come_back_with_the_answers_and_write_nothing(
    client: TestClient, world: World, database: Database, action: str, expected: str
) -> None:
    code = world.open_codes[0]
    form = read_page(client.get(f"/a/{code}").text)
    reply = post(client, code, filled(form, {**ANSWERS, "age": "abc"}, action))
    assert reply.status_code == 200
    assert expected in reply.text
    page = read_page(reply.text)
    kept = dict(page.fields)
    assert kept["age"] == "abc"
    assert [value for name, value in page.fields if name == "channels"] == ["1", "5"]
    assert stored(database) == []
    # The other button keeps what this one chose.
    both = post(client, code, filled(page, {}, "large" if action == "en" else "en"))
    assert 'class="resident large"' in both.text
    assert 'lang="en"' in both.text
    # And from the check page they lead to the check page.
    check = post(client, code, filled(page, {"age": "45"}, "check"))
    assert "Check your answers" in post(client, code, filled(read_page(check.text), {}, "en")).text


@pytest.mark.both_databases
def test_the_same_id_under_parallel_posts_is_stored_once(client: TestClient, world: World, database: Database) -> None:
    data = {**ANSWERS, "client_id": CLIENT_ID}
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda _: post(client, world.open_codes[0], data, headers=SCRIPT), range(50)))
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.json()["receipt"] for reply in replies}) == 1
    assert len(stored(database)) == 1


def test_the_same_id_with_other_answers_is_told_and_kept(client: TestClient, world: World, database: Database) -> None:
    data = {**ANSWERS, "client_id": CLIENT_ID}
    receipt = post(client, world.open_codes[0], data, headers=SCRIPT).json()["receipt"]
    other = post(client, world.open_codes[0], {**data, "overall": "3"})
    assert other.status_code == 409
    assert "计入的是先前提交的那一份" in other.text
    assert f'name="_receipt" value="{receipt}"' in other.text  # whoever has the id leads back to what counts
    elsewhere = post(client, world.open_codes[1], data)
    assert (elsewhere.status_code, receipt in elsewhere.text) == (409, False)  # but not by another code
    assert [one["answers"]["overall"] for one in stored(database)] == ["2"]
    with database.reading.begin() as session:
        assert [answers_of(one)["overall"] for one in session.scalars(select(Capture).where(Capture.conflict))] == ["3"]


def test_a_used_code_says_so_and_its_lost_receipt_is_given_again(
    client: TestClient, world: World, database: Database
) -> None:
    code, data = world.case_codes[0], {**ANSWERS, "client_id": CLIENT_ID}
    first = post(client, code, data, headers=SCRIPT)
    assert first.status_code == 200
    assert stored(database)[0]["case"] == world.case_ids[0]
    page = client.get(f"/a/{code}")
    assert page.status_code == 409
    assert "已经提交过了" in page.text
    assert post(client, code, data, headers=SCRIPT).json() == first.json()
    other = post(client, code, {**data, "client_id": "f" * 32})
    assert other.status_code == 409
    assert len(stored(database)) == 1


def test_a_receipt_opens_only_with_the_code_it_came_by(client: TestClient, world: World) -> None:
    told = post(client, world.open_codes[0], {**ANSWERS, "client_id": CLIENT_ID}, headers=SCRIPT).json()
    address, receipt = told["address"], told["receipt"]
    shown = client.post(address, data={"_receipt": receipt.lower(), "client_id": CLIENT_ID})
    assert (shown.status_code, shown.headers["cache-control"]) == (200, "private, no-store")
    assert receipt[:10] in shown.text
    assert f'data-id="{CLIENT_ID}"' in shown.text  # the draft of these answers is removed, and no other
    for code in (world.open_codes[1], world.case_codes[0], "A" * 26):
        reply = client.post(f"/a/{code}/receipt", data={"_receipt": receipt})
        assert reply.status_code == 404
        assert receipt not in reply.text
    assert client.post(address, data={"_receipt": "0000-0000-0000-0000"}).status_code == 404


def test_no_address_opens_answers(client: TestClient, world: World, database: Database) -> None:
    """Whoever finds the address in a history, a chat or a photograph is asked for the receipt code."""
    told = post(client, world.open_codes[0], {**ANSWERS, "client_id": CLIENT_ID}, headers=SCRIPT).json()
    found = client.get(told["address"])
    assert (found.status_code, found.headers["location"]) == (303, "/receipt")
    assert client.get(f"/a/{world.open_codes[0]}/receipt/{told['receipt']}").status_code == 404
    with_it = client.get(f"/receipt?_receipt={told['receipt']}&receipt={told['receipt']}")
    assert told["receipt"] not in with_it.text
    assert "孩子学校" not in with_it.text
    assert len(stored(database)) == 1
    # Without a script the receipt is the reply to the post itself: nothing is led anywhere.
    plain = post(client, world.open_codes[0], {**ANSWERS, "client_id": CLIENT_ID})
    assert (plain.status_code, "location" in plain.headers, told["receipt"][:10] in plain.text) == (200, False, True)
    # In another way of showing it is the same page, by a post again.
    tools = {"_receipt": told["receipt"], "_lang": "zh", "client_id": CLIENT_ID}
    assert "Submitted" in client.post(told["address"], data={**tools, "action": "en"}).text
    assert 'class="resident large"' in client.post(told["address"], data={**tools, "action": "large"}).text


def test_closed_late_revoked_and_unknown_codes_say_what_to_do(
    client: TestClient, world: World, database: Database, clock: TestClock, settings: Settings
) -> None:
    code, data = world.open_codes[0], {**ANSWERS, "client_id": CLIENT_ID}
    unknown = client.get(f"/a/{'B' * 26}")
    assert (unknown.status_code, "请重新扫一次二维码" in unknown.text) == (404, True)
    keys = KeyRing(settings.secret_key.get_secret_value())
    with database.writing.begin() as session:
        case = session.get_one(Case, (world.survey_id, world.case_ids[1]))
        codes.reissue_case_code(session, case, keys=keys, at=NOW, by=SERVICE)
    revoked = client.get(f"/a/{world.case_codes[1]}")
    assert (revoked.status_code, "已经换成新的" in revoked.text) == (410, True)
    assert post(client, world.case_codes[1], data).status_code == 410
    # After 24:00 in Shanghai.
    clock.at = datetime(2026, 9, 30, 16, 0, 1, tzinfo=UTC)
    for reply in (
        client.get(f"/a/{code}"),
        post(client, code, data),
        post(client, code, {**ANSWERS, "action": "check"}),
    ):
        assert reply.status_code == 410
        assert 'href="/receipt"' in reply.text  # what was submitted in time can still be looked at and deleted
        assert ("您刚才答的这一份没有提交" in reply.text) == (reply.request.method == "POST")
    assert "到 2026年9月30日 24:00 截止" in client.get(f"/a/{code}").text
    assert "ended on 30 September 2026" in client.get(f"/a/{code}?lang=en").text
    clock.at = NOW
    with database.writing.begin() as session:
        surveys.close_wave(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
    assert client.get(f"/a/{code}").status_code == 410
    assert post(client, code, data).status_code == 410
    assert stored(database) == []


def test_a_refusal_names_the_city_in_the_language_of_the_page(
    settings: Settings, world: World, clock: TestClock
) -> None:
    named = settings.model_copy(update={"city_name_en": "Shifan City"})
    with TestClient(create_app(named, clock=clock)) as client:
        stale = {**ANSWERS, "client_id": CLIENT_ID, "_version": "0" * 16, "_lang": "en"}
        reply = post(client, world.open_codes[0], stale)
    assert (reply.status_code, "Shifan City survey" in reply.text) == (409, True)


def test_what_no_page_of_ours_sends_is_refused(client: TestClient, world: World, database: Database) -> None:
    address = f"/a/{world.open_codes[0]}"
    urlencoded = {"content-type": "application/x-www-form-urlencoded"}
    assert post(client, world.open_codes[0], {**ANSWERS, "client_id": CLIENT_ID, "is_admin": "1"}).status_code == 422
    assert (
        post(client, world.open_codes[0], {"overall": "2", "client_id": CLIENT_ID, "action": "drop"}).status_code == 422
    )
    assert client.post(address, json={"overall": "2", "client_id": CLIENT_ID}).status_code == 422
    assert client.post(address, content=b"overall=%ff", headers=urlencoded).status_code == 422
    assert client.post(address, content=b"age=" + b"1" * 300_000, headers=urlencoded).status_code == 413
    assert client.post(address, content=b"age=1&" * 5000, headers=urlencoded).status_code == 422
    assert post(client, world.open_codes[0], {"overall": "2", "client_id": "short"}).status_code == 200  # check page
    old = post(client, world.open_codes[0], {"overall": "2", "client_id": CLIENT_ID, "_version": "0" * 16})
    assert (old.status_code, "问卷换了新版" in old.text) == (409, True)
    assert stored(database) == []


def test_words_of_a_person_are_shown_as_words(client: TestClient, world: World, database: Database) -> None:
    canary = "<script>alert(1)</script>\u0000\u202e&amp;\"'"
    data = {**ANSWERS, "channels.other": canary, "age": canary}
    faulty = post(client, world.open_codes[0], data)
    assert faulty.status_code == 422
    assert "<script>alert" not in faulty.text
    check = post(client, world.open_codes[0], {**data, "age": "45"})
    assert "<script>alert" not in check.text
    assert post(client, world.open_codes[0], filled(read_page(check.text), {}, "submit")).status_code == 200
    assert stored(database)[0]["answers"]["channels.other"].startswith("<script>alert(1)</script>")


def test_a_form_without_a_single_answer_uses_up_nothing(database: Database, settings: Settings) -> None:
    """Where no question is required, an empty post would count as a response and use up the code."""
    voluntary = replace(
        QUESTIONNAIRE,
        sections=tuple(
            replace(section, questions=tuple(replace(question, required=False) for question in section.questions))
            for section in QUESTIONNAIRE.sections
        ),
    )
    world = build(database, KeyRing(settings.secret_key.get_secret_value()), voluntary)
    with TestClient(create_app(settings, clock=lambda: NOW), follow_redirects=False) as client:
        address = f"/a/{world.case_codes[0]}"
        refused = client.post(address, data={"client_id": CLIENT_ID})
        assert refused.status_code == 422
        assert "一道题都还没有答" in refused.text
        with database.reading.begin() as session:
            assert session.scalars(select(Response)).all() == []
        assert client.post(address, data={"client_id": CLIENT_ID, "know": "2"}).status_code == 200
