"""The field on pages: outcomes counted, cases found, visits noted and taken back, a file brought in."""

from __future__ import annotations

import re
from io import BytesIO
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlalchemy import select, update

from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Case, Disposition, Mode, Visit, Wave, WaveState
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.service.outcomes import told_outcomes
from tests.service.signed_in import HTML, csrf, get, sign_in
from tests.service.test_estimates import answer
from tests.service.world import NOW, World

pytestmark = pytest.mark.both_databases


@pytest.fixture
def keys(settings: Settings) -> KeyRing:
    return KeyRing(settings.secret_key.get_secret_value())


@pytest.fixture
def here(client: TestClient, world: World) -> str:
    sign_in(client, "manager")
    return f"/surveys/{world.survey_key}/waves/{world.wave_key}/field"


def outcome(database: Database, world: World, place: int) -> tuple[str | None, Disposition]:
    with database.reading.begin() as session:
        case = session.get_one(Case, (world.survey_id, world.case_ids[place]))
        return case.outcome_code, case.disposition


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_no_rate_is_told_before_anything_is_known_of_those_who_did_not_answer(
    client: TestClient, here: str, database: Database, world: World, keys: KeyRing
) -> None:
    with database.writing.begin() as session:
        answer(session, world, keys, case=1, mode=Mode.PAPER, answers={"know": "1", "overall": "1"})
    page = get(client, here)
    assert "算不出应答率" in page
    assert "%" not in plain(page)


def test_rates_by_hand(client: TestClient, here: str, database: Database, world: World, keys: KeyRing) -> None:
    """First community, 6 cases: 2 complete, 1 refused, 1 not reached, 1 vacant, 1 with a letter and no word.

    e = 4/5; RR3 = 2 / (4 + .8) = 41.7 %; RR1 = 2/5; COOP1 = 2/3; REF2 = 1/4.8 = 20.8 %; CON2 = 3/4.8 = 62.5 %.
    """
    with database.writing.begin() as session:
        answer(session, world, keys, case=0, mode=Mode.WEB_INVITED, answers={"know": "1", "overall": "1"})
        answer(session, world, keys, case=1, mode=Mode.PAPER, answers={"know": "1", "overall": "1"})
        outcomes = dict(
            zip(
                world.case_ids[2:5],
                (Disposition.REFUSAL, Disposition.NONCONTACT, Disposition.NOT_ELIGIBLE),
                strict=True,
            )
        )
        told_outcomes(session, world.survey_id, outcomes, at=NOW, by=SERVICE)
    page = plain(get(client, here))
    assert re.search(r"万寿桥社区 抽中 6 完成 2 拒访 1 未接触 1 其他 0 不明 1 没联系过 0 不合格 1 应答率 41\.7%", page)
    assert re.search(r"合作率 66\.7% 拒访率 20\.8% 接触率 62\.5%", page)
    # Of the other community nothing was noted: no rate stands in its line.
    assert re.search(r"文昌阁社区 抽中 6 .* 应答率 – 合作率 – 拒访率 – 接触率 – 合计", page)
    assert "4.60 空户 1" in page
    assert "3.19 一直没有回音" in page


def test_cases_are_found_by_number_outcome_and_days_without_a_visit(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    with database.writing.begin() as session:
        told_outcomes(session, world.survey_id, {world.case_ids[2]: Disposition.REFUSAL}, at=NOW, by=SERVICE)

    def found(query: str) -> list[str]:
        return re.findall(r'field/cases/[0-9a-f-]{36}">([^<]+)<', get(client, f"{here}/cases?{query}"))

    numbers = world.case_numbers
    assert found("") == numbers
    assert found("q=0002-00") == numbers[6:]
    assert found("outcome=refusal") == [numbers[2]]
    assert found("quiet=never") == numbers[:2] + numbers[3:]
    assert found("quiet=3") == numbers[:2] + numbers[3:]  # visited today
    assert found("area=110101000001&mode=paper") == [numbers[1], numbers[3], numbers[5]]
    assert found("q=%25") == []
    assert "没有这样的。" in get(client, f"{here}/cases?q=%25")


def test_a_visit_is_noted_and_taken_back_on_the_page_of_its_case(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    address = f"{here}/cases/{world.case_ids[0]}"
    token = csrf(get(client, address))
    sent = {"outcome": "in_person:2.111", "day": "2026-09-17", "clock": "18:30", "csrf": token}
    assert client.post(address, data=sent, follow_redirects=False).status_code == 303
    page = get(client, address)
    assert "住户拒访" in page
    assert "有过拒访或中断" in page
    assert outcome(database, world, 0) == ("2.111", Disposition.REFUSAL)
    with database.reading.begin() as session:
        visit = session.scalars(select(Visit)).one()
        assert visit.at.isoformat() == "2026-09-17T10:30:00+00:00"
        assert visit.by_name == "测试manager"
        visit_id = visit.id
    back = f"{here}/visits/{visit_id}/take-back"
    assert client.post(back, data={"csrf": token}, follow_redirects=False).headers["location"] == address
    assert "测试manager" in get(client, address)
    assert outcome(database, world, 0) == ("3.19", Disposition.UNKNOWN)
    assert client.post(back, data={"csrf": token}, headers=HTML).status_code == 409


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"outcome": ""}, "没有选结果"),
        ({"outcome": "in_person:1.1"}, "没有选结果"),
        ({"outcome": "web:4.60"}, "没有选结果"),
        ({"day": "2026-09-19"}, "在现在之后"),
        ({"day": "昨天"}, "写得不对"),
        ({"clock": "25:00"}, "写得不对"),
    ],
)
def test_what_cannot_be_noted_is_told_and_what_was_typed_stays(
    client: TestClient, here: str, world: World, changed: dict[str, str], told: str
) -> None:
    address = f"{here}/cases/{world.case_ids[0]}"
    sent = {"outcome": "mail:2.113", "day": "2026-09-16", "clock": "09:15", "csrf": csrf(get(client, address))}
    answered = client.post(address, data=sent | changed, headers=HTML)
    assert (answered.status_code, told in answered.text) == (422, True)
    if "outcome" not in changed:
        assert 'value="mail:2.113" selected' in answered.text


