"""What kinds that are answered in words have in common, with the words behind 其他."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from questionnaires.answer_forms import (
    MAX_OTHER_LENGTH,
    MAX_RAW_LENGTH,
    NOTHING,
    Canonical,
    Fault,
    FindingCode,
    Read,
    Reader,
    clean,
    glimpse,
    is_number,
)
from questionnaires.conditions import Literal
from questionnaires.kinds.kind import Given, Kind, Own, VariableType, plain_words
from questionnaires.model import Question


class Written(Kind):
    """A kind that is answered in words."""

    fields: ClassVar[tuple[str, ...]] = ("max_length",)
    variable: ClassVar = VariableType.TEXT
    faults: ClassVar[frozenset[FindingCode]] = frozenset()  # words too long may also stand behind 其他
    usual_length: ClassVar[int]  # characters, where the file does not say

    def parse(self, given: Given) -> Own:
        return {"max_length": given.whole("max_length", 1, 10_000) or self.usual_length}

    def expected(self, question: Question, language: str) -> str:
        return "请写几个字。" if language != "en" else "Please write a few words."

    def in_words(self, question: Question, answer: Canonical, language: str) -> str:
        return plain_words(answer).strip()

    def refuses(self, name: str, literals: tuple[Literal, ...], *, ordering: bool) -> str:
        if ordering:
            return "texts are equal or are not: == and !="
        return "" if all(isinstance(one, str) for one in literals) else f'write the words in quotes: {name} == "…"'

    def worth_trying(self, question: Question, literals: Iterable[Literal], most: int) -> list[object]:
        return list(dict.fromkeys(["text", *(one for one in literals if isinstance(one, str))]))


def words(max_length: int, *, several_lines: bool) -> Reader:
    """The reader of words."""

    def read(raw: object) -> Read:
        if isinstance(raw, list | tuple):
            filled = [one for one in raw if one is not None and one != ""]
            raw = filled[0] if len(filled) == 1 else filled or None
        if raw is None or raw == "":
            return NOTHING
        if is_number(raw):
            raw = str(raw)  # a spreadsheet turned 12 into a number; it was words
        if not isinstance(raw, str):
            return None, Fault(FindingCode.NOT_A_TEXT, {"seen": glimpse(raw)})
        if len(raw) > MAX_RAW_LENGTH:
            return None, Fault(FindingCode.TOO_LONG, {"length": len(raw), "limit": max_length})
        text = clean(raw, several_lines=several_lines)
        if len(text) > max_length:
            return None, Fault(FindingCode.TOO_LONG, {"length": len(text), "limit": max_length})
        return (text, None) if text else NOTHING

    return read


def behind_other() -> Reader:
    """The reader of the words behind 其他."""
    return words(MAX_OTHER_LENGTH, several_lines=False)
