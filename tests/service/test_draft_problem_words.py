"""What is wrong with a draft is told by the names of its boxes: nobody on that page has seen the file."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from questionnaires.loader import available
from survey_service.catalogue.draft_problem_words import told_problems
from survey_service.outside import drafts
from survey_service.outside.drafts import PlacedProblem

SOURCE = available()["civilized_city"].read_text(encoding="utf-8")
IN_A_FILE = re.compile(r"\b(text|label|title|minimum|maximum_choices|minutes|value|questions|languages|zh)\b")


#  part, field, what is typed into it              as it is told
TYPED = [
    ("question:q1", "text.zh", "", "题目 q1 还没有写中文", "question q1 is not written in Chinese yet"),
    ("question:q1", "text.en", "", "题目 q1 还没有写英文", "question q1 is not written in English yet"),
    (
        "option:q2:1",
        "label.zh",
        "",
        "题目 q2 的选项 1 还没有写中文",
        "option 1 of question q2 is not written in Chinese yet",
    ),
    (
        "questionnaire",
        "title.en",
        "",
        "问卷的标题还没有写英文",
        "the title of the questionnaire is not written in English yet",
    ),
    (
        "question:q10",
        "minimum",
        "abc",
        '题目 q10 的“最小”要的是一个数，这里是"abc"',
        '“minimum” of question "q10" wants a number, not "abc"',
    ),
    (
        "question:q2",
        "maximum_choices",
        "99",
        "题目 q2 的“最多选几项”是 99；2 到 5 之间的整数",
        '“most choices” of question "q2" is 99; a whole number from 2 to 5',
    ),
    (
        "indicator:awareness",
        "target",
        "150",
        "指标 awareness 的目标超出了范围；0% 到 100% 之间",
        "the target of indicator awareness is out of range; from 0 % to 100 %",
    ),
    (
        "questionnaire",
        "notice.minutes",
        "三",
        '说明的“几分钟”要的是一个数，这里是"三"',
        '“minutes” of the notice wants a number, not "三"',
    ),
]


@pytest.fixture(scope="module")
def problems() -> Sequence[PlacedProblem]:
    edits = [{"do": "set", "at": at, "field": field, "value": value} for at, field, value, _, _ in TYPED]
    return drafts.change(SOURCE, edits).problems


@pytest.mark.parametrize(("at", "field", "value", "zh", "en"), TYPED, ids=[f"{one[0]} {one[1]}" for one in TYPED])
def test_a_box_is_named_as_it_is_on_the_page(
    problems: Sequence[PlacedProblem], at: str, field: str, value: str, zh: str, en: str
) -> None:
    mine = [one for one in problems if (one.at, one.field) == (at, field)]
    [chinese], [english] = (told_problems(mine, language) for language in ("zh", "en"))
    assert chinese["said"] == f"{zh}（{chinese['code']}）"
    assert english["said"] == f"{en} ({english['code']})"
    assert not IN_A_FILE.search(chinese["said"])


def test_a_section_without_a_question_says_so_with_both_ways_out() -> None:
    last = SOURCE.index("    questions:\n", SOURCE.index("  - id: about_you\n"))
    text = SOURCE[:last] + "    questions: []\n" + SOURCE[SOURCE.index("\nindicators:", last) :]
    mine = [one for one in drafts.look(text).problems if one.at == "section:about_you"]
    [told], [english] = (told_problems(mine, language) for language in ("zh", "en"))
    assert told["said"] == "部分 about_you 里一道题也没有；加一道题，或者去掉这个部分（Q016）"
    assert english["message"] == "section about_you has no question"
