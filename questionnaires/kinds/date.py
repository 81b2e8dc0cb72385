"""A day of the calendar within limits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import ClassVar

from questionnaires.answer_forms import NOTHING, Canonical, Fault, FindingCode, Read, Reader, glimpse, single_value
from questionnaires.conditions import Literal
from questionnaires.kinds.kind import Given, Kind, Own, VariableType, leave_blank, plain_words
from questionnaires.model import Question, QuestionType

_WRITTEN = re.compile(
    r"([0-9]{4})(?:-|/|\.|年)\s*([0-9]{1,2})(?:-|/|\.|月)\s*([0-9]{1,2})日?|([0-9]{4})([0-9]{2})([0-9]{2})"
)


class Date(Kind):
    type: ClassVar = QuestionType.DATE
    fields: ClassVar = ("minimum", "maximum")
    variable: ClassVar = VariableType.DATE
    faults: ClassVar = frozenset({FindingCode.NOT_A_DATE, FindingCode.DATE_OUT_OF_RANGE})

    def parse(self, given: Given) -> Own:
        minimum, maximum = given.days()
        return {"minimum": minimum, "maximum": maximum}

    def reader(self, question: Question) -> Reader:
        least, most = _limits(question)

        def read(raw: object) -> Read:
            value, single = single_value(raw)
            if single and (value is None or value == ""):
                return NOTHING
            match = _WRITTEN.fullmatch(str(value)) if single and not isinstance(value, float) else None
            try:
                day = date(*(int(part) for part in match.groups() if part)) if match else None
            except ValueError:  # 30 February
                day = None
            if day is None:
                return None, Fault(FindingCode.NOT_A_DATE, {"seen": glimpse(raw)})
            if not least <= day <= most:
                return None, Fault(FindingCode.DATE_OUT_OF_RANGE, {"seen": day.isoformat()}, day.isoformat())
            return day.isoformat(), None

        return read

    def expected(self, question: Question, language: str) -> str:
        least = question.minimum if isinstance(question.minimum, date) else None
        most = question.maximum if isinstance(question.maximum, date) else None
        bounded = (least is not None, most is not None)
        example = (most or least or date(2026, 9, 30)).isoformat()
        if language != "en":
            span = {
                (True, True): f"，{_day(least)}到{_day(most)}之间",
                (True, False): f"，{_day(least)}或以后",
                (False, True): f"，{_day(most)}或以前",
                (False, False): "",
            }[bounded]
            return f"写年月日{span}，例如 {example}。" + leave_blank(question, language)
        span = {
            (True, True): f", from {least} to {most}",
            (True, False): f", {least} or later",
            (False, True): f", {most} or earlier",
            (False, False): "",
        }[bounded]
        return f"Write year, month and day{span}, for example {example}." + leave_blank(question, language)

    def in_words(self, question: Question, answer: Canonical, language: str) -> str:
        return plain_words(answer)

    def refuses(self, name: str, literals: tuple[Literal, ...], *, ordering: bool) -> str:
        return "" if all(_is_day(one) for one in literals) else 'compare with a date in quotes: "2026-09-30"'

    def worth_trying(self, question: Question, literals: Iterable[Literal], most: int) -> list[object]:
        """The days at and beside each literal, and the limits."""
        first, last = _limits(question)
        tried = {first, last}
        for literal in literals:
            day = date.fromisoformat(str(literal))
            tried.add(day)
            if day > date.min:
                tried.add(day - timedelta(days=1))
            if day < date.max:
                tried.add(day + timedelta(days=1))
        return [one.isoformat() for one in sorted(tried) if first <= one <= last]


def _limits(question: Question) -> tuple[date, date]:
    least = question.minimum if isinstance(question.minimum, date) else date.min
    most = question.maximum if isinstance(question.maximum, date) else date.max
    return least, most


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _is_day(literal: object) -> bool:
    try:
        return isinstance(literal, str) and len(literal) == 10 and bool(date.fromisoformat(literal))
    except ValueError:
        return False


KIND = Date()
