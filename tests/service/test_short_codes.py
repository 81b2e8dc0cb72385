"""The short code of a letter: kept as a keyed hash, exchanged while its wave is open, and not to be guessed."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, func, select, update

from survey_service.audit.chain import SERVICE
from survey_service.models import AccessCode, Case, TriedAs, TypedTries, Wave, WaveState
from survey_service.secrets import CROCKFORD, KeyRing
from survey_service.surveys import codes, short_codes, typed_tries
from survey_service.surveys.short_code import in_threes, with_check
from survey_service.surveys.short_codes import ATTEMPTS, KeyOfCase

if TYPE_CHECKING:
    from fastapi.testclient import TestClient
    from httpx import Response

    from survey_service.database import Database
    from survey_service.settings import Settings
    from tests.service.conftest import TestClock
    from tests.service.world import World

pytestmark = pytest.mark.both_databases


@pytest.fixture
def keys(settings: Settings) -> KeyRing:
    return KeyRing(settings.secret_key.get_secret_value())


def short(keys: KeyRing, world: World, place: int = 0, issue: int = 1, attempt: int = 0) -> str:
    return with_check(keys.short_code(world.survey_id, world.case_ids[place], issue, attempt))


def never_printed(count: int) -> list[str]:
    """Codes whose check character is right, of nobody."""
    return [with_check(f"{number:09d}") for number in range(count)]


def typed(client: TestClient, code: str) -> Response:
    return client.post("/a", data={"code": code})


def tries(database: Database, kind: TriedAs = TriedAs.SHORT_CODE) -> int:
    with database.reading.begin() as session:
        return session.scalar(select(func.coalesce(func.sum(TypedTries.tries), 0)).where(TypedTries.kind == kind)) or 0


def use_up(database: Database, clock: TestClock, count: int) -> None:
    """``count`` wrong codes within this hour."""
    hour = clock().replace(minute=0, second=0, microsecond=0)
    with database.writing.begin() as session:
        session.merge(TypedTries(kind=TriedAs.SHORT_CODE, hour=hour, tries=count))


# ------------------------------------------------------------------ what opens


def test_it_leads_where_the_qr_code_beside_it_leads(client: TestClient, world: World, keys: KeyRing) -> None:
    code = short(keys, world)
    for written in (code, in_threes(code), in_threes(code).lower(), f"https://diaocha.example/s/{code}/"):
        led = typed(client, written)
        assert (led.status_code, led.headers["location"]) == (303, f"/a/{world.case_codes[0]}")
    tapped = client.get(f"/s/{code.lower()}?lang=en")
    assert (tapped.status_code, tapped.headers["location"]) == (303, f"/a/{world.case_codes[0]}?lang=en")
    assert client.get(tapped.headers["location"]).status_code == 200


def test_the_database_holds_a_keyed_hash_and_no_code(
    client: TestClient, world: World, keys: KeyRing, database: Database
) -> None:
    assert client
    code = short(keys, world)
    with database.reading.begin() as session:
        held = set(session.scalars(select(AccessCode.short_hash).where(AccessCode.case_id.is_not(None))))
    assert len(held) == len(world.case_ids)
    assert keys.keyed_hash("short code", code) in held
    plain = {hashlib.sha256(one.encode()).hexdigest() for one in (code, code[:-1], in_threes(code))}
    assert not plain & held, "45 bits are tried through in an hour where no key is in the hash"


def test_a_code_that_is_taken_gives_way_and_is_printed_again_the_same(
    world: World, keys: KeyRing, database: Database
) -> None:
    first, second = (KeyOfCase(case_id=one, issue=1) for one in world.case_ids[:2])
    with database.writing.begin() as session:
        # Somebody else's letter holds what would be the first attempt of the first case.
        taken = keys.keyed_hash("short code", short(keys, world))
        session.execute(update(AccessCode).where(AccessCode.short_hash == taken).values(short_hash=None))
        other = AccessCode.case_id == world.case_ids[2]
        session.execute(update(AccessCode).where(other).values(short_hash=taken))
    with database.reading.begin() as session:
        made = short_codes.of_cases(session, world.survey_id, [first], keys=keys)[first.case_id]
        assert made.code == short(keys, world, attempt=1)
        again = KeyOfCase(case_id=first.case_id, issue=1, short_hash=made.hash)
        assert short_codes.of_cases(session, world.survey_id, [again, second], keys=keys)[first.case_id] == made


def test_no_attempt_is_left_where_every_one_is_taken(world: World, keys: KeyRing, database: Database) -> None:
    """It never happens; if it did, no letter would be printed with somebody else's code."""
    one = KeyOfCase(case_id=world.case_ids[0], issue=7)
    with database.writing.begin() as session:
        for place, case_id in enumerate(world.case_ids[:ATTEMPTS]):
            taken = keys.keyed_hash("short code", short(keys, world, issue=7, attempt=place))
            session.execute(update(AccessCode).where(AccessCode.case_id == case_id).values(short_hash=taken))
        with pytest.raises(AssertionError, match="of its own"):
            short_codes.of_cases(session, world.survey_id, [one], keys=keys)


