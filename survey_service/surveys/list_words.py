"""What is wrong or odd in a list that a wave supplies, in both languages, and how its file is written."""

from __future__ import annotations

from enum import unique
from typing import Final

from questionnaires.text import Text
from survey_service.tabular.notices import NoticeKind
from survey_service.tabular.problems import ProblemKind


@unique
class InList(ProblemKind):
    SAID = ("{message}", "", "{message}", "")
    """What the questionnaire's own rules for entries say, which end in the way out."""
    PARENT_UNCLEAR = (
        "“{seen}”在上一级名单里不止一项",
        "请写它的代码：{codes}。",
        "the list above has more than one “{seen}”",
        "Write its code: {codes}.",
    )


@unique
class Told(NoticeKind):
    OTHER_MEANING = (
        "代码“{code}”在{wave}里是“{before}”，这里是“{label}”。意思变了，两期的数字不能按代码比。",
        "Code {code} was “{before}” in {wave} and is “{label}” here: the two waves cannot be compared by this code.",
    )
    OTHER_CODE = (
        "“{label}”在{wave}里的代码是“{before}”，这里是“{code}”。同一项请用同一个代码。",
        "“{label}” had the code {before} in {wave} and has {code} here. Keep the code of what is the same.",
    )
    NO_ENGLISH = (
        "{count} 项没有英文名称：英文问卷上会印中文。",
        "No English name ({count}): the English questionnaire will show the Chinese one.",
    )
    LEFT_BELOW = (
        "名单“{list}”里有 {count} 项的上级会找不到：{codes}。收进来以后，请改那张名单。",
        "The parents of {count} entries of the list “{list}” will be gone: {codes}. Mend that list afterwards.",
    )


CODE: Final = Text("代码", "code")
NAME: Final = Text("名称", "name")
NAME_EN: Final = Text("英文名称", "name_en")
PARENT: Final = Text("上级", "parent")
HEADS: Final = {
    "code": ("代码", "编号", "序号", "code"),
    "name": ("名称", "中文名称", "名字", "单位名称", "name", "name_zh", "label"),
    "name_en": ("英文名称", "英文名", "英文", "name_en", "english"),
    "parent": ("上级", "上级代码", "上级名称", "所属", "parent", "parent_code"),
}
"""How files call the columns; the first is ours. All in small letters."""
