# ruff: noqa: E501 - a row of a table stays on one line
"""The judge of answers, as tables that a methodologist can check by eye."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires import check_answers, describe
from questionnaires.answers import (
    MAX_ANSWERS,
    Checked,
    Policy,
    Severity,
    canonical_hash,
    judge,
)
from questionnaires.canonical import from_canonical, to_canonical
from questionnaires.condition_parser import parse
from questionnaires.loader import available, load
from questionnaires.model import Missing, Questionnaire
from tests.spec.questionnaires.examples import EVERY_TYPE, loaded

WEB, DEVICE, PAPER, IMPORT = Policy.WEB, Policy.DEVICE, Policy.PAPER, Policy.IMPORT
COMPLETE: dict[str, object] = {"knows": "1", "age": "45"}


@cache
def every_type() -> Questionnaire:
    with TemporaryDirectory() as folder:
        return loaded(Path(folder), EVERY_TYPE)


@pytest.fixture
def questionnaire() -> Questionnaire:
    return every_type()


@pytest.fixture
def check(questionnaire: Questionnaire) -> Callable[..., Checked]:
    def checked(answers: object, policy: Policy = WEB, **options: bool) -> Checked:
        return check_answers(questionnaire, answers, policy, **options)  # type: ignore[arg-type]

    return checked


def codes(checked: Checked) -> list[tuple[str, str, str]]:
    return [(one.variable, one.code.value, one.severity.value) for one in checked.findings]


def test_values_name_every_variable_and_why_it_is_empty(check: Callable[..., Checked]) -> None:
    checked = check({"knows": "9", "aspects.dogs": "2", "age": {"missing": "refused"}})
    assert checked.values == {
        "knows": Missing.DONT_KNOW,  # the option 说不清
        "sources": Missing.NOT_ASKED,  # not: knows == "1"
        "sources.other": Missing.NOT_ASKED,
        "aspects.parking": Missing.NO_ANSWER,
        "aspects.dogs": "2",
        "age": Missing.REFUSED,
        "hours": Missing.NO_ANSWER,
        "moved": Missing.NO_ANSWER,
        "street": Missing.NO_ANSWER,
        "wish": Missing.NOT_ASKED,  # age has no answer
    }
    assert checked.canonical == {"knows": "9", "aspects.dogs": "2", "age": {"missing": "refused"}}
    assert checked.accepted


#  raw answer -> canonical form, variable by variable
FORMS = [
    ("knows", "1", "1"),
    ("knows", ["1"], "1"),
    ("knows", " 1 ", "1"),
    ("knows", "１", "1"),  # full-width digit
    ("knows", 1, "1"),  # a spreadsheet's number
    ("knows", {"missing": "dont_know"}, "9"),  # one meaning, one form
    ("knows", {"missing": "refused"}, "7"),
    ("knows", {"missing": "no_answer"}, {"missing": "no_answer"}),
    ("sources", ["5", "1"], ["1", "5"]),  # the order of the questionnaire
    ("sources", "2", ["2"]),
    ("sources", "12", ["1", "2"]),  # keyed in one go
    ("sources", "5，1", ["1", "5"]),
    ("sources", ["1", "1", ""], ["1"]),
    ("sources", {"missing": "dont_know"}, ["9"]),
    ("age", "45", 45),
    ("age", "４５岁", 45),
    ("age", " 45 岁 ", 45),
    ("age", "45.0", 45),
    ("age", 45.0, 45),
    ("age", ["45"], 45),
    ("hours", "1,234.5", 1234.5),
    ("hours", "7.", 7),
    ("hours", "-2", -2),
    ("moved", "2010-05-01", "2010-05-01"),
    ("moved", "2010/5/1", "2010-05-01"),
    ("moved", "2010年5月1日", "2010-05-01"),
    ("moved", "20100501", "2010-05-01"),
    ("street", "  人民路\t9号 ", "人民路 9号"),
    ("street", "e\u0301cole", "\u00e9cole"),  # NFC
    ("street", "=1+1", "=1+1"),  # words stay words; exports protect themselves
    ("street", 12, "12"),
    ("wish", "一\r\n二\x00", "一\n二"),
]


@pytest.mark.parametrize(("variable", "raw", "canonical"), FORMS, ids=[f"{name}={raw!r}" for name, raw, _ in FORMS])
@pytest.mark.parametrize("policy", Policy)
def test_one_form_for_each_answer(
    check: Callable[..., Checked], policy: Policy, variable: str, raw: object, canonical: object
) -> None:
    checked = check({**COMPLETE, variable: raw}, policy)
    assert checked.canonical[variable] == canonical
    assert type(checked.canonical[variable]) is type(canonical)
    assert checked.accepted


@pytest.mark.parametrize("raw", [None, "", "   ", [], [""], ["", None], "\u3000"])
@pytest.mark.parametrize("variable", ["sources", "aspects.dogs", "hours", "moved", "street", "wish"])
def test_blank_is_no_answer(check: Callable[..., Checked], variable: str, raw: object) -> None:
    checked = check({**COMPLETE, variable: raw})
    assert checked.values[variable] is Missing.NO_ANSWER
    assert variable not in checked.canonical
    assert codes(checked) == []


FAULTS = [
    ("knows", "3", "unknown_code"),
    ("knows", ["1", "2"], "choose_one"),
    ("knows", True, "unknown_code"),
    ("knows", 1.0, "unknown_code"),
    ("sources", ["1", "x"], "unknown_code"),
    ("sources", ["1", "8"], "exclusive"),
    ("sources", ["1", "9"], "exclusive"),  # who cannot remember has named nothing
    ("sources", [["1"]], "unknown_code"),
    ("aspects.dogs", "5", "unknown_code"),
    ("age", "四十五", "not_a_number"),
    ("age", "1e2", "not_a_number"),
    ("age", ["45", "46"], "not_a_number"),
    ("age", float("nan"), "not_a_number"),
    ("age", float("inf"), "not_a_number"),
    ("age", True, "not_a_number"),
    ("age", 10**5000, "not_a_number"),
    ("knows", 10**5000, "unknown_code"),
    ("sources", [10**5000], "unknown_code"),
    ("street", 10**5000, "not_a_text"),
    ("age", "45.5", "decimals"),
    ("age", "17", "out_of_range"),
    ("age", "121", "out_of_range"),
    ("hours", "1.25", "decimals"),
    ("moved", "2010-02-30", "not_a_date"),
    ("moved", "去年", "not_a_date"),
    ("moved", "1999-12-31", "date_out_of_range"),
    ("street", "十一个字的街道名称太长了", "too_long"),
    ("street", ["a", "b"], "not_a_text"),
    ("wish", "字" * 1001, "too_long"),
    ("knows", {"missing": "not_asked"}, "unknown_missing"),
    ("knows", {"missing": "refused", "more": 1}, "unknown_missing"),
    ("age", {"$gt": 0}, "unknown_missing"),
]


# Clear to read, and cannot be meant: paper keeps it as it is written, and no figure counts it.
WRITTEN = {"exclusive", "decimals", "out_of_range", "date_out_of_range"}


@pytest.mark.parametrize(
    ("variable", "raw", "code"), FAULTS, ids=[f"{row[0]}-{number}" for number, row in enumerate(FAULTS)]
)
@pytest.mark.parametrize("policy", Policy)
def test_what_cannot_be_an_answer_is_hard_everywhere(
    check: Callable[..., Checked],
    questionnaire: Questionnaire,
    policy: Policy,
    variable: str,
    raw: object,
    code: str,
) -> None:
    checked = check({**COMPLETE, variable: raw}, policy)
    written = policy is PAPER and code in WRITTEN
    assert (variable, code, "soft" if written else "hard") in codes(checked)
    assert checked.values[variable] is Missing.NO_ANSWER
    assert (variable in checked.canonical) == written
    for finding in checked.findings:
        assert describe(finding, questionnaire, "zh")
        assert describe(finding, questionnaire, "en") != describe(finding, questionnaire, "zh")


#  situation                         answers                           finding            web    device paper  import
SKIPS: list[tuple[str, dict[str, object], tuple[str, str] | None, tuple[str | None, ...]]] = [
    ("required, absent", {"age": "45"}, ("knows", "required"), ("hard", "hard", "soft", "soft")),
    ("required, blank stated", {"knows": {"missing": "no_answer"}, "age": 45}, None, (None,) * 4),
    ("required, refused", {"knows": {"missing": "refused"}, "age": 45}, None, (None,) * 4),
    ("required, but not asked", {"knows": "2"}, None, (None,) * 4),
    ("off path", {"knows": "2", "age": "45"}, ("age", "off_path"), (None, None, "soft", "soft")),
    ("off path, unreadable", {"knows": "2", "age": "abc"}, ("age", "off_path"), (None, None, "soft", "soft")),
    ("off path, blank stated", {"knows": "2", "age": {"missing": "no_answer"}}, None, (None,) * 4),
    ("off path, blank", {"knows": "2", "age": " "}, None, (None,) * 4),
    (
        "words, option not chosen",
        {"knows": "1", "age": 45, "sources": ["1"], "sources.other": "邻居"},
        ("sources.other", "off_path"),
        (None, None, "soft", "soft"),
    ),
    (
        "illegible",
        {"knows": "1", "age": {"missing": "illegible"}},
        ("age", "unknown_missing"),
        ("hard", "hard", None, None),
    ),
    ("unknown variable", {**COMPLETE, "q99": "1"}, ("q99", "unknown_variable"), ("hard",) * 4),
    ("a note is no variable", {**COMPLETE, "intro": "1"}, ("intro", "unknown_variable"), ("hard",) * 4),
    (
        "contradiction",
        {"knows": "1", "age": 19, "moved": "2004-01-01"},
        ("moved", "contradiction"),
        ("soft",) * 4,
    ),
]


@pytest.mark.parametrize(
    ("answers", "finding", "severities"), [row[1:] for row in SKIPS], ids=[row[0] for row in SKIPS]
)
def test_skip_logic_and_policy(
    check: Callable[..., Checked],
    answers: dict[str, object],
    finding: tuple[str, str] | None,
    severities: tuple[str | None, ...],
) -> None:
    for policy, severity in zip((WEB, DEVICE, PAPER, IMPORT), severities, strict=True):
        expected = [(*finding, severity)] if finding and severity else []
        assert codes(check(answers, policy)) == expected, policy


def test_answers_to_what_was_not_asked_are_kept_and_never_counted(check: Callable[..., Checked]) -> None:
    checked = check({"knows": "2", "sources": ["5"], "sources.other": "邻居", "age": "45"}, PAPER)
    assert checked.off_path == {"sources": ["5"], "sources.other": "邻居", "age": 45}
    assert checked.canonical == {"knows": "2", **checked.off_path}
    for variable in ("sources", "sources.other", "age"):
        assert checked.values[variable] is Missing.NOT_ASKED


@pytest.mark.parametrize("policy", [WEB, DEVICE])
def test_of_what_a_screen_does_not_show_nothing_is_kept(check: Callable[..., Checked], policy: Policy) -> None:
    hidden = {"knows": "2", "sources": ["5"], "sources.other": "邻居", "age": "无法读"}
    checked = check(hidden, policy)
    assert (checked.canonical, checked.off_path, checked.findings) == ({"knows": "2"}, {}, ())
    unticked = check({**COMPLETE, "sources": ["1"], "sources.other": "邻居"}, policy)
    assert "sources.other" not in unticked.canonical


def test_a_question_behind_an_unasked_one_is_not_asked(check: Callable[..., Checked]) -> None:
    # wish is asked of those with an age; age of those who do not say "2": an age off the path opens nothing.
    checked = check({"knows": "2", "age": "45", "wish": "多种树"}, IMPORT)
    assert checked.values["wish"] is Missing.NOT_ASKED
    assert checked.off_path == {"age": 45, "wish": "多种树"}


def test_an_answer_off_the_path_decides_nothing() -> None:
    # q2 "where from" was not asked of those who do not know; its answer must not open or close the words behind it.
    city = load(available()["civilized_city"])
    stray = check_answers(city, {"q1": "3", "q2": ["5"], "q2.other": "邻居"}, IMPORT)
    assert stray.values["q2.other"] is Missing.NOT_ASKED
    assert stray.off_path == {"q2": ["5"], "q2.other": "邻居"}
    chained = dataclasses.replace(
        city,
        sections=tuple(
            dataclasses.replace(
                section,
                questions=tuple(
                    dataclasses.replace(one, ask_if=parse('not "1" in q2')) if one.id == "q3" else one
                    for one in section.questions
                ),
            )
            for section in city.sections
        ),
    )
    assert check_answers(chained, {"q1": "1", "q2": ["1"], "q3": "1"}, WEB).values["q3"] is Missing.NOT_ASKED
    assert check_answers(chained, {"q1": "3", "q2": ["1"], "q3": "1"}, WEB).values["q3"] == "1"


def test_words_behind_other(check: Callable[..., Checked]) -> None:
    checked = check({**COMPLETE, "sources": ["5"], "sources.other": " 邻居 "})
    assert checked.values["sources.other"] == "邻居"
    assert check({**COMPLETE, "sources": ["5"]}).values["sources.other"] is Missing.NO_ANSWER
    assert check({**COMPLETE, "sources": ["1"]}).values["sources.other"] is Missing.NOT_ASKED


def test_partial_answers_are_not_yet_incomplete(check: Callable[..., Checked]) -> None:
    assert codes(check({}, WEB, partial=True)) == []
    assert codes(check({}, WEB)) == [("knows", "required", "hard"), ("age", "required", "hard")]


def test_equal_answers_have_one_hash(check: Callable[..., Checked]) -> None:
    first = check({"knows": "1", "age": "45", "sources": ["2", "1"]})
    second = check({"sources": "12", "age": "４５", "knows": ["1"]})
    assert canonical_hash(first.canonical) == canonical_hash(second.canonical)
    assert canonical_hash(first.canonical) != canonical_hash(check(COMPLETE).canonical)
    # The hash is stored beside captures: what is hashed may not change unless CANONICAL_FORMAT does.
    document = '{"answers":{"age":45,"knows":"1","sources":["1","2"]},"format":1}'
    assert canonical_hash(first.canonical) == hashlib.sha256(document.encode()).hexdigest()


def test_too_many_answers_are_not_even_read(check: Callable[..., Checked]) -> None:
    checked = check({f"x{number}": "1" for number in range(MAX_ANSWERS + 1)})
    assert ("", "too_large", "hard") in codes(checked)
    assert checked.canonical == {}


@pytest.mark.parametrize("garbage", [None, 1, "text", [], ["knows"], True])
def test_what_is_no_mapping_is_refused(check: Callable[..., Checked], garbage: object) -> None:
    assert ("", "too_large", "hard") in codes(check(garbage))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
VARIABLES = (
    *("knows", "sources", "sources.other", "aspects.parking", "aspects.dogs", "age", "hours", "moved", "street"),
    *("wish", "intro", "aspects"),
)
likely = st.one_of(
    json_values,
    st.sampled_from(["1", "2", "5", "7", "8", "9", "45", "2010-05-01", "\ud800", "４５", {"missing": "illegible"}]),
    st.lists(st.sampled_from(["1", "2", "5", "8", "9"]), max_size=5),
    st.fixed_dictionaries({"missing": st.sampled_from([*map(str, Missing), "x"])}),
)


@given(
    st.dictionaries(st.sampled_from(VARIABLES) | st.text(max_size=6), likely, max_size=10),
    st.sampled_from(Policy),
)
@settings(max_examples=400)
def test_any_json_gets_a_verdict_and_canonical_answers_judge_to_themselves(
    answers: dict[str, Any], policy: Policy
) -> None:
    questionnaire = every_type()
    checked = check_answers(questionnaire, answers, policy)
    assert set(checked.values) == {name for question in questionnaire.questions() for name in question.variables()}
    assert set(checked.off_path) <= set(checked.canonical)
    assert not any(checked.values[name] is not Missing.NOT_ASKED for name in checked.off_path)
    for finding in checked.findings:
        json.dumps(finding.to_json(), allow_nan=False)
        assert describe(finding, questionnaire, "zh").encode()
        assert describe(finding, questionnaire, "en").encode()
    stored = json.loads(json.dumps(dict(checked.canonical)))
    again = check_answers(questionnaire, stored, policy)
    assert (again.canonical, again.values, again.off_path) == (checked.canonical, checked.values, checked.off_path)
    assert canonical_hash(again.canonical) == canonical_hash(checked.canonical)
    remaining = {(one.code, one.severity) for one in again.findings if one.severity is Severity.HARD}
    assert {code.value for code, _ in remaining} <= {"required"}


WORDS = [
    ({"age": "abc"}, "age", "用数字写周岁年龄，18 到 120 之间，例如 45。", "Write age in full years in figures, from 18 to 120, for example 45."),
    ({"hours": "x"}, "hours", "用数字写，小数点后最多 1 位，例如 3。不愿回答，请留空。", "Write a number in figures, at most 1 digit after the point, for example 3. Leave it blank if you prefer not to answer."),
    ({"moved": "x"}, "moved", "写年月日，2000年1月1日到2026年9月30日之间，例如 2026-09-30。不愿回答，请留空。", "Write year, month and day, from 2000-01-01 to 2026-09-30, for example 2026-09-30. Leave it blank if you prefer not to answer."),
    ({"knows": "4"}, "knows", "“4”不是选项。可选：1 知道，2 不知道，7 不愿回答，9 说不清。", "“4” is not an option. Choose from: 1 Yes, 2 No, 7 Rather not say, 9 Cannot say."),
    ({"sources": ["1", "8"]}, "sources", "选了“都不是”，就不用再选别的；要选别的，请去掉“都不是”。", "“None of these” stands alone. Remove it to choose others."),
    ({"street": "十一个字的街道名称太长了"}, "street", "最多写 10 个字，现在是 12 个字，请删去一些。", "At most 10 characters; there are 12 now. Please shorten it."),
    ({"knows": ["1", "2"]}, "knows", "这道题只选一项。", "Choose one answer only."),
    ({"knows": ""}, "knows", "请选一项。", "Choose one answer."),
]  # fmt: skip


@pytest.mark.parametrize(("answers", "variable", "zh", "en"), WORDS, ids=[row[2] for row in WORDS])
def test_messages_say_what_is_expected(
    check: Callable[..., Checked],
    questionnaire: Questionnaire,
    answers: dict[str, object],
    variable: str,
    zh: str,
    en: str,
) -> None:
    finding = next(one for one in check({**COMPLETE, **answers}).findings if one.variable == variable)
    assert describe(finding, questionnaire, "zh") == zh
    assert describe(finding, questionnaire, "en") == en


@pytest.mark.parametrize(
    ("variable", "raw", "kept"),
    [("age", "17", 17), ("age", "45.5", 45.5), ("moved", "1999/12/31", "1999-12-31"), ("sources", "18", ["1", "8"])],
)
def test_paper_says_what_it_says(check: Callable[..., Checked], variable: str, raw: str, kept: object) -> None:
    checked = check({**COMPLETE, variable: raw}, PAPER)
    assert checked.accepted
    assert checked.canonical[variable] == kept
    assert checked.values[variable] is Missing.NO_ANSWER, "kept, never counted"
    assert check(checked.canonical, PAPER).canonical == checked.canonical
    assert check(checked.canonical, IMPORT).values[variable] is Missing.NO_ANSWER, "as the figures read it"


def test_a_condition_does_not_see_what_cannot_be_meant(check: Callable[..., Checked]) -> None:
    checked = check({**COMPLETE, "age": "17", "moved": "2004-01-01"}, PAPER)
    assert [one.code for one in checked.findings] == ["out_of_range"]


def test_a_contradiction_speaks_its_own_words(check: Callable[..., Checked], questionnaire: Questionnaire) -> None:
    (finding,) = check({"knows": "1", "age": 19, "moved": "2004-01-01"}, PAPER).findings
    assert describe(finding, questionnaire, "zh") == "年龄和搬来的日子对不上。"
    assert finding.question == "moved"


def test_a_contradiction_is_seen_in_what_counts(check: Callable[..., Checked]) -> None:
    as_typed = {"knows": "1", "age": "１９", "moved": "2004/1/1"}
    assert codes(check(as_typed)) == [("moved", "contradiction", "soft")]
    assert codes(check({**as_typed, "knows": "2"})) == [], "none of it was asked"


def test_the_judge_is_kept_by_identity_and_never_confused(questionnaire: Questionnaire) -> None:
    assert judge(questionnaire) is judge(questionnaire)
    copies = [from_canonical(to_canonical(questionnaire)) for _ in range(100)]
    assert all(judge(copy).questionnaire is copy for copy in copies)
    assert judge(questionnaire).questionnaire is questionnaire


def test_the_examples_folder_is_not_needed_at_run_time() -> None:
    assert all(Path(path).is_relative_to(Path(load.__code__.co_filename).parent) for path in available().values())