def test_a_lost_letter_takes_its_short_code_along(
    client: TestClient, world: World, keys: KeyRing, database: Database, clock: TestClock
) -> None:
    with database.writing.begin() as session:
        case = session.get_one(Case, (world.survey_id, world.case_ids[0]))
        fresh = codes.reissue_case_code(session, case, keys=keys, at=clock(), by=SERVICE)
    assert typed(client, short(keys, world)).status_code == 410
    assert typed(client, short(keys, world, issue=2)).headers["location"] == f"/a/{fresh}"
    assert tries(database) == 0  # nobody guessed


@pytest.mark.parametrize("state", [WaveState.DRAFT, WaveState.CLOSED])
def test_it_opens_while_the_wave_is_open(
    client: TestClient, world: World, keys: KeyRing, database: Database, state: WaveState
) -> None:
    with database.writing.begin() as session:
        session.execute(update(Wave).values(state=state))
    refused = typed(client, short(keys, world))
    assert refused.status_code == 410
    assert world.case_codes[0] not in refused.text
    assert ("还没有开始" if state is WaveState.DRAFT else "截止") in refused.text


# ------------------------------------------------------------------ what does not


def test_a_slip_is_told_without_a_look_into_the_database(
    client: TestClient, world: World, keys: KeyRing, database: Database
) -> None:
    code = short(keys, world)
    slip = code[:4] + CROCKFORD[(CROCKFORD.index(code[4]) + 1) % 32] + code[5:]
    asked: list[str] = []
    hear = lambda _c, _cursor, statement, *_: asked.append(statement)  # noqa: E731
    engines = (database.reading_engine, database.writing_engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", hear)
    try:
        refused, short_of_one = typed(client, slip), typed(client, code[:-1])
        english = client.post("/a", data={"code": slip, "_lang": "en"})
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", hear)
    assert asked == []
    assert (refused.status_code, short_of_one.status_code) == (422, 422)
    assert "打错了一个字" in refused.text
    assert "10 个字母和数字，请看看" in short_of_one.text
    assert "two are swapped" in english.text
    assert f'value="{slip}"' in refused.text  # to be mended, not typed anew


def test_a_code_of_nobody_is_counted_and_told_like_any_other(
    client: TestClient, world: World, database: Database
) -> None:
    assert world
    for count, code in enumerate(never_printed(3), 1):
        assert typed(client, code).status_code == 404
        assert tries(database) == count
    assert client.get(f"/s/{never_printed(4)[3]}").status_code == 404
    assert tries(database) == 4


def test_guessing_ends_for_everybody_and_goes_on_for_nobody_else_than_the_hour(
    client: TestClient, world: World, keys: KeyRing, database: Database, clock: TestClock
) -> None:
    right = short(keys, world)
    use_up(database, clock, typed_tries.AN_HOUR[TriedAs.SHORT_CODE] - 1)
    assert typed(client, right).status_code == 303  # a right one costs nothing
    [last] = never_printed(1)
    assert typed(client, last).status_code == 404
    for code in (last, right):  # also from another address, and also a right one: else the next guess would be told
        refused = client.post("/a", data={"code": code}, headers={"X-Forwarded-For": "203.0.113.9"})
        assert refused.status_code == 429
        assert "二维码照常能扫" in refused.text
        assert 'href="tel:12345"' in refused.text
    assert tries(database) == typed_tries.AN_HOUR[TriedAs.SHORT_CODE]  # refused ones are not written
    assert "二维码照常能扫" in client.get("/").text
    assert client.get(f"/a/{world.case_codes[0]}").status_code == 200  # the QR code works on
    clock.at += timedelta(hours=1)
    assert "二维码照常能扫" not in client.get("/").text
    assert typed(client, right).status_code == 303


def test_a_wave_bears_so_many_and_no_more(
    client: TestClient, world: World, keys: KeyRing, database: Database, clock: TestClock
) -> None:
    use_up(database, clock, typed_tries.A_WAVE)
    clock.at += timedelta(hours=2)
    with database.writing.begin() as session:  # what was typed before a wave opened is not of it
        session.execute(update(Wave).values(opened_at=clock() - timedelta(hours=1)))
    assert typed(client, short(keys, world)).status_code == 303
    with database.writing.begin() as session:
        session.execute(update(Wave).values(opened_at=clock() - timedelta(days=1)))
    refused = typed(client, short(keys, world))
    assert refused.status_code == 429
    assert "这一期不再收手打的码" in refused.text
    assert "这一期不再收手打的码" in client.get("/").text


def test_a_whole_village_mistypes_behind_one_address(
    client: TestClient, world: World, keys: KeyRing, database: Database
) -> None:
    """300 slips of one character are told each, and count for nothing."""
    code = short(keys, world)
    for number in range(300):
        place, character = number % 10, CROCKFORD[(CROCKFORD.index(code[number % 10]) + 1 + number // 10) % 32]
        assert typed(client, code[:place] + character + code[place + 1 :]).status_code == 422
    assert tries(database) == 0
    assert typed(client, code).status_code == 303
