"""What can be wrong with a definition file: a catalogue of codes, and a problem that says where and what to do."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum


class Code(Enum):
    """Every problem that ``load`` can report: number and name. A number is never given a new meaning."""

    UNREADABLE = ("Q001", "file cannot be read")
    SYNTAX = ("Q002", "not YAML")
    UNKNOWN_TYPE = ("Q003", "unknown question type")
    UNKNOWN_FIELD = ("Q004", "unknown field")
    MISSING_FIELD = ("Q005", "missing field")
    WRONG_KIND = ("Q006", "wrong kind of value")
    UNQUOTED_CODE = ("Q007", "unquoted code")
    REPEATED_FIELD = ("Q008", "field given twice")
    FORBIDDEN_YAML = ("Q009", "YAML that is not read here")
    BAD_NAME = ("Q010", "unusable id or code")
    DUPLICATE_ID = ("Q011", "duplicate id")
    DUPLICATE_CODE = ("Q012", "duplicate code")
    MISSING_TRANSLATION = ("Q013", "missing translation")
    UNKNOWN_SCALE = ("Q014", "unknown scale")
    UNKNOWN_WORD = ("Q015", "unknown word")
    OUT_OF_LIMITS = ("Q016", "too much or too little")
    BAD_RANGE = ("Q017", "impossible range")
    NOT_FOR_TYPE = ("Q018", "field of another question type")
    MISPLACED_EXCLUSIVE = ("Q019", "exclusive outside multiple choice")
    MISSING_TWICE = ("Q020", "two options with one meaning of missing")
    PLACEHOLDER = ("Q021", "placeholder that nothing fills")
    STANDS_FOR = ("Q022", "age or sex that cannot be read")
    POINTS = ("Q023", "points that are no row of numbers")
    LIST = ("Q024", "list that cannot be used")
    NEVER_OFFERED = ("Q025", "option that is never offered")
    LANGUAGE_IN_PART = ("Q028", "language in part")  # told of a sound file, as is the next
    OTHER_SCRIPT = ("Q029", "text in another script")
    CONDITION_SYNTAX = ("Q030", "condition cannot be understood")
    CONDITION_UNKNOWN = ("Q031", "condition on an unknown question")
    CONDITION_LATER = ("Q032", "condition on a later question")
    CONDITION_CODE = ("Q033", "condition on an unknown code")
    CONDITION_KIND = ("Q034", "condition of the wrong kind")
    UNREACHABLE = ("Q035", "unreachable question")
    DAY_OF_ANSWERING = ("Q036", "day of answering where it is not known")
    INDICATOR_UNKNOWN = ("Q040", "indicator on an unknown question")
    INDICATOR_CODE = ("Q041", "indicator on an unknown code")
    INDICATOR_PART = ("Q042", "index on an unknown indicator")
    INDEX_CYCLE = ("Q043", "index that contains itself")
    BAD_SCORES = ("Q044", "scores that do not fit")
    BAD_WEIGHTS = ("Q045", "weights that do not fit")
    BAD_TARGET = ("Q046", "target out of range")
    NOT_FOR_KIND = ("Q047", "field does not fit the kind of indicator")
    OVERLAP = ("Q048", "codes counted twice")
    NEVER_COUNTS = ("Q049", "code that never counts")
    BAD_DRAW = ("Q050", "blocks that cannot be drawn")
    NEVER_TOGETHER = ("Q051", "figure of blocks that are never asked together")

    @property
    def number(self) -> str:
        return self.value[0]

    @property
    def title(self) -> str:
        return self.value[1]


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file; line and column are counted from 1, the column in characters."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    code: Code
    location: Location
    message: str  # what was seen
    hint: str = ""  # the way out

    def __str__(self) -> str:
        """Two lines: ``file:line:column  code  name`` and, indented, what was seen and the way out."""
        detail = f"{self.message}; {self.hint}" if self.hint else self.message
        return f"{self.location}  {self.code.number}  {self.code.title}\n    {detail}"

    def to_json(self) -> dict[str, object]:
        return {
            "code": self.code.number,
            "title": self.code.title,
            "file": self.location.file,
            "line": self.location.line,
            "column": self.location.column,
            "message": self.message,
            "hint": self.hint,
        }


class DefinitionProblems(Exception):
    """Every problem of a definition at once; nothing was loaded."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(listing(self.problems))


def listing(problems: Sequence[Problem]) -> str:
    """The problems as a person reads them, with their count below."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return "\n".join([*map(str, problems), f"{count}; nothing was loaded."])


def as_json(problems: Sequence[Problem], remarks: Sequence[Problem] = ()) -> str:
    """``remarks``: what is told of sound definitions; the name is left out where nothing is."""
    told = {"problems": [problem.to_json() for problem in problems]}
    if remarks:
        told["remarks"] = [problem.to_json() for problem in remarks]
    return json.dumps(told, ensure_ascii=False, indent=2)


def did_you_mean(seen: str, known: Iterable[str]) -> str:
    """A hint with the nearest known word, or with all of them where they are few; empty where neither helps."""
    words = list(dict.fromkeys(known))
    near = difflib.get_close_matches(seen, words, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{near[0]}"?'
    if 0 < len(words) <= 12:
        return "known here: " + ", ".join(words)
    return ""
