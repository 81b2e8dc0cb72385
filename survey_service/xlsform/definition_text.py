"""A definition as plain values, and its YAML: of a questionnaire, and for whoever writes one from another format.

Every line of the YAML remembers whose it is, so that a problem of the file is told of where it came from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from questionnaires.canonical import to_canonical
from questionnaires.indicators import DontKnow
from questionnaires.model import Questionnaire

Document = dict[str, Any]
_BREAKS = {one: f"\\u{ord(one):04x}" for one in "\x7f\x85\u2028\u2029\ufeff"}  # lines to YAML, letters to JSON


class Spot(NamedTuple):
    """A field, or a member of a list: what holds it, and what stands there."""

    holder: Any
    key: str | int
    value: Any


Trail = tuple[Spot, ...]  # from the outermost inwards


def document_of(questionnaire: Questionnaire) -> Document:
    """What a definition file would say; defaults are left out."""
    stored: Any = to_canonical(questionnaire)["questionnaire"]
    document: Document = _plain(stored)
    document["languages"] = list(questionnaire.languages)
    document["scales"] = {one["id"]: {"options": one["options"]} for one in document.get("scales", ())}
    document["lists"] = {one["id"]: _list(one) for one in document.get("lists", ())}
    document["notice"] = {name: one for name, one in document["notice"].items() if one != {"zh": ""}}
    for section in document["sections"]:
        for question in section["questions"]:
            for one in (question, *question.get("items", ())):
                if one["short"] == one["text"]:
                    del one["short"]
            if "scale" in question:
                question.pop("options", None)
    for one in document.get("calculated", ()):
        for name in ("text", "short"):
            if one[name] == {"zh": one["id"]}:  # nobody gave it words
                del one[name]
    known = {one.id: one for one in (*questionnaire.indicators, *questionnaire.repeated)}
    for one in (*document.get("indicators", ()), *document.get("repeated", ())):
        one["dont_know"] = DontKnow(known[one["id"]].dont_know).value
        if "numerator_if" in one:
            one.pop("variables", None)
    return {name: value for name, value in document.items() if value or name in ("notice", "sections")}


def _list(stored: Document) -> Document:
    """Entries that a wave has given are not the file's."""
    found = {"from" if name == "source" else name: one for name, one in stored.items() if name != "id"}
    if "from" in found:
        found.pop("options", None)
    return found


def _plain(value: Any) -> Any:
    """Conditions and expressions as they were written."""
    if isinstance(value, dict):
        if value.keys() == {"source", "tree"}:
            return value["source"]
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def yaml_of(document: Document) -> tuple[str, list[Trail]]:
    """The file, and for each of its lines where in the document it stands."""
    lines = list(_lines(document, (), 0))
    return "\n".join(text for text, _ in lines) + "\n", [trail for _, trail in lines]


def _lines(value: Any, trail: Trail, depth: int) -> Iterator[tuple[str, Trail]]:
    blank = "  " * depth
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _entry(f"{blank}{_name(name)}:", one, (*trail, Spot(value, name, one)), depth)
    else:
        for place, one in enumerate(value):
            inner = (*trail, Spot(value, place, one))
            if not _stands_alone(one):
                first, *rest = _lines(one, inner, depth + 1)
                yield f"{blank}- {first[0].lstrip()}", first[1]
                yield from rest
            else:
                yield f"{blank}- {_flow(one)}", inner


def _entry(head: str, one: Any, trail: Trail, depth: int) -> Iterator[tuple[str, Trail]]:
    if _stands_alone(one):
        yield f"{head} {_flow(one)}", trail
    else:
        yield head, trail
        yield from _lines(one, trail, depth + 1)


def _stands_alone(value: Any) -> bool:
    """Whether it is written on one line: a word, a text in its languages, an option."""
    if isinstance(value, Mapping):
        return not value or "zh" in value or ("code" in value and "label" in value)
    return not isinstance(value, list) or not value or not isinstance(value[0], Mapping | list)


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_name(name)}: {_flow(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    text = json.dumps(value, ensure_ascii=False)
    for one, escaped in _BREAKS.items():
        text = text.replace(one, escaped)
    return text


def _name(name: str) -> str:
    """Plain where every YAML reads it as a word."""
    plain = re.fullmatch(r"[a-z][a-z0-9_]*", name) and name not in ("no", "yes", "on", "off", "y", "n")
    return name if plain else json.dumps(name)
