"""What a new question of each kind begins with, beside its id, its type and its text that is still to be written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from questionnaires.editing.document import Plain
from questionnaires.model import QuestionType

_SHARED: Final = "satisfaction"  # the scale of a new matrix, where nothing else is said

Blank = dict[str, Any]  # a text without words


def _options(blank: Blank) -> dict[str, Any]:
    return {"options": [{"code": code, "label": blank} for code in ("1", "2")]}


def _matrix(blank: Blank) -> dict[str, Any]:
    return {"scale": Plain(_SHARED), "items": [{"id": Plain("row1"), "text": blank}]}


def _nothing(_: Blank) -> dict[str, Any]:
    return {}


ADDED: Final[Mapping[QuestionType, Callable[[Blank], dict[str, Any]]]] = {
    QuestionType.SINGLE_CHOICE: _options,
    QuestionType.MULTIPLE_CHOICE: _options,
    QuestionType.SCALE: _matrix,
    QuestionType.NUMBER: lambda _: {"minimum": Plain("0")},
    QuestionType.SHORT_TEXT: _nothing,
    QuestionType.LONG_TEXT: _nothing,
    QuestionType.DATE: _nothing,
}
"""Kinds of question that a page adds: the simple ones."""
