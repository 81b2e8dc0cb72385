"""What is added: without words yet, so that ``check`` names what is to be written, and with names that are free."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from questionnaires.editing.addresses import way_to, ways
from questionnaires.editing.document import STEP, CannotEdit, Document, Patch, Plain, Way, on_one_line
from questionnaires.editing.kinds import ADDED
from questionnaires.editing.surgery import insert

MOST_OPTIONS: Final = 60


def added(document: Document, edit: Mapping[str, Any]) -> Document:
    """One section, question, option or row more."""
    what, at = str(edit.get("what")), str(edit.get("at"))
    if what == "question":
        way, number, value = _question(document, at, str(edit.get("type")))
    elif what in _MAKERS:
        way, number, value = _MAKERS[what](document, at)
    else:
        raise CannotEdit(f"nothing of the kind {what:.40} is added")
    cut = insert(document, way, number, value)
    return document.patched(cut.patches, [cut.change])


Made = tuple[Way, int, dict[str, Any]]


def _section(document: Document, at: str) -> Made:
    names = {one.partition(":")[2] for one in ways(document.data) if one.startswith("section:")}
    way = way_to(document.data, at)
    number = int(way[-1]) + 1 if way else len(document.get(("sections",)) or [])
    question = _question_of(document, next(iter(ADDED)))
    return (
        ("sections",),
        number,
        {"id": Plain(_free("part", names)), "title": _blank(document), "questions": [question]},
    )


def _question(document: Document, at: str, kind: str) -> Made:
    if kind not in ADDED:
        raise CannotEdit(f"a question of the kind {kind:.40} is not added here")
    way = way_to(document.data, at)
    value = _question_of(document, kind)
    if at.startswith("question:"):
        return way[:-1], int(way[-1]) + 1, value
    return (*way, "questions"), len(document.get((*way, "questions")) or []), value


def _question_of(document: Document, kind: str) -> dict[str, Any]:
    names = {one.partition(":")[2] for one in ways(document.data) if one.startswith("question:")}
    blank = _blank(document)
    own = next(begin for one, begin in ADDED.items() if one == kind)(blank)
    return {"id": Plain(_free("q", names)), "type": Plain(kind), "text": blank, **own}


def _option(document: Document, at: str) -> Made:
    way = (*way_to(document.data, at), "options")
    options = document.get(way)
    if not isinstance(options, list) or len(options) >= MOST_OPTIONS:
        raise CannotEdit(f"{at} takes no option more")
    codes = {str(one.get("code")) for one in options if isinstance(one, dict)}
    code = next(code for code in map(str, range(1, 100)) if code not in codes)
    # Before those that stand at the end by custom: 其他, 都没有, 说不清.
    ordinary = [
        number
        for number, one in enumerate(options)
        if isinstance(one, dict) and not {"missing", "exclusive", "other"}.intersection(one)
    ]
    return way, max(ordinary, default=-1) + 1, {"code": code, "label": _blank(document)}


def _item(document: Document, at: str) -> Made:
    way = (*way_to(document.data, at), "items")
    items = document.get(way)
    if not isinstance(items, list):
        raise CannotEdit(f"{at} has no rows")
    names = {str(one.get("id")) for one in items if isinstance(one, dict)}
    return way, len(items), {"id": Plain(_free("row", names)), "text": _blank(document)}


_MAKERS: Final[Mapping[str, Callable[[Document, str], Made]]] = {
    "section": _section,
    "option": _option,
    "item": _item,
}


def _free(stem: str, names: Iterable[str]) -> str:
    """The next number behind the highest that is taken: a number that was given up is not used for something else."""
    taken = [int(found[1]) for one in names if (found := re.fullmatch(rf"{stem}(\d{{1,6}})", one))]
    return f"{stem}{max(taken, default=0) + 1}"


def _blank(document: Document) -> dict[str, Any]:
    languages = document.get(("languages",)) or ["zh", "en"]
    return {language: "" for language in ("zh", "en") if language in languages}


def with_own_scale(document: Document, at: str, shared: Mapping[str, Any]) -> Document:
    """A scale of another file written into this one, where it counts before the other."""
    name = at.partition(":")[2]
    scale = shared.get(name)
    if scale is None or document.get(("scales", name)) is not None or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise CannotEdit(f"there is no shared scale {name:.40} to be copied")
    lines = f"{' ' * STEP}{name}:\n{' ' * 2 * STEP}options:\n" + "".join(
        f"{' ' * 3 * STEP}- {on_one_line(_typed(one))}\n" for one in scale["options"]
    )
    if document.get(("scales",)):
        place = document.line_end(document.end_of(document.node(("scales",))) - 1)
    else:
        start = document.line_start(document.key(("sections",)).start_mark.index)
        place = document.comment_above(start, 0)
        lines = f"scales:\n{lines}\n"

    def change(data: Any) -> None:
        data.setdefault("scales", {})[name] = scale

    return document.patched([Patch(place, place, lines)], [change])


def _typed(option: Mapping[str, Any]) -> dict[str, Any]:
    """Codes and words in quotes, everything else as it stood."""
    return {name: value if name in ("code", "label") else Plain(value) for name, value in option.items()}
