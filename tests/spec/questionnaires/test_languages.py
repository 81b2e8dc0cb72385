"""Languages by tag: which may be declared, which are offered, what is told of one that is there in part."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from questionnaires import model
from questionnaires.canonical import canonical_bytes, from_canonical, to_canonical
from questionnaires.indicators import Indicator
from questionnaires.languages import direction, fault_of_tag, holds_its_script, name_in, own_name, script_of
from questionnaires.loader import available, check, load, look
from questionnaires.offered import lacking, offered
from questionnaires.problem_words import explain
from questionnaires.problems import Code
from questionnaires.text import Text, filled, named, text_of
from tests.spec.questionnaires.examples import EVERY_TYPE, written
from tests.spec.questionnaires.speaking import in_languages

# tag, whether it may be declared, direction, script, its name in itself
TAGS = [
    ("zh", True, "ltr", "Hans", "中文"),
    ("en", True, "ltr", "Latn", "English"),
    ("ug", True, "rtl", "Arab", "ئۇيغۇرچە"),
    ("kk-Arab", True, "rtl", "Arab", "قازاق ءتىلى"),
    ("kk", True, "ltr", "Cyrl", "қазақ тілі"),
    ("bo", True, "ltr", "Tibt", "བོད་སྐད་"),
    ("ko", True, "ltr", "Kore", "한국어"),
    ("za", True, "ltr", "Latn", "Vahcuengh"),
    ("ii", True, "ltr", "Yiii", "ꆈꌠꉙ"),
    ("yue", True, "ltr", "Hant", "粵語"),
    ("mn", True, "ltr", "Cyrl", "монгол"),
    ("ar-XB", True, "rtl", "Arab", "العربية"),
    ("he", True, "rtl", "Hebr", "עברית"),
]


@pytest.mark.parametrize(("tag", "usable", "way", "script", "name"), TAGS)
def test_a_tag_says_how_the_language_is_written_and_called(
    tag: str, usable: bool, way: str, script: str, name: str
) -> None:
    assert (not fault_of_tag(tag)) is usable
    assert (direction(tag), script_of(tag), own_name(tag)) == (way, script, name)


@pytest.mark.parametrize(
    ("tag", "hint"),
    [
        ("xx", "BCP 47"),
        ("Uyghur", 'write "ug"'),
        ("藏语", 'write "bo"'),
        ("Chinese", 'write "zh"'),
        ("UG", 'write "ug"'),
        ("kk_arab", 'write "kk-Arab"'),
        ("zh-CN", 'write "zh"'),
        ("en-US", 'write "en"'),
        ("mn-Mong", "top to bottom"),
        ("ug-Zzzq", "no such script"),
        ("yuee", "BCP 47"),
        ("", "BCP 47"),
    ],
)
def test_a_tag_that_cannot_be_declared_says_what_to_write(tag: str, hint: str) -> None:
    assert hint in fault_of_tag(tag)


def test_names_in_chinese_and_english() -> None:
    assert (name_in("ug", "zh"), name_in("kk-Arab", "zh")) == ("维吾尔语", "哈萨克语（阿拉伯文）")
    assert (name_in("ug", "en"), name_in("kk-Arab", "en")) == ("Uyghur", "Kazakh (Arabic)")


def test_a_language_that_is_whole_is_offered(tmp_path: Path) -> None:
    questionnaire = load(written(tmp_path, in_languages(_own_scale(EVERY_TYPE), "ug")))
    assert questionnaire.languages == ("zh", "en", "ug")
    assert offered(questionnaire) == ("zh", "en", "ug")


def test_a_language_in_part_is_told_by_line_and_not_offered(tmp_path: Path) -> None:
    definition = in_languages(_own_scale(EVERY_TYPE), "ug", leave=("您知道吗？", "微信", "停车"))
    questionnaire, problems, told = look(written(tmp_path, definition))
    assert questionnaire is not None
    assert not problems
    assert offered(questionnaire) == ("zh", "en")
    lines = definition.splitlines()
    assert {one.code for one in told} == {Code.LANGUAGE_IN_PART}
    assert [(one.message, lines[one.location.line - 1].count("zh:") == 1) for one in told] == [
        ('"text" of question "knows" has no "ug"', True),
        ('"label" of an option of question "sources" has no "ug"', True),
        ('"text" of an item of question "aspects" has no "ug"', True),
    ]
    assert explain(told[0], "zh").message == "题目 knows 的“text”缺 ug"
    assert "给居民" in explain(told[0], "zh").hint


# One text after the other: without it the language is not offered. Names of charts and indicators may stay away.
@pytest.mark.parametrize(
    ("left_out", "whole"),
    [
        ("各种题型", False),  # title
        ("某办公室", False),  # notice
        ("二", False),  # title of a section
        ("下面问几个方面。", False),  # a note
        ("满意", False),  # an option of a scale
        ("岁", False),  # unit
        ("不会有人看到", True),  # stands nowhere
    ],
)
def test_every_text_that_a_resident_meets_counts(tmp_path: Path, left_out: str, whole: bool) -> None:
    definition = in_languages(_own_scale(EVERY_TYPE), "ug", leave=(left_out,))
    assert ("ug" in offered(load(written(tmp_path, definition)))) is whole


def test_a_scale_of_the_service_has_no_other_language_and_is_told_once(tmp_path: Path) -> None:
    questionnaire, _, told = look(written(tmp_path, in_languages(EVERY_TYPE, "ug")))
    assert questionnaire is not None
    assert {one.message for one in told} == {'"label" of an option of scale "satisfaction" has no "ug"'}
    assert {met.owner for met in lacking(questionnaire, "ug")} == {'an option of scale "satisfaction"'}


def test_words_of_another_script_are_told(tmp_path: Path) -> None:
    definition = in_languages(_own_scale(EVERY_TYPE), "ug").replace("zh: 您知道吗？,", "zh: 您知道吗？,", 1)
    start = definition.index("ug:", definition.index("您知道吗？"))
    end = min(definition.index(mark, start) for mark in ("}", "\n"))
    _, _, told = look(written(tmp_path, definition[:start] + "ug: 您知道吗？" + definition[end:]))
    assert [one.code for one in told] == [Code.OTHER_SCRIPT]
    assert holds_its_script("ug", "12 %")
    assert holds_its_script("ug", "ئا WeChat")
    assert not holds_its_script("ug", "微信")


@pytest.mark.parametrize(
    ("languages", "code", "message"),
    [
        ("[zh, en, xx]", Code.UNKNOWN_WORD, '"languages" names "xx"'),
        ("[en, ug]", Code.MISSING_FIELD, '"languages" lacks "zh"'),
    ],
)
def test_what_may_not_be_declared(tmp_path: Path, languages: str, code: Code, message: str) -> None:
    definition = EVERY_TYPE.replace('version: "1"', f'version: "1"\nlanguages: {languages}')
    _, problems = check(written(tmp_path, definition))
    assert (code, message) in [(one.code, one.message) for one in problems]


def test_a_text_in_a_language_that_is_not_declared_says_how_to_declare_it(tmp_path: Path) -> None:
    definition = EVERY_TYPE.replace("{zh: 试验, en: A test}", "{zh: 试验, en: A test, ug: سىناق}")
    ((problem,), place) = check(written(tmp_path, definition))[1], "purpose"
    assert place in problem.message
    assert problem.hint == "declare it: languages: [zh, en, ug]"


def test_bytes_of_a_definition_without_others_are_as_they_were() -> None:
    for path in available().values():
        assert b'"ug"' not in canonical_bytes(load(path))
    assert canonical_bytes(load(available()["civilized_city"])).count(b'"languages"') == 0


def test_others_come_back_from_the_stored_form(tmp_path: Path) -> None:
    questionnaire = load(written(tmp_path, in_languages(EVERY_TYPE, "ug", "ko")))
    assert from_canonical(to_canonical(questionnaire)) == questionnaire
    assert questionnaire.title.said_in("ko")


def test_places_are_filled_in_every_language() -> None:
    text = text_of({"zh": "您对{q1}满意吗？", "en": "Satisfied with {q1}?", "ug": "ئا {q1} ئا؟"})
    assert filled(text, "ug", {"q1": "7"}) == "ئا 7 ئا؟"
    assert text.in_language("ug") == "ئا ＿＿＿＿ ئا؟"
    assert named(text).said_in("ug") == "ئا 〔q1〕 ئا؟"
    assert text.in_language("bo") == text.in_language("zh")


def test_a_place_that_one_language_lacks_is_a_problem(tmp_path: Path) -> None:
    definition = EVERY_TYPE.replace(
        "{zh: 从哪里知道的？, en: From where?}",
        "{zh: '您说“{knows}”，从哪里知道的？', en: 'You said {knows}; from where?', ug: قەيەردىن؟}",
    ).replace('version: "1"', 'version: "1"\nlanguages: [zh, en, ug]')
    _, problems = check(written(tmp_path, definition))
    assert [one.message for one in problems] == [
        'question "sources" is filled with other answers in "ug" than in Chinese'
    ]


def test_texts_without_others_are_equal_and_cheap() -> None:
    assert Text("一", "One") == text_of({"zh": "一", "en": "One"})
    assert Text("一", "One").in_language("ug") == "一"


def test_every_text_of_the_model_is_met_or_is_read_by_staff_alone() -> None:
    kinds = [one for one in (*vars(model).values(), Indicator) if dataclasses.is_dataclass(one)]
    texts = {
        f"{kind.__name__}.{field.name}"
        for kind in kinds
        for field in dataclasses.fields(kind)
        if re.search(r"\bText\b", str(field.type))
    }
    of_staff = {
        *("Question.short", "Item.short", "Calculated.text", "Calculated.short", "Calculated.unit"),
        *("Indicator.name", "Indicator.definition", "OptionList.title", "Draw.label"),
    }
    met = {
        *("Questionnaire.title", "Section.title", "Question.text", "Question.hint", "Question.unit"),
        *("Question.because", "Block.label", "Item.text", "Option.label", "Contradiction.message", "Rule.message"),
        *("Repeats.heading", "Repeats.ask_for_more", "Repeats.more", "Repeats.no_more"),
        *("Notice.purpose", "Notice.body", "Notice.retention", "Notice.contact"),
    }
    assert texts == of_staff | met, "a text that is new: name it in offered.py where residents meet it"


def _own_scale(definition: str) -> str:
    """The scale of the service in the file itself, so that it can be translated."""
    scale = """\
scales:
  satisfaction:
    options:
      - {code: "1", label: {zh: 满意, en: Satisfied}, value: 4}
      - {code: "4", label: {zh: 不满意, en: Dissatisfied}, value: 1}
"""
    return definition.replace("sections:\n", f"{scale}sections:\n", 1)
