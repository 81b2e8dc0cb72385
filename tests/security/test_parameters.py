"""What a parameter may do: no SQL, no names beside the signature's, no way around a permission by spelling."""

from __future__ import annotations

from typing import Any, get_args
from urllib.parse import quote

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.testclient import TestClient
from pydantic import BaseModel
from sqlalchemy import func, select

from survey_service.accounts import service as accounts
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Account, Area, Case, Grant, Role, Survey, Wave
from tests.security.test_matrix import SECRET, City, city
from tests.security.walking import Stop, stops
from tests.service.signed_in import HTML, csrf, get, sign_in
from tests.service.world import NOW, PASSWORD, World

__all__ = ["city"]
TABLES = (Area, Survey, Wave, Account, Grant, Case)
SQL = ("' OR '1'='1' --", "x'); DROP TABLE area; --", "%' UNION SELECT password_hash FROM account WHERE '%'='")
# PostgreSQL keeps no text with the first, no database such a number as the second.
UNSTORABLE = ("a\x00b", "9" * 30)
COUNTED = {"batch", "number"}  # parts of paths that are numbers
LEAVES = {"/sign-out", "/account/password"}  # they would end the walk


def person(database: Database, user: str, area: Any) -> None:
    """Somebody with every role on that area."""
    with database.writing.begin() as session:
        made = accounts.create_account(session, user=user, name="某人", password=PASSWORD, at=NOW, by=SERVICE)
        for role in Role:
            accounts.grant(session, made, role, area, at=NOW, by=SERVICE)


def rows(database: Database) -> list[int]:
    with database.reading.begin() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def send(client: TestClient, stop: Stop, address: str, value: str, token: str) -> Any:
    """Every field of the query and the body holds the value."""
    joined = f"{address}?" + "&".join(f"{name}={quote(value)}" for name in stop.in_query)
    if stop.method == "GET":
        return client.get(joined, headers=HTML)
    return client.request(
        stop.method, joined, data=dict.fromkeys(stop.in_body, value), headers={**HTML, "X-CSRF-Token": token}
    )


