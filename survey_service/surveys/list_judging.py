"""A list that is brought in or changed: every problem by its row, and what the wave before called otherwise."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from questionnaires.lists import EntryFault, faults_of_entries, own_options
from questionnaires.model import OptionList, Questionnaire
from questionnaires.text import Text
from survey_service.surveys.filling import as_options
from survey_service.surveys.list_words import HEADS, InList, Told
from survey_service.surveys.wave_lists import Entries, Entry
from survey_service.tabular.notices import Noticed
from survey_service.tabular.problems import TableProblem, Value, excerpt
from survey_service.uploads.looked import Cell, Looked, Picture
from survey_service.uploads.records import Column, Record

MOST_TOLD: Final = 50  # notices of codes that changed, on one page
_SHOWN: Final = 300  # rows of the picture
_NAMED: Final = 5  # codes in one sentence
CODE, NAME, NAME_EN, PARENT = (Column(name=one, heads=HEADS[one], needed=one == "name") for one in HEADS)

COLUMN_OF: Final = {"code": "code", "label": "name", "parent": "parent"}
"""The columns by the fields of an entry that the questionnaire's rules name."""


def columns(one: OptionList) -> tuple[Column, ...]:
    """A list that stands under no other has no parents."""
    return (CODE, NAME, NAME_EN, replace(PARENT, needed=True)) if one.parent else (CODE, NAME, NAME_EN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """A list among the others of its wave. ``before``: name and list of the wave before, where it had one."""

    questionnaire: Questionnaire
    one: OptionList
    lists: Mapping[str, Entries]
    before: tuple[Text, Entries] | None = None

    @property
    def present(self) -> Entries:
        return self.lists.get(self.one.id, ())

    @property
    def parents(self) -> Entries:
        """Entries of the list above; none where there is none."""
        return self.lists.get(self.one.parent or "", ())

    @property
    def below(self) -> tuple[OptionList, ...]:
        """Lists whose entries stand under entries of this one."""
        return tuple(each for each in self.questionnaire.lists if each.parent == self.one.id and each.id in self.lists)

    @property
    def taken(self) -> frozenset[str]:
        """Codes of the options that questions offer beside this list."""
        return frozenset(
            option.code
            for question in self.questionnaire.questions()
            if question.list == self.one.id
            for option in own_options(self.questionnaire, question)
        )

    def standing_under(self, code: str) -> int:
        """How many entries of the lists below stand under it."""
        return sum(entry.parent == code for each in self.below for entry in self.lists[each.id])


@dataclass(frozen=True, slots=True)
class NewList:
    """A whole list, in its order."""

    entries: Entries


def judge(records: Sequence[Record], among: Among) -> Looked[NewList]:
    """Every row judged; the file is the whole list, in its order."""
    reading = _Reading(among)
    entries = [reading.entry(record) for record in records]
    entries = list(numbered(entries, among))
    rows = [record.row for record in records]
    problems = reading.problems + [
        records[fault.row].problem(InList.SAID, COLUMN_OF[fault.field], message=fault.message)
        if fault.row is not None
        else TableProblem(kind=InList.SAID, values={"message": fault.message})
        for fault in faults(entries, among)
        if fault.row is None or (records[fault.row].row, COLUMN_OF[fault.field]) not in reading.unclear
    ]
    new = NewList(tuple(entries))
    if not problems and new.entries == among.present:
        same = Text(
            f"文件里的 {len(entries)} 项和现在的名单一样，没有要改的。",
            f"The {len(entries)} entries of the file are those of the list; there is nothing to change.",
        )
        return Looked(summary=same)
    done = _done(new.entries, among.present)
    return Looked(
        stored=new,
        problems=sorted(problems, key=lambda one: one.row or 0),
        counts={name: len(those) for name, those in done.items()},
        notices=told(new.entries, among, rows),
        summary=_summary(done),
        pictures=[_picture(new.entries, among, rows), *_gone(done["gone"])],
    )


def faults(entries: Sequence[Entry], among: Among) -> list[EntryFault]:
    """What the questionnaire's own rules say of these entries in place of the present ones."""
    all_of_them = {list_id: as_options(those) for list_id, those in among.lists.items()}
    found = faults_of_entries(among.questionnaire, {**all_of_them, among.one.id: as_options(entries)})
    return [fault for fault in found if fault.list_id == among.one.id]


class _Reading:
    """Rows to entries: parents by code or by name. A parent that is none stays as it was written and is judged."""

    def __init__(self, among: Among) -> None:
        self._among = among
        self._codes = {one.code for one in among.parents}
        self._by_name: dict[str, list[str]] = {}
        for one in among.parents:
            for name in {_bare(one.label.zh), _bare(one.label.en)} - {""}:
                self._by_name.setdefault(name, []).append(one.code)
        self.problems: list[TableProblem] = []
        self.unclear: set[tuple[int, str]] = set()

    def entry(self, record: Record) -> Entry:
        label = Text(record.get("name"), record.get("name_en"))
        code = unicodedata.normalize("NFKC", record.get("code"))
        return Entry(code=code, label=label, parent=self._parent(record) if self._among.one.parent else "")

    def _parent(self, record: Record) -> str:
        written = record.get("parent")
        code = unicodedata.normalize("NFKC", written)
        if code in self._codes:
            return code
        named = self._by_name.get(_bare(written), [])
        if len(named) > 1:
            codes = tuple(named[:_NAMED])
            self.problems.append(record.problem(InList.PARENT_UNCLEAR, "parent", seen=excerpt(written), codes=codes))
            self.unclear.add((record.row, "parent"))
        return named[0] if len(named) == 1 else written


def _bare(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def numbered(entries: Sequence[Entry], among: Among) -> Iterator[Entry]:
    """Entries without a code get that of the same name, of now or of the wave before; else the next number that no
    entry of either has, so that no code comes to mean something else."""
    before = among.before[1] if among.before else ()
    known = {(_bare(one.label.zh), one.parent): one.code for one in (*before, *among.present)}
    used = {one.code for one in (*entries, *before, *among.present)} | among.taken
    given = {one.code for one in entries}
    free = (str(number) for number in count(_next(among.present, before, entries)) if str(number) not in used)
    for one in entries:
        if one.code:
            yield one
            continue
        code = known.get((_bare(one.label.zh), one.parent), "")
        code = next(free) if not code or code in given else code
        given.add(code)
        yield replace(one, code=code)


def _next(*lists: Sequence[Entry]) -> int:
    """One more than the highest number among the codes."""
    return 1 + max((int(one.code) for those in lists for one in those if one.code.isdecimal()), default=0)


# ------------------------------------------------------------------ what is told, and stops nothing


def told(entries: Sequence[Entry], among: Among, rows: Sequence[int] = ()) -> list[Noticed]:
    """What a wave before called otherwise, what has no English, what loses its parent. ``rows``: of the file."""
    found = list(_otherwise(entries, among, rows))[:MOST_TOLD]
    bare = [place for place, one in enumerate(entries) if not one.label.en]
    if bare and "en" in among.questionnaire.languages:
        lines = [rows[place] for place in bare] if rows else []
        values: dict[str, Value] = {"count": len(bare)}
        english = NAME_EN.heads[0]
        found.append(Noticed(kind=Told.NO_ENGLISH, column=english, values=values, rows=lines[:_NAMED], count=len(bare)))
    codes = {one.code for one in entries}
    for each in among.below:
        left = [one.code for one in among.lists[each.id] if one.parent not in codes]
        if left and entries:
            values = {"list": each.title, "count": len(left), "codes": tuple(left[:_NAMED])}
            found.append(Noticed(kind=Told.LEFT_BELOW, values=values, count=len(left)))
    return found


def _otherwise(entries: Sequence[Entry], among: Among, rows: Sequence[int]) -> Iterator[Noticed]:
    if among.before is None:
        return
    wave, before = among.before
    by_code = {one.code: one for one in before}
    by_name = {_bare(one.label.zh): one for one in before}
    for place, one in enumerate(entries):
        line = [rows[place]] if rows else []
        old = by_code.get(one.code)
        if old is not None and _bare(old.label.zh) != _bare(one.label.zh):
            meant: dict[str, Value] = {"code": one.code, "wave": wave, "before": old.label, "label": one.label}
            yield Noticed(kind=Told.OTHER_MEANING, column=CODE.heads[0], values=meant, rows=line, count=1)
        same = by_name.get(_bare(one.label.zh))
        if same is not None and same.code != one.code and one.parent == same.parent:
            coded: dict[str, Value] = {"label": one.label, "wave": wave, "before": same.code, "code": one.code}
            yield Noticed(kind=Told.OTHER_CODE, column=CODE.heads[0], values=coded, rows=line, count=1)


# ------------------------------------------------------------------ what would be stored


def _done(new: Entries, present: Entries) -> dict[str, list[Entry]]:
    was = {one.code: one for one in present}
    codes = {one.code for one in new}
    return {
        "new": [one for one in new if one.code not in was],
        "changed": [one for one in new if one.code in was and was[one.code] != one],
        "same": [one for one in new if was.get(one.code) == one],
        "gone": [one for one in present if one.code not in codes],
    }


def _summary(done: Mapping[str, Sequence[Entry]]) -> Text:
    new, changed, same, gone = (len(done[name]) for name in ("new", "changed", "same", "gone"))
    return Text(
        f"新增 {new} 项，改动 {changed} 项，{same} 项不变，去掉 {gone} 项。文件就是整张名单，次序照文件。",
        f"{new} new, {changed} changed, {same} the same, {gone} taken out. The file is the whole list, in its order.",
    )


def _picture(entries: Entries, among: Among, rows: Sequence[int]) -> Picture:
    was = {one.code: one for one in among.present}
    above = {one.code: one.label for one in among.parents}
    heads = [Text("行", "Row"), Text("做什么", "What happens"), Text("代码", "Code"), Text("名称", "Name")]
    heads += [Text("英文名称", "English name")] + ([Text("上级", "Parent")] if among.one.parent else [])
    table: list[tuple[Cell, ...]] = []
    for row, one in zip(rows[:_SHOWN], entries, strict=False):
        line: list[Cell] = [row, _happens(one, was.get(one.code)), one.code, one.label.zh, one.label.en]
        table.append((*line, *([above.get(one.parent, Text(one.parent))] if among.one.parent else [])))
    return Picture(
        caption=Text("文件里的名单", "The list of the file"),
        heads=tuple(heads),
        rows=table,
        of=len(entries),
        plain=frozenset({0}),
        wide_only=frozenset({4}),
    )


def _happens(one: Entry, was: Entry | None) -> Text:
    if was is None:
        return Text("新增", "new")
    if was == one:
        return Text("不变", "as it is")
    return Text(f"改动，原来是“{was.label.zh}”", f"changed from “{was.label.in_language('en')}”")


def _gone(entries: Sequence[Entry]) -> list[Picture]:
    if not entries:
        return []
    return [
        Picture(
            caption=Text("文件里没有、会去掉的", "Not in the file, and taken out"),
            heads=(Text("代码", "Code"), Text("名称", "Name")),
            rows=[(one.code, one.label) for one in entries[:_SHOWN]],
            of=len(entries),
        )
    ]
