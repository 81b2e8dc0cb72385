"""Indicators counted by the words of the manual, person by person, from the answers as a capture keeps them.

It shares nothing with the evaluator of the service but the conditions, which two interpreters hold to one table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from questionnaires.indicators import TOTALS, DontKnow, Indicator, IndicatorKind
from questionnaires.model import Questionnaire

Answers = Mapping[str, Any]
"""Of one person: what was asked and answered, with what is calculated of it."""


def shares(questionnaire: Questionnaire, people: Iterable[tuple[float, Answers]]) -> dict[str, float]:
    """Every indicator over people with their weights; those with nobody in the base are left out."""
    everybody = list(people)
    found: dict[str, float] = {}
    for one in questionnaire.estimated():
        if one.kind is IndicatorKind.INDEX:
            continue
        counted = [(weight, pair) for weight, answers in everybody if (pair := _counted(questionnaire, one, answers))]
        if counted:
            found[one.id] = sum(weight * y for weight, (y, _) in counted) / sum(
                weight * x for weight, (_, x) in counted
            )
    for one in questionnaire.indicators:
        if one.kind is IndicatorKind.INDEX and all(part.indicator in found for part in one.parts):
            found[one.id] = sum(part.weight * found[part.indicator] for part in one.parts)
    return found


def _counted(questionnaire: Questionnaire, one: Indicator, answers: Answers) -> tuple[float, float] | None:
    """What somebody adds above and below the line; None: they are not in the base."""
    if one.base is not None and not questionnaire.of_answers(one.base).evaluate(answers):
        return None
    assert one.kind is not IndicatorKind.MEAN_RANK, "no programme has one yet"
    if one.kind in TOTALS:
        part, whole = answers.get(one.numerator_total or ""), answers.get(one.denominator_total or "")
        contradicts = one.kind is IndicatorKind.SHARE_OF_TOTAL and (part or 0) > (whole or 0)
        if part is None or whole is None or contradicts or not (part or whole):
            return None
        return float(part) * one.per, float(whole)
    said = [_said(questionnaire, one, variable, answers.get(variable)) for variable in one.variables]
    if one.numerator_if is not None:
        if (None in said and one.base is None) or (one.dont_know is DontKnow.EXCLUDED and "dont_know" in said):
            return None
        return float(questionnaire.of_answers(one.numerator_if).evaluate(answers)), 1.0
    points = [_points(one, variable, answer) for variable, answer in zip(one.variables, said, strict=True)]
    told = [point for point in points if point is not None]
    if not told:
        return None
    if one.kind is IndicatorKind.SHARE_PASSING:
        return float(sum(told) >= (one.pass_at or 1)), 1.0
    return sum(told), float(len(told))


def _said(questionnaire: Questionnaire, one: Indicator, variable: str, answer: Any) -> Any:
    """The answer; "dont_know" for whoever said so; None for nothing that counts."""
    codes = answer if isinstance(answer, list) else [answer]
    question = next((each for each in questionnaire.questions() if variable in each.variables()), None)
    missing = {option.code: option.missing for option in question.options if option.missing} if question else {}
    if answer is None or isinstance(answer, dict):
        return None
    for code in codes:
        if code in missing:
            return "dont_know" if missing[code] == "dont_know" else None
    return answer


def _points(one: Indicator, variable: str, said: Any) -> float | None:
    if said is None:
        return None
    if said == "dont_know":
        return None if one.dont_know is DontKnow.EXCLUDED else 0.0
    codes = set(said[: one.within] if isinstance(said, list) else [said])
    if codes & set(one.excluded):
        return None
    if one.kind is IndicatorKind.MEAN_SCORE:
        return one.scores.get(said) if isinstance(said, str) else float(said)
    if one.correct:
        right = set(one.correct[variable])
        return float(codes == right if isinstance(said, list) else bool(codes & right))
    return bool(codes & set(one.numerator)) - float(bool(codes & set(one.against)))
