"""Columns that stand beside the answers: cases, communities, serials, times, contact data; by head and by cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from survey_service.importing import damage, naming
from survey_service.importing.choices import BETWEEN
from survey_service.importing.plan import ColumnPlan, Target
from survey_service.importing.values import PLATFORM_MISSING
from survey_service.tabular.cells import Grid

LOOKED_AT = 200  # rows whose cells are looked at
_HEADS = {
    # 问卷星, 腾讯问卷
    "序号": Target.SERIAL, "提交答卷时间": Target.SUBMITTED, "提交时间": Target.SUBMITTED, "所用时间": Target.SECONDS,
    "答题时间": Target.SECONDS, "答题时长": Target.SECONDS, "结束答题时间": Target.SUBMITTED, "来源": Target.IGNORE,
    "开始答题时间": Target.IGNORE, "来源详情": Target.PERSONAL, "来自ip": Target.PERSONAL, "ip": Target.PERSONAL,
    "总分": Target.IGNORE,
    # Google Forms, SurveyMonkey, Qualtrics
    "timestamp": Target.SUBMITTED, "时间戳记": Target.SUBMITTED, "时间戳": Target.SUBMITTED, "score": Target.IGNORE,
    "respondentid": Target.SERIAL, "collectorid": Target.IGNORE, "startdate": Target.IGNORE,
    "enddate": Target.SUBMITTED, "responseid": Target.SERIAL, "recordeddate": Target.SUBMITTED,
    "duration(inseconds)": Target.SECONDS, "recipientlastname": Target.PERSONAL, "recipientfirstname": Target.PERSONAL,
    "externalreference": Target.PERSONAL, "locationlatitude": Target.PERSONAL, "locationlongitude": Target.PERSONAL,
    "customdata": Target.PERSONAL, "customdata1": Target.PERSONAL,
    # LimeSurvey, KoboToolbox, ODK
    "submitdate": Target.SUBMITTED, "datestamp": Target.IGNORE, "lastpage": Target.IGNORE, "seed": Target.IGNORE,
    "startlanguage": Target.IGNORE, "token": Target.PERSONAL, "refurl": Target.IGNORE, "interviewtime": Target.SECONDS,
    "_id": Target.IGNORE, "_uuid": Target.SERIAL, "_index": Target.IGNORE, "_submission_time": Target.SUBMITTED,
    "_validation_status": Target.IGNORE, "_submitted_by": Target.PERSONAL, "_geolocation": Target.PERSONAL,
    "submissiondate": Target.SUBMITTED, "instanceid": Target.SERIAL, "meta-instanceid": Target.SERIAL,
    "deviceid": Target.PERSONAL, "subscriberid": Target.PERSONAL, "simid": Target.PERSONAL, "username": Target.PERSONAL,
    "submittername": Target.PERSONAL, "submitterid": Target.PERSONAL,
}  # fmt: skip
_PERSONAL = re.compile(
    r"ip(?:地址|-?address|addr|-adresse)?|.*来自ip.*|.*微信(?:昵称|名|号|头像|用户)?|.*openid|.*unionid|.*昵称|.*头像"
    r"|姓名|您的姓名|名字|称呼|.*手机(?:号码?)?|.*联系(?:电话|方式)|电话(?:号码)?|.*身份证(?:号码?)?"
    r"|.*(?:邮箱|email|e-mail|emailaddress|电子邮件地址)|.*家庭住址|.*详细地址|住址|地址|qq号?|用户id"
    r"|name|firstname|lastname|fullname|yourname|phone(?:number)?|mobile(?:number)?|address|wechat.*|idcard"
)
_CASE = re.compile(r"表号|样本编?号|户编号|个案号|case(?:number|no\.?|id)?|samplenumber")
_VAGUE = re.compile(r"问卷编?号|答卷编?号|编号|number|serial|id|no\.?")  # of the sample, or of the file's own rows
_COMMUNITY = re.compile(
    r"(?:所在|您所在的?|所属)?(?:社区|村|社区\(村\)|社区名称|村居|社区代码)|community(?:code)?|area(?:code)?"
)


def is_platform(grid: Grid) -> bool:
    """Whether this is an export of 问卷星: by its own columns, or by its marks in the cells."""
    heads = {naming.bare(head) for head in grid.heads}
    if len(heads & {"提交答卷时间", "所用时间", "来自ip", "来源详情"}) >= 2:
        return True
    return any(
        BETWEEN in cell or "〖" in cell or cell in PLATFORM_MISSING
        for record in grid.records[:LOOKED_AT]
        for cell in record
    )


def is_personal_head(head: str) -> bool:
    """Whether a column is named as one of contact data: such a column is never taken in."""
    found = naming.numbered(head)
    return any(_PERSONAL.fullmatch(naming.bare(one)) for one in ([head, found[1]] if found else [head]))


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is no question for certain. ``filled``: its cells that hold something; ``numbers``: of cases."""

    head: str
    filled: Sequence[str]
    numbers: frozenset[str]

    def recognised(self) -> tuple[ColumnPlan, float] | None:
        """What stands in it, and how certain that is."""
        bare = naming.bare(self.head)
        running = self._is_running()
        if _CASE.fullmatch(bare):  # before what its cells look like: 18 digits may be a sample's number
            return self._as(Target.CASE, sure=not running), 2.0
        if bare in _HEADS:
            return self._as(_HEADS[bare]), 1.0
        if is_personal_head(self.head):
            return self._as(Target.PERSONAL), 1.0
        if self._most(lambda one: one.upper() in self.numbers):
            return self._as(Target.CASE, sure=not running), 1.9 if not running else 0.9
        if self._most(damage.is_personal):
            return self._as(Target.PERSONAL), 1.0
        if _VAGUE.fullmatch(bare):
            rows = self._is_sequence() or not self.numbers or bare.isascii()
            return self._as(Target.SERIAL if rows else Target.CASE, sure=False), 0.9
        if _COMMUNITY.fullmatch(bare):
            return self._as(Target.COMMUNITY), 1.0
        return None

    def _as(self, target: Target, *, sure: bool = True) -> ColumnPlan:
        return ColumnPlan(head=self.head, target=target, sure=sure)

    def _most(self, holds: Callable[[str], bool]) -> bool:
        return bool(self.filled) and sum(map(holds, self.filled)) >= 0.5 * len(self.filled)

    def _is_running(self) -> bool:
        """1, 2, 3 and so on: the rows of a file are numbered so, whatever the head says."""
        return self._is_sequence() and damage.half_width(self.filled[0]).removesuffix(".0") in ("0", "1")

    def _is_sequence(self) -> bool:
        """Whole numbers one after the other, upwards or, as 腾讯问卷 lists them, downwards."""
        found = [damage.half_width(one).removesuffix(".0") for one in self.filled]
        if not found or not all(one.isdecimal() and len(one) < 9 for one in found):
            return False
        steps = {later - first for first, later in pairwise(map(int, found))}
        return steps in (set(), {1}, {-1})