def test_many_are_noted_at_once(client: TestClient, here: str, database: Database, world: World) -> None:
    token = csrf(get(client, f"{here}/cases"))
    ticked = [str(one) for one in world.case_ids[3:6]]
    sent = {"csrf": token, "outcome": "in_person:4.60", "day": "2026-09-18", "case": ticked}
    led = client.post(f"{here}/cases?area=110101000001", data=sent, follow_redirects=False)
    assert led.headers["location"].endswith("field/cases?area=110101000001&noted=3")
    assert "已登记 3 户" in get(client, led.headers["location"])
    assert {outcome(database, world, place)[0] for place in (3, 4, 5)} == {"4.60"}
    none = client.post(f"{here}/cases", data={**sent, "case": []}, headers=HTML)
    assert (none.status_code, "一个也没有选" in none.text) == (422, True)


def test_nothing_is_noted_once_the_review_has_begun(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    address = f"{here}/cases/{world.case_ids[0]}"
    token = csrf(get(client, address))
    with database.writing.begin() as session:
        session.execute(update(Wave).values(state=WaveState.UNDER_REVIEW))
    sent = {"outcome": "in_person:2.24", "day": "2026-09-17", "csrf": token}
    refused = client.post(address, data=sent, headers=HTML)
    assert (refused.status_code, "不能再记" in refused.text) == (409, True)
    assert "登记一次" not in get(client, address)


def test_a_file_of_visits_is_looked_at_and_stored_once(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    numbers = world.case_numbers
    rows = [
        "编号,结果码,日期,时间,方式",
        f"{numbers[0]},2.24,2026/9/16,18:05,",
        f"{numbers[0]},住户拒访,2026-09-17,,上门",
        f"{numbers[1].lower()},2.113,2026-09-17,,纸质",
    ]

    def bring(text: str, **more: str) -> str:
        sent = {"csrf": csrf(get(client, f"{here}/file")), **more}
        answered = client.post(f"{here}/file", data=sent, files={"file": ("结果.csv", text.encode())}, headers=HTML)
        return answered.text

    looked = bring("\n".join(rows))
    assert "2 个编号，3 次。" in looked
    packed = re.findall(r'name="packed" value="([^"]+)"', looked)
    seen = re.findall(r'name="seen" value="([^"]+)"', looked)
    again = {"csrf": csrf(looked), "packed": packed, "seen": seen, "name": "结果.csv"}
    for _ in range(2):
        assert client.post(f"{here}/file", data=again, follow_redirects=False).status_code == 303
    with database.reading.begin() as session:
        assert sorted(session.scalars(select(Visit.code))) == ["2.111", "2.113", "2.24"]
    assert outcome(database, world, 0)[0] == "2.111"
    assert outcome(database, world, 1) == ("2.113", Disposition.REFUSAL)
    wrong = bring(
        "编号,结果码,日期,方式\n9999,2.24,2026-09-17,\n"
        + f"{numbers[0]},1.1,2026-12-01,信鸽\n{numbers[0]},2.113,2026-09-17,"
    )
    for told in ("样本里没有编号“9999”", "“信鸽”不是一种方式", "在现在之后", "上门没有结果码“2.113”"):
        assert told in wrong
    table = client.get(f"{here}/file/present.csv").content.decode("utf-8-sig").splitlines()
    assert table[0] == "编号,结果码,日期,时间,结果的方式"
    assert f"{numbers[0]},2.111,2026-09-17,12:00,上门" in table


def test_the_list_as_excel(client: TestClient, here: str, database: Database, world: World) -> None:
    with database.writing.begin() as session:
        told_outcomes(session, world.survey_id, {world.case_ids[0]: Disposition.REFUSAL}, at=NOW, by=SERVICE)
    sheet = load_workbook(BytesIO(client.get(f"{here}/cases.xlsx?outcome=refusal").content)).active
    rows = [tuple(cell.value for cell in row) for row in sheet.iter_rows()]
    assert rows[1][:3] == (world.case_numbers[0], "万寿桥社区", "110101000001-01")
    assert (rows[1][4], rows[1][5], rows[1][11], len(rows)) == ("拒访", "2.11", 1, 2)
    assert rows[0][9:11] == ("约在", "晚了（天）")
    assert rows[1][9:11] == (None, None)


def test_a_case_of_elsewhere_is_not_there(client: TestClient, here: str) -> None:
    assert client.get(f"{here}/cases/{UUID(int=1)}", headers=HTML).status_code == 404
