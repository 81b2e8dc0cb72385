"""One walk over every page on PostgreSQL, so that its queries are asked there too: decision 0104.

SQLite is asked for the same pages by the matrix (test_matrix.py), with every role on every area. Here nobody is
refused and every record exists, for what is not shown asks the database little.
"""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from survey_service.accounts import tokens
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import AccessToken, Account, Role, Wave, WaveState
from survey_service.settings import Settings
from tests.security.matrix import lines
from tests.security.test_matrix import City, address, city
from tests.security.test_parameters import person
from tests.service.conftest import TestClock
from tests.service.paper_batches import issue
from tests.service.signed_in import HTML, agreed_to
from tests.service.test_importing import ROWS, file, hand_in
from tests.service.test_verification import CHANGED, Key, key, people
from tests.service.world import NOW

__all__ = ["city", "key", "people"]
pytestmark = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)

EVERYBODY = "everything-city"
W = "/surveys/{survey_key}/waves/{wave_key}"
# What an open wave does not show, or leads on from. Every other page is shown.
ELSE = {
    f"{W}/edit": 409,  # a draft's
    "/visits": 303,  # to the one wave that is gone round in
    "/calls/{survey_key}/{wave_key}/{case_id}": 404,  # of whoever was given it, with a number: test_calls.py
    f"{W}/field/people/{{account_id}}": 404,  # of whoever goes round, which this account does not
    f"{W}/cases/draw": 409,  # a draft's
    f"{W}/estimates": 404,  # a review's
    f"{W}/estimates/questions": 404,
    f"{W}/estimates/questions.{{kind}}": 404,
    f"{W}/remarks": 404,  # test_remarks.py reads them on both databases
    f"{W}/plan": 404,
    f"{W}/plan.yaml": 404,
    f"{W}/exports/{{export_id}}/{{name}}": 404,  # test_export_pages.py takes them on both databases
    f"{W}/files.zip": 403,  # for whom a setting names: test_answer_files.py
    f"{W}/files/{{file_id}}": 403,
    f"/api/v1{W}/questions": 404,
    f"/api/v1{W}/exports/{{export_id}}": 404,
    f"/api/v1{W}/exports/{{export_id}}/files/{{name}}": 404,
    f"{W}/lists/{{list_id}}": 404,  # test_wave_lists.py has a questionnaire that asks for lists
    f"{W}/lists/{{list_id}}/template.xlsx": 404,
    f"{W}/release": 404,
    f"{W}/release/proof.{{language}}.pdf": 404,
    f"{W}/correct": 404,  # a released wave's
    "/surveys/{survey_key}/indices/{index_key}/signed.json": 404,  # test_indices.py signs one
    "/surveys/{survey_key}/rectification/rows/{number}/photos/{photo_id}": 404,  # test_rectification.py adds one
    "/releases/{number}/changes": 404,  # a later edition's
    "/releases/{number}/set.pdf": 422,  # nothing is ticked: test_release_bundles.py ticks
    "/releases/{number}/sealed/{file_id}": 404,  # test_sealed_files.py brings one
    f"{W}/paper/{{batch}}/forms.pdf": 409,  # no worker has drawn it
    f"{W}/imports/{{import_id}}": 303,  # to its columns
    "/keying/{survey_key}/{wave_key}/decide": 303,  # to the form that waits
    "/keying/{survey_key}/{wave_key}/forms/{number}/pictures/{name}": 404,  # keyed, not scanned
}
# Drawn for seconds from what the questionnaire's own page asks for.
DRAWN = "/surveys/{survey_key}/questionnaires/{version_id}/paper-"
# Written from what a signature kept, which the release of these tests never had: test_word.py, test_sheet_page.py.
WRITTEN = {
    "/releases/{number}/sheets/{area_code}",
    "/releases/{number}/{area_code}.{language}.docx",
    "/releases/{number}/circulars/{area_code}.docx",
}
RESIDENTS = {"/a/{code}", "/receipt"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"contact_readers": EVERYBODY})


