"""The closed questions of a questionnaire, and how an answer to one is written in the columns of a wave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from questionnaires.answers import Value
from questionnaires.draw_weights import Resting
from questionnaires.kinds import kind_of
from questionnaires.kinds.kind import VariableType
from questionnaires.model import Missing, Option, Question, Questionnaire
from questionnaires.text import Text

MOST_OPTIONS: Final = 60
"""Longer ones are lists to be searched, not distributions to be read."""
_BETWEEN: Final = "\x1f"
_NOT: Final = "\x1b"
"""Stand in no code: between the options of one answer, and before the reason why there is none."""
_CLOSED: Final = (VariableType.CODE, VariableType.CODES)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedVariable:
    """A question, or a row of one, whose answers are options."""

    name: str  # q5, q6.lanes
    question: Question
    text: Text  # of the row, else of the question
    short: Text
    several: bool  # more than one may be chosen

    @property
    def options(self) -> tuple[Option, ...]:
        """Those that are an answer: 说不清 and 不愿答 are reasons why there is none, and are counted as such."""
        return tuple(one for one in self.question.options if one.missing is None)


def closed_variables(questionnaire: Questionnaire) -> tuple[ClosedVariable, ...]:
    """In their order. Those that are asked by draw are left out: their answers count by the chance of the draw, which
    indicators know (``draw_weights``)."""
    resting = Resting(questionnaire)
    return tuple(
        one
        for question in questionnaire.questions()
        if kind_of(question).variable in _CLOSED and 0 < len(question.options) <= MOST_OPTIONS
        for one in _variables(question)
        if not resting.of([one.name])
    )


def _variables(question: Question) -> Iterator[ClosedVariable]:
    several = kind_of(question).variable is VariableType.CODES
    if not question.items:
        if question.rows is None:
            yield ClosedVariable(
                name=question.id, question=question, text=question.text, short=question.short, several=several
            )
        return
    for item in question.items:
        yield ClosedVariable(
            name=f"{question.id}.{item.id}", question=question, text=item.text, short=item.short, several=several
        )


def written(value: Value) -> str:
    """A value of the judge's as one text."""
    if isinstance(value, Missing):
        return f"{_NOT}{value.value}"
    if isinstance(value, list):
        return _BETWEEN.join(map(str, value))
    return str(value)


def chosen(text: str) -> frozenset[str] | None:
    """The options of a written answer; None where there is none."""
    if text.startswith(_NOT):
        return None
    return frozenset(text.split(_BETWEEN)) if text else frozenset()


def missing(text: str) -> Missing | None:
    """Why a written answer is none."""
    return Missing(text.removeprefix(_NOT)) if text.startswith(_NOT) else None
