"""Indicators, respondent by respondent: the pair (y, x) whose weighted totals make the rate.

Every rate is the ratio sum(w y) / sum(w x) over respondents, so one estimator serves all kinds:

================  =============================================  ==========================================
kind              y                                              x
================  =============================================  ==========================================
proportion        1 if the answer is in ``numerator``, else 0    1 for everyone in the base
                  1 where ``numerator_if`` holds, else 0         1 for everyone in the base
mean_score        the points of the answer (a number: itself)    1 for everyone in the base
net               1 in ``numerator``, -1 in ``against``, else 0  1 for everyone in the base
share_correct     1 if the answer is right, else 0               1 for every question in the base
share_passing     1 with at least ``pass_at`` right answers      1 for everyone with a question in the base
ratio             ``per`` times the one number                   the other number
share_of_total    the part                                       the whole that it is part of
mean_rank         the rank that ``option`` was given             1 for everyone who put options in order
index             no pair: a weighted sum of other indicators    (estimated from its parts)
================  =============================================  ==========================================

Several variables are pooled: y and x are summed over those in the base, so that a respondent counts once per item
answered, and an answer in a block that was drawn counts as often as its block was unlikely (``draw_weights``).
A variable is *not* in the base where it was not asked, not answered, refused or illegible, where its code is
in ``excluded``, or where the indicator's ``base`` does not hold. Don't know: ``in_base`` gives (0, 1), ``excluded``
leaves it out, ``zero`` gives (0, 1) with 0 points. None: nothing of the respondent is in the base.

Of two totals nobody is in the base who lacks one of the numbers, or has nothing of either; nor anyone whose answers
contradict each other: a part that is more than its whole, a number below 0 to be divided by. An option that was given
no rank has the mean of the ranks left open, or none (``unranked``).

An indicator with a second base is two figures, the second under the id of ``with_second_base``.

A proportion by a condition counts people, not answers: without ``base`` those for whom every one of its variables is in
the base, with it all for whom it holds. Of those who pass nothing is right that was not answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from questionnaires.answers import Value
from questionnaires.conditions import Condition
from questionnaires.draw_weights import Weighing
from questionnaires.draws import block_of_question
from questionnaires.indicators import TOTALS, DontKnow, Indicator, IndicatorKind, Unranked, same_definition
from questionnaires.model import Missing, Option, Questionnaire

Pair = tuple[float, float]
Evaluator = Callable[[Mapping[str, Value]], dict[str, Pair | None]]


def evaluate(questionnaire: Questionnaire, values: Mapping[str, Value]) -> dict[str, Pair | None]:
    """(y, x) of every indicator but indices, for one respondent's ``Checked.values``."""
    return evaluator(questionnaire)(values)


def evaluator(questionnaire: Questionnaire) -> Evaluator:
    """``evaluate`` made ready for many respondents."""
    chosen = [one for one in questionnaire.estimated() if one.kind is not IndicatorKind.INDEX]
    questions = {variable: question for question in questionnaire.questions() for variable in question.variables()}
    stated = {
        variable: {option.missing: option.code for option in question.options if option.missing is not None}
        for variable, question in questions.items()
    }

    weighing = Weighing(questionnaire, chosen)

    def pairs(values: Mapping[str, Value]) -> dict[str, Pair | None]:
        answers: Mapping[str, object] | None = None
        drawn = weighing.drawn(values)
        found: dict[str, Pair | None] = {}
        for indicator in chosen:
            factors = weighing.factors(indicator.id, drawn)
            if answers is None and (indicator.base is not None or indicator.numerator_if is not None):
                answers = _as_answered(values, stated)
            if indicator.base is not None and not indicator.base.evaluate(answers or {}):
                found[indicator.id] = None
            elif indicator.numerator_if is not None:
                pair = _by_condition(indicator, indicator.numerator_if, values, answers or {})
                found[indicator.id] = _as_often(pair, factors)
            elif indicator.kind in TOTALS:
                found[indicator.id] = _as_often(_totals(indicator, values), factors)
            elif indicator.kind is IndicatorKind.MEAN_RANK:
                offered = len(questions[indicator.variables[0]].options)
                pair = _rank(indicator, values.get(indicator.variables[0]), offered)
                found[indicator.id] = _as_often(pair, factors)
            else:
                found[indicator.id] = _pair(indicator, values, factors)
        return found

    return pairs


def comparable(one: Questionnaire, other: Questionnaire, indicator_id: str) -> bool:
    """Whether a change between two waves may be shown: equal definition, and its questions worded and coded alike."""
    first = next((each for each in one.indicators if each.id == indicator_id), None)
    second = next((each for each in other.indicators if each.id == indicator_id), None)
    if first is None or second is None or not same_definition(first, second):
        return False
    if first.kind is IndicatorKind.INDEX:
        return all(comparable(one, other, part.indicator) for part in first.parts)
    if not all(_made_of(one, other, variable) for variable in _named(first)):
        return False
    return all(_asked_as(one, variable) == _asked_as(other, variable) for variable in one.behind(first.variables))


def _named(indicator: Indicator) -> tuple[str, ...]:
    return (*indicator.variables, *(indicator.base.variables() if indicator.base else ()))


def _made_of(one: Questionnaire, other: Questionnaire, variable: str) -> bool:
    """Whether what is calculated is calculated in one way."""
    return one.formulas().get(variable) == other.formulas().get(variable)


