"""What programs read through the API: each role its own part of the world, in exact shapes."""

from __future__ import annotations

import hashlib
import json

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from questionnaires import canonical
from questionnaires.text import Text
from survey_service.accounts import queries, service
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import (
    Area,
    Case,
    Disposition,
    QuestionnaireVersion,
    Release,
    ReleaseDocument,
    Role,
    Wave,
    WaveState,
)
from tests.service.programs import Program, person_at, told
from tests.service.test_releases import release, reviewed
from tests.service.world import NOW, QUESTIONNAIRE, World, draft

__all__ = ["reviewed"]

SURVEY = "/surveys/satisfaction"
WAVE = f"{SURVEY}/waves/2026Q3"


def test_areas_come_in_pages_and_only_ones_own(client: TestClient, database: Database, world: World) -> None:
    manager = Program(client, database, "manager")
    everything = manager.get("/areas")
    codes = [area["code"] for area in everything["items"]]
    assert codes == ["110000000000", "110101000000", "110101000001", "110101000002"]
    assert everything["next"] is None
    assert everything["items"][2] == {
        "code": "110101000001",
        "name": {"zh": "万寿桥社区", "en": "Wanshouqiao Community"},
        "kind": "community",
        "parent": "110101000000",
        "households": 60,
        "adults": None,
    }
    walked, after = [], ""
    while after is not None:
        page = manager.get(f"/areas?limit=3&after={after}")
        walked += [area["code"] for area in page["items"]]
        after = page["next"]
    assert walked == codes
    assert [one["code"] for one in manager.get("/areas?kind=street")["items"]] == ["110101000000"]
    person_at(database, "at-one", Role.KEYER, world.community_ids[1])
    assert [one["code"] for one in Program(client, database, "at-one").get("/areas")["items"]] == ["110101000002"]


def test_a_survey_is_there_for_whom_it_concerns(client: TestClient, database: Database, world: World) -> None:
    for user in ("manager", "statistician", "interviewer"):
        found = Program(client, database, user).get("/surveys")
        assert [(one["key"], [wave["state"] for wave in one["waves"]]) for one in found] == [("satisfaction", ["open"])]
    leader = Program(client, database, "leader")
    assert leader.get("/surveys") == []
    assert leader.refused(SURVEY) == leader.refused(WAVE) == (404, "E001")
    for user in ("keyer", "administrator"):
        assert Program(client, database, user).refused("/surveys") == (403, "E003")
    with database.writing.begin() as session:
        session.execute(update(Wave).values(state=WaveState.DRAFT))
    interviewer = Program(client, database, "interviewer")
    assert interviewer.get("/surveys") == []
    assert interviewer.refused(WAVE) == interviewer.refused(f"{WAVE}/cases") == (404, "E001")
    assert Program(client, database, "manager").get(WAVE)["state"] == "draft"


def test_a_role_elsewhere_opens_nothing_here(client: TestClient, database: Database, world: World) -> None:
    """Somebody plans in another city and leads in this one: of this one only what is released is theirs."""
    with database.writing.begin() as session:
        other = Area(code="220000000000", name_zh="别的市", name_en="Elsewhere", kind="city")
        session.add(other)
        session.flush()
        elsewhere = other.id
        draft(session, QUESTIONNAIRE, city_id=elsewhere, key="theirs", title=Text("另一个", "Another"))
    person_at(database, "both", Role.LEADER, world.city_id)
    with database.writing.begin() as session:
        account = queries.account_by_user(session, "both")
        assert account is not None
        service.grant(session, account, Role.MANAGER, elsewhere, at=NOW, by=SERVICE)
    program = Program(client, database, "both")
    assert [one["key"] for one in program.get("/surveys")] == ["theirs"]
    assert program.refused(WAVE) == program.refused(f"{WAVE}/dispositions") == (404, "E001")
    assert program.get("/surveys/theirs")["waves"][0]["state"] == "draft"
    assert Program(client, database, "manager").refused("/surveys/theirs") == (404, "E001")


