"""What kinds that offer options have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from questionnaires.answer_forms import NOTHING, Canonical, Fault, FindingCode, Read, Reader, glimpse, single_value
from questionnaires.conditions import Literal
from questionnaires.kinds.kind import Kind
from questionnaires.model import Layout, Option, Question


class Choosing(Kind):
    """A kind whose answers are codes of options."""

    faults: ClassVar[frozenset[FindingCode]] = frozenset(
        {FindingCode.UNKNOWN_CODE, FindingCode.CHOOSE_ONE, FindingCode.EXCLUSIVE}
    )

    def in_words(self, question: Question, answer: Canonical, language: str) -> str:
        codes = answer if isinstance(answer, list) else [answer]
        chosen = (question.option(str(code)) for code in codes)
        told = [numbered_label(question, one, language) for one in chosen if one]
        return ("、" if language == "zh" else "; ").join(told)

    def fault(self, code: FindingCode, found: Mapping[str, object], question: Question, language: str) -> str:
        zh = language != "en"
        if code is FindingCode.CHOOSE_ONE:
            return "这道题只选一项。" if zh else "Choose one answer only."
        if code is FindingCode.EXCLUSIVE:
            option = question.option(str(found.get("option")))
            label = option.label.in_language(language) if option else ""
            if zh:
                return f"选了“{label}”，就不用再选别的；要选别的，请去掉“{label}”。"
            return f"“{label}” stands alone. Remove it to choose others."
        seen = found.get("seen", "")
        if len(question.options) > MOST_ALL:
            return f"名单里没有“{seen}”。请从名单里选一项。" if zh else f"“{seen}” is not in the list. Choose from it."
        listed = ("，" if zh else ", ").join(
            f"{option.code} {option.label.in_language(language)}" for option in question.options
        )
        return f"“{seen}”不是选项。可选：{listed}。" if zh else f"“{seen}” is not an option. Choose from: {listed}."


def numbered_label(question: Question, option: Option, language: str) -> str:
    """The label as it is told alone: of a point with its number, "0 完全不会", and 5 alone where there are no words."""
    label = option.label.in_language(language)
    if question.layout is not Layout.POINTS or option.missing is not None or label == option.code:
        return label
    return f"{option.code} {label}"


def one_of(options: tuple[Option, ...]) -> Reader:
    """The reader of an answer that is one code."""
    codes = frozenset(option.code for option in options)

    def read(raw: object) -> Read:
        if isinstance(raw, str) and raw in codes:
            return raw, None
        value, single = single_value(raw)
        if not single:
            several = isinstance(raw, list | tuple)
            return None, Fault(FindingCode.CHOOSE_ONE if several else FindingCode.UNKNOWN_CODE, {"seen": glimpse(raw)})
        if value is None or value == "":
            return NOTHING
        code = str(value) if not isinstance(value, float) else ""
        return (code, None) if code in codes else (None, Fault(FindingCode.UNKNOWN_CODE, {"seen": glimpse(raw)}))

    return read


def one_code_refuses(name: str, literals: tuple[Literal, ...], *, ordering: bool) -> str:
    """How a condition should compare an answer that is one code."""
    if ordering:
        return f'codes have no order; write {name} in ["1", "2"]'
    return "" if all(isinstance(one, str) for one in literals) else f'quote the code: {name} == "{literals[0]}"'


MOST_ALL = 60
"""Options that are all tried; beyond, those that no condition names stand for each other."""


def codes_worth_trying(question: Question, literals: Iterable[Literal]) -> list[object]:
    """The codes of one choice that conditions can tell apart."""
    codes = [option.code for option in question.options]
    if len(codes) <= MOST_ALL:
        return list[object](codes)
    tested = {str(literal) for literal in literals}
    other = next((code for code in codes if code not in tested), None)
    return [code for code in codes if code in tested or code == other]
