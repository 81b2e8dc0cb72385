"""How long a questionnaire takes, by one rule, so that what people are told beforehand is not a guess."""

from __future__ import annotations

import math

from questionnaires.draws import block_of_question
from questionnaires.kinds import kind_of
from questionnaires.model import Question, Questionnaire

CHARACTERS_A_SECOND = 5.0  # 300 Chinese characters a minute: plain text, read with care


def seconds_to_answer(questionnaire: Questionnaire) -> float:
    """Seconds for somebody who is asked every question: reading question, hint, rows and options, deciding each row.

    An upper bound where conditions leave questions out; of blocks that are drawn the expected time, which is that of as
    many blocks of mean length as are taken. The notice before the first question is not counted, nor is an
    interviewer who reads aloud, which takes about half as long again.
    """
    inside = block_of_question(questionnaire)
    shares = {draw.id: draw.take / len(draw.blocks) for draw in questionnaire.draws}
    return sum(
        _seconds(question) * (shares[inside[question.id][0].id] if question.id in inside else 1.0)
        for question in questionnaire.questions()
    )


def minutes_to_answer(questionnaire: Questionnaire) -> int:
    """Whole minutes, rounded up, as ``notice.minutes`` announces them; at least 1."""
    return max(1, math.ceil(seconds_to_answer(questionnaire) / 60))


def _seconds(question: Question) -> float:
    texts = [question.text, question.hint, *(option.label for option in question.options)]
    texts += [item.text for item in question.items]
    reading = sum(len(text.zh) for text in texts if text is not None) / CHARACTERS_A_SECOND
    return reading + kind_of(question).seconds * max(len(question.items), 1)
