"""What is true in the demonstration city, held against what the sample says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from survey_service.analyses.service import WaveEstimates, community_domain
from survey_service.demonstration.answers import HEADLINES, truth
from survey_service.demonstration.population import Residents


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One indicator in one area: what was estimated and what is true. None: nothing could be estimated."""

    code: str
    indicator: str
    sample_size: int
    value: float | None
    low: float | None
    high: float | None
    truth: float

    @property
    def covers(self) -> bool | None:
        if self.low is None or self.high is None:
            return None
        return self.low <= self.truth <= self.high


def compare(estimates: WaveEstimates, residents: Mapping[str, Residents]) -> list[Compared]:
    """Every headline of every community and of the city; before protection, for this city has no one to protect."""
    found = {(one.domain, one.variable): one for table in estimates.raw for one in table.estimates}
    lines = []
    for code, truths in _truths(residents).items():
        domain = () if code == CITY else community_domain(code)
        for indicator, true in truths.items():
            one = found.get((domain, indicator))
            if one is None:
                continue
            lines.append(
                Compared(
                    code=code,
                    indicator=indicator,
                    sample_size=one.sample_size,
                    value=one.value,
                    low=one.interval.low if one.interval else None,
                    high=one.interval.high if one.interval else None,
                    truth=true,
                )
            )
    return lines


CITY = ""


def _truths(residents: Mapping[str, Residents]) -> dict[str, dict[str, float]]:
    by_community = {code: {name: truth(one, name) for name in HEADLINES} for code, one in residents.items()}
    adults = {code: int(one.adult.sum()) for code, one in residents.items()}
    city = {
        name: sum(by_community[code][name] * adults[code] for code in residents) / sum(adults.values())
        for name in HEADLINES
    }
    return {**by_community, CITY: city}


def coverage(lines: Sequence[Compared]) -> tuple[int, int]:
    """Intervals that cover the truth, and intervals there are."""
    judged = [line.covers for line in lines if line.covers is not None]
    return sum(judged), len(judged)
