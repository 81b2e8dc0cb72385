"""The statistician's page of a wave's figures as plain values: diagnostics first, then one indicator at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from analysis.results import Domain, PublishableCell, PublishableRow, Suppression, Verdict
from questionnaires.figures import in_digits
from questionnaires.indicators import Indicator, Sense, Target, second_id
from questionnaires.text import Text
from reports.wording import changes as change_words
from reports.wording import figures as column
from reports.wording import tiers, verdicts
from survey_service.analyses.area_names import AreaName
from survey_service.analyses.earlier_wave import WaveChanges
from survey_service.analyses.review_compared import held_against
from survey_service.analyses.review_groups import group_figures, street_sentences
from survey_service.analyses.review_modes import mode_lines
from survey_service.analyses.review_trend import trend_table
from survey_service.analyses.reviewed import Bar, Check, Figures, Line
from survey_service.analyses.service import CITY_DOMAIN, WaveEstimates, community_domain, street_domain
from survey_service.analyses.summaries import NOTHING_BEFORE, Since

BAR_WIDTH: Final = 176.0
TICK_ROOM: Final = 36.0  # between the middle tick and the ends, so that no figure runs into another
BAR_EDGE: Final = 7.0  # room for a mark that sits on the end of the scale
BAR_MIDDLE: Final = 12.0
LOW_RESPONSE: Final = 0.50  # below it a community is named
MUCH_MISSING: Final = 0.05  # share without an answer, from which a question is named
HEAVY_WEIGHT: Final = 5.0  # largest weight over median, from which the weights need a look


HIDDEN: Final[Mapping[Suppression, Text]] = {
    Suppression.FEW_RESPONDENTS: Text("受访不足 10 人", "fewer than 10 respondents"),
    Suppression.DOMINATED: Text("总量几乎由一个受访者构成", "one respondent makes up nearly all of a total"),
    Suppression.UNRELIABLE: Text("不够准", "too imprecise"),
    Suppression.COMPLEMENTARY: Text(
        "防止由合计倒推而一并隐去", "hidden so that another cell cannot be had by subtraction"
    ),
    Suppression.GROUP_DISCLOSURE: Text("不足 30 人且回答全部相同", "fewer than 30 and all answered alike"),
    Suppression.NOT_ESTIMABLE: Text("无法估计", "not estimable"),
    Suppression.NOT_PUBLISHED: Text("不单独公布", "not published alone"),
}


def checks(estimates: WaveEstimates) -> list[Check]:
    """What a statistician looks at before any figure."""
    return [
        _response(estimates),
        _small(estimates),
        _weights(estimates),
        _classes(estimates),
        _missing(estimates),
        _open(estimates),
    ]


def _response(estimates: WaveEstimates) -> Check:
    rows = estimates.cases
    city = estimates.rates[rows.city.code]
    if not estimates.fieldwork[rows.city.code].outcomes_recorded:
        why = Text(
            "没有完成的没有登记结果（拒访、无人、不合格等），算不出应答率；报告只印完成占抽中的比重。",
            "Why others did not answer was not recorded (refusal, no contact, not eligible), so no response rate can "
            "be computed; reports print the share that completed.",
        )
        return Check(False, Text("完成 ÷ 抽中", "Completed ÷ sampled"), _share(city.completed / city.sampled), why)
    low = [one for one in rows.communities if (estimates.rates[one.code].rr3 or 0.0) < LOW_RESPONSE]
    zh, en = "各社区都在 50% 以上。", "Every community is above 50%."
    if low and len(low) == len(rows.communities):
        zh = "各社区都不到一半；没答的人可能与答的人不同。"
        en = "Less than half in every community. Those who did not answer may differ from those who did."
    elif low:
        zh = "、".join(f"{one.name_zh} {_share(estimates.rates[one.code].rr3)}" for one in low)
        zh += "，不到一半；没答的人可能与答的人不同。"
        en = ", ".join(f"{one.name_en} {_share(estimates.rates[one.code].rr3)}" for one in low)
        en += ": less than half. Those who did not answer may differ from those who did."
    name = Text("应答率（AAPOR RR3）", "Response rate (AAPOR RR3)")
    return Check(not low, name, _share(city.rr3), Text(zh, en))


def _small(estimates: WaveEstimates) -> Check:
    hidden = [
        one
        for one in estimates.cases.communities
        if all(cell.suppression is not None for cell in _row(estimates, community_domain(one.code)).cells)
    ]
    name = Text("小样本", "Small samples")
    if not hidden:
        why = Text("没有社区因人数太少而不能发布。", "No community is too small to be published.")
        return Check(True, name, "0", why)
    why = Text(
        "、".join(one.name_zh for one in hidden) + "不单独公布，只进街道和全市合计：人数不足，或为防止倒推。",
        ", ".join(one.name_en for one in hidden)
        + ": not published alone, counted in street and city; too few, or hidden against subtraction.",
    )
    return Check(False, name, str(len(hidden)), why)


def _weights(estimates: WaveEstimates) -> Check:
    found = estimates.weights.diagnostics
    fine = found.maximum_over_median < HEAVY_WEIGHT
    why = Text(
        f"最大权数是中位数的 {found.maximum_over_median:.1f} 倍；最重的百分之一占权数合计的"
        f" {_share(found.top_percent_share)}。",
        f"The largest weight is {found.maximum_over_median:.1f} times the median; the heaviest one per cent hold "
        f"{_share(found.top_percent_share)} of all weight.",
    )
    return Check(fine, Text("权数", "Weights"), f"Kish {found.kish_design_effect:.2f}", why)


def _classes(estimates: WaveEstimates) -> Check:
    joined = sum(len(record.collapsed) for record in estimates.weights.field.records.values())
    classes = [each for record in estimates.weights.field.records.values() for each in record.classes]
    largest = max(each.factor for each in classes)
    why = Text(
        f"{len(classes)} 个加权类，最大调整系数 {largest:.2f}；"
        + (f"并类 {joined} 次，都在本社区之内。" if joined else "没有并类。"),
        f"{len(classes)} weighting {'class' if len(classes) == 1 else 'classes'}, largest factor {largest:.2f}; "
        + (f"joined within a community: {joined}." if joined else "none were joined."),
    )
    return Check(largest < 3.0, Text("无应答调整", "Nonresponse adjustment"), f"{largest:.2f}", why)


def _missing(estimates: WaveEstimates) -> Check:
    shares = {name: lost / asked for name, (asked, lost) in estimates.cases.item_nonresponse.items() if asked}
    worst = max(shares, key=lambda variable: shares[variable]) if shares else ""
    share = shares.get(worst, 0.0)
    name = Text("漏答", "Item nonresponse")
    if not share:
        return Check(True, name, _share(0.0), Text("没有一题漏答。", "No question is left out."))
    words = _short(estimates, worst)
    why = Text(f"“{words.zh}”漏得最多。", f"“{words.en or words.zh}” is left out most.")
    return Check(share < MUCH_MISSING, name, "<0.1%" if share < 0.0005 else _share(share), why)


def _short(estimates: WaveEstimates, variable: str) -> Text:
    for question in estimates.cases.questionnaire.questions():
        for item in question.items:
            if variable == f"{question.id}.{item.id}":
                return item.short
        if variable == question.id:
            return question.short
    return Text(variable, variable)


def _open(estimates: WaveEstimates) -> Check:
    count = sum(estimates.cases.open_responses.values())
    why = Text(
        "开放二维码的答卷不是抽样，只计份数，不进任何估计。",
        "Answers by open codes are no sample: they are counted and enter no estimate.",
    )
    heaped = sum(estimates.cases.open_in_bursts.values())
    if heaped:
        why = Text(
            f"{why.zh}其中 {heaped:,} 份是一分钟里扎堆来的，报告里另写。",
            f"{why.en} Of these, {heaped:,} came in heaps within a minute; the report says so.",
        )
    return Check(True, Text("开放答卷", "Open answers"), f"{count:,}", why)


def figures(estimates: WaveEstimates, indicator: Indicator, before: Since = NOTHING_BEFORE) -> Figures:
    """City, then each street with its communities, for one indicator; ``before``: what of earlier waves is told."""
    changes = before.changes
    rows = estimates.cases
    places: list[tuple[AreaName, str, PublishableRow]] = [(rows.city, "city", _row(estimates, CITY_DOMAIN))]
    for street, communities in rows.streets:
        places.append((street, "street", _row(estimates, street_domain(street.code))))
        places += [(one, "community", _row(estimates, community_domain(one.code))) for one in communities]
    cells = [row.cell(indicator.id) for _, _, row in places]
    unit = verdicts.unit_of(indicator, cells[0])
    written = column.Figures(unit=unit)
    axis = _Axis(cells, indicator.target, written)
    second = second_id(indicator)
    beside = ["" if second is None else _beside(row.cell(second), written) for _, _, row in places]
    sizes = _sizes(estimates, indicator.id)
    since = _since(changes, indicator, written)
    judged, wrong = tiers.false_verdicts([cell.verdict for cell in cells], estimates.table.level)
    return Figures(
        indicator=indicator,
        target="" if indicator.target is None else _target(indicator.target, unit),
        unit=_unit(unit),
        since=None if changes is None else changes.since,
        modes=mode_lines(estimates, indicator.id, written),
        held=held_against(estimates, indicator, written),
        trend=trend_table(
            before.trend, indicator.id, [(area, level, row.domain) for area, level, row in places], written
        ),
        groups=group_figures(estimates, indicator.id, written, sizes, partial(_why, estimates)),
        street_groups=street_sentences(estimates, indicator, written),
        second_base=None if indicator.second_base is None else indicator.second_base.name,
        ticks=axis.ticks(),
        judged=judged,
        wrong=f"{wrong:.1f}",
        lines=tuple(
            replace(
                _line(area, level, cell, axis, sizes.get(row.domain, 0), _why(estimates, row.domain, cell)),
                beside=second_words,
                change=since.get(row.domain),
            )
            for (area, level, row), cell, second_words in zip(places, cells, beside, strict=True)
        ),
    )


def _since(changes: WaveChanges | None, indicator: Indicator, written: column.Figures) -> dict[Domain, Text]:
    """By domain, where both waves show a figure."""
    told = () if changes is None else changes.published
    return {
        one.domain: Text(change_words.short(one, written, "zh"), change_words.short(one, written, "en"))
        for one in told
        if one.variable == indicator.id
    }


def _beside(cell: PublishableCell, written: column.Figures) -> str:
    """As it is printed, with the respondents of its own base."""
    if cell.suppression is not None:
        return column.NOTHING
    value = tiers.coded(cell, written) or written.value(cell)
    return f"{value} (n {cell.sample_size:,})" if cell.sample_size is not None else value


def _why(estimates: WaveEstimates, domain: Domain, cell: PublishableCell) -> Text | None:
    """Why a figure is hidden: the gate's own record, for whoever has all answers before them anyway."""
    if cell.suppression is None:
        return None
    return HIDDEN[estimates.reasons.get((domain, (cell.variable, cell.category)), cell.suppression)]


