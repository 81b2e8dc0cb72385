"""What is told of one interviewer's interviews, as values that are kept as JSON: counts, times and a distance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

SHORT: Final = 0.5  # of the median of all interviews: less is short
FAR, FAR_P = 1.3, 0.01  # times what chance gives, and how seldom chance gives it
MANY_LOST, LOST_LEAST = 2.0, 0.05  # times the share of all, and a share
FEW: Final = 3  # interviews of a kind below which nothing is said


@dataclass(frozen=True, slots=True, kw_only=True)
class Interviews:
    """Of one interviewer. ``distance``: how far the answers lie from others of the same grids, in times of what chance
    gives; None where there are too few to compare. No field tells how anybody answered."""

    interviews: int
    seconds: float | None  # median
    short: int
    asked: int  # questions
    lost: int  # left unanswered, refused or illegible
    straight: int  # one code down a whole table of eight rows and more
    alike: int  # every answer in common with another interview of the same person
    distance: float | None
    p_value: float | None

    @property
    def lost_share(self) -> float | None:
        return self.lost / self.asked if self.asked else None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewFigures:
    """Of a wave: everybody together, and each by their account."""

    whole: Interviews
    people: Mapping[UUID, Interviews]

    def plain(self) -> dict[str, Any]:
        return {"whole": asdict(self.whole), "people": {str(one): asdict(of) for one, of in self.people.items()}}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> InterviewFigures:
        people = {UUID(one): Interviews(**of) for one, of in plain["people"].items()}
        return cls(whole=Interviews(**plain["whole"]), people=people)

    def odd(self, one: Interviews) -> frozenset[str]:
        """What to ask this interviewer about: names of fields. A reason to ask, and no more."""
        whole, found = self.whole, set()
        if one.short >= FEW and one.short * 3 >= one.interviews:
            found.add("short")
        if one.alike >= FEW:
            found.add("alike")
        if one.straight >= FEW and one.straight * whole.interviews > 2 * whole.straight * one.interviews:
            found.add("straight")
        share, usual = one.lost_share, whole.lost_share
        if share is not None and usual is not None and share > LOST_LEAST and share > MANY_LOST * usual:
            found.add("lost")
        if one.distance is not None and one.p_value is not None and one.distance >= FAR and one.p_value <= FAR_P:
            found.add("distance")
        return frozenset(found)
