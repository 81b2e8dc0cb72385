"""How far a draft is prepared: cases and codes by community, and what so many cases would show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service.models import Survey, Wave
from survey_service.surveys import queries
from survey_service.surveys.opening import CASE_MODES

HIDDEN, UNSURE = "hidden", "unsure"


class Prepared(StrEnum):
    """What a manager should see of a community before the wave opens."""

    OPEN_CODES_ONLY = "open_codes_only"  # nobody is sampled in this wave
    NO_CASES = "no_cases"
    TOO_FEW = "too_few"
    UNSURE = "unsure"
    READY = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityReadiness:
    """One community of a draft."""

    code: str
    name: Text
    households: int | None
    cases: int
    expected: int | None  # completed questionnaires; None where no response rate is expected
    margin: float | None  # half the interval of a share of one half, in 0..1
    outlook: str  # hidden: too few to publish; unsure: 误差大; empty: enough, or nothing expected

    @property
    def rank(self) -> tuple[int, str]:
        """What is missing comes first."""
        return (0 if not self.cases else 1 if self.outlook == HIDDEN else 2 if self.outlook else 3, self.code)

    def prepared(self, needs_cases: bool) -> Prepared:
        if not needs_cases:
            return Prepared.OPEN_CODES_ONLY
        if not self.cases:
            return Prepared.NO_CASES
        return {HIDDEN: Prepared.TOO_FEW, UNSURE: Prepared.UNSURE}.get(self.outlook, Prepared.READY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    communities: list[CommunityReadiness]
    cases: int
    expected: int | None
    needs_cases: bool  # some mode of the wave asks sampled households
    without: int  # communities without a case
    hidden: int
    unsure: int
    assumed: bool  # the expected rates are the manager's

    @property
    def says_more(self) -> bool:
        """Whether some community stands out in a wave whose sample is drawn at least in part."""
        return self.needs_cases and bool(self.cases and (self.without or self.hidden or self.unsure))


def readiness(session: Session, survey: Survey, wave: Wave, visible: Select[Any]) -> Readiness:
    """Two statements, however many communities there are."""
    areas = queries.communities(session, survey, wave, visible)
    cases = queries.cases_by_community(session, wave)
    lines = []
    for area in areas:
        drawn = cases.get(area.id, 0)
        expected = _expected(drawn, wave.plan)
        margin, outlook = _outlook(expected, float(wave.plan.get("design_effect") or 1.0)) if drawn else (None, "")
        lines.append(
            CommunityReadiness(
                code=area.code,
                name=Text(area.name_zh, area.name_en),
                households=area.households,
                cases=drawn,
                expected=expected,
                margin=margin,
                outlook=outlook,
            )
        )
    known = [line.expected for line in lines if line.expected is not None]
    return Readiness(
        communities=sorted(lines, key=lambda line: line.rank),
        cases=sum(line.cases for line in lines),
        expected=sum(known) if known else None,
        needs_cases=not wave.modes or bool(CASE_MODES & set(wave.modes)),
        without=sum(1 for line in lines if not line.cases),
        hidden=sum(1 for line in lines if line.outlook == HIDDEN),
        unsure=sum(1 for line in lines if line.outlook == UNSURE),
        assumed=bool(wave.plan.get("response_rate")),
    )


def _expected(cases: int, plan: Mapping[str, Any]) -> int | None:
    rate = plan.get("response_rate")
    return None if rate is None else round(cases * float(rate) * float(plan.get("eligibility_rate") or 1.0))


def _outlook(expected: int | None, design_effect: float) -> tuple[float | None, str]:
    """Margin, and what the publication rule would say to so many completed questionnaires."""
    if expected is None:
        return None, ""
    if expected < 1:
        return None, HIDDEN
    return _foretold(expected, design_effect)


@lru_cache(maxsize=4096)
def _foretold(expected: int, design_effect: float) -> tuple[float, str]:
    # Imported here: the server starts without the statistics.
    from analysis.sampling.plan import prospect
    from analysis.sampling.sample_size import FieldAssumptions

    found = prospect(expected, field=FieldAssumptions(design_effect=design_effect))
    if any("hidden" in warning for warning in found.warnings):
        return found.margin, HIDDEN
    return found.margin, UNSURE if found.warnings else ""
