"""Sound files that were handed in, looked at by a child process."""

from __future__ import annotations

from dataclasses import dataclass

from survey_service.outside.door import SOUNDS, Stopped, parsed


@dataclass(frozen=True, slots=True)
class Sound:
    """What a file is by its content."""

    media_type: str
    seconds: float


def sound(content: bytes) -> Sound | None:
    """None where it is no sound that every phone plays, or was stopped. Raises Stopped where others are being read."""
    try:
        with parsed("sounds", content, SOUNDS, {}) as reply:
            (found,) = reply.lines()
    except Stopped as stopped:
        if stopped.reason == "busy":
            raise
        return None
    return Sound(found["media_type"], found["seconds"]) if found else None
