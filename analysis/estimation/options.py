"""How an estimate is made: which interval, at which level, on which side, for one domain or for all jointly."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from analysis.results import IntervalMethod, LonelyPsu

if TYPE_CHECKING:
    from analysis.estimation.replicates import Replication


class Sides(StrEnum):
    """Which limits an interval has. One-sided ones end at the scale's end, or at infinity."""

    BOTH = "both"
    LOWER = "lower"  # a lower limit only: at least
    UPPER = "upper"  # an upper limit only: at most


class Simultaneous(StrEnum):
    """So that all intervals of one quantity over the domains hold jointly with the level."""

    BONFERRONI = "bonferroni"
    SIDAK = "sidak"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    interval: IntervalMethod = IntervalMethod.KORN_GRAUBARD
    level: float = 0.95
    lonely_psu: LonelyPsu = LonelyPsu.FAIL
    sides: Sides = Sides.BOTH
    simultaneous: Simultaneous | None = None
    replication: Replication | None = None  # None: linearisation
    adjust_domain_lonely: bool = False  # R's survey.adjust.domain.lonely

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise ValueError(f"the confidence level is a share between 0 and 1, not {self.level!r}")
        if self.sides is not Sides.BOTH and self.level <= 0.5:
            raise ValueError(f"a one-sided limit needs a level above 0.5, not {self.level!r}")
        if self.interval is IntervalMethod.WOODRUFF:
            raise ValueError("woodruff is the interval of a quantile; choose another for shares")
        if self.adjust_domain_lonely and self.lonely_psu not in (LonelyPsu.ADJUST, LonelyPsu.AVERAGE):
            raise ValueError(
                f"strata with a single PSU in a domain are adjusted or averaged: lonely_psu is {self.lonely_psu}"
            )
        if self.adjust_domain_lonely and self.replication is not None:
            raise ValueError("replicates know no policy for strata with a single PSU in a domain; linearise")

    def two_sided_level(self, domains: int) -> float:
        """The level of the two-sided interval whose limits are drawn, for each of ``domains``.

        Bonferroni: 1 - alpha/m; Sidak: (1 - alpha)^(1/m); a one-sided limit at L is an end of the interval at 2 L - 1.
        """
        level = self.level
        if self.simultaneous is Simultaneous.BONFERRONI:
            level = 1 - (1 - level) / max(domains, 1)
        elif self.simultaneous is Simultaneous.SIDAK:
            level = level ** (1 / max(domains, 1))
        return level if self.sides is Sides.BOTH else 2 * level - 1

    def notes(self, domains: int) -> tuple[str, ...]:
        said: list[str] = []
        if self.simultaneous is not None and domains > 1:
            said.append(f"intervals hold jointly over {domains} domains ({self.simultaneous})")
        if self.sides is not Sides.BOTH:
            said.append(f"one-sided: {self.sides} limits at {self.level:g}")
        if self.adjust_domain_lonely:
            said.append(f"strata with a single PSU in a domain count as lonely ones ({self.lonely_psu})")
        return tuple(said)
