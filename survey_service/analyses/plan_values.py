"""The page of a wave's analysis plan, made of its rows: what the plan says, and what it does to the weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from analysis.engine.run import Analysis, run, weigh
from analysis.plan import AnalysisPlan, Level, NoCalibration, Sensitivity
from questionnaires.indicators import Indicator
from questionnaires.text import Text
from survey_service.analyses import plan_tests_form
from survey_service.analyses.plan_cells import margins_shown, notes, steps_shown
from survey_service.analyses.plan_fields import Difference, Names, plan_fields
from survey_service.analyses.plan_form import boxes, choices
from survey_service.analyses.plan_problems import troubles
from survey_service.analyses.plan_shown import PlanShown, RateLine, Said, Weighing
from survey_service.analyses.plan_words import SENSITIVITY, WHY_NONE
from survey_service.analyses.plans import plan_sha256, plan_text
from survey_service.analyses.service import asked, with_targets
from survey_service.analyses.wave_analysis import WaveToAnalyse
from survey_service.areas.registers import WORDS, Unusable

IN_THE_FILE_ONLY: Final = ("calibration.seed", "eligibility.design_weighted")
OF_MARGINS: Final = ("calibration.method", "calibration.register", "trimming.median_multiple")  # nothing without them


def plan_shown(given: WaveToAnalyse, *, by_default: bool, opened: bool, every: bool) -> PlanShown:
    """``opened``: whether somebody has opened the figures; before, nothing here is computed from an indicator.
    ``every``: all cells of every margin."""
    plan = given.plan
    weighed = weighing(plan, given, every=every)
    offered = choices(given)
    sensitivities, rates = _rates(given) if opened and not weighed.trouble else ((), ())
    return PlanShown(
        text=plan_text(plan),
        sha256=plan_sha256(plan),
        lines=_lines(plan, offered.tests.names),
        by_default=by_default,
        why_none=why_none(plan),
        weighed=weighed,
        sensitivities=sensitivities,
        rates=rates,
        kept=boxes(plan),
        chosen_groups=plan.groups,
        tests=plan_tests_form.filled(plan.tests),
        choices=offered,
    )


def _lines(plan: AnalysisPlan, names: Names) -> tuple[Said, ...]:
    left_out = IN_THE_FILE_ONLY if plan.calibration.margins else IN_THE_FILE_ONLY + OF_MARGINS
    return tuple(Said(one.name, one.said) for one in plan_fields(plan, names) if one.path not in left_out)


def changed_line(one: Difference) -> Said:
    return Said(one.name, one.after, one.before)


def why_none(plan: AnalysisPlan) -> Text | None:
    """Why nothing is calibrated, and the way out; None where something is."""
    if plan.calibration.margins:
        return None
    why = plan.calibration.why_none or NoCalibration.BY_CHOICE
    said = WORDS[Unusable(why.value)] if why.value in {one.value for one in Unusable} else _sentence(WHY_NONE[why])
    return Text(f"没有按人口校准。{said.zh}", f"Nothing is calibrated. {said.en}")


def _sentence(said: Text) -> Text:
    return Text(f"{said.zh}。", f"{said.en[:1].upper()}{said.en[1:]}.")


def area_words(given: WaveToAnalyse) -> Mapping[str, Text]:
    wave = given.wave
    return {
        area.code: Text(area.name_zh, area.name_en)
        for area in (*(street for street, _ in wave.streets), *wave.communities)
    }


def weighing(plan: AnalysisPlan, given: WaveToAnalyse, *, every: bool = False) -> Weighing:
    """What the steps did to the weights; where the margins cannot be met, the steps before them and why."""
    areas, columns = area_words(given), given.wave.columns
    try:
        weighed = weigh(plan, columns, given.population.register)
    except ValueError as error:
        trouble = troubles(error, areas)
        bare = replace(plan.calibration, margins=(), why_none=NoCalibration.BY_CHOICE)
        try:
            before = weigh(replace(plan, calibration=bare), columns, None)
        except ValueError:
            return Weighing(steps=(), trouble=trouble)
        return Weighing(steps=steps_shown(before, columns.respondents), trouble=trouble)
    if weighed.calibrated is None:
        return Weighing(steps=steps_shown(weighed, columns.respondents))
    return Weighing(
        steps=steps_shown(weighed, columns.respondents),
        margins=margins_shown(plan, weighed.calibrated, areas, every=every),
        notes=notes(weighed.calibrated, areas),
    )


# ------------------------------------------------------------------ after the lock


def _rates(given: WaveToAnalyse) -> tuple[tuple[Text, ...], tuple[RateLine, ...]]:
    """Headline rates of the city by the plan, and with each step of weighting left out."""
    indicators = with_targets(given.wave.questionnaire, {})
    plan = replace(given.plan, levels=(Level.CITY,), groups=())
    found = run(plan, given.wave.columns, asked(indicators, given.wave.questionnaire), given.population.register)
    taken = tuple(one for one in plan.sensitivity if one in found.sensitivities.rates)
    by_plan = {one.variable: one.value for one in found.tables[Level.CITY.value].estimates().estimates}
    lines = tuple(
        _rate_line(one, by_plan.get(one.id), found, taken) for one in indicators if one.headline and one.id in by_plan
    )
    return tuple(SENSITIVITY[one] for one in taken), lines


def _rate_line(indicator: Indicator, value: float | None, found: Analysis, taken: tuple[Sensitivity, ...]) -> RateLine:
    share = next(one.share for one in found.indicators if one.id == indicator.id)
    return RateLine(
        name=indicator.name,
        unit="%" if share else "",
        by_plan=_printed(value, share=share),
        others=tuple(_printed(found.sensitivities.rates[one].get(indicator.id), share=share) for one in taken),
    )


def _printed(value: float | None, *, share: bool) -> str:
    if value is None:
        return "–"
    return f"{value * 100:.1f}" if share else f"{value:.2f}"
