"""Totals by totals, one numerator over two bases, mean ranks: what a person adds, and what a file may not say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from questionnaires.answers import Policy, check_answers
from questionnaires.canonical import from_canonical, sha256, to_canonical
from questionnaires.editing.document import Document
from questionnaires.editing.uses import What, uses_of
from questionnaires.evaluation import comparable, evaluate
from questionnaires.indicators import DontKnow, beside_of, one_numerator, same_definition, second_id
from questionnaires.loader import check
from questionnaires.problem_words import explain
from questionnaires.problems import Code
from survey_service.catalogue.review_copy import review_story
from survey_service.surveys.wave_forms import target_boxes
from tests.spec.questionnaires.examples import NOTICE, loaded, written
from tests.spec.reports.test_claims import texts

OPTIONS = "".join(f'\n          - {{code: "{code}", label: {{zh: 选项{code}, en: Option {code}}}}}' for code in "12345")
DEFINITION = f"""\
key: shops
version: "1"
title: {{zh: 商户, en: Shops}}
{NOTICE}
sections:
  - id: all
    title: {{zh: 全部, en: All}}
    questions:
      - {{id: staff, type: number, minimum: 0, text: {{zh: 员工, en: Staff}}}}
      - {{id: trained, type: number, minimum: 0, text: {{zh: 受训, en: Trained}}}}
      - {{id: gap, type: number, minimum: -9, text: {{zh: 差额, en: Gap}}}}
      - id: rated
        type: single_choice
        text: {{zh: 满意不满意, en: Satisfied}}
        options:
          - {{code: "1", label: {{zh: 满意, en: "Yes"}}}}
          - {{code: "2", label: {{zh: 不满意, en: "No"}}}}
          - {{code: "8", label: {{zh: 没用过, en: Not used}}}}
          - {{code: "9", label: {{zh: 说不清, en: Cannot say}}, missing: dont_know}}
      - id: first
        type: ranking
        text: {{zh: 先做哪几件, en: What comes first}}
        ranks: 3
        options:{OPTIONS}
calculated:
  - {{id: none_is_zero, expression: "sum(trained, staff * 0)", short: {{zh: 受训, en: Trained}}}}
indicators:
  - id: rate
    name: {{zh: 每十人受训, en: Trained in ten}}
    definition: {{zh: 受训除以员工。, en: Trained by staff.}}
    kind: ratio
    numerator_total: trained
    denominator_total: staff
    per: 10
    target: {{value: 4}}
  - id: part
    name: {{zh: 受训率, en: Share trained}}
    definition: {{zh: 受训占员工。, en: Trained of staff.}}
    kind: share_of_total
    numerator_total: none_is_zero
    denominator_total: staff
    target: {{value: 0.9}}
  - id: satisfaction
    name: {{zh: 满意率, en: Satisfied}}
    definition: {{zh: 满意所占比重。, en: Share satisfied.}}
    kind: proportion
    variables: [rated]
    numerator: ["1"]
    second_base:
      own: {{zh: 全部作答者, en: all who answered}}
      name: {{zh: 作出评价的, en: those who rated}}
      dont_know: excluded
      excluded: ["8"]
    target: {{value: 0.8}}
    headline: true
  - id: rank
    name: {{zh: 选项3的名次, en: Rank of option 3}}
    definition: {{zh: 平均名次。, en: Mean rank.}}
    kind: mean_rank
    variables: [first]
    option: "3"
    target: {{value: 2.5, sense: at_most}}
