"""What a cell says, or why nobody can tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from survey_service.importing.words import Kind, Notice, Problem


@dataclass(slots=True)
class Reading:
    """What a cell says. ``answer`` None: nothing; ``words``: text behind 其他."""

    answer: object = None
    words: str = ""
    problem: Problem | None = None
    notices: list[tuple[Notice, str, str]] = field(default_factory=list)  # kind, seen, taken

    def notice(self, kind: Notice, seen: str, taken: str = "") -> None:
        self.notices.append((kind, seen, taken))


Reader = Callable[[str], Reading]


def refuse(kind: Kind, seen: str, near: str = "") -> Reading:
    return Reading(problem=Problem(kind=kind, seen=seen[:60], near=near))
