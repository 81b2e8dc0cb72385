"""Answers of a wave no two of which are alike: whoever remembers whole sets of answers gains nothing by it."""

from __future__ import annotations

import random
from collections.abc import Sequence

from analysis.case_columns import CaseColumns
from questionnaires.answers import Policy, judge
from questionnaires.model import Question, Questionnaire, QuestionType
from survey_service.captures.content import canonical_content

WISHES = ("路灯坏了很久没修", "希望多一些停车位", "楼道里堆放杂物", "公园很好", "夜里广场舞太吵", "菜市场门口积水")
LEFT_OUT = 0.05  # of the questions
DIFFERENT = 40_000  # in larger waves they come again
LEAST, MOST = 18, 80  # where a number has no limits


def varied_contents(questionnaire: Questionnaire, columns: CaseColumns) -> Sequence[tuple[str, str]]:
    """Answers of every respondent as a capture keeps them, by chance with a fixed seed."""
    drawn = random.Random(5)
    check = judge(questionnaire).check
    found = []
    for number in range(min(len(columns.respondents), DIFFERENT)):
        given = {
            name: _answer(question, name, drawn, number)
            for question in questionnaire.questions()
            for name in question.variables()
            if drawn.random() >= LEFT_OUT
        }
        found.append(canonical_content(check(given, Policy.IMPORT)))
    return [found[number % DIFFERENT] for number in range(len(columns.respondents))]


def _answer(question: Question, variable: str, drawn: random.Random, number: int) -> object:
    words = f'{drawn.choice(WISHES)}（{number}），"急"'
    if variable.endswith(".other"):
        return words
    match question.type:
        case QuestionType.MULTIPLE_CHOICE:
            free = [one.code for one in question.options if not one.exclusive]
            return drawn.sample(free, drawn.randint(1, len(free)))
        case QuestionType.NUMBER:
            limits = zip((question.minimum, question.maximum), (LEAST, MOST), strict=True)
            least, most = (int(one) if isinstance(one, int | float) else usual for one, usual in limits)
            return drawn.randint(least, min(most, MOST))
        case QuestionType.DATE:
            return f"{drawn.randint(2015, 2025)}-{drawn.randint(1, 12):02}-{drawn.randint(1, 28):02}"
        case QuestionType.SHORT_TEXT | QuestionType.LONG_TEXT:
            return words
        case _:
            return drawn.choice(question.options).code if question.options else None
