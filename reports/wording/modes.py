"""What is said of modes that were dealt by lot: what a headline would be by each, and how far they are apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.city_results import ModeEffect, ModeFigure
from questionnaires.indicators import Indicator
from reports.wording import verdicts
from reports.wording.figures import Figures, Unit, count, joined
from reports.wording.phrases import say

_APART = {
    Unit.PERCENT: "percentage_points",
    Unit.PERCENTAGE_POINTS: "percentage_points",
    Unit.POINTS: "points",
    Unit.PLAIN: "no_unit",
}


@dataclass(frozen=True, slots=True)
class Dealt:
    """Headlines by mode; the indicators, and the unit in which each is printed, by id."""

    effects: Sequence[ModeEffect]
    indicators: Mapping[str, Indicator]
    units: Mapping[str, Unit]

    def known(self) -> list[tuple[ModeEffect, Indicator, Figures]]:
        return [
            (one, self.indicators[one.variable], _figures(one, self.units[one.variable]))
            for one in self.effects
            if one.variable in self.indicators
        ]


def told(dealt: Dealt, language: str) -> str:
    """Two sentences; empty where no mode was dealt by lot."""
    known = dealt.known()
    if not known:
        return ""
    sized = (
        say(language, "mode_sized", mode=_mode(one, language), size=count(one.sample_size))
        for one in known[0][0].figures
    )
    by_lot = say(language, "modes_dealt", modes=say(language, "mode_or").join(sized))
    parts = [part for each in known for part in _differing(*each, language)]
    alike = [_name(one, language) for effect, one, _ in known if not any(map(_apart, effect.figures))]
    if alike:
        parts.append(say(language, "mode_alike", names=say(language, "enumeration").join(alike)))
    space = "" if language == "zh" else " "
    return f"{by_lot}{space}{_sentence(say(language, 'semicolon').join(parts), language)}"


def in_short(dealt: Dealt, language: str) -> str:
    """One sentence, for a sheet of a part of the city: what differs, without the figures by mode."""
    known = dealt.known()
    if not known:
        return ""
    parts = [part for each in known for part in _directions(*each, language)]
    joined_parts = say(language, "semicolon").join(parts) or say(language, "mode_none")
    return say(language, "modes_in_short", parts=joined_parts)


def _sentence(text: str, language: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{say(language, 'stop')}" if text else ""


def _apart(one: ModeFigure) -> bool:
    """Whether its difference leaves 0 out."""
    return one.low is not None and one.high is not None and (one.low > 0 or one.high < 0)


def _differing(effect: ModeEffect, indicator: Indicator, figures: Figures, language: str) -> list[str]:
    usual = effect.figures[0]
    return [
        say(
            language,
            "mode_differs",
            value=verdicts.with_unit(figures.number(one.value), figures.unit, language),
            base=verdicts.with_unit(figures.number(usual.value), figures.unit, language),
            **_words((effect, one), indicator, figures, language),
        )
        for one in effect.figures
        if _apart(one)
    ]


def _directions(effect: ModeEffect, indicator: Indicator, figures: Figures, language: str) -> list[str]:
    return [
        say(
            language,
            "mode_higher" if (one.difference or 0.0) > 0 else "mode_lower",
            **_words((effect, one), indicator, figures, language),
        )
        for one in effect.figures
        if _apart(one)
    ]


def _words(of: tuple[ModeEffect, ModeFigure], indicator: Indicator, figures: Figures, language: str) -> dict[str, str]:
    effect, one = of
    return {
        "name": _name(indicator, language),
        "mode": _mode(one, language),
        "usual": _mode(effect.figures[0], language),
        "by": say(language, _APART[figures.unit], number=figures.number(abs(one.difference or 0.0))),
        "interval": _interval(one, figures),
    }


def _figures(effect: ModeEffect, unit: Unit) -> Figures:
    figures = Figures(unit=unit)
    return figures if effect.digits is None else replace(figures, decimals=effect.digits)


def _interval(one: ModeFigure, figures: Figures) -> str:
    """Of the distance, whichever of the two is higher."""
    low, high = one.low or 0.0, one.high or 0.0
    ends = (low, high) if low > 0 else (-high, -low)
    return joined(*(figures.number(end) for end in ends))


def _name(one: Indicator, language: str) -> str:
    return verdicts.in_sentence(one.name.in_language(language), language)


def _mode(one: ModeFigure, language: str) -> str:
    return say(language, f"first_{one.mode}")
