"""What a person waits for is computed in a process beside the server, and comes back whole, faults and all."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Pipe

import pytest
from sqlalchemy import select

from survey_service.analyses.reviewed import Review
from survey_service.audit import Actor
from survey_service.database import Database
from survey_service.errors import TooBusy
from survey_service.models import Account, Job, Release
from survey_service.processes import beside as processes_beside
from survey_service.processes.beside import Beside, ComputingFailed, computed
from survey_service.releases import DOCUMENTS_JOB, steps
from survey_service.releases.errors import RowsChanged
from survey_service.services import Services
from survey_service.settings import Settings
from tests.faults.test_workers import lives, until
from tests.service.conftest import world
from tests.service.test_releases import reviewed, services
from tests.service.world import NOW, World

__all__ = ["reviewed", "services", "world"]

REVIEW = "survey_service.releases.review:review"
SIGN = "survey_service.releases.review:sign"
on_sqlite = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def beside(settings: Settings) -> Iterator[Beside]:
    made = Beside(settings)
    yield made
    made.stop()


@pytest.fixture
def mute(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """A process that never answers."""
    ours, theirs = Pipe()
    with theirs:  # its alone from here on: where it is killed, the pipe ends
        process = subprocess.Popen(["sleep", "600"], stdin=subprocess.PIPE, pass_fds=[theirs.fileno()])
    monkeypatch.setattr(beside, "_begin", lambda: (process, ours))
    yield process
    process.kill()
    process.wait()


def test_what_computes_for_ever_is_ended_and_whoever_waits_for_it_is_told(
    beside: Beside, mute: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes_beside, "LONGEST_SECONDS", 0.01)
    with pytest.raises(TooBusy, match="cut off"):
        beside.compute(REVIEW)
    assert mute.returncode == -signal.SIGKILL
    assert beside.process_id is None


@pytest.mark.usefixtures("mute")
def test_only_a_few_wait_for_their_turn(beside: Beside) -> None:
    """Each of them keeps one of the threads that residents' pages need; the next one is told at once."""
    told: list[str] = []

    def ask() -> None:
        with pytest.raises(TooBusy) as busy:
            beside.compute(REVIEW)
        told.append(str(busy.value))

    asking = [threading.Thread(target=ask) for _ in range(2 + processes_beside.LONGEST_LINE)]
    for one in asking:
        one.start()
    until(lambda: len(told) == 1)
    assert told[0].startswith("What others asked for")
    beside.stop()
    for one in asking:
        one.join()
    assert len(told) == len(asking)
    assert all("cut off" in one for one in told[1:])


@on_sqlite
def test_figures_are_looked_at_and_signed_beside_the_server(
    beside: Beside, services: Services, reviewed: World, database: Database
) -> None:
    asked = (reviewed.survey_id, reviewed.wave_id)
    found = beside.compute(REVIEW, *asked, "", True)
    assert isinstance(found, Review)
    assert found == computed(services, REVIEW, *asked, "", True), "as in this process"
    program = "import pickle, sys; pickle.load(sys.stdin.buffer); assert not {'numpy', 'pandas'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], input=pickle.dumps(found), check=True)  # as the server takes it in
    seen = steps.Seen(rows_key=found.rows_key, plan_sha256=found.plan_sha256)
    with database.writing.begin() as session:
        people = {one.user: Actor(one.id, one.name) for one in session.scalars(select(Account))}
        for kind in steps.ORDER[:2]:
            steps.take(session, kind, asked, seen, differ=2, at=NOW, by=people["statistician"])
    with pytest.raises(RowsChanged) as changed:
        beside.compute(SIGN, *asked, replace(seen, rows_key="0" * 64), NOW, people["leader"])
    assert (changed.value.zh, changed.value.code) == (RowsChanged.zh, RowsChanged.code)
    with pytest.raises(ComputingFailed):
        beside.compute("survey_service.releases.review:nothing")

    # Killed while somebody waits for it, it says so, and the next who asks is answered.
    process = beside.process_id
    assert process is not None
    with pytest.raises(TooBusy, match="cut off"):
        beside.compute("tests.faults.slow_worker:die")
    beside.compute(SIGN, *asked, seen, NOW, people["leader"])
    with database.reading.begin() as session:
        assert session.scalars(select(Release.signed_by)).one() == "测试leader"
        assert session.scalars(select(Job.kind)).one() == DOCUMENTS_JOB
    another = beside.process_id
    assert another not in (None, process)
    beside.stop()
    assert another is not None
    until(lambda: not lives(another))
