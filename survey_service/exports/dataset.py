"""What every format of an export is made of: columns with their labels and kinds of missing, and rows in blocks.

A value is a number, a text, or a day as ``YYYY-MM-DD``. A number that is missing for a known reason is a code of
``Variable.missing``, the codes of the house's codebook (-9 no answer, -8 don't know, -7 refused, -6 not asked, -5
illegible) unless the answers themselves come near them; NaN where nothing could be asked: whoever did not answer at
all. A text that is missing is empty, and the column beside it, ``<name>_given``, says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from questionnaires.model import Missing, Questionnaire
from questionnaires.text import Text

if TYPE_CHECKING:
    import pandas as pd

    from analysis.case_columns import PopulationRegister
    from analysis.plan import AnalysisPlan
    from questionnaires.indicators import Indicator

NAME_LENGTH = 28
"""ASCII characters of the longest name of a column: Stata takes 32, and pyreadstat calls the labels of a column by its
name with a number of up to four digits behind."""


class Measure(StrEnum):
    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    SCALE = "scale"
    TEXT = "text"


class Holds(StrEnum):
    """What a cell of the column is."""

    WHOLE = "whole"  # a whole number, or NaN
    NUMBER = "number"
    TEXT = "text"
    DAY = "day"  # a text YYYY-MM-DD
    CLOCK = "clock"  # a text HH:MM, of 24 hours

    @property
    def in_words(self) -> bool:
        """Whether a cell is a text until a format makes something else of it; an empty one is missing."""
        return self in (Holds.TEXT, Holds.DAY, Holds.CLOCK)


class Role(StrEnum):
    """What a column is there for."""

    DESIGN = "design"  # how the case was drawn, and where it lies
    OUTCOME = "outcome"  # what became of it
    WEIGHTING = "weighting"  # what the weights were made of: classes, margins, age and sex as used
    WEIGHT = "weight"
    INDICATOR = "indicator"  # numerator and denominator of a rate
    ANSWER = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One column."""

    name: str  # ASCII, at most NAME_LENGTH, unique in its data set whatever the case of its letters
    label: Text
    measure: Measure
    holds: Holds
    role: Role
    values: tuple[tuple[int | str, Text], ...] = ()  # codes and what they mean; without those of ``missing``
    missing: Mapping[Missing, int] = field(default_factory=dict)
    missing_labels: Mapping[Missing, Text] = field(default_factory=dict)  # as the questionnaire words them
    decimals: int = 0
    question: str | None = None  # id in the questionnaire
    source: str = ""  # what it is called in the questionnaire: q4.lamps, q5.2, awareness
    codes: Mapping[int, str] = field(default_factory=dict)  # code here -> code there, where they differ
    asked_if: tuple[str, ...] = ()  # sources of the conditions of section and question
    unit: Text | None = None
    rule: Text | None = None  # how an answer had to look: how many options might be chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class CutName:
    """A name or a label that had to be shortened, and for which format ("" : for all)."""

    of: str  # the column's name
    what: str  # name, label, value 3
    whole: str
    cut: str
    format: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """A margin that the weights meet: ``column`` holds the cell of every respondent, joined where it had to be."""

    column: str
    label: Text
    totals: Mapping[str, float]  # cell -> adults of the register


class Blocks(Protocol):
    """The rows from ``start`` on, block by block: columns as ``variables`` name them, in their order. Called again it
    begins again, with the same rows in the same order."""

    def __call__(self, start: int = 0) -> Iterator[pd.DataFrame]: ...


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Dataset:
    """The cases of one wave, in an order drawn for this export."""

    survey: str  # keys
    wave: str
    title: Text  # of the questionnaire
    release: str | None  # number of the newest edition, where the wave is released
    variables: tuple[Variable, ...]
    rows: int
    blocks: Blocks
    notes: tuple[Text, ...]  # weights and design in words
    plan: AnalysisPlan
    questionnaire: Questionnaire
    indicators: tuple[Indicator, ...]  # of the plan, with the wave's own targets
    names: Mapping[tuple[str, str], str]  # ("y" or "x", indicator) -> column
    register: PopulationRegister | None = None
    margins: tuple[Margin, ...] = ()
    cut: tuple[CutName, ...] = ()
    texts: bool = False  # whether open answers are in it
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of age and sex, in their order
    adults_known: bool = False  # of every household, so that weights are of persons

    def variable(self, name: str) -> Variable:
        """KeyError where there is none."""
        for one in self.variables:
            if one.name == name:
                return one
        raise KeyError(name)

    def of(self, role: Role) -> tuple[Variable, ...]:
        return tuple(one for one in self.variables if one.role is role)

    @property
    def stages(self) -> tuple[str, ...]:
        """Columns of the drawn units, outermost first."""
        known = ("psu", "household")
        named = {one.name for one in self.variables}
        further = sorted((one for one in named if one.startswith("unit_")), key=lambda one: int(one[5:]))
        return (*(one for one in known if one in named), *further)
