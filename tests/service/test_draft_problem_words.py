"""What is wrong with a draft is told by the names of its boxes: nobody on that page has seen the file."""

from __future__ import annotations

import re

import pytest

from questionnaires.loader import available
from survey_service.catalogue.draft_problem_words import told_problems
from survey_service.outside import drafts

SOURCE = available()["civilized_city"].read_text(encoding="utf-8")
IN_A_FILE = re.compile(r"\b(text|label|title|minimum|maximum_choices|minutes|value|questions|languages|zh)\b")


@pytest.mark.parametrize(
    ("at", "field", "value", "zh", "en"),
    [
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
    ],
)
def test_a_box_is_named_as_it_is_on_the_page(at: str, field: str, value: str, zh: str, en: str) -> None:
    looked = drafts.change(SOURCE, [{"do": "set", "at": at, "field": field, "value": value}])
    [chinese], [english] = (told_problems(looked.problems, language) for language in ("zh", "en"))
    assert (chinese["at"], chinese["field"]) == (at, field)
    assert chinese["said"] == f"{zh}（{chinese['code']}）"
    assert english["said"] == f"{en} ({english['code']})"
    assert not IN_A_FILE.search(chinese["said"])


def test_a_section_without_a_question_says_so_with_both_ways_out() -> None:
    text = SOURCE
    for name in ("q9", "q10", "q11", "q12"):
        agreed = drafts.uses(text, f"question:{name}").fingerprint
        text = drafts.change(text, [{"do": "remove", "at": f"question:{name}", "with": agreed}]).text
    [told] = told_problems(drafts.look(text).problems, "zh")
    assert told["said"] == "部分 about_you 里一道题也没有；加一道题，或者去掉这个部分（Q016）"
    assert told_problems(drafts.look(text).problems, "en")[0]["message"] == "section about_you has no question"
