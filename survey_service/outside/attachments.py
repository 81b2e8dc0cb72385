"""Files that residents and devices send as answers, looked at by a child process: what it hands back is kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from survey_service.outside.door import ATTACHMENTS, Stopped, parsed


class Busy(Exception):
    """Others are being looked at; come again."""


class Looked(NamedTuple):
    """``type``: by its content, "" where it is nothing that is taken in; a picture is made anew, without its data."""

    type: str
    content: bytes


def look(content: bytes, types: Iterable[str]) -> Looked:
    """``types``: those that the question takes. Raises Busy."""
    try:
        with parsed("attachments", content, ATTACHMENTS, {"types": sorted(types)}) as reply:
            answer: dict[str, object] = next(reply.lines(), {})
            if "type" not in answer:
                return Looked("", b"")
            return Looked(str(answer["type"]), reply.exactly(int(str(answer["size"]))))
    except Stopped as stopped:
        if stopped.reason == "busy":
            raise Busy from None
        return Looked("", b"")
