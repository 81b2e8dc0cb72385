"""A file of areas, or of their people: read, judged row by row against what is there, and only then taken in, whole.

Nothing here writes: a file becomes a ``Plan``, which says what would be added and changed, and what is wrong where.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from questionnaires.text import Text
from survey_service.outside.tables import read_sheet
from survey_service.tabular.harmless import as_meant
from survey_service.tabular.problems import TableError

CODE = re.compile(r"[0-9]{6,12}(-[0-9]{1,4})?")
KINDS: Final[Mapping[str, str]] = {
    "市": "city", "城市": "city", "区县": "district", "区": "district", "县": "district", "县级市": "district",
    "街道": "street", "镇": "town", "乡": "town", "社区": "community", "居委会": "community", "村": "village",
    "村委会": "village", "网格": "grid", "city": "city", "district": "district", "county": "district",
    "street": "street", "town": "town", "community": "community", "village": "village", "grid": "grid",
}  # fmt: skip
"""How levels are written, and what is stored. The level is a label: the depth of the tree is data."""
MOST_ROWS = 60_000
SEXES: Final[Mapping[str, str]] = {
    "男": "male", "男性": "male", "male": "male", "m": "male",
    "女": "female", "女性": "female", "female": "female", "f": "female",
}  # fmt: skip
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("代码", "区划代码", "统计用区划代码", "地区代码", "code", "area_code"),
    "name": ("名称", "地区名称", "地区", "name", "name_zh"),
    "name_en": ("英文名称", "英文名", "name_en", "english"),
    "kind": ("级别", "类型", "类别", "kind", "level"),
    "parent": ("上级代码", "上级", "上级区划代码", "parent", "parent_code"),
    "households": ("户数", "总户数", "households"),
    "sex": ("性别", "sex", "gender"),
    "age_group": ("年龄组", "年龄", "年龄段", "age_group", "age"),
    "persons": ("人数", "人口", "人口数", "persons", "population", "count"),
}
HEAD: Final[Mapping[str, str]] = {name: heads[0] for name, heads in COLUMNS.items()}
_HEADS: Final = tuple(head for heads in COLUMNS.values() for head in heads)
_AGES = re.compile(r"(\d{1,3})(?:-(\d{1,3})|\+)")


@dataclass(frozen=True, slots=True)
class Fault:
    """``row`` as a spreadsheet counts: the heads are row 1. None: the file or a whole column."""

    row: int | None
    column: str
    message: Text


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
class Plan:
    """What a file of areas would do."""

    faults: list[Fault] = field(default_factory=list)
    new: list[AreaRow] = field(default_factory=list)
    changed: list[AreaRow] = field(default_factory=list)
    same: int = 0


@dataclass(slots=True, kw_only=True)
class CountPlan:
    """What a file of people would do: persons by (sex, age group) of each area."""

    faults: list[Fault] = field(default_factory=list)
    counts: dict[str, dict[tuple[str, str], int]] = field(default_factory=dict)
    persons: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    row: int
    cells: Mapping[str, str]

    def get(self, name: str) -> str:
        return self.cells.get(name, "")


# ------------------------------------------------------------------ the file


def read(source: str, data: bytes, needed: Sequence[str]) -> tuple[list[Record], list[Fault]]:
    """Records by our names of the columns. Without the columns that are ``needed`` there are none, and faults."""
    try:
        sheet = read_sheet(source, data, _HEADS)
        frame, _ = sheet.typed(labels=sheet.columns)
    except TableError as error:
        return [], [Fault(one.row, one.column or "", _in_chinese(one.message, one.remedy)) for one in error.problems]
    known = {head: name for name, heads in COLUMNS.items() for head in heads}
    names = {head: known.get(unicodedata.normalize("NFKC", head).strip().lower()) for head in sheet.columns}
    faults = [
        _fault(None, HEAD[name], f"文件里没有“{HEAD[name]}”这一列。第 1 行要写列名。", f"There is no column “{name}”.")
        for name in needed
        if name not in names.values()
    ]
    taken = [name for name in names.values() if name]
    faults += [
        _fault(None, HEAD[name], f"有两列都是“{HEAD[name]}”，请只留一列。", f"Two columns are “{name}”; keep one.")
        for name in dict.fromkeys(taken)
        if taken.count(name) > 1
    ]
    if len(frame) > MOST_ROWS:
        faults.append(
            _fault(None, "", f"超过 {MOST_ROWS} 行，请分成几个文件。", f"More than {MOST_ROWS} rows; split it.")
        )
    if faults:
        return [], faults
    heads = {head: name for head, name in names.items() if name}
    records = []
    for position, values in enumerate(frame[list(heads)].fillna("").itertuples(index=False, name=None)):
        cells = {name: as_meant(str(value)) for name, value in zip(heads.values(), values, strict=True)}
        if any(cells.values()):
            records.append(Record(sheet.row(position), cells))
    if not records:
        faults.append(_fault(None, "", "列名下面没有数据。", "There are no rows below the heads."))
    return records, faults


_SAID = (
    ("have the same heads", "有两张工作表的列名差不多，不知道用哪一张。请只留一张。"),
    ("took too", "文件太大，没有读完。请只留要用的行和列，另存为 CSV。"),
    ("other files are being read", "正在读别人的文件。请等一分钟，再选一次这个文件。"),
    ("Split the file", "文件太大，读不了。请分成几个文件，或者只留要用的列。"),
    ("only the columns", "文件里的字太多，读不了。请只留要用的列。"),
    ("hold no answers", "列太多，读不了。请去掉不用的列。"),
    ("Shorten it", "有一格的字太多。请缩短；也可能有一个引号没有成对，把好几行并成了一格。"),
    ("unpacks to", "文件展开后太大，读不了。请只留要导入的那张表，另存为 CSV。"),
    ("merged", "有合并的单元格。请取消合并，在每一行都写上值。"),
    ("old .xls", "这是旧的 .xls 格式。请另存为 .xlsx，或另存为 UTF-8 的 CSV。"),
    ("Excel has rounded", "长数字被 Excel 改成了科学记数，后几位已经丢失。请把这一列设成文本，重新导出。"),
    ("no heads", "第 1 行没有列名。第 1 行要写列名，上面不要有标题行。"),
    ("have this head", "有几列的列名相同，请给每列不同的名字。"),
    ("but no head", "有一列有数据，却没有列名。请写上列名，或删掉这一列。"),
    ("cells", "这一行的格数和列名不一样多。请检查有没有多余的逗号或换行。"),
)


def _in_chinese(message: str, remedy: str) -> Text:
    said = next((chinese for sign, chinese in _SAID if sign in f"{message} {remedy}"), "")
    return Text(said or "文件在这里读不出来。请另存为 .xlsx，或另存为 UTF-8 的 CSV，再试一次。", f"{message}. {remedy}")


def _fault(row: int | None, column: str, chinese: str, english: str) -> Fault:
    return Fault(row, column, Text(chinese, english))


# ------------------------------------------------------------------ areas


def plan_areas(records: Iterable[Record], known: Mapping[str, Known]) -> Plan:
    """Every row judged: codes, names, levels, parents (by code where none is named), household counts."""
    plan = Plan()
    rows: dict[str, AreaRow] = {}
    for record in records:
        judged = _area_row(record, plan.faults)
        if judged is None:
            continue
        if judged.code in rows:
            first = rows[judged.code].row
            plan.faults.append(
                _fault(judged.row, HEAD["code"], f"代码和第 {first} 行相同。", f"The same code as in row {first}.")
            )
            continue
        rows[judged.code] = judged
    for code, row in rows.items():
        _place(row, rows, known, plan) if code not in known else _compare(row, known[code], plan)
    return plan


def _area_row(record: Record, faults: list[Fault]) -> AreaRow | None:
    code, name, kind = record.get("code"), record.get("name"), record.get("kind").lower()
    found = len(faults)
    if not CODE.fullmatch(code):
        faults.append(
            _fault(
                record.row,
                HEAD["code"],
                f"“{code}”不是区划代码：6 到 12 位数字，网格后面加短横和序号，如 110101001002-03。",
                f"“{code}” is no area code: 6 to 12 digits, for a grid a dash and a number, as in 110101001002-03.",
            )
        )
    if not name or len(name) > 60:
        faults.append(
            _fault(record.row, HEAD["name"], "名称要写，最多 60 个字。", "A name is needed, at most 60 letters.")
        )
    if len(record.get("name_en")) > 120:
        faults.append(_fault(record.row, HEAD["name_en"], "英文名称最多 120 个字母。", "At most 120 letters."))
    level = KINDS.get(kind) or ("grid" if not kind and "-" in code else None)
    if level is None:
        words = "、".join(word for word in KINDS if not word.isascii())
        faults.append(
            _fault(
                record.row, HEAD["kind"], f"级别“{kind}”不认识，请写：{words}。", f"“{kind}” is no level: {_levels()}."
            )
        )
    households = _whole(record, "households", faults)
    if len(faults) > found or level is None:
        return None
    return AreaRow(
        row=record.row, code=code, name=name, name_en=record.get("name_en"), kind=level, parent=record.get("parent"),
        households=households,
    )  # fmt: skip


def _levels() -> str:
    return ", ".join(dict.fromkeys(KINDS.values()))


def _whole(record: Record, name: str, faults: list[Fault], *, needed: bool = False) -> int | None:
    typed = unicodedata.normalize("NFKC", record.get(name)).replace(",", "").removesuffix(".0")
    if not typed and not needed:
        return None
    if not typed.isascii() or not typed.isdigit() or int(typed) > 100_000_000:
        faults.append(
            _fault(
                record.row,
                HEAD[name],
                f"“{record.get(name)}”不是人数或户数，请写 0 或更大的整数。",
                f"“{record.get(name)}” is no count; write a whole number of 0 or more.",
            )
        )
        return None
    return int(typed)


def _place(row: AreaRow, rows: Mapping[str, AreaRow], known: Mapping[str, Known], plan: Plan) -> None:
    """A new area under its parent: an area of the database that is the person's, or another new one of the file."""
    parent = row.parent or next((code for code in _above(row.code) if code in known or code in rows), "")
    if not parent:
        said = "找不到上级。请在“上级代码”列写上级的代码。", "No area above it was found; give its parent's code."
        plan.faults.append(_fault(row.row, HEAD["parent"], *said))
    elif parent == row.code:
        plan.faults.append(_fault(row.row, HEAD["parent"], "上级不能是自己。", "An area is not its own parent."))
    elif parent in rows and parent not in known:
        if _circular(row.code, rows, known):
            plan.faults.append(
                _fault(row.row, HEAD["parent"], "上级绕了一圈又回到自己。", "Its parents lead round to itself.")
            )
        else:
            plan.new.append(_with_parent(row, parent))
    elif parent not in known or not known[parent].mine:
        said = f"没有上级“{parent}”，或它不归您管。", f"There is no parent “{parent}”, or it is not yours."
        plan.faults.append(_fault(row.row, HEAD["parent"], *said))
    else:
        plan.new.append(_with_parent(row, parent))


