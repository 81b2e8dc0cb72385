"""Can a question ever be asked? Decided by trying every combination of answers that could matter.

Sound: a question is called unreachable only when no combination leads to it. Each variable that its conditions depend
on, directly or through the conditions of those questions, is given every value that the conditions can tell apart: no
answer, each code, for numbers and dates the values at and between the literals and the limits. Beyond
``MAX_COMBINATIONS``, and where an expression or the form of a text decides, the search gives up and says "reachable".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
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
from questionnaires.kinds import kind_of
from questionnaires.lists import is_open
from questionnaires.model import Option, Question, Questionnaire

MAX_COMBINATIONS = 20_000


def can_hold(questionnaire: Questionnaire, question_id: str) -> bool:
    """False only where no answers whatever lead to the question."""
    asked_if = _asked_if(questionnaire)
    return _can_all_hold(questionnaire, asked_if, asked_if[question_id])


def can_offer(questionnaire: Questionnaire, question: Question, option: Option) -> bool:
    """False only where no answers whatever lead to the option, by the condition of its own."""
    if option.offer_if is None:
        return True
    asked_if = _asked_if(questionnaire)
    return _can_all_hold(questionnaire, asked_if, (*asked_if[question.id], questionnaire.of_answers(option.offer_if)))


def _asked_if(questionnaire: Questionnaire) -> dict[str, tuple[Condition, ...]]:
    """Id of each question -> its conditions, of answers alone. Who chose nothing has nothing carried over."""
    formulas = questionnaire.formulas()  # once: this is asked for every question with a condition
    found: dict[str, tuple[Condition, ...]] = {}
    for section in questionnaire.sections:
        for question in section.questions:
            conditions = [one.written_out(formulas) for one in (section.ask_if, question.ask_if) if one is not None]
            if question.chosen_in is not None:
                conditions.append(Condition(question.chosen_in, Answered(question.chosen_in)))
            found[question.id] = tuple(conditions)
    return found


def _can_all_hold(
    questionnaire: Questionnaire, asked_if: Mapping[str, tuple[Condition, ...]], wanted: tuple[Condition, ...]
) -> bool:
    questions = {variable: question for question in questionnaire.questions() for variable in question.variables()}
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
