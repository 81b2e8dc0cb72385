"""What is wrong with a file of areas or of their people, in both languages; and how levels are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import unique
from typing import Final

from questionnaires.text import Text
from survey_service.models import RegisterKind
from survey_service.tabular.problems import ProblemKind
from survey_service.uploads.forms import Choice, Field, Words

LEVELS: Final[Mapping[str, Text]] = {
    "city": Text("城市", "City"),
    "district": Text("区县", "District"),
    "street": Text("街道", "Street"),
    "town": Text("镇", "Town"),
    "community": Text("社区", "Community"),
    "village": Text("村", "Village"),
    "grid": Text("网格", "Grid"),
}


@dataclass(frozen=True, slots=True)
class RegisterWords:
    name: Text
    meaning: Text  # whom it counts, in a sentence


REGISTERS: Final[Mapping[RegisterKind, RegisterWords]] = {
    RegisterKind.USUAL_RESIDENTS: RegisterWords(
        Text("常住人口", "usual residents"),
        Text(
            "住在本地半年以上的人，包括外来人口，不管户口在哪里。",
            "Those who have lived here for half a year or more, migrants included, wherever they are registered.",
        ),
    ),
    RegisterKind.ACTUAL_POPULATION: RegisterWords(
        Text("实有人口", "actual population"),
        Text(
            "公安或网格登记的现在住在本地的人，包括流动人口。",
            "Those who live here now by the registers of police or grids, the floating population included.",
        ),
    ),
    RegisterKind.HOUSEHOLD_REGISTER: RegisterWords(
        Text("户籍人口", "household register"),
        Text(
            "户口在本地的人，不管住在哪里。默认不用来校准结果。",
            "Those whose household registration is here, wherever they live. Not used for calibration by default.",
        ),
    ),
    RegisterKind.UNDECLARED: RegisterWords(
        Text("未说明口径", "not declared"),
        Text("导入时没有问。说明以前不用来校准结果。", "Nobody was asked. Not used for calibration until declared."),
    ),
}
DECLARED: Final = tuple(kind for kind in RegisterKind if kind is not RegisterKind.UNDECLARED)

_YOURS_ZH = "请核对代码；要管更大的范围，请找上一级的管理员。"
_YOURS = "Check the code; for a wider area ask the administrator above you."


@unique
class InAreas(ProblemKind):
    NO_CODE = (
        "“{seen}”不是区划代码",
        "写 6 到 12 位数字，网格后面加短横和序号，如 110101001002-03。",
        "“{seen}” is no area code",
        "Write 6 to 12 digits, for a grid a dash and a number, as in 110101001002-03.",
    )
    CODE_TWICE = (
        "代码“{seen}”和第 {other} 行相同",
        "每个地区只留一行。",
        "“{seen}” is the code of row {other} too",
        "Keep one row for each area.",
    )
    CODE_NOT_YOURS = ("代码“{seen}”已经有了，不归您管", _YOURS_ZH, "“{seen}” is there already and not yours", _YOURS)
    NO_NAME = (
        "名称要写，最多 60 个字[[，这里是“{seen}”]]",
        "请写地区的名称。",
        "a name of at most 60 letters is needed[[, this is “{seen}”]]",
        "Write the name of the area.",
    )
    LONG_ENGLISH_NAME = (
        "英文名称“{seen}”超过 120 个字母",
        "请缩短。",
        "“{seen}” is longer than 120 letters",
        "Shorten it.",
    )
    NO_LEVEL = (
        "级别“{seen}”不认识",
        "请写：{levels}。",
        "“{seen}” is no level",
        "Write one of: {levels}.",
    )
    NO_COUNT = (
        "“{seen}”不是人数或户数",
        "请写 0 或更大的整数。",
        "“{seen}” is no count",
        "Write a whole number of 0 or more.",
    )
    NO_PARENT_FOUND = (
        "找不到上级：没有哪个地区在“{seen}”上面",
        "请在“上级代码”列写上级的代码。",
        "no area above “{seen}” was found",
        "Give its parent's code in the column “parent”.",
    )
    OWN_PARENT = (
        "上级不能是自己（“{seen}”）",
        "请写上级的代码，或者留空。",
        "“{seen}” is not its own parent",
        "Write the code of the area above, or leave it empty.",
    )
    ROUND = (
        "“{seen}”的上级绕了一圈又回到自己",
        "请改正这几行的上级代码。",
        "the parents of “{seen}” lead round to itself",
        "Correct the parents of these rows.",
    )
    NO_SUCH_PARENT = (
        "没有上级“{seen}”，或它不归您管",
        _YOURS_ZH,
        "there is no parent “{seen}”, or it is not yours",
        _YOURS,
    )
    MOVED = (
        "系统里它的上级是 {parent}，这里写的是“{seen}”。导入不能移动地区",
        "请改回或留空。",
        "its parent here is {parent}, the file says “{seen}”: an import moves no area",
        "Restore it or leave it empty.",
    )
    NO_AREA = (
        "没有代码是“{seen}”的地区，或它不归您管",
        _YOURS_ZH,
        "there is no area “{seen}”, or it is not yours",
        _YOURS,
    )
    COUNTED = (
        "“{seen}”在这一天的人口已经有了，不会被改写",
        "请去掉这一行，或者换一个日期。",
        "“{seen}” has counts of this day, which are not overwritten",
        "Remove the row, or give another day.",
    )
    NO_SEX = ("“{seen}”不是性别", "请写“男”或“女”。", "“{seen}” is no sex", "Write male or female.")
    NO_AGE_GROUP = (
        "“{seen}”不是年龄组",
        "请写成 18-29 或 75+。",
        "“{seen}” is no age group",
        "Write 18-29 or 75+.",
    )
    OVERLAP = (
        "年龄组“{seen}”和前面的“{other}”重叠",
        "每个地区、性别的年龄组不能重叠。",
        "age group “{seen}” overlaps “{other}” above",
        "Age groups of one area and sex may not overlap.",
    )


_BACK: Final = ("/areas", Text("地区", "Areas"))
AREA_WORDS: Final = Words(
    title=Text("导入地区", "Import areas"),
    back=_BACK,
    rules=(
        Text(
            "第 1 行写列名：代码、名称、级别，必写；英文名称、上级代码、户数，可以不写。",
            "Row 1 names the columns: code, name and kind are needed; name_en, parent and households may be left out.",
        ),
        Text(
            "级别写：区县、街道、镇、社区、村、网格。", "Levels are: district, street, town, community, village, grid."
        ),
        Text(
            "代码是 12 位统计用区划代码。网格写所在社区的代码，加短横和序号，例如 110101001002-03。代码列请设成文本。",
            "The code is the 12-digit statistical code. A grid has its community’s code, a dash and a number, as in "
            "110101001002-03. Format the column of codes as text.",
        ),
        Text(
            "不写上级代码时，按代码找上级。已有的地区，名称、级别、户数会改成文件里的；空格子不改。",
            "Where no parent is given, it is found by the code. Areas that exist take name, level and households from "
            "the file; empty cells change nothing.",
        ),
    ),
)
PEOPLE_WORDS: Final = Words(
    title=Text("导入人口", "Import population"),
    back=_BACK,
    fields=(
        Field(name="source", label=Text("人口数的出处", "Source of the counts")),
        Field(name="as_of", label=Text("人口数的日期", "Day of the counts"), type="date"),
        Field(
            name="register",
            label=Text("人口数的口径：这份数数的是哪些人", "Kind of the counts: whom they are of"),
            choices=tuple(Choice(kind.value, REGISTERS[kind].name, REGISTERS[kind].meaning) for kind in DECLARED),
        ),
    ),
    rules=(
        Text(
            "第 1 行写列名：代码、性别、年龄组、人数。每个地区、性别、年龄组一行。",
            "Row 1 names the columns: code, sex, age_group, persons. One row for each area, sex and age group.",
        ),
        Text(
            "年龄组写成 18-29、75+，不能重叠。成年人按 18 岁及以上算；也可以写 0-17。",
            "Age groups as 18-29, 75+, without overlap. Adults are those of 18 and over; 0-17 may be given too.",
        ),
        Text(
            "同一天已经有的人口数不会被改写；新的日期另存一份，页面上用最新的。",
            "Counts of a day that is there already are not overwritten; a new day is kept beside it, and pages show "
            "the newest.",
        ),
    ),
)
