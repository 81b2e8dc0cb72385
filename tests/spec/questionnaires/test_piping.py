"""Places of texts: what fills them, what stands there while nothing does, and that stored texts keep them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from questionnaires.answer_words import describe
from questionnaires.answers import Policy, check_answers
from questionnaires.canonical import canonical_bytes, from_canonical
from questionnaires.codebook import codebook
from questionnaires.loader import available, load
from questionnaires.model import Questionnaire
from questionnaires.piping import LONGEST, names_filled, words_of
from questionnaires.text import Piped, Text, filled, named, slots, text_of
from tests.spec.questionnaires.examples import loaded
from tests.spec.questionnaires.piped import PIPED


@pytest.fixture(scope="module")
def piped(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return loaded(tmp_path_factory.mktemp("piped"), PIPED)


#  pattern                        nothing fills it        with q2 = "医院"          in a codebook
TEXTS = [
    ("您对{q2}满意吗？", "您对＿＿＿＿满意吗？", "您对医院满意吗？", "您对〔q2〕满意吗？"),
    ("您对{q2|这个单位}满意吗？", "您对这个单位满意吗？", "您对医院满意吗？", "您对〔q2〕满意吗？"),
    ("{city}的{q2}", "本市的＿＿＿＿", "本市的医院", "〔city〕的〔q2〕"),
    ("{city|我市}的{q2}", "我市的＿＿＿＿", "我市的医院", "〔city〕的〔q2〕"),
    ("{q6.lanes}", "＿＿＿＿", "＿＿＿＿", "〔q6.lanes〕"),
]


@pytest.mark.parametrize(("pattern", "blank", "full", "in_codebook"), TEXTS)
def test_a_text_and_its_places(pattern: str, blank: str, full: str, in_codebook: str) -> None:
    text = text_of({"zh": pattern})
    assert isinstance(text, Piped)
    assert (text.zh, text.in_language("zh"), text.in_language("en")) == (blank,) * 3
    assert filled(text, "zh", {"q2": "医院"}) == full
    assert named(text).zh == in_codebook
    assert text.pattern == Text(pattern)


@pytest.mark.parametrize(
    "plain", ["", "满意吗？", "{Q2}", "{ q2 }", "{q2", "${q2", "{}", "{q2|}", "{q2|a|b}", "{q.a.b}"]
)
def test_what_is_no_place(plain: str) -> None:
    assert type(text_of({"zh": plain})) is Text


def test_what_fills_them(piped: Questionnaire) -> None:
    assert names_filled(piped) == ("q1", "people", "per_head", "city", "remark", "several")

    def words(answers: dict[str, object], language: str = "zh") -> dict[str, str]:
        return words_of(piped, check_answers(piped, answers, Policy.WEB, partial=True), language)

    assert words({}) == {}
    assert words({"q1": "1", "people": 3}) == {"q1": "医院", "people": "3", "per_head": "0.33"}
    assert words({"q1": "1"}, "en") == {"q1": "the hospital"}
    assert words({"q1": "9"}) == {}, "who cannot say has named nothing"
    assert words({"q1": "1", "several": ["1", "2"]})["several"] == "快、近"
    assert words({"remark": "很好\n  的 <b>医院</b>"}) == {"remark": "很好 的 <b>医院</b>"}, "escaped where it is shown"
    assert words({"remark": "长" * 99})["remark"] == "长" * LONGEST + "…"
    assert words({"q1": "1", "people": {"missing": "refused"}}) == {"q1": "医院"}


def test_a_message_names_what_was_answered(piped: Questionnaire) -> None:
    checked = check_answers(piped, {"q1": "1", "people": 12}, Policy.WEB)
    (finding,) = checked.findings
    assert describe(finding, piped, "zh", checked) == "12 个人一起去医院？"
    assert describe(finding, piped, "en", checked) == "12 people at the hospital?"
    assert describe(finding, piped, "zh") == "＿＿＿＿ 个人一起去这个地方？"


def test_they_are_stored_as_they_are_written(piped: Questionnaire) -> None:
    stored = json.loads(canonical_bytes(piped))
    assert stored["questionnaire"]["sections"][0]["questions"][2]["text"]["zh"] == "您对{q1|这个地方}满意吗？"
    assert from_canonical(stored) == piped


def test_texts_without_places_are_what_they_were() -> None:
    for path in available().values():
        if not names_filled(load(path)):
            assert "Piped" not in repr(load(path))


def test_the_codebook_names_them(piped: Questionnaire) -> None:
    labels = {one.name: one for one in codebook(piped)}
    assert labels["pleased"].label.zh == "您对〔q1〕满意吗？"
    assert labels["pleased"].values[0].label.en == "Pleased with 〔q1〕"


def test_a_shared_scale_has_no_places(tmp_path: Path) -> None:
    assert not any(isinstance(option.label, Piped) for option in load(available()["civilized_city"]).scales[0].options)
    assert dataclasses.is_dataclass(Piped)
    assert slots(text_of({"zh": "{q1}{q2|a}", "en": "{q2}"}), "en") == ["q2"]
