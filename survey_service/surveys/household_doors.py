"""Where a household of a list lives: put together from the list's columns, and held against what must not stand in it.

Names, telephone and identity numbers are no part of a door. What looks like one is told by its cell; a whole column of
names, by its head.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import unique
from typing import TYPE_CHECKING, Final
from uuid import UUID

from questionnaires.personal_numbers import NAMES, personal_numbers
from questionnaires.text import Text
from survey_service.tabular.problems import ProblemKind, TableProblem, excerpt, problem
from survey_service.uploads.looked import Picture, Select
from survey_service.uploads.records import Column, Record

if TYPE_CHECKING:
    from survey_service.tabular import Sheet

COLUMNS: Final = (
    Column(
        name="door",
        heads=("门牌", "地址", "住址", "详细地址", "门牌地址", "门牌号", "门牌号码", "家庭住址", "address", "door"),
        first=True,
    ),
    Column(
        name="building",
        heads=("楼栋", "楼号", "栋", "幢", "栋号", "幢号", "楼栋号", "building", "block"),
        first=True,
    ),
    Column(name="entrance", heads=("单元", "单元号", "entrance", "staircase"), first=True),
    Column(name="room", heads=("室", "室号", "房号", "房间", "房间号", "户室", "room", "flat"), first=True),
)
NO_COLUMN: Final = "-"  # chosen: the list has no column of addresses
LONGEST: Final = 80
_WORDS: Final = {"door": "", "building": "号楼", "entrance": "单元", "room": "室"}
_BARE: Final = re.compile(r"[0-9A-Za-z]{1,6}|[东南西北中甲乙丙丁一二三四五六七八九十]{1,3}")
_NAME: Final = re.compile(r"[\u4e00-\u9fff·]{2,5}")  # two to five characters and no digit: nobody's door alone
_NO_NAME: Final = re.compile(r"[0-9号楼栋幢座室村组街路巷弄里苑区院园庄屯寨]")
_MOST_NAMES: Final = 0.5  # of a column's cells
_PERSONAL: Final = re.compile(r"姓名|户主|联系人|名字|电话|手机|身份证|证件|name|phone|mobile|id.?card", re.IGNORECASE)


@unique
class InDoors(ProblemKind):
    PERSONAL = (
        "门牌里有{what}",
        "门牌只写楼栋、单元、室，把号码删掉。",
        "the address holds {what}",
        "An address is building, entrance and flat; take the number out.",
    )
    NAMES = (
        "这一列像是姓名，不是门牌",
        "把姓名这一列删掉，门牌另放一列，列名写“门牌”。",
        "this column looks like names, not like addresses",
        "Take the names out, and put the addresses into a column called “address”.",
    )
    TOO_LONG = (
        "门牌太长，最多 80 个字[[：“{seen}”]]",
        "只写信封上要看到的：路、号、楼栋、单元、室。",
        "the address is too long, at most 80 characters[[: “{seen}”]]",
        "Write what has to be seen on the envelope: street, number, building, entrance, flat.",
    )


def chosen(head: str) -> tuple[Column, ...]:
    """The columns that are read of a list whose column of addresses is ``head``; "": as it is called usually."""
    typed = unicodedata.normalize("NFKC", head).strip().lower()
    if not typed:
        return COLUMNS
    if typed == NO_COLUMN:
        return ()
    door, *others = COLUMNS
    return (replace(door, heads=(typed,)), *(one for one in others if typed not in one.heads))


def is_personal(head: str) -> bool:
    """Whether a column's head says that it holds what must not come in."""
    return _PERSONAL.search(head) is not None


def door_of(record: Record) -> str:
    """The door as it stands in a window: 仁和里88号 and 3, 2, 501 become 仁和里88号3号楼2单元501室."""
    parts = []
    for column in COLUMNS:
        cell = " ".join(record.get(column.name).split())
        bare = _BARE.fullmatch(cell) is not None
        parts.append(f"{cell}{_WORDS[column.name]}" if bare else cell)
    return "".join(parts)


def judge_door(record: Record, door: str) -> list[TableProblem]:
    """What must not stand in it. What was found is named by its kind, never repeated."""
    column = next((one.name for one in COLUMNS if record.get(one.name)), "door")
    found = [
        record.problem(InDoors.PERSONAL, one.name, what=NAMES[number.kind])
        for one in COLUMNS
        for number in personal_numbers(record.get(one.name))[:1]
    ]
    if len(door) > LONGEST:
        found.append(record.problem(InDoors.TOO_LONG, column, seen=excerpt(door[:20])))
    return found


