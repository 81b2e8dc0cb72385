"""What is wrong in a file of data: row, column, what was seen, and the way out; all of it at once.

A problem is a code with values. Its words stand once, in Chinese and in English, in the table of the code.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, unique
from itertools import islice
from typing import Final

from questionnaires.text import Text
from survey_service.tabular.limits import MOST_TOLD

Value = str | int | float | Text | tuple[str, ...] | tuple[Text, ...]
_SHOWN = 20
_EXCERPT = 80  # characters of a cell
_ALIKE = 5  # of one column with one remedy
_PLACE: Final = re.compile(r"\{(\w+)\}")
_OPTIONAL: Final = re.compile(r"\[\[(.*?)\]\]")  # said only where every value in it says something
_SENTENCE_ENDS: Final = ("。", "！", "？", ".", "!", "?", "”")


def filled(words: str, values: Mapping[str, Value], language: str) -> str:
    """``words`` with ``values`` in their {places}; what stands between [[ and ]] goes where a value is empty."""
    plain = {name: _plain(value, language) for name, value in values.items()}
    kept = _OPTIONAL.sub(lambda part: part[1] if all(map(plain.get, _PLACE.findall(part[1]))) else "", words)
    return kept.format_map(plain)


def _plain(value: Value, language: str) -> str:
    if isinstance(value, Text):
        return value.in_language(language)
    if isinstance(value, tuple):
        return (", " if language == "en" else "、").join(_plain(one, language) for one in value)
    return str(value)


class ProblemKind(Enum):
    """Tables of problems are its heirs: a member's name is the code, its value the words.

    In this order: what is wrong and the way out in Chinese, the same in English. What is wrong has no full stop, the
    way out is a sentence of its own.
    """

    zh: str
    zh_way_out: str
    en: str
    en_way_out: str

    def __init__(self, zh: str, zh_way_out: str, en: str, en_way_out: str) -> None:
        self.zh, self.zh_way_out, self.en, self.en_way_out = zh, zh_way_out, en, en_way_out

    @property
    def code(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableProblem:
    """``row`` as a spreadsheet counts: the heads are row 1. None: the file or the whole column; see ``problem``."""

    kind: ProblemKind
    row: int | None = None
    column: str | Text = ""  # the head in the file; ours, where the file has no such column
    values: Mapping[str, Value] = field(default_factory=dict)
    alike: int = 1  # rows with the same, of which ``row`` is the first

    def head(self, language: str) -> str:
        return filled("{column}", {"column": self.column}, language)

    def message(self, language: str) -> str:
        said = filled(self.kind.en if language == "en" else self.kind.zh, self.values, language)
        said = said.replace("“”", "(blank)" if language == "en" else "（空）")
        if self.alike == 1:
            return said
        return f"{said} ({self.alike:,} rows alike)" if language == "en" else f"{said}（这样的一共 {self.alike:,} 行）"

    def way_out(self, language: str) -> str:
        return filled(self.kind.en_way_out if language == "en" else self.kind.zh_way_out, self.values, language)

    def in_language(self, language: str) -> str:
        """What is wrong and the way out, without the place."""
        message, way_out = self.message(language), self.way_out(language)
        if not way_out:
            return message
        if message.endswith(_SENTENCE_ENDS[:-1]):
            return f"{message} {way_out}" if language == "en" else f"{message}{way_out}"
        return f"{message}. {way_out}" if language == "en" else f"{message}。{way_out}"

    @property
    def zh(self) -> str:
        return self.in_language("zh")

    @property
    def en(self) -> str:
        return self.in_language("en")

    def placed(self, language: str) -> str:
        """The problem's text, led by its file, row and column."""
        return self._where(language) + self.in_language(language)

    def listed(self, language: str) -> str:
        """As a terminal shows it: place and message, the way out below."""
        return f"{self._where(language)}{self.message(language)}\n    {self.way_out(language)}".rstrip()

    def _where(self, language: str) -> str:
        if language == "en":
            row = "" if self.row is None else f"row {self.row}"
            column = f'column "{self.head("en")}"' if self.column else ""
            where = ", ".join(part for part in (row, column) if part)
            return f"{where}: " if where else ""
        column = f"“{self.head('zh')}”列" if self.column else ""
        where = ("" if self.row is None else f"第 {self.row} 行") + column
        return f"{where}：" if where else ""

    def __str__(self) -> str:
        return self.listed("en")


def problem(kind: ProblemKind, *, row: int | None = None, column: str | Text = "", **values: Value) -> TableProblem:
    """A problem with the values that the words of its kind name."""
    return TableProblem(kind=kind, row=row, column=column, values=values)


def by_cause(problems: Iterable[TableProblem]) -> list[TableProblem]:
    """One for all rows that have the same: a code that is unknown in 120 rows is one thing to mend."""
    counts: Counter[tuple[object, ...]] = Counter()
    first: dict[tuple[object, ...], TableProblem] = {}
    for one in problems:
        cause = (one.kind, str(one.column), *sorted((name, str(value)) for name, value in one.values.items()))
        first.setdefault(cause, one)
        counts[cause] += one.alike
    return [replace(one, alike=counts[cause]) for cause, one in first.items()]


@unique
class Operator(ProblemKind):
    """What a command for the operator says in its own words: those speak English only."""

    SAID = ("{message}", "{remedy}", "{message}", "{remedy}")


def in_english(*, message: str, remedy: str, row: int | None = None, column: str | None = None) -> TableProblem:
    """A problem that only a command in English can meet; no page and no file from outside comes here."""
    return problem(Operator.SAID, row=row, column=column or "", message=message, remedy=remedy)


def excerpt(cell: object) -> str:
    """A cell as a message shows it: nobody reads more of it there."""
    text = str(cell)
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"


class TableError(ValueError):
    """The file cannot be used as it is.

    ``problems``: what was found, the first MOST_TOLD of it (``more``: there are others); ``left_undone``: what was not.
    """

    def __init__(
        self, source: str, problems: Iterable[TableProblem], left_undone: str = "read", *, more: bool = False
    ) -> None:
        self.source, self._left_undone = source, left_undone
        found = tuple(islice(problems, MOST_TOLD + 1))
        self.problems = found[:MOST_TOLD]
        self.more = more or len(found) > MOST_TOLD
        super().__init__(self.told("en"))

    def told(self, language: str) -> str:
        """As a terminal shows it: the first of every kind, and how many others there are."""
        count = len(self.problems)
        seen: Counter[tuple[str, str]] = Counter()
        lines: list[str] = []
        for one in self.problems:
            alike = (one.head("en"), one.way_out("en"))
            seen[alike] += 1
            if seen[alike] <= _ALIKE and len(lines) < _SHOWN:
                lines.append(f"{self.source}: {one.listed(language)}")
        left, kinds = count - len(lines), len(seen) < _SHOWN
        if language == "en":
            least = "at least " if self.more else ""
            rest = f"… and {least}{left} more" + (" of the same kinds" if kinds else "")
            told = f"{'more than ' if self.more else ''}{count} problem{'s' if count != 1 else ''}"
            closing = f"{told}; nothing was {self._left_undone}."
        else:
            rest = f"……{'同类的' if kinds else ''}还有{'至少' if self.more else ''} {left} 处"
            closing = f"共{'超过' if self.more else ''} {count} 处要改，什么也没有做。"
        return "\n".join([*lines, *([rest] if left else []), closing])
