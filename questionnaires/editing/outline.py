"""A draft as a page shows it: its parts in order, what stands in their fields, and where each problem belongs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from questionnaires import yaml_nodes
from questionnaires.editing.addresses import nearest
from questionnaires.editing.document import Document, Way
from questionnaires.editing.fields import FIELDS, is_share, shown_target
from questionnaires.languages import USUAL, fault_of_tag
from questionnaires.problems import Problem

_SHOWN: Final = frozenset(
    {"id", "type", "text", "short", "hint", "unit", "required", "minimum", "maximum", "minimum_choices"}
    | {"maximum_choices", "decimals", "max_length", "options", "items", "scale", "ask_if", "stands_for", "order"}
)


def outline(document: Document, shared: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values of every part that has a name. ``shared``: the scales of other files, as data."""
    data = document.data
    number = 0
    sections = []
    for section in _maps(data.get("sections")):
        questions = []
        for question in _maps(section.get("questions")):
            number += 1
            questions.append(_question(question, number, data, shared))
        sections.append(
            {
                "at": f"section:{section.get('id')}",
                "title": texts(section.get("title")),
                "ask_if": _string(section.get("ask_if")),
                "repeats": _repeats(section.get("repeats")),
                "questions": questions,
            }
        )
    header, notice = _map(data.get("header")), _map(data.get("notice"))
    return {
        "key": _string(data.get("key")),
        "version": _string(data.get("version")),
        "languages": [one for one in data.get("languages") or ["zh", "en"] if isinstance(one, str)],
        "title": texts(data.get("title")),
        "header": {name: _string(header.get(name)) for name in _fields("header")},
        "notice": {name: texts(notice.get(name)) for name in ("purpose", "body", "retention", "contact")},
        "minutes": _string(notice.get("minutes")),
        "sections": sections,
        "scales": [_scale(name, scale, own=True) for name, scale in _map(data.get("scales")).items()],
        "indicators": [_indicator(one) for one in _maps(data.get("indicators"))],
        "calculated": [
            {
                "at": f"calculated:{one.get('id')}",
                "id": _string(one.get("id")),
                "text": texts(one.get("text")),
                "short": texts(one.get("short")),
                "expression": _string(one.get("expression")),
            }
            for one in _maps(data.get("calculated"))
        ],
        "draws": [_draw(one) for one in _maps(data.get("draws"))],
        "checks": [
            {
                "at": f"{kind}:{one.get('id')}",
                "id": _string(one.get("id")),
                "message": texts(one.get("message")),
                "condition": _string(one.get("condition")),
                "hard": _string(one.get("severity")) == "hard",
            }
            for kind in ("contradiction", "rule")
            for one in _maps(data.get(f"{kind}s"))
        ],
    }


def _repeats(held: Any) -> dict[str, Any] | None:
    """How a section repeats; None where it does not."""
    if not isinstance(held, dict):
        return None
    plain = {name: _string(held.get(name)) for name in ("most", "count", "on_paper")}
    return plain | {name: texts(held.get(name)) for name in ("ask_for_more", "heading")}


def _draw(draw: dict[str, Any]) -> dict[str, Any]:
    """To be read: what is drawn is changed in the file."""
    return {
        "label": texts(draw.get("label")),
        "take": _string(draw.get("take")),
        "blocks": [
            {"label": texts(block.get("label")), "belongs_if": _string(block.get("belongs_if"))}
            for block in _maps(draw.get("blocks"))
        ],
    }


def _fields(group: str) -> list[str]:
    return [name.partition(".")[2] for name in FIELDS["questionnaire"] if name.startswith(f"{group}.")]


def _question(question: dict[str, Any], number: int, data: Any, shared: Mapping[str, Any]) -> dict[str, Any]:
    name, scale = _string(question.get("id")), _string(question.get("scale"))
    own = _map(data.get("scales"))
    options = own.get(scale) or shared.get(scale) if scale else question
    return {
        "at": f"question:{name}",
        "id": name,
        "number": number,
        "type": _string(question.get("type")),
        **{field: texts(question.get(field)) for field in ("text", "short", "hint", "unit")},
        **{
            field: _string(question.get(field))
            for field in ("minimum", "maximum", "minimum_choices", "maximum_choices", "decimals", "max_length")
        },
        "required": _string(question.get("required")) == "true",
        "ask_if": _string(question.get("ask_if")),
        "stands_for": _string(question.get("stands_for")),
        "scale": scale,
        "own_scale": scale in own,
        "options": [_option(one, f"option:{name}") for one in _maps(_map(options).get("options"))],
        "items": [
            {
                "at": f"item:{name}:{one.get('id')}",
                "id": _string(one.get("id")),
                "text": texts(one.get("text")),
                "short": texts(one.get("short")),
            }
            for one in _maps(question.get("items"))
        ],
        "further": [key for key in question if key not in _SHOWN],
    }


