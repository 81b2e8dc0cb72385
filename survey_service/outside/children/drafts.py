"""A draft of a questionnaire in the child: looked at, or changed by edits and then looked at."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, BinaryIO

from questionnaires import yaml_nodes
from questionnaires.canonical import to_canonical
from questionnaires.editing.addresses import nameless
from questionnaires.editing.document import CannotEdit, Document
from questionnaires.editing.edits import applied
from questionnaires.editing.outline import outline, placed
from questionnaires.editing.removals import NotAgreed
from questionnaires.editing.uses import fingerprint, uses_of
from questionnaires.loader import SHARED_SCALES, check_bytes, definitions_path
from survey_service.outside.children.bounds import Output


def answer(given: Mapping[str, Any], stream: BinaryIO, out: Output) -> None:
    content = stream.read()
    try:
        match given["do"]:
            case "uses":
                uses = uses_of(Document(content.decode()).data, given["at"])
                out.line({"uses": [one.to_json() for one in uses], "fingerprint": fingerprint(uses)})
            case "change":  # a text that was looked at when it came in
                out.line(_looked(applied(content.decode(), given["edits"], _shared()), given))
            case _:
                out.line(_taken(content, given))
    except NotAgreed:
        out.line({"refused": "not_agreed"})
    except CannotEdit as refused:
        out.line({"refused": "cannot", "why": str(refused)})


def _taken(content: bytes, given: Mapping[str, Any]) -> dict[str, Any]:
    """What may come from outside: first held against all that no definition needs, such as aliases."""
    root, problems = yaml_nodes.parse(content, given["source"])
    if root is None or problems:
        return {"unusable": [one.to_json() for one in problems[: given["told"]]], "count": len(problems)}
    document = Document(content.decode("utf-8-sig").replace("\r\n", "\n"))
    unnamed = nameless(document.data)
    return {"nameless": unnamed[:20]} if unnamed else _looked(document, given)


def _looked(document: Document, given: Mapping[str, Any]) -> dict[str, Any]:
    text = document.text
    questionnaire, problems = check_bytes(text.encode(), given["source"])
    return {
        "text": text,
        "outline": outline(document, _shared()),
        "problems": placed(text, document, problems[: given["told"]]),
        "count": len(problems),
        "definition": None if questionnaire is None else to_canonical(questionnaire),
    }


@cache
def _shared() -> Any:
    return Document((definitions_path() / SHARED_SCALES).read_text(encoding="utf-8")).data["scales"]
