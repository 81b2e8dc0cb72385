"""What ``survey-service demo`` prints at the end: estimates beside what is true, and what changed between the waves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.table import Table

from analysis.results import ChangeVerdict
from survey_service.demonstration import truth
from survey_service.demonstration.city import CITY_NAME, STREETS, community_code
from survey_service.demonstration.service import Built

INDICATORS: Final = {"awareness": "知晓率", "support": "支持率", "participation": "参与率", "satisfaction": "满意率"}
WIDE: Final = 124  # columns that four indicators beside each other need
VERDICTS: Final = {
    ChangeVerdict.RISEN: "上升",
    ChangeVerdict.FALLEN: "下降",
    ChangeVerdict.NO_DETECTABLE_CHANGE: "没有查出变化",
    ChangeVerdict.NOT_COMPARABLE: "不能比较",
    ChangeVerdict.NOT_ESTIMABLE: "无法估计",
}


def of(built: Built, width: int) -> Iterator[str | Table]:
    """Everything, for a terminal of so many columns."""
    yield "\n估计、95% 置信区间与真值，单位 %；✕ 表示区间不含真值"
    for group in [list(INDICATORS)] if width >= WIDE else [list(INDICATORS)[:2], list(INDICATORS)[2:]]:
        yield comparison(built.latest.compared, group)
    covered, judged = truth.coverage(built.latest.compared)
    yield f"{judged} 个置信区间中有 {covered} 个包含真值（{covered / judged:.0%}；约定 95%）。"
    names = [signed.asked.days.quarter.name_zh for signed in (built.earlier, built.latest)]
    yield f"\n全市从{names[0]}到{names[1]}的变化，单位百分点"
    yield changed(built)


def changed(built: Built) -> Table:
    """Of the city, as released, and what truly changed."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for name in ("", "变化", "结论", "真变化"):
        table.add_column(name, justify="right" if "变化" in name else "left", no_wrap=True)
    was, now = (
        {line.indicator: line.truth for line in signed.compared if line.code == truth.CITY}
        for signed in (built.earlier, built.latest)
    )
    published = () if built.latest.changes is None else built.latest.changes.published
    told = {one.variable: one for one in published if not one.domain}
    for indicator, name in INDICATORS.items():
        found = told.get(indicator)
        shown = "—"
        if found is not None and found.difference is not None and found.low is not None and found.high is not None:
            shown = f"{found.difference * 100:+.1f} ({found.low * 100:.1f}–{found.high * 100:.1f})"
        verdict = "—" if found is None else VERDICTS[found.verdict]
        table.add_row(name, shown, verdict, f"{(now[indicator] - was[indicator]) * 100:+.1f}")
    return table


def comparison(compared: Sequence[truth.Compared], indicators: Sequence[str]) -> Table:
    """Estimate, interval and truth per community; a cross where the interval misses."""
    names = {truth.CITY: CITY_NAME[0]} | {
        community_code(street, position): plan.name_zh
        for street in STREETS
        for position, plan in enumerate(street.communities, start=1)
    }
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column("社区", no_wrap=True)
    table.add_column("n", justify="right", no_wrap=True, min_width=5)
    for indicator in indicators:
        table.add_column(INDICATORS[indicator], justify="right", no_wrap=True)
        table.add_column("真值", justify="right", no_wrap=True, min_width=6)
    by_code: dict[str, dict[str, truth.Compared]] = {}
    for line in compared:
        by_code.setdefault(line.code, {})[line.indicator] = line
    for code, lines in by_code.items():
        cells = []
        for indicator in indicators:
            line = lines[indicator]
            cells.append(f"{_percent(line.value)} ({_percent(line.low)}–{_percent(line.high)})")
            cells.append(("✕ " if line.covers is False else "") + _percent(line.truth))
        if code == truth.CITY:
            table.add_section()
        table.add_row(names[code], f"{max(line.sample_size for line in lines.values()):,}", *cells)
    return table


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value * 100:.1f}"
