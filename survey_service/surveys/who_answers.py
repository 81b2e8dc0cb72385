"""Who of a household, or of what else was listed, answers, as is told: one sentence for letter, page and paper form."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from questionnaires.text import Text
from survey_service.fieldwork.rolls import rule_of
from survey_service.models import ListedUnit, SelectionWithin, Wave
from survey_service.sampling.unit_words import UNITS

_BIRTHDAY: Final = Text(
    "请家里一位 18 岁以上的人来答。有几位的，从{month}月{day}日往后数，谁的生日最先到，就请谁答，请不要换人。",
    "Please let one member of 18 or over answer. Where there are several: whoever has a birthday first, counting "
    "from {day} {name} on. Please do not swap.",
)
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def told(wave: Wave) -> Text | None:
    """Birthdays are counted from the first day of the wave: whoever reads it when finds the same person. None where
    anybody may answer. Where a table chooses at the door, whoever answers without an interviewer goes by the
    birthday."""
    if wave.listed_unit is not ListedUnit.HOUSEHOLD:
        words = UNITS[wave.listed_unit]
        who = words.who
        if words.person:
            return Text("请您本人回答，不要请别人代答。", "Please answer yourself; nobody else can.")
        return Text(f"请{who.zh}来答。", f"Please let {who.en} answer.")
    if rule_of(wave) is SelectionWithin.ANY:
        return None
    since = wave.opens_on
    return Text(
        _BIRTHDAY.zh.format(month=since.month, day=since.day),
        _BIRTHDAY.en.format(day=since.day, name=_MONTHS[since.month - 1]),
    )


def example(since: date) -> Text:
    """Who of three comes first by their birthdays, counted from ``since`` on: that very day is the first."""
    first, second, last = (since + timedelta(days=days) for days in (3, 11, -2))
    zh = [f"{day.month}月{day.day}日" for day in (first, second, last)]
    en = [f"{day.day} {_MONTHS[day.month - 1]}" for day in (first, second, last)]
    return Text(
        f"比如 {zh[0]}生日的比 {zh[1]}的先，{zh[2]}的最后。",
        f"A birthday on {en[0]} comes before one on {en[1]}, and one on {en[2]} is last.",
    )