def test_the_questionnaire_is_served_as_it_was_hashed(client: TestClient, database: Database, world: World) -> None:
    program = Program(client, database, "interviewer")
    named = program.get(WAVE)["questionnaire"]
    address = f"{SURVEY}/questionnaires/{named['id']}"
    answer = program.ask(address)
    assert hashlib.sha256(answer.content).hexdigest() == named["sha256"]
    assert answer.headers["etag"] == f'"{named["sha256"]}"'
    assert canonical.from_canonical(json.loads(answer.content)) == QUESTIONNAIRE
    again = program.ask(address, **{"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert program.ask(address, **{"If-None-Match": '"another"'}).status_code == 200
    listed = Program(client, database, "manager").get(f"{SURVEY}/questionnaires")
    assert [(one["id"], one["waves"]) for one in listed] == [(named["id"], ["2026Q3"])]
    assert program.refused(f"{SURVEY}/questionnaires/{world.wave_id}") == (404, "E001")
    assert program.refused(f"{SURVEY}/questionnaires/no-uuid") == (422, "E007")


def test_a_damaged_questionnaire_is_not_served(client: TestClient, database: Database, world: World) -> None:
    with database.writing.begin() as session:
        session.execute(update(QuestionnaireVersion).values(definition='{"format":1}'))
    refused = Program(client, database, "manager").refused(f"{SURVEY}/questionnaires/{world.version_id}")
    assert refused == (500, "E013")


def test_cases_come_by_key_and_filter(client: TestClient, database: Database, world: World) -> None:
    with database.writing.begin() as session:
        session.execute(update(Case).where(Case.number == "0001-002").values(disposition=Disposition.REFUSAL))
    manager = Program(client, database, "manager")
    numbers, after = [], ""
    while after is not None:
        page = manager.get(f"{WAVE}/cases?limit=5" + (f"&after={after}" if after else ""))
        numbers += [case["number"] for case in page["items"]]
        after = page["next"]
    assert numbers == world.case_numbers
    backwards = manager.get(f"{WAVE}/cases?sort=-number&limit=2&after=0002-001")["items"]
    assert [case["number"] for case in backwards] == ["0001-006", "0001-005"]
    only = manager.get(f"{WAVE}/cases?disposition=refusal&area=110101000001&first_mode=paper")["items"]
    assert only == [
        {
            "number": "0001-002",
            "area": "110101000001",
            "first_mode": "paper",
            "reserve_replicate": 0,
            "disposition": "refusal",
            "draw": {
                "stratum": "110101000001-01",
                "psu": "110101000001-01-002",
                "inclusion_probability": 0.05,
                "stages": [
                    {
                        "unit": "110101000001-01-002",
                        "population": 30,
                        "sampled": 3,
                        "probability": 0.1,
                        "variance": True,
                    },
                    {"unit": "adult", "population": 2, "sampled": 1, "probability": 0.5, "variance": False},
                ],
            },
            "ticket": None,
        }
    ]
    for wrong in ("sort=stratum", "limit=0", "limit=501", "stratum=x", "disposition=nice", "after=" + "9" * 31):
        assert manager.refused(f"{WAVE}/cases?{wrong}") == (422, "E007"), wrong


def test_an_interviewer_sees_where_to_go_and_not_how_it_was_drawn(
    client: TestClient, database: Database, world: World
) -> None:
    person_at(database, "at-one", Role.INTERVIEWER, world.community_ids[0])
    cases = Program(client, database, "at-one").get(f"{WAVE}/cases")["items"]
    assert [case["number"] for case in cases] == world.case_numbers[:6]
    assert {case["draw"] for case in cases} == {None}


def test_outcomes_are_counted_by_community(client: TestClient, database: Database, world: World) -> None:
    outcomes = [Disposition.COMPLETE] * 2 + [Disposition.REFUSAL, Disposition.NONCONTACT, Disposition.NOT_ELIGIBLE]
    with database.writing.begin() as session:
        for case_id, outcome in zip(world.case_ids, outcomes, strict=False):
            session.execute(update(Case).where(Case.id == case_id).values(disposition=outcome))
    told_ = Program(client, database, "statistician").get(f"{WAVE}/dispositions")
    first, second = told_["communities"]
    assert first["counts"] == {"complete": 2, "refusal": 1, "noncontact": 1, "not_eligible": 1, "unknown": 1}
    # eligible 4, unknown 1, e = 4/5: RR1 = 2/5, RR3 = 2/(4 + 0.8), RR5 = 2/4
    assert first["rates"]["rr1"] == pytest.approx(2 / 5)
    assert first["rates"]["rr3"] == pytest.approx(2 / 4.8)
    assert first["rates"]["rr5"] == pytest.approx(2 / 4)
    assert (second["cases"], second["counts"], second["rates"]["rr3"]) == (6, {"unknown": 6}, None)
    assert told_["cases"] == 12
    person_at(database, "at-two", Role.MANAGER, world.community_ids[1])
    shown = Program(client, database, "at-two").get(f"{WAVE}/dispositions")
    assert [one["area"] for one in shown["communities"]] == ["110101000002"]
    assert shown["cases"] == 6


def test_a_release_tells_the_figures_that_were_signed(client: TestClient, database: Database, reviewed: World) -> None:
    release(database, reviewed)
    number = "SATISFACTION-2026Q3-01"
    program = Program(client, database, "statistician")
    assert program.get(WAVE)["releases"] == [number]
    told_ = program.get(f"/releases/{number}")
    assert [(row["level"], row["area"]) for row in told_["rows"]] == [
        ("community", "110101000001"),
        ("community", "110101000002"),
        ("street", "110101000000"),
        ("city", "110000000000"),
    ]
    with database.reading.begin() as session:
        frozen = json.loads(session.scalars(select(Release.estimates)).one())["published"]
    assert [row["cells"] for row in told_["rows"]] == [row["cells"] for row in frozen["rows"]]
    assert {cell["suppression"] for cell in told_["rows"][0]["cells"]} == {"not_published"}
    assert (told_["interval"], told_["level"]) == (frozen["interval"], 0.95)
    asked = {one["id"]: one for one in told_["indicators"]}["awareness"]["asked"]
    assert asked[0]["text"]["zh"] == "您知道本市正在创建全国文明城市吗？"
    assert told_["response_rates"]["110000000000"]["completed"] == 12
    assert '"raw"' not in json.dumps(told_)
    # A leader of one community reads what its report says: its own figures beside street and city.
    person_at(database, "at-one", Role.LEADER, reviewed.community_ids[0])
    with database.writing.begin() as session:
        made = session.scalars(select(Release)).one()
        session.add(
            ReleaseDocument(
                survey_id=made.survey_id,
                release_id=made.id,
                area_id=reviewed.community_ids[0],
                language="zh",
                file_name="a.pdf",
                blob_sha256="0" * 64,
                pages=1,
            )
        )
    leader = Program(client, database, "at-one").get(f"/releases/{number}")
    assert [row["area"] for row in leader["rows"]] == ["110101000001", "110101000000", "110000000000"]
    assert "110101000002" not in json.dumps(leader)
    assert Program(client, database, "interviewer").refused(f"/releases/{number}") == (403, "E003")
    assert program.refused("/releases/SATISFACTION-2026Q3-02") == (404, "E001")


def test_every_refusal_is_json_even_to_a_browser(client: TestClient, world: World) -> None:
    html = {"Accept": "text/html"}
    for path, status, code in (
        ("/api/v1/me", 401, "E002"),
        ("/api/v1/nothing", 404, "E001"),
        ("/api/", 404, "E001"),
        ("/api/v1/me/", 404, "E001"),
    ):
        answer = client.get(path, headers=html)
        assert told(answer) == (status, code), path
    wrong = client.delete("/api/v1/me", headers=html)
    assert told(wrong) == (405, "E012")
    assert wrong.headers["allow"] == "GET"


def test_a_refusal_names_the_place_and_not_the_value(client: TestClient, database: Database, world: World) -> None:
    answer = Program(client, database, "manager").ask("/areas?limit=secret-value&what=other-value")
    assert answer.json()["error"]["places"] == ["query.limit: int_parsing", "query.what: extra_forbidden"]
    assert "value" not in answer.text


def test_the_description_is_public_and_of_the_api_alone(client: TestClient) -> None:
    description = client.get("/api/v1/openapi.json").json()
    assert all(path.startswith("/api/v1/") for path in description["paths"])
    assert len(description["paths"]) >= 12
    for path, operations in description["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            assert {"accessToken": []} in operation["security"], path
            assert {"401", "403"} <= operation["responses"].keys(), path
            assert "HTTPValidationError" not in json.dumps(operation)


@pytest.mark.both_databases
def test_no_character_is_a_fault(client: TestClient, database: Database, world: World) -> None:
    """PostgreSQL will not even look for a NUL, and half of a surrogate pair is no text."""
    manager = Program(client, database, "manager")
    for path in ("/areas/%00", "/surveys/%00", f"{SURVEY}/waves/%00", "/releases/%00", "/surveys/%ff", "/surveys/x%0a"):
        assert manager.refused(path) == (404, "E001"), path
    for query in ("/areas?after=%00", f"{WAVE}/cases?area=%00", f"{WAVE}/cases?after=1%00"):
        assert manager.refused(query) == (422, "E007"), query
    assert manager.ask("/areas?after=%ed%a0%80").status_code == 200
    # The same of pages and their forms.
    assert client.get("/surveys/%00").status_code == 404
    typed = client.post("/sign-in", data={"user": "\x00", "password": "x"})
    assert typed.status_code in (401, 422)
