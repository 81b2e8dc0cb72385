"""Codes of a list that a questionnaire names, in conditions and indicators, and that a wave has not given.

A file cannot know the entries of a list that a wave gives, so nothing is held against them when it is loaded. Once they
are put in, a condition on a code that no entry has would never hold, and an indicator would count nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from questionnaires.conditions import Compare, Condition, Includes, OneOf
from questionnaires.model import ListSource, Question, Questionnaire


def without_entry(questionnaire: Questionnaire) -> dict[str, tuple[str, ...]]:
    """Id of a list that a wave gives -> the codes that are named and are none of its entries, each once."""
    open_by_nature = {one.id for one in questionnaire.lists if one.source is not ListSource.FILE and one.options}
    asked = {one.id: one for one in questionnaire.questions() if one.list in open_by_nature}
    found: dict[str, dict[str, None]] = {}
    for name, code in _named(questionnaire):
        question = asked.get(name)
        if question is not None and question.option(code) is None:
            found.setdefault(question.list or "", {})[code] = None
    return {list_id: tuple(codes) for list_id, codes in found.items()}


def _named(questionnaire: Questionnaire) -> Iterator[tuple[str, str]]:
    """Questions and the codes that are named of them."""
    for condition in _conditions(questionnaire):
        for test in condition.tests():
            match test:
                case Compare(variable, _, str(literal)):
                    yield variable, literal
                case OneOf(variable, literals):
                    yield from ((variable, one) for one in literals if isinstance(one, str))
                case Includes(variable, code):
                    yield variable, code
    for indicator in questionnaire.indicators:
        codes = (*indicator.numerator, *indicator.against, *indicator.excluded, *indicator.scores)
        for variable in indicator.variables:
            yield from ((variable, code) for code in (*codes, *indicator.correct.get(variable, ())))


def _conditions(questionnaire: Questionnaire) -> Iterator[Condition]:
    for section in questionnaire.sections:
        yield from _of(section.ask_if)
        for question in section.questions:
            yield from _of(question.ask_if)
            yield from _offers(question)
    for indicator in questionnaire.indicators:
        yield from (*_of(indicator.base), *_of(indicator.numerator_if))
    yield from (one.condition for one in questionnaire.contradictions)
    yield from (one.condition for one in questionnaire.rules)


def _offers(question: Question) -> Iterator[Condition]:
    for option in question.options:
        yield from _of(option.offer_if)


def _of(condition: Condition | None) -> Iterator[Condition]:
    if condition is not None:
        yield condition
