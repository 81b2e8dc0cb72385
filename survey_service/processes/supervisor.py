"""Keeps worker processes at work: begins them, begins another for each that dies, and ends them with this process.

A worker reads from a pipe whose other end this process alone holds: when it closes, by ``stop`` or because this process
is gone, be it by kill -9, the worker ends. It is nicer than the server, so that a resident's page goes first, and its
libraries of linear algebra keep to one thread.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import structlog

from survey_service import jobs
from survey_service.environment import environment_of
from survey_service.ids import new_id
from survey_service.processes import presence
from survey_service.processes.manners import keep_to_one_thread
from survey_service.services import Services
from survey_service.settings import Settings

log = structlog.get_logger()

COMMAND: Final = (sys.executable, "-P", "-m", "survey_service.worker")
READY: Final = b"ready\n"  # what a worker says when it looks for work
FIRST_PAUSE = 0.2  # seconds before another is begun; doubled with each that dies young
LONGEST_PAUSE = 60.0
OLD_ENOUGH = 60.0  # seconds of life after which a death is no sign of a worker that cannot live
STOP_SECONDS = 5.0  # what a job may still take when its worker is to end
KILLED_AFTER = STOP_SECONDS + 5.0


def begin(
    settings: Settings, command: Sequence[str], *, passed: Sequence[int] = (), says: int = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    """A process of ours beside this one, with these settings; its standard input is what it lives by. ``says``: where
    its standard output goes; nowhere, where nobody reads it."""
    environment = environment_of(settings)
    keep_to_one_thread(environment)
    # A group of its own: Ctrl+C in a terminal is for the server. Not a session of its own: Linux weighs sessions
    # against each other first, and being nice would then mean nothing.
    return subprocess.Popen(  # noqa: S603 -- this interpreter and a module of ours
        command, stdin=subprocess.PIPE, stdout=says, env=environment, process_group=0, pass_fds=passed
    )


class Workers:
    """``number`` workers; the first of them also goes the regular rounds where ``rounds`` says so."""

    def __init__(self, *, number: int, rounds: bool, command: Sequence[str] = COMMAND) -> None:
        self._number, self._rounds = number, rounds
        self._command = command
        self._lock = threading.Lock()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._ready: set[str] = set()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, services: Services) -> None:
        presence.clear_away(services.database.url)
        for one in range(self._number):
            arguments = (services, self._rounds and one == 0)
            thread = threading.Thread(target=self._keep, args=arguments, name=f"worker-{one + 1}", daemon=True)
            self._threads.append(thread)
            thread.start()

    @property
    def living(self) -> int:
        """How many look for work or are at it."""
        return len(self._ready)

    @property
    def names(self) -> list[str]:
        """As jobs bear them."""
        with self._lock:
            return list(self._processes)

    def process_id(self, worker: str) -> int:
        """KeyError where it is none of ours."""
        with self._lock:
            return self._processes[worker].pid

    def stop(self) -> None:
        """Let the jobs end that end within a moment; the others are given back."""
        with self._lock:
            self._stopping.set()
            processes = list(self._processes.values())
        for process in processes:
            assert process.stdin is not None
            with suppress(OSError):
                process.stdin.close()
        deadline = time.monotonic() + KILLED_AFTER
        for process in processes:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
        for thread in self._threads:
            thread.join()

    def _keep(self, services: Services, rounds: bool) -> None:
        pause = FIRST_PAUSE
        while True:
            worker, begun = new_id().hex, time.monotonic()
            code = self._live(services, worker, rounds)
            if self._stopping.is_set():
                return
            lived = time.monotonic() - begun
            if code == 0 and lived > FIRST_PAUSE:  # it gives back the memory that a job took
                continue
            pause = FIRST_PAUSE if lived > OLD_ENOUGH else min(2 * pause, LONGEST_PAUSE)
            log.error("worker_died", code=code, seconds=round(lived, 1), next_in_seconds=pause)
            if self._pause(pause):
                return

    def _pause(self, seconds: float) -> bool:
        """Whether it ended because we stop."""
        return self._stopping.wait(seconds)

    def _live(self, services: Services, worker: str, rounds: bool) -> int | None:
        """The life of one worker; its exit status, None where it could not be begun."""
        with self._lock:
            if self._stopping.is_set():
                return None
            try:
                process = begin(services.settings, (*self._command, worker, *(["--rounds"] if rounds else [])))
            except OSError as failed:  # no memory, no more processes
                log.error("worker_not_begun", kind=type(failed).__name__)
                return None
            self._processes[worker] = process
        assert process.stdin is not None
        assert process.stdout is not None
        with process.stdout as said:
            if said.readline() == READY:
                self._ready.add(worker)
                said.read()  # nothing, until it ends
        code = process.wait()
        with self._lock:
            self._ready.discard(worker)
            del self._processes[worker]
        with suppress(OSError):
            process.stdin.close()
        if code != 0:
            self._bury(services, worker)
        return code

    def _bury(self, services: Services, worker: str) -> None:
        try:
            told = self._stopping.is_set()
            jobs.give_back(services, [worker], dead=not told, told=told)
        except Exception as failed:  # the database is gone too; the lease will run out
            log.warning("job_not_given_back", kind=type(failed).__name__)
