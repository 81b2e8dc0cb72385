"""What residents ask about a letter: answers out of the wave's data, and a yes or no that tells nothing besides."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, update

from survey_service.audit.chain import SERVICE
from survey_service.models import Case, TriedAs, TypedTries, Wave, WaveState
from survey_service.secrets import KeyRing
from survey_service.surveys import codes, typed_tries
from survey_service.surveys.short_code import in_threes, with_check
from tests.service.signed_in import get, sign_in

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.conftest import TestClock
    from tests.service.world import World

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
YES, NO = "有这封信，是这次调查发的", "没有查到这封信"


@pytest.fixture
def short(settings: Settings, world: World) -> str:
    keys = KeyRing(settings.secret_key.get_secret_value())
    return with_check(keys.short_code(world.survey_id, world.case_ids[0], 1, 0))


def asked(client: TestClient, typed: str, status: int = 200) -> str:
    page = client.post("/letter", data={"number": typed})
    assert page.status_code == status, page.text[:400]
    return page.text


def tries(database: Database, kind: TriedAs) -> int:
    with database.reading.begin() as session:
        return session.scalar(select(func.coalesce(func.sum(TypedTries.tries), 0)).where(TypedTries.kind == kind)) or 0


def test_a_letter_is_known_by_its_number_and_by_its_code(client: TestClient, world: World, short: str) -> None:
    number = world.case_numbers[0]
    for typed in (
        number,
        f" 住户编号 {number} ",
        number.replace("-", "－"),
        f"Household {number}",
        in_threes(short).lower(),
    ):
        page = asked(client, typed)
        assert YES in page, typed
        assert NO not in page
    english = client.post("/letter", data={"number": number, "_lang": "en"})
    assert "Yes, this letter was sent" in english.text


def test_a_yes_tells_nothing_but_yes(client: TestClient, world: World) -> None:
    """Two letters of two communities are told in the same words."""
    pages = [asked(client, world.case_numbers[place]).replace(world.case_numbers[place], "") for place in (0, 6)]
    assert pages[0] == pages[1]
    assert world.case_codes[0] not in pages[0]
    assert "万寿桥社区" not in pages[0]


def test_what_was_never_issued_is_counted_and_told(
    client: TestClient, world: World, short: str, database: Database
) -> None:
    assert world
    assert NO in asked(client, "9999-001")
    assert (tries(database, TriedAs.CASE_NUMBER), tries(database, TriedAs.SHORT_CODE)) == (1, 0)
    assert NO in asked(client, with_check("000000000"))  # a guess at codes, whatever page it is made on
    assert (tries(database, TriedAs.CASE_NUMBER), tries(database, TriedAs.SHORT_CODE)) == (2, 1)
    assert NO in asked(client, short[:-1] + ("0" if short[-1] != "0" else "1"))
    assert NO in asked(client, "x" * 80)
    assert tries(database, TriedAs.SHORT_CODE) == 1
    page = asked(client, '"><svg onload=alert(1)>')
    assert "<svg" not in page


def test_guessing_ends_here_too(
    client: TestClient, world: World, short: str, database: Database, clock: TestClock
) -> None:
    hour = clock().replace(minute=0, second=0, microsecond=0)
    with database.writing.begin() as session:
        session.add(TypedTries(kind=TriedAs.SHORT_CODE, hour=hour, tries=typed_tries.AN_HOUR[TriedAs.SHORT_CODE]))
    page = asked(client, short, 429)
    assert "现在查不了" in page
    assert YES not in page
    assert YES in asked(client, world.case_numbers[0])  # numbers are another count
    with database.writing.begin() as session:
        session.add(TypedTries(kind=TriedAs.CASE_NUMBER, hour=hour, tries=typed_tries.AN_HOUR[TriedAs.CASE_NUMBER]))
    assert YES not in asked(client, world.case_numbers[0], 429)


def test_replaced_letters_and_those_of_other_waves_are_not_genuine(
    client: TestClient, world: World, short: str, database: Database, settings: Settings, clock: TestClock
) -> None:
    keys = KeyRing(settings.secret_key.get_secret_value())
    with database.writing.begin() as session:
        case = session.get_one(Case, (world.survey_id, world.case_ids[0]))
        codes.reissue_case_code(session, case, keys=keys, at=clock(), by=SERVICE)
    assert NO in asked(client, short)
    assert YES in asked(client, world.case_numbers[0])  # the new letter bears it too
    with database.writing.begin() as session:
        session.execute(update(Wave).values(state=WaveState.CLOSED))
    assert NO in asked(client, world.case_numbers[0])


# ------------------------------------------------------------------ answers


def test_answers_are_those_of_the_wave(client: TestClient, world: World, database: Database) -> None:
    with database.writing.begin() as session:
        session.execute(update(Wave).values(closes_on=date(2026, 9, 27)))
    page = client.get("/letter").text
    notice = world.questionnaire.notice
    for said in (notice.body.zh, notice.purpose.zh, notice.retention.zh, "2026年9月27日"):
        assert said in page
    assert "待填" not in page  # what is missing is for staff
    english = client.get(f"/letter/{world.survey_key}/{world.wave_key}?lang=en").text
    for said in (notice.body.en, "27 September 2026", "Must I answer?"):
        assert said in english


def test_each_way_of_answering_is_told_where_the_wave_has_it(
    client: TestClient, world: World, database: Database
) -> None:
    assert world
    ways = {
        "web_invited": "信上的二维码",
        "web_open": "海报上的二维码",
        "paper": "纸质问卷",
        "face_to_face": "上门",
        "telephone": "接调查员的电话",
    }
    for mode in ways:
        with database.writing.begin() as session:
            session.execute(update(Wave).values(modes=[mode]))
        page = client.get("/letter").text
        told = page.partition("怎么答，到哪一天")[2].partition("</div>")[0]
        assert [other for other, words in ways.items() if words in told] == [mode]
        assert ("随机抽的" in page) == (mode != "web_open")


def test_a_wave_that_is_not_open_is_not_told(client: TestClient, world: World, database: Database) -> None:
    address = f"/letter/{world.survey_key}/{world.wave_key}"
    assert client.get(address).status_code == 200
    with database.writing.begin() as session:
        session.execute(update(Wave).values(state=WaveState.DRAFT))
    assert client.get(address).status_code == 404
    assert "现在没有正在进行的调查" in client.get("/letter").text


def test_the_manager_sees_what_is_missing_and_is_reminded_of_it(
    client: TestClient, world: World, database: Database
) -> None:
    wave = f"/surveys/{world.survey_key}/waves/{world.wave_key}"
    sign_in(client, "manager")
    page = get(client, f"{wave}/invitations/hotline")
    assert "待填：结果公开不公开" in page
    with database.writing.begin() as session:
        session.execute(update(Wave).values(state=WaveState.DRAFT))
    assert "热线答问里还缺" in get(client, wave)
    filled = dict.fromkeys(("form_number", "issuing_body", "approval_number"), "某") | {
        "valid_until": "2027-06-30",
        "legal_kind": "local",
        "circulation": "public",
    }
    with database.writing.begin() as session:
        session.execute(update(Wave).values(header=filled))
    page = get(client, f"{wave}/invitations/hotline")
    assert "结果公开不公开" not in page
    assert "请如实回答" in page
