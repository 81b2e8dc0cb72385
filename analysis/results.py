"""What an analysis says: frozen values, no formatting. Shares are in 0..1.

``PublishableTable`` lives here too, so that ``reports`` can accept it without knowing statistics; only
``analysis.disclosure.protect`` makes one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

Domain = tuple[tuple[str, str], ...]
"""A subpopulation as ((column, value), ...); the empty tuple is the whole sample."""


class Statistic(StrEnum):
    MEAN = "mean"
    TOTAL = "total"
    PROPORTION = "proportion"
    RATIO = "ratio"
    COMBINATION = "combination"  # a linear combination of other estimates: an index, a net
    DIFFERENCE = "difference"  # between two domains, or any contrast of domains
    QUANTILE = "quantile"
    VARIANCE = "variance"  # of a variable in the population, not of an estimate


class IntervalMethod(StrEnum):
    KORN_GRAUBARD = "korn_graubard"
    BETA = "beta"
    WILSON = "wilson"
    LOGIT = "logit"
    WALD = "wald"
    ARCSINE = "arcsine"
    LIKELIHOOD = "likelihood"
    XLOGIT = "xlogit"
    WOODRUFF = "woodruff"  # of a quantile only, and a quantile has no other


SHARE_INTERVALS = tuple(one for one in IntervalMethod if one is not IntervalMethod.WOODRUFF)
"""The rules among which whoever estimates a share chooses."""


class LonelyPsu(StrEnum):
    """What to do with a stratum that has one PSU, chosen per analysis."""

    FAIL = "fail"
    CERTAINTY = "certainty"
    ADJUST = "adjust"
    AVERAGE = "average"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A two-sided confidence interval in the unit of the estimate."""

    low: float
    high: float
    level: float
    method: IntervalMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One estimated quantity for one domain. What cannot be estimated is None, and a note says why."""

    statistic: Statistic
    variable: str
    category: str | None = None
    domain: Domain = ()
    value: float | None
    standard_error: float | None
    interval: Interval | None
    degrees_of_freedom: int | None  # PSUs minus strata, of those with observations in the domain
    sample_size: int  # respondents who answered, unweighted
    design_effect: float | None  # against simple random sampling with replacement
    effective_sample_size: float | None
    all_alike: bool = False  # every answer in the domain is the same, so the variance says nothing
    complete_enumeration: bool = False  # a census without nonresponse in this domain
    dominated: bool = False  # one respondent's number makes up a total that it is made of
    scale: tuple[float, float] | None = (0.0, 1.0)  # the range the quantity can take; None: unbounded
    notes: tuple[str, ...] = ()
    weight: float | None = field(default=None, repr=False, compare=False)
    """What the figure counts for in the figure of its whole: the weighted number of those who answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignSummary:
    strata: int
    psus: int
    degrees_of_freedom: int
    sample_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    design: DesignSummary
    estimates: tuple[Estimate, ...]
    notes: tuple[str, ...] = ()


class Verdict(StrEnum):
    REACHED = "reached"  # 达标: the whole interval on the target's side
    NOT_REACHED = "not_reached"  # 未达标: the whole interval on the other side
    CANNOT_TELL = "cannot_tell"  # 尚不能判定: the interval crosses the target
    CANNOT_REACH = "cannot_reach"  # 任何结果都不足以判定达标: no result of so few could reach the target
    NOT_PUBLISHED = "not_published"  # 不予公布: no estimate, no verdict


class Suppression(StrEnum):
    """Why a cell is empty.

    ``protect`` gives every hidden cell the one mark NOT_PUBLISHED, for a reader takes two marks as data. The others are
    reasons: for the statistician, and in releases made before.
    """

    FEW_RESPONDENTS = "few_respondents"  # a: fewer than the rule's respondents
    UNRELIABLE = "unreliable"  # b: effective sample or interval width
    COMPLEMENTARY = "complementary"  # c: hidden so that another cell cannot be had by subtraction
    DOMINATED = "dominated"  # one respondent's number makes up a total, and would be told
    GROUP_DISCLOSURE = "group_disclosure"  # 0 % or 100 % of fewer than 30
    NOT_ESTIMABLE = "not_estimable"
    NOT_PUBLISHED = "not_published"  # the one mark of a hidden cell


class Reliability(StrEnum):
    """What becomes of a figure with a large error."""

    TIERS = "tiers"  # shown, shown coarsely, or not alone
    SUPPRESS = "suppress"  # left out
    FLAG = "flag"  # shown with a mark