@pytest.fixture
def records(client: TestClient, city: City, database: Database, clock: TestClock, key: Key) -> dict[str, str]:
    """What stands in addresses, for records that were made: two keyings that differ, a file, a token, an answer."""
    world = city.world
    contact = {"contact": {"purpose": {"zh": "请您参加座谈", "en": "An invitation to a talk"}, "days": 14}}
    printed = issue(database, world, forms=2)
    key("keyer", printed.serials[0])
    key("keyer", printed.serials[1])
    key("second", printed.serials[0], CHANGED)
    answers = {"know": "2", "overall": "1", "client_id": "0" * 32}
    assert client.post(f"/a/{world.open_codes[0]}", data=answers).status_code == 200
    import_id = hand_in(database, world, file(*ROWS))
    manager = city.desk("manager", "city")
    client.cookies.set("session", manager.token, domain="testserver.local", path="/")
    drafts, chosen = address("/surveys/{survey_key}/drafts", city), {"start": "civilized_city"}
    begun = client.post(drafts, data=chosen, headers={"X-CSRF-Token": manager.csrf})
    assert begun.status_code == 303
    person(database, EVERYBODY, city.areas["city"])
    agreed_to(database, clock.at, EVERYBODY)
    with database.writing.begin() as session:
        session.execute(update(Wave).values(plan=contact))
        account = session.scalars(select(Account).where(Account.user == EVERYBODY)).one()
        tokens.make(session, account.id, "报表", days=30, read_only=True, at=clock.at, by=SERVICE)
        token_id = session.scalars(select(AccessToken.id)).one()
    return {
        "{token_id}": str(token_id),
        "{batch}": str(printed.number),
        "/decide/{number}": f"/decide/{printed.serials[0]}",
        "{import_id}": str(import_id),
        "/uses": "/uses?at=question:q4",
        "{draft_id}": begun.headers["location"].rpartition("/")[2],
        "{code}": world.open_codes[1],
    }


def pages(city: City, records: dict[str, str], role: str | None = None) -> dict[str, str]:
    """Paths and addresses of the GETs of the matrix, or of those that this role may ask."""
    found = {}
    for (method, path), several in lines().items():
        if path in WRITTEN:
            continue
        roles = frozenset().union(*(line.roles for line in several))
        if method == "GET" and (role is None or roles & {role, "anyone"}) and not path.startswith(DRAWN):
            found[path] = filled(path, city, records)
    return found


def filled(path: str, city: City, records: dict[str, str]) -> str:
    for part, value in records.items():
        path = path.replace(part, value)
    return address(path, city)


def walked(client: TestClient, token: str, addresses: dict[str, str]) -> dict[str, int]:
    client.cookies.clear()
    client.cookies.set("session", token, domain="testserver.local", path="/")
    return {path: int(client.get(where, headers=HTML).status_code) for path, where in addresses.items()}


def test_every_page_is_shown(client: TestClient, city: City, database: Database, records: dict[str, str]) -> None:
    everything = city.desk("everything", "city").token  # EVERYBODY, who holds every role
    every = pages(city, records)
    residents = {path: filled(path, city, records) for path in RESIDENTS}
    assert walked(client, everything, every | residents) == dict.fromkeys(every | residents, 200) | ELSE
    faults = {}
    for role in (Role.INTERVIEWER, Role.LEADER):  # whom some pages show less
        met = walked(client, city.desk(role.value, "city").token, pages(city, records, role.value))
        faults |= {f"{role} {path}": status for path, status in met.items() if status >= 500}
    of_wave = {path: where for path, where in every.items() if path.startswith((W, "/api/v1" + W))}
    of_review = ("estimates", "estimates/questions", "estimates/questions.{kind}")
    computed = ("plan", "plan.yaml", "release", "release/proof.{language}.pdf", *of_review)
    for path in (*(f"{W}/{one}" for one in computed), f"/api/v1{W}/questions"):
        del of_wave[path]  # seconds of computing; test_estimates.py asks both databases for their rows
    for state, shown in ((WaveState.DRAFT, f"{W}/edit"), (WaveState.UNDER_REVIEW, W)):
        with database.writing.begin() as session:
            session.execute(update(Wave).values(state=state, figures_opened_at=NOW))
        met = walked(client, everything, of_wave)
        assert met[shown] == 200, state
        faults |= {f"{state} {path}": status for path, status in met.items() if status >= 500}
    assert not faults
