"""Indicators: the rates a questionnaire yields, as data.

An indicator is turned into two numbers per respondent, numerator y and denominator x, so that every kind is
estimated by one statistic, the ratio of weighted totals, and an index by a weighted sum of such ratios.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
    RATIO = "ratio"  # total of one number over the total of another: complaints per visit
    SHARE_OF_TOTAL = "share_of_total"  # the same where the one is part of the other: staff trained, of all staff
    MEAN_RANK = "mean_rank"  # mean rank of one option of a ranking


SHARES = frozenset(
    {
        IndicatorKind.PROPORTION,
        IndicatorKind.SHARE_CORRECT,
        IndicatorKind.SHARE_PASSING,
        IndicatorKind.SHARE_OF_TOTAL,
    }
)
"""Kinds whose figure is a share: from 0 to 1, told in per cent."""


class DontKnow(StrEnum):
    """What becomes of those who said they do not know."""

    IN_BASE = "in_base"  # counted in the denominator, not in the numerator
    EXCLUDED = "excluded"  # left out of numerator and denominator
    ZERO = "zero"  # scores: counted with 0 points


TOTALS = frozenset({IndicatorKind.RATIO, IndicatorKind.SHARE_OF_TOTAL})
"""Kinds made of two totals: people count in them by their numbers, not one each."""


WITH_SECOND_BASE = (
    IndicatorKind.PROPORTION,
    IndicatorKind.SHARE_CORRECT,
    IndicatorKind.NET,
    IndicatorKind.MEAN_SCORE,
)
"""Kinds that may have a second base: whoever that leaves out adds nothing to what is divided."""


class Unranked(StrEnum):
    """What rank an option has for those who gave it none."""

    MIDDLE = "middle"  # the mean of the ranks that they left open
    EXCLUDED = "excluded"  # none: they are left out


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
class SecondBase:
    """The same numerator over a narrower base, printed beside the figure. Targets are held against the figure alone."""

    own: Text  # what the base of the figure itself is called: 全部作答者
    name: Text  # what this one is called: 不含说不清
    dont_know: DontKnow | None = None  # None: as in the figure itself
    excluded: tuple[str, ...] = ()  # answer codes left out of this base as well


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
    numerator_total: str | None = None  # ratio, share of total: the variable whose total is divided
    denominator_total: str | None = None  # and the one by whose total
    per: int = 1  # ratio: so many of the denominator, as complaints per 10,000 households
    option: str | None = None  # mean rank: of which option
    unranked: Unranked = Unranked.MIDDLE  # mean rank: those who gave it no rank
    within: int | None = None  # of a ranking: only the first so many ranks count; None: all that were given
    base: Condition | None = None  # who is in the denominator besides having been asked; None: everyone asked
    excluded: tuple[str, ...] = ()  # answer codes left out of the base, e.g. 没用过
    dont_know: DontKnow = DontKnow.IN_BASE
    parts: tuple[Part, ...] = ()
    second_base: SecondBase | None = None  # the figure over another base, beside this one
    target: Target | None = None
    headline: bool = False  # shown as a card on page one
    group: str | None = None  # indicators of one group are listed together, worst first
    each: str | None = None  # of a template: the question for each of whose entries one is made; see ``repeated``


def in_own_unit(indicator: Indicator) -> bool:
    """Whether a figure is no share and no score, but in years, minutes, times: its name says in what."""
    of_numbers = indicator.kind is IndicatorKind.MEAN_SCORE and not indicator.scores
    return of_numbers or indicator.kind in (IndicatorKind.RATIO, IndicatorKind.MEAN_RANK)


_BESIDE = ".second"  # no id of a definition has a point


def with_second_base(indicator: Indicator) -> tuple[Indicator, ...]:
    """The indicator as it is estimated: alone, or followed by itself over its second base, which has no target."""
    beside = indicator.second_base
    if beside is None:
        return (indicator,)
    own, name = indicator.name, beside.name
    told = Text(
        f"与“{own.zh}”分子相同，分母为：{name.zh}。",
        f"The numerator of “{own.in_language('en')}”, over another base: {name.in_language('en')}.",
    )
    second = replace(
        indicator,
        id=f"{indicator.id}{_BESIDE}",
        name=Text(f"{own.zh}（{name.zh}）", f"{own.in_language('en')} ({name.in_language('en')})"),
        definition=told,
        dont_know=beside.dont_know or indicator.dont_know,
        excluded=tuple(dict.fromkeys((*indicator.excluded, *beside.excluded))),
        second_base=None,
        target=None,
        headline=False,
        group=None,
    )
    return indicator, second


def beside_of(indicator_id: str) -> str | None:
    """The indicator that a figure stands beside, over its second base; None where it is a figure of its own."""
    return indicator_id.removesuffix(_BESIDE) if indicator_id.endswith(_BESIDE) else None


def second_id(indicator: Indicator) -> str | None:
    """The id under which the figure over the second base is estimated."""
    return f"{indicator.id}{_BESIDE}" if indicator.second_base is not None else None


def one_numerator(one: Indicator, other: Indicator) -> bool:
    """Whether two figures divide the same sum by different bases: then one follows from the other and their bases.

    So it is where they differ by who is left out alone, and whoever is left out adds nothing to the sum.
    """
    if one.kind not in WITH_SECOND_BASE or one.numerator_if is not None:
        return False
    if one.kind is IndicatorKind.MEAN_SCORE and {*one.excluded} != {*other.excluded}:
        return False
    counted = {*one.numerator, *one.against, *(code for codes in one.correct.values() for code in codes)}
    if counted & ({*one.excluded} ^ {*other.excluded}):
        return False
    return same_definition(replace(one, excluded=other.excluded, dont_know=other.dont_know), other)


def same_definition(one: Indicator, other: Indicator) -> bool:
    """Whether two waves may be compared on this indicator: everything that moves the figure is equal.

    Words, target, headline, group and a second base do not move it. Conditions are compared as trees, not as typed.
    Where the *question* was worded differently the definitions can still be equal; see ``evaluation.comparable``.
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
            (indicator.numerator_total, indicator.denominator_total, indicator.per),
            (indicator.option, indicator.unranked),
        )

    return figure(one) == figure(other)
