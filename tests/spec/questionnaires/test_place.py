"""A place: how it may be written, how exactly it is kept, and what a definition has to say for an exact one."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.answer_words import describe
from questionnaires.answers import Policy, check_answers
from questionnaires.canonical import canonical_bytes, from_canonical, to_canonical
from questionnaires.kinds import kind_of
from questionnaires.kinds.place import GRAINS, parts_of
from questionnaires.loader import check
from questionnaires.model import Missing, Questionnaire
from questionnaires.problem_words import explain
from tests.spec.questionnaires.examples import NOTICE, loaded, written

DEFINITION = f"""\
key: where
version: "1"
title: {{zh: 位置, en: Places}}
{NOTICE}
sections:
  - id: all
    title: {{zh: 全部, en: All}}
    questions:
      - {{id: about, type: place, text: {{zh: 在哪一带, en: Whereabouts}}}}
      - {{id: near, type: place, text: {{zh: 在哪里, en: Where}}, precision: 100m}}
      - id: site
        type: place
        text: {{zh: 检查点在哪里, en: Where is the site}}
        precision: exact
        because: {{zh: 要到现场核实, en: Somebody will go and look}}
      - {{id: told, type: note, text: {{zh: 谢谢, en: Thanks}}, ask_if: answered(near)}}
