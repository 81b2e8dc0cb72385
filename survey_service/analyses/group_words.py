"""How groups of respondents are called: the kinds that a plan may ask for, and the groups of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from analysis.plan import NO_ANSWER, Group, question_of_group
from questionnaires.model import Questionnaire
from questionnaires.text import Text
from reports.wording.phrases import MODES
from survey_service.analyses.closed_questions import closed_variables

KINDS: Final[Mapping[str, Text]] = {
    Group.AGE.value: Text("年龄", "Age"),
    Group.SEX.value: Text("性别", "Sex"),
    Group.MODE.value: Text("作答方式", "Mode of answering"),
}
_NAMES: Final[Mapping[tuple[str, str], Text]] = {
    (Group.SEX.value, "male"): Text("男", "Men"),
    (Group.SEX.value, "female"): Text("女", "Women"),
    **{(Group.MODE.value, mode): words for mode, words in MODES.items()},
}
_SILENT: Final = Text("没有答这一题", "Did not answer this question")


def kind_name(by: str, questionnaire: Questionnaire) -> Text:
    """Of a question its short name; of one that the questionnaire has not, its id."""
    question = question_of_group(by)
    if question is None:
        return KINDS[by]
    return next(
        (one.short for one in closed_variables(questionnaire) if one.name == question), Text(question, question)
    )


def group_name(by: str, label: str, questionnaire: Questionnaire) -> Text:
    """Of an age group its years, of a question the answer."""
    if by == Group.AGE.value:
        plus = label.removesuffix("+")
        return Text(f"{plus} 岁以上" if plus != label else f"{label.replace('-', '–')} 岁", label.replace("-", "–"))
    question = question_of_group(by)
    if question is None:
        return _NAMES.get((by, label), Text(label, label))  # a release may have one of its own
    if label == NO_ANSWER:
        return _SILENT
    options = next((one.options for one in closed_variables(questionnaire) if one.name == question), ())
    return next((one.label for one in options if one.code == label), Text(label, label))
