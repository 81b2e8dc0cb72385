# ruff: noqa: E501 - a row of a table stays on one line
"""Every problem a definition can have: one row each, with what stands at the place that is reported."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.loader import check, load
from questionnaires.model import Missing, Order, QuestionType, StandsFor
from questionnaires.problems import Code, DefinitionProblems, Location, Problem, did_you_mean, listing
from questionnaires.yaml_nodes import MAX_BYTES, parse
from tests.programmes import KEYS, programme
from tests.spec.questionnaires.examples import EVERY_TYPE, NOTICE, loaded, written

GOLDEN = Path(__file__).parents[2] / "golden" / "questionnaires"

OPTIONS = """
      - id: extra
        type: single_choice
        text: {zh: 您是？, en: You are?}
        stands_for: WHAT
        options:
          - {code: "1", label: {zh: 甲, en: A}, stands_for: FIRST}
          - {code: "2", label: {zh: 乙, en: B}, stands_for: SECOND}
          - {code: "3", label: {zh: 丙, en: C}THIRD}
          - {code: "9", label: {zh: 不愿说, en: Rather not say}, missing: refused}"""


def one_more(what: str, first: str, second: str, third: str = "") -> str:
    """A question whose options stand for something, set behind the last line of q3."""
    texts = {"WHAT": what, "FIRST": first, "SECOND": second, "THIRD": third and f", stands_for: {third}"}
    question = OPTIONS
    for name, text in texts.items():
        question = question.replace(name, text)
    return "maximum: 120" + question


SOUND = f"""\
key: sound
version: "1"
title: {{zh: 无误, en: Sound}}
{NOTICE}
scales:
  agreement:
    options:
      - {{code: "1", label: {{zh: 同意, en: Agree}}}}
      - {{code: "2", label: {{zh: 不同意, en: Disagree}}}}
      - {{code: "9", label: {{zh: 说不清, en: Cannot say}}, missing: dont_know}}
sections:
  - id: main
    title: {{zh: 正文, en: Main}}
    questions:
      - id: q1
        type: single_choice
        text: {{zh: 您同意不同意？, en: Do you agree?}}
        scale: agreement
      - id: q2
        type: multiple_choice
        text: {{zh: 为什么？, en: Why?}}
        ask_if: q1 in ["1", "2"]
        options:
          - {{code: "1", label: {{zh: 方便, en: Handy}}}}
          - {{code: "2", label: {{zh: 便宜, en: Cheap}}}}
          - {{code: "8", label: {{zh: 都不是, en: Neither}}, exclusive: true}}
      - id: q3
        type: number
        text: {{zh: 几岁？, en: How old?}}
        minimum: 18
        maximum: 120
      - id: q4
        type: scale
        text: {{zh: 各方面呢？, en: And these?}}
        scale: agreement
        items:
          - {{id: parks, text: {{zh: 公园, en: Parks}}}}
          - {{id: roads, text: {{zh: 道路, en: Roads}}}}
      - id: q5
        type: date
        text: {{zh: 哪天？, en: When?}}
        ask_if: q3 >= 18
indicators:
  - id: agreeing
    name: {{zh: 同意率, en: Agreeing}}
    definition: {{zh: 同意者所占比重。, en: Share who agree.}}
    kind: proportion
    variables: [q1]
    numerator: ["1"]
    target: {{value: 0.9}}
  - id: score
    name: {{zh: 得分, en: Score}}
    definition: {{zh: 平均分。, en: Mean.}}
    kind: mean_score
    variables: [q4.parks, q4.roads]
    scores: {{"1": 100, "2": 0}}
  - id: balance
    name: {{zh: 净同意, en: Net}}
    definition: {{zh: 同意减不同意。, en: Agree minus disagree.}}
    kind: net
    variables: [q1]
    numerator: ["1"]
    against: ["2"]
  - id: both
    name: {{zh: 合成, en: Index}}
    definition: {{zh: 加权和。, en: Weighted sum.}}
    kind: index
    parts:
      - {{indicator: agreeing, weight: 0.5}}
      - {{indicator: balance, weight: 0.5}}
