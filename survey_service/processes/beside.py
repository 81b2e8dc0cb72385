"""What takes seconds of a processor and a person waits for (figures, a signature, letters) is computed beside the
server: in its own threads every resident would wait for it.

One process, begun when it is first needed and ended when nobody has asked for a while. What is asked for is named, so
that the server never imports it.
"""

from __future__ import annotations

import pickle
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection, Pipe
from typing import Any

import structlog

from survey_service.errors import DomainError, TooBusy
from survey_service.processes.supervisor import COMMAND, begin
from survey_service.services import Services
from survey_service.settings import Settings

log = structlog.get_logger()

IDLE_SECONDS = 300.0
PATIENCE_SECONDS = 90.0  # for those who are before us; a proxy waits no longer than two minutes
LONGEST_LINE = 6  # who wait for their turn: each keeps one of the server's threads, of which residents need the most
LONGEST_SECONDS = 300.0  # for one answer: whoever asked for it has long gone, and others wait


@dataclass(frozen=True, slots=True)
class Fault:
    """Instead of an answer: a fault of the domain, which crosses a pipe by its parts, or another, which is not told."""

    kind: type[DomainError] | None
    arguments: tuple[Any, ...]
    state: Mapping[str, Any]

    @classmethod
    def of(cls, fault: DomainError) -> Fault:
        return cls(type(fault), fault.args, vars(fault))

    def again(self) -> Exception:
        if self.kind is None:
            return ComputingFailed("the process beside the server has noted why")
        made = self.kind.__new__(self.kind, *self.arguments)
        made.args = self.arguments
        vars(made).update(self.state)
        return made


class ComputingFailed(Exception):
    """What was computed ended in a fault that is none of the domain's."""


def computed(running: Services, place: str, *arguments: Any) -> Any:
    """What the function at ``place`` ("module:function") makes of the services and ``arguments``, computed beside the
    server, or here where nothing is beside it. All of it has to bear being pickled."""
    if running.processes is not None:
        return running.processes.compute(place, *arguments)
    # As across a pipe: what cannot cross one shows itself here too.
    return _crossed(called(running, place, _crossed(arguments)))


def called(running: Services, place: str, arguments: tuple[Any, ...]) -> Any:
    module, _, function = place.partition(":")
    return getattr(import_module(module), function)(running, *arguments)


def _crossed(what: Any) -> Any:
    return pickle.loads(pickle.dumps(what))  # noqa: S301 -- our own, just now


def _cut_off() -> TooBusy:
    return TooBusy(
        zh="计算没有做完就中断了，请再试一次；还是不行，请找系统管理员。",
        en="The computing was cut off before its end. Try again; if it happens again, ask the administrator.",
    )


def _many_before() -> TooBusy:
    return TooBusy(
        zh="前面的计算还没有做完，请过一两分钟再打开这一页。",
        en="What others asked for is still being computed. Open this page again in a minute or two.",
    )


class Beside:
    """The process, and the pipe to it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turn = threading.Lock()
        self._room = threading.BoundedSemaphore(1 + LONGEST_LINE)
        self._living: tuple[subprocess.Popen[bytes], Connection] | None = None
        self._rest: threading.Timer | None = None
        self._stopped = False

    def compute(self, place: str, *arguments: Any) -> Any:
        if not self._room.acquire(blocking=False):
            raise _many_before()
        try:
            answer = self._answer((place, arguments))
        finally:
            self._room.release()
        if isinstance(answer, Fault):
            raise answer.again()
        return answer

    def stop(self) -> None:
        self._stopped = True
        if (living := self._living) is not None:
            living[0].kill()  # whoever waits for it hears of it, and lets go of the turn
        with self._turn:
            self._end()

    @property
    def process_id(self) -> int | None:
        """None where none is begun."""
        living = self._living
        return None if living is None else living[0].pid

    def _answer(self, question: tuple[str, tuple[Any, ...]]) -> Any:
        if not self._turn.acquire(timeout=PATIENCE_SECONDS):
            raise _many_before()
        try:
            return self._ask(question)
        finally:
            self._turn.release()

    def _ask(self, question: tuple[str, tuple[Any, ...]]) -> Any:
        if self._stopped:
            raise _cut_off()
        if self._rest is not None:
            self._rest.cancel()
        if self._living is None or self._living[0].poll() is not None:
            self._end()
            self._living = self._begin()
        try:
            self._living[1].send(question)
            if not self._living[1].poll(LONGEST_SECONDS):
                raise TimeoutError
            return self._living[1].recv()
        except (OSError, EOFError) as died:
            log.error("computing_died", kind=type(died).__name__)
            self._end()
            raise _cut_off() from died
        finally:
            self._rest = threading.Timer(IDLE_SECONDS, self._end_if_idle)
            self._rest.daemon = True
            self._rest.start()

    def _begin(self) -> tuple[subprocess.Popen[bytes], Connection]:
        ours, theirs = Pipe()
        with theirs:
            passed = theirs.fileno()
            command = (*COMMAND, "--beside", str(passed))
            return begin(self._settings, command, passed=[passed], says=subprocess.DEVNULL), ours

    def _end_if_idle(self) -> None:
        if self._turn.acquire(blocking=False):  # else somebody asks, and sets the time anew
            try:
                self._end()
            finally:
                self._turn.release()

    def _end(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
        if self._living is None:
            return
        process, pipe = self._living
        self._living = None
        pipe.close()
        process.kill()
        process.wait()
        assert process.stdin is not None
        with suppress(OSError):
            process.stdin.close()
