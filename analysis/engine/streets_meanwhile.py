"""Groups of streets held against everybody else of the street: nothing else of a wave rests on them, so that they can
be made elsewhere while all other figures are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from analysis.arrays import FloatArray
from analysis.auxiliaries import Calibration
from analysis.case_columns import CaseColumns
from analysis.engine.figures import Asked, Respondents
from analysis.engine.street_groups import StreetGroups, in_streets, street_groups
from analysis.plan import AnalysisPlan
from analysis.second_processor import elsewhere, processors

_WORTH = 1_000_000
"""Answers (respondents by indicators) from which on another process is worth its start."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Grouped:
    """What they are made of."""

    columns: CaseColumns
    weight: FloatArray  # (respondents,)
    calibration: Calibration | None
    indicators: Sequence[Asked]
    plan: AnalysisPlan

    @property
    def respondents(self) -> Respondents:
        return Respondents.of(self.columns, self.weight, self.calibration, self.indicators, self.plan)


@contextmanager
def streets_meanwhile(given: Grouped) -> Iterator[Callable[[], dict[str, tuple[StreetGroups, ...]]]]:
    """Calling what is given waits for them; of a small wave, or with one processor, they are made then."""
    large = len(given.weight) * len(given.indicators) >= _WORTH and in_streets(given.columns, given.plan)
    with elsewhere(_of_streets, [given], shared=large and processors() > 1) as found:
        yield lambda: found()[0]


def _of_streets(given: Grouped) -> dict[str, tuple[StreetGroups, ...]]:
    return street_groups(given.columns, given.respondents)
