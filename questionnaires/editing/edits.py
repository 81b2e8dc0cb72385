"""The edits that a page can ask for, applied one after another; nothing of a text is changed where one cannot be.

An edit is a mapping: ``do`` and what goes with it.

=========  ==========================================  =======================================================
``do``     with                                        does
=========  ==========================================  =======================================================
set        ``at``, ``field``, ``value``                writes a field; an empty optional one is taken out
move       ``at``, ``by`` (-1, 1)                      changes places with its neighbour; a question at the end of
                                                       its section goes to the next
remove     ``at``, ``with`` (``uses.fingerprint``)     takes it out, with everything that uses it
add        ``what``, ``at``, ``type``                  a section, question, option or row, still without words
own_scale  ``at``                                      copies a shared scale into the file, to be changed there
=========  ==========================================  =======================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from questionnaires.editing import additions, removals
from questionnaires.editing.addresses import way_to
from questionnaires.editing.document import CannotEdit, Document, Patch, Way
from questionnaires.editing.fields import written
from questionnaires.editing.surgery import Cut, carry, exchange

MOST_EDITS: Final = 500
LONGEST: Final = 4_000  # characters of one value

_MOVED: Final = frozenset({"section", "question", "option", "item", "choice"})

Edit = Mapping[str, Any]


def apply(text: str, edits: Sequence[Edit], scales: Mapping[str, Any]) -> str:
    """The text with every edit; CannotEdit where one cannot be made. ``scales``: those of other files, as data."""
    return applied(text, edits, scales).text


def applied(text: str, edits: Sequence[Edit], scales: Mapping[str, Any]) -> Document:
    """``apply``, composed already."""
    if len(edits) > MOST_EDITS:
        raise CannotEdit(f"more than {MOST_EDITS} edits")
    document = Document(text)
    waiting: list[Cut] = []
    for edit in edits:
        if edit.get("do") == "set":
            cut = _set(document, edit)
            if cut is not None and any(_touch(cut, other) for other in waiting):
                document, waiting = _cut(document, waiting), []
                cut = _set(document, edit)
            if cut is not None:
                waiting.append(cut)
            continue
        document, waiting = _cut(document, waiting), []
        document = _done(document, edit, scales)
    return _cut(document, waiting)


def _done(document: Document, edit: Edit, scales: Mapping[str, Any]) -> Document:
    match edit.get("do"):
        case "move":
            return _cut(document, [_move(document, str(edit.get("at")), edit.get("by"))])
        case "remove":
            return removals.removed(document, str(edit.get("at")), str(edit.get("with", "")))
        case "add":
            return additions.added(document, edit)
        case "own_scale":
            return additions.with_own_scale(document, str(edit.get("at")), scales)
        case other:
            raise CannotEdit(f"there is no edit {other!r:.40}")


def _cut(document: Document, cuts: Sequence[Cut]) -> Document:
    if not cuts:
        return document
    patches = [patch for cut in cuts for patch in cut.patches]
    return document.patched(patches, [cut.change for cut in cuts])


def _touch(one: Cut, other: Cut) -> bool:
    """Whether two cuts reach for the same characters, also where both put something at one place."""

    def meet(first: Patch, second: Patch) -> bool:
        return first.start <= second.end and second.start <= first.end

    return any(meet(first, second) for first in one.patches for second in other.patches)


def _set(document: Document, edit: Edit) -> Cut | None:
    """None where the field holds the value already."""
    value = edit.get("value")
    if not isinstance(value, str) or len(value) > LONGEST:
        raise CannotEdit("a value is a text, and not that long")
    return written(document, str(edit.get("at")), str(edit.get("field")), value)


def _move(document: Document, at: str, by: object) -> Cut:
    if by not in (-1, 1):
        raise CannotEdit("one place up or down")
    assert isinstance(by, int)
    way = way_to(document.data, at)
    number, holder = way[-1] if way else None, document.get(way[:-1])
    if not isinstance(number, int) or at.partition(":")[0] not in _MOVED:
        raise CannotEdit(f"{at} stands in no list that is moved in")
    if 0 <= number + by < len(holder):
        return exchange(document, (*way[:-1], min(number, number + by)))
    if not at.startswith("question:"):
        raise CannotEdit("it is the first or the last already")
    return _to_next_section(document, way, by)


def _to_next_section(document: Document, way: Way, by: int) -> Cut:
    section = way[1]
    assert isinstance(section, int)
    questions = document.get(("sections", section + by, "questions")) if section + by >= 0 else None
    if not isinstance(questions, list):
        raise CannotEdit("it is the first or the last already")
    return carry(document, way, ("sections", section + by, "questions"), 0 if by > 0 else len(questions))
