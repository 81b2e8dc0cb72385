"""Why weights cannot be made by a plan, in both languages, with the way out.

The library says in English which margin and which cell it is; a test brings every one of these problems about and holds
that none is passed on in English alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from analysis.problems import DataProblem, DesignError
from questionnaires.text import Text
from survey_service.analyses.plan_cells import cell_words
from survey_service.analyses.plan_shown import Trouble

Areas = Mapping[str, Text]

JOIN: Final = Text(
    "把“每类至少几份”调大，让它与相邻的类合并；或者少用一些约束，只按社区校准。",
    "Raise the least number of answers in a category, so that it is joined with a neighbour; or take fewer margins, "
    "such as communities alone.",
)
WITHOUT: Final = Text("在方案里选“不校准”，或只按社区校准。", "Choose no margins, or communities alone.")
REGISTER: Final = Text(
    "请地区管理员核对这些社区的人口数；或在方案里选“不校准”。",
    "Ask an administrator to check the counts of these communities, or choose no margins.",
)


def troubles(error: ValueError, areas: Areas) -> tuple[Trouble, ...]:
    """Every problem of a plan that cannot be carried out."""
    if not isinstance(error, DesignError):
        return (_unknown(str(error)),)
    return tuple(_trouble(problem, areas) for problem in error.problems)


def _trouble(problem: DataProblem, areas: Areas) -> Trouble:
    for pattern, said in _KNOWN:
        if found := pattern.search(problem.message):
            return said(found, areas)
    return _unknown(str(problem))


def _unknown(message: str) -> Trouble:
    return Trouble(Text(f"这个方案算不了：{message}", f"This plan cannot be carried out: {message}"), WITHOUT)


def _nobody(found: re.Match[str], areas: Areas) -> Trouble:
    return Trouble(
        Text(
            "还没有一份有效的抽样答卷，没有什么可以加权。", "No case of the sample has a valid answer to be weighted."
        ),
        Text("核对录入和收答卷的进度。", "Look at how far keying and collection have come."),
    )


def _no_register(found: re.Match[str], areas: Areas) -> Trouble:
    return Trouble(
        Text("方案要按人口校准，但现在没有能用的人口数。", "The plan has margins, and there is no register for them."),
        Text(
            "请地区管理员导入各社区的常住人口或实有人口；或在方案里选“不校准”。",
            "Ask an administrator to import usual residents or actual population of every community, or choose no "
            "margins.",
        ),
    )


def _no_answers_to_both(found: re.Match[str], areas: Areas) -> Trouble:
    return Trouble(
        Text("没有一个人同时填了年龄和性别，没法补。", "Nobody gave both age and sex, so that neither can be drawn."),
        WITHOUT,
    )


def _not_asked(found: re.Match[str], areas: Areas) -> Trouble:
    return Trouble(
        Text(
            "方案要按年龄或性别校准，但问卷里没有能与人口数对上的这道题。",
            "The plan has margins of age or sex, and the questionnaire has no such question that the register matches.",
        ),
        WITHOUT,
    )


def _apart(found: re.Match[str], areas: Areas) -> Trouble:
    return Trouble(
        Text(
            f"各项约束的总人数不一致：{found[1]} 和 {found[2]}。",
            f"The margins are of different populations: {found[1]} and {found[2]}.",
        ),
        REGISTER,
    )


def _empty(found: re.Match[str], areas: Areas) -> Trouble:
    cell = cell_words(found[1], areas)
    return Trouble(
        Text(f"“{cell.zh}”有人口 {found[2]}，没有一份答卷。", f"“{cell.en}” has {found[2]} persons and no answer."),
        JOIN,
    )


def _nobody_there(found: re.Match[str], areas: Areas) -> Trouble:
    cell = cell_words(found[1], areas)
    return Trouble(
        Text(
            f"“{cell.zh}”的人口数是 0，却有 {found[2]} 份答卷。", f"“{cell.en}” has no person and {found[2]} answers."
        ),
        REGISTER,
    )


def _not_met(found: re.Match[str], areas: Areas) -> Trouble:
    cell = cell_words(found[1], areas)
    return Trouble(
        Text(
            f"调不到人口数：“{cell.zh}”停在 {found[2]}，应为 {found[3]}。",
            f"The weights do not meet the margins: “{cell.en}” stands at {found[2]} instead of {found[3]}.",
        ),
        JOIN,
    )


def _negative(found: re.Match[str], areas: Areas) -> Trouble:
    return Trouble(
        Text(f"线性校准让 {found[1]} 个权数变成负数。", f"Linear calibration makes {found[1]} weights negative."),
        Text(
            "校准方法改用 raking，再上传一次方案。",
            "Use raking as the method of calibration and upload the plan again.",
        ),
    )


_KNOWN: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Areas], Trouble]], ...]] = (
    (re.compile("^nobody answered$"), _nobody),
    (re.compile("there is no register to take them from"), _no_register),
    (re.compile("^nobody answered both"), _no_answers_to_both),
    (re.compile("a margin names this column, which is not there"), _not_asked),
    (re.compile(r"sums to ([\d,.]+), the margin .* to ([\d,.]+)$"), _apart),
    (re.compile(r"^(.+) has ([\d,.]+) in the population and nobody in the sample"), _empty),
    (re.compile(r"^(.+) has a total of 0 and (\d+) rows in the sample"), _nobody_there),
    (re.compile(r"iterations: (.+) stands at ([-\d,.e+]+) instead of ([-\d,.e+]+)"), _not_met),
    (re.compile(r"linear calibration makes (\d+) weights negative"), _negative),
)


# ------------------------------------------------------------------ plans that cannot be read


_UNREADABLE: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"^(\S+): there is no such part; known are (.+)$"), r"“\1”：没有这一项；有的是 \2"),
    (re.compile(r"^(\S+): is missing$"), r"缺“\1”"),
    (re.compile(r"^(\S+): a list is needed$"), r"“\1”要写成列表"),
    (re.compile(r"^(\S+): a mapping is needed$"), r"“\1”要写成“名称: 值”"),
    (re.compile(r"^(\S+): (.+) is none of (.+)$"), r"“\1”不能是 \2，只能是 \3 之一"),
    (re.compile(r"^(\S+): (\w+) is needed, not (.+)$"), r"“\1”要写 \2 类型的值，不能是 \3"),
    (re.compile(r"^format: this software reads format (\d+), not (.+)$"), r"“format”要写 \1，不能是 \2"),
    (re.compile(r"^a plan is a mapping of its parts$"), "文件里不是一份分析方案"),
    (re.compile(r"margins count persons; weights of households cannot meet them"), "权数是户的权数，不能按人口校准"),
    (
        re.compile(r"without the adults of each household the figures are about households"),
        "不知道户内成人数，数字只能说户",
    ),
    (re.compile(r"woodruff is the interval of a quantile"), "woodruff 是分位数的区间，占比请另选一种"),
    (
        re.compile(r"the confidence level is a share between 0 and 1, not (\S+)"),
        r"置信水平写 0 到 1 之间的小数，不能是 \1",
    ),
    (re.compile(r"a plan without margins says why"), "不校准要写明原因（calibration.why_none）"),
)


def unreadable(error: ValueError) -> Text:
    """What is wrong with a plan as it was handed in."""
    message = str(error)
    for pattern, zh in _UNREADABLE:
        if found := pattern.search(message):
            return Text(f"{found.expand(zh)}。", f"{message[:1].upper()}{message[1:]}.")
    return Text(f"方案读不懂：{message}", f"The plan cannot be read: {message}")