def _line(area: AreaName, level: str, cell: PublishableCell, axis: _Axis, size: int, why: Text | None) -> Line:
    shown, written = cell.suppression is None, axis.written
    return Line(
        name=Text(area.name_zh, area.name_en),
        level=level,
        verdict=cell.verdict.value if cell.verdict else "",
        needed="" if cell.needed_sample_size is None else f"{cell.needed_sample_size:,}",
        value=(tiers.coded(cell, written) or written.value(cell)) if shown else "",
        interval=column.joined(*written.interval(cell)) if shown else "",
        sample_size=size,
        degrees_of_freedom="" if cell.degrees_of_freedom is None else f"{cell.degrees_of_freedom:,}",
        design_effect="" if cell.design_effect is None else f"{cell.design_effect:.2f}",
        bar=axis.bar(cell),
        change=None,
        beside="",
        hidden=why,
        unreliable=cell.unreliable or tiers.coarse(cell),
        review=cell.review,
    )


class _Axis:
    """One scale for all bars of a table: from the lowest limit to the highest, to tens of the unit; what has no unit of
    its own, to tens of its largest digit."""

    def __init__(self, cells: Sequence[PublishableCell], target: Target | None, written: column.Figures) -> None:
        self.written = written
        factor = float(written.unit.factor)
        self.empty = all(cell.suppression is not None for cell in cells)
        ends = [end * factor for cell in cells for end in (cell.low, cell.high) if end is not None]
        if target is not None:
            ends.append(target.value * factor)
        self.factor = factor
        step = 10.0
        if written.unit is column.Unit.PLAIN and ends and max(ends) > 0:
            step = 10.0 ** math.floor(math.log10(max(ends)))
        self.low = math.floor(min(ends, default=0.0) / step) * step
        self.high = max(math.ceil(max(ends, default=100.0) / step) * step, self.low + step)
        self.step = step
        self.target = None if target is None else target.value * factor

    def x(self, value: float) -> float:
        return BAR_EDGE + (value - self.low) / (self.high - self.low) * (BAR_WIDTH - 2 * BAR_EDGE)

    def ticks(self) -> tuple[tuple[str, str, str], ...]:
        """Both ends, and between them the target, or a round figure, where it has room; none where nothing is drawn."""
        if self.empty:
            return ()
        middle = round((self.low + self.high) / (2 * self.step)) * self.step
        if self.target is not None and TICK_ROOM <= self.x(self.target) <= BAR_WIDTH - TICK_ROOM:
            middle = self.target  # the one value that every bar is held against
        between = ((self.x(middle), "middle", middle),) if TICK_ROOM <= self.x(middle) <= BAR_WIDTH - TICK_ROOM else ()
        figures = ((0.0, "start", self.low), *between, (BAR_WIDTH, "end", self.high))
        return tuple((f"{x:.1f}", anchor, f"{value:g}") for x, anchor, value in figures)

    def bar(self, cell: PublishableCell) -> Bar | None:
        """Of the numbers that are printed beside it, so no coordinate tells more. A coded figure has its interval."""
        if cell.suppression is not None or cell.low is None or cell.high is None or cell.value is None:
            return None
        mark = "" if cell.coded else _shape(cell.verdict, self.x(cell.value * self.factor))
        line = f"M{self.x(cell.low * self.factor):.1f} {BAR_MIDDLE:g}H{self.x(cell.high * self.factor):.1f}"
        goal = "" if self.target is None else f"M{self.x(self.target):.1f} 0v24"
        return Bar(line, mark, goal)


