"""A time of the day, to the minute, within limits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time
from typing import ClassVar

from questionnaires.answer_forms import NOTHING, Canonical, Fault, FindingCode, Read, Reader, glimpse, single_value
from questionnaires.conditions import Literal
from questionnaires.functions import is_time
from questionnaires.kinds.kind import Given, Kind, Own, VariableType, leave_blank, plain_words
from questionnaires.model import Question, QuestionType
from questionnaires.text import Text

# answer-forms.js has the same: change neither without the other.
_WRITTEN = re.compile(
    r"(?:(凌晨|清晨|早晨|早上|上午|中午|下午|午后|傍晚|晚上|夜里|半夜)\s*)?([0-9]{1,2})\s*"
    r"(?:[:.]\s*([0-9]{2})(?::00)?|[点點时時]\s*(?:([0-9]{1,2})分?|(半)|(一刻)|(三刻)|整|钟|鐘)?)"
)
# 八点半, 十二点零五分, 二十一点: in words up to fifty-nine, and no part of 一刻.
_ONES = "一二三四五六七八九"
_NUMERALS = re.compile(rf"[零〇十两兩{_ONES}]+(?![零〇十两兩{_ONES}刻])")
_IN_WORDS = re.compile(rf"[零〇]([{_ONES}])?|([二三四五])?十([{_ONES}])?|([两兩{_ONES}])")
_DIGITS = re.compile(r"([0-9]{1,2})([0-9]{2})")  # 830 and 0830
_TWELVE = re.compile(r"([0-9]{1,2})(?:[:.]\s*([0-9]{2}))?\s*([ap])\.?m\.?", re.IGNORECASE)
_BEFORE_NOON = frozenset({"凌晨", "清晨", "早晨", "早上", "上午"})
_AFTER_NOON = frozenset({"下午", "午后", "傍晚"})
_LAST = 24 * 60 - 1  # minutes


class Time(Kind):
    type: ClassVar = QuestionType.TIME
    fields: ClassVar = ("minimum", "maximum")
    variable: ClassVar = VariableType.TIME
    faults: ClassVar = frozenset({FindingCode.NOT_A_TIME, FindingCode.TIME_OUT_OF_RANGE})

    def parse(self, given: Given) -> Own:
        minimum, maximum = given.times()
        return {"minimum": minimum, "maximum": maximum}

    def reader(self, question: Question) -> Reader:
        first, last = limits(question)

        def read(raw: object) -> Read:
            value, single = single_value(raw)
            if single and (value is None or value == ""):
                return NOTHING
            minute = _minute(str(value)) if single and not isinstance(value, float) else None
            if minute is None:
                return None, Fault(FindingCode.NOT_A_TIME, {"seen": glimpse(raw)})
            written = f"{minute // 60:02d}:{minute % 60:02d}"
            if not first <= written <= last:
                return None, Fault(FindingCode.TIME_OUT_OF_RANGE, {"seen": written}, written)
            return written, None

        return read

    def expected(self, question: Question, language: str) -> str:
        first, last = limits(question)
        bounded = (question.minimum is not None, question.maximum is not None)
        example = _believable(first, last) if all(bounded) else last if bounded[1] else first if bounded[0] else "19:30"
        if language != "en":
            span = {
                (True, True): f"，{first} 到 {last} 之间",
                (True, False): f"，{first} 或以后",
                (False, True): f"，{last} 或以前",
                (False, False): "",
            }[bounded]
            return f"写几点几分{span}，例如 {example}。" + leave_blank(question, language)
        span = {
            (True, True): f", from {first} to {last}",
            (True, False): f", {first} or later",
            (False, True): f", {last} or earlier",
            (False, False): "",
        }[bounded]
        sentence = f"Write hour and minute{span}, for example {example}."
        return sentence + leave_blank(question, language)

    def rule(self, question: Question) -> Text | None:
        """What paper and codebook say: nobody should have to guess which of two clocks is meant."""
        first, last = limits(question)
        if question.minimum is None and question.maximum is None:
            return Text("24 小时制。", "24-hour clock.")
        return Text(f"24 小时制，{first} 到 {last}。", f"24-hour clock, {first} to {last}.")

    def in_words(self, question: Question, answer: Canonical, language: str) -> str:
        return plain_words(answer)

    def refuses(self, name: str, literals: tuple[Literal, ...], *, ordering: bool) -> str:
        fits = all(isinstance(one, str) and is_time(one) for one in literals)
        return "" if fits else 'compare with a time in quotes: "08:30"'

    def worth_trying(self, question: Question, literals: Iterable[Literal], most: int) -> list[object]:
        """The minutes at and beside each literal, and the limits."""
        first, last = limits(question)
        tried = {first, last}
        for literal in literals:
            minute = int(str(literal)[:2]) * 60 + int(str(literal)[3:])
            near = (one for one in (minute - 1, minute, minute + 1) if 0 <= one <= _LAST)
            tried |= {f"{one // 60:02d}:{one % 60:02d}" for one in near}
        return [one for one in sorted(tried) if first <= one <= last]


def limits(question: Question) -> tuple[str, str]:
    """The first and the last time accepted; as texts of one form they are in the order of the clock."""
    least = question.minimum.isoformat("minutes") if isinstance(question.minimum, time) else "00:00"
    most = question.maximum.isoformat("minutes") if isinstance(question.maximum, time) else "23:59"
    return least, most


def _believable(first: str, last: str) -> str:
    """A half hour in the middle of the two; the first of them where none lies between."""
    least, most = (int(one[:2]) * 60 + int(one[3:]) for one in (first, last))
    near = (least + most) // 2 // 30 * 30
    return f"{near // 60:02d}:{near % 60:02d}" if near >= least else first


def _minute(text: str) -> int | None:
    """Minutes after midnight of 830, 8:30, 8点半, 八点半, 下午3点, 3:30 pm; None where it is no time."""
    if match := _TWELVE.fullmatch(text):
        hour, minute = int(match[1]), int(match[2] or 0)
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[3] in "pP" else 0)
    elif match := _DIGITS.fullmatch(text):
        hour, minute = int(match[1]), int(match[2])
    elif match := _WRITTEN.fullmatch(_NUMERALS.sub(_in_digits, text)):
        half, quarter, three = match[5], match[6], match[7]
        minute = 30 if half else 15 if quarter else 45 if three else int(match[3] or match[4] or 0)
        told = _hour(match[1], int(match[2]))
        if told is None:
            return None
        hour = told
    else:
        return None
    return hour * 60 + minute if hour < 24 and minute < 60 else None


def _in_digits(words: re.Match[str]) -> str:
    """二十一 as 21, 零五 as 5; what is no number stays as it is."""
    match = _IN_WORDS.fullmatch(words[0])
    if match is None:
        return words[0]
    after_nought, tens, ones, digit = (_value(one) if one else 0 for one in match.groups())
    ten = 10 * (tens or 1) if "十" in words[0] else 0
    return str(ten + after_nought + ones + digit)


def _value(numeral: str) -> int:
    return 2 if numeral in "两兩" else _ONES.index(numeral) + 1


def _hour(part: str | None, hour: int) -> int | None:
    """The hour of 24 that is meant; None where the words and the number exclude each other."""
    if part is None:
        return hour
    if part in _BEFORE_NOON:
        if part == "凌晨" and hour == 12:
            return 0
        return hour if hour <= 12 else None
    if part in _AFTER_NOON:
        return hour + 12 if 1 <= hour < 12 else hour if hour >= 12 else None
    if part == "中午":
        return hour + 12 if 1 <= hour <= 3 else hour if 10 <= hour <= 15 else None
    if hour == 12:  # of the evening and the night: midnight
        return 0
    return hour + 12 if 5 <= hour < 12 else hour


KIND = Time()
