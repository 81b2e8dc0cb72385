"""The group writer under faults: nobody hears 已提交 of what is not stored, and one answer's fault is its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.audit.chain import SERVICE, verify
from survey_service.database import Database
from survey_service.ids import new_id
from survey_service.models import Area, AuditEntry
from survey_service.writer import Busy, GroupWriter
from tests.service.world import NOW

pytestmark = pytest.mark.both_databases


class Refused(Exception):
    pass


class Gate:
    """Work that holds the writer until it is opened."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self._open = threading.Event()

    def __call__(self, session: Session) -> None:
        self.entered.set()
        assert self._open.wait(120)

    def open(self) -> None:
        self._open.set()


@pytest.fixture
def writer(database: Database) -> Iterator[GroupWriter]:
    opened = GroupWriter(database.writing, queue_size=50, group_size=20)
    yield opened
    opened.close()


def add_area(code: str, *, fails: bool = False) -> Any:
    def work(session: Session) -> UUID:
        area = Area(id=new_id(), code=code, name_zh=code, kind="community")
        session.add(area)
        session.flush()
        audit.record(session, survey_id=None, at=NOW, by=SERVICE, action="area.added", record=f"area {area.id}")
        if fails:
            raise Refused
        return area.id

    return work


def codes(database: Database) -> list[str]:
    with database.reading.begin() as session:
        return sorted(session.scalars(select(Area.code)))


def audited(database: Database) -> int:
    with database.reading.begin() as session:
        verify(session, "system")
        return len(session.scalars(select(AuditEntry.sequence)).all())


def in_one_group(writer: GroupWriter, *works: Any) -> list[Future[Any]]:
    """Submit while the writer is held, so that all are taken at once."""
    gate = Gate()
    held = writer.submit(gate)
    assert gate.entered.wait(120)
    futures = [writer.submit(work) for work in works]
    gate.open()
    held.result(120)
    return futures


def test_a_refused_answer_fails_alone_and_leaves_no_trace(database: Database, writer: GroupWriter) -> None:
    before, refused, after = in_one_group(writer, add_area("1"), add_area("2", fails=True), add_area("3"))
    before.result(120)
    after.result(120)
    with pytest.raises(Refused):
        refused.result(120)
    assert codes(database) == ["1", "3"]
    assert audited(database) == 2  # the rows of its neighbours stand, its own is gone


def test_nobody_is_told_before_the_commit(database: Database, writer: GroupWriter) -> None:
    seen: list[bool] = []
    futures: list[Future[Any]] = []

    def look(_: Any) -> None:
        seen.append(any(one.done() for one in futures))

    gate = Gate()
    held = writer.submit(gate)
    assert gate.entered.wait(120)
    futures += [writer.submit(add_area(str(number))) for number in range(3)]
    event.listen(database.writing_engine, "commit", look)
    try:
        gate.open()
        held.result(120)
        for one in futures:
            one.result(120)
    finally:
        event.remove(database.writing_engine, "commit", look)
    assert seen == [False]  # one commit for the three; the held work wrote nothing
    assert codes(database) == ["0", "1", "2"]


def test_a_commit_that_fails_every_time_acknowledges_nothing(database: Database, writer: GroupWriter) -> None:
    def fail(_: Any) -> None:
        raise OperationalError("COMMIT", {}, Exception("disk full"))

    event.listen(database.writing_engine, "commit", fail)
    try:
        for number in range(3):
            with pytest.raises(OperationalError):
                writer.submit(add_area(str(number))).result(120)
    finally:
        event.remove(database.writing_engine, "commit", fail)
    assert codes(database) == []
    writer.submit(add_area("later")).result(120)
    assert codes(database) == ["later"]
    assert audited(database) == 1


def test_a_full_line_is_told_at_once(database: Database) -> None:
    writer = GroupWriter(database.writing, queue_size=3, group_size=20)
    gate = Gate()
    held = writer.submit(gate)
    assert gate.entered.wait(120)
    futures = [writer.submit(add_area(str(number))) for number in range(3)]
    with pytest.raises(Busy):
        writer.submit(add_area("9"))
    assert not held.done()
    gate.open()
    held.result(120)
    for one in futures:
        one.result(120)
    writer.close()
    assert codes(database) == ["0", "1", "2"]
    with pytest.raises(Busy):
        writer.submit(add_area("after the end"))


def test_what_was_given_up_before_it_began_is_not_stored(database: Database, writer: GroupWriter) -> None:
    gate = Gate()
    held = writer.submit(gate)
    assert gate.entered.wait(120)
    given_up, kept = writer.submit(add_area("given up")), writer.submit(add_area("kept"))
    assert given_up.cancel()
    gate.open()
    held.result(120)
    kept.result(120)
    assert codes(database) == ["kept"]


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)  # SQLite has no connection that could die
def test_a_connection_that_dies_in_mid_group_loses_no_promise(database: Database, writer: GroupWriter) -> None:
    def die(session: Session) -> None:
        pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with database.reading_engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        session.execute(text("SELECT 1"))

    first, dying, last = in_one_group(writer, add_area("1"), die, add_area("2"))
    # What stood before it in the group is as lost as it: the transaction is gone, and nobody was told otherwise.
    assert [one.exception(20) is not None for one in (first, dying, last)] == [True, True, True]
    assert codes(database) == []
    writer.submit(add_area("later")).result(120)
    assert codes(database) == ["later"]
