"""What the resident's page makes of each kind of question: who draws its fields, and what stands above them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from questionnaires.kinds import kind_of
from questionnaires.model import Question, QuestionType
from questionnaires.text import Text
from survey_service.web.pages import Language

Hint = Callable[[Question, Language], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPhone:
    fields: str  # the macro of resident/parts.html that draws them
    hint: Hint  # what stands above them where the question brings no hint of its own
    input: str = ""  # the type of their inputs, where the macro draws more than one
    single: bool = False  # one field holds the whole answer: its label is the question itself


def _always(zh: str, en: str) -> Hint:
    return lambda _question, language: Text(zh, en).in_language(language)


def _expected(question: Question, language: Language) -> str:
    return kind_of(question).expected(question, language)


def _without_names(question: Question, language: Language) -> str:
    if question.required:
        return ""
    return Text(
        "可以不写。请不要写姓名、电话或门牌号。",
        "You may leave this blank. Please write no names, telephone or house numbers.",
    ).in_language(language)


PHONE: Final[Mapping[QuestionType, OnPhone]] = {
    QuestionType.SINGLE_CHOICE: OnPhone(fields="choices", hint=_always("选一项。", "Choose one."), input="radio"),
    QuestionType.MULTIPLE_CHOICE: OnPhone(
        fields="choices", hint=_always("可选多项。", "Choose all that apply."), input="checkbox"
    ),
    QuestionType.SCALE: OnPhone(fields="matrix", hint=_always("每一行选一项。", "Choose one in each row.")),
    QuestionType.NUMBER: OnPhone(fields="figure", hint=_expected, single=True),
    QuestionType.SHORT_TEXT: OnPhone(fields="line", hint=_without_names, single=True),
    QuestionType.LONG_TEXT: OnPhone(fields="lines", hint=_without_names, single=True),
    QuestionType.DATE: OnPhone(fields="picker", hint=_expected, input="date", single=True),
    QuestionType.NOTE: OnPhone(fields="note", hint=_always("", "")),
}
