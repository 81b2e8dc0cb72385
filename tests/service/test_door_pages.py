"""Whoever knocks: cases given out and seen on the phone, visits noted and taken back, interviews by a pass."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from analysis.outcome_codes import OutcomeMode
from questionnaires.text import Text
from survey_service.accounts import service as accounts
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.field import door_words
from survey_service.fieldwork import assignments
from survey_service.fieldwork.assignments import balanced
from survey_service.fieldwork.words import outcome_words
from survey_service.models import Account, Capture, Case, Disposition, ListedUnit, Mode, Role, Source, Visit, Wave
from tests.service.conftest import TestClock
from tests.service.signed_in import HTML, PASSWORD, csrf, get, sign_in
from tests.service.world import NOW, World

pytestmark = pytest.mark.both_databases


@pytest.fixture
def here(client: TestClient, database: Database, world: World) -> str:
    with database.writing.begin() as session:
        session.execute(update(Wave).values(modes=[Mode.FACE_TO_FACE.value, Mode.PAPER.value]))
    sign_in(client, "interviewer")
    return f"/visits/{world.survey_key}/{world.wave_key}"


def account(database: Database, user: str) -> UUID:
    with database.reading.begin() as session:
        return session.scalars(select(Account.id).where(Account.user == user)).one()


def give(database: Database, world: World, *places: int, to: str = "interviewer") -> None:
    cases = {world.case_ids[place]: account(database, to) for place in places}
    with database.writing.begin() as session:
        assignments.assign(session, world.survey_id, world.wave_id, cases, at=NOW, by=SERVICE)


def listed(page: str) -> list[str]:
    return re.findall(r"<b>(\d{4}-\d{3})", page)


def outcome(database: Database, world: World, place: int) -> tuple[str | None, Disposition]:
    with database.reading.begin() as session:
        case = session.get_one(Case, (world.survey_id, world.case_ids[place]))
        return case.outcome_code, case.disposition


def test_an_interviewer_lands_on_the_list_and_sees_all_until_somebody_is_given_cases(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    assert client.get("/visits", follow_redirects=False).headers["location"] == here
    assert listed(get(client, here)) == world.case_numbers
    give(database, world, 2, 7)
    assert listed(get(client, here)) == [world.case_numbers[2], world.case_numbers[7]]
    assert client.get(f"{here}/{world.case_ids[0]}", headers=HTML).status_code == 404


def test_a_visit_is_noted_by_one_tap_and_a_double_tap_is_one(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    address = f"{here}/{world.case_ids[0]}"
    page = get(client, address)
    visit = re.findall(r'name="visit" value="([^"]+)"', page)[0]
    sent = {"csrf": csrf(page), "visit": visit, "code": "2.111"}
    for _ in range(2):
        led = client.post(address, data=sent, follow_redirects=False).headers["location"]
    assert led == f"{here}?noted={visit}"
    told = get(client, led)
    assert f"已记 {world.case_numbers[0]}：住户拒访" in told
    assert "✕ 住户拒访" in get(client, f"{here}?show=all")
    with database.reading.begin() as session:
        assert len(session.scalars(select(Visit.id)).all()) == 1
    assert outcome(database, world, 0) == ("2.111", Disposition.REFUSAL)
    client.post(f"{here}/{visit}/take-back", data={"csrf": csrf(told)})
    assert outcome(database, world, 0)[1] is Disposition.UNKNOWN


def test_an_appointment_is_shown_and_must_lie_ahead_and_within_the_wave(
    client: TestClient, here: str, database: Database, world: World, clock: TestClock
) -> None:
    address = f"{here}/{world.case_ids[0]}"
    page = get(client, address)
    sent = {
        "csrf": csrf(page),
        "code": "2.25",
        "agreed": "yes",
        "visit": re.findall(r'name="visit" value="([^"]+)"', page)[0],
    }
    for day, time in (("2026-09-18", "09:00"), ("2026-10-01", "09:00"), ("", "")):
        refused = client.post(address, data={**sent, "day": day, "clock": time}, headers=HTML)
        assert (refused.status_code, "约的时间要在现在以后" in refused.text) == (422, True)
    agreed = client.post(address, data={**sent, "day": "2026-09-18", "clock": "10:30"}, follow_redirects=False)
    told = get(client, agreed.headers["location"])
    assert f"已记 {world.case_numbers[0]}：约好 9月18日（今天，周五）10:30 再来" in told
    page = get(client, f"{here}?show=agreed")
    assert listed(page) == [world.case_numbers[0]]
    assert "约好 9月18日（今天，周五）10:30 再来" in page
    assert "→ 约好" in page  # what is in time is no error
    page = get(client, here)
    assert f"下一户：{world.case_numbers[0]}" in page
    assert "约在 10:30（还有 30 分钟）" in page
    assert "今天约好 1 户，最早 10:30" in page
    assert "Agreed for 10:30 (in 30 minutes)" in get(client, f"{here}?lang=en")
    client.cookies.delete("language")
    clock.at = NOW + timedelta(minutes=59, seconds=59)  # within the grace it can still be kept
    sign_in(client, "interviewer")
    page = get(client, here)
    assert "约在 10:30（时间到了）" in page
    assert "该去没去 0" in page
    clock.at = NOW + timedelta(minutes=60)
    page = get(client, here)
    assert "约在今天 10:30，时间过了" in page
    assert "该去没去 1" in page
    assert "今天约好" not in page


def test_an_appointment_beyond_the_lead_leads_nobody_yet(client: TestClient, here: str, world: World) -> None:
    _note(client, f"{here}/{world.case_ids[3]}", "2.25", agreed="yes", day="2026-09-18", clock="11:01")
    page = get(client, here)
    assert "约在 11:01" not in page
    assert "今天约好 1 户，最早 11:01" in page
    _note(client, f"{here}/{world.case_ids[5]}", "2.25", agreed="yes", day="2026-09-18", clock="11:00")
    assert f"下一户：{world.case_numbers[5]}" in get(client, here)


def test_the_list_is_of_those_that_wait(client: TestClient, here: str, world: World) -> None:
    _note(client, f"{here}/{world.case_ids[0]}", "2.111")
    page = get(client, here)
    assert world.case_numbers[0] not in listed(page)
    assert "<h1>11 户还要去" in page
    assert "，共 12 户" in page
    assert "第 1 户" in get(client, f"{here}/{world.case_ids[0]}")


@pytest.mark.parametrize("unit", list(ListedUnit))
def test_nobody_at_home_is_told_with_its_group_at_the_door_and_in_the_office(unit: ListedUnit) -> None:
    for code in ("2.24", "3.10", "2.23", "3.17", "3.18"):
        door = door_words.as_tapped(door_words.BUTTONS, OutcomeMode.IN_PERSON, unit)(code, OutcomeMode.IN_PERSON)
        office = outcome_words(code, OutcomeMode.IN_PERSON, unit)
        assert (door.zh, door.en.lower()) == (office.zh, office.en.lower())
    home = door_words.as_tapped(door_words.BUTTONS, OutcomeMode.IN_PERSON)("2.24", OutcomeMode.IN_PERSON)
    assert home == Text("没人在家（看得出有人住）", "Nobody at home (somebody lives here)")


def test_what_is_no_button_is_refused(client: TestClient, here: str, world: World) -> None:
    address = f"{here}/{world.case_ids[0]}"
    page = get(client, address)
    sent = {"csrf": csrf(page), "visit": re.findall(r'name="visit" value="([^"]+)"', page)[0]}
    for code in ("1.1", "4.80", ""):
        assert client.post(address, data={**sent, "code": code}, headers=HTML).status_code == 422


def test_an_interview_opens_by_a_pass_and_counts_as_door_to_door(
    client: TestClient, here: str, database: Database, world: World, clock: TestClock
) -> None:
    address = f"{here}/{world.case_ids[0]}"
    token = csrf(get(client, address))
    begun = client.post(f"{address}/interview", data={"csrf": token}, follow_redirects=False).headers["location"]
    again = client.post(f"{address}/interview", data={"csrf": token}, follow_redirects=False).headers["location"]
    assert begun == again  # the phone finds the answers that it kept
    assert world.case_numbers[1] not in get(client, begun)
    clock.at = NOW + timedelta(hours=13)
    assert "过了时限" in client.get(begun, headers=HTML).text
    clock.at = NOW
    sent = {"know": "1", "overall": "1", "client_id": "d" * 32}
    done = client.post(begun, data=sent, headers=HTML).text
    assert "已提交" in done
    assert 'href="/visits">调查员：回到名单' in done
    with database.reading.begin() as session:
        capture = session.scalars(select(Capture)).one()
        assert (capture.mode, capture.source, capture.case_id) == (
            Mode.FACE_TO_FACE,
            Source.DEVICE,
            world.case_ids[0],
        )
        assert capture.by_account_id == account(database, "interviewer")
    assert outcome(database, world, 0) == ("1.1", Disposition.COMPLETE)
    assert "✓ 有答卷" in get(client, here)
    # The letter's own code was not used up, and says that the household has answered.
    assert "已经" in client.get(f"/a/{world.case_codes[0]}", headers=HTML).text


def test_whoever_loses_a_case_loses_its_pass(client: TestClient, here: str, database: Database, world: World) -> None:
    address = f"{here}/{world.case_ids[0]}"
    give(database, world, 0)
    token = csrf(get(client, address))
    begun = client.post(f"{address}/interview", data={"csrf": token}, follow_redirects=False).headers["location"]
    give(database, world, 0, to="manager")
    assert client.get(begun, headers=HTML).status_code == 404
    assert client.get(address, headers=HTML).status_code == 404


def test_no_interview_in_a_wave_without_visits(client: TestClient, here: str, database: Database, world: World) -> None:
    with database.writing.begin() as session:
        session.execute(update(Wave).values(modes=[Mode.PAPER.value]))
    address = f"{here}/{world.case_ids[0]}"
    page = get(client, address)
    assert "开始访问" not in page
    assert client.post(f"{address}/interview", data={"csrf": csrf(page)}, headers=HTML).status_code == 409


def test_cases_are_given_out_by_grid_and_one_by_one(client: TestClient, database: Database, world: World) -> None:
    with database.writing.begin() as session:
        second = accounts.create_account(session, user="second", name="乙", password=PASSWORD, at=NOW, by=SERVICE)
        accounts.grant(session, account=second, role=Role.INTERVIEWER, area_id=world.street_id, at=NOW, by=SERVICE)
    sign_in(client, "manager")
    field = f"/surveys/{world.survey_key}/waves/{world.wave_key}/field"
    page = get(client, f"{field}/people")
    assert "还没有分给人的 12 户" in page
    both = [str(account(database, user)) for user in ("interviewer", "second")]
    sent = {"csrf": csrf(page), "who": both, "area": ["110101000001", "110101000002"]}
    led = client.post(f"{field}/people", data=sent, follow_redirects=False).headers["location"]
    assert "✓ 分出去 12 户" in get(client, led)
    with database.reading.begin() as session:
        held = assignments.holders(session, world.survey_id, world.case_ids)
        strata = dict(session.execute(select(Case.id, Case.stratum)).all())
    assert sorted(list(held.values()).count(UUID(one)) for one in both) == [6, 6]
    assert len({(strata[case], who) for case, who in held.items()}) == 4  # no grid is split
    to_one = {"csrf": csrf(page), "case": [str(one) for one in world.case_ids], "who": both[1]}
    client.post(f"{field}/assignments", data=to_one)
    found = re.findall(r"field/cases/[0-9a-f-]{36}", get(client, f"{field}/cases?who={both[1]}"))
    assert len(found) == 12
    client.post(f"{field}/assignments", data={**to_one, "who": "nobody"})
    assert "还没有分给人的 12 户" in get(client, f"{field}/people")
    stranger = client.post(f"{field}/assignments", data={**to_one, "who": str(UUID(int=1))}, headers=HTML)
    assert stranger.status_code == 422


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=12),
    st.integers(1, 4),
)
def test_sharing_out_splits_no_place_and_differs_by_one_place_at_most(sizes: list[int], people: int) -> None:
    places = {UUID(int=100 * place + one): f"g{place}" for place, size in enumerate(sizes) for one in range(size)}
    who = [UUID(int=10_000 + one) for one in range(people)]
    found = balanced(places, who, {})
    assert found.keys() == places.keys()
    assert len({(places[case], account) for case, account in found.items()}) == len(sizes)
    loads = [list(found.values()).count(one) for one in who]
    assert max(loads) - min(loads) <= max(sizes)


def test_many_households_are_shown_block_by_block(
    client: TestClient, here: str, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey_service.field.door_pages.ONE_PAGE", 5)
    page = get(client, here)
    assert not listed(page)
    blocks = re.findall(r'block=(110101\d{6}-\d\d)"', page)
    assert blocks == ["110101000001-01", "110101000001-02", "110101000002-01", "110101000002-02"]
    assert "3 户，都还要去" in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
    assert listed(get(client, f"{here}?block={blocks[1]}")) == world.case_numbers[3:6]


def _note(client: TestClient, address: str, code: str, **more: str) -> str:
    """The id of the visit."""
    page = get(client, address)
    visit = re.findall(r'name="visit" value="([^"]+)"', page)[0]
    client.post(address, data={"csrf": csrf(page), "visit": visit, "code": code, **more})
    return visit


def test_what_was_noted_today_is_one_tap_away_the_newest_first(
    client: TestClient, here: str, world: World, clock: TestClock
) -> None:
    assert "今天还没有记过" in get(client, f"{here}?show=noted")
    first = _note(client, f"{here}/{world.case_ids[4]}", "2.111")
    clock.at = NOW + timedelta(minutes=5)
    second = _note(client, f"{here}/{world.case_ids[2]}", "2.25", agreed="yes", day="2026-09-18", clock="19:00")
    receipt = get(client, f"{here}?noted={second}")
    assert f'href="{here}?show=noted">今天记的 2 次' in receipt
    assert "<title>已记" in receipt
    page = get(client, f"{here}?show=noted")
    assert listed(page) == [world.case_numbers[2], world.case_numbers[4]]
    assert page.index("约好 9月18日（今天，周五）19:00 再来") < page.index("住户拒访")
    assert re.findall(r'action="[^"]+/([^/]+)/take-back"', page) == [second, first]
    client.post(f"{here}/{second}/take-back", data={"csrf": csrf(page)})
    assert listed(get(client, f"{here}?show=noted")) == [world.case_numbers[4]]
    clock.at = NOW + timedelta(days=1)
    sign_in(client, "interviewer")
    assert "今天还没有记过" in get(client, f"{here}?show=noted")


def test_a_household_is_found_by_part_of_its_number(client: TestClient, here: str, world: World) -> None:
    number = world.case_numbers[7]
    page = get(client, f"{here}?q={number[-6:]}&show=done")
    assert number in listed(page)
    assert all(number[-6:] in one for one in listed(page))
    assert listed(get(client, f"{here}?q=%20{number}%20")) == [number]  # blanks and the width of letters do not count
    assert listed(get(client, f"{here}?q=nowhere")) == []
    assert client.get(f"{here}?q={'9' * 31}", headers=HTML).status_code == 422


def _instead(page: str) -> str:
    return re.findall(r'name="instead" value="([^"]+)"', page)[0]


def test_what_was_noted_is_changed_in_one_step_and_stands_until_then(
    client: TestClient, here: str, database: Database, world: World, clock: TestClock
) -> None:
    address = f"{here}/{world.case_ids[4]}"
    first = _note(client, address, "2.24")
    clock.at = NOW + timedelta(minutes=5)
    page = get(client, f"{here}?noted={first}")
    (led,) = set(re.findall(r'href="([^"]+)">改</a>', page))
    page = get(client, led.partition("#")[0])
    assert "现在记的：没人在家（看得出有人住）（" in page
    assert f"改 {world.case_numbers[4]} 这一次记的" in page
    assert page.count("（现在记的）") == 1
    assert page.count("<details open") == 1
    assert "开始访问" not in page  # nothing but the change
    assert _instead(page) == first
    assert outcome(database, world, 4)[0] == "2.24"
    second = re.findall(r'name="visit" value="([^"]+)"', page)[0]
    sent = {"csrf": csrf(page), "visit": second, "instead": first}
    assert client.post(address, data={**sent, "code": "9.9"}, headers=HTML).status_code == 422
    for _ in range(2):
        led = client.post(address, data={**sent, "code": "2.111"}, follow_redirects=False).headers["location"]
    assert led == f"{here}?noted={second}&was={first}"
    told = get(client, led)
    assert f"已改 {world.case_numbers[4]}：住户拒访" in told
    assert "原来记的：没人在家（看得出有人住）" in told
    assert "10:05" in told  # when it was changed
    assert outcome(database, world, 4) == ("2.111", Disposition.REFUSAL)
    with database.reading.begin() as session:
        old, new = (session.get_one(Visit, (world.survey_id, UUID(one))) for one in (first, second))
        assert (new.at, new.noted_at, old.withdrawn_at) == (old.at, clock.at, clock.at)
    page = get(client, address)
    assert "原来记的：没人在家（看得出有人住），9月18日 10:05 改的" in page
    third = {**sent, "visit": str(UUID(int=5)), "code": "2.36"}
    assert client.post(address, data=third, headers=HTML).status_code == 409  # it was changed before


def test_only_an_own_note_of_this_household_and_desk_is_changed(
    client: TestClient, here: str, world: World, database: Database
) -> None:
    visit = _note(client, f"{here}/{world.case_ids[4]}", "2.24")
    other = f"{here}/{world.case_ids[2]}"
    page = get(client, f"{other}?change={visit}")
    assert "这一次记的" not in page
    sent = {"csrf": csrf(page), "visit": str(UUID(int=6)), "code": "2.111"}
    assert client.post(other, data={**sent, "instead": visit}, headers=HTML).status_code == 404
    assert client.post(other, data={**sent, "instead": "none"}, headers=HTML).status_code == 422
    assert outcome(database, world, 4)[0] == "2.24"


def test_an_appointment_is_changed_by_its_time_form(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    address = f"{here}/{world.case_ids[0]}"
    first = _note(client, address, "2.25", agreed="yes", day="2026-09-18", clock="19:00")
    page = get(client, f"{address}?change={first}")
    form = page[page.index('id="change"') :]
    assert form.index('id="day-changed"') < form.index("没有约时间，是别的结果")
    second = re.findall(r'name="visit" value="([^"]+)"', page)[0]
    sent = {"csrf": csrf(page), "visit": second, "instead": first, "code": "2.25", "agreed": "yes", "clock": "20:15"}
    past = client.post(address, data={**sent, "day": "2026-09-17"}, headers=HTML)
    assert (past.status_code, 'value="2026-09-17"' in past.text, "这一次记的" in past.text) == (422, True, True)
    led = client.post(address, data={**sent, "day": "2026-09-19"}, follow_redirects=False).headers["location"]
    told = get(client, led)
    assert "约好 9月19日（明天，周六）20:15 再来" in told
    assert "原来记的：约好 9月18日（今天，周五）19:00 再来" in told
    assert "被选中的人不在或没空" not in get(client, address).split("上门记录")[1]  # nobody said that
    assert outcome(database, world, 0)[0] == "2.25"


def test_where_nothing_is_to_be_done_nothing_calls_for_it(client: TestClient, here: str, world: World) -> None:
    address = f"{here}/{world.case_ids[0]}"
    _note(client, address, "2.111")
    page = get(client, address)
    folded = page.index('<details class="again">')
    assert folded < page.index("开始访问") < page.index("上门记录")
    assert folded < page.index("这次上门怎么样")


def test_overdue_are_told_in_days_before_the_walking_order(
    client: TestClient, here: str, database: Database, world: World, clock: TestClock
) -> None:
    give(database, world, *range(6))
    page = get(client, here)
    assert f"下一户：{world.case_numbers[0]}" in page
    assert "按走的顺序，没去过的先去" in page
    _note(client, f"{here}/{world.case_ids[2]}", "2.24")
    page = get(client, here)
    assert f"下一户：{world.case_numbers[3]}" in page
    assert "按走的顺序，从刚去的地方往后" in page
    clock.at = NOW + timedelta(days=1)
    sign_in(client, "interviewer")
    assert f"下一户：{world.case_numbers[0]}" in get(client, here)  # a day begins at the beginning
    _note(client, f"{here}/{world.case_ids[0]}", "2.25", agreed="yes", day="2026-09-20", clock="19:00")
    clock.at = NOW + timedelta(days=9)
    sign_in(client, "interviewer")
    page = get(client, f"{here}?show=overdue")
    assert f"下一户：{world.case_numbers[0]}" in page  # since the agreed time, longer than the others
    assert "约好 9月20日（周日）19:00，过了 7 天" in page
    assert "分给您 9 天了（过了 7 天就该去，晚了 2 天）" in page
    assert "已经 9 天没去（过了 7 天就该去，晚了 2 天）" in page
