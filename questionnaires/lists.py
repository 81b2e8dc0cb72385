"""Lists of options by name, and putting their entries into the questions that offer them.

A definition says what a list is called and where its entries come from. Those ``from: areas`` and ``from: wave`` are
not known to the file; whoever knows them calls ``filled``, and every room behind it sees questions with options.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from questionnaires.indicators import Indicator
from questionnaires.kinds import kind_of
from questionnaires.model import Item, ListSource, Option, OptionList, Question, Questionnaire, row_id
from questionnaires.repeated import made_of
from questionnaires.rosters import as_written, expanded
from questionnaires.text import Text

MAX_ENTRIES: Final = 5_000  # of one list
MAX_OF_SEVERAL: Final = 300  # where several are chosen: an export has a column for each
MAX_ROWS: Final = 60  # where the entries are rows
MAX_LABEL: Final = 120  # characters
ENTRY_CODE: Final = re.compile(r"[A-Za-z0-9]{1,20}")  # a statistical code of an area has nine or twelve digits
_Options = Callable[[Questionnaire, Question], tuple[Option, ...]]


@dataclass(frozen=True, slots=True)
class EntryFault:
    """One entry that cannot be used, or a list that cannot be: ``row`` counts its entries from 0, None for the list."""

    list_id: str
    row: int | None
    message: Text  # what is wrong and the way out
    field: str = ""  # of the entry: code, label or parent; empty for the list


class EntriesDoNotFit(ValueError):
    """Entries were given that ``faults_of_entries`` finds fault with."""

    def __init__(self, faults: Sequence[EntryFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{one.list_id}: {one.message.en}" for one in faults[:5]))


def filled(questionnaire: Questionnaire, entries: Mapping[str, Sequence[Option]]) -> Questionnaire:
    """The questionnaire with these entries in its lists, and in every question that offers one of them.

    ``entries``: id of a list -> its entries in the order in which they are offered. An entry is an ``Option`` of which
    only ``code``, ``label`` and ``parent`` are looked at; ``parent`` is a code of the list above
    (``OptionList.parent``) and is passed over where there is none. Lists that are not named keep what they have, so
    that a second call adds to the first; a list that is given anew loses its former entries. Lists that are written in
    the file and names of no list are refused. Which lists a wave has to give says ``to_fill``.

    Pure, and the same for the same arguments: what is frozen with a wave is ``canonical_bytes`` of the outcome, which
    holds each entry once and loads to an equal questionnaire. Questions keep their own options behind the entries.
    Questionnaires without lists come back as they are.

    Raises ``EntriesDoNotFit`` with everything ``faults_of_entries`` says; a page asks that first.
    """
    faults = faults_of_entries(questionnaire, entries)
    if faults:
        raise EntriesDoNotFit(faults)
    return _put(questionnaire, entries) if questionnaire.lists else questionnaire


def unfilled(questionnaire: Questionnaire) -> Questionnaire:
    """The same with the questions' own options and indicators alone, as it is stored: the entries stand in the lists
    once, and what repeats stands once."""
    return without_entries(as_written(questionnaire))


def without_entries(questionnaire: Questionnaire) -> Questionnaire:
    """The same with the questions' own options and indicators alone; rounds stay as they are."""
    if not questionnaire.lists:
        return questionnaire
    return replace(_questions(questionnaire, own_options, {}), indicators=_own_indicators(questionnaire))


def put_back(questionnaire: Questionnaire) -> Questionnaire:
    """What ``unfilled`` took out of the questions, from the lists as they are; and the rounds of what repeats."""
    return _put(questionnaire, {}) if questionnaire.lists else expanded(questionnaire)


def to_fill(questionnaire: Questionnaire) -> tuple[OptionList, ...]:
    """The lists that a wave has to give, whether they have entries yet or not: those of areas or the wave that a
    question offers or has as rows, and those that these have as parents, each behind the one above it."""
    wanted: dict[str, OptionList] = {}
    for question in questionnaire.questions():
        chain = []
        name = question.list or question.rows
        while name is not None and name not in chain and (one := questionnaire.option_list(name)) is not None:
            chain.append(name)
            name = one.parent
        for name in reversed(chain):
            one = questionnaire.option_list(name)
            if one is not None and one.source is not ListSource.FILE:
                wanted.setdefault(name, one)
    return tuple(wanted.values())


def open_lists(questionnaire: Questionnaire) -> tuple[OptionList, ...]:
    """Those of ``to_fill`` that nobody has given entries yet: a wave does not open with one."""
    return tuple(one for one in to_fill(questionnaire) if not one.options)


def is_open(questionnaire: Questionnaire, question: Question) -> bool:
    """Whether a question offers a list whose entries are not known, so that its codes are not all known either."""
    offered = questionnaire.option_list(question.list) if question.list else None
    return offered is not None and offered.source is not ListSource.FILE and not offered.options


def own_options(questionnaire: Questionnaire, question: Question) -> tuple[Option, ...]:
    """The options that the question brings itself, behind the entries of its list."""
    offered = questionnaire.option_list(question.list) if question.list else None
    if offered is None:
        return question.options
    return question.options[_entries_in(question, offered) :]


