"""What must be filled in before a wave may open: the statutory header, the notice, and what a file leaves to the city.

The only place with a date.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from questionnaires.formalities import Circulation, LegalKind
from questionnaires.lists import open_lists
from questionnaires.model import Header, Question, Questionnaire
from questionnaires.text import Text


class Reason(StrEnum):
    BLANK = "blank"
    EXPIRED = "expired"
    NO_ENTRIES = "no_entries"  # a list that the wave gives has none yet
    UNFILLED = "unfilled"  # a text of the file still holds ``TO_FILL``


TO_FILL = "〔待填"  # 〔待填：单位 1〕, in the Chinese text: what only the city knows


@dataclass(frozen=True, slots=True)
class Blank:
    """One field that keeps a wave from opening."""

    field: str  # "header.form_number", "notice.contact", "question.k11", "list.units", "indicators"
    reason: Reason
    label: Text  # the field's name as people know it

    def describe(self, language: str = "zh") -> str:
        """One sentence that says what to do about a blank."""
        name = self.label.in_language(language)
        if self.reason is Reason.UNFILLED:
            if language == "zh":
                return f"“{name}”里还有〔待填〕，请换成本市的内容。"
            return f"“{name}” still has parts to fill in; write the city's own."
        if self.reason is Reason.NO_ENTRIES:
            return f"名单“{name}”还没有内容。" if language == "zh" else f"The list “{name}” has no entries yet."
        if self.reason is Reason.EXPIRED:
            return f"“{name}”已过，请填新的日期。" if language == "zh" else f"“{name}” has passed; enter a later date."
        return f"“{name}”还没有填。" if language == "zh" else f"“{name}” is blank."


_HEADER = {
    "form_number": Text("表号", "Form number"),
    "issuing_body": Text("制定机关", "Issuing body"),
    "approval_number": Text("批准或备案文号", "Approval or filing number"),
    "valid_until": Text("有效期至", "Valid until"),
}
_NOTICE = {
    "purpose": Text("为什么问", "Purpose"),
    "body": Text("谁在问", "Who asks"),
    "retention": Text("保存多久", "How long answers are kept"),
    "contact": Text("问谁", "Whom to ask"),
}


def effective_header(questionnaire: Questionnaire, wave_header: Header | None) -> Header:
    """The header that is printed: the file's fields, and the wave's where the file leaves one blank."""
    own, given = questionnaire.header, wave_header or Header()
    return Header(
        form_number=own.form_number or given.form_number.strip(),
        issuing_body=own.issuing_body or given.issuing_body.strip(),
        approval_number=own.approval_number or given.approval_number.strip(),
        valid_until=own.valid_until or given.valid_until,
        legal_kind=given.legal_kind if own.legal_kind is LegalKind.UNSTATED else own.legal_kind,
        circulation=given.circulation if own.circulation is Circulation.UNSTATED else own.circulation,
    )


def ready_to_open(questionnaire: Questionnaire, wave_header: Header | None, on: date) -> list[Blank]:
    """What is blank, or expired on that day; empty when the wave may open. Valid on the last day itself."""
    header = effective_header(questionnaire, wave_header)
    found = [
        Blank(f"header.{name}", Reason.BLANK, label) for name, label in _HEADER.items() if not getattr(header, name)
    ]
    if header.valid_until is not None and header.valid_until < on:
        found.append(Blank("header.valid_until", Reason.EXPIRED, _HEADER["valid_until"]))
    for name, label in _NOTICE.items():
        text: Text = getattr(questionnaire.notice, name)
        if not text.zh or ("en" in questionnaire.languages and not text.en):
            found.append(Blank(f"notice.{name}", Reason.BLANK, label))
    found += [Blank(f"list.{one.id}", Reason.NO_ENTRIES, one.title) for one in open_lists(questionnaire)]
    return found + _unfilled(questionnaire)


def _unfilled(questionnaire: Questionnaire) -> list[Blank]:
    """A line for each question that waits for the city, and one for all names of indicators."""
    found = [
        Blank(f"question.{one.id}", Reason.UNFILLED, one.short)
        for one in questionnaire.questions()
        if any(TO_FILL in text.zh for text in _texts(one))
    ]
    named = [text for one in questionnaire.indicators for text in (one.name, one.definition)]
    named += [questionnaire.title, *(section.title for section in questionnaire.sections)]
    if any(TO_FILL in text.zh for text in named):
        found.append(Blank("indicators", Reason.UNFILLED, Text("指标和标题", "Names of indicators, titles")))
    return found


def _texts(question: Question) -> Iterator[Text]:
    yield question.text
    if question.hint is not None:
        yield question.hint
    for option in question.options:
        yield option.label
    for item in question.items:
        yield item.text
