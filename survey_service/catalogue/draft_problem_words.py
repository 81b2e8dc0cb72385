"""What is wrong with a draft, in the words of its page: the person who changes it sees boxes, and no file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from questionnaires.editing.fields import in_language
from questionnaires.languages import name_in
from questionnaires.problem_words import Explained, explain
from questionnaires.problems import Code
from questionnaires.text import Text
from survey_service.catalogue.draft_words import FIELDS, KINDS
from survey_service.outside.drafts import PlacedProblem

_OWN_WORDS: Final = frozenset({"text", "label", "title", "name", "message"})
"""What a part is called by: a question that lacks these is a question that is not written."""


def told_problems(problems: Iterable[PlacedProblem], language: str) -> list[dict[str, str]]:
    """Problems in the reader's language, each with its place; ``said`` is the whole of it, beside its box."""
    found = []
    for one in problems:
        told, code = _told(one, language), one.problem.code.number
        whole = ("; " if language == "en" else "；").join(filter(None, (told.message, told.hint)))
        found.append(
            {
                "at": one.at,
                "field": one.field,
                "code": code,
                "title": told.title,
                "message": told.message,
                "hint": told.hint,
                "said": f"{whole} ({code})" if language == "en" else f"{whole}（{code}）",
            }
        )
    return found


def _told(one: PlacedProblem, language: str) -> Explained:
    told = explain(one.problem, language)
    plain, spoken = in_language(one.field)
    owner = _owner(one.at, language)
    match one.problem.code:
        case Code.MISSING_TRANSLATION if spoken:
            message, hint = (
                _not_written(one.at, owner, plain, Text(name_in(spoken, "zh"), name_in(spoken, "en"))),
                Text("", ""),
            )
        case Code.OUT_OF_LIMITS if one.field == "questions":
            message = Text(f"{owner}里一道题也没有", f"{owner} has no question")
            hint = Text("加一道题，或者去掉这个部分", "add one, or leave the section out")
        case Code.BAD_TARGET if "90 %" in one.problem.hint:  # of a share; on the page targets are per cent
            message = Text(f"{owner}的目标超出了范围", f"the target of {owner} is out of range")
            hint = Text("0% 到 100% 之间", "from 0 % to 100 %")
        case _:
            return Explained(told.title, _named_as_on_page(told.message, plain, language), told.hint)
    return Explained(told.title, message.in_language(language), hint.in_language(language))


def _owner(at: str, language: str) -> str:
    """``option:q2:1``: 题目 q2 的选项 1."""
    kind, *names = at.split(":")
    if kind not in KINDS:
        return at
    said = KINDS[kind].in_language(language)
    said = said.lower() if language == "en" else said
    if not names:
        return f"the {said}" if language == "en" else said
    if len(names) == 1:
        return f"{said} {names[0]}" + ("" if language == "en" else " ")
    outer = KINDS["scale" if kind == "choice" else "question"].in_language(language)
    if language == "en":
        return f"{said} {names[-1]} of {outer.lower()} {names[0]}"
    return f"{outer} {names[0]} 的{said} {names[-1]} "


def _not_written(at: str, owner: str, plain: str, spoken: Text) -> Text:
    if plain not in FIELDS or (plain in _OWN_WORDS and at != "questionnaire"):
        return Text(f"{owner}还没有写{spoken.zh}", f"{owner} is not written in {spoken.en} yet")
    named = FIELDS[plain]
    return Text(
        f"{owner}的{named.zh}还没有写{spoken.zh}", f"the {named.en} of {owner} is not written in {spoken.en} yet"
    )


def _named_as_on_page(message: str, plain: str, language: str) -> str:
    """The name that a field has in a file gives way to that of its box."""
    if plain == "target":
        return message.replace("的 value ", "").replace('"value" of ', "")
    if plain not in FIELDS:
        return message
    leaf, label = plain.rpartition(".")[2], FIELDS[plain].in_language(language)
    shown = f"“{label}”"
    pattern = rf'"{leaf}"' if language == "en" else rf' ?[“"]?\b{leaf}\b[”"]? ?'
    return re.sub(pattern, lambda _: shown, message, count=1)