def _option(option: dict[str, Any], owner: str) -> dict[str, Any]:
    marks = [name for name in ("missing", "exclusive", "other") if name in option]
    return {
        "at": f"{owner}:{option.get('code')}",
        "code": _string(option.get("code")),
        "label": texts(option.get("label")),
        "marks": marks,
    }


def _scale(name: str, scale: Any, *, own: bool) -> dict[str, Any]:
    return {
        "at": f"scale:{name}",
        "id": name,
        "own": own,
        "options": [_option(one, f"choice:{name}") for one in _maps(_map(scale).get("options"))],
    }


def _indicator(one: dict[str, Any]) -> dict[str, Any]:
    target = _map(one.get("target"))
    return {
        "at": f"indicator:{one.get('id')}",
        "id": _string(one.get("id")),
        "kind": _string(one.get("kind")),
        "name": texts(one.get("name")),
        "definition": texts(one.get("definition")),
        "variables": [_string(name) for name in one.get("variables") or [] if isinstance(name, str)],
        "headline": _string(one.get("headline")) == "true",
        "target": shown_target(one),
        "sense": _string(target.get("sense")) or "at_least",
        "share": is_share(one),
    }


def texts(value: Any) -> dict[str, str]:
    """A text in Chinese and English, empty where there is none, and in every further language that it has."""
    if isinstance(value, dict):
        others = {tag: _string(said) for tag, said in value.items() if isinstance(tag, str) and tag not in USUAL}
        return {"zh": _string(value.get("zh")), "en": _string(value.get("en")), **others}
    return {"zh": _string(value), "en": ""}


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _maps(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


# ---------------------------------------------------------------- where problems belong


def placed(text: str, document: Document, problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Every problem with the part and the field that it belongs to; the whole questionnaire where it has no other."""
    if not problems:
        return []
    root, _ = yaml_nodes.parse(text.encode(), "draft")
    places = sorted(_places(root, ())) if root is not None else []
    return [{**one.to_json(), **_place(document.data, places, one)} for one in problems]


def _places(node: yaml_nodes.Node, way: Way) -> list[tuple[int, int, int, Way]]:
    """Line, column, depth and way of every value; of those that begin at one place the innermost comes last."""
    found = [(node.location.line, node.location.column, len(way), way)]
    if isinstance(node, yaml_nodes.Mapping):
        for entry in node.entries:
            key = entry.key.location
            found.append((key.line, key.column, len(way) + 1, (*way, entry.key.value)))
            found.extend(_places(entry.value, (*way, entry.key.value)))
    elif isinstance(node, yaml_nodes.Sequence):
        for number, one in enumerate(node.nodes):
            found.extend(_places(one, (*way, number)))
    return found


def _place(data: Any, places: Sequence[tuple[int, int, int, Way]], problem: Problem) -> dict[str, str]:
    here = (problem.location.line, problem.location.column)
    exact = [way for line, column, _, way in places if (line, column) == here]
    before = [way for line, column, _, way in places if (line, column) <= here]
    # A mapping begins where its first field does: what is said of the mapping is said there.
    way = min(exact, key=len) if exact else before[-1] if before else ()
    at, rest = nearest(data, way)
    return {"at": at, "field": _field(at, rest, problem)}


def _field(at: str, rest: Way, problem: Problem) -> str:
    known = FIELDS.get(at.partition(":")[0], {})
    for length in (2, 1):
        name = ".".join(map(str, rest[:length]))
        if name in known:
            language = str(rest[length]) if len(rest) > length and not fault_of_tag(str(rest[length])) else ""
            if not language and problem.message.endswith(("has no English", "has no Chinese")):
                language = "en" if problem.message.endswith("English") else "zh"
            return f"{name}.{language}" if language else name
    return str(rest[0]) if rest else ""
