"""How many of several options may be chosen, in words: 最多选三项."""

from __future__ import annotations

from collections.abc import Mapping

from questionnaires.answer_forms import FindingCode
from questionnaires.model import Question

_ZH = ("零", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十")
_EN = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def limits_in_words(question: Question, language: str) -> str:
    """选两到三项。 Empty where any number may be chosen."""
    least, most = question.minimum_choices, question.maximum_choices
    if language != "en":
        if least is not None and most is not None:
            return f"选{_zh(most)}项。" if least == most else f"选{_zh(least)}到{_zh(most)}项。"
        if most is not None:
            return f"最多选{_zh(most)}项。"
        return f"至少选{_zh(least)}项。" if least is not None else ""
    if least is not None and most is not None:
        return f"Choose {_en(most)}." if least == most else f"Choose {_en(least)} to {_en(most)}."
    if most is not None:
        return f"Choose at most {_en(most)}."
    return f"Choose at least {_en(least)}." if least is not None else ""


def beyond_limits(question: Question, code: FindingCode, language: str) -> str:
    """What to do about too many or too few; {count}, {over} and {short} are filled below and by the script."""
    limits = limits_in_words(question, language)
    if code is FindingCode.TOO_MANY_CHOICES:
        if language != "en":
            return f"{limits}现在选了 {{count}} 项，请去掉 {{over}} 项。"
        return f"{limits} {{count}} are chosen now; remove {{over}}."
    if language != "en":
        return f"{limits}现在选了 {{count}} 项，还差 {{short}} 项。"
    return f"{limits} {{count}} chosen so far; {{short}} more to go."


def fault_of_limits(question: Question, code: FindingCode, found: Mapping[str, object], language: str) -> str:
    """The same of one answer; only the limits where the finding does not say how many were chosen."""
    count = found.get("count")
    if not isinstance(count, int):
        return limits_in_words(question, language) or ("请再看一眼选项。" if language != "en" else "Look again.")
    over = count - (question.maximum_choices or count)
    short = (question.minimum_choices or count) - count
    return beyond_limits(question, code, language).format(count=count, over=over, short=short)


def _zh(count: int | None) -> str:
    return _ZH[count] if count is not None and count < len(_ZH) else f" {count} "


def _en(count: int | None) -> str:
    return _EN[count] if count is not None and count < len(_EN) else str(count)