"""
# as written; as kept to 1 km, to 100 m, exactly: "" where it is no place, "+" where too few decimals were given
NO, FEW = "", "+"
FORMS = [
    ("30.657421,104.065735", "30.66,104.07", "30.657,104.066", "30.657421,104.065735"),
    ("30.657421 104.065735", "30.66,104.07", "30.657,104.066", "30.657421,104.065735"),
    ("30.657421，104.065735", "30.66,104.07", "30.657,104.066", "30.657421,104.065735"),
    (" 30.657421 ;  104.065735 ", "30.66,104.07", "30.657,104.066", "30.657421,104.065735"),
    ("３０.657421、104.065735", "30.66,104.07", "30.657,104.066", "30.657421,104.065735"),
    ("30.657421°, 104.065735°", "30.66,104.07", "30.657,104.066", "30.657421,104.065735"),
    ("104.065735,30.657421", "30.66,104.07", "30.657,104.066", "30.657421,104.065735"),  # as maps in China have it
    ("北纬30.657421 东经104.065735", "30.66,104.07", "30.657,104.066", "30.657421,104.065735"),
    ("东经104.065735度，北纬30.657421度", "30.66,104.07", "30.657,104.066", "30.657421,104.065735"),
    ("纬度：30.657421 经度：104.065735", "30.66,104.07", "30.657,104.066", "30.657421,104.065735"),
    ("30.657421N 104.065735E", "30.66,104.07", "30.657,104.066", "30.657421,104.065735"),
    ("E104.065735, N30.657421", "30.66,104.07", "30.657,104.066", "30.657421,104.065735"),
    ("12.345678S 077.123456w", "-12.35,-77.12", "-12.346,-77.123", "-12.345678,-77.123456"),
    ("-12.345678,-77.123456", "-12.35,-77.12", "-12.346,-77.123", "-12.345678,-77.123456"),
    ("30.657421,104.065735,12", "30.66,104.07,100", "30.657,104.066,20", "30.657421,104.065735,12"),
    ("30.657421 104.065735 500.5 4.2", "30.66,104.07,100", "30.657,104.066,10", "30.657421,104.065735,5"),
    ("30.657421 104.065735 -12.0 4.0", "30.66,104.07,100", "30.657,104.066,10", "30.657421,104.065735,4"),
    ("30.657421,104.065735,0", "30.66,104.07", "30.657,104.066", "30.657421,104.065735"),
    ("30.657421,104.065735,1000000", "30.66,104.07", "30.657,104.066", "30.657421,104.065735"),
    ("30.65742123,104.06573567", "30.66,104.07", "30.657,104.066", "30.657421,104.065736"),
    ("30.1250,104.1350", "30.12,104.14", "30.125,104.135", "30.125000,104.135000"),  # half to even
    ("-0.001,0.001", "0.00,0.00", "-0.001,0.001", FEW),
    ("90.0000,180.0000", "90.00,180.00", "90.000,180.000", "90.000000,180.000000"),
    ("30.657,104.066", "30.66,104.07", "30.657,104.066", FEW),
    ("30.66,104.07", "30.66,104.07", FEW, FEW),
    ("30.66,104", "30.66,104.00", FEW, FEW),
    ("30.6,104.1", FEW, FEW, FEW),
    ("30,104", FEW, FEW, FEW),
    ("", None, None, None),
    ("　", None, None, None),
    ("30.657421", NO, NO, NO),
    ("30.657421,", NO, NO, NO),
    ("30.657421 104.065735 500 4 1", NO, NO, NO),
    ("N30.657421 N104.065735", NO, NO, NO),
    ("30.657421N 104.065735", NO, NO, NO),
    ("N30.657421N E104.065735", NO, NO, NO),
    ("N-30.657421 E104.065735", NO, NO, NO),
    ("万寿桥社区", NO, NO, NO),
    ("30°39′26″N 104°3′57″E", NO, NO, NO),
    ("30.6574.21,104.065735", NO, NO, NO),
    ("1e2,30", NO, NO, NO),
    (30.657421, NO, NO, NO),
    (True, NO, NO, NO),
    (["30.657421", "104.065735"], NO, NO, NO),
]
BEYOND = ["91.123456,181.123456", "-95.123456,-181.123456,5", "北纬104.065735 东经30.657421", "104.065735 104.065735"]
CODES = {NO: "not_a_place", FEW: "place_too_coarse"}


@pytest.fixture(scope="module")
def questionnaire(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("where"), DEFINITION)


@pytest.mark.parametrize("forms", FORMS, ids=[repr(one[0]) for one in FORMS])
@pytest.mark.parametrize("policy", Policy)
def test_one_form_for_each_place(questionnaire: Questionnaire, policy: Policy, forms: tuple[object, ...]) -> None:
    raw, *kept = forms
    for variable, expected in zip(("about", "near", "site"), kept, strict=True):
        checked = check_answers(questionnaire, {variable: raw}, policy)
        found = [(one.code.value, one.severity.value) for one in checked.findings]
        if expected in CODES:
            assert found == [(CODES[str(expected)], "hard")]
            assert variable not in checked.canonical
        else:
            assert not found
            assert checked.canonical.get(variable) == expected
            assert checked.values[variable] == (expected or Missing.NO_ANSWER)


@pytest.mark.parametrize("raw", BEYOND)
def test_a_place_that_is_not_on_the_earth_is_refused(questionnaire: Questionnaire, raw: str) -> None:
    checked = check_answers(questionnaire, {"near": raw}, Policy.WEB)
    (finding,) = checked.findings
    assert finding.code.value == "place_out_of_range"
    assert "90" in describe(finding, questionnaire, "zh")
    assert "180" in describe(finding, questionnaire, "en")


@given(
    latitude=st.decimals(-90, 90, places=8),
    longitude=st.decimals(-180, 180, places=8),
    accuracy=st.none() | st.integers(1, 90_000),
)
@settings(max_examples=150, deadline=None)
def test_nothing_finer_than_its_precision_is_kept(
    questionnaire: Questionnaire, latitude: Decimal, longitude: Decimal, accuracy: int | None
) -> None:
    raw = f"{latitude:f},{longitude:f}" + (f",{accuracy}" if accuracy else "")
    named = {one.id: one for one in questionnaire.questions() if one.id != "told"}
    # A longitude within 90 degrees cannot be told from a latitude; one beyond says which is which.
    checked = check_answers(questionnaire, dict.fromkeys(named, raw), Policy.WEB)
    assert checked.accepted
    again = check_answers(questionnaire, checked.canonical, Policy.WEB)
    assert again.canonical == checked.canonical, "what is kept is rounded no further"
    for name, question in named.items():
        grain, parts = GRAINS[question.precision], parts_of(str(checked.canonical[name]))
        for told, exact in ((parts["latitude"], latitude), (parts["longitude"], longitude)):
            assert len(told.partition(".")[2]) == grain.decimals
            assert abs(Decimal(told) - exact) <= Decimal(5).scaleb(-grain.decimals - 1)
        assert ("accuracy" in parts) == (accuracy is not None)
        if accuracy is not None:
            assert int(parts["accuracy"]) % grain.step == 0
            assert accuracy <= int(parts["accuracy"]) < accuracy + grain.step


def test_an_exact_place_wants_a_reason_that_is_told(questionnaire: Questionnaire) -> None:
    rules = {one.id: kind_of(one).rule(one) for one in questionnaire.questions()}
    assert rules["about"] is not None
    assert rules["about"].zh == "位置只存到约 1 公里。"
    assert rules["site"] is not None
    assert rules["site"].zh == "位置会准确存下：要到现场核实。"
    assert rules["site"].en == "The place is kept exactly: Somebody will go and look."


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("        because: {zh: 要到现场核实, en: Somebody will go and look}\n", "", "缺“because”"),
        ("precision: 100m", "precision: 100m, because: {zh: 近, en: Near}", "位置却不存准确的"),
        ("precision: 100m", "precision: 10m", "precision"),
        ("ask_if: answered(near)", "ask_if: 'near == \"30.66,104.07\"'", "位置只能看有没有填"),
        ("zh: 谢谢, en: Thanks", 'zh: "谢谢 {near}", en: "Thanks {near}"', "那道题是 place"),
    ],
)
def test_faults_say_what_to_do(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in DEFINITION
    _, problems = check(written(tmp_path, DEFINITION.replace(old, new)))
    told = [f"{explained.message} {explained.hint}" for explained in (explain(one, "zh") for one in problems)]
    assert any(says in one for one in told), told


def test_a_condition_asks_whether_there_is_one(questionnaire: Questionnaire) -> None:
    asked = [check_answers(questionnaire, given, Policy.WEB) for given in ({}, {"near": "30.657,104.066"})]
    assert [one.accepted for one in asked] == [True, True]


def test_the_stored_form_names_what_is_not_usual(questionnaire: Questionnaire) -> None:
    stored = canonical_bytes(questionnaire).decode()
    assert stored.count('"precision"') == 2, "1 km is the usual one"
    assert from_canonical(to_canonical(questionnaire)) == questionnaire


@pytest.mark.parametrize(
    ("kept", "zh", "en"),
    [
        ("30.66,104.07", "北纬 30.66°，东经 104.07°", "30.66° N, 104.07° E"),
        ("-12.35,-77.12", "南纬 12.35°，西经 77.12°", "12.35° S, 77.12° W"),
        ("30.657421,104.065735,12", "北纬 30.657421°，东经 104.065735°（误差约 12 米）", "within 12 m"),
    ],
)
def test_a_place_in_words(questionnaire: Questionnaire, kept: str, zh: str, en: str) -> None:
    question = questionnaire.question("site")
    assert kind_of(question).in_words(question, kept, "zh") == zh
    assert en in kind_of(question).in_words(question, kept, "en")
