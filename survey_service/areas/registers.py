"""The register of a city's residents: what is known of its counts, and whether figures may be calibrated to it.

A register is all communities of a city counted on one day by one kind of register. Pure: rows come from
``queries.register_of_city``, and the day that age is measured from comes in as an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Final

from questionnaires.ages import Ages
from questionnaires.model import Sex
from questionnaires.text import Text
from survey_service.models import RegisterKind

ADULT_FROM: Final = 18
OLDEST: Final = 99
"""A last age group that is written with an end reaches the highest age from here on: 75-99 is 75+."""
MOST_YEARS: Final = 2
"""A register is used by default while it is at most so old: people move, and the young move most."""
USABLE_KINDS: Final = (RegisterKind.USUAL_RESIDENTS, RegisterKind.ACTUAL_POPULATION)

Cell = tuple[str, str]
"""Age group (18-29, 75+) and sex (male, female)."""


class Unusable(StrEnum):
    """Why no figures are calibrated to a city's register by default. The nearer to being usable the earlier it stands;
    where several counts are there, the one with the earliest reason is told about."""

    UNEVEN_CELLS = "uneven_cells"
    AGES_MISSING = "ages_missing"
    STARTS_TOO_OLD = "starts_too_old"
    AGES_STRADDLE = "ages_straddle"
    MIXED = "mixed"
    COMMUNITIES_MISSING = "communities_missing"
    TOO_OLD = "too_old"
    UNDECLARED = "undeclared"
    HOUSEHOLD_REGISTER = "household_register"
    NONE_IMPORTED = "none_imported"


WORDS: Final[Mapping[Unusable, Text]] = {
    Unusable.UNEVEN_CELLS: Text(
        "各社区人口数的年龄组、性别不一样，或者缺一种性别，合不成全市的人口结构。请按同样的年龄组、分男女重新导入，换一个日期。",
        "The communities are counted in different age groups or sexes, or one sex is missing, so that they do not make "
        "one population of the city. Import them again by the same age groups and both sexes, with another day.",
    ),
    Unusable.AGES_MISSING: Text(
        "人口数的年龄组中间缺一段，或者没有到最高年龄。请补全年龄组，最后一组写成 75+ 这样，重新导入，换一个日期。",
        "The age groups of the counts have a gap or end before the highest age. Complete them, the last one as 75+, "
        "and import them again, with another day.",
    ),
    Unusable.AGES_STRADDLE: Text(
        "人口数有一个年龄组跨过调查的起始年龄，分不出调查对象。请把年龄组在起始年龄处分开，重新导入，换一个日期。",
        "An age group of the counts reaches across the age at which the survey begins. Divide it there and import the "
        "counts again, with another day.",
    ),
    Unusable.STARTS_TOO_OLD: Text(
        "人口数的最低年龄高于调查的起始年龄，缺最年轻的调查对象。请导入从调查起始年龄算起的人口数。",
        "The counts begin at a higher age than the survey, so the youngest of those who are asked are missing. Import "
        "counts from the age at which the survey begins.",
    ),
    Unusable.MIXED: Text(
        "各社区的人口数不是同一天、同一种口径，不能放在一起用。请导入同一天、同一种口径的人口数。",
        "The communities are counted on different days or by different registers, which are not put together. Import "
        "counts of one day and one register.",
    ),
    Unusable.COMMUNITIES_MISSING: Text(
        "有的社区没有人口数，合不成全市的人口。请补上这些社区同一天、同一种口径的人口数。",
        "Some communities have no counts, so that they do not make the population of the city. Import those of the "
        "same day and register.",
    ),
    Unusable.TOO_OLD: Text(
        f"人口数已超过 {MOST_YEARS} 年。请导入较新的常住人口或实有人口。",
        f"The counts are more than {MOST_YEARS} years old. Import newer ones of usual residents or actual population.",
    ),
    Unusable.UNDECLARED: Text(
        "人口数没有说明是常住、实有还是户籍。请地区管理员在“人口数的口径”里说明。",
        "It was not said whether the counts are of usual residents, the actual population or the household register. "
        "Ask an administrator to declare it under “Kinds of population counts”.",
    ),
    Unusable.HOUSEHOLD_REGISTER: Text(
        "户籍人口里没有住在本地的外来人口，却有搬走的人；调查对象含流动人口时，按它校准反而更偏。",
        "A household register lacks migrants who live here and keeps people who moved away; where the survey is about "
        "all who live here, calibrating to it adds bias.",
    ),
    Unusable.NONE_IMPORTED: Text(
        "还没有导入社区的人口数。请导入常住人口或实有人口。",
        "No counts of the communities were imported. Import those of usual residents or the actual population.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """That one community was counted."""

    community: str  # its code
    kind: RegisterKind
    as_of: date
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The people of a city's communities by age group and sex, of one day and one kind of register.

    ``age_groups`` are those of the file, by their first year, those of children too; ``counts`` holds persons by the
    code of the community.
    """

    kind: RegisterKind
    as_of: date
    sources: tuple[str, ...]
    age_groups: tuple[str, ...]
    sexes: tuple[str, ...]
    counts: Mapping[str, Mapping[Cell, int]]
    missing: tuple[str, ...] = ()  # communities of the city that have no count of this kind and day
    counted_otherwise: tuple[
        str, ...
    ] = ()  # of those, with a count of a usable kind on another day or by the other kind

    @property
    def uneven(self) -> tuple[str, ...]:
        """Communities that lack a cell of an age group and a sex which others have: zero, or forgotten."""
        every = {(group, sex) for group in self.age_groups for sex in self.sexes}
        return tuple(code for code, cells in self.counts.items() if cells.keys() != every)

    @property
    def lower_age(self) -> int:
        """The age at which the count begins, in full years; 0 where it holds no cell."""
        return min((Ages.of(group).first for group in self.age_groups), default=0)

    def from_age(self, first: int) -> Register:
        """Without the groups that end below ``first``. ValueError where one reaches across it."""
        kept = tuple(group for group in self.age_groups if not _below(Ages.of(group), first))
        if any(Ages.of(group).first < first for group in kept):
            raise ValueError(f"an age group of {self.age_groups} reaches across {first} years")
        return replace(
            self,
            age_groups=kept,
            counts={
                code: {cell: persons for cell, persons in cells.items() if cell[0] in kept}
                for code, cells in self.counts.items()
            },
        )

    def joined(self, groups: Mapping[str, str]) -> Register:
        """The same people in coarser age groups; ``groups`` leads from each of the register's to the coarser one."""
        counts: dict[str, dict[Cell, int]] = {}
        for code, cells in self.counts.items():
            summed = counts.setdefault(code, {})
            for (group, sex), persons in cells.items():
                summed[groups[group], sex] = summed.get((groups[group], sex), 0) + persons
        return replace(self, age_groups=tuple(dict.fromkeys(groups[group] for group in self.age_groups)), counts=counts)

    def totals(self) -> dict[str, int]:
        """Persons of each community."""
        return {code: sum(cells.values()) for code, cells in self.counts.items()}

    def by_age_and_sex(self) -> dict[Cell, int]:
        """Persons of the city by age group and sex, zeros too."""
        return {
            (group, sex): sum(cells.get((group, sex), 0) for cells in self.counts.values())
            for group in self.age_groups
            for sex in self.sexes
        }


