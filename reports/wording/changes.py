"""What is said of a change: risen, fallen, none found, or that the waves are not compared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from analysis.results import ChangeVerdict, PublishedChange
from questionnaires.text import Text
from reports.wording.change_phrases import CHANGE_PHRASES
from reports.wording.figures import Figures, Unit, joined, written
from reports.wording.phrases import say
from reports.wording.verdicts import in_sentence

_PHRASES: Final = {
    ChangeVerdict.RISEN: "rise",
    ChangeVerdict.FALLEN: "fall",
    ChangeVerdict.NO_DETECTABLE_CHANGE: "no_change_found",
    ChangeVerdict.NOT_COMPARABLE: "not_comparable",
    ChangeVerdict.NOT_ESTIMABLE: "change_not_estimable",
}
_ORDINALS: Final = ("First", "Second", "Third", "Fourth")
_UNITS: Final = {
    Unit.PERCENT: "percentage_points",
    Unit.PERCENTAGE_POINTS: "percentage_points",
    Unit.POINTS: "points",
    Unit.PLAIN: "no_unit",
}


def short(change: PublishedChange, figures: Figures, language: str) -> str:
    """For a card and a column of a table: 升 3（1–6）, in the unit of the figure."""
    by = "" if change.difference is None else _number(abs(change.difference), change, figures)
    limits = [] if change.low is None or change.high is None else [change.low, change.high]
    interval = joined(*(_number(one, change, figures) for one in limits)) if limits else ""
    return say(language, _PHRASES[change.verdict], by=by, interval=interval)


def since(wave: Text, language: str) -> str:
    """The wave as it stands inside a sentence: the second quarter of 2026; any other name as it is."""
    name = wave.in_language(language)
    counted = language != "zh" and name.partition(" ")[0] in _ORDINALS
    return f"the {in_sentence(name, language)}" if counted else name


def label(wave: Text, language: str) -> str:
    """The wave behind a word of a label: second quarter of 2026."""
    return since(wave, language).removeprefix("the ")


def why_not(reasons: Iterable[str], language: str) -> str:
    """Why two waves are not compared: 题目或算法不同、抽样办法不同."""
    return say(language, "comma").join(
        say(language, reason if reason in CHANGE_PHRASES else "the modes differ") for reason in reasons
    )


def amount(value: float, change: PublishedChange, figures: Figures, language: str) -> str:
    """With its unit: 3 个百分点."""
    number = _number(value, change, figures)
    return say(language, _UNITS[figures.unit], number=number)


def _number(value: float, change: PublishedChange, figures: Figures) -> str:
    decimals = figures.decimals if change.digits is None else change.digits
    return written(value * figures.unit.factor, decimals)
