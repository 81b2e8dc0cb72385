"""What is said of a group against everybody else, and of all groups of a kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from analysis.results import GroupVerdict, PublishedContrast
from reports.wording.figures import Figures, joined, written
from reports.wording.phrases import say
from reports.wording.verdicts import in_sentence, level_words

_PHRASES: Final = {
    GroupVerdict.HIGHER: "group_higher",
    GroupVerdict.LOWER: "group_lower",
    GroupVerdict.NO_DETECTABLE_DIFFERENCE: "group_alike",
}
_DECIMALS_OF_P = 3
_TWO = 2


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


def sentence(
    of: tuple[str, str],
    told: Sequence[tuple[str, PublishedContrast]],
    together: tuple[float, float],
    figures: Figures,
    language: str,
) -> str:
    """参与率，按年龄：60–74 岁高 12（8–16）；其余各组没有查出差别。 ``of``: rate and kind of group; ``together``: p
    of all groups and the table's level. No group is named where they are not told apart as a whole: of many groups one
    would be, by chance. Of two the one is what the other is, turned round."""
    name, kind = of[0], in_sentence(of[1], language)
    p_value, level = together
    apart = [one for one in told if one[1].verdict is not GroupVerdict.NO_DETECTABLE_DIFFERENCE]
    if p_value >= 1 - level or not apart:
        return say(language, "groups_none", name=name, kind=kind)
    if len(told) == _TWO:
        apart = [one for one in apart if one[1].verdict is GroupVerdict.HIGHER]
    parts = [say(language, "group_part", group=group, words=short(one, figures, language)) for group, one in apart]
    if len(told) > max(len(apart), _TWO):
        parts.append(say(language, "groups_rest"))
    return say(language, "groups_some", name=name, kind=kind, parts=say(language, "semicolon").join(parts))


def how(level: float, language: str) -> str:
    return say(language, "groups_how", level=level_words(level))
