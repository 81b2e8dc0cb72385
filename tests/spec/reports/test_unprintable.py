"""Characters without a glyph are found before a release, each with its place; nothing else is refused."""

from __future__ import annotations

from dataclasses import replace

from questionnaires.text import Text
from reports.fonts import TypeSettings
from reports.unprintable import unprintable
from tests.spec.reports import cases
from tests.spec.reports import summaries as given

PRIVATE = "\ue5e5"  # of the private use area, as old registers have for rare names


def test_every_hand_made_sheet_can_be_printed(type_settings: TypeSettings) -> None:
    assert unprintable([made() for made in cases.CASES.values()], type_settings) == []


def test_blanks_controls_and_selectors_leave_no_box(type_settings: TypeSettings) -> None:
    summary = given.community()
    name = Text("万寿\u200b桥\u00a0社\u3000区\U000e0100", "Wanshouqiao\tCommunity")
    assert unprintable([replace(summary, place=replace(summary.place, name=name))], type_settings) == []


def test_each_place_is_named(type_settings: TypeSettings) -> None:
    summary = given.community()
    bad = f"万{PRIVATE}桥"
    indicators = (replace(summary.indicators[0], name=Text(bad, "Awareness")), *summary.indicators[1:])
    told = {
        "地区名称（339901001）": replace(summary, place=replace(summary.place, name=Text(bad, "x"))),
        "抽样和加权的说明": replace(summary, method=replace(summary.method, frame=Text(bad, "x"))),
        "问卷，指标“awareness”的名称": replace(summary, indicators=indicators),
        "审签": replace(summary, imprint=replace(summary.imprint, signed_by=bad)),
        "问卷标题": replace(summary, imprint=replace(summary.imprint, questionnaire=Text(bad, "x"))),
    }
    for where, one in told.items():
        [found] = unprintable([one, one], type_settings)
        assert (found.character, found.where.zh, found.text) == (PRIVATE, where, bad)
