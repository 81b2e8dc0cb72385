"""The groups that a plan may ask for, and who belongs to which: by age and sex, by the mode, by an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from analysis.case_columns import Labels
from analysis.plan import NO_ANSWER, OF_REGISTER, AnalysisPlan, Group, group_of_question, question_of_group
from analysis.problems import DataProblem, DesignError
from questionnaires.model import Questionnaire
from survey_service.analyses.closed_questions import ClosedVariable, chosen, closed_variables
from survey_service.analyses.group_words import KINDS
from survey_service.analyses.plan_shown import Choice
from survey_service.analyses.wave_columns import WaveColumns

MOST_ANSWERS: Final = 10
"""Groups of a question with more answers are too small to be shown."""


def questions_for_groups(questionnaire: Questionnaire) -> tuple[ClosedVariable, ...]:
    """Of one answer, and few of them."""
    return tuple(
        one for one in closed_variables(questionnaire) if not one.several and 2 <= len(one.options) <= MOST_ANSWERS
    )


def groups_offered(wave: WaveColumns) -> tuple[Choice, ...]:
    """Age and sex where the register has them, and the mode where there were several."""
    known = [one for one in OF_REGISTER if one.value in wave.columns.groups]
    if len(_modes(wave).names) > 1:
        known.append(Group.MODE)
    return tuple(Choice(one.value, KINDS[one.value]) for one in known)


def questions_offered(questionnaire: Questionnaire) -> tuple[Choice, ...]:
    return tuple(Choice(group_of_question(one.name), one.short) for one in questions_for_groups(questionnaire))


def with_groups(wave: WaveColumns, plan: AnalysisPlan) -> WaveColumns:
    """The wave with every group of the plan in its columns. DesignError where the questionnaire has no such question,
    or the plan asks for age or sex that no register has."""
    found = dict(wave.columns.groups) | dict(_asked(wave, plan))
    lacking = [one for one in plan.groups if one not in found]
    if lacking:
        problem = DataProblem(
            column=lacking[0], rows=(), message="the plan asks for groups that there are not", remedy="Leave them out."
        )
        raise DesignError([problem])
    return replace(wave, columns=replace(wave.columns, groups=found))


def _asked(wave: WaveColumns, plan: AnalysisPlan) -> Iterator[tuple[str, Labels]]:
    questions = {one.name: one for one in questions_for_groups(wave.questionnaire)}
    for group in plan.groups:
        question = question_of_group(group)
        if question in questions:
            yield group, _of_answers(questions[question], wave.closed[question])
        elif group == Group.MODE:
            yield group, _modes(wave)


def _modes(wave: WaveColumns) -> Labels:
    """Those that somebody answered in."""
    given = wave.columns.mode.take(wave.columns.respondents)
    return Labels.of([None if code < 0 else given.names[code] for code in given.codes])


def _of_answers(question: ClosedVariable, given: Labels) -> Labels:
    """The option that each chose; who chose none is a group too, where there is anybody."""
    options = [option.code for option in question.options]
    place = {option: number for number, option in enumerate(options)}
    silent = len(options)
    of_name = []
    for name in given.names:
        answer = chosen(name)
        of_name.append(place.get(next(iter(answer)), silent) if answer else silent)
    codes = np.array([*of_name, silent], dtype=np.int64)[given.codes]  # -1 is the last
    names = [*options, NO_ANSWER] if bool((codes == silent).any()) else options
    return Labels(codes, tuple(names))
