"""A few words on one line."""

from __future__ import annotations

from typing import ClassVar

from questionnaires.answer_forms import MAX_OTHER_LENGTH, Reader
from questionnaires.kinds.texts import Written, words
from questionnaires.model import Question, QuestionType


class ShortText(Written):
    type: ClassVar = QuestionType.SHORT_TEXT
    usual_length: ClassVar = 100

    def reader(self, question: Question) -> Reader:
        return words(question.max_length or MAX_OTHER_LENGTH, several_lines=False)


KIND = ShortText()
