"""Age groups of respondents: the same everywhere, so that communities and waves can be held against each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.answers import Value
from questionnaires.model import Question, Questionnaire, QuestionType
from questionnaires.text import Text

AGE_GROUPS: Final = (
    ("18-29", 18, 29, Text("18–29 岁", "18–29")),
    ("30-44", 30, 44, Text("30–44 岁", "30–44")),
    ("45-59", 45, 59, Text("45–59 岁", "45–59")),
    ("60-74", 60, 74, Text("60–74 岁", "60–74")),
    ("75+", 75, 200, Text("75 岁及以上", "75 and over")),
)


def age_question(questionnaire: Questionnaire) -> Question | None:
    """The question that asks for the age in years: a number in years from 18 up; None where there is none."""
    for question in questionnaire.questions():
        in_years = question.unit is not None and question.unit.zh in ("岁", "周岁")
        if question.type is QuestionType.NUMBER and in_years and question.ask_if is None:
            return question
    return None


def age_group(questionnaire: Questionnaire, answers: Mapping[str, Value]) -> str | None:
    """The group of one respondent; None where the age is not known."""
    question = age_question(questionnaire)
    years = answers.get(question.id) if question else None
    if not isinstance(years, (int, float)):
        return None
    return next((name for name, low, high, _ in AGE_GROUPS if low <= years <= high), None)
