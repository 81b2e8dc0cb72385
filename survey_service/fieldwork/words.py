"""How the field calls things, in both languages: codes by their mode, why an outcome is what it is, who told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from analysis.final_outcomes import Rule
from analysis.outcome_codes import OUTCOME_CODES, OutcomeMode
from questionnaires.text import Text
from survey_service.models import Disposition, ListedUnit, Visited, VisitSource, WorksFor

MODES: Final[Mapping[OutcomeMode, Text]] = {
    OutcomeMode.IN_PERSON: Text("上门", "in person"),
    OutcomeMode.WEB: Text("网上", "web"),
    OutcomeMode.MAIL: Text("纸质", "paper"),
    OutcomeMode.TELEPHONE: Text("电话", "telephone"),
}

CLASSES: Final[Mapping[Disposition, Text]] = {
    Disposition.COMPLETE: Text("完成", "complete"),
    Disposition.PARTIAL: Text("部分完成", "partial"),
    Disposition.REFUSAL: Text("拒访或中断", "refusal or break-off"),
    Disposition.NONCONTACT: Text("未接触", "no contact"),
    Disposition.OTHER: Text("其他未完成", "other nonresponse"),
    Disposition.UNKNOWN: Text("情况不明", "unknown eligibility"),
    Disposition.NOT_ELIGIBLE: Text("不合格", "not eligible"),
}

RULES: Final[Mapping[Rule, Text]] = {
    Rule.ANSWERED: Text("有答卷，以答卷为准。", "There is an answer, which decides."),
    Rule.NOT_ELIGIBLE: Text(
        "最后查明的是：这里没有合格的人；以后没有再见到有人。",
        "What was found last: nobody eligible is here; nobody has been seen here since.",
    ),
    Rule.REFUSED: Text(
        "有过拒访或中断；以后没找到人，不改变这个结果。",
        "There was a refusal or a break-off; finding nobody later does not undo it.",
    ),
    Rule.OTHER: Text("见到了人，因故没有做成；没有拒访。", "Somebody was met and could not take part; nobody refused."),
    Rule.NOT_REACHED: Text(
        "知道有合格的人，一直没有见到被选中的人。", "Somebody eligible is here and was never reached."
    ),
    Rule.LIVED_IN: Text(
        "看得出有人，还不知道有没有合格的人。", "Somebody is here; not known whether anybody is eligible."
    ),
    Rule.NO_EVIDENCE: Text(
        "去过，还看不出这里有没有人住、有没有人用。", "Tried; not known whether anybody lives here or uses it."
    ),
    Rule.NOT_TRIED: Text("还没有人去过，也没有寄过信。", "Nobody has been there, and no letter was made."),
    Rule.NO_REPLY: Text("信函已印，一直没有回音。", "A letter was made; nothing came of it yet."),
}

SOURCES: Final[Mapping[VisitSource, Text]] = {
    VisitSource.DOOR: Text("调查员页面", "interviewer's page"),
    VisitSource.OFFICE: Text("办公室登记", "typed at the office"),
    VisitSource.FILE: Text("文件导入", "file"),
    VisitSource.PROGRAM: Text("程序接口", "program"),
}

WORKS_FOR: Final[Mapping[WorksFor, Text]] = {
    WorksFor.COMMUNITY: Text("社区的人", "works for a community"),
    WorksFor.STREET: Text("街道（镇）的人", "works for a street or town"),
    WorksFor.OTHER: Text(
        "别的单位的人（公司、学校、其他部门）", "works for somebody else (a company, a school, another office)"
    ),
    WorksFor.NONE: Text("只为这次调查请来的人", "hired for this survey alone"),
}

FOUND: Final[Mapping[Visited, Text]] = {
    Visited.CAME: Text("来问过", "somebody came"),
    Visited.NOBODY_CAME: Text("没有人来问过", "nobody came"),
    Visited.UNSURE: Text("接电话的人说不清", "whoever was asked does not know"),
}

# Told at the door and in the office by the same words: a part of what AAPOR's code says, with its group.
_AS_AT_THE_DOOR: Final[Mapping[tuple[OutcomeMode, str], Text]] = {
    (OutcomeMode.IN_PERSON, "2.23"): Text("进不了楼门或院门", "could not get in at the gate or the front door"),
    (OutcomeMode.IN_PERSON, "2.24"): Text("没人在家（看得出有人住）", "nobody at home (somebody lives here)"),
    (OutcomeMode.IN_PERSON, "3.10"): Text(
        "没人在家（看不出有没有人住）", "nobody at home (cannot tell whether anybody lives here)"
    ),
    (OutcomeMode.IN_PERSON, "3.17"): Text("路不通或不安全，没走到", "road closed or unsafe, not reached"),
    (OutcomeMode.IN_PERSON, "3.18"): Text("找不到这个地址", "address not found"),
}
_WORDS: Final = {
    (mode, one.code): _AS_AT_THE_DOOR.get((mode, one.code), Text(one.zh, one.en))
    for mode, codes in OUTCOME_CODES.items()
    for one in codes
}

# Where it is no homes that were drawn: what AAPOR's tables say of a household, of a shop, an office or a person.
_ELSEWHERE: Final[Mapping[tuple[OutcomeMode, str], Text]] = {
    (OutcomeMode.IN_PERSON, "2.111"): Text("别人替他拒绝", "refused by somebody else there"),
    (OutcomeMode.IN_PERSON, "2.24"): Text("没有人在（看得出还开着、还在用）", "nobody there (still in use)"),
    (OutcomeMode.IN_PERSON, "2.331"): Text("对方的人语言不通", "language of those there"),
    (OutcomeMode.IN_PERSON, "3.10"): Text(
        "没有人在（看不出还在不在）", "nobody there (cannot tell whether it still exists)"
    ),
    (OutcomeMode.IN_PERSON, "3.11"): Text("没有去过", "not attempted"),
    (OutcomeMode.IN_PERSON, "3.20"): Text("有人，不知有无合格的人", "in use, unknown whether anyone is eligible"),
    (OutcomeMode.IN_PERSON, "3.21"): Text("没有问到里面有谁", "not screened"),
    (OutcomeMode.IN_PERSON, "4.50"): Text("不是名单上的", "not what the list says"),
    (OutcomeMode.IN_PERSON, "4.60"): Text("空的，没有人", "vacant"),
    (OutcomeMode.IN_PERSON, "4.62"): Text("季节性或临时的", "seasonal or temporary"),
    (OutcomeMode.IN_PERSON, "4.70"): Text("没有合格的人", "nobody eligible"),
    (OutcomeMode.TELEPHONE, "2.111"): Text("别人替他拒绝", "refused by somebody else there"),
    (OutcomeMode.TELEPHONE, "2.22"): Text("语音信箱，确认是对方", "answering machine of theirs"),
    (OutcomeMode.TELEPHONE, "2.331"): Text("对方的人语言不通", "language of those there"),
    (OutcomeMode.TELEPHONE, "3.10"): Text("不知是否对方的号码", "unknown whether the number is theirs"),
    (OutcomeMode.TELEPHONE, "3.14"): Text("语音信箱，不知是谁", "answering machine, unknown whose"),
    (OutcomeMode.TELEPHONE, "3.20"): Text("是对方，不知有无合格的人", "theirs, unknown whether anyone is eligible"),
    (OutcomeMode.TELEPHONE, "3.21"): Text("没有问到里面有谁", "not screened"),
    (OutcomeMode.TELEPHONE, "4.50"): Text("不是对方的号码", "not a number of theirs"),
    (OutcomeMode.TELEPHONE, "4.70"): Text("没有合格的人", "nobody eligible"),
}


def outcome_words(code: str, mode: OutcomeMode, unit: ListedUnit = ListedUnit.HOUSEHOLD) -> Text:
    """What a code says of what stands on the list; KeyError where its mode has no such code."""
    usual = _WORDS[mode, code]
    return usual if unit is ListedUnit.HOUSEHOLD else _ELSEWHERE.get((mode, code), usual)


def outcomes_of(unit: ListedUnit) -> Callable[[str, OutcomeMode], Text]:
    """Says codes of a wave with such a list."""
    return partial(outcome_words, unit=unit)
