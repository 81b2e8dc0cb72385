"""What the tests of a plan may name: indicators of persons, closed questions of one answer, and groups."""

from __future__ import annotations

from analysis.plan import OF_REGISTER, AnalysisPlan, KindOfTest
from questionnaires.model import Questionnaire
from survey_service.analyses.closed_questions import closed_variables
from survey_service.analyses.group_words import KINDS
from survey_service.analyses.plan_groups import groups_offered, questions_offered
from survey_service.analyses.plan_shown import Choice
from survey_service.analyses.service import asked, with_targets
from survey_service.analyses.wave_analysis import WaveToAnalyse


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
