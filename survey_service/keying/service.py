"""First keying: the sheet made from the questionnaire, what the keys mean, and storing one form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select
from sqlalchemy.orm import Session

from questionnaires.answer_words import describe
from questionnaires.answers import Checked, Policy, Severity, check_answers
from questionnaires.conditions import Condition
from questionnaires.model import Missing, Option, Question, Questionnaire, QuestionType
from questionnaires.readiness import effective_header
from survey_service import audit
from survey_service.clock import start_of
from survey_service.collection.errors import AlreadyAnswered, ContentConflict
from survey_service.collection.service import IncomingCapture, Recorded, record_or_conflict
from survey_service.errors import DomainError
from survey_service.keying import queries
from survey_service.keying.schemas import FieldMessage, FormFound, Row, Sheet, SheetSection, Tally
from survey_service.models import Mode, ResponseState, Source, Wave
from survey_service.secrets import KeyRing
from survey_service.surveys.service import header_of

PREFIX = "a."  # of the form fields that hold answers: no variable can pass for another field
KEYS: Mapping[str, Missing] = {".": Missing.NO_ANSWER, "*": Missing.REFUSED, "/": Missing.ILLEGIBLE}
_KINDS: Mapping[QuestionType, str] = {
    QuestionType.SINGLE_CHOICE: "one",
    QuestionType.SCALE: "one",
    QuestionType.MULTIPLE_CHOICE: "several",
    QuestionType.NUMBER: "number",
    QuestionType.DATE: "date",
}
LONGEST_SERIAL = 30
SMALLEST_SPAN = timedelta(minutes=10)  # a rate of forms an hour from less would jump about


class NoSuchForm(DomainError):
    """No case of this wave in the keyer's areas has that serial."""

    code = "E030"
    status = HTTPStatus.NOT_FOUND

    def __init__(self, number: str) -> None:
        super().__init__(
            zh=f"这一期没有表号 {number}。请对照纸面右上角再录一次；确实没有，请交给项目管理员。",
            en=f"This wave has no form {number}. Compare with the top right of the paper and type it again; "
            "if it is right, hand the form to the manager.",
        )


class FormKeyed(DomainError):
    code = "E031"
    status = HTTPStatus.CONFLICT

    def __init__(self, number: str) -> None:
        super().__init__(
            zh=f"{number} 已经有一份完成的答卷，不用再录。纸面不同的，请交给项目管理员。",
            en=f"Form {number} has its complete answers already. If the paper differs, hand it to the manager.",
        )


class BlankForm(DomainError):
    code = "E032"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    zh = "这份一题也没有答。空白答卷不录入，请放到空白一叠。"
    en = "Nothing is answered on this form. Blank forms are not keyed; put it on the blank pile."


# ------------------------------------------------------------------ the sheet


class _Held:
    """A questionnaire and a language as a key: known by identity, for a frozen value needs no comparing."""

    def __init__(self, questionnaire: Questionnaire, language: str) -> None:
        self.questionnaire = questionnaire
        self.language = language

    def __hash__(self) -> int:
        return hash((id(self.questionnaire), self.language))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Held) and other.questionnaire is self.questionnaire and other.language == self.language
        )


@lru_cache(maxsize=100)
def _sheet(held: _Held) -> Sheet:
    return build_sheet(held.questionnaire, held.language)


def sheet(questionnaire: Questionnaire, language: str) -> Sheet:
    """The form in one language, made once per questionnaire."""
    return _sheet(_Held(questionnaire, language))


def build_sheet(questionnaire: Questionnaire, language: str) -> Sheet:
    sections: list[SheetSection] = []
    number = 0
    for section in questionnaire.sections:
        rows: list[Row] = []
        for question in section.questions:
            if question.type is QuestionType.NOTE:
                continue
            number += 1
            rows += _rows(question, number, [section.ask_if, question.ask_if], language)
        if rows:
            sections.append(SheetSection(title=section.title.in_language(language), rows=tuple(rows)))
    return Sheet(
        title=questionnaire.title.in_language(language),
        form_number=questionnaire.header.form_number,
        sections=tuple(sections),
        contradictions=tuple(
            (one.condition.to_json(), one.condition.variables()[-1], one.message.in_language(language))
            for one in questionnaire.contradictions
        ),
    )


def _rows(question: Question, number: int, conditions: list[Condition | None], language: str) -> list[Row]:
    asked_if = tuple(condition.to_json() for condition in conditions if condition is not None)
    codes = tuple((option.code, option.label.in_language(language)) for option in question.options)
    common: dict[str, Any] = {
        "kind": _KINDS.get(question.type, "text"),
        "codes": codes,
        "minimum": _plain(question.minimum),
        "maximum": _plain(question.maximum),
        "decimals": question.decimals,
        "max_length": question.max_length,
        "required": question.required,
        "asked_if": asked_if,
        "exclusive": tuple(option.code for option in question.options if option.exclusive),
    }
    short = question.short.in_language(language)
    if question.items:
        rows = [
            Row(
                variable=f"{question.id}.{item.id}",
                number=f"{number}.{place}",
                label=item.short.in_language(language),
                **common,
            )
            for place, item in enumerate(question.items, start=1)
        ]
    else:
        rows = [Row(variable=question.id, number=str(number), label=short, **common)]
    others = [option for option in question.options if option.other]
    if others:
        rows.append(_other_row(question, others, asked_if, language))
    return rows


