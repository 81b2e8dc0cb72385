"""A file of people: persons of each area by sex and age group, on one day."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from questionnaires.ages import Ages, ages
from questionnaires.text import Text
from survey_service.areas.area_file import CODE_COLUMN, Known, whole_number
from survey_service.areas.queries import COMMUNITY_KINDS
from survey_service.areas.registers import WORDS as UNUSABLE
from survey_service.areas.registers import Candidate, by_age, made_of, usable
from survey_service.areas.words import DECLARED, REGISTERS, InAreas
from survey_service.errors import BadInput
from survey_service.models import RegisterKind
from survey_service.tabular.problems import TableProblem, excerpt
from survey_service.uploads.looked import Cell, Looked, Picture
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
_SHOWN: Final = 200  # areas of the picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What is said of counts as a whole: their day, the kind of register, and where they come from."""

    as_of: date
    register: RegisterKind
    source: str


@dataclass(slots=True, kw_only=True)
class PopulationCounts:
    """What a file of people would do: persons by (sex, age group) of each area, and what was said of them."""

    said: Declaration
    counts: dict[str, dict[tuple[str, str], int]] = field(default_factory=dict)
    persons: int = 0


def age_group(typed: str) -> str:
    """``18-29`` or ``75+`` from how offices write it: 18—29岁, 18至29, 75岁及以上; empty where it is none of these."""
    text = unicodedata.normalize("NFKC", typed).replace("岁", "").replace(" ", "")
    text = re.sub(r"[—–－~～至到]+", "-", text)
    text = re.sub(r"(及|和)?以上$", "+", text)
    found = ages(text)
    return str(found) if found else ""


def declared(typed: Mapping[str, str], today: date) -> Declaration:
    """What was said of the counts; BadInput where their source, their day or the kind of register is missing."""
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
    return Declaration(as_of=day, register=register_of(typed), source=typed["source"])


def register_of(typed: Mapping[str, str]) -> RegisterKind:
    """The kind of register that was chosen; BadInput where none was."""
    if typed.get("register") not in DECLARED:
        raise BadInput(
            zh="请选人口数的口径：常住人口、实有人口还是户籍人口。不清楚时，请问给出这份数的部门。",
            en="Say what the counts are of: usual residents, the actual population or the household register. Where "
            "you do not know, ask the office that gave them.",
        )
    return RegisterKind(typed["register"])


def judge_people(
    records: Iterable[Record],
    known: Mapping[str, Known],
    there: Iterable[str],
    said: Declaration,
    today: date,
) -> Looked[PopulationCounts]:
    """Every row judged; ``there``: codes of areas that have counts of that day already."""
    problems: list[TableProblem] = []
    stored, taken = PopulationCounts(said=said), frozenset(there)
    for record in records:
        _take(record, stored, problems, known, taken)
    areas, persons = len(stored.counts), stored.persons
    people = f"{persons:,} {'person' if persons == 1 else 'persons'} in {areas} {'area' if areas == 1 else 'areas'}"
    day, source, kind = said.as_of, said.source, REGISTERS[said.register].name
    use = _use(stored, [code for code in stored.counts if known[code].kind in COMMUNITY_KINDS], today)
    return Looked(
        stored=stored,
        problems=problems,
        counts={"areas": areas, "persons": persons},
        summary=Text(
            f"{areas} 个地区，一共 {persons:,} 人，{kind.zh}，{day}，出处：{source}。{use.zh}",
            f"{people}, {kind.en}, {day}, source: {source}. {use.en}",
        ),
        pictures=[_picture(stored)],
    )


def _use(stored: PopulationCounts, communities: Sequence[str], today: date) -> Text:
    """What the counts of the file's communities are good for, before they are stored."""
    if not communities:
        return Text(
            "结果只按社区的人口数校准，文件里没有社区。", "Figures are calibrated to counts of communities only."
        )
    said = stored.said
    candidate = Candidate(
        kind=said.register, as_of=said.as_of, sources=(said.source,), communities=frozenset(communities)
    )
    cells = (
        (code, group, sex, persons) for code in communities for (sex, group), persons in stored.counts[code].items()
    )
    reason = usable(made_of(candidate, cells), today)
    if reason is None:
        return Text("可以用来校准结果。", "Figures can be calibrated to it.")
    words = UNUSABLE[reason]
    return Text(f"默认不用它校准结果：{words.zh}", f"Figures are not calibrated to it by default: {words.en}")


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
    ages_ = Ages.of(group)
    clash = next((held for of, held in cells if of == sex and Ages.of(held).overlaps(ages_)), None)
    if clash is not None:
        problems.append(record.problem(InAreas.OVERLAP, "age_group", seen=group, other=clash))
        return
    cells[sex, group] = persons
    stored.persons += persons


def _picture(stored: PopulationCounts) -> Picture:
    return Picture(
        caption=Text("文件里的地区", "Areas of the file"),
        heads=(
            Text("代码", "Code"),
            Text("从几岁起", "From age"),
            Text("年龄组", "Age groups"),
            Text("人数", "Persons"),
        ),
        rows=[_row(code, cells) for code, cells in list(stored.counts.items())[:_SHOWN]],
        of=len(stored.counts),
    )


def _row(code: str, cells: Mapping[tuple[str, str], int]) -> tuple[Cell, ...]:
    groups = by_age(group for _, group in cells)
    return code, Ages.of(groups[0]).first, Text("、".join(groups), ", ".join(groups)), sum(cells.values())
