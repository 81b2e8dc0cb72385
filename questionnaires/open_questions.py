"""Which questions people answer in their own words, as an opinion."""

from __future__ import annotations

from questionnaires.kinds import kind_of
from questionnaires.model import Question, Questionnaire


def open_questions(questionnaire: Questionnaire) -> list[Question]:
    """Questions for words on several lines. A few words on one line name a window or a card and are no opinion.

    Within a section that repeats an answer is of a person of the household: those are left out.
    """
    return [
        one
        for section in questionnaire.sections
        if section.repeats is None and section.round is None
        for one in section.questions
        if kind_of(one).opinion
    ]