def _other_row(question: Question, others: list[Option], asked_if: tuple[Any, ...], language: str) -> Row:
    chosen = [_chosen(question, option.code) for option in others]
    return Row(
        variable=f"{question.id}.other",
        number="",
        label=others[0].label.in_language(language),
        kind="text",
        max_length=100,
        asked_if=(*asked_if, chosen[0] if len(chosen) == 1 else ["or", *chosen]),
    )


def _chosen(question: Question, code: str) -> list[object]:
    """The condition tree "this option was chosen", as ``conditions.py`` writes it."""
    several = question.type is QuestionType.MULTIPLE_CHOICE
    return ["includes", question.id, code] if several else ["==", question.id, code]


def _plain(bound: object) -> str:
    if bound is None:
        return ""
    return f"{bound:g}" if isinstance(bound, int | float) else str(bound)


# ------------------------------------------------------------------ one form


def read_keys(fields: Mapping[str, str]) -> dict[str, object]:
    """Answers as the judge takes them. In a box ``.`` is not filled, ``*`` refused, ``/`` illegible."""
    answers: dict[str, object] = {}
    for name, typed in fields.items():
        if not name.startswith(PREFIX):
            continue
        typed = typed.strip()
        if typed:
            answers[name.removeprefix(PREFIX)] = {"missing": KEYS[typed].value} if typed in KEYS else typed
    return answers


def judge(questionnaire: Questionnaire, answers: Mapping[str, object]) -> Checked:
    """The judgement on a paper form. BlankForm where nothing at all was answered."""
    checked = check_answers(questionnaire, answers, Policy.PAPER)
    if checked.accepted and not any(not isinstance(value, dict) for value in checked.canonical.values()):
        raise BlankForm
    return checked


def messages(checked: Checked, questionnaire: Questionnaire, language: str) -> list[FieldMessage]:
    """What to look at, box by box, in the order of the form."""
    return [
        FieldMessage(
            variable=finding.variable,
            message=describe(finding, questionnaire, language),
            hard=finding.severity is Severity.HARD,
        )
        for finding in checked.findings
    ]


def find_form(session: Session, wave: Wave, typed: str, visible: Select[tuple[UUID]], *, language: str) -> FormFound:
    """The case of a serial as it was typed or scanned; NoSuchForm where the keyer's areas have none."""
    number = typed.strip().upper()
    found = queries.case_by_number(session, wave, number, visible)
    if found is None:
        raise NoSuchForm(number[:LONGEST_SERIAL])
    case, area, keyed = found
    community = area.name_en if language == "en" and area.name_en else area.name_zh
    return FormFound(case_id=case.id, area_id=area.id, number=case.number, community=community, keyed=keyed)


def store_form(
    session: Session,
    wave: Wave,
    form: FormFound,
    checked: Checked,
    *,
    client_id: str,
    paradata: Mapping[str, Any],
    keys: KeyRing,
    at: datetime,
    by: audit.Actor,
) -> Recorded | ContentConflict:
    """The keyed form as a capture and a response; the same client_id with the same answers is stored once.

    Raises FormKeyed where the case has its complete answers. A conflict is returned, not raised, so that the other
    answers are kept when the caller commits.
    """
    incoming = IncomingCapture(
        survey_id=wave.survey_id,
        wave_id=wave.id,
        area_id=form.area_id,
        case_id=form.case_id,
        mode=Mode.PAPER,
        source=Source.FIRST_KEYING,
        client_id=client_id,
        questionnaire_version_id=wave.questionnaire_version_id,
        checked=checked,
        state=ResponseState.COMPLETE,
        at=at,
        by=by,
        paradata=paradata,
    )
    try:
        return record_or_conflict(session, incoming, keys=keys)
    except AlreadyAnswered:
        raise FormKeyed(form.number) from None


def tally(session: Session, account_id: UUID, *, now: datetime, zone: ZoneInfo) -> Tally:
    """Forms keyed since midnight of the city, and how many an hour between the first and the last of them."""
    forms, first, last = queries.keyed_since(session, account_id, start_of(now.astimezone(zone).date(), zone))
    per_hour = None
    if forms > 1 and first and last and last - first >= SMALLEST_SPAN:
        per_hour = round((forms - 1) / ((last - first) / timedelta(hours=1)))
    return Tally(forms=forms, per_hour=per_hour)


def form_number(questionnaire: Questionnaire, wave: Wave) -> str:
    """表号 as it is printed on the paper."""
    return effective_header(questionnaire, header_of(wave)).form_number
