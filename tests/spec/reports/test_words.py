"""What a report says, checked as sentences: verdicts, reasons, tipping points, what is hidden."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import reports
from analysis.results import PublicationRule, Statistic, Suppression, Verdict
from questionnaires.indicators import Sense
from questionnaires.text import Text
from reports.wording import facts, verdicts
from reports.wording.figures import Figures, Unit
from reports.wording.phrases import (
    METHODS,
    MODES,
    PHRASES,
    SUPPRESSION_LETTERS,
    SUPPRESSION_REASONS,
    VERDICT_WORDS,
)
from survey_service.models import Mode
from survey_service.models.rectification import RectificationState
from tests.programmes import programme
from tests.spec.reports.summaries import hidden, indicator, share

PERCENT = Figures(unit=Unit.PERCENT)
R, N, C, H = Verdict.REACHED, Verdict.NOT_REACHED, Verdict.CANNOT_TELL, Verdict.NOT_PUBLISHED


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("catalogue", [PHRASES, MODES, METHODS, VERDICT_WORDS, SUPPRESSION_REASONS])
def test_every_phrase_is_in_both_languages_with_the_same_places(catalogue: dict[object, Text]) -> None:
    for key, text in catalogue.items():
        assert text.zh, key
        assert text.en, key
        assert fields(text.zh) == fields(text.en), key


def test_every_phrase_is_used() -> None:
    root = Path(reports.__file__).parent
    code = "".join(file.read_text("utf-8") for file in root.rglob("*.py") if not file.name.endswith("phrases.py"))
    built = {f"{verdict}_{end}" for verdict in Verdict for end in ("list", "count")}
    built |= {f"legend_{verdict}" for verdict in Verdict}
    built |= {f"{side}_{end}" for side in ("above", "below") for end in ("reached", "missed")}
    built |= {f"put_right_{state}" for state in RectificationState}
    built |= {f"first_{mode}" for mode in Mode}
    built |= {f"the {what} differs" for what in ("definition", "selection", "frame")}  # reasons of analysis.change
    built |= {f"{statistic}{end}" for statistic in Statistic for end in ("", "_of")}
    assert not [key for key in PHRASES if f'"{key}"' not in code and f"'{key}'" not in code and key not in built]


#  programme               indicator                unit
UNITS = [
    ("merchants", "staff_mean", Unit.PLAIN),  # people a shop
    ("window_services_exit", "wait_mean", Unit.PLAIN),  # minutes
    ("volunteering", "hours_mean", Unit.PLAIN),
    ("government_conduct", "efficiency_score", Unit.POINTS),
    ("community_services", "happiness", Unit.POINTS),
    ("environment", "improved", Unit.PERCENTAGE_POINTS),
    ("merchants", "trained_staff", Unit.PERCENT),
]


@pytest.mark.parametrize(("key", "name", "unit"), UNITS)
def test_the_mean_of_a_number_is_not_in_points(key: str, name: str, unit: Unit) -> None:
    assert verdicts.unit_of(programme(key).indicator(name)) is unit


def test_every_reason_to_hide_has_a_letter_of_its_own() -> None:
    assert set(SUPPRESSION_LETTERS) == set(SUPPRESSION_REASONS) == set(Suppression)
    assert len(set(SUPPRESSION_LETTERS.values())) == len(Suppression)


@pytest.mark.parametrize(
    ("given", "zh", "en"),
    [
        (
            [("知晓率", R), ("支持率", R), ("参与率", N), ("满意率", C)],
            "知晓率、支持率达标，参与率未达标，满意率尚不能判定。",
            None,
        ),
        (
            [("Awareness", R), ("Support", R), ("Participation", N), ("Satisfaction", C)],
            None,
            "Awareness and support reached the target; participation did not reach the target; "
            "satisfaction: cannot tell.",
        ),
        ([("满意率", H)], "满意率不单独公布。", None),
        ([("满意率", None)], "各项指标均未设目标，只列估计值与置信区间。", None),
        ([(f"第{i}项", R if i < 5 else N) for i in range(12)], "12 项指标中，5 项达标，7 项未达标。", None),
    ],
)
def test_the_answer_in_one_sentence(given: list[tuple[str, Verdict | None]], zh: str | None, en: str | None) -> None:
    if zh:
        assert verdicts.verdict_sentence(given, "zh") == zh
    if en:
        assert verdicts.verdict_sentence(given, "en") == en


AT_LEAST = indicator("awareness", "知晓率", "Awareness", 0.9)
AT_MOST = indicator("complaints", "投诉率", "Complaints", 0.05, sense=Sense.AT_MOST)


@pytest.mark.parametrize(
    ("which", "cell", "words"),
    [
        (AT_LEAST, share("x", 0.96, 0.92, 0.98, 200, target=0.9), "整个区间不低于目标。"),
        (AT_LEAST, share("x", 0.8, 0.75, 0.85, 200, target=0.9), "整个区间低于目标。"),
        (
            AT_LEAST,
            share("x", 0.91, 0.86, 0.95, 200, target=0.9, settling_sample_size=181),
            "区间跨过目标。",
        ),
        (AT_MOST, share("x", 0.02, 0.01, 0.04, 200, target=0.05, at_least=False), "整个区间不高于目标。"),
        (AT_MOST, share("x", 0.09, 0.06, 0.13, 200, target=0.05, at_least=False), "整个区间高于目标。"),
    ],
)
def test_the_reason_beside_a_verdict(which: object, cell: object, words: str) -> None:
    assert verdicts.reason(which, cell, "zh") == words  # type: ignore[arg-type]


def test_how_many_would_settle_what_cannot_be_told_is_raised_to_the_next_ten() -> None:
    cell = share("x", 0.91, 0.86, 0.95, 200, target=0.9, settling_sample_size=181)
    assert verdicts.settling("知晓率", AT_LEAST, cell, "zh") == "知晓率约 190 份"
    reached = share("x", 0.96, 0.92, 0.98, 200, target=0.9, settling_sample_size=181)
    assert verdicts.settling("知晓率", AT_LEAST, reached, "zh") == ""
    everyone = indicator("awareness", "知晓率", "Awareness", 1.0)
    assert verdicts.settling("知晓率", everyone, replace(cell, verdict=C), "zh") == ""


def test_a_target_of_100_percent_says_that_only_a_census_can_show_it() -> None:
    everyone = indicator("awareness", "知晓率", "Awareness", 1.0)
    cell = share("x", 1.0, 0.884, 1.0, 30, target=1.0, all_alike=True, settling_sample_size=None)
    assert verdicts.reason(everyone, cell, "zh") == "区间跨过目标。抽样调查不能证明 100%，只有全数调查才能。"


def test_all_yes_and_none() -> None:
    everyone = share("x", 1.0, 0.8843, 1.0, 30, all_alike=True)
    assert verdicts.all_alike("知晓率", everyone, PERCENT, "zh") == "受访 30 人全部知晓；至少 88%。"
    assert (
        verdicts.all_alike("Awareness", everyone, PERCENT, "en") == "All 30 asked count as “Awareness”; at least 88%."
    )
    nobody = share("x", 0.0, 0.0, 0.1157, 30, all_alike=True)
    assert verdicts.all_alike("知晓率", nobody, PERCENT, "zh") == "受访 30 人无一知晓；至多 12%。"
    assert verdicts.all_alike_short(everyone, PERCENT) == "≥88"
    census = share("x", 1.0, 1.0, 1.0, 30, all_alike=True)
    assert verdicts.all_alike("知晓率", census, PERCENT, "zh") is None  # a census may say 100 %


@pytest.mark.parametrize(
    ("which", "value", "point", "words"),
    [
        (AT_LEAST, 0.962, 0.79211, "低于 79.3%，全体就够不上目标"),  # raised: a higher point is the less firm verdict
        (AT_LEAST, 0.80, 0.97289, "高于 97.2%，全体就达到目标"),  # cut
        (AT_LEAST, 0.40, 1.8, "不管是多少，全体都在目标这一边"),
        (AT_MOST, 0.02, 0.10211, "高于 10.2%，全体就超过目标"),  # cut: reached sooner
        (AT_MOST, 0.08, 0.01011, "低于 1.1%，全体就达到目标"),  # raised
    ],
)
def test_tipping_points_are_rounded_against_the_verdict(which: object, value: float, point: float, words: str) -> None:
    cell = share("x", value, value - 0.01, value + 0.01, 200, target=0.9, tipping_point=point)
    assert verdicts.tipping(which, cell, PERCENT, "zh") == words  # type: ignore[arg-type]


def test_notes_explain_the_letters_that_were_used_and_no_others() -> None:
    rule = PublicationRule()
    assert verdicts.hidden_notes([share("x", 0.5, 0.4, 0.6, 90)], rule, "zh") == []
    notes = verdicts.hidden_notes([hidden("x"), hidden("y", Suppression.COMPLEMENTARY)], rule, "zh")
    assert notes == ["“—”表示不单独公布：a 受访者不足 10 人；c 为防止由合计倒推而一并隐去。"]
    flagged = verdicts.hidden_notes([share("x", 0.5, 0.3, 0.7, 20, unreliable=True)], rule, "zh")
    assert flagged == ["* 误差大：有效样本量不足 30，或区间宽度达到 30 个百分点。"]


def test_a_hidden_figure_is_never_judged() -> None:
    cell = replace(share("x", 0.96, 0.92, 0.98, 200, target=0.9), suppression=Suppression.UNRELIABLE)
    assert verdicts.shown_verdict(cell) is Verdict.NOT_PUBLISHED


@pytest.mark.parametrize(
    ("start", "end", "zh", "en"),
    [
        (date(2026, 9, 1), date(2026, 9, 20), "2026年9月1日至20日", "1–20 September 2026"),
        (date(2026, 9, 21), date(2026, 10, 5), "2026年9月21日至10月5日", "21 September – 5 October 2026"),
        (date(2026, 12, 21), date(2027, 1, 5), "2026年12月21日至2027年1月5日", "21 December 2026 – 5 January 2027"),
        (date(2026, 9, 1), date(2026, 9, 1), "2026年9月1日", "1 September 2026"),
    ],
)
def test_periods(start: date, end: date, zh: str, en: str) -> None:
    assert facts.period(start, end, "zh") == zh
    assert facts.period(start, end, "en") == en


def test_a_response_rate_is_rounded_as_on_the_pages_of_the_service() -> None:
    assert facts.rate(0.63549, "zh") == "63.5%"
    assert facts.rate(0.63599, "zh") == "63.6%"
    assert facts.rate(None, "zh") == "不详"
