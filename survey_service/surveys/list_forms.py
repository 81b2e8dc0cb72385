"""One entry of a list as a form: read, and judged among the others by the very rules that a file meets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from questionnaires.text import Text
from survey_service.surveys.list_judging import COLUMN_OF, Among, faults, numbered
from survey_service.surveys.wave_lists import Entry
from survey_service.web.posted_forms import FormReading

BOXES: Final = ("code", "name", "name_en", "parent", "place")
MOST_CODE, MOST_NAME = 20, 120  # characters; the questionnaire's rules say more of them


@dataclass(frozen=True, slots=True)
class EntryForm:
    """An entry as it was typed, and its place in the list, from 0; None: where it stood, or last."""

    entry: Entry
    place: int | None


def read_entry(read: FormReading, among: Among, was: str) -> EntryForm:
    """``read.faults`` names everything that is wrong. ``was``: the code of the entry that is changed; empty: a new one.

    Without a code it gets one, as in a file.
    """
    zh = read.words("name", most=MOST_NAME, needed=Text("写名称。", "Write the name."))
    en = read.words("name_en", most=MOST_NAME)
    code = read.words("code", most=MOST_CODE)
    parent = read.words("parent", most=MOST_CODE) if among.one.parent else ""
    place = read.whole("place", least=1, most=len(among.present) + (not was))
    entry = Entry(code=code, label=Text(zh, en), parent=parent)
    others = [one for one in among.present if one.code != was]
    if not read.faults:
        entry = list(numbered([*others, entry], among))[-1]
        _judge(read, among, others, entry)
    return EntryForm(entry, None if place is None else place - 1)


def _judge(read: FormReading, among: Among, others: Sequence[Entry], entry: Entry) -> None:
    """What is wrong with this one; others that are wrong keep nobody from mending it."""
    for fault in faults([*others, entry], among):
        if fault.row is None:
            read.faults.setdefault("name", fault.message)
        elif fault.row == len(others):
            read.faults.setdefault(COLUMN_OF[fault.field], fault.message)


def boxes_of(entry: Entry, place: int) -> dict[str, str]:
    """The boxes of an entry that is there."""
    values = (entry.code, entry.label.zh, entry.label.en, entry.parent, str(place + 1))
    return dict(zip(BOXES, values, strict=True))
