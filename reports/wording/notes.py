"""Notes of the statistics in the language of the report. They come as English sentences with numbers and names."""

from __future__ import annotations

import re
from typing import Final

from questionnaires.text import Text
from reports.wording.phrases import filled

_SAID: Final = (
    (
        r"(?P<name>.+): (?P<n>\d+) missing values are left out of its domain",
        Text("“{name}”有 {n} 份没有回答，不算在内。", "{name}: {n} missing {n:value is|values are} left out."),
    ),
    (
        r"(?P<name>.+): (?P<n>\d+) rows are outside its base",
        Text("“{name}”有 {n} 份不在分母之内。", "{name}: {n} {n:row is|rows are} outside its base."),
    ),
    (
        r"(?P<n>\d+) respondents have no value in the by columns and belong to no domain",
        Text(
            "{n} 份没有分组的值，哪一组也不算。",
            "{n} {n:respondent has|respondents have} no value in the by columns and {n:belongs|belong} to no group.",
        ),
    ),
    (
        r"(?P<name>.+): nobody chose “(?P<option>.+)”; .*",
        Text("“{name}”没有人选“{option}”。", "{name}: nobody chose “{option}”."),
    ),
    (
        r"(?P<name>.+): blanks at the ends of categories were left out \(“(?P<seen>.+)” is read as “(?P<read>.+)”\)",
        Text(
            "“{name}”选项首尾的空格没有算进去（“{seen}”读作“{read}”）。",
            "{name}: blanks at the ends of categories were left out (“{seen}” is read as “{read}”).",
        ),
    ),
    (
        r"intervals hold jointly over (?P<n>\d+) domains \((?P<method>.+)\)",
        Text("区间对 {n} 组同时成立（{method}）。", "Intervals hold jointly over {n} {n:group|groups} ({method})."),
    ),
    (
        r"one-sided: lower limits at (?P<level>.+)",
        Text("只给下限，置信水平 {level}。", "One-sided: lower limits at {level}."),
    ),
    (
        r"one-sided: upper limits at (?P<level>.+)",
        Text("只给上限，置信水平 {level}。", "One-sided: upper limits at {level}."),
    ),
)


def note_words(note: str, language: str) -> str:
    """The note in that language; one that is not known here stands in its own words."""
    for pattern, text in _SAID:
        if match := re.fullmatch(pattern, note, re.DOTALL):
            return filled(text.in_language(language), match.groupdict())
    return note
