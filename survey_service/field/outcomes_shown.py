"""Outcomes of a wave as its page shows them: rates of AAPOR by community and mode, and the codes that occurred."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar
from uuid import UUID

from analysis.dispositions import response_rates_of_counts
from analysis.final_outcomes import NO_REPLY, NOT_TRIED
from analysis.outcome_codes import OUTCOME_CODES, OutcomeMode
from analysis.results import ResponseRates
from questionnaires.text import Text
from survey_service.field.queries import OutcomeCount
from survey_service.fieldwork.outcomes import AAPOR, outcomes_recorded
from survey_service.fieldwork.words import outcome_words
from survey_service.models import OUTCOME_MODES, Disposition, ListedUnit, Mode

Group = TypeVar("Group", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Of some cases. ``told``: whether it is known of anybody why they did not answer; no rate is shown otherwise."""

    counts: Mapping[Disposition, int]
    never_tried: int  # nobody has been there and no letter was made
    rates: ResponseRates
    told: bool

    @property
    def cases(self) -> int:
        return sum(self.counts.values())

    @property
    def answered_share(self) -> float:
        return self.counts.get(Disposition.COMPLETE, 0) / self.cases if self.cases else 0.0

    @classmethod
    def of(cls, counted: Iterable[OutcomeCount]) -> Outcomes:
        counts: Counter[Disposition] = Counter()
        never = 0
        for one in counted:
            counts[one.disposition] += one.cases
            if one.disposition is Disposition.UNKNOWN and not (one.visited or one.invited):
                never += one.cases
        rates = response_rates_of_counts(
            {AAPOR[kind]: cases for kind, cases in counts.items()}, valid=counts[Disposition.COMPLETE], by_mode={}
        )
        told = outcomes_recorded(kind for kind in counts if counts[kind])
        return cls(counts=counts, never_tried=never, rates=rates, told=told)


NOBODY: Final = Outcomes.of(())


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLine:
    """How many cases ended with one code of one mode."""

    mode: OutcomeMode
    code: str
    words: Text
    cases: int


def by_community(counted: Sequence[OutcomeCount]) -> dict[UUID, Outcomes]:
    return _grouped((one.area_id, one) for one in counted)


def by_first_mode(counted: Sequence[OutcomeCount]) -> dict[Mode, Outcomes]:
    return _grouped((one.first_mode, one) for one in counted)


def by_grid(counted: Sequence[OutcomeCount]) -> dict[tuple[UUID, str], Outcomes]:
    """By community and grid."""
    return _grouped(((one.area_id, one.grid), one) for one in counted)


def grid_holders(counted: Sequence[OutcomeCount]) -> dict[tuple[UUID, str], set[UUID]]:
    """By community and grid: to whom its cases were given."""
    found: dict[tuple[UUID, str], set[UUID]] = {}
    for one in counted:
        if one.interviewer is not None:
            found.setdefault((one.area_id, one.grid), set()).add(one.interviewer)
    return found


def hardest(grids: Mapping[Group, Outcomes], most: int) -> list[tuple[Group, Outcomes]]:
    """Those where the least of the cases came to an answer, at most so many of them."""
    return sorted(grids.items(), key=lambda line: (line[1].answered_share, str(line[0])))[:most]


def by_interviewer(counted: Sequence[OutcomeCount]) -> dict[UUID, Outcomes]:
    """Of the cases that were given to somebody."""
    return _grouped((one.interviewer, one) for one in counted if one.interviewer is not None)


def by_code(counted: Sequence[OutcomeCount], unit: ListedUnit = ListedUnit.HOUSEHOLD) -> list[CodeLine]:
    """In the order of AAPOR's tables, those that occurred. Cases of which nothing was told stand under 3.11 or 3.19."""
    found: Counter[tuple[OutcomeMode, str]] = Counter()
    for one in counted:
        found[_code(one)] += one.cases
    return [
        CodeLine(mode=mode, code=one.code, words=outcome_words(one.code, mode, unit), cases=found[mode, one.code])
        for mode, codes in OUTCOME_CODES.items()
        for one in codes
        if found[mode, one.code]
    ]


_OF_CLASS: Mapping[Disposition, str] = {
    Disposition.COMPLETE: "1.1",
    Disposition.PARTIAL: "1.2",
    Disposition.REFUSAL: "2.10",
    Disposition.NONCONTACT: "2.20",
    Disposition.OTHER: "2.30",
    Disposition.UNKNOWN: "3.90",
    Disposition.NOT_ELIGIBLE: "4.10",
}
"""Of cases whose class alone was kept, before there were visits."""


def _code(one: OutcomeCount) -> tuple[OutcomeMode, str]:
    mode = one.mode or OUTCOME_MODES[one.first_mode]
    if one.code is not None:
        return mode, one.code
    if one.disposition is Disposition.UNKNOWN:
        return mode, NO_REPLY if one.invited and mode is OutcomeMode.WEB else NOT_TRIED
    return mode, _OF_CLASS[one.disposition]


def _grouped(pairs: Iterable[tuple[Group, OutcomeCount]]) -> dict[Group, Outcomes]:
    groups: dict[Group, list[OutcomeCount]] = defaultdict(list)
    for key, one in pairs:
        groups[key].append(one)
    return {key: Outcomes.of(many) for key, many in groups.items()}
