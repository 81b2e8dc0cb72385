"""The adults of a household at its door: written once, chosen by rule, undone with a record; appointments moved."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from analysis.sampling.household import KishTable, kish_select, kish_table_of_lot
from survey_service import audit
from survey_service.audit.chain import SERVICE
from survey_service.captures.erasure import erase_response
from survey_service.database import Database
from survey_service.fieldwork import rolls
from survey_service.fieldwork.rolls import Listed, NewRoll, RollGone, RollThere, Sex, WrongRoll, kish_table_of
from survey_service.fieldwork.visits import Told
from survey_service.models import (
    ADULT_STAGE,
    Case,
    Disposition,
    Ground,
    Kin,
    Mode,
    Response,
    Roll,
    SelectionWithin,
    Visit,
    VisitSource,
    Wave,
)
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.service.conftest import TestClock
from tests.service.signed_in import HTML, csrf, get, sign_in
from tests.service.test_door_pages import account, listed, outcome
from tests.service.test_estimates import answer
from tests.service.world import NOW, World

pytestmark = pytest.mark.both_databases


@pytest.fixture
def here(client: TestClient, database: Database, world: World) -> str:
    """A wave whose list did not count the adults."""
    with database.writing.begin() as session:
        session.execute(update(Wave).values(modes=[Mode.FACE_TO_FACE.value]))
        for case in session.scalars(select(Case)):
            case.stages = [stage for stage in case.stages if stage["unit"] != ADULT_STAGE]
    sign_in(client, "interviewer")
    return f"/visits/{world.survey_key}/{world.wave_key}"


def by_table(database: Database) -> None:
    with database.writing.begin() as session:
        session.execute(update(Wave).values(selection_within=SelectionWithin.KISH))


def kept(database: Database, world: World, place: int = 0) -> list[Roll]:
    with database.reading.begin() as session:
        found = session.scalars(select(Roll).where(Roll.case_id == world.case_ids[place]).order_by(Roll.id)).all()
        session.expunge_all()
        return list(found)


def form_id(page: str) -> str:
    return re.findall(r'name="roll" value="([^"]+)"', page)[0]


def test_how_many_adults_is_one_tap_and_says_whom_to_ask(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    address = f"{here}/{world.case_ids[0]}"
    page = get(client, address)
    assert "家里 18 岁以上的有几位？" in page
    sent = {"csrf": csrf(page), "roll": form_id(page), "adults": "3"}
    for _ in range(2):  # a double tap
        assert (
            client.post(f"{address}/roll", data=sent, follow_redirects=False).headers["location"]
            == f"{address}?roll=written"
        )
    told = get(client, f"{address}?roll=written")
    assert "家里有 3 位成年人。比如 9月4日生日的比 9月12日的先，8月30日的最后。" in told
    assert "✓ 已记 3 位成年人，9月18日" in told
    (roll,) = kept(database, world)
    assert (roll.adults, roll.rule, roll.by_account_id) == (
        3,
        SelectionWithin.NEXT_BIRTHDAY,
        account(database, "interviewer"),
    )


def test_the_adults_are_corrected_in_one_place_and_the_first_roll_stays_to_be_seen(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    address = f"{here}/{world.case_ids[0]}"
    page = get(client, address)
    client.post(f"{address}/roll", data={"csrf": csrf(page), "roll": form_id(page), "adults": "2"})
    page = get(client, address)
    again = {"csrf": csrf(page), "roll": form_id(page), "adults": "2"}
    refused = client.post(f"{address}/roll", data=again, headers=HTML)  # a second phone that saw no roll yet
    assert (refused.status_code, "已经记过了" in refused.text) == (409, True)
    instead = re.findall(r'name="instead" value="([^"]+)"', page)[0]
    client.post(f"{address}/roll", data={**again, "adults": "3", "instead": instead})
    first, second = kept(database, world)
    assert (first.adults, first.withdrawn_by is not None) == (2, True)
    assert (second.adults, second.withdrawn_by) == (3, None)
    today = get(client, f"{here}?show=noted")
    assert "今天记的 1" in today
    assert "这户的大人数：3 位" in today
    assert f'href="{address}?adults=change#who">改</a>' in today
    assert '<details class="more mend">' in get(client, address)
    assert '<details class="more mend" open>' in get(client, f"{address}?adults=change")
    sign_in(client, "manager")
    office = get(client, f"/surveys/{world.survey_key}/waves/{world.wave_key}/field/cases/{world.case_ids[0]}")
    assert "<s>2</s>" in office
    assert "<b>3</b>" in office
    sign_in(client, "interviewer")
    token = csrf(get(client, address))
    client.post(f"{address}/roll/take-back", data={"csrf": token})
    told = get(client, f"{address}?roll=back")
    assert "家里 18 岁以上的有几位？" in told
    assert "撤回了，这一户的成年人还没有记" in told
    assert client.post(f"{address}/roll/take-back", data={"csrf": token}, headers=HTML).status_code == 409


@pytest.mark.parametrize("adults", ["0", "21", "", "three", "-1"])
def test_what_is_no_household_is_refused_in_words(client: TestClient, here: str, world: World, adults: str) -> None:
    address = f"{here}/{world.case_ids[0]}"
    page = get(client, address)
    refused = client.post(
        f"{address}/roll", data={"csrf": csrf(page), "roll": form_id(page), "adults": adults}, headers=HTML
    )
    assert (refused.status_code, "1 到 20 位" in refused.text) == (422, True)


def test_a_table_needs_every_adult_and_chooses_the_same_one_again(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    by_table(database)
    address = f"{here}/{world.case_ids[0]}"
    page = get(client, address)
    row = {"csrf": csrf(page), "roll": form_id(page), "sex-1": "female", "kin-1": "head"}
    more = client.post(f"{address}/roll", data={**row, "more": "yes"}, headers=HTML).text
    assert "第 2 位" in more
    assert re.search(r'name="sex-1" value="female" checked', more)  # nothing typed is lost
    whole = {**row, "sex-2": "male", "kin-2": "spouse", "kin-3": "other"}
    assert client.post(f"{address}/roll", data=whole, headers=HTML).status_code == 422  # the third has no sex
    client.post(f"{address}/roll", data={**whole, "sex-3": "female"})
    (roll,) = kept(database, world)
    assert [one["sex"] for one in roll.listed] == ["male", "female", "female"]  # men first, each from the oldest
    with database.reading.begin() as session:
        table = kish_table_of(session.get_one(Case, (world.survey_id, world.case_ids[0])))
    assert (roll.kish_table, roll.chosen) == (table, kish_select(KishTable(table), 3))
    page = get(client, address)
    assert "← 请这一位答" in page
    assert page.count("checked><span>") == 3  # what stands there is what a change begins with


@pytest.mark.parametrize(
    ("button", "sexes", "kin"),
    [
        ({"more": "yes"}, ["male", "female", "female", ""], ["head", "spouse", "child", "other"]),
        ({"up": "3"}, ["male", "female", "female"], ["head", "child", "spouse"]),
        ({"up": "1"}, None, None),  # the oldest: nowhere to go, so that the rows are written down
        ({"drop": "1"}, ["female", "female"], ["spouse", "child"]),
        ({"drop": "9"}, None, None),
    ],
)
def test_rows_are_added_moved_and_left_out_and_nothing_typed_is_lost(
    client: TestClient,
    here: str,
    database: Database,
    world: World,
    button: dict[str, str],
    sexes: list[str] | None,
    kin: list[str] | None,
) -> None:
    by_table(database)
    address = f"{here}/{world.case_ids[0]}"
    page = get(client, address)
    rows = {"sex-1": "male", "kin-1": "head", "sex-2": "female", "kin-2": "spouse", "sex-3": "female", "kin-3": "child"}
    sent = {"csrf": csrf(page), "roll": form_id(page), **rows, **button}
    shown = client.post(f"{address}/roll", data=sent, headers=HTML, follow_redirects=False)
    if sexes is None:
        assert shown.status_code == 303
        return
    for place, sex in enumerate(sexes, 1):
        ticked = re.findall(rf'name="sex-{place}" value="(\w+)" checked', shown.text)
        assert ticked == ([sex] if sex else [])
    assert re.findall(r'<option value="(\w+)" selected', shown.text) == kin
    assert not kept(database, world)


def test_a_table_of_the_lot_is_drawn_in_its_twelfths() -> None:
    drawn = [kish_table_of_lot(lot) for lot in range(12)]
    assert {table: drawn.count(table) for table in KishTable} == {
        KishTable.A: 2,
        KishTable.B1: 1,
        KishTable.B2: 1,
        KishTable.C: 2,
        KishTable.D: 2,
        KishTable.E1: 1,
        KishTable.E2: 1,
        KishTable.F: 2,
    }


@given(st.lists(st.sampled_from(Sex), min_size=1, max_size=6))
def test_every_adult_of_a_household_has_a_chance_over_the_lots(sexes: list[Sex]) -> None:
    chosen = {kish_select(kish_table_of_lot(lot), len(sexes)) for lot in range(12)}
    assert chosen == set(range(1, len(sexes) + 1))


def test_nobody_at_home_is_known_to_be_eligible_once_an_adult_is_told(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    address = f"{here}/{world.case_ids[0]}"
    page = get(client, address)
    visit = re.findall(r'name="visit" value="([^"]+)"', page)[0]
    client.post(address, data={"csrf": csrf(page), "visit": visit, "code": "2.24"})
    assert outcome(database, world, 0) == ("3.20", Disposition.UNKNOWN)
    with database.reading.begin() as session:
        before = audit.rows_key(session, world.survey_id, world.wave_id)
    client.post(f"{address}/roll", data={"csrf": csrf(page), "roll": form_id(page), "adults": "2"})
    assert outcome(database, world, 0) == ("2.24", Disposition.NONCONTACT)
    with database.reading.begin() as session:
        assert audit.rows_key(session, world.survey_id, world.wave_id) != before
    client.post(f"{address}/roll/take-back", data={"csrf": csrf(page)})
    assert outcome(database, world, 0) == ("3.20", Disposition.UNKNOWN)


def _write(session: Session, world: World, new: NewRoll, place: int = 0) -> None:
    wave = session.get_one(Wave, (world.survey_id, world.wave_id))
    case = session.get_one(Case, (world.survey_id, world.case_ids[place]))
    rolls.write(session, wave, case, new, Told(VisitSource.PROGRAM, NOW, SERVICE))


def test_two_rolls_of_a_household_are_refused_by_the_database(database: Database, world: World) -> None:
    with database.writing.begin() as session:
        _write(session, world, NewRoll(adults=2))
    with pytest.raises(RollThere), database.writing.begin() as session:
        _write(session, world, NewRoll(adults=3))
    with pytest.raises(WrongRoll), database.writing.begin() as session:
        _write(session, world, NewRoll(adults=0), place=1)
    with database.reading.begin() as session:
        other = session.get_one(Case, (world.survey_id, world.case_ids[1]))
        session.expunge_all()
    with pytest.raises(RollGone), database.writing.begin() as session:
        rolls.take_back(session, other, at=NOW, by=SERVICE)


def test_who_lives_there_goes_with_an_erased_answer(database: Database, world: World, settings: Settings) -> None:
    by_table(database)
    keys = KeyRing(settings.secret_key.get_secret_value())
    with database.writing.begin() as session:
        _write(session, world, NewRoll(adults=1, people=[Listed(sex=Sex.FEMALE, kin=Kin.HEAD)]))
        answer(session, world, keys, case=0, mode=Mode.WEB_INVITED, answers={"know": "1", "overall": "1"})
    with database.writing.begin() as session:
        response = session.scalars(select(Response.id).where(Response.case_id == world.case_ids[0])).one()
        assert erase_response(session, world.survey_id, response, ground=Ground.REQUEST, at=NOW, by=SERVICE)
    (roll,) = kept(database, world)
    assert (roll.adults, roll.listed) == (1, [])


def _agreed(client: TestClient, address: str, day: str, clock: str) -> str:
    page = get(client, address)
    visit = re.findall(r'name="visit" value="([^"]+)"', page)[0]
    sent = {"csrf": csrf(page), "visit": visit, "code": "2.25", "agreed": "yes", "day": day, "clock": clock}
    client.post(address, data=sent)
    return visit


def test_an_appointment_is_moved_without_another_visit(
    client: TestClient, here: str, database: Database, world: World, clock: TestClock
) -> None:
    address = f"{here}/{world.case_ids[0]}"
    first = _agreed(client, address, "2026-09-18", "10:30")
    page = get(client, address)
    visit = re.findall(r'name="visit" value="([^"]+)"', page)[0]
    sent = {"csrf": csrf(page), "visit": visit, "day": "2026-09-17", "clock": "09:00"}
    refused = client.post(f"{address}/appointment", data=sent, headers=HTML)
    assert (refused.status_code, 'value="09:00"' in refused.text) == (422, True)  # past; what was typed stays
    clock.at = NOW + timedelta(minutes=1)
    for _ in range(2):
        led = client.post(f"{address}/appointment", data={**sent, "day": "2026-09-19", "clock": "19:00"}).headers
    told = get(client, led["location"])
    assert "约好 9月19日（明天，周六）19:00 再来" in told
    assert "原来记的：约好 9月18日（今天，周五）10:30 再来" in told
    assert "take-back" not in told  # taken back, the appointment would be gone with the change
    assert f'href="{address}?change={visit}#change">改</a>' in told
    assert "原来记的：约好 9月18日（今天，周五）10:30 再来，9月18日 10:01 改的" in get(client, address)
    page = get(client, here)
    assert "约好 9月19日（明天，周六）19:00 再来" in page
    with database.reading.begin() as session:
        visits = session.scalars(select(Visit).order_by(Visit.noted_at, Visit.id)).all()
        standing = [one for one in visits if one.withdrawn_at is None]
        assert [one.id for one in visits if one.withdrawn_at] == [UUID(first)]
        assert [(one.id, one.at, one.code) for one in standing] == [(UUID(visit), visits[0].at, "2.25")]


def test_overdue_are_past_appointments_and_those_left_for_a_week(
    client: TestClient, here: str, world: World, clock: TestClock
) -> None:
    _agreed(client, f"{here}/{world.case_ids[3]}", "2026-09-18", "10:20")
    page = get(client, f"{here}/{world.case_ids[5]}")
    visit = re.findall(r'name="visit" value="([^"]+)"', page)[0]
    client.post(f"{here}/{world.case_ids[5]}", data={"csrf": csrf(page), "visit": visit, "code": "2.24"})
    assert listed(get(client, f"{here}?show=overdue")) == []
    clock.at = NOW + timedelta(minutes=50)
    assert listed(get(client, f"{here}?show=overdue")) == [world.case_numbers[3]]
    assert "约在今天 10:20，时间过了" in get(client, here)
    clock.at = NOW + timedelta(days=8)
    sign_in(client, "interviewer")
    assert listed(get(client, f"{here}?show=overdue")) == [world.case_numbers[3], world.case_numbers[5]]


def test_the_next_household_lies_beyond_the_last_in_walking_order(client: TestClient, here: str, world: World) -> None:
    page = get(client, f"{here}/{world.case_ids[4]}")
    visit = re.findall(r'name="visit" value="([^"]+)"', page)[0]
    led = client.post(
        f"{here}/{world.case_ids[4]}",
        data={"csrf": csrf(page), "visit": visit, "code": "2.111"},
        follow_redirects=False,
    ).headers["location"]
    assert f"下一户：{world.case_numbers[5]}" in get(client, led)


def test_a_refusal_names_the_adult_of_the_roll_by_place(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    by_table(database)
    address = f"{here}/{world.case_ids[0]}"
    people = [Listed(sex=Sex.MALE, kin=Kin.HEAD), Listed(sex=Sex.FEMALE, kin=Kin.SPOUSE)]
    with database.writing.begin() as session:
        _write(session, world, NewRoll(adults=2, people=people))
    (roll,) = kept(database, world)
    assert roll.chosen
    other = 3 - roll.chosen
    who = {1: "第 1 位，男，户主", 2: "第 2 位，女，配偶"}
    page = get(client, address)
    assert f"住户拒访：{who[other]}</button>" in page
    assert "住户拒访：不知道是哪一位</button>" in page
    assert f"被选中的人拒访：{who[roll.chosen]}</button>" in page
    assert f"{who[roll.chosen]}（被选中的人）</option>" in page  # asked where a time is agreed on
    visit = re.findall(r'name="visit" value="([^"]+)"', page)[0]
    sent = {"csrf": csrf(page), "visit": visit, "code": "2.111"}
    for wrong in (f"{roll.id}:3", f"{roll.id}:0", f"{UUID(int=7)}:1", "1", f"{roll.id}:two"):
        assert client.post(address, data={**sent, "met": wrong}, headers=HTML).status_code == 422
    elsewhere = f"{here}/{world.case_ids[1]}"  # the roll of another household
    assert client.post(elsewhere, data={**sent, "met": f"{roll.id}:1"}, headers=HTML).status_code == 422
    client.post(address, data={**sent, "met": f"{roll.id}:{other}"})
    with database.reading.begin() as session:
        (noted,) = session.scalars(select(Visit)).all()
        assert (noted.roll_id, noted.met) == (roll.id, other)
    assert f"住户拒访 · {who[other]}" in get(client, address)
    assert f"住户拒访（第 {other} 位）" in get(client, f"{here}?noted={visit}")
    client.post(f"{address}/roll/take-back", data={"csrf": csrf(page)})
    assert f"住户拒访 · {who[other]}" in get(client, address)  # the roll as it stood then


def test_who_met_stays_with_an_appointment_that_is_moved(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    by_table(database)
    address = f"{here}/{world.case_ids[0]}"
    with database.writing.begin() as session:
        _write(session, world, NewRoll(adults=1, people=[Listed(sex=Sex.FEMALE, kin=Kin.HEAD)]))
    page = get(client, address)
    assert "住户拒访</button>" in page  # nobody else lives there
    whom = re.findall(r'<option value="([^"]+:1)"', page)[0]
    sent = {"csrf": csrf(page), "code": "2.25", "agreed": "yes", "met": whom, "clock": "19:00"}
    visit = re.findall(r'name="visit" value="([^"]+)"', page)[0]
    client.post(address, data={**sent, "visit": visit, "day": "2026-09-18"})
    page = get(client, address)
    again = re.findall(r'name="visit" value="([^"]+)"', page)[0]
    client.post(f"{address}/appointment", data={**sent, "visit": again, "day": "2026-09-19"})
    with database.reading.begin() as session:
        assert session.get_one(Visit, (world.survey_id, UUID(again))).met == 1
