"""Does the jobs that wait, one after another, and on one worker of a serving machine the regular rounds."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress

import structlog

# Who registers a job or a round: small modules, which import what is heavy when it is their turn.
import survey_service.analyses.columns_round
import survey_service.attachments.round
import survey_service.collection.tombstone_file
import survey_service.contacts.erasing
import survey_service.exports.round
import survey_service.field.figures_round
import survey_service.importing
import survey_service.paper
import survey_service.releases
import survey_service.surveys.letter_job
import survey_service.surveys.seal_round  # noqa: F401
from survey_service import jobs
from survey_service.processes import presence
from survey_service.processes.supervisor import KILLED_AFTER, READY, STOP_SECONDS
from survey_service.services import Services
from survey_service.worker.surroundings import services, when_told_to_end

log = structlog.get_logger()

POLL_SECONDS = 0.4  # an indexed look that writes nothing; what a person waits for a job to begin
AFTER_A_FAULT = 2.0
IDLE_SECONDS = 60.0  # after its jobs; then its memory is given back: it ends, and another is begun
MOST_JOBS = 100  # in one life
FOR_A_ROUND = KILLED_AFTER - STOP_SECONDS - 1.0  # seconds that a round may still take when its worker is to end
HUNG = 3  # exit status: its job hangs, and only the end of the process ends it


def run(name: str, *, rounds: bool) -> None:
    stopping = threading.Event()
    when_told_to_end(stopping.set)
    with services() as made, presence.held(made.database.url, name):
        worker = Worker(made, name, stopping)
        threading.Thread(target=worker.end_at_last, name="end", daemon=True).start()
        if rounds:
            threading.Thread(target=worker.go_rounds, name="rounds", daemon=True).start()
        with suppress(OSError):  # nobody is there any more, and we end
            os.write(1, READY)
        worker.work()


class Worker:
    def __init__(self, running: Services, name: str, stopping: threading.Event) -> None:
        self._running = running
        self._name = name
        self._stopping = stopping
        self._unsure = False  # whether a job of ours may stand there as held, which nobody is at
        self._round = threading.Lock()  # held by a round: what it erases and the record of that belong together

    def work(self) -> None:
        """Until it is told to end, or has done enough."""
        done, last = 0, time.monotonic()
        while not self._stopping.is_set():
            try:
                self._give_back()
                worked = jobs.do_next(
                    self._running, worker=self._name, to_end=self._stopping.is_set, when_it_hangs=self._hangs
                )
            except Exception as failed:  # the database is away, say; it will be there again
                log.error("worker_fault", kind=type(failed).__name__)
                self._unsure = True
                self._stopping.wait(AFTER_A_FAULT)
                continue
            if worked:
                done, last = done + 1, time.monotonic()
            else:
                self._stopping.wait(POLL_SECONDS)
            idle = done and time.monotonic() - last > IDLE_SECONDS
            if (idle or done >= MOST_JOBS) and self._round.acquire(blocking=False):
                return
        self._await_the_round()

    def _give_back(self) -> None:
        """What the dead of this machine hold, and what a fault has left to us."""
        if self._unsure:
            jobs.give_back(self._running, [self._name])
            self._unsure = False
        if not self._running.database.is_sqlite:
            return
        if gone := presence.dead(self._running.database.url, jobs.holders(self._running)):
            jobs.give_back(self._running, gone, dead=True)

    def end_at_last(self) -> None:
        """A job that does not end within a moment after we were told to is given back; it writes nothing more."""
        self._stopping.wait()
        time.sleep(STOP_SECONDS)
        try:
            jobs.give_back(self._running, [self._name], told=True)
        finally:
            self._leave(0)

    def _await_the_round(self) -> None:
        """A process that ends takes its threads with it: not a round in its midst, and none begins any more."""
        self._round.acquire(timeout=FOR_A_ROUND)

    def _hangs(self) -> None:
        self._leave(HUNG)  # the supervisor gives the job back, or up

    def _leave(self, status: int) -> None:
        self._await_the_round()
        os._exit(status)

    def go_rounds(self) -> None:
        """Beside the jobs: none of which may keep contact data beyond their day."""
        while True:
            now = self._running.clock().timestamp()
            if self._stopping.wait(60 - now % 60):
                return
            with self._round:
                jobs.go_round(self._running, int(now) // 60 + 1)
