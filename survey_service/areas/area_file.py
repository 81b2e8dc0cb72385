"""A file of areas: its columns, every row judged against what is there, and what would be added and changed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from questionnaires.text import Text
from survey_service.areas.words import LEVELS, InAreas
from survey_service.tabular.problems import TableProblem, excerpt
from survey_service.uploads.looked import Looked, Picture
from survey_service.uploads.records import Column, Record

CODE = re.compile(r"[0-9]{6,12}(-[0-9]{1,4})?")
KINDS: Final[Mapping[str, str]] = {
    "市": "city", "城市": "city", "区县": "district", "区": "district", "县": "district", "县级市": "district",
    "街道": "street", "镇": "town", "乡": "town", "社区": "community", "居委会": "community", "村": "village",
    "村委会": "village", "网格": "grid", "city": "city", "district": "district", "county": "district",
    "street": "street", "town": "town", "community": "community", "village": "village", "grid": "grid",
}  # fmt: skip
"""How levels are written, and what is stored. The level is a label: the depth of the tree is data."""
WRITTEN: Final[Mapping[str, str]] = {kind: word for word, kind in reversed(tuple(KINDS.items())) if not word.isascii()}
"""How we write a level into a file: the first word for it."""
CODE_COLUMN: Final = Column(
    name="code", heads=("代码", "区划代码", "统计用区划代码", "地区代码", "code", "area_code"), needed=True
)
COLUMNS: Final = (
    CODE_COLUMN,
    Column(name="name", heads=("名称", "地区名称", "地区", "name", "name_zh"), needed=True),
    Column(name="name_en", heads=("英文名称", "英文名", "name_en", "english")),
    Column(name="kind", heads=("级别", "类型", "类别", "kind", "level"), needed=True),
    Column(name="parent", heads=("上级代码", "上级", "上级区划代码", "parent", "parent_code")),
    Column(name="households", heads=("户数", "总户数", "households")),
)
_TITLES: Final = {one.name: one.title for one in COLUMNS}
_SHOWN: Final = 200  # rows of the picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An area as the database has it."""

    code: str
    parent: str | None
    kind: str
    name: str
    name_en: str
    households: int | None
    mine: bool  # within the areas of whoever brings the file


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaRow:
    row: int
    code: str
    name: str
    name_en: str
    kind: str
    parent: str
    households: int | None
    changes: tuple[str, ...] = ()  # fields that differ from what is there; empty for a new area


@dataclass(slots=True, kw_only=True)
class AreaChanges:
    """What a file of areas would do."""

    new: list[AreaRow] = field(default_factory=list)
    changed: list[AreaRow] = field(default_factory=list)
    same: int = 0


def judge_areas(records: Iterable[Record], known: Mapping[str, Known]) -> Looked[AreaChanges]:
    """Every row judged: codes, names, levels, parents (by code where none is named), household counts."""
    judge = _Judge(known)
    for record in records:
        judge.take(record)
    for row in list(judge.rows.values()):
        judge.place(row)
    stored = judge.stored
    new, changed, same = len(stored.new), len(stored.changed), stored.same
    if not judge.problems and not new and not changed:
        areas = "area of the file is as it is" if same == 1 else "areas of the file are as they are"
        nothing = Text(
            f"文件里的 {same} 个地区和系统里的一样，没有要导入的。", f"{same} {areas}; there is nothing to import."
        )
        return Looked(summary=nothing)
    return Looked(
        stored=stored,
        problems=judge.problems,
        counts={"new": new, "changed": changed, "same": same},
        summary=Text(
            f"新增 {new} 个地区，改动 {changed} 个，{same} 个不变。",
            f"{new} new {'area' if new == 1 else 'areas'}, {changed} changed, {same} as they are.",
        ),
        pictures=[_picture(stored)],
    )


def whole_number(record: Record, column: str, problems: list[TableProblem], *, needed: bool = False) -> int | None:
    """A count of people or households; None where the cell holds none, or is empty and may be."""
    typed = unicodedata.normalize("NFKC", record.get(column)).replace(",", "").removesuffix(".0")
    if not typed and not needed:
        return None
    if not typed.isascii() or not typed.isdigit() or int(typed) > 100_000_000:
        problems.append(record.problem(InAreas.NO_COUNT, column, seen=excerpt(record.get(column))))
        return None
    return int(typed)


