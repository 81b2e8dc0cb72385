"""What an open code opens is remembered for a moment, and looked up anew by one of those who come after it."""

from __future__ import annotations

import pytest

from survey_service.collection import opened_by_code
from survey_service.collection.opened_by_code import RememberedCodes
from survey_service.database import Database
from tests.service.world import World


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(opened_by_code.time, "monotonic", lambda: now[0])
    return now


def test_of_many_who_come_after_the_moment_one_looks(database: Database, world: World, clock: list[float]) -> None:
    remembered, code = RememberedCodes(seconds=1.0), world.open_codes[0]
    assert remembered.get(code) is None
    first = remembered.look_up(database.reading, code)
    clock[0] += 0.9
    assert remembered.get(code) is first
    clock[0] += 0.2
    assert remembered.get(code) is None, "one is sent to look"
    assert [remembered.get(code) for _ in range(50)] == [first] * 50, "the others go on with what was known"
    second = remembered.look_up(database.reading, code)
    assert remembered.get(code) is second is not first


def test_what_nobody_could_look_up_is_not_believed_for_long(
    database: Database, world: World, clock: list[float]
) -> None:
    remembered, code = RememberedCodes(seconds=1.0), world.open_codes[0]
    remembered.look_up(database.reading, code)
    clock[0] += 1.5
    assert remembered.get(code) is None
    assert remembered.get(code) is not None
    clock[0] += 0.6  # whoever was sent did not come back
    assert [remembered.get(code) for _ in range(3)] == [None] * 3


def test_what_this_process_changes_is_seen_at_once(database: Database, world: World, clock: list[float]) -> None:
    remembered, code = RememberedCodes(seconds=1.0), world.open_codes[0]
    remembered.look_up(database.reading, code)
    with database.writing.begin():
        pass
    assert remembered.get(code) is None


def test_each_code_has_its_own_moment(database: Database, world: World, clock: list[float]) -> None:
    remembered = RememberedCodes(seconds=1.0)
    remembered.look_up(database.reading, world.open_codes[0])
    clock[0] += 0.9
    kept = remembered.look_up(database.reading, world.open_codes[1])
    clock[0] += 0.2
    assert remembered.get(world.open_codes[1]) is kept
