"""What the page of a wave's analysis plan shows, as values. They are computed in another process than the server's,
which takes them in without importing the statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
class Choices:
    """What the form offers for this wave."""

    margins: tuple[Choice, ...]  # values of ``plan_form.Margins``
    groups: tuple[Choice, ...]  # age, sex, mode
    questions: tuple[Choice, ...]  # the same by the answers to one
    intervals: tuple[Choice, ...]
    reliabilities: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The form as it was sent."""

    kept: Mapping[str, str]
    groups: tuple[str, ...]


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
    faults: Mapping[str, Text] = field(default_factory=dict)  # beside a box
    text: str = ""  # canonical; empty where it cannot be read
    changes: tuple[Said, ...] = ()
    steps: tuple[Step, ...] = ()
    trouble: tuple[Trouble, ...] = ()

    @property
    def may_be_stored(self) -> bool:
        return bool(self.text and self.changes and not self.trouble and not self.faults)
