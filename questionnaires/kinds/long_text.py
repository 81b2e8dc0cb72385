"""Words on several lines."""

from __future__ import annotations

from typing import ClassVar

from questionnaires.answer_forms import MAX_RAW_LENGTH, Reader
from questionnaires.kinds.texts import Written, words
from questionnaires.model import Question, QuestionType


class LongText(Written):
    type: ClassVar = QuestionType.LONG_TEXT
    usual_length: ClassVar = 1_000
    opinion: ClassVar = True
    seconds: ClassVar = 7.5  # half the people write nothing, the others take 15 s

    def reader(self, question: Question) -> Reader:
        return words(question.max_length or MAX_RAW_LENGTH, several_lines=True)


KIND = LongText()
