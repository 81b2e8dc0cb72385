"""What the resident's page makes of each kind of question: who draws its fields, and what stands above them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from questionnaires.answer_forms import FindingCode
from questionnaires.kinds import kind_of
from questionnaires.kinds.choice_limits import beyond_limits, limits_in_words
from questionnaires.kinds.ranking import ranks_of
from questionnaires.model import Entry, Layout, Question, QuestionType
from questionnaires.text import Text

Device = Callable[[Question], str]
Hint = Callable[[Question, str], str]
Data = Callable[[Question, str], Mapping[str, str]]


def _nothing(_question: Question, _language: str) -> str:
    return ""


def _no_data(_question: Question, _language: str) -> Mapping[str, str]:
    return {}


def _no_device(_question: Question) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPhone:
    fields: str  # the macro of resident/parts.html that draws them
    hint: Hint  # what stands above them where the question brings no hint of its own
    rule: Hint = _nothing  # what is said beside the question's own hint too
    data: Data = _no_data  # data attributes of the fields: what the script has to hold to, and what it says then
    input: str = ""  # the type of their inputs, where the macro draws more than one
    device: Device = _no_device  # of the phone, by its name in Permissions-Policy, that the page may ask for
    points: str = ""  # the macro where options stand as points in a row
    single: bool = False  # one field holds the whole answer: its label is the question itself


def _always(zh: str, en: str) -> Hint:
    return lambda _question, language: Text(zh, en).in_language(language)


def _by_layout(of_lists: Hint, of_points: Hint) -> Hint:
    return lambda question, language: (of_points if question.layout is Layout.POINTS else of_lists)(question, language)


def _expected(question: Question, language: str) -> str:
    return kind_of(question).expected(question, language)


def _scans(question: Question) -> bool:
    return question.entry is Entry.BARCODE


def _without_names(question: Question, language: str) -> str:
    if _scans(question):
        return _expected(question, language)
    if question.required:
        return ""
    return Text(
        "可以不写。请不要写姓名、电话或门牌号。",
        "You may leave this blank. Please write no names, telephone or house numbers.",
    ).in_language(language)


def _many(question: Question, language: str) -> str:
    return limits_in_words(question, language) or Text("可选多项。", "Choose all that apply.").in_language(language)


def _limits(question: Question, language: str) -> Mapping[str, str]:
    bounds = {"fewest": question.minimum_choices, "most": question.maximum_choices}
    said = {"fewest": FindingCode.TOO_FEW_CHOICES, "most": FindingCode.TOO_MANY_CHOICES}
    found = {name: str(bound) for name, bound in bounds.items() if bound is not None}
    return found | {f"beyond-{name}": beyond_limits(question, said[name], language) for name in found}


def _expected_of_all(question: Question, language: str) -> str:
    rule = kind_of(question).rule(question)
    return rule.in_language(language) if rule else ""


def _ranks(question: Question, language: str) -> Mapping[str, str]:
    full = Text(
        f"已经排满 {ranks_of(question)} 项。要换的，先点一下排好的，让它空出来。",
        f"All {ranks_of(question)} places are taken. Touch one that has a place to free it.",
    )
    return {"ranking": _expected(question, language), "full": full.in_language(language)}


def _place(question: Question, language: str) -> str:
    return f"{_expected_of_all(question, language)}{'' if language == 'zh' else ' '}{_expected(question, language)}"


PHONE: Final[Mapping[QuestionType, OnPhone]] = {
    QuestionType.SINGLE_CHOICE: OnPhone(
        fields="choices",
        points="points",
        hint=_by_layout(_always("选一项。", "Choose one."), _always("选一个数。", "Choose one number.")),
        input="radio",
    ),
    QuestionType.MULTIPLE_CHOICE: OnPhone(
        fields="choices", hint=_many, rule=limits_in_words, data=_limits, input="checkbox"
    ),
    QuestionType.SCALE: OnPhone(
        fields="matrix",
        points="points_matrix",
        hint=_by_layout(
            _always("每一行选一项。", "Choose one in each row."),
            _always("每一行选一个数。", "Choose one number in each row."),
        ),
    ),
    QuestionType.RANKING: OnPhone(fields="ranks", hint=_expected_of_all, rule=_expected_of_all, data=_ranks),
    QuestionType.NUMBER: OnPhone(fields="figure", hint=_expected, single=True),
    QuestionType.SHORT_TEXT: OnPhone(
        fields="line",
        hint=_without_names,
        rule=_expected_of_all,
        device=lambda one: "camera" if _scans(one) else "",
        single=True,
    ),
    QuestionType.LONG_TEXT: OnPhone(fields="lines", hint=_without_names, single=True),
    QuestionType.DATE: OnPhone(fields="picker", hint=_expected, input="date", single=True),
    QuestionType.TIME: OnPhone(fields="picker", hint=_expected, input="time", single=True),
    QuestionType.PLACE: OnPhone(
        fields="position",
        hint=_place,
        rule=_expected_of_all,
        input="place",
        device=lambda _: "geolocation",
        single=True,
    ),
    QuestionType.ATTACHMENT: OnPhone(
        fields="files", hint=_expected, rule=_expected, device=lambda _: "files", input="file"
    ),
    QuestionType.NOTE: OnPhone(fields="note", hint=_always("", "")),
}
