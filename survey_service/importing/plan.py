"""What each column of a file is taken for: data that a person can look at, correct, store and use again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

MISSING_MARK = "-"  # in front of a kind of missing, where a value is said to mean one: no option has such a code


class Target(StrEnum):
    IGNORE = "ignore"
    PERSONAL = "personal"  # addresses, names, telephone numbers: never taken in
    CASE = "case"  # names the case of the row
    COMMUNITY = "community"
    ANSWER = "answer"  # one variable
    OPTION = "option"  # ticks or ranks one option, or holds one part of a place
    SERIAL = "serial"  # 序号, when and how long: kept beside the answers
    SUBMITTED = "submitted"
    SECONDS = "seconds"


BESIDE = (Target.SERIAL, Target.SUBMITTED, Target.SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPlan:
    """One column. ``values``: what a person said of values that are no code and no label of the question: its code,
    or ``-no_answer``, ``-refused`` and the like."""

    head: str
    target: Target = Target.IGNORE
    variable: str = ""
    option: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    sure: bool = False  # suggested with certainty

    def to_json(self) -> dict[str, Any]:
        kept = {"head": self.head, "target": self.target.value, "variable": self.variable, "option": self.option}
        made: dict[str, Any] = {name: one for name, one in kept.items() if one}
        if self.values:
            made["values"] = dict(self.values)
        if self.sure:
            made["sure"] = True
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    columns: tuple[ColumnPlan, ...]
    community: str = ""  # code of the community of rows that name neither a case nor one
    survey_platform: bool = False  # an export of 问卷星: (跳过), (空), -3 and -2 are no answers

    @property
    def has_answers(self) -> bool:
        return any(column.target in (Target.ANSWER, Target.OPTION) for column in self.columns)

    def place(self, target: Target) -> int | None:
        return next((place for place, column in enumerate(self.columns) if column.target is target), None)

    def with_column(self, place: int, **changes: Any) -> ImportPlan:
        columns = list(self.columns)
        columns[place] = replace(columns[place], **changes)
        return replace(self, columns=tuple(columns))

    def to_json(self) -> dict[str, Any]:
        return {
            "columns": [column.to_json() for column in self.columns],
            "community": self.community,
            "survey_platform": self.survey_platform,
        }


def plan_from_json(stored: Mapping[str, Any]) -> ImportPlan:
    """The plan that ``to_json`` wrote. Raises KeyError, TypeError or ValueError where it is none."""
    return ImportPlan(
        columns=tuple(
            ColumnPlan(
                head=str(one["head"]),
                target=Target(one["target"]),
                variable=str(one.get("variable", "")),
                option=str(one.get("option", "")),
                values={str(seen): str(code) for seen, code in one.get("values", {}).items()},
                sure=one.get("sure") is True,
            )
            for one in stored["columns"]
        ),
        community=str(stored.get("community", "")),
        survey_platform=bool(stored.get("survey_platform", False)),
    )
