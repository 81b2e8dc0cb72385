"""Why weights cannot be made by a plan, or a plan cannot be read: in both languages, with the way out.

The library says in English which margin and which cell it is; a test brings every one of these problems about and holds
that none is passed on in English alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analysis.problems import DataProblem, DesignError
from questionnaires.text import Text
from survey_service.analyses.plan_cells import cell_words
from survey_service.analyses.plan_shown import Trouble

_JOIN: Final = Text(
    "把“每类至少几份答卷”调大，让它与相邻的类合并；或者少用一些约束，只按社区校准。",
    "Raise the least number of answers in a category, so that it is joined with a neighbour; or take fewer margins, "
    "such as communities alone.",
)
_WITHOUT: Final = Text("在方案里选“不校准”，或只按社区校准。", "Choose no margins, or communities alone.")
_REGISTER: Final = Text(
    "请地区管理员核对人口数；或在方案里选“不校准”。",
    "Ask an administrator to check the counts, or choose no margins.",
)


@dataclass(frozen=True, slots=True)
class _Known:
    """A problem of the library: ``cell`` in its message is put into words, every other group stands as it is."""

    message: re.Pattern[str]
    what: Text
    remedy: Text


_KNOWN: Final = (
    _Known(
        re.compile("^nobody answered$"),
        Text(
            "还没有一份有效的抽样答卷，没有什么可以加权。", "No case of the sample has a valid answer to be weighted."
        ),
        Text("核对录入和收答卷的进度。", "Look at how far keying and collection have come."),
    ),
    _Known(
        re.compile("there is no register to take them from"),
        Text("方案要按人口校准，但现在没有能用的人口数。", "The plan has margins, and there is no register for them."),
        Text(
            "请地区管理员导入各社区的常住人口或实有人口；或在方案里选“不校准”。",
            "Ask an administrator to import usual residents or actual population of every community, or choose no "
            "margins.",
        ),
    ),
    _Known(
        re.compile("^nobody answered both"),
        Text("没有一个人同时填了年龄和性别，没法补。", "Nobody gave both age and sex, so that neither can be drawn."),
        _WITHOUT,
    ),
    _Known(
        re.compile("a margin names this column, which is not there"),
        Text(
            "方案要按年龄或性别校准，但问卷里没有能与人口数对上的这道题。",
            "The plan has margins of age or sex, and the questionnaire has no such question that the register matches.",
        ),
        _WITHOUT,
    ),
    _Known(
        re.compile(r"sums to (?P<one>[\d,.]+).*, the margin .* to (?P<two>[\d,.]+)$"),
        Text("各项约束的总人数不一致：{one} 和 {two}。", "The margins are of different populations: {one} and {two}."),
        _REGISTER,
    ),
    _Known(
        re.compile(r"^(?P<cell>.+) has (?P<one>[\d,.]+) in the population and nobody in the sample"),
        Text("“{cell}”有人口 {one}，没有一份答卷。", "“{cell}” has {one} in the register and no answer."),
        _JOIN,
    ),
    _Known(
        re.compile(r"^(?P<cell>.+) has a total of 0 and (?P<one>\d+) rows in the sample"),
        Text("“{cell}”的人口数是 0，却有 {one} 份答卷。", "“{cell}” has nobody in the register; answers: {one}."),
        _REGISTER,
    ),
    _Known(
        re.compile(r"iterations: (?P<cell>.+) stands at (?P<one>[-\d,.e+]+) instead of (?P<two>[-\d,.e+]+)"),
        Text(
            "调不到人口数：“{cell}”停在 {one}，应为 {two}。",
            "The weights do not meet the margins: “{cell}” stands at {one} instead of {two}.",
        ),
        _JOIN,
    ),
    _Known(
        re.compile(r"linear calibration makes (?P<one>\d+) weights negative"),
        Text("线性校准让 {one} 个权数变成负数。", "Linear calibration makes {one} weights negative."),
        Text("校准方法改用 raking，再上传一次方案。", "Use raking as the method and upload the plan again."),
    ),
    _Known(
        re.compile("^(the logit method needs bounds|post-stratification )"),
        Text("这种校准方法用不了这些约束。", "This method of calibration does not take these margins."),
        Text("校准方法改用 raking，再上传一次方案。", "Use raking as the method and upload the plan again."),
    ),
)


def troubles(error: ValueError, areas: Mapping[str, Text]) -> tuple[Trouble, ...]:
    """Every problem of a plan that cannot be carried out."""
    if isinstance(error, DesignError):
        return tuple(_trouble(problem, areas) for problem in error.problems)
    return (_trouble(DataProblem(column="plan", rows=(), message=str(error), remedy=""), areas),)


def _trouble(problem: DataProblem, areas: Mapping[str, Text]) -> Trouble:
    for known in _KNOWN:
        if found := known.message.search(problem.message):
            parts = found.groupdict()
            cell = cell_words(parts.pop("cell", ""), areas)
            zh = known.what.zh.format(cell=cell.zh, **parts)
            return Trouble(Text(zh, known.what.en.format(cell=cell.en, **parts)), known.remedy)
    said = Text(f"这个方案算不了：{problem}", f"This plan cannot be carried out: {problem}")
    return Trouble(said, _WITHOUT)


# ------------------------------------------------------------------ plans that cannot be read

_UNREADABLE: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"^(\S+): there is no such part; known are (.+)$"), r"“\1”：没有这一项；有的是 \2"),
    (re.compile(r"^(\S+): is missing$"), r"缺“\1”"),
    (re.compile(r"^(\S+): a list is needed$"), r"“\1”要写成列表"),
    (re.compile(r"^(\S+): a mapping is needed$"), r"“\1”要写成“名称: 值”"),
    (
        re.compile(r"groups: ('.*') is none of (.+) and (\S+)$"),
        r"“groups”不能是 \1，只能是 \2，或者 \3（问卷里的单选题）",
    ),
    (re.compile(r"groups: name at most (\d+), each once$"), r"“groups”最多写 \1 项，不能重复"),
    (re.compile(r"tests: name at most (\d+)$"), r"“tests”最多写 \1 项"),
    (re.compile(r"^(\S+): (.+) is none of (.+)$"), r"“\1”不能是 \2，只能是 \3 之一"),
    (re.compile(r"^(\S+): (\w+) is needed, not (.+)$"), r"“\1”要写 \2 类型的值，不能是 \3"),
    (re.compile(r"^format: this software reads format (\d+), not (.+)$"), r"“format”要写 \1，不能是 \2"),
    (re.compile(r"^a plan is a mapping of its parts$"), "文件里不是一份分析方案"),
    (re.compile(r"margins count persons; weights of households"), "权数是户的权数，不能按人口校准"),
    (re.compile(r"without the adults of each household"), "不知道户内成人数，数字只能说户"),
    (re.compile(r"woodruff is the interval of a quantile"), "woodruff 是分位数的区间，占比请另选一种"),
    (re.compile(r"the confidence level is a share .* not (\S+)"), r"置信水平写 0 到 1 之间的小数，不能是 \1"),
    (re.compile(r"a plan without margins says why"), "不校准要写明原因（calibration.why_none）"),
)


def unreadable(error: ValueError) -> Text:
    """What is wrong with a plan as it was handed in."""
    message = str(error)
    english = f"{message[:1].upper()}{message[1:]}."
    for pattern, zh in _UNREADABLE:
        if found := pattern.search(message):
            return Text(f"{found.expand(zh)}。", english)
    return Text(f"方案读不懂：{message}", english)
