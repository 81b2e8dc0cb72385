"""Whose an interviewer is: barred from the own community by a setting, and told in the report."""

from __future__ import annotations

from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from reports.content import AskedBy, Sample
from reports.wording import facts
from survey_service.analyses.field_told import read_field
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.fieldwork import own_staff
from survey_service.fieldwork.assignments import balanced, holders
from survey_service.models import Account, Area, Wave, WorksFor
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.service.signed_in import HTML, csrf, get, sign_in
from tests.service.test_field_pages import plain
from tests.service.test_supervision import asked, person
from tests.service.world import NOW, World
from tests.spec.reports.summaries import SAMPLE

FIRST = "110101000001"


@pytest.fixture
def here(client: TestClient, world: World) -> str:
    sign_in(client, "manager")
    return f"/surveys/{world.survey_key}/waves/{world.wave_key}/field"


def held(database: Database, world: World) -> dict[UUID, UUID]:
    with database.reading.begin() as session:
        return holders(session, world.survey_id, world.case_ids)


@pytest.mark.both_databases
def test_a_communitys_own_staff_is_given_no_case_of_it_where_the_wave_says_so(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    own = person(database, "interviewer").account_id
    token = csrf(get(client, f"{here}/people"))
    refused = client.post(f"{here}/people/{own}", data={"csrf": token, "works_for": "community"}, headers=HTML)
    assert (refused.status_code, "没有选是哪个社区" in refused.text) == (422, True)
    client.post(f"{here}/people/{own}", data={"csrf": token, "works_for": "community", "area": FIRST})
    assert "万寿桥社区" in get(client, f"{here}/people")
    every = {"csrf": token, "who": str(own), "case": [str(one) for one in world.case_ids]}
    client.post(f"{here}/assignments", data={**every, "case": str(world.case_ids[0])})
    assert held(database, world) == {world.case_ids[0]: own}
    client.post(f"{here}/people/own-staff", data={"csrf": token, "bar": "yes"})
    assert "分到本社区 1 户" in plain(get(client, f"{here}/people"))
    # From the list: refused, with words, and nothing is given.
    refused = client.post(f"{here}/assignments", data=every, headers=HTML)
    assert (refused.status_code, "有 6 个在测试interviewer自己的社区" in refused.text) == (409, True)
    assert held(database, world) == {world.case_ids[0]: own}
    # Shared out: only the other community's cases go, and it is said that some were left.
    shared = {"csrf": token, "who": str(own), "area": [FIRST, "110101000002"]}
    led = client.post(f"{here}/people", data=shared, follow_redirects=False).headers["location"]
    assert led.endswith("?given=6&left=5")
    assert "没有分的 5 户：选的都是那个社区自己的人" in plain(get(client, led))
    assert set(held(database, world)) == {world.case_ids[0], *world.case_ids[6:]}
    client.post(f"{here}/people/own-staff", data={"csrf": token, "bar": "no"})
    client.post(f"{here}/assignments", data=every)
    assert len(held(database, world)) == 12


def test_nobody_is_sent_where_they_are_barred() -> None:
    cases = {UUID(int=place): f"grid {place % 4}" for place in range(40)}
    one, two = UUID(int=100), UUID(int=101)
    found = balanced(cases, [one, two], {}, {one: {"grid 0"}, two: {"grid 3"}})
    assert {cases[case] for case, who in found.items() if who == one} == {"grid 3", "grid 1"}
    assert balanced(cases, [one], {}, {one: {"grid 0", "grid 1"}}).keys() == {
        case for case, place in cases.items() if place in ("grid 2", "grid 3")
    }


@pytest.mark.both_databases
def test_the_report_says_how_many_were_asked_by_the_side_that_is_judged(
    client: TestClient, database: Database, world: World, settings: Settings
) -> None:
    """Three interviews in the first community by its own staff, two in the second by the same person, one by somebody
    of whom nothing is known."""
    del client
    keys = KeyRing(settings.secret_key.get_secret_value())
    own, unknown = person(database, "interviewer"), person(database, "keyer")
    for place in (0, 1, 2, 6, 7):
        asked(database, world, keys, place, by=own)
    asked(database, world, keys, 8, by=unknown)
    with database.reading.begin() as session:
        wave = session.get_one(Wave, (world.survey_id, world.wave_id))
        assert read_field(session, wave).asked_by_in([FIRST, "110101000002"]) is None  # of nobody it is known
    with database.writing.begin() as session:
        area = session.scalars(select(Area.id).where(Area.code == FIRST)).one()
        account_id = session.scalars(select(Account.id).where(Account.id == own.account_id)).one()
        tie = (WorksFor.COMMUNITY, area)
        own_staff.say(session, world.survey_id, account_id, tie, at=NOW, by=SERVICE)
    with database.reading.begin() as session:
        told = read_field(session, session.get_one(Wave, (world.survey_id, world.wave_id)))
    assert told.asked_by_in([FIRST]) == AskedBy(interviews=3, known=3, own=3)
    assert told.asked_by_in([FIRST, "110101000002"]) == AskedBy(interviews=6, known=5, own=3)
    with database.writing.begin() as session:
        tie = (WorksFor.STREET, world.street_id)
        own_staff.say(session, world.survey_id, account_id, tie, at=NOW, by=SERVICE)
    with database.reading.begin() as session:
        told = read_field(session, session.get_one(Wave, (world.survey_id, world.wave_id)))
    assert told.asked_by_in([FIRST, "110101000002"]) == AskedBy(interviews=6, known=5, own=5)


def test_the_sentence_in_both_languages() -> None:
    def said(asked_by: AskedBy | None) -> list[str]:
        values = {name: getattr(SAMPLE, name) for name in Sample.__slots__}
        sample = Sample(**{**values, "asked_by": asked_by})
        return ["".join(facts.asked_by(sample, language)) for language in ("zh", "en")]

    assert said(None) == ["", ""]
    zh, en = said(AskedBy(interviews=40, known=40, own=10))
    assert zh.startswith("上门访问 40 份，其中 10 份（25.0%）由当地社区、街道自己的人去问")
    assert en.startswith("Of 40 interviews at the door, 10 (25.0%) were made by people of the community or street")
    assert "另有 4 份不知道" in said(AskedBy(interviews=44, known=40, own=10))[0]
