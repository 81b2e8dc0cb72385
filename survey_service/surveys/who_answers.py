"""Who of a household, or of what else was listed, answers, as is told: one sentence for letter, page and paper form."""

from __future__ import annotations

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
