"""The form of a wave: what a manager says of it, read with every fault beside its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from questionnaires.figures import in_digits
from questionnaires.formalities import CIRCULATIONS, LEGAL_KINDS, Circulation, LegalKind
from questionnaires.indicators import SHARES, Indicator, IndicatorKind, Sense, in_own_unit
from questionnaires.model import Questionnaire
from questionnaires.text import Text
from survey_service.contacts.asked import DAYS, IN_PLAN, MOST_DAYS
from survey_service.models import Mode, Survey, Wave
from survey_service.sealed import clock as seal_clock
from survey_service.surveys.opening import FROM_ABROAD
from survey_service.web import posted_forms

MODES = (Mode.WEB_INVITED, Mode.PAPER, Mode.FACE_TO_FACE, Mode.TELEPHONE, Mode.WEB_OPEN)
HEADER = ("form_number", "issuing_body", "approval_number")
CHOICES: Mapping[str, Mapping[str, Text]] = {  # of the header, each with what may be chosen; "" where nothing is stated
    "legal_kind": {one.value: name for one, name in LEGAL_KINDS.items() if one is not LegalKind.UNSTATED},
    "circulation": {one.value: name for one, name in CIRCULATIONS.items() if one is not Circulation.UNSTATED},
    FROM_ABROAD: {"no": Text("没有", "No"), "yes": Text("有", "Yes")},
}
LONGEST_WAVE = 400  # days; a longer one is a slip of the year
NEVER_SHOWN = Text(
    "抽样调查永远证明不了 100%：哪怕问到的人全都这样答，区间的下限也到不了 100%。只有全部调查才行；"
    "这样的目标在报告里只会是“未达标”或“尚不能判定”。",
    "A sample can never show 100 %: even if everybody asked says so, the interval stops below. "
    "Only asking everyone can; reports will say “not reached” or “cannot tell”.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetBox:
    """One indicator that may have a target in this wave, or all that are made of one template."""

    indicator: Indicator
    name: Text  # of the indicator; of a template, that it is for each entry
    unit: str  # %, net (百分点), points (分), or none: its name says what it is in
    most: float = 100.0  # where nothing else limits it

    @property
    def is_share(self) -> bool:
        return self.unit == "%"

    @property
    def hundredths(self) -> bool:
        """Whether it is typed and shown a hundred times what is stored, as a share of 0.9 and a difference of 0.05."""
        return self.unit in ("%", "net")


def target_boxes(questionnaire: Questionnaire) -> list[TargetBox]:
    """Indicators on page one of the report, and those with a target in the file; an index of parts counts in points.
    Templates too, whether the wave has given its lists yet or not: one target for every body that is rated."""
    once = {one.id for one in questionnaire.repeated}  # made once: it has the name of its template
    told = [one for one in questionnaire.indicators if one.headline or one.target is not None]
    asked = [one for one in told if one.id not in once]
    return [
        TargetBox(indicator=one, name=_name(one, questionnaire), unit=_unit(one), most=_most(one, questionnaire))
        for one in (*asked, *questionnaire.repeated)
    ]


def _name(indicator: Indicator, questionnaire: Questionnaire) -> Text:
    """每个被评单位：满意率"""
    if indicator.each is None:
        return indicator.name
    question = questionnaire.question(indicator.each)
    offered = questionnaire.option_list(question.rows or question.list or "")
    if offered is None:
        return indicator.name
    en = f"{offered.title.in_language('en')}, each: {indicator.name.in_language('en')}"
    return Text(f"每个{offered.title.zh}：{indicator.name.zh}", en)


def _unit(indicator: Indicator) -> str:
    if indicator.kind in SHARES:
        return "%"
    if indicator.kind is IndicatorKind.NET:
        return "net"
    return "" if in_own_unit(indicator) else "points"


def _most(indicator: Indicator, questionnaire: Questionnaire) -> float:
    """The last rank there is; a ratio and the mean of a number may be anything."""
    if indicator.kind is IndicatorKind.MEAN_RANK:
        ranked = next(one for one in questionnaire.questions() if indicator.variables[0] in one.variables())
        return float(len(ranked.options))
    return 1e9 if in_own_unit(indicator) else 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveForm:
    """A form that was read; ``columns`` are those of the table ``wave``."""

    key: str
    columns: Mapping[str, Any]


def read_wave(
    reading: posted_forms.FormReading,
    questionnaire: Questionnaire,
    version_id: UUID,
    areas: Sequence[str],
    *,
    key: bool,
) -> WaveForm:
    """Read the form of a wave; ``areas`` are the codes that may be chosen."""
    name = reading.words(
        "name_zh", most=60, needed=Text("这一期叫什么，例如 2026年第四季度。", "Name the wave in Chinese.")
    )
    opens_on, closes_on = reading.day("opens_on"), reading.day("closes_on")
    _check_days(reading, opens_on, closes_on)
    modes = [mode.value for mode in MODES if mode.value in posted_forms.texts(reading.posted, "modes")]
    if not modes:
        reading.faults["modes"] = Text("至少选一种收集方式。", "Choose at least one mode.")
    chosen = [code for code in areas if code in set(posted_forms.texts(reading.posted, "areas"))]
    columns: dict[str, Any] = {
        "name_zh": name,
        "name_en": reading.words("name_en", most=120),
        "questionnaire_version_id": version_id,
        "opens_on": opens_on,
        "closes_on": closes_on,
        "modes": modes,
        "areas": [] if len(chosen) == len(areas) else chosen,
        "header": _header(reading),
        "method": _method(reading),
        "targets": _targets(reading, questionnaire),
        "plan": _plan(reading),
    }
    for mode in MODES:
        reading.kept[f"mode-{mode.value}"] = "on" if mode.value in modes else ""
    for code in areas:
        reading.kept[f"area-{code}"] = "on" if code in chosen else ""
    return WaveForm(key=reading.key("key") if key else "", columns=columns)


def _check_days(reading: posted_forms.FormReading, opens_on: date | None, closes_on: date | None) -> None:
    if opens_on is None or closes_on is None:
        return
    if closes_on < opens_on:
        reading.faults["closes_on"] = Text("最后一天不能早于第一天。", "The last day cannot be before the first.")
    elif (closes_on - opens_on).days > LONGEST_WAVE:
        reading.faults["closes_on"] = Text("一期超过一年，请看看年份。", "Longer than a year: look at the years.")


def _header(reading: posted_forms.FormReading) -> dict[str, Any]:
    header: dict[str, Any] = {name: reading.words(name, most=100) for name in HEADER}
    valid_until = reading.words("valid_until", most=10)
    if valid_until and (day := reading.day("valid_until")) is not None:
        header["valid_until"] = day.isoformat()
    for name, known in CHOICES.items():
        chosen = reading.words(name, most=20)
        if chosen and chosen not in known:
            reading.faults[name] = Text("请从列出的几项里选。", "Choose one of those listed.")
        header[name] = chosen
    return {name: value for name, value in header.items() if value}


def _method(reading: posted_forms.FormReading) -> dict[str, Any]:
    method: dict[str, Any] = {
        "population": reading.both("population", most=200),
        "frame": reading.both("frame", most=200),
        "selection": reading.both("selection", most=400),
    }
    coverage = reading.percent("frame_coverage")
    if coverage is not None:
        method["frame_coverage"] = coverage
    return method


def _plan(reading: posted_forms.FormReading) -> dict[str, Any]:
    plan: dict[str, Any] = {}
    for name in ("response_rate", "eligibility_rate"):
        share = reading.percent(name)
        if share is not None:
            plan[name] = share
            if not share:
                reading.faults[name] = Text("要大于 0；不知道就留空。", "Above 0; leave it empty where nobody knows.")
    typed = reading.words("design_effect", most=8)
    if typed:
        effect = posted_forms.as_number(typed)
        if effect is None or not 0.5 <= effect <= 20:
            reading.faults["design_effect"] = Text(
                "写 0.5 到 20 之间的数，例如 1.3；不知道就留空。",
                "A number from 0.5 to 20, for example 1.3; or leave it empty.",
            )
        else:
            plan["design_effect"] = effect
    purpose, days = reading.both("contact_purpose", most=120), reading.whole("contact_days", least=1, most=MOST_DAYS)
    if purpose["zh"]:
        plan[IN_PLAN] = {"purpose": purpose, "days": DAYS if days is None else days}
    sealed_days = reading.whole("sealed_days", least=1, most=seal_clock.MOST_DAYS)
    if sealed_days is not None:
        plan[seal_clock.IN_PLAN] = sealed_days
    return plan


def _targets(reading: posted_forms.FormReading, questionnaire: Questionnaire) -> dict[str, Any]:
    targets: dict[str, Any] = {}
    for box in target_boxes(questionnaire):
        name = f"target-{box.indicator.id}"
        sense = reading.words(f"sense-{box.indicator.id}", most=10) or Sense.AT_LEAST.value
        typed = reading.words(name, most=10)
        if not typed:
            continue
        number = posted_forms.as_number(typed.removesuffix("%").removesuffix("％"))
        low, high = _limits(box)
        if number is None or not low <= number <= high:
            reading.faults[name] = Text(
                f"{box.name.zh}：写 {in_digits(low)} 到 {in_digits(high)} 之间的数。",
                f"{box.name.en}: a number from {in_digits(low)} to {in_digits(high)}.",
            )
        elif (sense == Sense.AT_LEAST and number == low) or (sense == Sense.AT_MOST and number == high):
            reading.faults[name] = Text(
                f"{box.name.zh}：这样的目标谁都达到，等于没有。没有目标就留空。",
                f"{box.name.en}: everybody reaches that. Leave it empty where there is no target.",
            )
        elif sense not in (Sense.AT_LEAST, Sense.AT_MOST):
            reading.faults[name] = Text("选“至少”或“至多”。", "Choose at least or at most.")
        else:
            targets[box.indicator.id] = {"value": round(number / 100, 6) if box.hundredths else number, "sense": sense}
    return targets


def _limits(box: TargetBox) -> tuple[float, float]:
    """What the indicator can be, in the unit of its box."""
    if box.is_share:
        return 0.0, 100.0
    if box.indicator.kind is IndicatorKind.NET:
        return -100.0, 100.0
    if box.indicator.kind is IndicatorKind.MEAN_RANK:
        return 1.0, box.most
    points = list(box.indicator.scores.values())
    return (min(points), max(points)) if points else (0.0, box.most)


# ---------------------------------------------------------------- what stands in the boxes


def boxes_of(wave: Wave, questionnaire: Questionnaire, areas: Sequence[str]) -> dict[str, str]:
    """The boxes of a wave as it is stored."""
    plan, method = wave.plan, wave.method
    kept = {
        "name_zh": wave.name_zh,
        "name_en": wave.name_en,
        "key": wave.key,
        "opens_on": wave.opens_on.isoformat(),
        "closes_on": wave.closes_on.isoformat(),
        "frame_coverage": posted_forms.shown_percent(method.get("frame_coverage")),
        "response_rate": posted_forms.shown_percent(plan.get("response_rate")),
        "eligibility_rate": posted_forms.shown_percent(plan.get("eligibility_rate")),
        "design_effect": f"{plan['design_effect']:g}" if plan.get("design_effect") else "",
        **{name: str(wave.header.get(name) or "") for name in (*HEADER, "valid_until", *CHOICES)},
        **{f"mode-{mode}": "on" for mode in wave.modes},
        **{f"area-{code}": "on" for code in wave.areas or areas},
    }
    for name in ("population", "frame", "selection"):
        kept |= posted_forms.both_of(method, name)
    contact = plan.get(IN_PLAN) or {}
    kept |= {**posted_forms.both_of({"contact_purpose": contact.get("purpose")}, "contact_purpose")}
    kept["contact_days"] = str(contact.get("days", ""))
    kept["sealed_days"] = str(plan.get(seal_clock.IN_PLAN) or "")
    return kept | _target_boxes(wave.targets, questionnaire)


def fresh_boxes(survey: Survey, questionnaire: Questionnaire, areas: Sequence[str]) -> dict[str, str]:
    """The boxes of a wave that is yet to be made: the survey's own words, the targets of the file."""
    method = survey.method
    kept = {
        "frame_coverage": posted_forms.shown_percent(method.get("frame_coverage")),
        **{f"mode-{mode.value}": "on" for mode in (Mode.WEB_INVITED, Mode.PAPER, Mode.WEB_OPEN)},
        **{f"area-{code}": "on" for code in areas},
    }
    for name in ("population", "frame"):
        kept |= posted_forms.both_of(method, name)
    own = {
        one.id: {"value": one.target.value, "sense": one.target.sense.value}
        for one in (*questionnaire.repeated, *questionnaire.indicators)
        if one.target is not None
    }
    return kept | _target_boxes(own, questionnaire)


def copied_boxes(wave: Wave, questionnaire: Questionnaire, areas: Sequence[str]) -> dict[str, str]:
    """An earlier wave's boxes without its name and days, which are this wave's own."""
    kept = boxes_of(wave, questionnaire, areas)
    return {
        name: value
        for name, value in kept.items()
        if name not in ("name_zh", "name_en", "key", "opens_on", "closes_on", FROM_ABROAD)
    }


def _target_boxes(targets: Mapping[str, Mapping[str, Any]], questionnaire: Questionnaire) -> dict[str, str]:
    kept = {}
    for box in target_boxes(questionnaire):
        target = targets.get(box.indicator.id)
        if target is not None:
            value = float(target["value"])
            kept[f"target-{box.indicator.id}"] = (
                posted_forms.shown_percent(value) if box.hundredths else in_digits(value)
            )
            kept[f"sense-{box.indicator.id}"] = str(target["sense"])
    return kept
