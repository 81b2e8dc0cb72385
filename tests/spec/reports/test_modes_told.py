"""What is said of modes that were dealt by lot, and that nothing is said of others."""

from __future__ import annotations

import pytest

from analysis.city_results import ModeEffect, ModeFigure
from questionnaires.indicators import Indicator, IndicatorKind
from questionnaires.text import Text
from reports.wording.modes import told


def rate(key: str, zh: str, en: str) -> Indicator:
    return Indicator(id=key, name=Text(zh, en), definition=Text(zh, en), kind=IndicatorKind.PROPORTION)


RATES = {"aware": rate("aware", "知晓率", "Awareness"), "happy": rate("happy", "满意率", "Satisfaction")}


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
    assert told([APART, ALIKE], RATES, "zh") == (
        "每户先用纸质问卷（n 1,012）或网上邀请（n 859），由抽签决定，所以两种答案的差别来自方式：怎么问，也包括谁肯答。"
        "全市知晓率：先用网上邀请的 90.1%，先用纸质问卷的 93.3%，相差 3.2 个百分点（0.2–6.1）；满意率没有查出差别。"
    )
    assert told([APART, ALIKE], RATES, "en") == (
        "Whether a household was first asked on paper (n 1,012) or by an invitation to the web (n 859) was drawn by "
        "lot, so a difference comes from the way itself: how it asks, and who answers it. Awareness in the city: 90.1% "
        "of those first asked by an invitation to the web, 93.3% of those first asked on paper, 3.2 percentage points "
        "apart (0.2–6.1); no difference was found in Satisfaction."
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_where_nothing_was_dealt_nothing_is_said(language: str) -> None:
    assert told([], RATES, language) == ""
    assert told([APART], {}, language) == ""
