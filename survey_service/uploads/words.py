"""What is wrong with a list whatever it lists, in both languages."""

from __future__ import annotations

from enum import unique

from survey_service.tabular.problems import ProblemKind


@unique
class InList(ProblemKind):
    NO_COLUMN = (
        "文件里没有“{head}”这一列",
        "第 1 行要写列名。",
        "There is no column “{head}”",
        "Row 1 names the columns.",
    )
    COLUMN_TWICE = (
        "有两列都是“{head}”",
        "请只留一列。",
        "Two columns are “{head}”",
        "Keep one of them.",
    )