@pytest.mark.both_databases
def test_no_part_of_a_path_is_sql(client: TestClient, city: City, database: Database) -> None:
    """Every part of every path, as somebody with every role in another city: no fault, nothing of this city."""
    person(database, "everything", city.areas["elsewhere"])
    sign_in(client, "everything")
    token, wrong = csrf(get(client, "/account")), []
    for stop in stops():
        for name in stop.in_path:
            for value in (SQL[0], UNSTORABLE[name in COUNTED]):
                answer = send(client, stop, stop.address(city.world, **{name: quote(value, safe="")}), SQL[1], token)
                if answer.status_code >= 500 or any(word in answer.text for word in SECRET):
                    wrong.append(f"{stop.method} {stop.path} {name}={value!r}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.both_databases
def test_no_field_is_sql(client: TestClient, city: City, database: Database) -> None:
    """Every field of every query and form, all at once, as somebody with every role here: no fault, nothing stored."""
    person(database, "everything", city.areas["city"])
    before = rows(database)
    sign_in(client, "everything")
    token, wrong = csrf(get(client, "/account")), []
    for stop in stops():
        if stop.path in LEAVES or (stop.method == "GET" and not stop.in_query):
            continue
        for value in (" ".join(SQL), UNSTORABLE[0]):
            answer = send(client, stop, stop.address(city.world), value, token)
            if answer.status_code >= 500:
                wrong.append(f"{stop.method} {stop.path} {value!r}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert rows(database) == before
    answers = {"know": "1", "overall": "1", "channels": "5", "channels.other": UNSTORABLE[0], "age": UNSTORABLE[1]}
    answer = client.post(f"/a/{city.world.open_codes[0]}", data={**answers, "client_id": "0" * 32})
    assert answer.status_code < 500, answer.text


def test_a_search_finds_by_name_and_by_nothing_else(client: TestClient, world: World, database: Database) -> None:
    """Signs of a pattern are letters, a field that is not offered is not read, an order cannot be asked for."""
    sign_in(client, "administrator")
    plain = get(client, "/accounts?q=keyer")
    assert "statistician" not in plain.partition("<table")[2]
    for signs in ("%", "_", "%25ey%25", "k%25r", "\\"):
        page = get(client, f"/accounts?q={signs}")
        assert "<table" not in page, signs
    whole = get(client, "/accounts").partition("<table")[2]
    for asked in (
        "sort=password_hash",
        "order_by=created_at",
        "filter[password_hash]=x",
        "password_hash=x",
        "sort=-user",
    ):
        assert get(client, f"/accounts?{asked}").partition("<table")[2] == whole, asked
    assert client.get("/accounts?role=password_hash").status_code == 422
    with database.reading.begin() as session:
        stored = session.scalars(select(Account.password_hash)).all()
    assert not any(one in whole for one in stored)


def models_of(dependant: Dependant) -> set[type[BaseModel]]:
    found: set[type[BaseModel]] = set()
    for one in (*dependant.body_params, *dependant.query_params):
        annotation = one.field_info.annotation
        for kind in (annotation, *get_args(annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                found.add(kind)
    return found.union(*(models_of(inner) for inner in dependant.dependencies)) if dependant.dependencies else found


def inner_models(model: type[BaseModel]) -> set[type[BaseModel]]:
    found = {model}
    for one in model.model_fields.values():
        for kind in (one.annotation, *get_args(one.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in found:
                found |= inner_models(kind)
    return found


def test_a_body_holds_its_fields_and_no_others() -> None:
    models = {inner for stop in stops() for model in models_of(stop.route.dependant) for inner in inner_models(model)}
    assert len(models) >= 2, "the walk is blind"
    open_to_all = sorted(model.__name__ for model in models if model.model_config.get("extra") != "forbid")
    assert not open_to_all


def test_a_form_sets_only_what_its_page_offers(client: TestClient, world: World, database: Database) -> None:
    """A name beside those of the page changes nothing: no role, no state, no key of a record."""
    sign_in(client, "administrator")
    token = csrf(get(client, "/account"))
    more = {
        "id": str(world.city_id),
        "password_hash": "x",
        "demonstration": "true",
        "disabled_at": "2020-01-01",
        "start_password_until": "",
        "second_factor_since": "2020-01-01",
        "grants": "administrator",
    }
    sent = {"user": "li.na", "name": "李娜", "role": "keyer", "area": "110101000001", "csrf": token, **more}
    assert client.post("/accounts", data=sent, headers=HTML).status_code == 200
    with database.reading.begin() as session:
        made = session.scalars(select(Account).where(Account.user == "li.na")).one()
        assert (made.demonstration, made.disabled_at, made.second_factor_since) == (False, None, None)
        assert made.id != world.city_id
        assert made.start_password_until is not None
        assert made.password_hash.startswith("$argon2")
        granted = session.scalars(select(Grant.role).where(Grant.account_id == made.id)).all()
        assert granted == [Role.KEYER]
    sign_in(client, "manager")
    token = csrf(get(client, "/account"))
    here = f"/surveys/{world.survey_key}/edit"
    sent = {
        "title_zh": "改过的名称",
        "population_zh": "常住居民",
        "frame_zh": "台账",
        "csrf": token,
        "key": "other",
        "id": str(world.city_id),
        "city_id": str(world.community_ids[0]),
        "area": "110101000001",
    }
    client.post(here, data=sent, headers=HTML)
    with database.reading.begin() as session:
        survey = session.scalars(select(Survey)).one()
        assert (survey.id, survey.key, survey.city_id) == (world.survey_id, world.survey_key, world.city_id)


SPELLINGS = (
    "/{path}",
    "{path}/",
    "/.{path}",
    "{path}/..;/",
    "{path}%00",
    "{path}%20",
    "/sign-in/..{path}",
    "/a/%2e%2e{path}",
    "/static/..{path}",
    "{path}?x=/a/",
    "/a/x/..%2f..{path}",
)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # routing asks no database
def test_no_spelling_of_any_path_opens_it_to_strangers(client: TestClient, world: World) -> None:
    """Every route that asks for a person, in every spelling: refused, unknown, or led to the sign-in page."""
    opened, tried = [], 0
    door = client.get("/").text  # of two slashes a browser makes a host, and asks it for its first page
    for stop in stops():
        if stop.public or stop.method != "GET":
            continue
        path = stop.address(world)
        for spelling in (*SPELLINGS, path.upper(), encoded(path)):
            answer = client.get(spelling.replace("{path}", path))
            tried += 1
            refused = answer.status_code in {400, 401, 404, 405} or answer.text == door
            led = answer.status_code in {303, 307} and (
                answer.headers["location"].endswith(path) or answer.headers["location"] == "/sign-in"
            )
            if not refused and not led:
                opened.append(f"{spelling} {path}: {answer.status_code}")
    assert not opened
    assert tried > 500


def encoded(path: str) -> str:
    """Every letter as a browser would decode it."""
    return "/" + "/".join("".join(f"%{ord(letter):02x}" for letter in part) for part in path.strip("/").split("/"))
