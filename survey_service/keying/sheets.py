"""The sheet made from a questionnaire, and what the keys in its boxes mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from functools import lru_cache
from typing import Any

from questionnaires.answer_words import describe
from questionnaires.answers import Checked, Policy, Severity, check_answers
from questionnaires.conditions import Condition
from questionnaires.draws import block_trees
from questionnaires.figures import in_digits
from questionnaires.kinds import kind_of
from questionnaires.model import Missing, Option, Question, Questionnaire
from questionnaires.offers import Offer, offer_of
from questionnaires.personal_numbers import NAMES, personal_numbers
from questionnaires.readiness import effective_header
from survey_service.keying.errors import BlankForm
from survey_service.keying.kinds import KEYED, Box, Keyed
from survey_service.keying.schemas import FieldMessage, Row, Sheet, SheetSection
from survey_service.models import Wave
from survey_service.surveys.opening import header_of
from survey_service.web.option_files import at_hand, file_of
from survey_service.web.option_search import LongOptions, is_searched, narrowing

PREFIX = "a."  # of the form fields that hold answers: no variable can pass for another field
KEYS: Mapping[str, Missing] = {".": Missing.NO_ANSWER, "*": Missing.REFUSED, "/": Missing.ILLEGIBLE}


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
    drawn = block_trees(questionnaire)
    for section in questionnaire.sections:
        rows: list[Row] = []
        for question in section.questions:
            keyed = KEYED[question.type]
            number += bool(question.variables())  # numbers are those of the paper, which has what is not keyed too
            if keyed is None:
                continue
            given = [one for one in (section.ask_if, question.ask_if) if one is not None]
            offer = offer_of(questionnaire, question)
            trees = [questionnaire.of_answers(one).to_json() for one in given]
            if offer is not None and (offered := offer.asked()) is not None:
                trees.append(offered.to_json())
            asked_if = (drawn[question.id], *trees) if question.id in drawn else tuple(trees)
            rows += _rows(question, keyed, number, asked_if, language, offer)
        if rows:
            sections.append(SheetSection(title=section.title.in_language(language), rows=tuple(rows)))
    asked = [row.variable for one in sections for row in one.rows]
    return Sheet(
        title=questionnaire.title.in_language(language),
        form_number=questionnaire.header.form_number,
        sections=tuple(sections),
        contradictions=tuple(
            (condition.to_json(), place(condition, asked), one.message.in_language(language))
            for told, place in ((questionnaire.contradictions, _last_named), (questionnaire.rules, _last_asked))
            for one in told
            for condition in (questionnaire.of_answers(one.condition),)
        ),
    )


def _last_named(condition: Condition, asked: list[str]) -> str:
    return [name for name in condition.variables() if name in asked][-1]


def _last_asked(condition: Condition, asked: list[str]) -> str:
    """The box with which all is known that the rule is about."""
    return max((name for name in condition.variables() if name in asked), key=asked.index)


def _rows(
    question: Question, keyed: Keyed, number: int, asked_if: tuple[Any, ...], language: str, offer: Offer | None
) -> list[Row]:
    searched = LongOptions(question) if is_searched(question) else None
    beside = question.options if searched is None else searched.apart
    labels = ((option.code, option.label.in_language(language)) for option in beside)
    codes = tuple((code, "" if label == code else label) for code, label in labels)  # 5 of 0 to 10 is said once
    minimum, maximum = map(_plain, keyed.limits(question))
    common: dict[str, Any] = {
        "kind": keyed.box if searched is None else Box.LIST,
        "example": keyed.example,
        "codes": codes,
        "minimum": minimum,
        "maximum": maximum,
        "decimals": keyed.decimals(question),
        "units": question.unit.every if question.unit else (),
        "max_length": question.max_length,
        "required": question.required,
        "asked_if": asked_if,
        "exclusive": tuple(option.code for option in question.options if option.exclusive),
    }
    if offer is not None:
        conditions_of = {option.code: offer.condition(option) for option in beside}
        common["offers"] = {code: one.to_json() for code, one in conditions_of.items() if one is not None}
    if searched is not None:
        common["list_address"] = at_hand(file_of(searched, language, offer))
        common["listed"] = len(searched.entries)
        common["narrowing"] = narrowing(searched, offer) if offer is not None else {}
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
        kind=Box.TEXT,
        max_length=100,
        asked_if=(*asked_if, chosen[0] if len(chosen) == 1 else ["or", *chosen]),
    )


def _chosen(question: Question, code: str) -> list[object]:
    """The condition tree "this option was chosen", as ``conditions.py`` writes it."""
    return ["includes", question.id, code] if kind_of(question).several else ["==", question.id, code]


def _plain(bound: object) -> str:
    if bound is None:
        return ""
    if isinstance(bound, time):
        return bound.isoformat("minutes")
    return in_digits(bound) if isinstance(bound, int | float) else str(bound)


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


def with_codes(questionnaire: Questionnaire, answers: Mapping[str, object]) -> dict[str, object]:
    """The same with the codes of what was typed into the box of a long list: a name, or initials that one entry has."""
    found = dict(answers)
    for name, options in _long_lists(_Held(questionnaire, "")).items():
        typed = found.get(name)
        if not isinstance(typed, str) or not options.is_open(typed):
            if isinstance(typed, str):
                found[name] = options.code_of(typed)
            continue
        met = {one.code for language in ("zh", "en") for one in options.found(typed, language, options.entries)}
        if len(met) == 1:
            found[name] = met.pop()
    return found


@lru_cache(maxsize=100)
def _long_lists(held: _Held) -> dict[str, LongOptions]:
    return {one.id: LongOptions(one) for one in held.questionnaire.questions() if is_searched(one)}


def judge(questionnaire: Questionnaire, answers: Mapping[str, object], today: date | None = None) -> Checked:
    """The judgement on a paper form keyed on the day ``today``. BlankForm where nothing at all was answered."""
    checked = check_answers(questionnaire, with_codes(questionnaire, answers), Policy.PAPER, today=today)
    if checked.accepted and not any(not isinstance(value, dict) for value in checked.answers.values()):
        raise BlankForm
    return checked


def messages(checked: Checked, questionnaire: Questionnaire, language: str) -> list[FieldMessage]:
    """What to look at, box by box, in the order of the form; numbers of persons in words come last."""
    return [
        FieldMessage(
            variable=finding.variable,
            message=describe(finding, questionnaire, language, checked),
            hard=finding.severity is Severity.HARD,
        )
        for finding in checked.findings
    ] + _numbers_of_persons(checked, questionnaire, language)


def _numbers_of_persons(checked: Checked, questionnaire: Questionnaire, language: str) -> list[FieldMessage]:
    """Words that hold somebody's number. The keyer leaves the number out, or keeps it knowingly: the paper says so."""
    found = []
    for row in sheet(questionnaire, language).rows:
        words = checked.canonical.get(row.variable)
        if row.kind is not Box.TEXT or not isinstance(words, str):
            continue
        for kind in dict.fromkeys(one.kind for one in personal_numbers(words)):
            message = f"“{row.label}”里像有{NAMES[kind].zh}，号码不和答案放在一起，请录成“（号码）”。"
            if language == "en":
                message = (
                    f"“{row.label}” seems to hold {NAMES[kind].en}; it does not lie with answers. "
                    "Key (number) in its place."
                )
            found.append(FieldMessage(variable=row.variable, message=message, hard=False))
    return found


def form_number(questionnaire: Questionnaire, wave: Wave) -> str:
    """表号 as it is printed on the paper."""
    return effective_header(questionnaire, header_of(wave)).form_number
