"""One option out of several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from questionnaires.answer_forms import Reader
from questionnaires.conditions import Literal
from questionnaires.kinds.choices import Choosing, codes_worth_trying, one_code_refuses, one_of
from questionnaires.kinds.kind import Given, Own, VariableType
from questionnaires.model import Layout, Question, QuestionType


class SingleChoice(Choosing):
    type: ClassVar = QuestionType.SINGLE_CHOICE
    fields: ClassVar = ("options", "scale", "list", "within", "chosen_in", "order", "layout", "stands_for")
    variable: ClassVar = VariableType.CODE

    def parse(self, given: Given) -> Own:
        return {
            "options": given.options(several=False, words=True),
            "scale": given.scale(),
            "list": given.list(),
            "within": given.name("within"),
            "chosen_in": given.name("chosen_in"),
            "order": given.order(),
            "layout": given.layout(),
            "stands_for": given.stands_for(),
        }

    def reader(self, question: Question) -> Reader:
        return one_of(question.options)

    def expected(self, question: Question, language: str) -> str:
        if question.layout is Layout.POINTS:
            return "请选一个数。" if language != "en" else "Choose one number."
        return "请选一项。" if language != "en" else "Choose one answer."

    def refuses(self, name: str, literals: tuple[Literal, ...], *, ordering: bool) -> str:
        return one_code_refuses(name, literals, ordering=ordering)

    def worth_trying(self, question: Question, literals: Iterable[Literal], most: int) -> list[object]:
        return codes_worth_trying(question, literals)


KIND = SingleChoice()
