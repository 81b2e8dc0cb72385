"""Words between questions. A note asks nothing and yields no variable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from questionnaires.answer_forms import NOTHING, Canonical, FindingCode, Reader
from questionnaires.conditions import Literal
from questionnaires.kinds.kind import Given, Kind, Own
from questionnaires.model import Question, QuestionType


class Note(Kind):
    type: ClassVar = QuestionType.NOTE
    fields: ClassVar = ()
    variable: ClassVar = None
    faults: ClassVar[frozenset[FindingCode]] = frozenset()
    seconds: ClassVar = 0.0

    def parse(self, given: Given) -> Own:
        return {}

    def reader(self, question: Question) -> Reader:
        return lambda _raw: NOTHING

    def expected(self, question: Question, language: str) -> str:
        return ""

    def in_words(self, question: Question, answer: Canonical, language: str) -> str:
        return ""

    def refuses(self, name: str, literals: tuple[Literal, ...], *, ordering: bool) -> str:
        return ""

    def worth_trying(self, question: Question, literals: Iterable[Literal], most: int) -> list[object]:
        return []


KIND = Note()
