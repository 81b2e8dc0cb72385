"""A matrix: items, each answered by one option of one scale. Every item is a variable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from questionnaires.answer_forms import Reader
from questionnaires.conditions import Literal
from questionnaires.kinds.choices import Choosing, codes_worth_trying, one_code_refuses, one_of
from questionnaires.kinds.kind import Given, Own, VariableType
from questionnaires.model import Layout, Question, QuestionType


class Scale(Choosing):
    type: ClassVar = QuestionType.SCALE
    fields: ClassVar = ("options", "scale", "items", "rows", "order", "layout")
    variable: ClassVar = VariableType.CODE

    def parse(self, given: Given) -> Own:
        return {
            "items": given.items(),
            "rows": given.name("rows"),
            "options": given.options(several=False, words=False),
            "scale": given.scale(),
            "order": given.order(),
            "layout": given.layout(),
        }

    def reader(self, question: Question) -> Reader:
        return one_of(question.options)

    def expected(self, question: Question, language: str) -> str:
        if question.layout is Layout.POINTS:
            return "请每一行选一个数。" if language != "en" else "Choose one number in each row."
        return "请每一行选一项。" if language != "en" else "Choose one answer in each row."

    def refuses(self, name: str, literals: tuple[Literal, ...], *, ordering: bool) -> str:
        return one_code_refuses(name, literals, ordering=ordering)

    def worth_trying(self, question: Question, literals: Iterable[Literal], most: int) -> list[object]:
        return codes_worth_trying(question, literals)


KIND = Scale()