def faults_of_entries(questionnaire: Questionnaire, entries: Mapping[str, Sequence[Option]]) -> list[EntryFault]:
    """Everything that keeps these entries from being put in, in the order of the lists; empty where they fit."""
    known = {one.id: one for one in questionnaire.lists}
    found = [
        EntryFault(name, None, Text(f"问卷里没有名单“{name}”。", f"the questionnaire has no list {name}"))
        for name in entries
        if name not in known
    ]
    for one in questionnaire.lists:
        if one.id in entries and one.source is ListSource.FILE:
            message = Text("这个名单写在问卷文件里，不能另给。", "this list is written in the definition file")
            found.append(EntryFault(one.id, None, message))
        elif one.id in entries:
            above = known.get(one.parent) if one.parent else None
            parents = None if above is None else {row.code for row in entries.get(above.id, above.options)}
            found += _faults(questionnaire, one, entries[one.id], parents)
    return found


def _faults(
    questionnaire: Questionnaire, one: OptionList, given: Sequence[Option], parents: set[str] | None
) -> Iterator[EntryFault]:
    several = any(question.list == one.id and kind_of(question).several for question in questionnaire.questions())
    as_rows = any(question.rows == one.id for question in questionnaire.questions())
    most = MAX_ROWS if as_rows else MAX_OF_SEVERAL if several else MAX_ENTRIES
    if not 1 <= len(given) <= most:
        zh = f"有 {len(given):,} 项，要 1 到 {most:,} 项。"
        yield EntryFault(one.id, None, Text(zh, f"{len(given):,} entries; from 1 to {most:,}"))
    own = {
        option.code
        for question in questionnaire.questions()
        if question.list == one.id
        for option in own_options(questionnaire, question)
    }
    seen: Counter[str] = Counter()
    for row, entry in enumerate(given):
        code = entry.code
        once = code.lower() if as_rows else code  # ids of rows have small letters only
        seen[once] += 1
        if not ENTRY_CODE.fullmatch(code):
            zh = f"代码“{code:.30}”不能用：要 1 到 20 个字母或数字。"
            yield EntryFault(one.id, row, Text(zh, f"code {code:.30}: one to twenty letters or digits"), "code")
        elif seen[once] == 2:
            yield EntryFault(one.id, row, Text(f"代码“{code}”用了两次。", f"code {code} is used twice"), "code")
        elif code in own:
            zh = f"代码“{code}”是题目自己的选项用的，换一个。"
            yield EntryFault(
                one.id, row, Text(zh, f"code {code} is one of the question's own options; take another"), "code"
            )
        if any(brace in f"{entry.label.zh}{entry.label.en}" for brace in "{}"):
            zh = f"“{code}”的名称里不能有大括号。"
            yield EntryFault(one.id, row, Text(zh, f"the label of {code}: no braces"), "label")
        if not entry.label.zh.strip() or len(entry.label.zh) > MAX_LABEL or len(entry.label.en) > MAX_LABEL:
            zh = f"“{code}”的名称要有 1 到 {MAX_LABEL} 个字。"
            yield EntryFault(one.id, row, Text(zh, f"the label of {code}: from 1 to {MAX_LABEL} characters"), "label")
        if parents is not None and entry.parent not in parents:
            zh = f"“{code}”的上级“{entry.parent or ''}”不在上一级名单里。"
            yield EntryFault(
                one.id, row, Text(zh, f"{code}: no parent {entry.parent or ''} in the list above"), "parent"
            )


def _put(questionnaire: Questionnaire, entries: Mapping[str, Sequence[Option]]) -> Questionnaire:
    questionnaire = as_written(questionnaire)
    lists = tuple(
        replace(one, options=tuple(_entry(one, row) for row in entries[one.id])) if one.id in entries else one
        for one in questionnaire.lists
    )
    offered = {one.id: one.options for one in lists}

    def options(before: Questionnaire, question: Question) -> tuple[Option, ...]:
        return (*offered.get(question.list or "", ()), *own_options(before, question))

    put = replace(_questions(questionnaire, options, offered), lists=lists)
    return expanded(replace(put, indicators=(*_own_indicators(questionnaire), *made_of(put))))


def _own_indicators(questionnaire: Questionnaire) -> tuple[Indicator, ...]:
    """Those that are not made of a template."""
    made = {one.id for one in made_of(questionnaire)}
    return tuple(one for one in questionnaire.indicators if one.id not in made)


def _entry(one: OptionList, given: Option) -> Option:
    """Nothing of an entry but what an entry has."""
    return Option(code=given.code, label=given.label, parent=given.parent if one.parent else None)


def _row(entry: Option) -> Item:
    return Item(id=row_id(entry.code), text=entry.label, short=entry.label)


def _entries_in(question: Question, offered: OptionList) -> int:
    """How many entries of the list the question holds already: all of them or, as it is stored, none."""
    held = question.options[: len(offered.options)]
    return len(held) if held and held == offered.options else 0


def _questions(questionnaire: Questionnaire, options: _Options, rows: Mapping[str, Sequence[Option]]) -> Questionnaire:
    """``rows``: the entries of each list, for the questions that have them as rows."""
    return replace(
        questionnaire,
        sections=tuple(
            replace(
                section,
                questions=tuple(
                    replace(
                        one,
                        options=options(questionnaire, one) if one.list else one.options,
                        items=tuple(map(_row, rows.get(one.rows, ()))) if one.rows else one.items,
                    )
                    if one.list or one.rows
                    else one
                    for one in section.questions
                ),
            )
            for section in questionnaire.sections
        ),
    )
