"""What the pages of surveys and waves show: plain values, computed before a template sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from questionnaires.text import Text
from survey_service.models import Mode, Survey, Wave

# A community lags where its share of the sample is 10 points or two fifths below that of the whole.
POINTS_BEHIND = 0.10
SHARE_BEHIND = 0.40


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveLine:
    """One wave in the list of all."""

    survey: Survey
    wave: Wave
    completed: int  # of the sample
    sampled: int


class Standing(StrEnum):
    """How a community stands while answers are collected."""

    NOT_SAMPLED = "not_sampled"
    NOTHING_RECEIVED = "nothing_received"
    BEHIND = "behind"
    FINE = "fine"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityProgress:
    """How far one community has come. Counts of cases and responses; rates in 0..1."""

    area_id: UUID
    code: str
    name: Text
    households: int | None
    sampled: int
    completed: int  # responses of sampled cases
    response_rate: float | None  # AAPOR RR3
    not_tied: int  # complete answers without a case: counted beside, never pooled
    open_code: str | None

    @property
    def share(self) -> float:
        return self.completed / self.sampled if self.sampled else 0.0

    @property
    def bar(self) -> float:
        """Width of the received part on a bar of 240."""
        return round(240 * min(self.share, 1.0), 1)

    def behind(self, whole: float) -> float:
        """Percentage points by which its completed share lags behind that of the whole; 0 where that is little.

        The difference of the two shares as they are printed, to a tenth, so that a reader who subtracts gets it.
        """
        lag = whole - self.share
        printed = round(whole * 100, 1) - round(self.share * 100, 1)
        return round(printed, 1) if lag >= min(POINTS_BEHIND, SHARE_BEHIND * whole) else 0.0

    def standing(self, whole: float) -> Standing:
        """What a manager should see of it at once."""
        if not self.sampled:
            return Standing.NOT_SAMPLED
        if not self.completed:
            return Standing.NOTHING_RECEIVED
        return Standing.BEHIND if self.behind(whole) else Standing.FINE


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveProgress:
    communities: list[CommunityProgress]  # those that lag most come first
    by_mode: dict[str, int]  # complete responses in the sample
    not_tied: dict[str, int]  # complete answers without a case, by mode
    sampled: int
    completed: int
    response_rate: float | None

    @property
    def share(self) -> float:
        return self.completed / self.sampled if self.sampled else 0.0

    @property
    def came_by_phone(self) -> bool:
        return Mode.WEB_OPEN.value in self.not_tied or Mode.WEB_INVITED.value in self.by_mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One PDF of a release, and the page of the same words."""

    address: str
    page: str
    name: Text
    kind: str  # of the area
    language: str
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseShown:
    number: str
    edition: int
    released_at: datetime
    correction_reason: str | None
    documents: list[Document] = field(default_factory=list)
