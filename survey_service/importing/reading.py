"""What a cell says, or why nobody can tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from questionnaires.text import Text
from survey_service.importing.words import Kind, Notice
from survey_service.tabular.problems import TableProblem, Value


@dataclass(slots=True)
class Reading:
    """What a cell says. ``answer`` None: nothing; ``words``: text behind 其他."""

    answer: object = None
    words: str = ""
    problem: TableProblem | None = None
    notices: list[tuple[Notice, str, str]] = field(default_factory=list)  # kind, seen, taken

    def notice(self, kind: Notice, seen: str, taken: str = "") -> None:
        self.notices.append((kind, seen, taken))


Reader = Callable[[str], Reading]


def refuse(kind: Kind, seen: str, near: str | Text = "") -> Reading:
    return Reading(problem=doubt(kind, seen, near=near))


def doubt(kind: Kind, seen: str, **more: Value) -> TableProblem:
    """Why a cell is not taken; its place is added by whoever knows it."""
    return TableProblem(kind=kind, values={"seen": seen[:60], **more})
