"""Indicators: the rates a questionnaire yields, as data.

An indicator is turned into two numbers per respondent, numerator y and denominator x, so that every kind is
estimated by one statistic, the ratio of weighted totals, and an index by a weighted sum of such ratios.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from questionnaires.conditions import Condition
from questionnaires.text import Text


class IndicatorKind(StrEnum):
    PROPORTION = "proportion"  # share whose answer is among the numerator codes
    MEAN_SCORE = "mean_score"  # mean of scores, in points
    NET = "net"  # share of ``numerator`` minus share of ``against``
    INDEX = "index"  # weighted sum of other indicators
    SHARE_CORRECT = "share_correct"  # share of correct answers over several questions
    SHARE_PASSING = "share_passing"  # share of people with at least so many correct answers


SHARES = frozenset({IndicatorKind.PROPORTION, IndicatorKind.SHARE_CORRECT, IndicatorKind.SHARE_PASSING})
"""Kinds whose figure is a share: from 0 to 1, told in per cent."""


class DontKnow(StrEnum):
    """What becomes of those who said they do not know."""

    IN_BASE = "in_base"  # counted in the denominator, not in the numerator
    EXCLUDED = "excluded"  # left out of numerator and denominator
    ZERO = "zero"  # scores: counted with 0 points


class Sense(StrEnum):
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """``value`` is a share in 0..1 for proportions, points for scores."""

    value: float
    sense: Sense = Sense.AT_LEAST


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One component of an index."""

    indicator: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    id: str
    name: Text  # 知晓率
    definition: Text  # one sentence, printed on every report
    kind: IndicatorKind
    variables: tuple[str, ...] = ()  # one for most kinds; several for share_correct and pooled items; none for index
    numerator: tuple[str, ...] = ()  # answer codes that count
    numerator_if: Condition | None = None  # proportion: a condition in place of codes
    against: tuple[str, ...] = ()  # net: the codes subtracted
    correct: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # correct, passing: variable -> right codes
    pass_at: int | None = None  # share_passing: so many right answers at least
    scores: Mapping[str, float] = field(default_factory=dict)  # mean_score: code -> points
    within: int | None = None  # of a ranking: only the first so many ranks count; None: all that were given
    base: Condition | None = None  # who is in the denominator besides having been asked; None: everyone asked
    excluded: tuple[str, ...] = ()  # answer codes left out of the base, e.g. 没用过
    dont_know: DontKnow = DontKnow.IN_BASE
    parts: tuple[Part, ...] = ()
    target: Target | None = None
    headline: bool = False  # shown as a card on page one
    group: str | None = None  # indicators of one group are listed together, worst first


def same_definition(one: Indicator, other: Indicator) -> bool:
    """Whether two waves may be compared on this indicator: everything that moves the figure is equal.

    Words, target, headline and group do not move it. Conditions are compared as trees, not as typed. Where the
    *question* was worded differently the definitions can still be equal; see ``evaluation.comparable``.
    """

    def figure(indicator: Indicator) -> tuple[object, ...]:
        return (
            indicator.kind,
            frozenset(indicator.variables),
            frozenset(indicator.numerator),
            frozenset(indicator.against),
            {variable: frozenset(codes) for variable, codes in indicator.correct.items()},
            indicator.pass_at,
            indicator.numerator_if.tree if indicator.numerator_if else None,
            dict(indicator.scores),
            indicator.base.tree if indicator.base else None,
            indicator.within,
            frozenset(indicator.excluded),
            indicator.dont_know,
            frozenset((part.indicator, part.weight) for part in indicator.parts),
        )

    return figure(one) == figure(other)
