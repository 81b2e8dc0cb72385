"""A questionnaire in the child: its canonical form, or its problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

from questionnaires.canonical import to_canonical
from questionnaires.loader import check_bytes
from survey_service.outside.children.bounds import Output


def answer(given: Mapping[str, Any], stream: BinaryIO, out: Output) -> None:
    questionnaire, problems = check_bytes(stream.read(), given["source"])
    if questionnaire is None:
        told = [one.to_json() for one in problems[: given["told"]]]
        out.line({"problems": told, "count": len(problems)})
    else:
        out.line({"definition": to_canonical(questionnaire)})
