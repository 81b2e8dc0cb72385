"""Computes what the server asks for: one question after another, over a pipe that only the two of them have."""

from __future__ import annotations

import os
from multiprocessing.connection import Connection
from typing import Any

import structlog

from survey_service.errors import DomainError
from survey_service.processes.beside import Fault, called
from survey_service.services import Services
from survey_service.worker.surroundings import services, when_told_to_end

log = structlog.get_logger()


def run(descriptor: int) -> None:
    when_told_to_end(lambda: os._exit(0))  # nobody is there to hear an answer
    with services() as made, Connection(descriptor) as server:
        while True:
            try:
                place, arguments = server.recv()
            except EOFError:
                return
            server.send(_answer(made, place, arguments))


def _answer(running: Services, place: str, arguments: tuple[Any, ...]) -> Any:
    try:
        return called(running, place, arguments)
    except DomainError as fault:
        return Fault.of(fault)
    except Exception as failed:  # its words may hold answers: they stay here
        log.error("computing_failed", what=place, exc_info=failed)
        return Fault(None, (), {})