def _with_parent(row: AreaRow, parent: str, changes: tuple[str, ...] = ()) -> AreaRow:
    return AreaRow(
        row=row.row, code=row.code, name=row.name, name_en=row.name_en, kind=row.kind, parent=parent,
        households=row.households, changes=changes,
    )  # fmt: skip


def _above(code: str) -> list[str]:
    """Codes that an area of ``code`` may stand under, nearest first, by the 2-2-2-3-3 digits of codes."""
    if "-" in code:
        return [code.partition("-")[0]]
    return [
        above + "0" * (len(code) - len(above))
        for length in (9, 6, 4, 2)
        if length < len(code) and (above := code[:length]) + "0" * (len(code) - length) != code
    ]


def _circular(code: str, rows: Mapping[str, AreaRow], known: Mapping[str, Known]) -> bool:
    seen: set[str] = set()
    while code in rows and code not in known:
        if code in seen:
            return True
        seen.add(code)
        code = rows[code].parent or next((one for one in _above(code) if one in known or one in rows), "")
    return False


def _compare(row: AreaRow, there: Known, plan: Plan) -> None:
    """An area that is there: name, level and households may change; an empty cell changes nothing."""
    if not there.mine:
        said = f"代码 {row.code} 已经有了，不归您管。", f"{row.code} is there already and not yours."
        plan.faults.append(_fault(row.row, HEAD["code"], *said))
    elif row.parent and row.parent != (there.parent or ""):
        plan.faults.append(
            _fault(
                row.row,
                HEAD["parent"],
                f"系统里它的上级是 {there.parent or '（最上级）'}。导入不能移动地区，请改回或留空。",
                f"Its parent here is {there.parent or '(the top)'}. An import moves no area: leave it empty.",
            )
        )
    else:
        pairs = {
            "name": (row.name, there.name),
            "name_en": (row.name_en or there.name_en, there.name_en),
            "kind": (row.kind, there.kind),
            "households": (there.households if row.households is None else row.households, there.households),
        }
        changes = tuple(name for name, (new, old) in pairs.items() if new != old)
        if changes:
            plan.changed.append(_with_parent(row, there.parent or "", changes))
        else:
            plan.same += 1


