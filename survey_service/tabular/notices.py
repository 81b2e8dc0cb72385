"""What a reader mended in a file or found odd. It stops nothing, and is told once for every column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Self

from questionnaires.text import Text
from survey_service.tabular.problems import Value, filled


class NoticeKind(Enum):
    """Tables of notices are its heirs: a member's name is the code, its value the Chinese and the English."""

    zh: str
    en: str

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en

    @property
    def code(self) -> str:
        return self.name.lower()


class TableNotice(str):
    """A notice of the reader: the English sentence, as records of commands and of drawn samples keep it."""

    __slots__ = ("kind", "values")
    kind: NoticeKind
    values: dict[str, Value]

    @classmethod
    def of(cls, kind: NoticeKind, **values: Value) -> Self:
        made = cls(filled(kind.en, values, "en"))
        made.kind, made.values = kind, values
        return made

    @property
    def text(self) -> Text:
        return Text(filled(self.kind.zh, self.values, "zh"), str(self))


@dataclass(slots=True, kw_only=True)
class Noticed:
    """All notices of one kind in one column, with the first rows; no column: the whole file."""

    kind: NoticeKind
    column: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    count: int = 0

    @property
    def zh(self) -> str:
        return filled(self.kind.zh, self.values, "zh")

    @property
    def en(self) -> str:
        return filled(self.kind.en, self.values, "en")

    def to_json(self) -> dict[str, Any]:
        return {"column": self.column, "rows": self.rows, "count": self.count, "zh": self.zh, "en": self.en}


def noticed(one: TableNotice) -> Noticed:
    return Noticed(kind=one.kind, column=str(one.values.get("column", "")), values=one.values)


def places(cells: Sequence[tuple[int, str]], *, more: bool) -> Text:
    """Cells by row and column."""
    rest = " …" if more else ""
    return Text(
        "，".join(f"第 {row} 行“{column}”列" for row, column in cells) + rest,
        "; ".join(f'row {row}, column "{column}"' for row, column in cells) + rest,
    )
