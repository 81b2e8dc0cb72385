"""What is wrong with a sampling frame or a drawn sample, in both languages."""

from __future__ import annotations

from enum import unique

from survey_service.tabular.problems import ProblemKind

_DRAW_ZH = "请用 survey-service draw 写出的文件，不要改动它的列。"
_DRAW = "Make the list with survey-service draw, and do not change its columns."


@unique
class InSample(ProblemKind):
    NO_STAGE = (
        "没有“stage_1_probability”一列",
        _DRAW_ZH,
        "it has no column stage_1_probability",
        _DRAW,
    )
    NONE_ISSUED = ("没有一行是发出的（issued 都不是 1）", _DRAW_ZH, "no row is issued", _DRAW)
    EMPTY = ("是空的", _DRAW_ZH, "it is empty", _DRAW)
    NO_COMMUNITY = (
        "“{seen}”不是这一期的社区",
        "改正代码，或者先把社区加进地区。",
        "“{seen}” is no community of this wave",
        "Correct it, or add the area first.",
    )
    NUMBER_TWICE = (
        "“{seen}”在第 {other} 行已经有了（大小写和空格不算不同）",
        "每一户用自己的编号。",
        "“{seen}” is in row {other} already (capitals and blanks make no difference)",
        "Every case has its own number.",
    )
    TOO_LONG = (
        "“{seen}”超过 {most} 个字",
        "换一个短的。",
        "“{seen}” is longer than {most} characters",
        "Give it a shorter one.",
    )
    NO_POPULATION = (
        "没有总数：最后一级从多少户里抽，一定要有",
        _DRAW_ZH,
        "it is empty: the last stage needs the households that it was drawn from",
        _DRAW,
    )
    IMPOSSIBLE_SHARE = (
        "从 {population} 个里抽 {sampled} 个，不可能",
        _DRAW_ZH,
        "{sampled} sampled of {population} cannot be",
        _DRAW,
    )
    NO_PROBABILITY = ("{seen} 不是概率", _DRAW_ZH, "{seen} is no probability", _DRAW)
    NOT_THE_PRODUCT = (
        "{seen} 不等于各级概率的乘积 {product}",
        "有一个数被手改过，请重新抽。",
        "{seen} is not the product of the stages, {product}",
        "One of them was changed by hand; draw anew.",
    )
    NO_ADULTS = (
        "[[“{seen}”]]不是成年人数",
        "写 1 以上的整数，按登记的算。",
        "[[“{seen}”: ]]it is no number of adults",
        "A whole number from 1; who is registered counts.",
    )
    NO_REPLICATE = (
        "[[“{seen}”]]不是备用样本的批次",
        "没有发出的（issued 是 0），写 1 以上的整数：第几批放出。",
        "[[“{seen}”: ]]it is no replicate of a reserve",
        "For a row that is not issued, a whole number from 1: the batch that it is released in.",
    )
    NO_KISH_TABLE = (
        "“{seen}”不是户内抽样表（Kish 表）",
        "写其中一个：{tables}；不用表就整列都不要。",
        "“{seen}” is no Kish table",
        "Write one of: {tables}; or leave the whole column out.",
    )
    NO_MODE = (
        "“{seen}”不是这一期的方式",
        "写其中一个：{modes}。",
        "“{seen}” is no mode of this wave",
        "Write one of: {modes}.",
    )


@unique
class InFrame(ProblemKind):
    NO_ROWS = ("抽样框里一行也没有", "每户写一行。", "the frame has no rows", "One row for each household.")
    EMPTY = (
        "是空的",
        "抽样框里的每一户都要有，请补上。",
        "it is empty",
        "Every household of the frame needs it; fill it in.",
    )
    TWICE = (
        "“{seen}”在第 {other} 行已经有了",
        "列了两次的户有两倍的机会：去掉一行，或者各写自己的编号。",
        "“{seen}” is in row {other} already",
        "A household listed twice has twice the chance: remove one row, or give each its own key.",
    )
    OTHER_LENGTH = (
        "“{seen}”不像代码：别的都有 {length} 位数字",
        "请把这一列设成文本，重新导出；Excel 会去掉前面的 0，也会截短长数字。",
        "“{seen}” is not a code: the others have {length} digits",
        "Export the frame with this column as text; Excel drops leading zeros and rounds long numbers.",
    )
    NO_PROVINCE = (
        "“{seen}”不是统计用区划代码：没有 {province} 这个省",
        "请改正前两位。",
        "“{seen}” is not a statistical code: there is no province {province}",
        "Correct the first two digits.",
    )
    NOT_AMONG_SIZES = (
        "“{seen}”不在样本量的表里",
        "请加进那张表（0 户也写），或者改正。",
        "“{seen}” is not among the sizes",
        "Add it there (0 cases), or correct it.",
    )
    GRID_IN_TWO = (
        "网格“{seen}”在这里属于 {here}，在第 {other} 行属于 {there}",
        "一个网格只属于一个社区；各社区从头编号的，请在前面写上社区。",
        "grid “{seen}” lies in {here} here and in {there} in row {other}",
        "A grid belongs to one community; where numbers start anew, write the community before them.",
    )


@unique
class InSizes(ProblemKind):
    """Of the file that says how many cases each community gets."""

    NO_CODE = ("没有代码", "每个社区一行。", "the code is missing", "One row per community.")
    CODE_TWICE = ("“{seen}”前面已经有了", "每个社区一行。", "{seen} came before", "One row per community.")
    NO_COUNT = (
        "不是整数",
        "写要抽几户，0 也写。",
        "not a whole number",
        "Write the cases to draw as a whole number, 0 for none.",
    )
