"""What the tests of a plan may name: indicators of persons, closed questions of one answer, and groups."""

from __future__ import annotations

from analysis.plan import OF_REGISTER, AnalysisPlan, KindOfTest
from questionnaires.indicators import IndicatorKind
from questionnaires.model import Questionnaire
from questionnaires.text import Text
from survey_service.analyses.closed_questions import closed_variables
from survey_service.analyses.group_words import KINDS
from survey_service.analyses.plan_groups import groups_offered, questions_offered
from survey_service.analyses.plan_shown import Choice, TestChoices
from survey_service.analyses.plan_words import TESTS
from survey_service.analyses.service import asked, with_targets
from survey_service.analyses.wave_analysis import WaveToAnalyse

_YES_NO = (IndicatorKind.PROPORTION, IndicatorKind.SHARE_PASSING)
"""Kinds that are a yes or a no of everybody, if they are of one question."""


def outcomes(questionnaire: Questionnaire) -> tuple[Choice, ...]:
    """Of tests and regressions: no index, no ratio of totals, nothing that is asked by draw."""
    indicators = with_targets(questionnaire, {})
    return tuple(
        Choice(one.id, indicator.name)
        for one, indicator in zip(asked(indicators, questionnaire), indicators, strict=True)
        if not (one.parts or one.totals or one.by_draw)
    )


def classifications(given: WaveToAnalyse) -> tuple[Choice, ...]:
    """Groups that the wave knows of who answered, and closed questions of one answer."""
    groups = [Choice(one.value, KINDS[one.value]) for one in OF_REGISTER if one.value in given.wave.columns.groups]
    taken = {one.value for one in groups}
    return (*groups, *(one for one in _questions(given.wave.questionnaire) if one.value not in taken))


def _questions(questionnaire: Questionnaire) -> tuple[Choice, ...]:
    return tuple(Choice(one.name, one.short) for one in closed_variables(questionnaire) if not one.several)


def choices(given: WaveToAnalyse) -> TestChoices:
    """What the form offers."""
    questionnaire = given.wave.questionnaire
    classes = {one.name: len(one.options) for one in closed_variables(questionnaire)}
    classes |= {name: len(labels.names) for name, labels in given.wave.columns.groups.items()}
    offered = classifications(given)
    return TestChoices(
        kinds=tuple(Choice(one.value, _alone(TESTS[one])) for one in KindOfTest),
        indicators=outcomes(questionnaire),
        yes_no=frozenset(one.id for one in questionnaire.indicators if one.kind in _YES_NO),
        classifications=offered,
        classes={one.value: classes[one.value] for one in offered},
    )


def _alone(name: Text) -> Text:
    """As it stands in a list, and not within a sentence."""
    english = name.in_language("en")
    return Text(name.zh, f"{english[:1].upper()}{english[1:]}")


def unknown_variables(plan: AnalysisPlan, given: WaveToAnalyse) -> list[str]:
    """What the groups and tests of a plan name that they may not, or that there is not."""
    of_tests = {one.value for one in outcomes(given.wave.questionnaire)}
    by = {one.value for one in classifications(given)}
    offered = {one.value for one in (*groups_offered(given.wave), *questions_offered(given.wave.questionnaire))}
    strange = [one for one in plan.groups if one not in offered]
    for one in plan.tests:
        may_be = by if one.kind is KindOfTest.CROSSTAB else of_tests
        strange += [one.outcome] if one.outcome not in may_be else []
        strange += [name for name in one.by if name not in by]
    return list(dict.fromkeys(strange))
