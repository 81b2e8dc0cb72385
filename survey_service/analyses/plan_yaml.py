"""A plan as a YAML file: its document, every field written, for people to read, keep and change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from analysis.plan import AnalysisPlan, to_document

_PLAIN = re.compile(r"[a-z][a-z0-9_]*")
_TAKEN = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")


def as_yaml(plan: AnalysisPlan) -> str:
    """Block style, two blanks a level; texts that YAML could take for something else are quoted."""
    return "\n".join(_lines(to_document(plan), "")) + "\n"


def with_data(plan: AnalysisPlan, data: dict[str, Any]) -> str:
    """The plan and where its columns stand in a file: what ``survey-service analyse`` runs."""
    return "\n".join(_lines({"plan": to_document(plan), "data": data}, "")) + "\n"


def _lines(value: dict[str, Any], indent: str) -> Iterator[str]:
    for name, inner in value.items():
        if isinstance(inner, dict) and inner:
            yield f"{indent}{name}:"
            yield from _lines(inner, f"{indent}  ")
        elif isinstance(inner, list) and inner:
            yield f"{indent}{name}:"
            for one in inner:
                if isinstance(one, dict):
                    first, *rest = _lines(one, f"{indent}    ")
                    yield f"{indent}  - {first.lstrip()}"
                    yield from rest
                else:
                    yield f"{indent}  - {_scalar(one)}"
        else:
            yield f"{indent}{name}: {_scalar(inner)}"


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value not in _TAKEN:
        return value
    return json.dumps(value, ensure_ascii=False)
