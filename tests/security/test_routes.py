"""Every route: who may, what it writes, and what it costs to forget either."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts
from fastapi.testclient import TestClient

from survey_service import dependencies
from survey_service.accounts import permissions
from survey_service.accounts.permissions import UnprotectedRoute, asks_for_person, refuse_unprotected
from survey_service.accounts.read_audit import _read_audit
from survey_service.app import create_app
from survey_service.releases.openings import _openings
from survey_service.settings import Settings
from tests.security.matrix import lines
from tests.service.signed_in import HTML, get, sign_in
from tests.service.world import World

PUBLIC = {
    ("GET", "/"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/sign-in/code"),  # after the password; leads everybody else to the sign-in page
    ("POST", "/sign-in/code"),
    ("GET", "/sign-in/oidc"),  # 404 without the city's provider
    ("GET", "/sign-in/oidc/back"),
    ("GET", "/first-administrator"),  # 404 as soon as there is an account
    ("POST", "/first-administrator"),
    ("GET", "/health"),
    ("GET", "/metrics"),  # 404 without the token of SURVEY_METRICS_TOKEN
    ("GET", "/static/{digest}/{name}"),
    ("GET", "/robots.txt"),
    ("GET", "/favicon.ico"),
    ("POST", "/a"),  # a typed code, which leads to its page
    ("GET", "/s/{code}"),  # a short one in a link
    ("GET", "/letter"),  # what people ask about a letter
    ("POST", "/letter"),  # whether it was issued: yes or no
    ("GET", "/letter/{survey_key}/{wave_key}"),  # of one wave that is open
    ("GET", "/a/{code}"),
    ("POST", "/a/{code}"),
    ("POST", "/a/{code}/files"),  # one file of an answer
    ("GET", "/a/lists/{digest}.json"),  # options as every page shows them, by the hash of their content
    ("GET", "/a/{code}/receipt"),  # leads to the field for a receipt code
    ("POST", "/a/{code}/receipt"),  # with the receipt in the body
    ("POST", "/a/{code}/contact"),  # with the receipt in the body
    ("GET", "/api/v1/openapi.json"),  # how the API is used, and nothing of what is in it
    ("GET", "/receipt"),
    ("GET", "/shared/{token}"),  # one sheet, by its link
    ("GET", "/shared/{token}/current"),
    ("GET", "/shared/{token}/sheet.{language}.pdf"),
    ("GET", "/verify"),  # whether a sheet's edition is in force
    ("GET", "/verify/{code}"),
    ("GET", "/recordings/{sha256}"),  # a question read aloud; 404 for every other file
    ("POST", "/receipt"),
}
# Routes that a GET may reach with a writing session: one. A provider leads a browser back in no other way; the state,
# sealed in that browser's cookie and good once, is its token. Last-seen goes through the writer, after the reply.
WRITING_GETS: set[str] = {"/sign-in/oidc/back"}
# What leaves an entry in the audit log: answers of one household, and files that are taken out.
NOTED_GETS: set[str] = {
    "/keying/{survey_key}/{wave_key}/decide/{number}",
    "/keying/{survey_key}/{wave_key}/record",
    "/keying/{survey_key}/{wave_key}/forms/{number}/pictures/{name}",
    "/keying/{survey_key}/{wave_key}/quality.xlsx",
    "/areas/imports/{what}/present.csv",
    "/surveys/{survey_key}/waves/{wave_key}/paper/{batch}/forms.pdf",
    "/surveys/{survey_key}/waves/{wave_key}/imports/{import_id}",
    "/surveys/{survey_key}/waves/{wave_key}/imports/{import_id}/columns",
    "/api/v1/surveys/{survey_key}/waves/{wave_key}/cases",
    "/surveys/{survey_key}/waves/{wave_key}/exports/{export_id}/{name}",
    "/surveys/{survey_key}/waves/{wave_key}/files/{file_id}",
    "/surveys/{survey_key}/waves/{wave_key}/files.zip",
    "/surveys/{survey_key}/waves/{wave_key}/field/cases",
    "/surveys/{survey_key}/waves/{wave_key}/field/cases/{case_id}",
    "/surveys/{survey_key}/waves/{wave_key}/field/cases.pdf",
    "/surveys/{survey_key}/waves/{wave_key}/field/cases.xlsx",
    "/start",  # doors of the day, to whoever knocks
    "/visits/{survey_key}/{wave_key}",
    "/visits/{survey_key}/{wave_key}/{case_id}",
    "/surveys/{survey_key}/waves/{wave_key}/field/file/present.csv",
    "/surveys/{survey_key}/rectification/file/present.csv",
    "/surveys/{survey_key}/rectification/list.xlsx",
    "/surveys/{survey_key}/waves/{wave_key}/remarks",  # what residents wrote, to whoever reviews
    "/api/v1/surveys/{survey_key}/rectification",
    "/surveys/{survey_key}/openings.xlsx",
    "/surveys/{survey_key}/waves/{wave_key}/field/telephones/present.csv",
    "/api/v1/surveys/{survey_key}/waves/{wave_key}/exports/{export_id}/files/{name}",
}
# What is written down as a sheet that somebody opened; a link's holder is nobody's route parameter: test_receiving.py.
OPENING_GETS: set[str] = {
    "/releases/{number}/sheets.zip",
    "/releases/{number}/set.pdf",
    "/releases/{number}/sealed/{file_id}",
    "/releases/{number}/sheets/{area_code}",
    "/releases/{number}/{area_code}.{language}.pdf",
    "/releases/{number}/{area_code}.{language}.docx",
    "/releases/{number}/circulars/{area_code}.docx",
}


def routes() -> list[RouteContext]:
    return list(iter_route_contexts(create_app(Settings(secret_key="k" * 40)).routes))


def signatures() -> Iterator[tuple[str, str, RouteContext]]:
    for route in routes():
        for method in sorted((route.methods or set()) - {"HEAD"}):
            yield method, str(route.path), route


def test_the_public_list_is_exactly_this() -> None:
    public = {(method, path) for method, path, route in signatures() if not asks_for_person(route.dependant)}
    assert public == PUBLIC


def calls(dependant: Dependant) -> set[Any]:
    return {dependant.call} | {call for inner in dependant.dependencies for call in calls(inner)}


def test_no_get_route_can_write() -> None:
    writing = {path for method, path, route in signatures() if method == "GET" and writes(route)}
    assert writing == WRITING_GETS


def test_what_looks_at_answers_or_takes_a_file_out_is_written_down() -> None:
    """Through the writer, before it is shown: the named exceptions to the rule above, and nothing else."""
    noting = {path for method, path, route in signatures() if method == "GET" and _read_audit in calls(route.dependant)}
    assert noting == NOTED_GETS


def test_every_way_to_a_sheet_is_written_down() -> None:
    noting = {path for method, path, route in signatures() if method == "GET" and _openings in calls(route.dependant)}
    assert noting == OPENING_GETS


def writes(route: RouteContext) -> bool:
    return dependencies._writing in calls(route.dependant)


def test_the_walk_sees_what_writes() -> None:
    """The two tests above prove nothing if the walk is blind."""
    found = {(method, path) for method, path, route in signatures() if writes(route)}
    assert ("POST", "/sign-out") in found
    assert ("POST", "/keying/{survey_key}/{wave_key}/forms") in found


def test_a_route_without_a_permission_stops_the_service() -> None:
    forgetful = APIRouter()

    @forgetful.get("/forgotten")
    def forgotten() -> str:
        return "everybody may read this"

    with pytest.raises(UnprotectedRoute, match="/forgotten"):
        refuse_unprotected(forgetful.routes)


def filled(path: str, world: World) -> str:
    values = {
        "survey_key": world.survey_key,
        "version_id": str(world.version_id),
        "name": "civilized_city",
        "wave_key": world.wave_key,
        "step": "close",
        "area_code": "110101000001",
        "city_code": "110000000000",
        "number": world.case_numbers[0],
        "language": "zh",
        "batch": "1",
        "keying_id": str(world.wave_id),
        "draft_id": str(world.wave_id),
        "import_id": str(world.wave_id),
        "export_id": str(world.wave_id),
        "file_id": str(world.wave_id),
        "case_id": str(world.case_ids[0]),
        "visit_id": str(world.wave_id),
        "account_id": "00000000-0000-7000-8000-000000000000",
        "role": "keyer",
        "what": "tree",
    }
    return path.format_map(defaultdict(lambda: "x", values))


def test_every_route_has_a_line_in_the_matrix() -> None:
    """Who may do what where is thought of when a route is made; test_matrix.py tries every line."""
    known = {(method, path) for method, path, _ in signatures() if (method, path) not in PUBLIC}
    missing = sorted(known - lines().keys())
    assert not missing, f"add a line to the table in tests/security/matrix.py for {missing}; its docstring says how"


def test_strangers_are_refused_everywhere_else(client: TestClient, world: World) -> None:
    refused = 0
    for method, path, _ in signatures():
        if (method, path) in PUBLIC:
            continue
        answer = client.request(method, filled(path, world))
        assert answer.status_code == 401, (method, path, answer.status_code)
        assert answer.json()["error"]["code"] == "E002"
        refused += 1
    assert refused > 10


@pytest.mark.parametrize(
    "path",
    [
        "//surveys",
        "/surveys/",
        "/./surveys",
        "/sign-in/../surveys",
        "/SURVEYS",
        "/surveys%2f",
        "/a/../surveys",
        "/%61/x",
    ],
)
def test_no_spelling_of_a_path_leads_around_the_permission(client: TestClient, path: str) -> None:
    answer = client.get(f"http://testserver{path}")  # whole, for "//surveys" alone would name a host
    assert answer.status_code in {401, 404, 303}, (path, answer.status_code)
    assert "2026年第三季度" not in answer.text


@pytest.mark.parametrize("method", ["post"])
def test_every_change_needs_the_token_of_its_session(client: TestClient, world: World, method: str) -> None:
    sign_in(client, "manager")
    refused = 0
    for verb, path, _ in signatures():
        if verb in permissions.SAFE_METHODS or (verb, path) in PUBLIC:
            continue
        for token in ("", "wrong", "x" * 43):
            answer = client.request(verb, filled(path, world), data={"csrf": token})
            assert answer.status_code == 403, (verb, path)
            assert answer.json()["error"]["code"] == "E004", (verb, path)
        refused += 1
    assert refused >= 4
    assert "调查中" in get(client, "/surveys")


def test_the_token_of_another_session_does_not_serve(client: TestClient, world: World) -> None:
    from tests.service.signed_in import csrf

    sign_in(client, "statistician")
    foreign = csrf(get(client, "/account"))
    sign_in(client, "manager")
    answer = client.post("/sign-out", data={"csrf": foreign}, headers=HTML)
    assert answer.status_code == 403
    assert get(client, "/account")