def judge_column(records: Sequence[Record], doors: Sequence[str]) -> list[TableProblem]:
    """Whether the column of addresses holds names. An estate's name beside columns of building and flat is none."""
    told = [door for door in doors if door]
    names = [door for door in told if _NAME.fullmatch(door) and not _NO_NAME.search(door)]
    head = records[0].heads.get("door", "") if records else ""
    if told and (len(names) > _MOST_NAMES * len(told) or is_personal(head)):
        return [problem(InDoors.NAMES, row=1, column=head)]
    return []


def of_sheet(sheet: Sheet, rows: Sequence[int]) -> tuple[tuple[str, ...], list[TableProblem]]:
    """Doors of these rows of a drawn list, where it has columns of ours; and what must not stand in them."""
    known = {head: column.name for column in COLUMNS for head in column.heads}
    heads: dict[str, str] = {}
    for head in sheet.columns:
        name = known.get(unicodedata.normalize("NFKC", head).strip().lower())
        if name:
            heads.setdefault(name, head)
    if not heads:
        return (), []
    cells = sheet.text[list(heads.values())].fillna("").itertuples(index=False, name=None)
    records = {
        sheet.row(place): Record(sheet.row(place), dict(zip(heads, map(str, values), strict=True)), heads)
        for place, values in enumerate(cells)
    }
    drawn = [records[row] for row in rows]
    doors = [door_of(record) for record in drawn]
    problems = judge_column(drawn, doors)
    for record, door in zip(drawn, doors, strict=True):
        problems += judge_door(record, door)
    return tuple(doors) if any(doors) else (), problems


def doubles(doors: Sequence[str], communities: Sequence[UUID]) -> list[tuple[int, ...]]:
    """Places in the list that have one door in one community, two and more together, in the order of the list."""
    found: dict[tuple[UUID, str], list[int]] = defaultdict(list)
    for place, (door, community) in enumerate(zip(doors, communities, strict=True)):
        if door:
            found[community, _as_key(door)].append(place)
    return [tuple(places) for places in found.values() if len(places) > 1]


def _as_key(door: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", door).casefold()))


@dataclass(frozen=True, slots=True)
class ReadAs:
    """What the columns of a file were read as: by our name of a column its head; and heads that were not read."""

    heads: Mapping[str, str]
    unread: Sequence[str]

    def picture(self) -> Picture:
        rows = [(head, _AS[name]) for name, head in self.heads.items()]
        rows += [(head, _PERSONAL_COLUMN if is_personal(head) else _NOT_READ) for head in self.unread]
        return Picture(
            caption=Text("名单的每一列怎么用", "What becomes of every column of the list"),
            heads=(Text("列名", "Column"), Text("用作", "Read as")),
            rows=rows,
        )

    def select(self) -> Select:
        """Which column has the addresses. What looks like names or numbers is not offered."""
        here = self.heads.get("door", "")
        free = [head for head in (here, *self.unread) if head and not is_personal(head)]
        return Select(
            name=DOOR_COLUMN,
            label=Text("门牌在哪一列", "Column of the addresses"),
            chosen=here or NO_COLUMN,
            options=[(NO_COLUMN, Text("没有门牌", "None")), *((head, Text(head)) for head in free)],
        )


def pictures(doors: Sequence[str] | None, communities: Sequence[UUID], units: Sequence[str]) -> list[Picture]:
    """Doors that stand more than once in a community, with the households that have them; none where none does."""
    found = doubles(doors, communities) if doors is not None else []
    if doors is None or not found:
        return []
    shown = [(doors[places[0]], "、".join(units[place] for place in places[:_SHOWN])) for places in found[:_SHOWN]]
    caption = Text(
        f"同一个社区里写了不止一次的门牌：{len(found)} 个。是两户就不用改，是重复就删掉一行",
        f"Addresses that a community has more than once: {len(found)}. Two households may stay; take doubles out",
    )
    return [
        Picture(
            caption=caption,
            heads=(Text("门牌", "Address"), Text("户编号", "Numbers")),
            rows=shown,
            of=len(found),
        )
    ]


DOOR_COLUMN: Final = "door_column"
_SHOWN: Final = 20
_AS: Final = {
    "household": Text("户编号", "Number"),
    "community": Text("社区", "Community"),
    "grid": Text("网格", "Grid"),
    "adults": Text("成年人数", "Adults"),
    "door": Text("门牌：封存", "Address: sealed"),
    "building": Text("门牌的楼栋：封存", "Address, building: sealed"),
    "entrance": Text("门牌的单元：封存", "Address, entrance: sealed"),
    "room": Text("门牌的室：封存", "Address, flat: sealed"),
}
_NOT_READ: Final = Text("不读、不存", "Neither read nor kept")
_PERSONAL_COLUMN: Final = Text("像是姓名或号码：不读、不存", "Looks like names or numbers: neither read nor kept")
