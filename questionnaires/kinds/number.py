"""A number within limits, with a unit."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import ClassVar

from questionnaires.answer_forms import NOTHING, Canonical, Fault, FindingCode, Read, Reader, glimpse, single_value
from questionnaires.conditions import Literal
from questionnaires.figures import in_digits
from questionnaires.kinds.kind import Given, Kind, Own, VariableType, leave_blank, plain_words
from questionnaires.model import Question, QuestionType

_WRITTEN = re.compile(r"[+-]?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{0,10})?")


class Number(Kind):
    type: ClassVar = QuestionType.NUMBER
    fields: ClassVar = ("minimum", "maximum", "decimals", "unit", "stands_for")
    variable: ClassVar = VariableType.NUMBER
    faults: ClassVar = frozenset({FindingCode.NOT_A_NUMBER, FindingCode.OUT_OF_RANGE, FindingCode.DECIMALS})

    def parse(self, given: Given) -> Own:
        minimum, maximum = given.numbers()
        return {
            "minimum": minimum,
            "maximum": maximum,
            "decimals": given.whole("decimals", 0, 6) or 0,
            "unit": given.text("unit"),
            "stands_for": given.stands_for(),
        }

    def reader(self, question: Question) -> Reader:
        units = question.unit.every if question.unit else ()
        least, most = _limits(question)

        def read(raw: object) -> Read:
            value, single = single_value(raw)
            if not single:
                return None, Fault(FindingCode.NOT_A_NUMBER, {"seen": glimpse(raw)})
            if value is None or value == "":
                return NOTHING
            if isinstance(value, str):
                for unit in units:  # 45 岁 is as good as 45
                    value = value.removesuffix(unit).rstrip()
                if not _WRITTEN.fullmatch(value):
                    return None, Fault(FindingCode.NOT_A_NUMBER, {"seen": glimpse(raw)})
                value = float(value.replace(",", ""))
            if abs(value) >= 1e15:  # beyond what JSON readers keep exactly
                return None, Fault(FindingCode.NOT_A_NUMBER, {"seen": glimpse(raw)})
            number = int(value) if value == int(value) else float(value)
            if round(value, question.decimals) != value:
                return None, Fault(FindingCode.DECIMALS, {"seen": glimpse(raw), "decimals": question.decimals}, number)
            if not least <= number <= most:
                return None, Fault(FindingCode.OUT_OF_RANGE, {"seen": number}, number)
            return number, None

        return read

    def expected(self, question: Question, language: str) -> str:
        """用数字写周岁年龄，18 到 120 之间，例如 45。不愿回答，请留空。"""
        zh = language != "en"
        named = question.short != question.text
        what = question.short.said_in(language) if named else ""
        least = question.minimum if isinstance(question.minimum, int | float) else None
        most = question.maximum if isinstance(question.maximum, int | float) else None
        low, high = ("" if bound is None else in_digits(bound, grouped=True) for bound in (least, most))
        parts = [f"用数字写{what}" if zh else f"Write {_lower(what) or 'a number'} in figures"]
        if least is not None and most is not None:
            parts.append(f"{low} 到 {high} 之间" if zh else f"from {low} to {high}")
        elif least is not None:
            parts.append(f"不小于 {low}" if zh else f"{low} or more")
        elif most is not None:
            parts.append(f"不大于 {high}" if zh else f"{high} or less")
        if question.decimals:
            digits = question.decimals
            plural = "s" if digits > 1 else ""
            parts.append(f"小数点后最多 {digits} 位" if zh else f"at most {digits} digit{plural} after the point")
        elif least is None and most is None:
            parts.append("写整数" if zh else "a whole number")
        example = in_digits(_example(least, most))
        parts.append(f"例如 {example}" if zh else f"for example {example}")
        sentence = "，".join(parts) + "。" if zh else ", ".join(parts) + "."
        return sentence + leave_blank(question, language)

    def in_words(self, question: Question, answer: Canonical, language: str) -> str:
        unit = question.unit.in_language(language) if question.unit else ""
        number = in_digits(answer) if isinstance(answer, float) else plain_words(answer)
        return f"{number} {unit}".strip()

    def refuses(self, name: str, literals: tuple[Literal, ...], *, ordering: bool) -> str:
        written = any(isinstance(one, str) for one in literals)
        return "compare with a number, without quotes" if written else ""

    def worth_trying(self, question: Question, literals: Iterable[Literal], most: int) -> list[object]:
        """The numbers at and beside each literal, and the limits."""
        step = 10.0**-question.decimals
        low, high = _limits(question)
        tried = {float(low), float(high), 0.0}
        for literal in (float(one) for one in literals if not isinstance(one, str)):
            near = round(math.floor(literal / step) * step, question.decimals)
            tried |= {literal, near, near + step, near - step}
        return [
            one
            for one in sorted(tried)
            if math.isfinite(one) and low <= one <= high and round(one, question.decimals) == one
        ]


def _limits(question: Question) -> tuple[float, float]:
    least = question.minimum if isinstance(question.minimum, int | float) else -math.inf
    most = question.maximum if isinstance(question.maximum, int | float) else math.inf
    return least, most


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _example(least: float | None, most: float | None) -> float:
    """A believable number of the range: 45 for 18 to 120."""
    if least is None or most is None:
        return (least or 0) + 3 if most is None else most
    near = round((least + (most - least) / 4) / 5) * 5
    return near if least <= near <= most else least


KIND = Number()
