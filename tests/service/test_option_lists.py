"""A long list as a file, and what is posted of it: a name is its code, and what is none is looked up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from questionnaires.lists import filled
from survey_service.database import Database
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.browser.resident_world import OpenWave, open_wave_of
from tests.browser.test_resident import answers
from tests.service.world import World
from tests.spec.questionnaires.examples import loaded
from tests.spec.questionnaires.listed import LISTED, LONG_ENTRIES, in_the_file


@pytest.fixture
def wave(tmp_path: Path, database: Database, settings: Settings, world: World) -> OpenWave:
    questionnaire = in_the_file(filled(loaded(tmp_path, LISTED), LONG_ENTRIES))
    return open_wave_of(database, KeyRing(settings.secret_key.get_secret_value()), world, questionnaire)


def test_a_list_is_fetched_once_and_kept_for_ever(client: TestClient, wave: OpenWave) -> None:
    page = client.get(f"/a/{wave.code}").text
    address = re.findall('data-list="([^"]+)"', page)[1]
    reply = client.get(address)
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert reply.headers["content-encoding"] == "gzip"
    found = reply.json()
    assert found["entries"][0] == ["440300001001", "海珠社区", "440300001"]
    assert "hai" in found["sounds"]["海"].split()
    assert client.get(address, headers={"If-None-Match": reply.headers["etag"]}).status_code == 304
    assert client.get("/a/lists/000000000000000000000000.json").status_code == 404
    assert "文心社区" not in page  # ninety names do not weigh on the page


def test_a_name_is_stored_as_its_code(client: TestClient, wave: OpenWave, database: Database) -> None:
    given = {"street": "粤海街道", "community": "文心社区", "client_id": "0" * 32}
    assert client.post(f"/a/{wave.code}", data=given).status_code == 200
    assert answers(database, wave) == [{"street": "440300001", "community": "440300001004"}]


def test_what_is_no_entry_is_looked_up_and_nothing_is_lost(client: TestClient, wave: OpenWave) -> None:
    found = client.post(f"/a/{wave.code}", data={"street": "nsh", "field": "a", "action": "find"})
    assert found.status_code == 200
    assert re.findall('type="radio" name="street" value="([^"]+)"', found.text) == ["440300008", "99"]
    assert '<input type="hidden" name="field" value="a">' in found.text
    # With the answer before it, of that street alone.
    of_street = client.post(f"/a/{wave.code}", data={"street": "440300008", "community": "大学城", "action": "find"})
    assert re.findall('type="radio" name="community" value="([^"]+)"', of_street.text)[:-2] == ["440300008003"]
    chosen = {"street": ["nsh", "440300008"], "action": "edit"}  # the field and what was chosen below it
    assert 'value="南山街道"' in client.post(f"/a/{wave.code}", data=chosen).text


def test_a_community_of_another_street_is_told_with_those_of_this_one(client: TestClient, wave: OpenWave) -> None:
    given = {"street": "440300001", "community": "440300008003", "client_id": "0" * 32}
    reply = client.post(f"/a/{wave.code}", data=given)
    assert reply.status_code == 422
    assert "选的是“粤海街道”，这里没有“南山大学城社区”" in reply.text
    offered = re.findall('type="radio" name="community" value="([^"]+)"', reply.text)
    assert offered == [*(f"44030000100{place}" for place in range(1, 6)), "98", "99"]
