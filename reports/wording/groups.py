"""What is said of a group against everybody else, and of all groups of a kind."""

from __future__ import annotations

from typing import Final

from analysis.results import GroupVerdict, PublishedContrast
from reports.wording.figures import Figures, joined, written
from reports.wording.phrases import say

_PHRASES: Final = {
    GroupVerdict.HIGHER: "group_higher",
    GroupVerdict.LOWER: "group_lower",
    GroupVerdict.NO_DETECTABLE_DIFFERENCE: "group_alike",
}
_DECIMALS_OF_P = 3


def short(contrast: PublishedContrast, figures: Figures, language: str) -> str:
    """For a column of a table: 高 3（1–6）, in the unit of the figure."""
    decimals = figures.decimals if contrast.digits is None else contrast.digits
    by, low, high = (
        written(value * figures.unit.factor, decimals)
        for value in (abs(contrast.difference), contrast.low, contrast.high)
    )
    return say(language, _PHRASES[contrast.verdict], by=by, interval=joined(low, high))


def together(p_value: float, level: float, language: str) -> str:
    """Whether the groups differ at all, at the table's level."""
    return say(language, "groups_differ" if p_value < 1 - level else "groups_alike", p=chance(p_value, language))


def chance(p_value: float, language: str) -> str:
    """p = 0.012; p < 0.001 where it is smaller."""
    least = 10.0**-_DECIMALS_OF_P
    if p_value < least:
        return say(language, "p_below", p=f"{least:g}")
    return say(language, "p_value", p=f"{p_value:.{_DECIMALS_OF_P}f}")
