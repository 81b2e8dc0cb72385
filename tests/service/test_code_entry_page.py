"""The door: one field for a code that was typed from a letter, and what is said of a wrong one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from survey_service.app import create_app
from tests.service.signed_in import sign_in

if TYPE_CHECKING:
    from survey_service.settings import Settings
    from tests.service.conftest import TestClock
    from tests.service.world import World

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def test_the_first_page_has_a_field_for_the_code(client: TestClient, world: World) -> None:
    page = client.get("/")
    assert (page.status_code, page.headers["cache-control"]) == (200, "private, no-store")
    assert 'name="code"' in page.text
    assert 'href="/sign-in"' in page.text
    assert "Staff sign-in" in client.get("/?lang=en").text
    code = world.case_codes[0]
    typed = f" {code[:5].lower()} {code[5:9]}-{code[9:]}. "
    led = client.post("/a", data={"code": typed, "_text": "large"})
    assert (led.status_code, led.headers["location"]) == (303, f"/a/{code}?text=large")
    assert client.get(f"/a/{code}").status_code == 200
    sign_in(client, "manager")
    assert client.get("/").headers["location"] == "/surveys"  # staff go to their work


def test_a_wrong_code_is_shown_again_with_the_reason_and_somebody_to_call(client: TestClient, world: World) -> None:
    wrong = "b" * 26
    for page in (client.post("/a", data={"code": wrong}), client.get(f"/a/{wrong}")):
        assert page.status_code == 404
        assert re.search(rf'name="code" value="{wrong}"', page.text, re.IGNORECASE)
        assert "请核对每一个字母" in page.text
        assert 'href="tel:12345"' in page.text
    assert "Call 12345" in client.get(f"/a/{wrong}?lang=en").text
    assert client.post("/a", data={"code": '"><svg onload=alert(1)>'}).text.count("<svg") == 0
    assert client.post("/a", data={"code": ""}).status_code == 422
    assert client.post("/a", json={"code": wrong}).status_code == 422


def test_a_city_without_a_hotline_shows_none(settings: Settings, world: World, clock: TestClock) -> None:
    assert world
    with TestClient(create_app(settings.model_copy(update={"hotline": ""}), clock=clock)) as client:
        assert "tel:" not in client.get("/").text
