"""AAPOR's codes of a case's final outcome, by the mode in which it ended.

The codes and their order follow Standard Definitions, 9th edition (2016), tables 1 (telephone), 2 (in person,
households), 3 (mail) and 4 (internet). A paper form that is handed out and collected takes the mail codes; the words
are ours. A case that changed its mode keeps the code of the mode in which its outcome became final.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from analysis.dispositions import Disposition


class OutcomeMode(StrEnum):
    IN_PERSON = "in_person"
    WEB = "web"
    MAIL = "mail"
    TELEPHONE = "telephone"


@dataclass(frozen=True, slots=True)
class OutcomeCode:
    code: str
    zh: str
    en: str
    disposition: Disposition


_CLASSES = (  # the longest beginning decides
    ("1.1", Disposition.COMPLETE),
    ("1.2", Disposition.PARTIAL),
    ("2.1", Disposition.REFUSAL),
    ("2.2", Disposition.NON_CONTACT),
    ("2.3", Disposition.OTHER_NONRESPONSE),
    ("3.2", Disposition.UNKNOWN_PERSON),
    ("3.9", Disposition.UNKNOWN_PERSON),
    ("3", Disposition.UNKNOWN_HOUSEHOLD),
    ("4", Disposition.NOT_ELIGIBLE),
)
_ANSWERED = (("1.1", "完成", "complete"), ("1.2", "部分完成", "partial"))
_WORDS: dict[OutcomeMode, tuple[tuple[str, str, str], ...]] = {
    OutcomeMode.IN_PERSON: (
        *_ANSWERED,
        ("2.10", "拒访或中断", "refusal or break-off"),
        ("2.11", "拒访", "refusal"),
        ("2.111", "住户拒访", "household refused"),
        ("2.112", "被选中的人拒访", "selected person refused"),
        ("2.12", "中途停止", "broken off"),
        ("2.20", "未接触", "no contact"),
        ("2.23", "进不了楼或到不了门口", "building or door could not be reached"),
        ("2.24", "家中无人", "no one at home"),
        ("2.25", "被选中的人不在或没空", "selected person away or unavailable"),
        ("2.30", "其他未完成", "other"),
        ("2.31", "被选中的人已去世", "selected person has died"),
        ("2.32", "身体或精神原因无法作答", "physically or mentally unable"),
        ("2.33", "语言不通", "language"),
        ("2.331", "住户语言不通", "household's language"),
        ("2.332", "被选中的人语言不通", "selected person's language"),
        ("2.333", "没有会该语言的调查员", "no interviewer of that language"),
        ("2.36", "其他原因", "miscellaneous"),
        ("3.10", "不知是否住宅", "unknown whether a home"),
        ("3.11", "未入户", "not attempted"),
        ("3.17", "到不了或不安全", "unreachable or unsafe area"),
        ("3.18", "找不到地址", "address not found"),
        ("3.20", "有人住，不知有无合格的人", "lived in, unknown whether anyone is eligible"),
        ("3.21", "未问户内成员", "household not screened"),
        ("3.90", "其他情况不明", "other unknown"),
        ("4.10", "不在样本范围", "outside the sample"),
        ("4.50", "不是住宅", "not a home"),
        ("4.51", "商铺、机关、单位", "business, office, organisation"),
        ("4.52", "机构（医院、学校等）", "institution"),
        ("4.53", "集体宿舍", "group quarters"),
        ("4.60", "空户", "vacant"),
        ("4.61", "长期空置", "regularly vacant"),
        ("4.62", "季节性或临时居住", "seasonal or temporary home"),
        ("4.63", "其他空置", "otherwise vacant"),
        ("4.70", "户内无合格的人", "nobody eligible"),
        ("4.80", "配额已满", "quota filled"),
    ),
    OutcomeMode.WEB: (
        *_ANSWERED,
        ("2.10", "拒答或中断", "refusal or break-off"),
        ("2.11", "明确拒答", "explicit refusal"),
        ("2.111", "他人代为拒答", "refused by another person"),
        ("2.112", "被选中的人拒答", "selected person refused"),
        ("2.12", "中途停止", "broken off"),
        ("2.121", "打开问卷，一题未答", "logged on, answered nothing"),
        ("2.122", "邀请已读，未打开问卷", "invitation read, not logged on"),
        ("2.20", "未接触", "no contact"),
        ("2.26", "调查期间不在", "unavailable during the field period"),
        ("2.27", "填完但期后才提交", "completed, but not sent in time"),
        ("2.30", "其他未完成", "other"),
        ("2.31", "被选中的人已去世", "selected person has died"),
        ("2.32", "身体或精神原因无法作答", "physically or mentally unable"),
        ("2.33", "语言不通", "language"),
        ("2.34", "不识字", "literacy"),
        ("2.36", "其他原因", "miscellaneous"),
        ("3.10", "对被选中的人或地址一无所知", "nothing known about person or address"),
        ("3.11", "未发出邀请", "no invitation sent"),
        ("3.19", "一直没有回音", "nothing ever returned"),
        ("3.20", "不知有无合格的人", "unknown whether anyone is eligible"),
        ("3.21", "未填甄别题", "not screened"),
        ("3.30", "邀请被退回", "invitation returned undelivered"),
        ("3.40", "邀请被退回并有新地址", "invitation returned with a new address"),
        ("3.90", "其他情况不明", "other unknown"),
        ("4.10", "甄别为不合格", "screened out"),
        ("4.80", "配额已满", "quota filled"),
    ),
    OutcomeMode.MAIL: (
        *_ANSWERED,
        ("2.10", "拒答或中断", "refusal or break-off"),
        ("2.11", "拒答", "refusal"),
        ("2.111", "他人代为拒答", "refused by another person"),
        ("2.112", "被选中的人拒答", "selected person refused"),
        ("2.113", "交回空白问卷", "blank form returned"),
        ("2.12", "中途停止", "broken off"),
        ("2.20", "未接触", "no contact"),
        ("2.26", "调查期间不在", "unavailable during the field period"),
        ("2.27", "填完但期后才交回", "completed, but not returned in time"),
        ("2.30", "其他未完成", "other"),
        ("2.31", "被选中的人已去世", "selected person has died"),
        ("2.32", "身体或精神原因无法作答", "physically or mentally unable"),
        ("2.33", "语言不通", "language"),
        ("2.34", "不识字", "literacy"),
        ("2.36", "其他原因", "miscellaneous"),
        ("3.10", "对被选中的人或地址一无所知", "nothing known about person or address"),
        ("3.11", "未发出问卷", "no form sent"),
        ("3.19", "一直没有交回", "nothing ever returned"),
        ("3.20", "不知有无合格的人", "unknown whether anyone is eligible"),
        ("3.21", "未交回甄别表", "screening form not returned"),
        ("3.30", "问卷无法投递", "form returned undelivered"),
        ("3.40", "问卷被退回并有新地址", "form returned with a new address"),
        ("3.90", "其他情况不明", "other unknown"),
        ("4.10", "甄别为不合格", "screened out"),
        ("4.80", "配额已满", "quota filled"),
    ),
    OutcomeMode.TELEPHONE: (
        *_ANSWERED,
        ("2.10", "拒访或中断", "refusal or break-off"),
        ("2.11", "拒访", "refusal"),
        ("2.111", "住户拒访", "household refused"),
        ("2.112", "被选中的人拒访", "selected person refused"),
        ("2.12", "中途停止", "broken off"),
        ("2.20", "未接触", "no contact"),
        ("2.21", "被选中的人一直没空", "selected person never available"),
        ("2.22", "语音信箱，确认是住户", "answering machine of a household"),
        ("2.30", "其他未完成", "other"),
        ("2.31", "被选中的人已去世", "selected person has died"),
        ("2.32", "身体或精神原因无法作答", "physically or mentally unable"),
        ("2.33", "语言不通", "language"),
        ("2.331", "住户语言不通", "household's language"),
        ("2.332", "被选中的人语言不通", "selected person's language"),
        ("2.333", "没有会该语言的调查员", "no interviewer of that language"),
        ("2.34", "通话质量差，听不清", "too poor a line to be understood"),
        ("2.35", "所在场合不便作答", "where or what they were doing did not allow it"),
        ("2.36", "其他原因", "miscellaneous"),
        ("3.10", "不知是否住户的号码", "unknown whether a household's number"),
        ("3.11", "未拨打", "not attempted"),
        ("3.12", "一直占线", "always busy"),
        ("3.13", "无人接听", "no answer"),
        ("3.14", "语音信箱，不知是否住户", "answering machine, unknown whose"),
        ("3.15", "被拦截", "call was barred"),
        ("3.16", "线路问题", "technical problem of the line"),
        ("3.20", "是住户，不知有无合格的人", "a household, unknown whether anyone is eligible"),
        ("3.21", "未问户内成员", "household not screened"),
        ("3.90", "其他情况不明", "other unknown"),
        ("4.10", "不在样本范围", "outside the sample"),
        ("4.20", "传真或数据线", "fax or data line"),
        ("4.30", "号码不通", "number not in service"),
        ("4.31", "空号", "no such number"),
        ("4.32", "停机", "disconnected"),
        ("4.33", "暂停服务", "out of service for now"),
        ("4.40", "技术原因不合格", "special technical circumstances"),
        ("4.41", "号码已换", "number changed"),
        ("4.42", "呼叫转移", "call forwarded"),
        ("4.50", "不是住户的号码", "not a household's number"),
        ("4.51", "商铺、机关、单位", "business, office, organisation"),
        ("4.52", "机构（医院、学校等）", "institution"),
        ("4.53", "集体宿舍", "group quarters"),
        ("4.70", "户内无合格的人", "nobody eligible"),
        ("4.80", "配额已满", "quota filled"),
    ),
}


def _disposition(code: str) -> Disposition:
    return next(disposition for beginning, disposition in _CLASSES if code.startswith(beginning))


OUTCOME_CODES: dict[OutcomeMode, tuple[OutcomeCode, ...]] = {
    mode: tuple(OutcomeCode(code, zh, en, _disposition(code)) for code, zh, en in words)
    for mode, words in _WORDS.items()
}


def disposition_of(code: str, mode: OutcomeMode) -> Disposition:
    """The class of a code; ValueError names the nearest codes of that mode where there is no such."""
    known = {one.code: one.disposition for one in OUTCOME_CODES[mode]}
    for written in (code, code.rstrip("0"), f"{code}0"):  # 1.10 is 1.1, and 2.1 is 2.10
        if written in known:
            return known[written]
    near = get_close_matches(code, known, n=3, cutoff=0.4)
    hint = f"; near it are {', '.join(near)}" if near else ""
    raise ValueError(f"{code!r} is no outcome code {mode.replace('_', ' ')}{hint}")
