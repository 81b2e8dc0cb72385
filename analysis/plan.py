"""The analysis plan: what will be computed, written before the figures, as data.

Everything that a figure depends on beside the rows is here, so that a release can be computed again from what it kept,
and every sentence about method is made of it. ``to_document`` and ``from_document`` are its one form outside: plain
values that JSON and YAML write alike, with a format number.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

from analysis.results import IntervalMethod, LonelyPsu, PublicationRule
from analysis.weighting.records import CalibrationMethod

FORMAT = 2
"""Releases of format 1 kept a description in words; their recipe is ``plan_of_format_1``."""


_UNSAID: Mapping[str, bool] = {"unsaid": True}
"""Of a field that came later: a plan that does not use it is written, and hashed, as it was before there was one."""


class Unit(StrEnum):
    """Whom the figures are about."""

    ADULT = "adult"
    HOUSEHOLD = "household"


class Adults(StrEnum):
    """Where the number of adults of a household comes from, which one adult's chance depends on."""

    FRAME = "frame"
    ASKED = "asked"  # of the households that answered: in the weight after the adjustment for nonresponse
    NOT_KNOWN = "not_known"  # then the figures are about households, and margins of persons are refused


class EligibilityBy(StrEnum):
    """Within what the share e of eligible cases is taken for cases nobody knows about (AAPOR RR3)."""

    CITY = "city"
    COMMUNITY = "community"


class MarginOf(StrEnum):
    """What a margin gives the totals of."""

    COMMUNITY = "community"  # adults of every community
    AGE_SEX = "age_sex"  # age group x sex
    AGE = "age"
    SEX = "sex"


class MarginWithin(StrEnum):
    """For which part of the population the totals are given."""

    CITY = "city"
    STREET = "street"
    COMMUNITY = "community"


class NoCalibration(StrEnum):
    """Why a plan has no margins."""

    NONE_IMPORTED = "none_imported"
    COMMUNITIES_MISSING = "communities_missing"  # not counted everywhere
    HOUSEHOLD_REGISTER = "household_register"  # 户籍 leaves out migrants, whom the figures count
    UNDECLARED = "undeclared"
    TOO_OLD = "too_old"  # more than two years
    MIXED = "mixed"  # of several kinds or days
    STARTS_TOO_OLD = "starts_too_old"  # the youngest of those who are asked are not counted
    AGES_STRADDLE = "ages_straddle"  # an age group reaches across the age at which the survey begins
    AGES_MISSING = "ages_missing"
    UNEVEN_CELLS = "uneven_cells"  # not the same age groups and sexes everywhere
    HOUSEHOLDS = "households"  # the weights are households', the register counts persons
    NOT_IN_FORCE = "not_in_force"  # before plans were kept nothing was calibrated
    BY_CHOICE = "by_choice"


class Level(StrEnum):
    CITY = "city"
    STREET = "street"
    COMMUNITY = "community"


class Group(StrEnum):
    """A part of the respondents that is no area and no answer to a question of the plan's own choice."""

    AGE = "age"
    SEX = "sex"
    MODE = "mode"  # in which they answered


OF_REGISTER: tuple[Group, ...] = (Group.AGE, Group.SEX)
"""Groups that population registers count, so that margins may be of them."""
_QUESTION = "question:"
MOST_GROUPS = 6
NO_ANSWER = "no_answer"
"""The group of whoever did not answer the question that groups are made by: without it groups would not make up the
whole, and the figure of a few who kept silent could be solved for."""


def group_of_question(question: str) -> str:
    """The groups of those who answered a closed question alike, as a plan names them."""
    return _QUESTION + question


def question_of_group(group: str) -> str | None:
    """None where it is no question."""
    return group.removeprefix(_QUESTION) if group.startswith(_QUESTION) else None


class Sensitivity(StrEnum):
    """The headline rates of the city once more, with one step of the plan or some of the respondents left out."""

    UNWEIGHTED = "unweighted"
    DESIGN_WEIGHT = "design_weight"
    BEFORE_CALIBRATION = "before_calibration"
    BEFORE_TRIMMING = "before_trimming"
    WITHOUT_DRAWN_AGES = "without_drawn_ages"
    WITHOUT_MARKED = "without_marked"  # answers from phones that bear a mark: fast, all alike, as another's, in a heap
    WITHOUT_COACHED = "without_coached"  # respondents who say that somebody showed them what to answer


class KindOfTest(StrEnum):
    """What is asked of an outcome and what it is held against."""

    CROSSTAB = "crosstab"  # a closed question by another or a group: shares, and Rao-Scott of the second order
    DIFFERENCE = "difference"  # an indicator between two groups: t
    TREND = "trend"  # an indicator over the order of the groups: the slope
    LINEAR = "linear"  # an indicator on several classifications: regression
    LOGISTIC = "logistic"  # the same of a yes or no