def _shape(verdict: Verdict | None, x: float) -> str:
    match verdict:
        case Verdict.NOT_REACHED:
            return f"M{x:.1f} 6l6 11h-12z"
        case Verdict.CANNOT_TELL | Verdict.CANNOT_REACH:
            return f"M{x:.1f} 6l6 6l-6 6l-6-6z"
        case _:
            return f"M{x - 5:.1f} 12a5 5 0 1 0 10 0a5 5 0 1 0-10 0z"


def _row(estimates: WaveEstimates, domain: tuple[tuple[str, str], ...]) -> PublishableRow:
    return estimates.table.row(domain)


def _sizes(estimates: WaveEstimates, variable: str) -> dict[tuple[tuple[str, str], ...], int]:
    """Respondents by domain, hidden ones too: the statistician must see why."""
    return {
        one.domain: one.sample_size for table in estimates.raw for one in table.estimates if one.variable == variable
    }


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.1f}%"


def _target(target: Target, unit: column.Unit) -> str:
    sign = "≥" if target.sense is Sense.AT_LEAST else "≤"
    return f"{sign} {target.value * 100:g}%" if unit is column.Unit.PERCENT else f"{sign} {in_digits(target.value)}"


def _unit(unit: column.Unit) -> Text:
    return Text(verdicts.unit_sign(unit, "zh"), verdicts.unit_sign(unit, "en"))
