"""The tables of closed questions as plain values: computed in another process, shown and written by the server's."""

from __future__ import annotations

from dataclasses import dataclass

from questionnaires.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One answer's share, as it may be published."""

    option: str  # code
    name: Text
    printed: str  # 86.2, ≥88; — where hidden
    interval: str
    value: float | None  # per cent, as printed; None where it is hidden or told by an end only
    low: float | None
    high: float | None
    decimals: int
    mark: str  # shown, coarse, end, hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionArea:
    level: str  # city, street
    code: str
    name: Text
    respondents: int  # who answered the question: the base
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionTable:
    """One closed question, or a row of one."""

    variable: str
    text: Text
    of: Text | None  # the question, where this is a row of it
    several: bool
    missing: tuple[tuple[Text, int], ...]  # why there is no answer, and how often, in the city
    areas: tuple[QuestionArea, ...]  # the city, then its streets where they may stand
    without_streets: Text | None  # why they may not


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionTables:
    tables: tuple[QuestionTable, ...]
    level: float
    notes: tuple[Text, ...] = ()
    questions: tuple[tuple[str, Text], ...] = ()  # id and short name of every question that has a table
    chosen: str = ""  # the question that was asked for; empty: all of them
    tests: tuple[TestShown, ...] = ()  # of the plan


@dataclass(frozen=True, slots=True)
class CrosstabRow:
    name: Text
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class CoefficientLine:
    """One predictor; ``value`` is an odds ratio in a logistic regression."""

    name: Text
    value: str
    interval: str
    chance: str  # p = 0.012


@dataclass(frozen=True, slots=True, kw_only=True)
class TestShown:
    """What came of one test that the plan names."""

    __test__ = False  # not a test case of pytest's

    title: Text
    said: Text  # the result in a sentence, or why there is none
    rows: tuple[CrosstabRow, ...] = ()
    coefficients: tuple[CoefficientLine, ...] = ()
    of_coefficients: Text | None = None  # what the numbers are: odds ratios, percentage points
