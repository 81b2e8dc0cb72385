"""What the page of a wave's analysis plan shows, as values. They are computed in another process than the server's,
which takes them in without importing the statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from questionnaires.text import Text


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the plan, or one that differs; ``before`` is None where nothing is held against it."""

    name: Text
    now: Text
    before: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The weights after one step of weighting; figures as printed."""

    name: Text
    did: Text
    kish: str
    ratio: str  # largest over median
    effective: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One category of a margin. Per cents as printed."""

    name: Text
    respondents: int
    register: str
    unweighted: str
    before: str
    after: str
    apart: str  # points between the register and the weights before, with a sign
    together: bool  # several categories that were joined


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginShown:
    key: str  # for addresses within the page
    name: Text
    cells: tuple[Cell, ...]
    left_out: int  # cells that are not listed: those that differ least


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why weights cannot be made by the plan, and what to change."""

    what: Text
    remedy: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLine:
    """A headline rate of the city: by the plan, and with one step left out each time."""

    name: Text
    unit: str
    by_plan: str
    others: tuple[str, ...]  # in the order of ``PlanShown.sensitivities``


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class TestChoices:
    """What the rows of tests and models offer for this wave."""

    __test__ = False  # not a test case of pytest's

    kinds: tuple[Choice, ...]
    indicators: tuple[Choice, ...]  # outcomes of all but crosstabs
    yes_no: frozenset[str]  # of them those that are a yes or a no
    classifications: tuple[Choice, ...]  # outcomes of crosstabs, and what anything is held against
    classes: Mapping[str, int]  # of every classification, how many there are

    @property
    def names(self) -> Mapping[str, Text]:
        return {one.value: one.name for one in (*self.classifications, *self.indicators)}


MOST_BY: Final = 8


def box(row: int, name: str) -> str:
    """The name of a field of a row of tests: ``tests-0-kind``."""
    return f"tests-{row}-{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledTest:
    """A row of the form: one test or model, as it was sent; what is empty was not chosen."""

    kind: str = ""
    outcome: str = ""
    by: tuple[str, ...] = ()
    dropped: bool = False

    @property
    def boxes(self) -> tuple[str, ...]:
        """What its boxes for ``by`` hold: one more than are filled, at least two."""
        return (*self.by, "", "")[: min(max(len(self.by) + 1, 2), MOST_BY)]

    @property
    def empty(self) -> bool:
        return self.dropped or not (self.kind or self.outcome or self.by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the form offers for this wave."""

    margins: tuple[Choice, ...]  # values of ``plan_form.Margins``
    groups: tuple[Choice, ...]  # age, sex, mode
    questions: tuple[Choice, ...]  # the same by the answers to one
    intervals: tuple[Choice, ...]
    reliabilities: tuple[Choice, ...]
    tests: TestChoices


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The form as it was sent."""

    kept: Mapping[str, str]
    groups: tuple[str, ...]
    tests: tuple[FilledTest, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanShown:
    text: str  # canonical
    sha256: str
    lines: tuple[Said, ...]
    by_default: bool  # nobody has changed it
    why_none: Text | None  # why nothing is calibrated, and the way out
    weighed: Weighing
    sensitivities: tuple[Text, ...]
    rates: tuple[RateLine, ...]  # empty before the figures are open
    kept: Mapping[str, str]  # the boxes of the form
    chosen_groups: tuple[str, ...]
    tests: tuple[FilledTest, ...]
    choices: Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """What became of the weights by one plan."""

    steps: tuple[Step, ...]
    margins: tuple[MarginShown, ...] = ()
    notes: tuple[Text, ...] = ()  # joined, drawn, trimmed
    trouble: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A plan that somebody asks about: what it changes, and what it would do to the weights."""

    kept: Mapping[str, str]  # the boxes of the form, as they were filled in
    chosen_groups: tuple[str, ...]
    tests: tuple[FilledTest, ...] = ()
    faults: Mapping[str, Text] = field(default_factory=dict)  # beside a box
    text: str = ""  # canonical; empty where it cannot be read
    changes: tuple[Said, ...] = ()
    steps: tuple[Step, ...] = ()
    trouble: tuple[Trouble, ...] = ()

    @property
    def may_be_stored(self) -> bool:
        return bool(self.text and self.changes and not self.trouble and not self.faults)
