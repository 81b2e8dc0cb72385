"""Skip instructions in words, derived from ``ask_if``: paper has nobody who leaves out a question by itself.

Two kinds: under a question, where to go on after a choice (选“否”者跳至第 7 题), whenever the questions right after it
hang on that choice alone; and at a question, who is to answer it, whatever the condition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from questionnaires.draws import block_of_question
from questionnaires.functions import is_day, is_time
from questionnaires.model import Option, Question, Questionnaire
from questionnaires.offer_words import narrowed_in_words
from questionnaires.offers import offer_of
from questionnaires.text import Text
from reports.paper_form.words import say

SIGNS: Mapping[str, tuple[str, str]] = {
    "==": ("等于", "equal to"),
    "!=": ("不等于", "not equal to"),
    "<": ("小于", "below"),
    "<=": ("不大于", "at most"),
    ">": ("大于", "above"),
    ">=": ("不小于", "at least"),
}
ARITHMETIC: Mapping[str, str] = {"+": "+", "-": "−", "*": "×", "/": "÷"}
OPPOSITE: Mapping[str, str] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A question with its printed number and every condition that must hold for it."""

    number: int
    question: Question
    conditions: tuple[Any, ...]  # questionnaires' Condition; taken as it comes
    meant: Text | None = None  # which of the printed options are meant, where that hangs on an earlier answer
    in_round: bool = False  # of a section that is asked several times over
    block: str = ""  # that is asked of some only, by draw: nobody is sent out of it, for each form goes on elsewhere


def numbered(questionnaire: Questionnaire) -> tuple[Numbered, ...]:
    """Questions in order with the numbers of the keying sheet and the phone: notes carry none."""
    found: list[Numbered] = []
    inside = block_of_question(questionnaire)
    numbers: dict[str, int] = {}
    for section in questionnaire.sections:
        for question in section.questions:
            if not question.variables():
                continue
            belongs = inside[question.id][1].belongs_if if question.id in inside else None
            given = [one for one in (belongs, section.ask_if, question.ask_if) if one is not None]
            conditions = tuple(map(questionnaire.of_answers, given))
            number = len(found) + 1
            numbers[question.id] = number
            offer = offer_of(questionnaire, question)
            meant = narrowed_in_words(offer, numbers) if offer is not None else None
            block = inside[question.id][1].id if question.id in inside else ""
            found.append(
                Numbered(
                    number=number,
                    question=question,
                    conditions=conditions,
                    meant=meant,
                    in_round=section.round is not None,
                    block=block,
                )
            )
    return tuple(found)


def skip_lines(questions: tuple[Numbered, ...], question: Question, language: str) -> list[str]:
    """Where to go on after each choice of one that leaves out what follows; choices with one target together."""
    place = next(index for index, one in enumerate(questions) if one.question.id == question.id)
    targets = [(option, _next_asked(questions, place, option)) for option in question.options]
    lines: list[str] = []
    jumping = sorted(
        (
            (target, option)
            for option, target in targets
            if target is not None and target != place + 1 and _in_block(questions, place, target)
        ),
        key=lambda pair: pair[0],
    )
    for target, group in groupby(jumping, key=lambda pair: pair[0]):
        options = quoted([option for _, option in group], language)
        if target < len(questions):
            lines.append(say("skip", language, options=options, number=questions[target].number))
        else:
            lines.append(say("skip_end", language, options=options))
    return lines


def _in_block(questions: tuple[Numbered, ...], place: int, target: int) -> bool:
    """Whether the way does not lead out of a block that was drawn."""
    own = questions[place].block
    return not own or (target < len(questions) and questions[target].block == own)


def _next_asked(questions: tuple[Numbered, ...], place: int, option: Option) -> int | None:
    """Index of the first later question that this choice does not rule out; None where it rules out nothing."""
    here = questions[place].question.id
    known = {here}  # the choice, and questions of rounds that it leaves out: those have no answer
    at = place + 1
    while at < len(questions):
        deciding = [
            one for one in questions[at].conditions if known.issuperset(one.variables()) and _of_choices(one.to_json())
        ]
        if all(one.evaluate({here: option.code}) for one in deciding):
            break
        if questions[at].in_round:
            known.add(questions[at].question.id)
        at += 1
    return at if at > place + 1 else None


