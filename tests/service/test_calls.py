"""The telephone desk: numbers come sealed and go with the key, one is opened at a time and on record, calls are noted
in codes of the telephone, and an interview by it is one of the mode telephone."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from analysis.outcome_codes import OUTCOME_CODES, OutcomeMode
from survey_service.clock import end_of
from survey_service.database import Database
from survey_service.field import call_words
from survey_service.field.telephone_file import number_as_read
from survey_service.models import ADULT_STAGE, AuditEntry, Capture, Case, CaseTelephone, Disposition, Mode, Visit, Wave
from survey_service.sealed.keys import WaveKeys
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.service.conftest import TestClock
from tests.service.signed_in import HTML, csrf, get, sign_in
from tests.service.test_door_pages import account, give, outcome
from tests.service.world import CLOSES, NOW, World

pytestmark = pytest.mark.both_databases
NUMBERS = ("13800138000", "010-88880001", "+86 139 0013 9000")


@pytest.fixture
def here(client: TestClient, database: Database, world: World) -> str:
    with database.writing.begin() as session:
        session.execute(update(Wave).values(modes=[Mode.TELEPHONE.value, Mode.PAPER.value]))
    return f"/calls/{world.survey_key}/{world.wave_key}"


def bring(client: TestClient, world: World, text: str) -> str:
    """The file is looked at and, where it is sound, stored; the page of the look."""
    sign_in(client, "manager")
    address = f"/surveys/{world.survey_key}/waves/{world.wave_key}/field/telephones"
    token = csrf(get(client, address))
    looked = client.post(
        address, data={"csrf": token}, files={"file": ("号码.csv", text.encode(), "text/csv")}, headers=HTML
    )
    if looked.status_code == 200:
        packed = re.findall(r'name="packed" value="([^"]+)"', looked.text)
        seen = re.findall(r'name="seen" value="([^"]+)"', looked.text)[0]
        again = {"csrf": csrf(looked.text), "packed": packed, "seen": seen, "name": "号码.csv"}
        assert client.post(address, data=again, follow_redirects=False).status_code == 303
    return looked.text


def three(world: World) -> str:
    rows = "".join(f"{world.case_numbers[place]},{NUMBERS[place]},张三\n" for place in range(3))
    return f"编号,手机号,姓名\n{rows}"


def ready(client: TestClient, database: Database, world: World) -> None:
    bring(client, world, three(world))
    give(database, world, 0, 1, 3)
    sign_in(client, "interviewer")


def listed(page: str) -> list[str]:
    return re.findall(r"<b>(\d{4}-\d{3})", page)


def post(client: TestClient, address: str, page: str, **data: str) -> str:
    answer = client.post(address, data={"csrf": csrf(page), **data}, headers=HTML)
    assert answer.status_code in (200, 303), answer.text[:300]
    return answer.headers.get("location", "") or answer.text


def visit_of(page: str) -> str:
    return re.findall(r'name="visit" value="([^"]+)"', page)[0]


# ------------------------------------------------------------------ numbers


def test_numbers_come_by_file_are_sealed_and_never_shown_to_the_office(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    assert here
    looked = bring(client, world, three(world))
    assert "3 个编号有电话号码" in looked
    assert "13800138000" not in looked
    address = f"/surveys/{world.survey_key}/waves/{world.wave_key}/field/telephones"
    assert "现在 3 个编号有号码" in get(client, address)
    empty = client.get(f"{address}/present.csv").text
    assert world.case_numbers[5] in empty
    assert "138001" not in empty
    with database.reading.begin() as session:
        sealed = session.scalars(select(CaseTelephone.sealed)).all()
        noted = session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "telephones.stored")).all()
    assert noted == [{"telephones": 3}]
    assert len(sealed) == 3
    assert all(one and b"138" not in one for one in sealed)
    bring(client, world, f"编号,电话\n{world.case_numbers[0]},13700137000\n")
    assert "现在 3 个编号有号码" in get(client, address)


def test_what_is_wrong_is_told_by_its_cell_and_no_number_is_repeated(
    client: TestClient, here: str, world: World, database: Database
) -> None:
    assert here
    number = world.case_numbers[0]
    looked = bring(client, world, f"编号,电话\n{number},1380013800\n{number},13800138000\n无此户,13900139000\n")
    for told in ("这一格不是电话号码", "有两行", "样本里没有编号"):
        assert told in looked
    assert "1380013800" not in looked
    shared = bring(client, world, f"编号,电话\n{number},13800138000\n{world.case_numbers[1]},13800138000\n")
    assert "其中 2 个和别的一样" in shared
    with database.reading.begin() as session:
        assert len(session.scalars(select(CaseTelephone.number)).all()) == 2


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86-13800138000", "13800138000"),
        ("0086 13800138000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("13800138000.0", "13800138000"),
        ("(010) 8888-0001", "01088880001"),
        ("88880001", "88880001"),
        ("1.38E+10", None),
        ("12345", None),
        ("12800138000", None),
        ("110101199003078515", None),
        ("张三", None),
        ("", None),
    ],
)
def test_numbers_are_read_as_people_write_them(client: TestClient, typed: str, read: str | None) -> None:
    assert client
    assert number_as_read(typed) == read


def test_a_number_opens_for_whoever_was_given_the_case_and_each_time_is_on_record(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    ready(client, database, world)
    page = get(client, f"{here}/{world.case_ids[0]}")
    assert "13800138000" not in page
    for _ in range(2):
        shown = post(client, f"{here}/{world.case_ids[0]}/number", page)
        assert 'href="tel:13800138000"' in shown
    assert "13800138000" not in get(client, f"{here}/{world.case_ids[0]}")
    for place in (2, 3):  # one of somebody else, one without a number
        assert client.get(f"{here}/{world.case_ids[place]}", headers=HTML).status_code == 404
        sent = {"csrf": csrf(page)}
        assert client.post(f"{here}/{world.case_ids[place]}/number", data=sent, headers=HTML).status_code == 404
    with database.reading.begin() as session:
        opened = AuditEntry.action == "telephone.opened"
        entries = session.execute(select(AuditEntry.record, AuditEntry.by_account_id).where(opened)).all()
    me = account(database, "interviewer")
    assert [tuple(one) for one in entries] == [(f"case {world.case_ids[0]}", me)] * 2


def test_in_a_wave_where_nobody_was_given_anything_no_number_opens(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    bring(client, world, three(world))
    sign_in(client, "interviewer")
    assert "还没有分给您的" in get(client, here)
    assert client.get(f"{here}/{world.case_ids[0]}", headers=HTML).status_code == 404
    assert database


def test_after_the_day_of_the_wave_no_number_opens(
    client: TestClient, here: str, database: Database, world: World, settings: Settings, clock: TestClock
) -> None:
    ready(client, database, world)
    page = get(client, f"{here}/{world.case_ids[0]}")
    clock.at = end_of(CLOSES, settings.zone) + timedelta(days=31)
    sign_in(client, "interviewer")
    page = get(client, f"{here}/{world.case_ids[0]}")
    gone = client.post(f"{here}/{world.case_ids[0]}/number", data={"csrf": csrf(page)}, headers=HTML)
    assert gone.status_code == 410
    assert "13800138000" not in gone.text
    with database.writing.begin() as session:
        keys = WaveKeys(settings, KeyRing(settings.secret_key.get_secret_value()))
        assert keys.destroy(session, world.survey_id, world.wave_id, why="due", at=clock.at)
    with database.reading.begin() as session:
        assert set(session.scalars(select(CaseTelephone.sealed))) == {None}
    assert "没有电话号码" in get(client, here)


# ------------------------------------------------------------------ calls


def test_every_button_is_a_code_of_the_telephone() -> None:
    known = {one.code for one in OUTCOME_CODES[OutcomeMode.TELEPHONE]}
    assert known >= call_words.CODES


def test_a_call_is_noted_in_codes_of_the_telephone_and_taken_back(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    ready(client, database, world)
    assert client.get("/calls").headers["location"] == here
    assert listed(get(client, here)) == [world.case_numbers[0], world.case_numbers[1]]
    address = f"{here}/{world.case_ids[0]}"
    page = get(client, address)
    led = post(client, address, page, code="2.111", visit=visit_of(page))
    assert post(client, address, page, code="2.111", visit=visit_of(page)) == led  # a double tap is one
    told = get(client, led)
    assert f"已记 {world.case_numbers[0]}：住户拒访" in told
    assert outcome(database, world, 0) == ("2.111", Disposition.REFUSAL)
    with database.reading.begin() as session:
        [(visit_id, mode)] = session.execute(select(Visit.id, Visit.mode)).all()
        assert mode is OutcomeMode.TELEPHONE
        assert session.get_one(Case, (world.survey_id, world.case_ids[0])).outcome_mode is OutcomeMode.TELEPHONE
    post(client, f"{here}/{visit_id}/take-back", told)
    assert outcome(database, world, 0)[1] is Disposition.UNKNOWN
    for code in ("2.24", "1.1", ""):  # at a door, of an answer, nothing
        refused = client.post(address, data={"csrf": csrf(page), "code": code, "visit": visit_of(page)}, headers=HTML)
        assert refused.status_code == 422


def test_whom_to_call_now(client: TestClient, here: str, database: Database, world: World, clock: TestClock) -> None:
    ready(client, database, world)
    first, second = (f"{here}/{world.case_ids[place]}" for place in (0, 1))
    page = get(client, first)
    post(client, first, page, code="3.13", visit=visit_of(page))
    assert listed(get(client, here)) == [world.case_numbers[1], world.case_numbers[0]]  # tried least is first
    page = get(client, second)
    sent = {"code": "2.21", "agreed": "yes", "visit": visit_of(page)}
    refused = client.post(
        second, data={**sent, "csrf": csrf(page), "day": "2026-09-18", "clock": "09:00"}, headers=HTML
    )
    assert refused.status_code == 422
    assert 'value="09:00"' in refused.text  # what was typed is kept
    post(client, second, page, **sent, day="2026-09-18", clock="15:30")
    assert listed(get(client, here)) == [world.case_numbers[0]]  # who was agreed with waits
    assert listed(get(client, f"{here}?show=agreed")) == [world.case_numbers[1]]
    clock.at = NOW + timedelta(hours=6)
    sign_in(client, "interviewer")
    assert listed(get(client, here)) == [world.case_numbers[1], world.case_numbers[0]]


def test_a_call_is_found_by_its_number_and_changed_in_one_step(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    ready(client, database, world)
    assert listed(get(client, f"{here}?q={world.case_numbers[1][-3:]}")) == [world.case_numbers[1]]
    assert listed(get(client, f"{here}?q=nowhere")) == []
    address = f"{here}/{world.case_ids[0]}"
    page = get(client, address)
    first = visit_of(page)
    agreed = {"code": "2.21", "agreed": "yes", "day": "2026-09-18"}
    told = get(client, post(client, address, page, **agreed, visit=first, clock="15:30"))
    assert f'href="{address}?change={first}#change">改</a>' in told
    page = get(client, f"{address}?change={first}")
    second = visit_of(page)
    told = get(client, post(client, address, page, **agreed, visit=second, clock="16:30", instead=first))
    assert "约好 9月18日（今天，周五）16:30 再打" in told
    assert "原来记的：约好 9月18日（今天，周五）15:30 再打" in told
    with database.reading.begin() as session:
        old, new = (session.get_one(Visit, (world.survey_id, UUID(one))) for one in (first, second))
        assert (old.withdrawn_at is not None, new.mode, new.at) == (True, OutcomeMode.TELEPHONE, old.at)
    door = f"/visits/{world.survey_key}/{world.wave_key}"
    assert f'href="{address}?change={second}#change">改</a>' in get(client, f"{door}?show=noted")  # at its own desk
    sent = {"csrf": csrf(page), "visit": str(UUID(int=9)), "code": "2.111", "instead": second}
    assert client.post(f"{door}/{world.case_ids[0]}", data=sent, headers=HTML).status_code == 404


def test_an_interview_by_telephone_is_told_apart_from_one_at_the_door(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    ready(client, database, world)
    address = f"{here}/{world.case_ids[0]}"
    door = f"/visits/{world.survey_key}/{world.wave_key}/{world.case_ids[0]}"
    page = get(client, address)
    with database.writing.begin() as session:
        both = [Mode.TELEPHONE.value, Mode.FACE_TO_FACE.value]
        session.execute(update(Wave).values(modes=both))
    assert post(client, f"{door}/interview", page) == post(client, f"{address}/interview", page)
    begun = post(client, f"{address}/interview", page)  # the way it was opened last is what counts
    sent = {"know": "1", "overall": "1", "client_id": "d" * 32}
    assert "已提交" in client.post(begun, data=sent, headers=HTML).text
    with database.reading.begin() as session:
        assert session.scalars(select(Capture.mode)).one() is Mode.TELEPHONE
        case = session.get_one(Case, (world.survey_id, world.case_ids[0]))
        assert (case.disposition, case.outcome_mode) == (Disposition.COMPLETE, OutcomeMode.TELEPHONE)
    assert listed(get(client, f"{here}?show=done")) == [world.case_numbers[0]]


def test_a_wave_that_takes_no_answers_by_telephone_begins_no_interview(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    ready(client, database, world)
    page = get(client, f"{here}/{world.case_ids[0]}")
    with database.writing.begin() as session:
        session.execute(update(Wave).values(modes=[Mode.FACE_TO_FACE.value]))
    sent = {"csrf": csrf(page)}
    assert client.post(f"{here}/{world.case_ids[0]}/interview", data=sent, headers=HTML).status_code == 409
    assert "开始访问" not in get(client, f"{here}/{world.case_ids[0]}")


def test_the_adults_are_written_down_on_the_page_of_the_call(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    with database.writing.begin() as session:
        for case in session.scalars(select(Case)):
            case.stages = [stage for stage in case.stages if stage["unit"] != ADULT_STAGE]
    ready(client, database, world)
    address = f"{here}/{world.case_ids[0]}"
    page = get(client, address)
    at = f"/visits/{world.survey_key}/{world.wave_key}/{world.case_ids[0]}/roll"
    assert f'action="{at}"' in page
    sent = {"desk": "calls", "roll": re.findall(r'name="roll" value="([^"]+)"', page)[0]}
    refused = client.post(at, data={"csrf": csrf(page), **sent, "adults": "0"}, headers=HTML)
    assert (refused.status_code, "看号码" in refused.text) == (422, True)  # on this page, not on that of the door
    assert post(client, at, page, **sent, adults="2") == f"{address}?roll=written"
    assert "家里有 2 位成年人" in get(client, address)
    not_mine = f"/visits/{world.survey_key}/{world.wave_key}/{world.case_ids[5]}/roll"
    assert client.post(not_mine, data={"csrf": csrf(page), **sent, "adults": "2"}, headers=HTML).status_code == 404