"""

#  replace this                     by this                                code, what stands at the place, in the hint
FAULTS: list[tuple[str, str, Code, str, str]] = [
    ("title: {zh: 无误", "title: {zh: [无误", Code.SYNTAX, "}", "quotes"),
    ("version: \"1\"", "version: \"1\"\n\tx: 1", Code.SYNTAX, "", "tabs"),
    ("type: date", "type: dates", Code.UNKNOWN_TYPE, "dates", '"date"'),
    ("minimum: 18", "minimun: 18", Code.UNKNOWN_FIELD, "minimun", '"minimum"'),
    ("{zh: 无误, en: Sound}", "{zh: 无误, en: Sound, fr: Sain}", Code.UNKNOWN_FIELD, "fr", "zh, en"),
    ("        type: date\n", "", Code.MISSING_FIELD, "id: q5", ""),
    ("    kind: index\n", "", Code.MISSING_FIELD, "id: both", ""),
    ("version: \"1\"\n", "version:\n", Code.MISSING_FIELD, "", ""),
    ("        scale: agreement\n      - id: q2", "      - id: q2", Code.MISSING_FIELD, "id: q1", "name a scale"),
    ("minimum: 18", "minimum: adult", Code.WRONG_KIND, "adult", ""),
    ("minimum: 18", "minimum: '18'", Code.WRONG_KIND, "'18'", ""),
    ("exclusive: true", "exclusive: yes", Code.WRONG_KIND, "yes", ""),
    ("        ask_if: q3 >= 18", "        minimum: 2026-02-30", Code.WRONG_KIND, "2026-02-30", ""),
    ("{code: \"8\"", "{code: no", Code.UNQUOTED_CODE, "no", '"no"'),
    ("{code: \"8\"", "{code: 1:30", Code.UNQUOTED_CODE, "1:30", "90"),
    ("variables: [q1]\n    numerator: [\"1\"]\n    target", "variables: [q1]\n    numerator: [1]\n    target", Code.UNQUOTED_CODE, "1]", '"1"'),
    ("scores: {\"1\"", "scores: {1", Code.UNQUOTED_CODE, "1:", '"1"'),
    ("key: sound", "key: sound\nkey: twice", Code.REPEATED_FIELD, "key", "delete"),
    ("scale: agreement\n        items", "scale: &a agreement\n        hint: *a\n        items", Code.FORBIDDEN_YAML, "*a", "scale"),
    ("version: \"1\"", "version: !!python/name:os.system 1", Code.FORBIDDEN_YAML, "!!python", "delete"),
    ("id: q5", "id: Q5", Code.BAD_NAME, "Q5", "small letters"),
    ("id: q5", "id: answered", Code.BAD_NAME, "answered", ""),
    ("{code: \"8\"", "{code: \"八\"", Code.BAD_NAME, '"八"', "digits"),
    ("id: q5", "id: q3", Code.DUPLICATE_ID, "q3", "once"),
    ("          - {id: roads", "          - {id: roads, text: {zh: 路, en: Road}}\n          - {id: roads", Code.DUPLICATE_ID, "roads", "once"),
    ("id: both", "id: score", Code.DUPLICATE_ID, "score", "once"),
    ("{code: \"8\"", "{code: \"2\"", Code.DUPLICATE_CODE, '"2"', "own"),
    ("{zh: 几岁？, en: How old?}", "{zh: 几岁？}", Code.MISSING_TRANSLATION, "{zh: 几岁？}", "languages: [zh]"),
    ("{zh: 几岁？, en: How old?}", "几岁？", Code.MISSING_TRANSLATION, "几岁？", "languages: [zh]"),
    ("{zh: 公园, en: Parks}", "{zh: , en: Parks}", Code.MISSING_TRANSLATION, "{zh:", "Chinese"),
    ("您同意不同意？, en: Do you agree?}\n        scale: agreement", "您同意不同意？, en: Do you agree?}\n        scale: agremeent", Code.UNKNOWN_SCALE, "agremeent", '"agreement"'),
    ("kind: net", "kind: nett", Code.UNKNOWN_WORD, "nett", '"net"'),
    ("missing: dont_know", "missing: not_asked", Code.UNKNOWN_WORD, "not_asked", "refused"),
    ("maximum: 120", "maximum: 120\n        decimals: 7", Code.OUT_OF_LIMITS, "7", "0 to 6"),
    ("minimum: 18", "minimum: 180", Code.BAD_RANGE, "180", "exchange"),
    ("type: multiple_choice", "type: multiple_choice\n        maximum_choices: 3", Code.OUT_OF_LIMITS, "3", "from 2 to 2"),
    ("type: multiple_choice", "type: multiple_choice\n        minimum_choices: 0", Code.OUT_OF_LIMITS, "0", "from 1 to 2"),
    ("        scale: agreement\n      - id: q2", "        scale: agreement\n        layout: points\n      - id: q2", Code.POINTS, "points", "whole numbers"),
    ("        ask_if: q3 >= 18\n", "        ask_if: q3 >= 18\n      - {id: q6, type: single_choice, layout: points, order: shuffled, scale: likelihood_0_10, text: {zh: 几分, en: Points}}\n", Code.POINTS, "points,", "fixed"),
    ("type: date", "type: date\n        maximum_choices: 3", Code.NOT_FOR_TYPE, "3", "minimum, maximum"),
    ("type: date", "type: date\n        options: []", Code.NOT_FOR_TYPE, "[]", "minimum, maximum"),
    ("type: multiple_choice", "type: single_choice", Code.MISPLACED_EXCLUSIVE, "{code: \"8\"", "delete"),
    ("exclusive: true", "exclusive: true, missing: dont_know}\n          - {code: \"9\", label: {zh: 忘了, en: Forgot}, missing: dont_know", Code.MISSING_TWICE, "dont_know", "one"),
    ("{zh: 几岁？", "{zh: '{job} 几岁？'", Code.PLACEHOLDER, "{zh: '{job}", ""),
    ("{zh: 几岁？, en: How old?}", "{zh: '{q33}几岁？', en: '{q33}?'}", Code.PLACEHOLDER, "{zh", '"q3"'),
    ("{zh: 几岁？, en: How old?}", "{zh: '{q1}几岁？', en: How old?}", Code.PLACEHOLDER, "{zh", "every language"),
    ("{zh: 几岁？, en: How old?}", "{zh: '{q3}几岁？', en: '{q3}?'}", Code.PLACEHOLDER, "{zh", "answered before"),
    ("{zh: 几岁？, en: How old?}", "{zh: '{ q1 }几岁？', en: '{q1}?'}", Code.PLACEHOLDER, "'{ q1 }", "write the words"),
    ("{zh: 正文, en: Main}", "{zh: '{city}', en: Main}", Code.PLACEHOLDER, "'{city}'", "write the words"),
    ("{zh: 公园, en: Parks}", "{zh: 公园, en: 'Parks of ${city}'}", Code.PLACEHOLDER, "'Parks", "write the words"),
    ("{zh: 同意, en: Agree}", "{zh: '同意[[x]]', en: Agree}", Code.PLACEHOLDER, "'同意", "write the words"),
    ("{zh: 公园, en: Parks}", '{zh: "\\u200b\\u202e", en: Parks}', Code.MISSING_TRANSLATION, "{zh:", "Chinese"),
    ("maximum: 120", "maximum: 120\n        stands_for: sex", Code.STANDS_FOR, "sex", "two options"),
    ("maximum: 120", "maximum: 120\n        stands_for: years", Code.UNKNOWN_WORD, "years", "age, sex"),
    ("maximum: 120", one_more("age", "18-44", "45-64", "65+") + "\n      - {id: q3b, type: number, stands_for: age, text: {zh: 岁数, en: Age}}", Code.STANDS_FOR, "age, text", "other mark"),
    ("{code: \"8\"", "{code: \"8\", stands_for: male", Code.STANDS_FOR, "male", "at the question"),
    ("maximum: 120", one_more("sex", "man", "female"), Code.STANDS_FOR, "man}", "male or female"),
    ("maximum: 120", one_more("sex", "male", "''"), Code.STANDS_FOR, "sex", "male or female"),
    ("maximum: 120", one_more("sex", "male", "female", "female"), Code.STANDS_FOR, "female}", "one of them"),
    ("maximum: 120", one_more("age", "18-44", "45-64", "old"), Code.STANDS_FOR, "old}", "75+"),
    ("maximum: 120", one_more("age", "18-44", "45-64"), Code.STANDS_FOR, "{code: \"3\"", "75+"),
    ("maximum: 120", one_more("age", "18-44", "50-64", "65+"), Code.STANDS_FOR, "50-64}", "one before"),
    ("maximum: 120", one_more("age", "18+", "50-64", "65+"), Code.STANDS_FOR, "50-64}", "one before"),
    ("type: date", "type: date\n        stands_for: age", Code.NOT_FOR_TYPE, "age", "minimum, maximum"),
    ("q3 >= 18", "q3 => 18", Code.CONDITION_SYNTAX, "=> 18", "=="),
    ("q3 >= 18", "'q3 >= '", Code.CONDITION_SYNTAX, "'", ""),
    ("ask_if: q3 >= 18", "ask_if: q33 >= 18", Code.CONDITION_UNKNOWN, "q33", '"q3"'),
    ("ask_if: q3 >= 18", "ask_if: q4 == \"1\"", Code.CONDITION_UNKNOWN, "q4", "q4.parks"),
    ("ask_if: q1 in", "ask_if: q4.parks in", Code.CONDITION_LATER, "q4.parks", "back"),
    ("ask_if: q1 in", "ask_if: q2 in", Code.CONDITION_LATER, "q2", "back"),
    ("ask_if: q3 >= 18", "ask_if: answered(q3) and q1 == \"3\"", Code.CONDITION_CODE, "q1 ==", "1, 2, 9"),
    ("ask_if: q3 >= 18", "ask_if: \"'3' in q2\"", Code.CONDITION_CODE, "", "1, 2, 8"),
    ("ask_if: q3 >= 18", "ask_if: q2 == \"1\"", Code.CONDITION_KIND, "q2", '"1" in q2'),
    ("ask_if: q3 >= 18", "ask_if: q1 == 1", Code.CONDITION_KIND, "q1", 'q1 == "1"'),
    ("ask_if: q3 >= 18", "ask_if: q1 > \"1\"", Code.CONDITION_KIND, "q1", "no order"),
    ("ask_if: q3 >= 18", "ask_if: q3 == \"18\"", Code.CONDITION_KIND, "q3", "without quotes"),
    ("ask_if: q3 >= 18", "ask_if: q3 + q2 > 1", Code.CONDITION_KIND, "q3", "calculate with numbers"),
    ("ask_if: q3 >= 18", "ask_if: q3 + 'x' > 1", Code.CONDITION_KIND, "q3", "calculate with numbers"),
    ("ask_if: q3 >= 18", "ask_if: sum(q3, count(q3)) > 1", Code.CONDITION_KIND, "q3", "of several"),
    ("ask_if: q3 >= 18", "ask_if: years_between(q3, '2026-01-01') > 1", Code.CONDITION_KIND, "q3", "two dates"),
    ("ask_if: q3 >= 18", "ask_if: q1 == q3", Code.CONDITION_KIND, "q1", "codes with codes"),
    ("ask_if: q3 >= 18", "ask_if: q2 == q2", Code.CONDITION_KIND, "q2", "codes with codes"),
    ("ask_if: q3 >= 18", "ask_if: q1 < q4.parks", Code.CONDITION_KIND, "q1", "equal or are not"),
    ("ask_if: q3 >= 18", "ask_if: matches(q3, 'mobile')", Code.CONDITION_KIND, "q3", "text has a form"),
    ("ask_if: q3 >= 18", "ask_if: q3 + q7 > 1", Code.CONDITION_UNKNOWN, "q7", ""),
    ("ask_if: q3 >= 18", "ask_if: q3 > count(q5)", Code.CONDITION_LATER, "q5", "looks back"),
    ("ask_if: q3 >= 18", "ask_if: q3 + q1 * > 1", Code.CONDITION_SYNTAX, "> 1", ""),
    ("ask_if: q3 >= 18", "ask_if: today > '2026-03-01'", Code.DAY_OF_ANSWERING, "today", "rule"),
    ("ask_if: q3 >= 18", "ask_if: q3 > 60 and q3 < 30", Code.UNREACHABLE, "q3", "exclude"),
    ("ask_if: q3 >= 18", "ask_if: q3 > 120", Code.UNREACHABLE, "q3", "exclude"),
    ("variables: [q1]\n    numerator: [\"1\"]\n    against", "variables: [q11]\n    numerator: [\"1\"]\n    against", Code.INDICATOR_UNKNOWN, "[q11]", '"q1"'),
    ("against: [\"2\"]", "against: [\"3\"]", Code.INDICATOR_CODE, '["3"]', "1, 2, 9"),
    ("indicator: balance", "indicator: balanse", Code.INDICATOR_PART, "balanse", '"balance"'),
    ("indicator: balance", "indicator: both", Code.INDEX_CYCLE, "- {indicator: agreeing", "out"),
    ("scores: {\"1\": 100, \"2\": 0}", "scores: {\"1\": 100}", Code.BAD_SCORES, "{", "excluded"),
    ("scores: {\"1\": 100, \"2\": 0}", "scores: {\"1\": 100, \"2\": 0}\n    dont_know: in_base", Code.BAD_SCORES, "in_base", "zero"),
    ("agreeing, weight: 0.5", "agreeing, weight: 0.6", Code.BAD_WEIGHTS, "- {indicator: agreeing", "sum to 1"),
    ("value: 0.9", "value: 90", Code.BAD_TARGET, "90", "0.90"),
    ("kind: net", "kind: net\n    scores: {\"1\": 1}", Code.NOT_FOR_KIND, "{\"1\": 1}", "numerator, against"),
    ("    against: [\"2\"]\n", "", Code.NOT_FOR_KIND, "id: balance", "needs it"),
    ("against: [\"2\"]", "against: [\"1\"]", Code.OVERLAP, '["1"]', "one way"),
    ("against: [\"2\"]", "against: [\"9\"]", Code.NEVER_COUNTS, '["9"]', 'numerator_if: q1 == "9"'),
]  # fmt: skip


def found(folder: Path, text: str) -> list[Problem]:
    return check(written(folder, text))[1]


def test_the_sound_file_is_sound(tmp_path: Path) -> None:
    assert found(tmp_path, SOUND) == []


def test_questions_say_which_of_them_tell_age_and_sex(tmp_path: Path) -> None:
    sex = one_more("sex", "male", "female")
    questionnaire = loaded(tmp_path, SOUND.replace("maximum: 120", "stands_for: age\n        " + sex))
    assert questionnaire.question("q3").stands_for is StandsFor.AGE
    assert questionnaire.question("extra").stands_for is StandsFor.SEX
    assert [one.stands_for for one in questionnaire.question("extra").options] == ["male", "female", None, None]
    ranges = loaded(tmp_path, SOUND.replace("maximum: 120", one_more("age", "18-44", "45-64", "65+")))
    assert [one.stands_for for one in ranges.question("extra").options] == ["18-44", "45-64", "65+", None]
    assert ranges.question("q3").stands_for is None


@pytest.mark.parametrize(
    ("old", "new", "code", "at", "hint"), FAULTS, ids=[f"{row[2].number}-{number}" for number, row in enumerate(FAULTS)]
)
def test_one_fault_one_problem_at_its_place(tmp_path: Path, old: str, new: str, code: Code, at: str, hint: str) -> None:
    assert SOUND.count(old) >= 1, "the row replaces nothing"
    text = SOUND.replace(old, new, 1)
    problems = found(tmp_path, text)
    assert [problem.code for problem in problems] == [code], "\n".join(map(str, problems))
    (problem,) = problems
    line = text.splitlines()[problem.location.line - 1]
    assert line[problem.location.column - 1 :].startswith(at), f"column {problem.location.column} of: {line}"
    assert hint in problem.hint


def test_every_code_has_a_row() -> None:
    # Of lists: test_lists; of languages: test_languages; of blocks that are drawn: test_draws.
    elsewhere = {
        Code.UNREADABLE,
        Code.LIST,
        Code.NEVER_OFFERED,
        Code.LANGUAGE_IN_PART,
        Code.OTHER_SCRIPT,
        Code.BAD_DRAW,
        Code.NEVER_TOGETHER,
    }
    assert {row[2] for row in FAULTS} | elsewhere == set(Code)
    assert len({code.number for code in Code}) == len(Code)


def test_ten_faults_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GOLDEN)
    with pytest.raises(DefinitionProblems) as raised:
        load("ten_faults.yaml")
    assert str(raised.value) + "\n" == Path("ten_faults.txt").read_text(encoding="utf-8")
    assert len({problem.code for problem in raised.value.problems}) == 10


def test_faults_in_the_words_of_both_files_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "scales.yaml").write_text("scales:\n  agreement:\n    options:\n      - {code: 1}\n", encoding="utf-8")
    problems = found(tmp_path, SOUND.replace("type: date", "type: dates"))
    assert [Path(problem.location.file).name for problem in problems] == ["questionnaire.yaml"] + ["scales.yaml"] * 3


def test_scales_the_nearer_one_counts(tmp_path: Path) -> None:
    text = SOUND.replace("        scale: agreement\n      - id: q2", "        scale: satisfaction\n      - id: q2")
    packaged = loaded(tmp_path, text).question("q1").options
    assert [option.label.zh for option in packaged] == ["满意", "基本满意", "不太满意", "不满意", "说不清"]
    beside = 'scales:\n  satisfaction:\n    options:\n      - {code: "1", label: {zh: 好, en: Good}}\n      - {code: "2", label: {zh: 差, en: Bad}}\n'
    (tmp_path / "scales.yaml").write_text(beside, encoding="utf-8")
    questionnaire = loaded(tmp_path, text)
    assert [option.label.zh for option in questionnaire.question("q1").options] == ["好", "差"]
    assert {scale.id for scale in questionnaire.scales} == {"satisfaction", "agreement"}


UNREADABLE = [
    ("empty", b"", Code.UNREADABLE),
    ("only a comment", b"# nothing\n", Code.UNREADABLE),
    ("too large", b"x" * (MAX_BYTES + 1), Code.UNREADABLE),
    ("GBK", "title: 满意度\n".encode("gbk"), Code.UNREADABLE),
    ("UTF-16", "title: 满意度\n".encode("utf-16"), Code.UNREADABLE),
    ("control character", b"title: a\x00b\n", Code.SYNTAX),
    ("a list", b"- 1\n- 2\n", Code.WRONG_KIND),
    ("two documents", b"a: 1\n---\nb: 2\n", Code.FORBIDDEN_YAML),
    ("deep", b"a: " + b"[" * 500 + b"]" * 500, Code.FORBIDDEN_YAML),
    ("many", b"a: [" + b"1," * 60_000 + b"1]", Code.FORBIDDEN_YAML),
    ("bomb", b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n", Code.FORBIDDEN_YAML),
    ("list as a name", b"? [a, b]\n: 1\n", Code.FORBIDDEN_YAML),
]


@pytest.mark.parametrize(("data", "code"), [row[1:] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE])
def test_what_cannot_be_read_is_said_and_never_raised(tmp_path: Path, data: bytes, code: Code) -> None:
    path = tmp_path / "questionnaire.yaml"
    path.write_bytes(data)
    questionnaire, problems = check(path)
    assert questionnaire is None
    assert code in [problem.code for problem in problems]


def test_a_missing_file_is_a_problem_too(tmp_path: Path) -> None:
    questionnaire, (problem,) = check(tmp_path / "none.yaml")
    assert questionnaire is None
    assert problem.code is Code.UNREADABLE


@given(st.binary(max_size=200) | st.text(alphabet="ab:-[]{}\"'&*!|>#% \n\t1", max_size=120).map(str.encode))
def test_no_bytes_make_the_reader_raise(data: bytes) -> None:
    root, problems = parse(data, "x.yaml")
    assert root is not None or problems


@given(st.integers(0, len(SOUND) - 1), st.integers(1, 30), st.sampled_from(["", "1", "[", "x: y", "''", "\n  - a"]))
def test_a_damaged_file_gives_problems_or_a_model(start: int, length: int, put: str) -> None:
    from questionnaires import builders, yaml_nodes
    from questionnaires.checks import rules
    from questionnaires.fields import Notes
    from questionnaires.places import Places

    damaged = SOUND[:start] + put + SOUND[start + length :]
    root, problems = yaml_nodes.parse(damaged.encode(), "damaged.yaml")
    if root is None:
        assert problems
        return
    notes = Notes(problems)
    building = builders.Building(notes, {})
    rules(builders.questionnaire(building, root), Places(root), building)
    assert all(problem.location.line >= 1 for problem in notes.problems)


def test_what_the_model_holds(tmp_path: Path) -> None:
    questionnaire = loaded(tmp_path, EVERY_TYPE)
    assert [question.type for question in questionnaire.questions()] == [
        *(QuestionType.SINGLE_CHOICE, QuestionType.MULTIPLE_CHOICE, QuestionType.NOTE, QuestionType.SCALE),
        *(QuestionType.NUMBER, QuestionType.NUMBER, QuestionType.DATE, QuestionType.SHORT_TEXT, QuestionType.LONG_TEXT),
    ]
    sources = questionnaire.question("sources")
    assert sources.variables() == ("sources", "sources.other")
    assert sources.order is Order.FIXED
    forgotten = sources.option("9")
    assert forgotten is not None
    assert forgotten.missing is Missing.DONT_KNOW
    assert forgotten.exclusive, "who forgot has chosen nothing else"
    assert questionnaire.question("aspects").variables() == ("aspects.parking", "aspects.dogs")
    assert questionnaire.question("age").short.zh == "周岁年龄"
    assert questionnaire.question("knows").short == questionnaire.question("knows").text
    assert questionnaire.question("wish").max_length == 1000


def test_chinese_alone_may_be_declared(tmp_path: Path) -> None:
    text = SOUND.replace('version: "1"', 'version: "1"\nlanguages: [zh]')
    bare = text.replace("{zh: 几岁？, en: How old?}", "几岁？")
    questionnaire = loaded(tmp_path, bare)
    assert questionnaire.languages == ("zh",)
    assert questionnaire.question("q3").text.in_language("en") == "几岁？"


def test_a_column_counts_characters_not_bytes(tmp_path: Path) -> None:
    text = SOUND.replace("{zh: 几岁？, en: How old?}", "{zh: 您今年几岁了？, en: How old?, de: Wie alt?}")
    (problem,) = found(tmp_path, text)
    line = text.splitlines()[problem.location.line - 1]
    assert line[problem.location.column - 1 :].startswith("de:")


def test_the_listing_is_read_by_people() -> None:
    problem = Problem(Code.UNKNOWN_TYPE, Location("a.yaml", 9, 11), 'question "q2" has type "x"', "did you mean?")
    assert listing([problem]) == (
        'a.yaml:9:11  Q003  unknown question type\n    question "q2" has type "x"; did you mean?\n'
        "1 problem; nothing was loaded."
    )


def test_near_misses() -> None:
    assert did_you_mean("singl_choice", list(QuestionType)) == 'did you mean "single_choice"?'
    assert did_you_mean("zzz", ["a", "b"]) == "known here: a, b"
    assert did_you_mean("zzz", map(str, range(100))) == ""


def test_the_shipped_definitions_are_sound() -> None:
    """``load`` raises where there is a problem."""
    assert {"civilized_city", "window_services"} <= set(KEYS)
    assert [programme(key).version[:1] for key in ("civilized_city", "civilized_city_full")] == ["2", "3"]
    for key in KEYS:
        assert programme(key).indicators