def _of_choices(tree: Any) -> bool:
    """Whether what was chosen decides, and nothing that is counted or calculated from it."""
    if tree[0] in ("and", "or", "not"):
        return all(map(_of_choices, tree[1:]))
    return not isinstance(tree[1], list)


def who_answers(questions: tuple[Numbered, ...], one: Numbered, language: str) -> str:
    """（限第 1 题选“知道”者回答）; empty where everyone answers who was not told to stop."""
    conditions = [condition for condition in one.conditions if not _told_to_stop(questions, condition)]
    if not conditions:
        return ""
    numbers = {variable: other for other in questions for variable in other.question.variables()}
    trees = [condition.to_json() for condition in conditions]
    return say("only_if", language, who=_words(["and", *trees] if len(trees) > 1 else trees[0], numbers, language))


def _told_to_stop(questions: tuple[Numbered, ...], condition: Any) -> bool:
    """Whether a condition leaves out only those told 到此结束 at their choice: said once, not at every question."""
    if len(condition.variables()) != 1 or not condition.evaluate({}) or not _of_choices(condition.to_json()):
        return False
    (variable,) = condition.variables()
    for place, one in enumerate(questions):
        if one.question.id == variable:
            left_out = [option for option in one.question.options if not condition.evaluate({variable: option.code})]
            told = (_next_asked(questions, place, option) == len(questions) for option in left_out)
            return bool(left_out) and all(told)  # a number has no choice below which it stands
    return False


def in_words(questionnaire: Questionnaire, condition: Any, language: str) -> str:
    """A ``Condition`` of questionnaires as people say it, by the numbers of the printed form: 第 1 题选“知道”者."""
    numbers = {variable: one for one in numbered(questionnaire) for variable in one.question.variables()}
    return _words(questionnaire.of_answers(condition).to_json(), numbers, language)


def quoted(options: list[Option], language: str) -> str:
    return say("or", language).join(say("quoted", language, label=one.label.in_language(language)) for one in options)


def _words(tree: Any, numbers: Mapping[str, Numbered], language: str, *, negated: bool = False) -> str:
    kind = tree[0]
    if kind in ("and", "or"):
        return _joined(tree, numbers, language, negated=negated)
    if kind == "not":
        return _words(tree[1], numbers, language, negated=not negated)
    if isinstance(tree[1], list):
        return _relation(tree, numbers, language, negated=negated)
    about = numbers.get(tree[1])
    number = _number(tree[1], about)
    if kind == "matches":
        told = say("form_of_text", language, number=number, form=say(f"form_{tree[2]}", language))
        return say("not_who", language, who=told) if negated else told
    if kind == "answered":
        return say("not_answered" if negated else "answered", language, number=number)
    codes = _codes(tree)
    options = [option for code in codes if about and (option := about.question.option(str(code)))]
    if kind in ("==", "!=", "in", "includes") and options:
        said = {"!=": ("chose_else", "chose_or_blank")}.get(kind, ("chose", "not_chose"))[negated]
        return say(said, language, number=number, options=quoted(options, language))
    blank = negated and kind in OPPOSITE  # whoever gave no answer is meant as well
    if blank:
        kind, negated = OPPOSITE[kind], False
    sign = SIGNS.get(kind, SIGNS["=="])[0 if language == "zh" else 1]
    told = say(
        "compare_or_blank" if blank else "compare", language, number=number, sign=sign, value="、".join(map(str, codes))
    )
    return say("not_who", language, who=told) if negated else told


