"""Whose address counts, and what an address may do: a header that anybody can write is believed from nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from survey_service.app import create_app
from survey_service.collection.limiter import RateLimiter
from survey_service.settings import Settings
from survey_service.web.addresses import client_address, place_of
from tests.service.world import NOW, World

if TYPE_CHECKING:
    from tests.service.conftest import TestClock

PROXIES = "10.0.0.0/8, 2001:db8::1"


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "expected"),
    [
        ("", "203.0.113.9", ["198.51.100.1"], "203.0.113.9"),  # nobody's header is believed
        (PROXIES, "203.0.113.9", ["198.51.100.1"], "203.0.113.9"),  # not this one's either
        (PROXIES, "10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        (PROXIES, "10.0.0.1", ["1.2.3.4, 198.51.100.1"], "198.51.100.1"),  # what the person wrote is left of it
        (PROXIES, "10.0.0.1", ["1.2.3.4", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),  # two proxies, two headers
        (PROXIES, "10.0.0.1", ["10.0.0.9"], "10.0.0.9"),
        (PROXIES, "10.0.0.1", ["1.2.3.4, evil, 10.0.0.3"], "10.0.0.3"),
        (PROXIES, "10.0.0.1", [], "10.0.0.1"),
        (PROXIES, "2001:db8::1", ["[2001:db8:5::7]:443"], "2001:db8:5::7"),
        (PROXIES, "10.0.0.1", ["198.51.100.1:5060"], "198.51.100.1"),
        (PROXIES, "::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        (PROXIES, "testclient", ["198.51.100.1"], "unknown"),
    ],
)
def test_the_address_of_whoever_asks(proxies: str, peer: str, forwarded: list[str], expected: str) -> None:
    headers = [(b"x-forwarded-for", one.encode()) for one in forwarded]
    scope = {"type": "http", "client": (peer, 1), "headers": headers}
    assert client_address(scope, Settings(trusted_proxies=proxies)) == expected


def test_a_line_of_ipv6_is_one_place() -> None:
    assert place_of("2001:db8:1:2::5") == place_of("2001:db8:1:2:ffff::1") != place_of("2001:db8:1:3::5")
    assert place_of("198.51.100.1") != place_of("198.51.100.2")


def test_a_proxy_that_is_no_address_stops_the_start() -> None:
    with pytest.raises(ValidationError):
        Settings(trusted_proxies="proxy.example.gov.cn")


def test_a_rate_lets_as_many_through_as_it_says_and_its_wait_is_enough() -> None:
    for start in (0.0, 17.0, 59.9):
        rate, at = RateLimiter(5, 60), start
        for _ in range(5):
            assert rate.wait("a", at) == 0
            rate.count("a", at)
        wait = rate.wait("a", at)
        assert 0 < wait <= 120
        assert rate.wait("b", at) == 0
        assert rate.wait("a", at + wait) == 0


ANSWERS = {"know": "2", "overall": "1"}


def submit(client: TestClient, code: str, number: int, forwarded: str = "", **arguments: Any) -> Any:
    headers = {"accept": "application/json", **({"x-forwarded-for": forwarded} if forwarded else {})}
    return client.post(f"/a/{code}", data={**ANSWERS, "client_id": f"{number:032d}"}, headers=headers, **arguments)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # counted before any database is asked
def test_a_community_behind_one_address_passes_and_a_flood_waits(
    settings: Settings, world: World, clock: TestClock
) -> None:
    """The limit that ships lets three hundred neighbours through in one minute; here it is smaller to be quick."""
    assert Settings().answers_per_minute >= 300
    with TestClient(create_app(settings.model_copy(update={"answers_per_minute": 20}), clock=clock)) as client:
        code = world.open_codes[0]
        for number in range(20):
            assert submit(client, code, number).status_code == 200
            if number < 19:
                assert submit(client, code, number).status_code == 200  # a retry takes no neighbour's place
        flooded = submit(client, code, 20, forwarded="198.51.100.77")  # pretending to be somebody else does not help
        assert (flooded.status_code, flooded.json()["error"]["code"]) == (429, "E142")
        assert int(flooded.headers["retry-after"]) >= 1
        page = client.post(f"/a/{code}", data={**ANSWERS, "client_id": f"{20:032d}"})
        assert "未提交，请勿关闭" in page.text
        # The next community, and a household with its own code, are not kept waiting by it.
        assert submit(client, world.open_codes[1], 21).status_code == 200
        assert submit(client, world.case_codes[0], 22).status_code == 200
        clock.at = NOW.fromtimestamp(NOW.timestamp() + int(flooded.headers["retry-after"]), NOW.tzinfo)
        assert submit(client, code, 20).status_code == 200
