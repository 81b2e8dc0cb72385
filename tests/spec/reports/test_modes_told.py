"""What is said of modes that were dealt by lot, and that nothing is said of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from analysis import engine
from analysis.case_columns import Labels
from analysis.city_results import ModeEffect, ModeFigure
from analysis.disclosure import protect
from analysis.plan import AnalysisPlan
from analysis.published_beside import published_modes
from questionnaires.indicators import Indicator, IndicatorKind
from questionnaires.text import Text
from reports.wording.figures import Unit
from reports.wording.modes import Dealt, in_short, told
from tests.simulated.waves import Shape, asked, city, wave


def rate(key: str, zh: str, en: str) -> Indicator:
    return Indicator(id=key, name=Text(zh, en), definition=Text(zh, en), kind=IndicatorKind.PROPORTION)


RATES = {"aware": rate("aware", "知晓率", "Awareness"), "happy": rate("happy", "满意率", "Satisfaction")}


def dealt(effects: Sequence[ModeEffect], indicators: dict[str, Indicator]) -> Dealt:
    return Dealt(effects, indicators, dict.fromkeys(indicators, Unit.PERCENT))


def effect(variable: str, value: float, limits: tuple[float, float]) -> ModeEffect:
    first = ModeFigure(mode="paper", sample_size=1012, value=0.933)
    other = ModeFigure(
        mode="web_invited",
        sample_size=859,
        value=value,
        difference=value - 0.933,
        low=limits[0],
        high=limits[1],
    )
    return ModeEffect(variable=variable, digits=1, figures=(first, other))


APART, ALIKE = effect("aware", 0.901, (-0.061, -0.002)), effect("happy", 0.92, (-0.05, 0.024))


def test_what_differs_is_told_with_its_error_and_what_does_not_by_name() -> None:
    assert told(dealt([APART, ALIKE], RATES), "zh") == (
        "先用纸质问卷（n 1,012）或网上邀请（n 859），由抽签决定，所以两种答案的差别来自方式：怎么问，也包括谁肯答。"
        "全市知晓率：先用网上邀请的 90.1%，先用纸质问卷的 93.3%，相差 3.2 个百分点（0.2–6.1）；满意率没有查出差别。"
    )
    assert told(dealt([APART, ALIKE], RATES), "en") == (
        "Whether a case was first asked on paper (n 1,012) or by an invitation to the web (n 859) was drawn by "
        "lot, so a difference comes from the way itself: how it asks, and who answers it. Awareness in the city: 90.1% "
        "of those first asked by an invitation to the web, 93.3% of those first asked on paper, 3.2 percentage points "
        "apart (0.2–6.1); no difference was found in satisfaction."
    )


def test_the_sheet_of_a_community_says_the_difference_in_one_sentence() -> None:
    assert in_short(dealt([APART, ALIKE], RATES), "zh") == (
        "先用哪种方式由抽签定；全市知晓率先用网上邀请的比先用纸质问卷的低 3.2 个百分点（0.2–6.1）。"
    )
    assert in_short(dealt([APART], RATES), "en") == (
        "Which way a case was asked first was drawn by lot; in the city awareness is 3.2 percentage points lower "
        "(0.2–6.1) among those first asked by an invitation to the web than on paper."
    )
    assert in_short(dealt([ALIKE], RATES), "zh") == "先用哪种方式由抽签定；全市各项没有查出差别。"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_where_nothing_was_dealt_nothing_is_said(language: str) -> None:
    assert told(dealt([], RATES), language) == in_short(dealt([], RATES), language) == ""
    assert told(dealt([APART], {}), language) == ""


def test_every_number_that_is_printed_is_that_of_the_answers_and_their_weights() -> None:
    shape = Shape(streets=2, communities=4)
    of = city(shape, 5)
    columns = wave(of, 6)
    columns = replace(columns, first_mode=Labels(np.arange(columns.cases) % 2, ("paper", "web_invited")))
    on_paper = columns.first_mode.codes[columns.respondents] == 0
    lifted = np.where(on_paper & (np.arange(len(on_paper)) % 3 > 0), 1.0, columns.numerators[0])  # paper says yes
    columns = replace(columns, numerators=np.vstack([lifted[None, :], columns.numerators[1:]]))
    found = engine.run(AnalysisPlan(), columns, asked(shape), of.register())
    table = protect(*(one.estimates() for one in found.tables.values()), hierarchy=found.hierarchy)
    name = columns.indicators[0]
    assert found.modes is not None
    effects = published_modes(found.modes, table, [name])

    text = told(dealt(effects, {name: rate(name, "知晓率", "Awareness")}), "zh")
    weight, below = found.weighed.final, columns.denominators[0]
    shares = [
        float(np.nansum((weight * lifted)[one]) / np.nansum((weight * below)[one])) for one in (on_paper, ~on_paper)
    ]
    digits = effects[0].digits
    printed = [f"{100 * share:.{digits}f}" for share in shares]
    assert f"先用纸质问卷的 {printed[0]}%" in text
    assert f"先用网上邀请的 {printed[1]}%" in text
    assert f"相差 {float(printed[0]) - float(printed[1]):.{digits}f} 个百分点" in text
    for mode, there in (("纸质问卷", on_paper), ("网上邀请", ~on_paper)):
        assert f"{mode}（n {int(there.sum()):,}）" in text
