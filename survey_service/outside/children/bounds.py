"""The limits that a child sets itself before it looks at the file, and what it may write."""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Mapping
from typing import Any, BinaryIO

NICENESS = 5  # behind whoever answers people, and not for ever where the machine has other work


class TooLong(Exception):
    """The answer would be longer than it may be."""


def confine(given: Mapping[str, Any]) -> None:
    """Limits of this process from here on, and last place in the queue for the processor."""
    os.nice(NICENESS)
    allow_processor(given["processor"])
    for kind, most in (
        (resource.RLIMIT_AS, given["memory"]),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(kind, (most, most))


def allow_processor(seconds: int) -> None:
    """As many processor seconds from now on: for the whole of a table, for each page of a scan."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard))


class Output:
    """Lines of JSON, and bytes between them, counted."""

    def __init__(self, stream: BinaryIO, most: int) -> None:
        self._stream, self._left = stream, most

    def line(self, value: object) -> None:
        self.raw(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n")

    def raw(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            raise TooLong
        self._stream.write(data)
