"""Can a question ever be asked? Decided by trying every combination of answers that could matter.

Sound: a question is called unreachable only when no combination leads to it. Each variable that its conditions depend
on, directly or through the conditions of those questions, is given every value that the conditions can tell apart: no
answer, each code, for numbers and dates the values at and between the literals and the limits. Beyond
``MAX_COMBINATIONS`` the search gives up and says "reachable".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import product

from questionnaires.conditions import Compare, Condition, Includes, OneOf
from questionnaires.model import Question, Questionnaire, QuestionType

MAX_COMBINATIONS = 20_000


def can_hold(questionnaire: Questionnaire, question_id: str) -> bool:
    """False only where no answers whatever lead to the question."""
    questions = {variable: question for question in questionnaire.questions() for variable in question.variables()}
    asked_if: dict[str, tuple[Condition, ...]] = {}
    for section in questionnaire.sections:
        for question in section.questions:
            asked_if[question.id] = tuple(one for one in (section.ask_if, question.ask_if) if one is not None)
    conditions = set(asked_if[question_id])
    variables: dict[str, None] = {}
    waiting = [name for condition in asked_if[question_id] for name in condition.variables()]
    while waiting:
        name = waiting.pop()
        if name in variables or name not in questions:
            continue
        variables[name] = None
        earlier = asked_if[questions[name].id]
        conditions.update(earlier)
        waiting.extend(inner for condition in earlier for inner in condition.variables())
    domains = [_domain(name, questions[name], conditions) for name in variables]
    if math.prod(map(len, domains)) > MAX_COMBINATIONS:
        return True
    for combination in product(*domains):
        answers = dict(zip(variables, combination, strict=True))
        if _consistent(answers, questions, asked_if) and all(one.evaluate(answers) for one in asked_if[question_id]):
            return True
    return False


def _consistent(
    answers: Mapping[str, object],
    questions: Mapping[str, Question],
    asked_if: Mapping[str, tuple[Condition, ...]],
) -> bool:
    """Nobody answers what was not asked."""
    return all(
        value is None or all(condition.evaluate(answers) for condition in asked_if[questions[name].id])
        for name, value in answers.items()
    )


def _domain(name: str, question: Question, conditions: Iterable[Condition]) -> list[object]:
    """No answer, and one value of each kind that the conditions can tell apart."""
    literals: set[str | int | float] = set()
    for condition in conditions:
        for test in condition.tests():
            if test.variable == name:
                match test:
                    case Compare(literal=literal):
                        literals.add(literal)
                    case OneOf(literals=several):
                        literals.update(several)
                    case Includes(code=code):
                        literals.add(code)
    if name.endswith(".other"):
        return [None, "text"]
    if question.type in (QuestionType.SINGLE_CHOICE, QuestionType.SCALE):
        return [None, *(option.code for option in question.options)]
    if question.type is QuestionType.MULTIPLE_CHOICE:
        return [None, *_subsets(question, {str(literal) for literal in literals})]
    if question.type is QuestionType.NUMBER:
        return [None, *_numbers(question, [float(one) for one in literals if not isinstance(one, str)])]
    if question.type is QuestionType.DATE:
        return [None, *_dates(question, [str(one) for one in literals])]
    return [None, "text"]


def _subsets(question: Question, tested: set[str]) -> list[object]:
    """Sets of chosen codes; those never tested for stand for each other."""
    free = [option.code for option in question.options if not option.exclusive]
    alone: list[object] = [[option.code] for option in question.options if option.exclusive]
    kept = [code for code in free if code in tested] + [code for code in free if code not in tested][:1]
    if len(kept) > 15:  # more combinations than may be tried: let the product give up
        return [None] * (MAX_COMBINATIONS + 1)
    several: list[object] = [
        [code for bit, code in enumerate(kept) if mask >> bit & 1] for mask in range(1, 1 << len(kept))
    ]
    return [*alone, *several]


def _numbers(question: Question, literals: list[float]) -> list[float]:
    step = 10.0**-question.decimals
    least = float(question.minimum) if isinstance(question.minimum, int | float) else -math.inf
    most = float(question.maximum) if isinstance(question.maximum, int | float) else math.inf
    tried = {least, most, 0.0}
    for literal in literals:
        near = round(math.floor(literal / step) * step, question.decimals)
        tried |= {literal, near, near + step, near - step}
    return sorted(
        one for one in tried if math.isfinite(one) and least <= one <= most and round(one, question.decimals) == one
    )


def _dates(question: Question, literals: list[str]) -> list[str]:
    least = question.minimum if isinstance(question.minimum, date) else date.min
    most = question.maximum if isinstance(question.maximum, date) else date.max
    tried = {least, most}
    for literal in literals:
        day = date.fromisoformat(literal)
        tried.add(day)
        if day > date.min:
            tried.add(day - timedelta(days=1))
        if day < date.max:
            tried.add(day + timedelta(days=1))
    return sorted(one.isoformat() for one in tried if least <= one <= most)