class _Judge:
    def __init__(self, known: Mapping[str, Known]) -> None:
        self.known = known
        self.problems: list[TableProblem] = []
        self.stored = AreaChanges()
        self.rows: dict[str, AreaRow] = {}
        self._records: dict[str, Record] = {}

    # ------------------------------------------------------------------ a row by itself

    def take(self, record: Record) -> None:
        row = self._row(record)
        if row is None:
            return
        if row.code in self.rows:
            other = self.rows[row.code].row
            self.problems.append(record.problem(InAreas.CODE_TWICE, "code", seen=row.code, other=other))
            return
        self.rows[row.code] = row
        self._records[row.code] = record

    def _row(self, record: Record) -> AreaRow | None:
        code, name, kind = record.get("code"), record.get("name"), record.get("kind").lower()
        found = len(self.problems)
        if not CODE.fullmatch(code):
            self.problems.append(record.problem(InAreas.NO_CODE, "code", seen=excerpt(code)))
        if not name or len(name) > 60:
            self.problems.append(record.problem(InAreas.NO_NAME, "name", seen=excerpt(name)))
        if len(record.get("name_en")) > 120:
            seen = excerpt(record.get("name_en"))
            self.problems.append(record.problem(InAreas.LONG_ENGLISH_NAME, "name_en", seen=seen))
        level = KINDS.get(kind) or ("grid" if not kind and "-" in code else None)
        if level is None:
            self.problems.append(record.problem(InAreas.NO_LEVEL, "kind", seen=excerpt(kind), levels=_levels()))
        households = whole_number(record, "households", self.problems)
        if len(self.problems) > found or level is None:
            return None
        return AreaRow(
            row=record.row,
            code=code,
            name=name,
            name_en=record.get("name_en"),
            kind=level,
            parent=record.get("parent"),
            households=households,
        )

    # ------------------------------------------------------------------ a row among the others

    def place(self, row: AreaRow) -> None:
        there = self.known.get(row.code)
        if there is None:
            self._add(row)
        elif not there.mine:
            self._refuse(row, InAreas.CODE_NOT_YOURS, "code", row.code)
        elif row.parent and row.parent != (there.parent or ""):
            parent = Text(there.parent or "（最上级）", there.parent or "(the top)")
            self.problems.append(
                self._records[row.code].problem(InAreas.MOVED, "parent", seen=excerpt(row.parent), parent=parent)
            )
        else:
            self._compare(row, there)

    def _add(self, row: AreaRow) -> None:
        """A new area under its parent: an area of the database that is the person's, or another new one of the file."""
        parent = self._parent(row)
        if not parent:
            self._refuse(row, InAreas.NO_PARENT_FOUND, "parent", row.code)
        elif parent == row.code:
            self._refuse(row, InAreas.OWN_PARENT, "parent", row.code)
        elif parent in self.rows and parent not in self.known:
            if self._circular(row.code):
                self._refuse(row, InAreas.ROUND, "parent", row.code)
            else:
                self.stored.new.append(replace(row, parent=parent))
        elif parent not in self.known or not self.known[parent].mine:
            self._refuse(row, InAreas.NO_SUCH_PARENT, "parent", parent)
        else:
            self.stored.new.append(replace(row, parent=parent))

    def _refuse(self, row: AreaRow, kind: InAreas, column: str, seen: str) -> None:
        self.problems.append(self._records[row.code].problem(kind, column, seen=excerpt(seen)))

    def _parent(self, row: AreaRow) -> str:
        return row.parent or next((code for code in _above(row.code) if code in self.known or code in self.rows), "")

    def _circular(self, code: str) -> bool:
        seen: set[str] = set()
        while code in self.rows and code not in self.known:
            if code in seen:
                return True
            seen.add(code)
            code = self._parent(self.rows[code])
        return False

    def _compare(self, row: AreaRow, there: Known) -> None:
        """An area that is there: name, level and households may change; an empty cell changes nothing."""
        pairs = {
            "name": (row.name, there.name),
            "name_en": (row.name_en or there.name_en, there.name_en),
            "kind": (row.kind, there.kind),
            "households": (there.households if row.households is None else row.households, there.households),
        }
        changes = tuple(name for name, (new, old) in pairs.items() if new != old)
        if changes:
            self.stored.changed.append(replace(row, parent=there.parent or "", changes=changes))
        else:
            self.stored.same += 1


def _levels() -> Text:
    """The spellings of an area's level that a file may use."""
    return Text("、".join(word for word in KINDS if not word.isascii()), ", ".join(dict.fromkeys(KINDS.values())))


def _above(code: str) -> list[str]:
    """Codes that an area of ``code`` may stand under, nearest first, by the 2-2-2-3-3 digits of codes."""
    if "-" in code:
        return [code.partition("-")[0]]
    return [
        above + "0" * (len(code) - len(above))
        for length in (9, 6, 4, 2)
        if length < len(code) and (above := code[:length]) + "0" * (len(code) - length) != code
    ]


def _picture(stored: AreaChanges) -> Picture:
    rows = stored.changed + stored.new
    return Picture(
        caption=Text("文件里的地区", "Areas of the file"),
        heads=(
            Text("行", "Row"),
            Text("做什么", "What happens"),
            Text("名称", "Name"),
            Text("级别", "Level"),
            Text("代码", "Code"),
            Text("上级", "Parent"),
            Text("户数", "Households"),
        ),
        rows=[
            (one.row, _done(one), _called(one), _level(one.kind), one.code, one.parent or None, one.households)
            for one in rows[:_SHOWN]
        ],
        of=len(rows),
        plain=frozenset({0}),
    )


def _done(row: AreaRow) -> Text:
    if not row.changes:
        return Text("新增", "new")
    fields = [_TITLES[name] for name in row.changes]
    return Text("改" + "、".join(one.zh for one in fields), "change " + ", ".join(one.en for one in fields))


def _level(kind: str) -> Text:
    return LEVELS.get(kind, Text(kind))


def _called(row: AreaRow) -> str:
    return f"{row.name} {row.name_en}".strip()