class Tier(StrEnum):
    """How firmly a figure is shown under ``Reliability.TIERS``."""

    SHOWN = "shown"
    COARSE = (
        "coarse"  # 误差大，仅供参考: in whole per cent with its interval; never ranked, never called lowest or highest
    )
    NOT_ALONE = "not_alone"  # not published alone: the figure of the area above stands for it


class Coding(StrEnum):
    """An end of the scale that is told only as a band: how many of few said so is nobody's business."""

    AT_LEAST = "at_least"  # 80 % or more
    AT_MOST = "at_most"  # 20 % or less


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationRule:
    """Confidentiality may only be made stricter than these defaults; reliability has three settings."""

    minimum_respondents: int = 10
    group_disclosure_below: int = 30
    reliability: Reliability = Reliability.TIERS
    minimum_effective_sample: float = 30.0
    widest_interval: float = 0.30  # share of the scale
    widest_coarse_interval: float = 0.60  # the same of a figure that is shown coarsely; only ``tiers`` has such
    review_below_degrees_of_freedom: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A target as the analysis sees it; ``at_least`` False means at most."""

    value: float
    at_least: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishableCell:
    """One figure that may be shown, or the mark that it may not. A suppressed cell carries no figure at all.

    The numbers are those that are printed (``digits``). ``coded``: ``value`` is the inner end of a band, 0.80 for
    80 % or more, and ``low`` and ``high`` span the intervals of every count in the band.
    """

    variable: str
    category: str | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    standard_error: float | None = None
    sample_size: int | None = None
    degrees_of_freedom: int | None = None
    design_effect: float | None = None
    effective_sample_size: float | None = None
    all_alike: bool = False
    scale: tuple[float, float] | None = (0.0, 1.0)
    unreliable: bool = False  # shown, marked 误差大
    complement_unreliable: bool = False  # the rest (1 - value) is badly known for its size; the figure itself is not
    review: bool = False  # a statistician must look before release
    suppression: Suppression | None = None
    verdict: Verdict | None = None  # None: no target
    goal: Goal | None = None
    settling_sample_size: int | None = None  # completed questionnaires in the next wave that would settle it
    tipping_point: float | None = None  # the nonrespondents' rate at which the estimate would just meet the target
    tier: Tier = Tier.SHOWN
    coded: Coding | None = None
    digits: int | None = None  # decimals of the per cent, or of the point, that are printed; None: full precision
    needed_sample_size: int | None = None  # of CANNOT_REACH: respondents with which a result could reach the target


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishableRow:
    domain: Domain
    sample_size: int | None  # None where even the count would disclose
    cells: tuple[PublishableCell, ...]

    def cell(self, variable: str, category: str | None = None) -> PublishableCell:
        """The cell of that variable; KeyError when the row has none."""
        for cell in self.cells:
            if cell.variable == variable and cell.category == category:
                return cell
        raise KeyError((variable, category))


PROTECTED: Final = object()
"""Held by ``analysis.disclosure`` alone: the key that makes a PublishableTable."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How a cell is judged, without its figures: all that a sheet of many communities asks of most of them."""

    suppression: Suppression | None
    verdict: Verdict | None


class FoundByDomain(ABC):
    """Rows that find one by themselves; the others need not be there yet."""

    @abstractmethod
    def of(self, domain: Domain) -> PublishableRow:
        """KeyError when there is none."""

    @abstractmethod
    def mark(self, domain: Domain, variable: str) -> Mark:
        """Of the cell that ``PublishableRow.cell`` finds; KeyError when there is none."""


