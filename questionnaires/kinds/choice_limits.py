"""How many of several options may be chosen, in words: 最多选三项."""

from __future__ import annotations

from collections.abc import Mapping

from questionnaires.answer_forms import FindingCode
from questionnaires.kinds.counted import counted
from questionnaires.model import Question


def limits_in_words(question: Question, language: str) -> str:
    """选两到三项。 Empty where any number may be chosen."""
    least, most = (
        None if bound is None else counted(bound, language)
        for bound in (question.minimum_choices, question.maximum_choices)
    )
    if language != "en":
        if least and most:
            return f"选{most}项。" if least == most else f"选{least}到{most}项。"
        if most:
            return f"最多选{most}项。"
        return f"至少选{least}项。" if least else ""
    if least and most:
        return f"Choose {most}." if least == most else f"Choose {least} to {most}."
    if most:
        return f"Choose at most {most}."
    return f"Choose at least {least}." if least else ""


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
