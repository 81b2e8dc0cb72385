"""Why a test or a model of the plan cannot be computed: the library's problem in both languages."""

from __future__ import annotations

import re
from typing import Final

from analysis.problems import DataProblem
from questionnaires.text import Text

_KNOWN: Final[tuple[tuple[re.Pattern[str], Text], ...]] = (
    (
        re.compile("^there is no such (variable|column)$"),
        Text("“{of}”不是可以用的指标或单选题。", "“{of}” is no indicator or question that may be used."),
    ),
    (
        re.compile(r"^(?P<count>\d+) category occurs"),
        Text("“{of}”只出现了 {count} 类回答，至少要两类。", "“{of}”: answers of {count} kind, two are needed."),
    ),
    (
        re.compile(r"^(?P<count>\d+) groups occur"),
        Text(
            "两组之差要正好两组，“{of}”有 {count} 组；几组的，请用趋势或回归。",
            "A difference is of two groups; “{of}” has {count}. Take a trend or a regression.",
        ),
    ),
    (
        re.compile("^the PSUs show no variation"),
        Text(
            "各抽样单元之间没有差异，没有误差可以用来检验。",
            "The sampling units do not vary, so nothing can be tested by them.",
        ),
    ),
    (
        re.compile("^the predictors determine one another$"),
        Text("{of} 互相决定，请去掉一项。", "{of} determine one another; leave one of them out."),
    ),
    (
        re.compile("^a logistic outcome is 0 or 1$"),
        Text(
            "logistic 回归只用于是或否的指标，“{of}”不是；请用线性回归。",
            "A logistic regression is of a yes or no, which “{of}” is not; take a linear one.",
        ),
    ),
    (
        re.compile("^everyone has the same outcome$"),
        Text("“{of}”人人相同，没有什么可以解释。", "Everyone has the same “{of}”: there is nothing to explain."),
    ),
    (
        re.compile("^a predictor separates the outcomes"),
        Text(
            "有一类人“{of}”全部相同，系数没有有限的值；请合并类别，或者去掉这一项。",
            "Some class has the same “{of}” throughout, so that a coefficient is infinite; join classes or drop it.",
        ),
    ),
)


def why_untested(problem: DataProblem, of: Text) -> Text:
    """``of``: how the variable of the problem is called."""
    for pattern, words in _KNOWN:
        if found := pattern.search(problem.message):
            parts = found.groupdict()
            return Text(
                words.zh.format(of=of.zh, **parts), words.in_language("en").format(of=of.in_language("en"), **parts)
            )
    return Text(f"算不出：{problem}", f"Cannot be computed: {problem}")
