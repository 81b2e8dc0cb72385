"""Can a question ever be asked? Decided by trying every combination of answers that could matter.

Sound: a question is called unreachable only when no combination leads to it. Each variable that its conditions depend
on, directly or through the conditions of those questions, is given every value that the conditions can tell apart: no
answer, each code, for numbers and dates the values at and between the literals and the limits. Beyond
``MAX_COMBINATIONS``, and where an expression or the form of a text decides, the search gives up and says "reachable".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import product

from questionnaires.conditions import (
    Answered,
    Compare,
    Condition,
    Fits,
    Includes,
    Matches,
    OneOf,
    Relation,
    variables_of,
)
from questionnaires.expressions import Expression
from questionnaires.kinds import kind_of
from questionnaires.lists import is_open
from questionnaires.model import Option, Question, Questionnaire

MAX_COMBINATIONS = 20_000


class Reach:
    """Of one questionnaire. Its conditions are written out once, however many questions and options are asked about."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire

    @cached_property
    def _questions(self) -> dict[str, Question]:
        """By variable."""
        return {variable: one for one in self.questionnaire.questions() for variable in one.variables()}

    @cached_property
    def _formulas(self) -> dict[str, Expression]:
        return self.questionnaire.formulas()

    @cached_property
    def _further(self) -> frozenset[str]:
        """Questions of further rounds."""
        sections = (one for one in self.questionnaire.sections if one.round is not None and one.round.number > 1)
        return frozenset(question.id for one in sections for question in one.questions)

    @cached_property
    def _conditions(self) -> dict[str, tuple[Condition, ...]]:
        return _asked_if(self.questionnaire, self._formulas)

    def can_hold(self, question_id: str) -> bool:
        """False only where no answers whatever lead to the question; of the rounds of a section the first decides."""
        if question_id in self._further:
            return True
        return _can_all_hold(self.questionnaire, self._questions, self._conditions, self._conditions[question_id])

    def can_offer(self, question: Question, option: Option) -> bool:
        """False only where no answers whatever lead to the option, by the condition of its own."""
        if option.offer_if is None or question.id in self._further:
            return True
        wanted = (*self._conditions[question.id], option.offer_if.written_out(self._formulas))
        return _can_all_hold(self.questionnaire, self._questions, self._conditions, wanted)


def can_hold(questionnaire: Questionnaire, question_id: str) -> bool:
    """``Reach.can_hold`` of one question alone."""
    return Reach(questionnaire).can_hold(question_id)


def _asked_if(questionnaire: Questionnaire, formulas: Mapping[str, Expression]) -> dict[str, tuple[Condition, ...]]:
    """Id of each question -> its conditions, of answers alone. Who chose nothing has nothing carried over."""
    found: dict[str, tuple[Condition, ...]] = {}
    for section in questionnaire.sections:
        for question in section.questions:
            conditions = [one.written_out(formulas) for one in (section.ask_if, question.ask_if) if one is not None]
            if question.chosen_in is not None:
                conditions.append(Condition(question.chosen_in, Answered(question.chosen_in)))
            found[question.id] = tuple(conditions)
    return found


def _can_all_hold(
    questionnaire: Questionnaire,
    questions: Mapping[str, Question],
    asked_if: Mapping[str, tuple[Condition, ...]],
    wanted: tuple[Condition, ...],
) -> bool:
    conditions = set(wanted)
    variables: dict[str, None] = {}
    waiting = [name for condition in wanted for name in condition.variables()]
    while waiting:
        name = waiting.pop()
        if name in variables or name not in questions:
            continue
        variables[name] = None
        earlier = asked_if[questions[name].id]
        conditions.update(earlier)
        waiting.extend(inner for condition in earlier for inner in condition.variables())
    if any(isinstance(test, Relation | Matches | Fits) for condition in conditions for test in condition.tests()):
        return True
    if any(is_open(questionnaire, questions[name]) for name in variables):
        return True  # its codes are given by a wave
    domains = [told_apart(name, questions[name], conditions) for name in variables]
    if math.prod(map(len, domains)) > MAX_COMBINATIONS:
        return True
    for combination in product(*domains):
        answers = dict(zip(variables, combination, strict=True))
        if _consistent(answers, questions, asked_if) and all(one.evaluate(answers) for one in wanted):
            return True
    return False


def _consistent(
    answers: Mapping[str, object],
    questions: Mapping[str, Question],
    asked_if: Mapping[str, tuple[Condition, ...]],
) -> bool:
    """Whether no answer stands at a question that its condition did not ask."""
    return all(
        value is None or all(condition.evaluate(answers) for condition in asked_if[questions[name].id])
        for name, value in answers.items()
    )


def told_apart(name: str, question: Question, conditions: Iterable[Condition]) -> list[object]:
    """No answer, and one value of each kind that the conditions can tell apart."""
    literals: set[str | int | float] = set()
    for condition in conditions:
        for test in condition.tests():
            if name in variables_of(test):
                match test:
                    case Compare(literal=literal):
                        literals.add(literal)
                    case OneOf(literals=several):
                        literals.update(several)
                    case Includes(code=code):
                        literals.add(code)
    if name.endswith(".other"):
        return [None, "text"]
    return [None, *kind_of(question).worth_trying(question, literals, MAX_COMBINATIONS)]