MOST_PREDICTORS = 8
MOST_TESTS = 40
"""Of a hundred questions put to nothing but chance five are answered yes."""


MOST_POOLED = 12
"""Waves whose answers are put together: three years of quarters, beyond which they tell of no time."""
USUALLY_POOLED = 4
"""A year of quarters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTest:
    """``outcome``: an indicator, of a crosstab a closed question; ``by``: closed questions, or age and sex."""

    kind: KindOfTest
    outcome: str
    by: tuple[str, ...]

    def __post_init__(self) -> None:
        most = MOST_PREDICTORS if self.kind in (KindOfTest.LINEAR, KindOfTest.LOGISTIC) else 1
        if not 1 <= len(self.by) <= most:
            raise ValueError(f"{self.kind} is by 1 to {most} classifications, not by {len(self.by)}")
        if len({self.outcome, *self.by}) != 1 + len(self.by):
            raise ValueError(f"{self.kind} names a variable twice")


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseWeight:
    """1 / inclusion probability over every stage; the adult within the household where they were counted."""

    adults: Adults = Adults.FRAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    by: EligibilityBy = EligibilityBy.CITY
    design_weighted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Nonresponse:
    """Weighting classes: the grids of a community, joined with a neighbour of the same community where too small."""

    minimum_respondents: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMargin:
    of: MarginOf
    within: MarginWithin = MarginWithin.CITY
    minimum_respondents: int = 20
    """Answers a category needs; below it, it is joined with its neighbour. Communities need one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCalibration:
    """Margins that the weights shall meet. Without margins ``why_none`` says why."""

    margins: tuple[PlannedMargin, ...] = (
        PlannedMargin(of=MarginOf.COMMUNITY, minimum_respondents=1),
        PlannedMargin(of=MarginOf.AGE_SEX),
    )
    method: CalibrationMethod = CalibrationMethod.RAKING
    seed: int = 1  # of drawing age or sex where it was not answered
    why_none: NoCalibration | None = None
    register_kind: str = ""  # as it was declared, with its day and lowest age
    register_as_of: str = ""
    register_lower_age: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimming:
    median_multiple: float | None = 5.0
    """Largest weight over the median of its community; what is cut off stays in the community. None: no trimming."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceRules:
    """By linearisation over every stage."""

    lonely_psu: LonelyPsu = LonelyPsu.ADJUST
    adult_stage: bool = True
    """Whether one adult of a household counts as a stage of its own, so that households that were not asked in full
    take no finite population correction. False is the recipe of format 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisPlan:
    """How a wave, or a file, is weighed, estimated and published. The defaults are those of a city that changes
    nothing."""

    unit: Unit = Unit.ADULT
    base_weight: BaseWeight = BaseWeight()
    eligibility: Eligibility = Eligibility()
    nonresponse: Nonresponse = Nonresponse()
    calibration: PlannedCalibration = PlannedCalibration()
    trimming: Trimming = Trimming()
    variance: VarianceRules = VarianceRules()
    indicators: tuple[str, ...] = ()  # ids; none: all of the questionnaire
    levels: tuple[Level, ...] = (Level.COMMUNITY, Level.STREET, Level.CITY)
    groups: tuple[str, ...] = ()  # of the city and of every street: ``Group``, or ``group_of_question``
    sensitivity: tuple[Sensitivity, ...] = tuple(Sensitivity)
    interval: IntervalMethod = IntervalMethod.KORN_GRAUBARD
    level: float = 0.95
    rule: PublicationRule = field(default_factory=PublicationRule)
    tests: tuple[PlannedTest, ...] = field(default=(), metadata=_UNSAID)
    pooled: int = field(default=USUALLY_POOLED, metadata=_UNSAID)
    """How many waves at most, this one the last, are put together for the statistician; 1: none."""

    def names(self, indicator: str, beside: str | None = None) -> bool:
        """Whether the plan asks for an indicator; with it for its figure over a second base (``beside`` it)."""
        return not self.indicators or indicator in self.indicators or beside in self.indicators

    def __post_init__(self) -> None:
        persons = [one for one in self.calibration.margins if one.of is not MarginOf.COMMUNITY]
        if self.unit is Unit.HOUSEHOLD and (persons or self.calibration.margins):
            raise ValueError("margins count persons; weights of households cannot meet them")
        if self.unit is Unit.ADULT and self.base_weight.adults is Adults.NOT_KNOWN:
            raise ValueError("without the adults of each household the figures are about households")
        self._groups_are_known()
        if len(self.tests) > MOST_TESTS:
            raise ValueError(f"tests: name at most {MOST_TESTS}")
        if not 1 <= self.pooled <= MOST_POOLED:
            raise ValueError(f"pooled: 1 to {MOST_POOLED} waves; 1 is this wave alone")
        if self.interval is IntervalMethod.WOODRUFF:
            raise ValueError("woodruff is the interval of a quantile; choose another for shares")
        if not 0 < self.level < 1:
            raise ValueError(f"the confidence level is a share between 0 and 1, not {self.level!r}")
        if not self.calibration.margins and self.calibration.why_none is None:
            raise ValueError("a plan without margins says why")

    def _groups_are_known(self) -> None:
        for one in self.groups:
            if one not in tuple(Group) and not question_of_group(one):
                raise ValueError(f"groups: {one!r} is none of {', '.join(Group)} and {_QUESTION}<id>")
        if len(self.groups) > MOST_GROUPS or len(set(self.groups)) < len(self.groups):
            raise ValueError(f"groups: name at most {MOST_GROUPS}, each once")