# ------------------------------------------------------------------ people


def age_group(typed: str) -> str:
    """``18-29`` or ``75+`` from how offices write it: 18—29岁, 18至29, 75岁及以上; empty where it is none of these."""
    text = unicodedata.normalize("NFKC", typed).replace("岁", "").replace(" ", "")
    text = re.sub(r"[—–－~～至到]+", "-", text)
    text = re.sub(r"(及|和)?以上$", "+", text)
    match = _AGES.fullmatch(text)
    if match is None or (match[2] and int(match[2]) < int(match[1])):
        return ""
    return f"{int(match[1])}-{int(match[2])}" if match[2] else f"{int(match[1])}+"


def _bounds(group: str) -> tuple[int, int]:
    first, _, last = group.rstrip("+").partition("-")
    return int(first), int(last) if last else 200


def plan_counts(records: Iterable[Record], known: Mapping[str, Known], there: Iterable[str]) -> CountPlan:
    """Every row judged; ``there``: codes of areas that have counts of the same day already."""
    plan, taken = CountPlan(), frozenset(there)
    for record in records:
        code, sex, group = record.get("code"), SEXES.get(record.get("sex").lower()), age_group(record.get("age_group"))
        found = len(plan.faults)
        if code not in known or not known[code].mine:
            said = f"没有代码是“{code}”的地区，或它不归您管。", f"There is no area “{code}”, or it is not yours."
            plan.faults.append(_fault(record.row, HEAD["code"], *said))
        elif code in taken:
            said = (
                f"{code} 在这一天的人口已经有了，不会被改写。",
                f"{code} has counts of this day; they are not overwritten.",
            )
            plan.faults.append(_fault(record.row, HEAD["code"], *said))
        if sex is None:
            plan.faults.append(_fault(record.row, HEAD["sex"], "性别请写“男”或“女”。", "Write male or female."))
        if not group:
            plan.faults.append(
                _fault(
                    record.row, HEAD["age_group"], "年龄组请写成 18-29 或 75+。", "Write age groups as 18-29 or 75+."
                )
            )
        persons = _whole(record, "persons", plan.faults, needed=True)
        if len(plan.faults) > found or sex is None or persons is None:
            continue
        cells = plan.counts.setdefault(code, {})
        clash = next((held for of, held in cells if of == sex and _overlap(held, group)), None)
        if clash is not None:
            said = f"年龄组 {group} 和前面的 {clash} 重叠。", f"Age group {group} overlaps {clash} above."
            plan.faults.append(_fault(record.row, HEAD["age_group"], *said))
            continue
        cells[sex, group] = persons
        plan.persons += persons
    return plan


def _overlap(one: str, other: str) -> bool:
    (first, last), (begin, end) = _bounds(one), _bounds(other)
    return first <= end and begin <= last
