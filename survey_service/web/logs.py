"""One line per event, as JSON for machines or in columns for a terminal; never answers, codes, names or passwords."""

from __future__ import annotations

import logging
import sys

import structlog


def set_up_logs(*, level: int = logging.INFO, for_people: bool | None = None) -> None:
    """To standard error. Called by ``serve``; tests and commands keep the library's quiet default."""
    people = sys.stderr.isatty() if for_people is None else for_people
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=people)
        if people
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
