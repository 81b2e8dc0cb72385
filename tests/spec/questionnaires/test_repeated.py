"""Rows that are a list, and the indicators that are made once for each of its entries."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from questionnaires.canonical import canonical_bytes, from_canonical, sha256
from questionnaires.evaluation import comparable, evaluate
from questionnaires.lists import EntriesDoNotFit, faults_of_entries, filled, open_lists
from questionnaires.loader import check, load
from questionnaires.model import Option, Questionnaire
from questionnaires.sample_entries import with_samples
from questionnaires.text import Text
from survey_service.analyses.service import with_targets
from survey_service.catalogue.comparison import Standing, compare
from survey_service.catalogue.yaml_of import yaml_of
from survey_service.surveys.wave_forms import target_boxes
from tests.programmes import shipped

FILE = Path(__file__).parents[2] / "service/listed.yaml"
LISTED = load(FILE)


def entry(code: str, label: str, parent: str | None = None) -> Option:
    return Option(code=code, label=Text(label, f"unit {code}"), parent=parent)


ENTRIES = {
    "streets": (entry("110101000000", "城厢街道"),),
    "communities": (entry("110101000001", "文昌阁社区", "110101000000"),),
    "sectors": (entry("1", "公交"), entry("2", "医院")),
    "units": (entry("11", "一路车队", "1"), entry("B2", "市一院", "2")),
}
FILLED = filled(LISTED, ENTRIES)


def test_a_file_leaves_rows_and_indicators_open() -> None:
    assert LISTED.question("rated").variables() == ()
    assert [one.id for one in LISTED.indicators] == ["satisfaction"]
    assert [one.id for one in LISTED.repeated] == ["unit_satisfaction", "sector_satisfaction"]


def test_entries_become_rows_and_an_indicator_each() -> None:
    assert FILLED.question("rated").variables() == ("rated.e11", "rated.eb2")
    assert [one.text.zh for one in FILLED.question("rated").items] == ["一路车队", "市一院"]
    made = {one.id: one for one in FILLED.indicators}
    assert list(made) == [
        "satisfaction",
        "unit_satisfaction_e11",
        "unit_satisfaction_eb2",
        "sector_satisfaction_e1",
        "sector_satisfaction_e2",
    ]
    row = made["unit_satisfaction_eb2"]
    assert (row.variables, row.group, row.each) == (("rated.eb2",), "unit_satisfaction", None)
    assert row.name == Text("市一院：满意率", "unit B2: satisfaction")
    assert row.base is not None
    assert row.base.source == 'dealt.eb2 == "1"'
    assert row.base.variables() == ("dealt.eb2",)
    chose = made["sector_satisfaction_e2"].base
    assert chose is not None
    assert chose.source == 'sector == "2"'
    assert chose.evaluate({"sector": "2"})
    assert not chose.evaluate({"sector": "1"})


def test_without_each_it_is_made_once_over_all_rows() -> None:
    review = shipped("citizen_review")
    assert [one.id for one in review.repeated][-1] == "all_bodies"
    assert "all_bodies" not in {one.id for one in review.indicators}
    bodies = filled(review, {"bodies": (entry("1", "公交集团"), entry("2", "市一院"))})
    together = bodies.indicator("all_bodies")
    assert together.variables == ("body.e1", "body.e2")
    assert together.name == review.repeated[-1].name
    assert together.headline


def test_a_target_of_a_template_holds_for_every_body() -> None:
    """A wave sets it before its list is filled in; one body may have another."""
    review = shipped("citizen_review")
    boxes = {box.indicator.id: box for box in target_boxes(review)}
    assert boxes["body"].name.zh == "每个被评单位：满意率"
    assert (boxes["body"].unit, boxes["body_score"].unit) == ("%", "points")
    assert boxes["all_bodies"].name == review.repeated[-1].name
    bodies = filled(review, {"bodies": (entry("1", "公交集团"), entry("2", "市一院"))})
    assert set(boxes) == {box.indicator.id for box in target_boxes(bodies)}
    wave = {name: {"value": value, "sense": "at_least"} for name, value in (("body", 0.8), ("body_e2", 0.7))}
    aims = {one.id: one.target.value for one in with_targets(bodies, wave) if one.target is not None}
    assert aims == {"body_e1": 0.8, "body_e2": 0.7}


def test_what_is_stored_holds_each_entry_once_and_makes_the_same_again() -> None:
    stored = canonical_bytes(FILLED)
    assert stored.decode().count("一路车队") == 1
    assert "unit_satisfaction_e11" not in stored.decode()
    assert from_canonical(json.loads(stored)) == FILLED
    assert filled(FILLED, ENTRIES) == FILLED
    other = filled(FILLED, {**ENTRIES, "units": (entry("12", "二路车队", "1"),)})
    assert [one.id for one in other.indicators][1] == "unit_satisfaction_e12"
    assert sha256(other) != sha256(FILLED)


def test_figures_of_two_waves_compare_where_the_entry_is_the_same() -> None:
    units = (entry("11", "一路车队", "1"), entry("B2", "市妇幼", "2"))
    other = filled(LISTED, {**ENTRIES, "units": units})
    assert comparable(FILLED, other, "unit_satisfaction_e11")
    assert not comparable(FILLED, other, "unit_satisfaction_eb2")


def test_an_answer_counts_for_the_row_that_it_is_of() -> None:
    answers = {"sector": "2", "overall": "1", "rated.e11": "1", "rated.eb2": "2", "dealt.e11": "2", "dealt.eb2": "1"}
    pairs = evaluate(FILLED, answers)
    assert pairs["unit_satisfaction_e11"] is None  # had no dealings
    assert pairs["unit_satisfaction_eb2"] == (0, 1)
    assert pairs["sector_satisfaction_e1"] is None
    assert pairs["sector_satisfaction_e2"] == (1, 1)


def test_rows_are_few_and_their_ids_have_small_letters() -> None:
    many = tuple(entry(str(number), f"单位 {number}", "1") for number in range(61))
    assert any("1 到 60" in one.message.zh for one in faults_of_entries(LISTED, {**ENTRIES, "units": many}))
    alike = {**ENTRIES, "units": (entry("b2", "甲", "1"), entry("B2", "乙", "1"))}
    with pytest.raises(EntriesDoNotFit, match="used twice"):
        filled(LISTED, alike)


def test_what_is_made_up_to_be_looked_at_says_so() -> None:
    shown = with_samples(LISTED)
    assert open_lists(shown) == ()
    assert all("〔举例〕" in one.label.zh for one in shown.question("unit").options)
    assert len(shown.question("rated").items) == 6
    assert with_samples(FILLED) is FILLED


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("each: rated\n", "each: ratd\n", "which does not exist"),
        ("each: rated\n", "each: overall\n", "which has no list"),
        ("    each: rated\n", "", 'depends on "dealt"'),  # made once over all rows, it has no row of its own
        ("    each: sector\n", "", 'lacks "each"'),
        ("variables: [rated]", "variables: [rates]", "does not exist"),
        ('base: dealt == "1"', 'base: dealt == "7"', "7"),
        ('    variables: [rated]\n    numerator: ["1"]\n', '    variables: [rated]\n    numerator: ["5"]\n', '"5"'),
        ("rows: units", "rows: unit", "as rows"),
        ("id: satisfaction\n", "id: unit_satisfaction_e1\n", "there is another of that name"),
        ("    headline: true", "    each: sector", 'has "each"'),
    ],
)
def test_a_template_is_judged_as_any_indicator(tmp_path: Path, old: str, new: str, said: str) -> None:
    source = FILE.read_text(encoding="utf-8")
    assert old in source
    changed = tmp_path / "questionnaire.yaml"
    changed.write_text(source.replace(old, new), encoding="utf-8")
    found, problems = check(changed)[:2]
    assert found is None or problems
    assert any(said in one.message for one in problems), [one.message for one in problems]


@pytest.mark.parametrize("one", [LISTED, FILLED])
def test_a_file_is_written_of_it_that_gives_no_entries(tmp_path: Path, one: Questionnaire) -> None:
    path = tmp_path / "questionnaire.yaml"
    path.write_text(yaml_of(one), encoding="utf-8")
    assert load(path) == LISTED


def test_two_that_a_wave_filled_are_compared_row_by_row() -> None:
    units = (entry("11", "一路车队", "1"), entry("B2", "市妇幼", "2"))
    found = compare(FILLED, filled(LISTED, {**ENTRIES, "units": units}))
    assert [one.id for one in found.questions if one.standing is Standing.CHANGED] == ["unit", "dealt", "rated"]
    changed = {one.id: one.alike for one in found.indicators}
    assert (changed["unit_satisfaction_e11"], changed["unit_satisfaction_eb2"]) == (True, False)


def test_definitions_without_lists_keep_their_bytes() -> None:
    plain = load(FILE.with_name("small.yaml"))
    assert isinstance(plain, Questionnaire)
    assert b"repeated" not in canonical_bytes(plain)
    assert b"rows" not in canonical_bytes(plain)
