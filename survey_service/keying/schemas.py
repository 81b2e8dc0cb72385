"""The form as a keyer sees it: rows in the order of the paper, each with the codes that can be typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One box to fill."""

    variable: str
    number: str  # as printed: 3, or 5.2 for a row of a matrix; empty for the words behind 其他
    label: str
    kind: str  # one, several, number, date, text
    codes: tuple[tuple[str, str], ...] = ()  # code and label
    minimum: str = ""
    maximum: str = ""
    decimals: int = 0
    max_length: int | None = None
    required: bool = False
    asked_if: tuple[Any, ...] = ()  # condition trees that must all hold
    exclusive: tuple[str, ...] = ()  # several: codes that rule out the others

    def for_script(self) -> dict[str, Any]:
        """What ``keying.js`` needs besides the page itself."""
        return {
            "variable": self.variable,
            "number": self.number,
            "kind": self.kind,
            "codes": [list(code) for code in self.codes],
            "minimum": self.minimum,
            "maximum": self.maximum,
            "decimals": self.decimals,
            "required": self.required,
            "askedIf": list(self.asked_if),
            "exclusive": list(self.exclusive),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetSection:
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A whole form in one language."""

    title: str
    form_number: str
    sections: tuple[SheetSection, ...]
    contradictions: tuple[tuple[Any, str, str], ...]  # condition tree, last variable of it, message

    @property
    def rows(self) -> list[Row]:
        return [row for section in self.sections for row in section.rows]

    def for_script(self) -> dict[str, Any]:
        return {
            "rows": [row.for_script() for row in self.rows],
            "contradictions": [
                {"tree": tree, "variable": variable, "message": message}
                for tree, variable, message in self.contradictions
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFound:
    """The case whose serial was typed."""

    case_id: UUID
    area_id: UUID
    number: str
    community: str
    keyed: bool  # has its complete response already


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one keyer has done today."""

    forms: int
    per_hour: int | None  # None before there is something to divide by


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMessage:
    """What is to be looked at in one box."""

    variable: str
    message: str
    hard: bool
