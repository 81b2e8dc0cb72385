"""A wave from draft to deletion: what it needs, what blocks it, what is refused, and who may."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from questionnaires.loader import available, load
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import AccessCode, AuditEntry, Case, Wave
from survey_service.surveys import definitions, drafts
from tests.service.signed_in import HTML, csrf, get, post, sign_in
from tests.service.test_planning_surveys import street_manager
from tests.service.world import NOW, World

HERE = "/surveys/satisfaction/waves"
Q4 = f"{HERE}/2026Q4"
HEADER = {
    "form_number": "创城调 01 表",
    "issuing_body": "示范市精神文明建设办公室",
    "approval_number": "示统备〔2026〕18 号",
    "valid_until": "2027-06-30",
}
WAVE: dict[str, Any] = {
    "name_zh": "2026年第四季度",
    "name_en": "Fourth quarter 2026",
    "key": "2026Q4",
    "opens_on": "2026-10-01",
    "closes_on": "2026-12-10",
    "modes": ["web_open"],
    "population_zh": "常住 18 岁及以上居民",
    "response_rate": "60",
    "selection_zh": "以网格为层等距抽取",
    "target-awareness": "95",
    "sense-awareness": "at_least",
}


def send(client: TestClient, address: str, data: dict[str, Any]) -> Response:
    return client.post(address, data={**data, "csrf": csrf(get(client, "/account"))}, headers=HTML)


@pytest.fixture
def version(world: World, database: Database) -> str:
    """The shipped questionnaire, whose header is blank, stored in the small city's survey."""
    with database.writing.begin() as session:
        questionnaire = load(available()["civilized_city"])
        return str(definitions.store(session, world.survey_id, questionnaire, at=NOW, by=SERVICE).id)


def stored(database: Database, world: World, key: str = "2026Q4") -> Wave:
    with database.reading.begin() as session:
        found = session.scalars(select(Wave).where(Wave.survey_id == world.survey_id, Wave.key == key)).one()
        session.expunge(found)
        return found


def actions(database: Database, world: World) -> list[str]:
    with database.reading.begin() as session:
        chain = str(world.survey_id)
        entries = session.scalars(select(AuditEntry).where(AuditEntry.chain == chain).order_by(AuditEntry.sequence))
        return [entry.action for entry in entries]


def assert_hashes_only(database: Database, world: World) -> None:
    """The log names the fields that changed, with keyed hashes: what was new once is what is old next."""
    with database.reading.begin() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "wave.changed").order_by(AuditEntry.sequence)
        ).all()
        first, second = (one.detail["fields"]["header"] for one in entries)
        assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in (*first, *second))
        assert first[1] == second[0] != second[1]
        assert "2026-01-31" not in str([one.detail for one in entries])


def test_a_wave_opens_only_when_the_header_is_complete_and_valid(
    client: TestClient, world: World, database: Database, version: str
) -> None:
    sign_in(client, "manager")
    assert send(client, HERE, {**WAVE, "version": version}).headers["location"] == Q4
    page = get(client, Q4)
    assert "还不能开始，先办好 4 件事" in page
    assert f'href="{Q4}/edit#form_number"' in page
    assert f'href="{Q4}/steps/open"' not in page
    assert post(client, f"{Q4}/steps/open").status_code == 409
    expired = {**WAVE, **HEADER, "version": version, "valid_until": "2026-01-31"}
    assert send(client, f"{Q4}/edit", expired).status_code == 303
    assert "“有效期至”已过" in get(client, Q4)
    assert send(client, f"{Q4}/edit", {**WAVE, **HEADER, "version": version}).status_code == 303
    assert f'href="{Q4}/steps/open"' in get(client, Q4)
    assert post(client, f"{Q4}/steps/open").status_code == 303
    assert actions(database, world)[-4:] == ["wave.created", "wave.changed", "wave.changed", "wave.open"]
    assert_hashes_only(database, world)
    wave = stored(database, world)
    assert wave.targets == {"awareness": {"value": 0.95, "sense": "at_least"}}
    assert (wave.modes, wave.areas, wave.plan) == (["web_open"], [], {"response_rate": 0.6})
    # What is open is frozen.
    assert send(client, f"{Q4}/edit", {**WAVE, **HEADER, "version": version, "name_zh": "别的"}).status_code == 409
    assert client.get(f"{Q4}/edit", headers=HTML).status_code == 409
    assert stored(database, world).name_zh == "2026年第四季度"


