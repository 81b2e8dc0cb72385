"""A few words on one line, or a code that a phone can read for whoever answers."""

from __future__ import annotations

from typing import ClassVar

from questionnaires.answer_forms import MAX_OTHER_LENGTH, Reader
from questionnaires.kinds.kind import Given, Own, leave_blank
from questionnaires.kinds.texts import Written, words
from questionnaires.model import Entry, Question, QuestionType
from questionnaires.text import Text


class ShortText(Written):
    type: ClassVar = QuestionType.SHORT_TEXT
    fields: ClassVar = ("max_length", "entry")
    usual_length: ClassVar = 100

    def parse(self, given: Given) -> Own:
        return {**super().parse(given), "entry": given.entry()}

    def reader(self, question: Question) -> Reader:
        return words(question.max_length or MAX_OTHER_LENGTH, several_lines=False)

    def expected(self, question: Question, language: str) -> str:
        if question.entry is not Entry.BARCODE:
            return super().expected(question, language)
        if language != "en":
            return "写条形码或二维码的内容，照着码下面印的写。" + leave_blank(question, language)
        return "Write what the bar code or QR code says, as printed below it." + leave_blank(question, language)

    def rule(self, question: Question) -> Text | None:
        if question.entry is not Entry.BARCODE:
            return None
        return Text("条形码或二维码的内容。", "What a bar code or QR code says.")


KIND = ShortText()
