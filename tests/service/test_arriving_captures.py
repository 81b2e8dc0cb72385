"""Answers that pass the group writer together fare as they would alone, and cost one look at the head of the log."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, false, func, select

from survey_service.audit.chain import verify
from survey_service.captures.errors import AlreadyAnswered, ContentConflict, WaveClosed
from survey_service.captures.incoming import IncomingCapture, Outcome
from survey_service.collection import arriving_capture
from survey_service.collection.arriving_capture import ArrivingCapture
from survey_service.database import Database
from survey_service.models import Capture, Response
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.writer import GroupWriter
from tests.faults.test_writer import in_one_group
from tests.service.test_collection_service import ANSWERS, ZONE, incoming
from tests.service.world import NOW, World

pytestmark = pytest.mark.both_databases

OTHERS = {**ANSWERS, "overall": "3"}


@pytest.fixture
def keys(settings: Settings) -> KeyRing:
    return KeyRing(settings.secret_key.get_secret_value())


@pytest.fixture
def writer(database: Database) -> Iterator[GroupWriter]:
    opened = GroupWriter(database.writing, queue_size=50, group_size=50)
    yield opened
    opened.close()


def told(future: Future[Any]) -> Any:
    failed = future.exception(30)
    return failed if failed is not None else future.result()


def stored(database: Database, kind: Any) -> int:
    with database.reading.begin() as session:
        return session.execute(select(func.count()).select_from(kind)).scalar_one()


def group(world: World) -> list[IncomingCapture]:
    """What may meet in one group."""
    return [
        incoming(world, "a" * 32),
        incoming(world, "b" * 32),
        incoming(world, "a" * 32),  # a double tap
        incoming(world, "b" * 32, answers=OTHERS),  # the same id with other answers
        incoming(world, "k" * 32),  # was stored before; its acknowledgement got lost
        incoming(world, "c" * 32, case=0),
        incoming(world, "d" * 32, case=0),  # the same household once more
        incoming(world, "e" * 32, at=NOW + timedelta(days=30)),  # after the last day
        incoming(world, "f" * 32),
    ]


def check_group(futures: list[Future[Any]], known: Any) -> None:
    first, second, again, other, repeated, household, neighbour, late, last = map(told, futures)
    assert [one.outcome for one in (first, second, household, last)] == [Outcome.STORED] * 4
    assert (again.outcome, again.receipt, again.capture_id) == (Outcome.REPEATED, first.receipt, first.capture_id)
    assert isinstance(other, ContentConflict)
    assert (repeated.outcome, repeated.receipt) == (Outcome.REPEATED, known.receipt)
    assert isinstance(neighbour, AlreadyAnswered)
    assert isinstance(late, WaveClosed)
    assert len({one.receipt for one in (first, second, household, last, repeated)}) == 5


def test_in_one_group_everyone_fares_as_alone(
    database: Database, world: World, keys: KeyRing, writer: GroupWriter
) -> None:
    works = [ArrivingCapture(incoming=one, keys=keys, zone=ZONE) for one in group(world)]
    known = told(writer.submit(works[4]))
    check_group(in_one_group(writer, *works), known)
    assert (stored(database, Response), stored(database, Capture)) == (5, 6)  # the other answers are kept beside
    with database.reading.begin() as session:
        verify(session, str(world.survey_id))


def test_where_the_group_is_refused_as_a_whole_each_goes_alone(
    database: Database, world: World, keys: KeyRing, writer: GroupWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if another process stored the known one between the look and the insert: the constraint refuses the group.
    monkeypatch.setattr(arriving_capture, "_SEEN", arriving_capture._SEEN.where(false()))
    works = [ArrivingCapture(incoming=one, keys=keys, zone=ZONE) for one in group(world)]
    known = told(writer.submit(works[4]))
    check_group(in_one_group(writer, *works), known)
    assert (stored(database, Response), stored(database, Capture)) == (5, 6)
    with database.reading.begin() as session:
        verify(session, str(world.survey_id))


def test_a_group_costs_a_few_statements_and_one_look_at_the_head(
    database: Database, world: World, keys: KeyRing, writer: GroupWriter
) -> None:
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement.replace(chr(34), ""))

    works = [ArrivingCapture(incoming=incoming(world, f"{number:032d}"), keys=keys, zone=ZONE) for number in range(30)]
    event.listen(database.writing_engine, "before_cursor_execute", hear)
    try:
        futures = in_one_group(writer, *works)
        assert {told(one).outcome for one in futures} == {Outcome.STORED}
    finally:
        event.remove(database.writing_engine, "before_cursor_execute", hear)
    assert len([one for one in said if one.startswith("UPDATE audit_head")]) == 1
    assert len([one for one in said if one.startswith("INSERT INTO capture")]) == 1
    assert len([one for one in said if "rows_head" in one]) <= 2  # the key of the wave's rows, made and then moved
    assert len(said) < 14
    assert stored(database, Response) == 30