def _joined(tree: Any, numbers: Mapping[str, Numbered], language: str, *, negated: bool) -> str:
    """With and, or with or. What is joined otherwise inside stands in brackets: “A and B, or C” has two meanings."""
    parts = _together(tree, numbers)
    if len(parts) == 1:
        return _words(parts[0], numbers, language, negated=negated)
    joint = _joint(tree, numbers, negated=negated)
    told = []
    for part in parts:
        words = _words(part, numbers, language, negated=negated)
        otherwise = _joint(part, numbers, negated=negated) not in ("", joint)
        told.append(say("bracketed", language, who=words) if otherwise else words)
    return say(joint, language).join(told)


def _joint(tree: Any, numbers: Mapping[str, Numbered], *, negated: bool) -> str:
    """The word that joins the parts of what is said; "" where it is one."""
    if tree[0] == "not":
        return _joint(tree[1], numbers, negated=not negated)
    if tree[0] not in ("and", "or"):
        return ""
    parts = _together(tree, numbers)
    if len(parts) == 1:
        return _joint(parts[0], numbers, negated=negated)
    return "or_who" if (tree[0] == "or") != negated else "and_who"


def _together(tree: Any, numbers: Mapping[str, Numbered]) -> list[Any]:
    """The parts of an and, or an or; of an or, choices of one question are one: 选“被偷”或“被骗”者."""
    parts: list[Any] = []
    for part in tree[1:]:
        about = numbers.get(part[1]) if part[0] in ("==", "in", "includes") and isinstance(part[1], str) else None
        choices = tree[0] == "or" and about is not None and all(about.question.option(str(c)) for c in _codes(part))
        known = next((one for one in parts if one[0] == "in" and one[1] == part[1]), None) if choices else None
        if known is not None:
            known[2].extend(code for code in _codes(part) if code not in known[2])
        else:
            parts.append(["in", part[1], _codes(part)] if choices else part)
    return parts


def _relation(tree: Any, numbers: Mapping[str, Numbered], language: str, *, negated: bool) -> str:
    """Not turned round where it is negated: who gave no answer is then meant as well."""
    if tree[0] == "fits":
        told = say("fits", language, left=_expression(tree[1], numbers, language), form=tree[2])
        return say("not_who", language, who=told) if negated else told
    left, right = (_expression(part, numbers, language) for part in tree[1:])
    told = say("relation", language, left=left, sign=SIGNS[tree[0]][0 if language == "zh" else 1], right=right)
    return say("not_who", language, who=told) if negated else told


def _expression(tree: Any, numbers: Mapping[str, Numbered], language: str) -> str:
    if not isinstance(tree, list):
        words = isinstance(tree, str) and not (is_day(tree) or is_time(tree))
        return say("quoted", language, label=tree) if words else str(tree)
    kind = tree[0]
    if kind in ("value", "count"):
        return say(kind, language, number=_number(tree[1], numbers.get(tree[1])))
    if kind == "round":  # nobody rounds on paper
        return _expression(tree[1], numbers, language)
    if kind == "if":
        who = _words(tree[1], numbers, language)
        then, otherwise = (_expression(part, numbers, language) for part in tree[2:])
        return say("if", language, who=who, then=then, otherwise=otherwise)
    parts = [_expression(part, numbers, language) for part in tree[1:]]
    if kind not in ARITHMETIC:
        return say(kind, language, parts=say("listed", language).join(parts), first=parts[0], last=parts[-1])
    inner = [f"({words})" if _is_arithmetic(part) else words for part, words in zip(tree[1:], parts, strict=True)]
    return f" {ARITHMETIC[kind]} ".join(inner)


def _is_arithmetic(tree: Any) -> bool:
    return isinstance(tree, list) and (tree[0] in ARITHMETIC or (tree[0] == "round" and _is_arithmetic(tree[1])))


def _codes(tree: Any) -> list[object]:
    return list(tree[2]) if tree[0] == "in" else [tree[2]]


def _number(variable: str, about: Numbered | None) -> str:
    """3, or 6.2 for a row of a matrix."""
    if about is None:
        return variable
    names = [f"{about.question.id}.{item.id}" for item in about.question.items]
    return f"{about.number}.{names.index(variable) + 1}" if variable in names else str(about.number)