"""
Pair = tuple[float, float] | None
#  answers                                     rate      part    satisfaction  second  rank
PEOPLE: list[tuple[dict[str, object], list[Pair]]] = [
    ({"staff": 5, "trained": 2}, [(20, 5), (2, 5), None, None, None]),
    ({"staff": 5}, [None, (0, 5), None, None, None]),  # not asked and nothing to count: calculated as 0
    ({"trained": 2}, [None, None, None, None, None]),
    ({"staff": 0, "trained": 0}, [None, None, None, None, None]),  # nothing of either
    ({"staff": 0, "trained": 3}, [(30, 0), None, None, None, None]),
    ({"staff": 2, "trained": 3}, [(30, 2), None, None, None, None]),  # a part above its whole
    ({"rated": "1"}, [None, None, (1, 1), (1, 1), None]),
    ({"rated": "2"}, [None, None, (0, 1), (0, 1), None]),
    ({"rated": "8"}, [None, None, (0, 1), None, None]),
    ({"rated": "9"}, [None, None, (0, 1), None, None]),
    ({"first": ["3", "1", "2"]}, [None, None, None, None, (1, 1)]),
    ({"first": ["1", "2", "3"]}, [None, None, None, None, (3, 1)]),
    ({"first": ["1", "2", "4"]}, [None, None, None, None, (4.5, 1)]),  # ranks 4 and 5 were left open
]


@pytest.mark.parametrize(("answers", "pairs"), PEOPLE)
def test_what_a_person_adds(tmp_path: Path, answers: dict[str, object], pairs: list[Pair]) -> None:
    questionnaire = loaded(tmp_path, DEFINITION)
    values = check_answers(questionnaire, answers, Policy.PAPER).values
    assert list(evaluate(questionnaire, values).values()) == pairs
    assert list(evaluate(questionnaire, values)) == ["rate", "part", "satisfaction", "satisfaction.second", "rank"]


def test_who_gave_no_rank_may_be_left_out(tmp_path: Path) -> None:
    questionnaire = loaded(tmp_path, DEFINITION.replace('    option: "3"', '    option: "3"\n    unranked: excluded'))
    values = check_answers(questionnaire, {"first": ["1", "2", "4"]}, Policy.PAPER).values
    assert evaluate(questionnaire, values)["rank"] is None


def test_the_second_figure_has_no_target_and_stands_beside_the_first(tmp_path: Path) -> None:
    questionnaire = loaded(tmp_path, DEFINITION)
    first, second = questionnaire.estimated()[2:4]
    assert (first.id, second.id) == ("satisfaction", "satisfaction.second") == ("satisfaction", second_id(first))
    assert (beside_of(second.id), beside_of(first.id)) == ("satisfaction", None)
    assert first.target is not None
    assert (second.target, second.headline, second.second_base) == (None, False, None)
    assert (second.dont_know, second.excluded) == (DontKnow.EXCLUDED, ("8",))
    assert "作出评价的" in second.name.zh
    assert one_numerator(first, second)
    assert one_numerator(second, replace(first, excluded=("8",)))
    assert not one_numerator(first, replace(second, numerator=("2",)))
    assert not one_numerator(replace(first, excluded=("1",), numerator=("1", "2")), first)


def test_what_moves_the_figure(tmp_path: Path) -> None:
    questionnaire = loaded(tmp_path, DEFINITION)
    rate, _, satisfaction, rank = questionnaire.indicators
    for one, change in (
        (rate, {"per": 100}),
        (rate, {"denominator_total": "gap"}),
        (rank, {"option": "2"}),
    ):
        assert not same_definition(one, replace(one, **change))  # type: ignore[arg-type]
    assert same_definition(satisfaction, replace(satisfaction, second_base=None)), "the figure itself is the same"
    more = loaded(tmp_path, DEFINITION.replace("选项1", "选项一"))
    assert comparable(questionnaire, more, "rate")
    assert not comparable(questionnaire, more, "rank")


def test_it_is_stored_and_a_file_without_these_keeps_its_fingerprint(tmp_path: Path) -> None:
    questionnaire = loaded(tmp_path, DEFINITION)
    assert from_canonical(to_canonical(questionnaire)) == questionnaire
    plain = replace(questionnaire, indicators=(replace(questionnaire.indicators[2], second_base=None),))
    told = str(to_canonical(plain))
    assert not any(name in told for name in ("second_base", "per'", "option'", "unranked", "_total"))
    assert sha256(plain) != sha256(questionnaire)


FAULTS = [
    ("    denominator_total: staff\n    per: 10\n", "    per: 10\n", Code.NOT_FOR_KIND),
    ("numerator_total: trained", "numerator_total: rated", Code.NOT_FOR_KIND),
    ("numerator_total: trained", "numerator_total: nobody", Code.INDICATOR_UNKNOWN),
    ("numerator_total: trained", "numerator_total: gap", Code.NOT_FOR_KIND),
    ("numerator_total: trained", "numerator_total: staff", Code.NOT_FOR_KIND),
    ("    per: 10\n", '    per: 10\n    excluded: ["1"]\n', Code.NOT_FOR_KIND),
    ("    per: 10\n", "    per: 10\n    variables: [gap]\n", Code.NOT_FOR_KIND),
    ("    per: 10\n", "    per: 0\n", Code.OUT_OF_LIMITS),
    ("{value: 4}", "{value: -4}", Code.BAD_TARGET),
    ("{value: 0.9}", "{value: 90}", Code.BAD_TARGET),
    ("{value: 0.9}", "{value: 0.9}\n    per: 10", Code.NOT_FOR_KIND),
    ("{value: 0.9}", "{value: 0.9}\n    unranked: excluded", Code.NOT_FOR_KIND),
    ("      dont_know: excluded\n", "      dont_know: often\n", Code.UNKNOWN_WORD),
    ('      excluded: ["8"]', '      excluded: ["1"]', Code.OVERLAP),
    ('      excluded: ["8"]', '      excluded: ["7"]', Code.INDICATOR_CODE),
    ('      dont_know: excluded\n      excluded: ["8"]\n', "", Code.NOT_FOR_KIND),
    ("      name: {zh: 作出评价的, en: those who rated}\n", "", Code.MISSING_FIELD),
    ("      name: {zh: 作出评价的, en: those who rated}", "      nam: x", Code.UNKNOWN_FIELD),
    ('    numerator: ["1"]\n    second', '    numerator_if: rated == "1"\n    second', Code.NOT_FOR_KIND),
    ('    option: "3"', '    option: "7"', Code.INDICATOR_CODE),
    ('    option: "3"', "", Code.NOT_FOR_KIND),
    ('    option: "3"', "    option: 3", Code.UNQUOTED_CODE),
    ('    option: "3"', '    option: "3"\n    within: 2', Code.NOT_FOR_KIND),
    ("variables: [first]", "variables: [rated]", Code.NOT_FOR_KIND),
    ("variables: [first]", "variables: [first, staff]", Code.NOT_FOR_KIND),
    ("{value: 2.5, sense", "{value: 9, sense", Code.BAD_TARGET),
]


@pytest.mark.parametrize(("old", "new", "code"), FAULTS)
def test_faults_are_told_in_both_languages(tmp_path: Path, old: str, new: str, code: Code) -> None:
    assert old in DEFINITION
    problems = check(written(tmp_path, DEFINITION.replace(old, new, 1)))[1]
    assert code in [one.code for one in problems], problems
    for one in problems:
        assert explain(one, "zh").message != one.message
        assert not one.hint or explain(one, "zh").hint != one.hint or one.hint.isascii() is False


#  what is left out      what goes with it
USES = [
    ("question:trained", {"indicator:rate", "calculated:none_is_zero", "indicator:part"}),
    ("question:staff", {"indicator:rate", "calculated:none_is_zero", "indicator:part"}),
    ("calculated:none_is_zero", {"indicator:part"}),
    ("option:first:3", {"indicator:rank"}),
    ("option:rated:8", {"indicator:satisfaction"}),
]


@pytest.mark.parametrize(("at", "goes"), USES)
def test_an_editor_names_what_goes_with_a_question_or_an_option(at: str, goes: set[str]) -> None:
    found = uses_of(Document(DEFINITION).data, at)
    assert {one.at for one in found} == goes
    if at == "option:rated:8":
        (one,) = found
        assert (one.what, one.way[2:]) == (What.PART, ("second_base", "excluded")), "the base stays, by don't know"


def test_a_review_copy_says_how_each_is_computed(tmp_path: Path) -> None:
    story = review_story(loaded(tmp_path, DEFINITION), "zh")
    told = "\n".join(texts(story.blocks))
    for words in (
        "两个总量之比",
        "按每 10 计",
        "一个总量占另一个总量的比重",
        "平均名次；第 5 题；选项：3",
        "没有排到的，按余下名次的平均算",
        "分母为全部作答者；旁边另印一个数，分子相同，分母为作出评价的。达标与否只看前一个",
    ):
        assert words in told, words


def test_a_wave_offers_targets_in_what_each_is_in(tmp_path: Path) -> None:
    boxes = {one.indicator.id: one for one in target_boxes(loaded(tmp_path, DEFINITION))}
    assert {name: one.unit for name, one in boxes.items()} == {"rate": "", "part": "%", "satisfaction": "%", "rank": ""}
    assert (boxes["rank"].most, boxes["rate"].most) == (5.0, 1e9)