def usable(register: Register | None, on: date, *, first_age: int = ADULT_FROM) -> Unusable | None:
    """Why figures of a survey on the day ``on`` of people from ``first_age`` are not calibrated to it by default.

    None: they are. A register of a later day than ``on`` is not too old.
    """
    if register is None:
        return Unusable.NONE_IMPORTED
    missing, otherwise = frozenset(register.missing), frozenset(register.counted_otherwise)
    if wrong := _wrong(register.kind, register.as_of, missing, otherwise, on):
        return wrong
    across = [Ages.of(one) for one in register.age_groups if not _below(Ages.of(one), first_age)]
    if any(one.first < first_age for one in across):
        return Unusable.AGES_STRADDLE
    if register.lower_age > first_age or not across:
        return Unusable.STARTS_TOO_OLD
    of_survey = register.from_age(first_age)
    if of_survey.uneven or len(register.sexes) < len(Sex):
        return Unusable.UNEVEN_CELLS
    return None if whole(across) else Unusable.AGES_MISSING


def whole(groups: Sequence[Ages]) -> bool:
    """Whether groups of ages, by their first year, follow on each other up to the highest age."""
    following = all(one.last is not None and one.last + 1 == other.first for one, other in pairwise(groups))
    return following and bool(groups) and reaches_the_oldest(groups[-1])