def plan_of_format_1(rule: PublicationRule, adults: Adults = Adults.FRAME) -> AnalysisPlan:
    """The recipe of releases signed before plans were kept, whatever the defaults are now."""
    return AnalysisPlan(
        unit=Unit.ADULT if adults is Adults.FRAME else Unit.HOUSEHOLD,
        base_weight=BaseWeight(adults=adults),
        eligibility=Eligibility(by=EligibilityBy.COMMUNITY, design_weighted=False),
        nonresponse=Nonresponse(minimum_respondents=20),
        calibration=PlannedCalibration(margins=(), why_none=NoCalibration.NOT_IN_FORCE),
        trimming=Trimming(median_multiple=None),
        variance=VarianceRules(lonely_psu=LonelyPsu.ADJUST, adult_stage=False),
        groups=(),
        sensitivity=(),
        interval=IntervalMethod.KORN_GRAUBARD,
        level=0.95,
        rule=rule,
    )


# ------------------------------------------------------------------ as a document


class PlanError(ValueError):
    """A document that is no plan; the message names the place."""


def to_document(plan: AnalysisPlan) -> dict[str, Any]:
    """Plain values, every field written but later ones that are not used: ``{"format": 2, "unit": "adult", ...}``."""
    return {"format": FORMAT, **_plain(plan)}


def from_document(document: Mapping[str, Any]) -> AnalysisPlan:
    """The plan of a document; what it leaves out takes its default. PlanError names a place that cannot be read."""
    if not isinstance(document, Mapping):
        raise PlanError("a plan is a mapping of its parts")
    given = dict(document)
    found = given.pop("format", None)
    if found != FORMAT:
        raise PlanError(f"format: this software reads format {FORMAT}, not {found!r}")
    plan = from_plain(AnalysisPlan, given, "")
    assert isinstance(plan, AnalysisPlan)
    return plan


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        said = {one.name: getattr(value, one.name) for one in fields(value)}
        unsaid = {one.name for one in fields(value) if one.metadata.get("unsaid") and said[one.name] == one.default}
        return {name: _plain(inner) for name, inner in said.items() if name not in unsaid}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


def from_plain(kind: Any, plain: Any, place: str) -> Any:
    """``plain`` as a value of the annotated type ``kind``; PlanError names the place within ``place``."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (types.UnionType, Union):
        [known] = [one for one in inner if one is not type(None)]
        return None if plain is None else from_plain(known, plain, place)
    if origin is tuple:
        if not isinstance(plain, (list, tuple)):
            raise PlanError(f"{place}: a list is needed")
        return tuple(from_plain(inner[0], one, f"{place}[{number}]") for number, one in enumerate(plain))
    if is_dataclass(kind):
        return _dataclass(kind, plain, place)
    return _simple(kind, plain, place)


def _dataclass(kind: Any, plain: Any, place: str) -> Any:
    if not isinstance(plain, Mapping):
        raise PlanError(f"{place or 'plan'}: a mapping is needed")
    hints = get_type_hints(kind)
    known = {one.name: one for one in fields(kind)}
    strange = [str(name) for name in plain if name not in known]
    if strange:
        raise PlanError(f"{_inside(place, strange[0])}: there is no such part; known are {', '.join(known)}")
    lacking = [
        name
        for name, one in known.items()
        if name not in plain and one.default is MISSING and one.default_factory is MISSING
    ]
    if lacking:
        raise PlanError(f"{_inside(place, lacking[0])}: is missing")
    values = {name: from_plain(hints[name], value, _inside(place, name)) for name, value in plain.items()}
    try:
        return kind(**values)
    except ValueError as error:
        raise PlanError(f"{place or 'plan'}: {error}") from error


def _simple(kind: Any, plain: Any, place: str) -> Any:
    if issubclass(kind, StrEnum):
        try:
            return kind(plain)
        except ValueError:
            raise PlanError(f"{place}: {plain!r} is none of {', '.join(kind)}") from None
    if kind is float and isinstance(plain, int) and not isinstance(plain, bool):
        return float(plain)
    if not isinstance(plain, kind) or (isinstance(plain, bool) and kind is not bool):
        raise PlanError(f"{place}: {kind.__name__} is needed, not {plain!r}")
    return plain


def _inside(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
