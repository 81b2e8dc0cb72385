"""Drafts of questionnaires, changed and checked by a child process: their text came from outside once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from questionnaires.loader import DEFINITION
from questionnaires.problems import Code, Location, Problem
from survey_service.outside.definitions import MOST_TOLD, problem_of
from survey_service.outside.door import DEFINITIONS, Stopped, parsed

DECIDED: Final = ("not_agreed", "cannot")  # reasons of the editor; every other is of the door, and passes
KEPT: Final = 40  # looks at texts that do not change: a page is opened more often than it is saved


@dataclass(frozen=True, slots=True)
class PlacedProblem:
    """A problem, and the part and field of the draft that it belongs to."""

    problem: Problem
    at: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A draft as it is: its text, its parts as values (``questionnaires.editing.outline``), what is wrong with it."""

    text: str
    outline: Mapping[str, Any]
    problems: tuple[PlacedProblem, ...]
    count: int  # of all problems, also of those that are not listed
    definition: Mapping[str, Any] | None  # canonical; None while there are problems


@dataclass(frozen=True, slots=True)
class Uses:
    """What goes when something is left out (``questionnaires.editing.uses``), and the fingerprint to agree by."""

    uses: tuple[Mapping[str, Any], ...]
    fingerprint: str


class Unusable(Exception):
    """A text that cannot become a draft: no YAML, or parts that have no name of their own (``nameless``)."""

    def __init__(self, problems: Sequence[Problem], nameless: Sequence[str] = ()) -> None:
        super().__init__("the text cannot be a draft")
        self.problems, self.nameless = tuple(problems), tuple(nameless)


class EditRefused(Exception):
    """An edit that cannot be made; the draft is as it was. ``not_agreed``, ``cannot`` or why the child was stopped."""

    def __init__(self, reason: str, why: str = "") -> None:
        super().__init__(why or reason)
        self.reason = reason


class _Kept:
    """The last looks, by their text: a save is looked at once more by the next one and by every page."""

    def __init__(self) -> None:
        self._looks: OrderedDict[str, Looked] = OrderedDict()
        self._lock = Lock()

    def get(self, text: str) -> Looked | None:
        with self._lock:
            return self._looks.get(text)

    def put(self, looked: Looked) -> Looked:
        with self._lock:
            self._looks[looked.text] = looked
            self._looks.move_to_end(looked.text)
            while len(self._looks) > KEPT:
                self._looks.popitem(last=False)
        return looked


_kept = _Kept()


def look(text: str) -> Looked:
    """The draft as it is. Unusable where the text is none."""
    return _kept.get(text) or _looked(_asked(text.encode(), {"do": "look"}))


def take(content: bytes) -> Looked:
    """The same for what was handed in."""
    return _looked(_asked(content, {"do": "look"}))


def change(text: str, edits: Sequence[Mapping[str, Any]]) -> Looked:
    """The draft after ``edits`` (``questionnaires.editing.edits``). EditRefused where one cannot be made."""
    return _looked(_asked(text.encode(), {"do": "change", "edits": list(edits)}))


def uses(text: str, at: str) -> Uses:
    """What else goes when ``at`` is left out."""
    answer = _asked(text.encode(), {"do": "uses", "at": at})
    return Uses(tuple(answer["uses"]), answer["fingerprint"])


def _asked(content: bytes, given: Mapping[str, object]) -> dict[str, Any]:
    try:
        with parsed("drafts", content, DEFINITIONS, {"source": DEFINITION, "told": MOST_TOLD, **given}) as reply:
            (answer,) = reply.lines()
    except Stopped as stopped:
        raise EditRefused(stopped.reason) from stopped
    if "refused" in answer:
        raise EditRefused(answer["refused"], answer.get("why", ""))
    if "unusable" in answer:
        found = [problem_of(one) for one in answer["unusable"]]
        raise Unusable(found or [Problem(Code.UNREADABLE, Location(DEFINITION), "the file is empty")])
    if "nameless" in answer:
        raise Unusable((), answer["nameless"])
    assert isinstance(answer, dict)
    return answer


def _looked(answer: Mapping[str, Any]) -> Looked:
    looked = Looked(
        text=answer["text"],
        outline=answer["outline"],
        problems=tuple(PlacedProblem(problem_of(one), one["at"], one["field"]) for one in answer["problems"]),
        count=answer["count"],
        definition=answer["definition"],
    )
    return _kept.put(looked)
