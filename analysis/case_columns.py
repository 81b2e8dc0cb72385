"""The cases of a wave, or of a file, as columns: how each was drawn, what became of it, and what was answered.

Nothing here knows where they come from. Arrays and tuples of texts only, so that they can lie in a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.dispositions import Disposition

DISPOSITIONS: tuple[Disposition, ...] = tuple(Disposition)
TOLD_BY = 0.9
"""Share of those who answered that has to have told the adults of its household; else figures are of households."""


_AT_ONCE = 50_000


class PackedNames(Sequence[str]):
    """Texts in one array of bytes: a million households' names need 25 MB, as texts of Python 80.

    ``bytes`` (sum of lengths,) of UTF-8, ``ends`` (names,) where each ends.
    """

    __slots__ = ("bytes", "ends")

    def __init__(self, content: np.ndarray, ends: IntArray) -> None:
        self.bytes, self.ends = content, ends

    @staticmethod
    def of(names: Sequence[str]) -> PackedNames:
        encoded = [name.encode() for name in names]
        lengths = np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded))
        return PackedNames(np.frombuffer(b"".join(encoded), dtype=np.uint8), np.cumsum(lengths))

    def __len__(self) -> int:
        return len(self.ends)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        at = range(len(self.ends))[place]  # IndexError beyond, as of a tuple
        return self.bytes[int(self.ends[at - 1]) if at else 0 : int(self.ends[at])].tobytes().decode()

    def wide(self) -> np.ndarray:
        """(names,) as bytes of the width of the longest, without a text of Python for each."""
        lengths = np.diff(self.ends, prepend=0)
        width = max(int(lengths.max(initial=0)), 1)
        found = np.zeros((len(self.ends), width), dtype=np.uint8)
        for start in range(0, len(self.ends), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            own = self.bytes[int(self.ends[start] - lengths[start]) : int(self.ends[some][-1])]
            found[some][np.arange(width) < lengths[some, None]] = own
        return found.view(f"S{width}")[:, 0]


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """A column of texts: codes into names that are sorted; -1 where there is none."""

    codes: IntArray  # (rows,)
    names: Sequence[str]

    @staticmethod
    def of(texts: Sequence[str | None], *, names: Sequence[str] | None = None) -> Labels:
        """``names``: all that may occur, in their order (default: what occurs, sorted)."""
        known = tuple(names) if names is not None else tuple(sorted({one for one in texts if one is not None}))
        place: dict[str | None, int] = {name: number for number, name in enumerate(known)}
        place[None] = -1
        return Labels(np.fromiter((place[one] for one in texts), dtype=np.int64, count=len(texts)), known)

    def take(self, rows: IntArray) -> Labels:
        return Labels(self.codes[rows], self.names)

    def categorical(self) -> pd.Categorical[str]:
        """The same as pandas has it; names that no row has stay categories."""
        return pd.Categorical.from_codes(self.codes, pd.Index(list(self.names), dtype="str"))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CaseColumns:
    """One row a case, in the order of the draw; answers by respondent, in the same order."""

    community: Labels  # names: every community of the city, asked or not
    street_of_community: IntArray  # (communities,) into ``streets``
    streets: tuple[str, ...]
    stratum: Labels
    units: tuple[Labels, ...]  # per stage, outermost first: the drawn unit; below a case's last stage it is that again
    populations: tuple[FloatArray, ...]
    """Per stage: units there are in the stratum; infinity where units had unequal chances, which count as drawn with
    replacement; 1 below the last stage."""
    adults: FloatArray  # (cases,) of the household, as the draw counted them; NaN where it did not
    weighting_class: Labels  # the grid
    probability: FloatArray  # (cases,) of inclusion over all stages, the adult too where adults are known
    disposition: IntArray  # (cases,) into DISPOSITIONS
    first_mode: Labels
    mode: Labels  # in which it was answered, -1 without an answer
    responded: BoolArray  # (cases,)
    indicators: tuple[str, ...]
    numerators: FloatArray  # (indicators, respondents) y of every pair; NaN outside the indicator's base
    denominators: FloatArray  # (indicators, respondents) x
    groups: Mapping[str, Labels]  # age, sex, ... -> of every respondent, -1 where not known
    drawn: Mapping[str, Labels] = field(default_factory=dict)
    """Age, sex -> of every respondent, drawn already where it was not answered: then nothing is drawn again."""
    told: FloatArray | None = None
    """(cases,) adults of the household as it told them, where the draw did not count them; NaN where it told none."""
    chance: FloatArray | None = None
    """(cases,) chance of whoever was chosen among the adults of the household, where a Kish table gives them another
    than 1 / adults; NaN elsewhere."""
    marked: BoolArray | None = None
    """(respondents,) whose answers came from a phone and bear a mark; None: not known, as of a file."""

    @property
    def cases(self) -> int:
        return len(self.responded)

    @property
    def respondents(self) -> IntArray:
        """Rows of those who answered, (respondents,)."""
        return np.flatnonzero(self.responded)

    @property
    def street(self) -> Labels:
        """Of every case."""
        return Labels(self.street_of_community[self.community.codes], self.streets)

    @property
    def communities_asked(self) -> IntArray:
        """Communities with a case."""
        return np.unique(self.community.codes)

    @property
    def adults_known(self) -> bool:
        """Whether the draw counted the adults of every household, so that weights are of persons."""
        return bool(self.cases) and not bool(np.isnan(self.adults).any())

    @property
    def adults_told(self) -> bool:
        """Whether nearly all who answered told the adults of their household, where the draw did not count them."""
        if self.adults_known or self.told is None or not self.responded.any():
            return False
        there = ~np.isnan(self._counted_or_told()[self.responded])
        return bool(there.mean() >= TOLD_BY)

    def adults_of_households_told(self) -> int:
        """Of how many that answered the number is known."""
        return int((~np.isnan(self._counted_or_told()[self.responded])).sum())

    def adults_of_respondents(self) -> FloatArray:
        """Adults of every household that answered, (respondents,): of the draw, else as told; where neither is known
        the lower median of its community, or of all."""
        found = self._counted_or_told()[self.responded]
        community = self.community.codes[self.responded]
        known = ~np.isnan(found)
        usual = lower_median(found[known])
        near = {code: lower_median(found[known & (community == code)]) for code in np.unique(community[known])}
        return np.where(known, found, np.array([near.get(code, usual) for code in community], dtype=np.float64))

    def stood_for(self) -> FloatArray:
        """How many adults of their household whoever answered stands for, (respondents,): their number, or 1 / the
        chance that the Kish table gave where that is another."""
        return self._by_chance(self.adults_of_respondents(), self.responded)

    def stood_for_as_drawn(self) -> FloatArray:
        """(cases,) the same of what is in ``probability``: 1 where the draw counted no adults."""
        counted = ~np.isnan(self.adults)
        found = np.ones(self.cases)
        found[counted] = self._by_chance(self.adults[counted], counted)
        return found

    def _by_chance(self, adults: FloatArray, rows: BoolArray) -> FloatArray:
        if self.chance is None:
            return adults
        chance = self.chance[rows]
        return np.where(np.isnan(chance), adults, 1.0 / chance)

    def _counted_or_told(self) -> FloatArray:
        told = np.full(self.cases, np.nan) if self.told is None else self.told
        return np.where(np.isnan(self.adults), told, self.adults)


def lower_median(values: FloatArray) -> float:
    """The middle value, of two the smaller: a number that occurs. 1 where there is none."""
    ordered = np.sort(values)
    return float(ordered[(len(ordered) - 1) // 2]) if len(ordered) else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationRegister:
    """What is known of the population: adults of every community, and of the city by age group and sex."""

    adults: Mapping[str, float]  # community -> adults
    cells: Mapping[tuple[str, str, str], float]  # (community, age group, sex) -> adults
    age_groups: tuple[str, ...] = ()  # in their order
    sexes: tuple[str, ...] = ()
