"""Every kind of question by its name: the kind ``number`` is the ``KIND`` of ``kinds/number.py``.

``docs/how-to-add.md`` says how one is added, and where each room of the service keeps its table by kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

from questionnaires.kinds.kind import Kind
from questionnaires.model import Question, QuestionType

KINDS: Final[Mapping[QuestionType, Kind]] = MappingProxyType(
    {name: import_module(f"{__name__}.{name}").KIND for name in QuestionType}
)


def kind_of(question: Question) -> Kind:
    return KINDS[question.type]