def asked_alike(one: Questionnaire, other: Questionnaire, variable: str) -> bool:
    """Whether both ask for a variable, in the same Chinese words and with the same codes, of the same people."""
    first = _asked_as(one, variable)
    return first is not None and first == _asked_as(other, variable)


def _asked_as(questionnaire: Questionnaire, variable: str) -> tuple[object, ...] | None:
    """What a respondent saw and could choose: Chinese words and codes."""
    for section in questionnaire.sections:
        for question in section.questions:
            if variable in question.variables():
                item = next((each for each in question.items if variable == f"{question.id}.{each.id}"), None)
                options = tuple((each.code, each.label.pattern.zh) for each in question.options)
                block = block_of_question(questionnaire).get(question.id)
                belongs = (block[1].belongs_if,) if block and block[1].belongs_if else ()
                conditions = tuple(one and one.tree for one in (section.ask_if, question.ask_if, *belongs))
                limits = (question.minimum_choices, question.maximum_choices, question.ranks)
                narrowed = (question.within, question.chosen_in, *map(_offered_as, question.options))
                words = (question.text.pattern.zh, item and item.text.pattern.zh)
                return (question.type, *words, options, limits, conditions, narrowed)
    return None


def _offered_as(option: Option) -> tuple[object, ...]:
    return option.parent, option.offer_if and option.offer_if.tree


def _as_answered(values: Mapping[str, Value], stated: Mapping[str, Mapping[Missing, str]]) -> dict[str, object]:
    """Values as conditions see them: "don't know" chosen as an option is its code again."""
    answers: dict[str, object] = {}
    for variable, value in values.items():
        answers[variable] = stated.get(variable, {}).get(value) if isinstance(value, Missing) else value
    return answers


def _pair(
    indicator: Indicator, values: Mapping[str, Value], factors: tuple[float | None, ...] | None = None
) -> Pair | None:
    """``factors``: how often each variable counts, where some are asked by draw; of those who pass one for all."""
    passing = indicator.kind is IndicatorKind.SHARE_PASSING
    y = x = 0.0
    for place, variable in enumerate(indicator.variables):
        factor = 1.0 if factors is None or passing else factors[place]
        if factor is None:
            continue
        value = values.get(variable, Missing.NO_ANSWER)
        if isinstance(value, Missing):
            if value is Missing.DONT_KNOW and indicator.dont_know is not DontKnow.EXCLUDED:
                x += factor
            continue
        points = _points(indicator, variable, value)
        if points is not None:
            y += factor * points
            x += factor
    if passing and x:
        (all_of_them,) = factors or (1.0,)
        passed = float(y >= (indicator.pass_at or 1))
        return None if all_of_them is None else (passed * all_of_them, all_of_them)
    return (y, x) if x else None


def _as_often(pair: Pair | None, factors: tuple[float | None, ...] | None) -> Pair | None:
    """What the whole pair counts for where its questions were asked by draw; None where one of them was not drawn."""
    (factor,) = factors or (1.0,)
    return None if factor is None or pair is None else (pair[0] * factor, pair[1] * factor)


def _by_condition(
    indicator: Indicator, numerator: Condition, values: Mapping[str, Value], answers: Mapping[str, object]
) -> Pair | None:
    given = [values.get(variable, Missing.NO_ANSWER) for variable in indicator.variables]
    if indicator.base is None and any(isinstance(one, Missing) and one is not Missing.DONT_KNOW for one in given):
        return None
    if indicator.dont_know is DontKnow.EXCLUDED and Missing.DONT_KNOW in given:
        return None
    return (float(numerator.evaluate(answers)), 1.0)


def _totals(indicator: Indicator, values: Mapping[str, Value]) -> Pair | None:
    y, x = (values.get(name or "") for name in (indicator.numerator_total, indicator.denominator_total))
    if not isinstance(y, int | float) or not isinstance(x, int | float) or x < 0 or (x == 0 and y == 0):
        return None
    if indicator.kind is IndicatorKind.SHARE_OF_TOTAL and not 0 <= y <= x:
        return None
    return float(y) * indicator.per, float(x)


def _rank(indicator: Indicator, value: Value | None, offered: int) -> Pair | None:
    if not isinstance(value, list):
        return None
    if indicator.option in value:
        return float(value.index(indicator.option) + 1), 1.0
    if indicator.unranked is Unranked.EXCLUDED:
        return None
    return (len(value) + 1 + offered) / 2, 1.0


def _points(indicator: Indicator, variable: str, value: str | int | float | list[str]) -> float | None:
    """What one answer adds to y; None where it is not in the base."""
    codes = value[: indicator.within] if isinstance(value, list) else [value]
    if indicator.excluded and any(code in indicator.excluded for code in codes):
        return None
    match indicator.kind:
        case IndicatorKind.PROPORTION:
            return float(any(code in indicator.numerator for code in codes))
        case IndicatorKind.NET:
            favour = any(code in indicator.numerator for code in codes)
            against = any(code in indicator.against for code in codes)
            return float(favour) - float(against)
        case IndicatorKind.SHARE_CORRECT | IndicatorKind.SHARE_PASSING:
            right = indicator.correct.get(variable, ())
            return float(set(codes) == set(right) if isinstance(value, list) else value in right)
        case IndicatorKind.MEAN_SCORE:
            if isinstance(value, str):
                return indicator.scores.get(value)
            return None if isinstance(value, list) else float(value)
    return None  # the others are no sum of answers


__all__ = ["Evaluator", "Pair", "asked_alike", "comparable", "evaluate", "evaluator", "same_definition"]
