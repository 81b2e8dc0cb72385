"""One line per event, as JSON for machines or in columns for a terminal; never answers, codes, names or passwords.

An exception's own words may hold what somebody wrote (a database error its parameters, a parser what it could not
read), and so may the values in its frames. So of every exception, ours or a library's, the log keeps the kind and the
places alone.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

PLACES = 8  # the last ones: where it broke, and the way there
LONGEST = 160  # characters of what a library says


def set_up_logs(*, level: int = logging.INFO, for_people: bool | None = None, deaths_too: bool = False) -> None:
    """To standard error, with what libraries and dying threads say. Called by ``serve``; tests and commands keep the
    library's quiet default. ``deaths_too``: what ends the whole process is told as a line of ours, and not in words."""
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
            without_words,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers = [_Libraries(logging.WARNING)]
    logging.captureWarnings(True)
    threading.excepthook = _thread_died
    if deaths_too:
        sys.excepthook = _process_died


def places(fault: BaseException) -> list[str]:
    """Where it broke: file, line and function, the innermost last; no values."""
    frames = traceback.extract_tb(fault.__traceback__)[-PLACES:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]


def without_words(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What ``exc_info`` asks for, as kind and places."""
    asked = event.pop("exc_info", None)
    fault = asked if isinstance(asked, BaseException) else sys.exc_info()[1] if asked else None
    if isinstance(asked, tuple):
        fault = asked[1]
    if fault is not None:
        event["exception"] = type(fault).__name__
        event["places"] = places(fault)
    return event


class _Libraries(logging.Handler):
    """What libraries say in the standard library's logs, as one of our lines. Their first line without its values: the
    rest repeats exceptions."""

    def emit(self, record: logging.LogRecord) -> None:
        said = str(record.msg).partition("\n")[0][:LONGEST]
        if said.startswith("Traceback"):
            return  # told by whoever caught it
        if record.name == "py.warnings":
            said = ": ".join(said.split(": ")[:2])  # the place and the kind
        structlog.get_logger().log(record.levelno, "library", name=record.name, said=said, exc_info=record.exc_info)


def _thread_died(died: threading.ExceptHookArgs) -> None:
    name = died.thread.name if died.thread else "-"
    structlog.get_logger().error("thread_died", thread=name, exc_info=died.exc_value)


def _process_died(_kind: type[BaseException], fault: BaseException, _places: TracebackType | None) -> None:
    structlog.get_logger().critical("process_died", exc_info=fault)