TABLES_KNOWN: Final = 8
_ROWS: Final[dict[int, tuple[Sequence[PublishableRow], dict[Domain, PublishableRow]]]] = {}
"""Rows by domain of the tables that were asked last: a sheet asks a hundred times, a city has thousands of rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishableTable:
    """Estimates after the publication rule. The only table that reports accept."""

    rows: Sequence[PublishableRow]  # never changed
    rule: PublicationRule
    level: float
    interval_method: IntervalMethod
    notes: tuple[str, ...] = ()
    seal: object = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.seal is not PROTECTED:
            raise TypeError("a PublishableTable is made by analysis.disclosure.protect, by nothing else")

    def row(self, domain: Domain) -> PublishableRow:
        """The row of that domain; KeyError when there is none."""
        if isinstance(self.rows, FoundByDomain):
            return self.rows.of(domain)
        known = _ROWS.get(id(self.rows))
        if known is None or known[0] is not self.rows:
            if len(_ROWS) >= TABLES_KNOWN:
                _ROWS.clear()
            known = _ROWS[id(self.rows)] = (self.rows, {row.domain: row for row in reversed(self.rows)})
        return known[1][domain]

    def mark(self, domain: Domain, variable: str) -> Mark:
        """How the cell of that variable is judged; KeyError when there is none."""
        if isinstance(self.rows, FoundByDomain):
            return self.rows.mark(domain, variable)
        cell = self.row(domain).cell(variable)
        return Mark(cell.suppression, cell.verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRates:
    """Outcome of the fieldwork in one area. Rates in 0..1, None where nothing is known."""

    sampled: int  # 抽中
    completed: int  # 完成
    valid: int  # 有效
    eligible: float | None  # estimated number eligible, as in AAPOR RR3
    e: float | None  # share of unknown eligibility taken as eligible
    rr1: float | None
    rr3: float | None
    by_mode: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)  # mode -> sampled, completed, valid
    rr2: float | None = None
    rr4: float | None = None
    rr5: float | None = None
    rr6: float | None = None
    coop1: float | None = None
    coop2: float | None = None
    coop3: float | None = None
    coop4: float | None = None
    ref1: float | None = None
    ref2: float | None = None
    ref3: float | None = None
    con1: float | None = None
    con2: float | None = None
    con3: float | None = None
    weighted: bool = False  # rates and e by the weights given; counts are never weighted
    substitutes: int = 0  # asked in place of a case: in no count and no rate


class ChangeVerdict(StrEnum):
    RISEN = "risen"
    FALLEN = "fallen"
    NO_DETECTABLE_CHANGE = "no_detectable_change"
    NOT_COMPARABLE = "not_comparable"  # 口径不同，不作比较
    NOT_ESTIMABLE = "not_estimable"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedChange:
    """After less before, as it is printed; ``digits`` as of a cell. No figures where the two may not be compared."""

    variable: str
    domain: Domain
    verdict: ChangeVerdict
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    detectable: float | None = None  # the change that would have been found with a probability of 80 %
    digits: int | None = None
    reasons: tuple[str, ...] = ()  # why the waves cannot be compared


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """A figure of one released wave as that wave printed it; without a value where it was not shown, or not asked."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    scale: tuple[float, float] | None = (0.0, 1.0)
    all_alike: bool = False
    tier: Tier = Tier.SHOWN
    coded: Coding | None = None
    digits: int | None = None
    breaks: tuple[str, ...] = ()  # why it is not compared with the last wave before that asked for it

    def cell(self, variable: str) -> PublishableCell:
        """As it stood in its table."""
        return PublishableCell(
            variable=variable,
            value=self.value,
            low=self.low,
            high=self.high,
            scale=self.scale,
            all_alike=self.all_alike,
            tier=self.tier,
            coded=self.coded,
            digits=self.digits,
            suppression=Suppression.NOT_PUBLISHED if self.value is None else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTrend:
    """One indicator in one domain over the released waves of a survey.

    ``first``: the place of the first wave from which on nothing broke; ``since_first``: the change from it, where that
    is not the wave before and both show a point.
    """

    variable: str
    domain: Domain
    points: tuple[TrendPoint, ...]  # one per wave, the oldest first
    first: int
    since_first: PublishedChange | None = None


class GroupVerdict(StrEnum):
    """How a group stands to everybody else."""

    HIGHER = "higher"
    LOWER = "lower"
    NO_DETECTABLE_DIFFERENCE = "no_detectable_difference"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedContrast:
    """A group less everybody else, as it is printed; ``digits`` as of a cell."""

    variable: str
    domain: Domain
    verdict: GroupVerdict
    difference: float
    low: float
    high: float
    digits: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEquality:
    """Whether all groups of a kind are alike: the p-value to three decimals, 0 where it is smaller."""

    variable: str
    by: str
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedGroups:
    """What may be published of groups beside their figures."""

    contrasts: tuple[PublishedContrast, ...] = ()
    equalities: tuple[PublishedEquality, ...] = ()

    def of(self, domain: Domain, variable: str) -> PublishedContrast | None:
        return next((one for one in self.contrasts if (one.domain, one.variable) == (domain, variable)), None)

    def p_value(self, by: str, variable: str) -> float | None:
        return next((one.p_value for one in self.equalities if (one.by, one.variable) == (by, variable)), None)
