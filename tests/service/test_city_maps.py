"""The map of a city: looked at before it is stored, who may, replaced, taken away, and frozen with a release."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from survey_service.areas import maps
from survey_service.audit.chain import SYSTEM, verify
from survey_service.database import Database
from survey_service.models import AreaMap, AuditEntry, Release
from survey_service.releases.signed_summaries import unpacked
from survey_service.services import Services
from tests.service.signed_in import HTML, csrf, get, post, sign_in
from tests.service.test_releases import release, reviewed, services
from tests.service.world import World
from tests.spec.importing.maps_with_problems import SQUARE, collection, feature

__all__ = ["reviewed", "services"]
CITY, FIRST, SECOND = "110000000000", "110101000001", "110101000002"
PAGE = f"/areas/{CITY}/map"


def strip(number: int, **properties: object) -> object:
    return feature([[[x + 0.2 * number, y] for x, y in SQUARE]], **properties)


WHOLE = collection(strip(0, code=FIRST, note="a"), strip(1, code=SECOND, note="b"))


def send(client: TestClient, content: bytes, **fields: str) -> Response:
    token = csrf(get(client, PAGE))
    files = {"file": ("borders.geojson", content, "application/geo+json")}
    return client.post(PAGE, data={**fields, "csrf": token}, files=files, headers=HTML)


def confirm(client: TestClient, page: str, **fields: str) -> Response:
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.partition("enctype")[2]))
    chosen = re.search(r'<option value="([^"]*)" selected', page)
    assert chosen
    return client.post(PAGE, data={**hidden, "property": chosen[1], **fields}, headers=HTML)


def stored(database: Database) -> AreaMap | None:
    with database.reading.begin() as session:
        found = session.scalars(select(AreaMap)).one_or_none()
        session.expunge_all()
        return found


@pytest.mark.both_databases
def test_a_map_is_looked_at_stored_replaced_and_taken_away(
    client: TestClient, database: Database, world: World
) -> None:
    sign_in(client, "administrator")
    looked = send(client, WHOLE, review_number="GS(2026)1234号")
    assert looked.status_code == 200
    assert "2 个社区里有 2 个在地图上" in looked.text
    assert stored(database) is None
    assert confirm(client, looked.text).status_code == 303
    first = stored(database)
    assert first is not None
    assert (first.file_name, first.review_number) == ("borders.geojson", "GS（2026）1234号")
    assert 'class="city-map"' in get(client, PAGE)
    other = collection(strip(0, code=FIRST), strip(1, code=SECOND), strip(2, code="999"))
    assert confirm(client, send(client, other).text).status_code == 303
    second = stored(database)
    assert second is not None
    assert second.file_sha256 != first.file_sha256
    assert post(client, f"{PAGE}/remove").status_code == 422
    assert post(client, f"{PAGE}/remove", {"sure": "yes"}).status_code == 303
    assert stored(database) is None
    with database.reading.begin() as session:
        told = session.scalars(
            select(AuditEntry).where(AuditEntry.action.like("area.map%")).order_by(AuditEntry.sequence)
        )
        assert [(one.action, one.detail.get("replaces")) for one in told] == [
            ("area.map_stored", None),
            ("area.map_stored", first.file_sha256),
            ("area.map_removed", None),
        ]
        verify(session, SYSTEM)


def test_names_serve_where_there_are_no_codes_and_both_sides_of_what_is_missing_are_shown(
    client: TestClient, database: Database, world: World
) -> None:
    sign_in(client, "administrator")
    looked = send(client, collection(strip(0, label="万寿桥 社区"), strip(1, label="别处社区")))
    assert "2 个社区里有 1 个在地图上" in looked.text
    for words in ("地图上没有的社区", "文昌阁社区", "对不上社区的面", "别处社区", "仍然一个社区一格"):
        assert words in looked.text
    assert confirm(client, looked.text).status_code == 303
    assert "文昌阁社区" in get(client, PAGE)


def test_another_property_is_chosen_and_looked_at_again(client: TestClient, database: Database, world: World) -> None:
    sign_in(client, "administrator")
    looked = send(client, collection(strip(0, code=FIRST, was=SECOND), strip(1, code=SECOND, was="")))
    again = confirm(client, looked.text, property="was", again="yes")
    assert again.status_code == 200
    assert "2 个社区里有 1 个在地图上" in again.text
    assert stored(database) is None


def test_a_file_with_problems_is_told_with_its_features_and_nothing_is_kept(
    client: TestClient, database: Database, world: World
) -> None:
    sign_in(client, "administrator")
    bad = collection(feature([SQUARE[:4]], code=FIRST, name="万寿桥社区"), strip(1, code=SECOND))
    answer = send(client, bad)
    assert answer.status_code == 422
    assert "第 1 个（万寿桥社区）的一段边界没有闭合" in answer.text
    deep = b'{"type":"FeatureCollection","features":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    assert send(client, deep).status_code == 422
    assert send(client, WHOLE, review_number="12").status_code == 422
    assert stored(database) is None


def test_it_is_the_administrators_and_of_a_city(client: TestClient, world: World) -> None:
    sign_in(client, "administrator")
    get(client, f"/areas/{FIRST}/map", status=404)
    assert PAGE in get(client, f"/areas/{CITY}")
    for role in ("manager", "leader", "statistician"):
        sign_in(client, role)
        get(client, PAGE, status=403)


def test_an_edition_keeps_the_map_that_it_was_signed_with(
    client: TestClient, database: Database, reviewed: World, services: Services
) -> None:
    sign_in(client, "administrator")
    assert confirm(client, send(client, WHOLE).text).status_code == 303
    release_id = release(database, reviewed)
    assert post(client, f"{PAGE}/remove", {"sure": "yes"}).status_code == 303
    with database.reading.begin() as session:
        kept = session.get_one(Release, (reviewed.survey_id, release_id)).printed
        assert maps.map_of(session, reviewed.city_id) is None
    assert kept is not None
    city = unpacked(kept).city
    assert city.city_map is not None
    assert set(city.city_map.outlines) == {FIRST, SECOND}
