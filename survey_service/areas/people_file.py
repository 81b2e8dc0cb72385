"""A file of people: persons of each area by sex and age group, on one day."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from questionnaires.text import Text
from survey_service.areas.area_file import CODE_COLUMN, Known, whole_number
from survey_service.areas.words import InAreas
from survey_service.errors import BadInput
from survey_service.tabular.problems import TableProblem, excerpt
from survey_service.uploads.looked import Looked, Picture
from survey_service.uploads.records import Column, Record

SEXES: Final[Mapping[str, str]] = {
    "男": "male",
    "男性": "male",
    "male": "male",
    "m": "male",
    "女": "female",
    "女性": "female",
    "female": "female",
    "f": "female",
}
COLUMNS: Final = (
    CODE_COLUMN,
    Column(name="sex", heads=("性别", "sex", "gender"), needed=True),
    Column(name="age_group", heads=("年龄组", "年龄", "年龄段", "age_group", "age"), needed=True),
    Column(name="persons", heads=("人数", "人口", "人口数", "persons", "population", "count"), needed=True),
)
_AGES = re.compile(r"(\d{1,3})(?:-(\d{1,3})|\+)")
_SHOWN: Final = 200  # areas of the picture


@dataclass(slots=True, kw_only=True)
class PopulationCounts:
    """What a file of people would do: persons by (sex, age group) of each area."""

    counts: dict[str, dict[tuple[str, str], int]] = field(default_factory=dict)
    persons: int = 0


def age_group(typed: str) -> str:
    """``18-29`` or ``75+`` from how offices write it: 18—29岁, 18至29, 75岁及以上; empty where it is none of these."""
    text = unicodedata.normalize("NFKC", typed).replace("岁", "").replace(" ", "")
    text = re.sub(r"[—–－~～至到]+", "-", text)
    text = re.sub(r"(及|和)?以上$", "+", text)
    match = _AGES.fullmatch(text)
    if match is None or (match[2] and int(match[2]) < int(match[1])):
        return ""
    return f"{int(match[1])}-{int(match[2])}" if match[2] else f"{int(match[1])}+"


def day_of(typed: Mapping[str, str], today: date) -> date:
    """The day of the counts; BadInput where it, or their source, is missing."""
    if not typed["source"] or len(typed["source"]) > 120:
        raise BadInput(
            zh="请写人口数的出处，最多 120 个字，例如：2025 年人口变动情况抽样调查。",
            en="Name the source of the counts in at most 120 letters, such as: population register.",
        )
    try:
        day = date.fromisoformat(typed["as_of"])
    except ValueError:
        raise BadInput(
            zh="请填人口数的日期，如 2026-06-30。", en="Give the day of the counts, such as 2026-06-30."
        ) from None
    if day > today:
        raise BadInput(zh="人口数的日期在今天之后，请核对。", en="The day of the counts lies ahead; check it.")
    return day


def judge_people(
    records: Iterable[Record], known: Mapping[str, Known], there: Iterable[str], day: date, source: str
) -> Looked[PopulationCounts]:
    """Every row judged; ``there``: codes of areas that have counts of that day already."""
    problems: list[TableProblem] = []
    stored, taken = PopulationCounts(), frozenset(there)
    for record in records:
        _take(record, stored, problems, known, taken)
    areas, persons = len(stored.counts), stored.persons
    people = f"{persons:,} {'person' if persons == 1 else 'persons'} in {areas} {'area' if areas == 1 else 'areas'}"
    return Looked(
        stored=stored,
        problems=problems,
        counts={"areas": areas, "persons": persons},
        summary=Text(
            f"{areas} 个地区，一共 {persons:,} 人，{day}，出处：{source}。", f"{people}, {day}, source: {source}."
        ),
        pictures=[_picture(stored)],
    )


def _take(
    record: Record,
    stored: PopulationCounts,
    problems: list[TableProblem],
    known: Mapping[str, Known],
    taken: frozenset[str],
) -> None:
    code, sex, group = record.get("code"), SEXES.get(record.get("sex").lower()), age_group(record.get("age_group"))
    found = len(problems)
    if code not in known or not known[code].mine:
        problems.append(record.problem(InAreas.NO_AREA, "code", seen=excerpt(code)))
    elif code in taken:
        problems.append(record.problem(InAreas.COUNTED, "code", seen=code))
    if sex is None:
        problems.append(record.problem(InAreas.NO_SEX, "sex", seen=excerpt(record.get("sex"))))
    if not group:
        problems.append(record.problem(InAreas.NO_AGE_GROUP, "age_group", seen=excerpt(record.get("age_group"))))
    persons = whole_number(record, "persons", problems, needed=True)
    if len(problems) > found or sex is None or persons is None:
        return
    cells = stored.counts.setdefault(code, {})
    clash = next((held for of, held in cells if of == sex and _overlap(held, group)), None)
    if clash is not None:
        problems.append(record.problem(InAreas.OVERLAP, "age_group", seen=group, other=clash))
        return
    cells[sex, group] = persons
    stored.persons += persons


def _bounds(group: str) -> tuple[int, int]:
    first, _, last = group.rstrip("+").partition("-")
    return int(first), int(last) if last else 200


def _overlap(one: str, other: str) -> bool:
    (first, last), (begin, end) = _bounds(one), _bounds(other)
    return first <= end and begin <= last


def _picture(stored: PopulationCounts) -> Picture:
    return Picture(
        caption=Text("文件里的地区", "Areas of the file"),
        heads=(Text("代码", "Code"), Text("年龄组数", "Cells"), Text("人数", "Persons")),
        rows=[(code, len(cells), sum(cells.values())) for code, cells in list(stored.counts.items())[:_SHOWN]],
        of=len(stored.counts),
    )