def test_a_wave_that_asks_sampled_households_waits_for_its_sample(
    client: TestClient, world: World, version: str
) -> None:
    sign_in(client, "manager")
    send(client, HERE, {**WAVE, **HEADER, "version": version, "modes": ["web_invited", "paper"]})
    page = get(client, Q4)
    assert "还没有样本。" in page
    assert f'href="{Q4}/cases"' in page
    assert post(client, f"{Q4}/steps/open").status_code == 409


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"closes_on": "2026-09-01"}, "最后一天不能早于第一天"),
        ({"opens_on": "下个月"}, "写成年-月-日"),
        ({"target-awareness": "101"}, "0 到 100"),
        ({"target-awareness": "0"}, "等于没有"),
        ({"modes": []}, "至少选一种收集方式"),
        ({"response_rate": "0"}, "要大于 0"),
        ({"key": "2026Q3"}, "已经有这个代号"),
        ({"name_zh": ""}, "这一期叫什么"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_kept(
    client: TestClient, world: World, version: str, typed: dict[str, Any], fault: str
) -> None:
    sign_in(client, "manager")
    answer = send(client, HERE, {**WAVE, "version": version, **typed})
    assert answer.status_code == 422
    assert fault in answer.text
    assert "以网格为层等距抽取" in answer.text


def test_a_target_of_all_is_taken_with_a_warning(
    client: TestClient, world: World, database: Database, version: str
) -> None:
    sign_in(client, "manager")
    send(client, HERE, {**WAVE, "version": version, "target-awareness": "100"})
    assert stored(database, world).targets["awareness"]["value"] == 1.0
    assert "抽样调查永远证明不了 100%" in get(client, Q4)
    assert "抽样调查永远证明不了 100%" in get(client, f"{Q4}/edit")


def test_the_target_of_a_difference_is_typed_in_percentage_points(
    client: TestClient, world: World, database: Database
) -> None:
    """Those who say better less those who say worse: five points are stored as 0.05, as in a file."""
    with database.writing.begin() as session:
        questionnaire = load(available()["environment"])
        version = str(definitions.store(session, world.survey_id, questionnaire, at=NOW, by=SERVICE).id)
    sign_in(client, "manager")
    sent = {**WAVE, "target-awareness": "", "target-improved": "5", "sense-improved": "at_least"}
    send(client, HERE, {**sent, "version": version})
    assert stored(database, world).targets == {"improved": {"value": 0.05, "sense": "at_least"}}
    page = get(client, f"{Q4}/edit")
    assert re.search(r'name="target-improved" value="5"', page)
    assert re.search(r'id="target-improved"[^>]*>\s*百分点</span>', page)


def test_an_earlier_wave_is_copied_one_period_on(client: TestClient, world: World, version: str) -> None:
    sign_in(client, "manager")
    send(client, HERE, {**WAVE, **HEADER, "version": version})
    page = get(client, f"{HERE}/new?copy=2026Q4")
    for kept in ("示统备〔2026〕18 号", "以网格为层等距抽取", 'value="95"', 'value="60"'):
        assert kept in page
    assert 'id="opens_on" name="opens_on" type="date" value="2027-01-01"' in page
    assert 'name="key" type="text" value="2027Q1"' in page
    assert 'value="2027年第一季度"' in page


def test_a_draft_is_deleted_by_its_name_and_leaves_its_trace(
    client: TestClient, world: World, database: Database, version: str
) -> None:
    sign_in(client, "manager")
    send(client, HERE, {**WAVE, "version": version})
    assert send(client, f"{Q4}/delete", {"name": "2026年第三季度"}).status_code == 422
    assert send(client, f"{Q4}/delete", {"name": "2026年第四季度"}).status_code == 303
    assert client.get(Q4, headers=HTML).status_code == 404
    assert actions(database, world)[-1] == "wave.deleted"
    # An open wave is not deleted, whatever is typed.
    assert send(client, f"{HERE}/2026Q3/delete", {"name": "2026年第三季度"}).status_code == 409
    assert get(client, f"{HERE}/2026Q3")


def test_deleting_a_draft_takes_its_cases_and_codes(world: World, database: Database, client: TestClient) -> None:
    sign_in(client, "manager")
    post(client, f"{HERE}/2026Q3/steps/back", {"reason": "样本要重抽"})
    with database.writing.begin() as session:
        drafts.delete_wave(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
    with database.reading.begin() as session:
        assert session.scalars(select(Case)).all() == []
        assert session.scalars(select(AccessCode)).all() == []


def test_a_wave_asks_only_where_it_says(client: TestClient, world: World, database: Database, version: str) -> None:
    """Areas of other surveys cannot be smuggled in, and a street that is not chosen has no community in the wave."""
    sign_in(client, "manager")
    send(client, HERE, {**WAVE, "version": version, "areas": ["110101000000", "330000000000"]})
    assert stored(database, world).areas == []  # the only street is everything
    with database.writing.begin() as session:
        wave = session.scalars(select(Wave).where(Wave.key == "2026Q4")).one()
        wave.areas = ["110101000002"]
    page = get(client, Q4)
    assert "文昌阁社区" in page
    assert "万寿桥社区" not in page


def test_a_manager_of_a_street_sees_the_wave_and_changes_nothing(
    client: TestClient, world: World, database: Database, version: str
) -> None:
    sign_in(client, "manager")
    send(client, HERE, {**WAVE, **HEADER, "version": version})
    street_manager(database, world)
    sign_in(client, "street")
    assert "填表号" not in get(client, Q4)
    for address, data in ((f"{Q4}/edit", WAVE), (f"{Q4}/delete", {"name": "2026年第四季度"}), (HERE, WAVE)):
        assert send(client, address, {**data, "version": version}).status_code == 403, address
    assert post(client, f"{Q4}/steps/open").status_code == 403
    assert stored(database, world).name_zh == "2026年第四季度"