def reaches_the_oldest(group: Ages) -> bool:
    return group.last is None or group.last >= OLDEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """All communities that were counted on one day by one kind of register; what ``Register`` holds without persons."""

    kind: RegisterKind
    as_of: date
    sources: tuple[str, ...]
    communities: frozenset[str]
    missing: frozenset[str] = frozenset()
    counted_otherwise: frozenset[str] = frozenset()


def best(communities: Iterable[str], counted: Iterable[Counted], on: date) -> Candidate | None:
    """The newest count that may be used; else the one that is nearest to it, so that its reason can be told.

    None where no community was counted.
    """
    codes, rows = frozenset(communities), list(counted)
    fit = {one.community for one in rows if one.kind in USABLE_KINDS}
    found: dict[tuple[RegisterKind, date], list[Counted]] = {}
    for row in rows:
        found.setdefault((row.kind, row.as_of), []).append(row)
    candidates = []
    for (kind, as_of), of_day in found.items():
        there = frozenset(row.community for row in of_day)
        candidates.append(
            Candidate(
                kind=kind,
                as_of=as_of,
                sources=tuple(sorted({row.source for row in of_day})),
                communities=there,
                missing=codes - there,
                counted_otherwise=(codes - there) & fit,
            )
        )
    return min(candidates, key=lambda one: _nearness(one, on), default=None)


def _nearness(one: Candidate, on: date) -> tuple[int, int, int, int]:
    wrong = _wrong(one.kind, one.as_of, one.missing, one.counted_otherwise, on)
    severity = 0 if wrong is None else 1 + list(Unusable).index(wrong)
    return severity, -one.as_of.toordinal(), len(one.missing), list(RegisterKind).index(one.kind)


def _wrong(
    kind: RegisterKind, as_of: date, missing: frozenset[str], otherwise: frozenset[str], on: date
) -> Unusable | None:
    """What can be told without the persons."""
    if kind is RegisterKind.HOUSEHOLD_REGISTER:
        return Unusable.HOUSEHOLD_REGISTER
    if kind is RegisterKind.UNDECLARED:
        return Unusable.UNDECLARED
    if _years_before(on, MOST_YEARS) > as_of:
        return Unusable.TOO_OLD
    if not missing:
        return None
    return Unusable.MIXED if missing <= otherwise else Unusable.COMMUNITIES_MISSING


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def by_age(groups: Iterable[str]) -> tuple[str, ...]:
    """Age groups by their first year, each once."""
    return tuple(sorted(frozenset(groups), key=lambda group: (Ages.of(group).first, Ages.of(group).last or 999)))


def made_of(candidate: Candidate, cells: Iterable[tuple[str, str, str, int]]) -> Register:
    """The register of a candidate; ``cells``: community, age group, sex and persons."""
    counts: dict[str, dict[Cell, int]] = {code: {} for code in sorted(candidate.communities)}
    for code, group, sex, persons in cells:
        counts[code][group, sex] = persons
    cells_of_any = [cell for of_community in counts.values() for cell in of_community]
    sexes = frozenset(sex for _, sex in cells_of_any)
    return Register(
        kind=candidate.kind,
        as_of=candidate.as_of,
        sources=candidate.sources,
        age_groups=by_age(group for group, _ in cells_of_any),
        sexes=tuple(sex for sex in Sex if sex in sexes),
        counts=counts,
        missing=tuple(sorted(candidate.missing)),
        counted_otherwise=tuple(sorted(candidate.counted_otherwise)),
    )


def _below(group: Ages, first: int) -> bool:
    return group.last is not None and group.last < first
