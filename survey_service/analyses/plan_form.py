"""The form by which a plan is changed: boxes to a plan, and back. What the form does not ask stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Final, TypeVar

from analysis.plan import (
    MOST_GROUPS,
    MOST_POOLED,
    OF_REGISTER,
    AnalysisPlan,
    MarginOf,
    MarginWithin,
    NoCalibration,
    PlannedCalibration,
    PlannedMargin,
    PlannedTest,
    Trimming,
    Unit,
)
from analysis.results import SHARE_INTERVALS, IntervalMethod, Reliability
from questionnaires.text import Text
from reports.wording.phrases import METHODS
from survey_service.analyses import plan_tests, plan_tests_form
from survey_service.analyses.plan_groups import groups_offered, questions_offered
from survey_service.analyses.plan_shown import Choice, Choices, Filled
from survey_service.analyses.plan_words import RELIABILITY
from survey_service.analyses.plans import KnownPopulation
from survey_service.analyses.wave_analysis import WaveToAnalyse

LEAST: Final = 20  # answers a category needs, where nothing else is said


class Margins(StrEnum):
    """Sets of margins that the form offers; others come by a file."""

    NONE = "none"
    COMMUNITIES = "communities"
    CITY = "city"  # communities, and age and sex of the city
    STREETS = "streets"  # communities, and age and sex of every street, raked
    WITHIN_COMMUNITIES = "within_communities"
    AS_THEY_ARE = "as_they_are"  # of a file: none of these


OFFERED: Final[Mapping[Margins, Text]] = {
    Margins.NONE: Text("不校准", "none"),
    Margins.COMMUNITIES: Text("各社区成年人口", "adults of every community"),
    Margins.CITY: Text("各社区成年人口，加全市年龄、性别", "adults of every community, and age and sex of the city"),
    Margins.STREETS: Text(
        "各社区成年人口，加各街道的年龄、性别", "adults of every community, and age and sex of every street"
    ),
    Margins.WITHIN_COMMUNITIES: Text(
        "各社区成年人口，加各社区的年龄、性别", "adults of every community, and age and sex of every community"
    ),
    Margins.AS_THEY_ARE: Text("照现在的方案（来自文件）", "as in the present plan, from a file"),
}


def choices(given: WaveToAnalyse) -> Choices:
    """Margins need a register that can be used; those of age and sex need the questions."""
    wave, population, plan = given.wave, given.population, given.plan
    asked = [one for one in OF_REGISTER if one.value in wave.columns.groups]
    offered = [Margins.NONE]
    if population.register is not None and plan.unit is Unit.ADULT:
        offered.append(Margins.COMMUNITIES)
        if asked and population.register.cells:
            offered += [Margins.CITY, Margins.STREETS, Margins.WITHIN_COMMUNITIES]
    present = kind_of(plan.calibration)
    if present not in offered:
        offered.append(present)
    return Choices(
        margins=tuple(Choice(one.value, OFFERED[one]) for one in offered),
        groups=groups_offered(wave),
        questions=questions_offered(wave.questionnaire),
        intervals=tuple(Choice(one.value, METHODS[one]) for one in SHARE_INTERVALS),
        reliabilities=tuple(Choice(one.value, RELIABILITY[one]) for one in Reliability),
        tests=plan_tests.choices(given),
    )


def boxes(plan: AnalysisPlan) -> dict[str, str]:
    """The form filled with a plan."""
    multiple = plan.trimming.median_multiple
    return {
        "margins": kind_of(plan.calibration).value,
        "least": str(least_of(plan.calibration)),
        "pooled": str(plan.pooled),
        "trimming": "" if multiple is None else f"{multiple:g}",
        "level": f"{plan.level * 100:g}",
        "interval": plan.interval.value,
        "reliability": plan.rule.reliability.value,
    }


def least_of(calibration: PlannedCalibration) -> int:
    """Answers that a category of age or sex needs."""
    least = [one.minimum_respondents for one in calibration.margins if one.of is not MarginOf.COMMUNITY]
    return min(least, default=LEAST)


def kind_of(calibration: PlannedCalibration) -> Margins:
    if not calibration.margins:
        return Margins.NONE
    of = [(one.of, one.within) for one in calibration.margins]
    community = (MarginOf.COMMUNITY, MarginWithin.CITY)
    others = [one for one in of if one != community]
    if of.count(community) != 1:
        return Margins.AS_THEY_ARE
    if not others:
        return Margins.COMMUNITIES
    if len(others) == 1 and others[0][1] is MarginWithin.CITY:
        return Margins.CITY
    one_by_one = MarginOf.AGE_SEX not in {one for one, _ in others}
    if one_by_one and all(within is MarginWithin.STREET for _, within in others):
        return Margins.STREETS
    if one_by_one and all(within is MarginWithin.COMMUNITY for _, within in others):
        return Margins.WITHIN_COMMUNITIES
    return Margins.AS_THEY_ARE


def planned_margins(kind: Margins, groups: Sequence[str], least: int) -> tuple[PlannedMargin, ...]:
    """Of streets and communities age and sex are given one by one, and raked: crossed, cells have too few answers."""
    if kind is Margins.NONE:
        return ()
    communities = PlannedMargin(of=MarginOf.COMMUNITY, minimum_respondents=1)
    if kind is Margins.COMMUNITIES:
        return (communities,)
    if kind is Margins.CITY:
        of = MarginOf.AGE_SEX if len(groups) > 1 else MarginOf(groups[0])
        return communities, PlannedMargin(of=of, minimum_respondents=least)
    within = MarginWithin.STREET if kind is Margins.STREETS else MarginWithin.COMMUNITY
    return (
        communities,
        *(PlannedMargin(of=MarginOf(one), within=within, minimum_respondents=least) for one in groups),
    )


# ------------------------------------------------------------------ reading the form


Chosen = TypeVar("Chosen", bound=StrEnum)


class _Reading:
    def __init__(self, filled: Filled) -> None:
        self.filled = filled
        self.faults: dict[str, Text] = {}

    def one_of(self, name: str, known: Sequence[Chosen]) -> Chosen:
        typed = self.filled.kept.get(name, "")
        found = next((one for one in known if one.value == typed), None)
        if found is None:
            self.faults[name] = Text("请选一项。", "Choose one of these.")
            return known[0]
        return found

    def number(self, name: str, fits: Callable[[float], bool], fault: Text) -> float:
        """The number in a box, for which ``fits`` holds."""
        typed = self.filled.kept.get(name, "").strip().removesuffix("%").removesuffix("％")
        try:
            found = float(typed)
        except ValueError:
            found = float("nan")
        if not fits(found):
            self.faults[name] = fault
            return 0.0
        return found


def read(
    filled: Filled, before: AnalysisPlan, offered: Choices, population: KnownPopulation
) -> tuple[AnalysisPlan | None, dict[str, Text]]:
    """The plan that the form asks for, or a fault beside a box."""
    reading = _Reading(filled)
    margins = reading.one_of("margins", [Margins(one.value) for one in offered.margins])
    least = reading.number(
        "least",
        lambda found: 1 <= found <= 10_000 and found == int(found),
        Text("写 1 以上的整数，例如 20。", "Write a whole number from 1, such as 20."),
    )
    multiple = None
    if filled.kept.get("trimming", "").strip():
        multiple = reading.number(
            "trimming",
            lambda found: 1 < found <= 1000,
            Text("写大于 1 的数，例如 5；不截断就空着。", "Write a number above 1, such as 5, or leave it empty."),
        )
    level = reading.number(
        "level",
        lambda found: 50 <= found < 100,
        Text("写 50 到 100 之间的数，例如 95。", "Write a number from 50 and below 100, such as 95."),
    )
    pooled = reading.number(
        "pooled",
        lambda found: 1 <= found <= MOST_POOLED and found == int(found),
        Text(
            f"写 1 到 {MOST_POOLED} 的整数；1 就是不合。",
            f"Write a whole number from 1, which is none, to {MOST_POOLED}.",
        ),
    )
    interval = reading.one_of("interval", list(SHARE_INTERVALS))
    reliability = reading.one_of("reliability", list(Reliability))
    if len(filled.groups) > MOST_GROUPS:
        reading.faults["groups"] = Text(
            f"最多选 {MOST_GROUPS} 项：分得越多，为保护受访人不能照印的数字越多。",
            f"Choose at most {MOST_GROUPS}: the more there are, the more figures cannot be shown.",
        )
    tests, faults = plan_tests_form.read(filled.tests, before.tests, offered.tests)
    reading.faults |= faults
    if reading.faults:
        return None, reading.faults
    groups = [one.value for one in (*offered.groups, *offered.questions)]
    of_persons = [one for one in groups if one in OF_REGISTER]
    return _changed(
        replace(before, pooled=int(pooled)),
        calibration=_calibration(before, margins, of_persons, int(least), population),
        multiple=multiple,
        groups=tuple(one for one in groups if one in filled.groups),
        level=level,
        interval=interval,
        reliability=reliability,
        tests=tests,
    ), {}


def _calibration(
    before: AnalysisPlan, margins: Margins, groups: Sequence[str], least: int, population: KnownPopulation
) -> PlannedCalibration:
    """What the form does not ask stays: the method, the seed, and margins that it cannot say."""
    present = before.calibration
    if margins is Margins.NONE and present.margins:
        why = NoCalibration.BY_CHOICE if population.register is not None else population.why_none
        return PlannedCalibration(
            margins=(), method=present.method, seed=present.seed, why_none=why or NoCalibration.BY_CHOICE
        )
    if margins is kind_of(present):
        if least == least_of(present):
            return present
        return replace(
            present,
            margins=tuple(
                one if one.of is MarginOf.COMMUNITY else replace(one, minimum_respondents=least)
                for one in present.margins
            ),
        )
    return replace(
        present,
        margins=planned_margins(margins, groups, least),
        why_none=None,
        register_kind=population.kind,
        register_as_of=population.as_of,
        register_lower_age=population.lower_age,
    )


def _changed(
    before: AnalysisPlan,
    *,
    calibration: PlannedCalibration,
    multiple: float | None,
    groups: tuple[str, ...],
    level: float,
    interval: IntervalMethod,
    reliability: Reliability,
    tests: tuple[PlannedTest, ...],
) -> AnalysisPlan:
    return replace(
        before,
        calibration=calibration,
        trimming=Trimming(median_multiple=multiple),
        groups=groups,
        level=round(level / 100, 6),
        interval=interval,
        rule=replace(before.rule, reliability=reliability),
        tests=tests,
    )
