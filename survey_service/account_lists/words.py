"""What is wrong with a list of people who get accounts, in both languages; how it writes roles and ties."""

from __future__ import annotations

from collections.abc import Mapping
from enum import unique
from typing import Final

from questionnaires.text import Text
from survey_service.models import Role, WorksFor
from survey_service.tabular.problems import ProblemKind
from survey_service.uploads.forms import Words

ROLES: Final[Mapping[Role, Text]] = {
    Role.INTERVIEWER: Text("调查员", "interviewer"),
    Role.KEYER: Text("录入员", "keyer"),
    Role.MANAGER: Text("项目管理员", "manager"),
    Role.STATISTICIAN: Text("统计员", "statistician"),
    Role.LEADER: Text("领导", "leader"),
    Role.ADMINISTRATOR: Text("系统管理员", "administrator"),
}
USUAL_ROLE: Final = Role.INTERVIEWER  # where a row says none
ROLES_WRITTEN: Final[Mapping[str, Role]] = {
    **{name.zh: role for role, name in ROLES.items()},
    **{name.en: role for role, name in ROLES.items()},
    **{role.value: role for role in Role},
    "访员": Role.INTERVIEWER,
    "访问员": Role.INTERVIEWER,
}
TIES: Final[Mapping[WorksFor, Text]] = {
    WorksFor.COMMUNITY: Text("社区", "community"),
    WorksFor.STREET: Text("街道", "street"),
    WorksFor.OTHER: Text("别的单位", "other"),
    WorksFor.NONE: Text("无", "none"),
}
TIES_WRITTEN: Final[Mapping[str, WorksFor]] = {
    **{name.zh: tie for tie, name in TIES.items()},
    **{tie.value: tie for tie in WorksFor},
    "居委会": WorksFor.COMMUNITY,
    "村": WorksFor.COMMUNITY,
    "村委会": WorksFor.COMMUNITY,
    "village": WorksFor.COMMUNITY,
    "镇": WorksFor.STREET,
    "乡": WorksFor.STREET,
    "town": WorksFor.STREET,
    "其他单位": WorksFor.OTHER,
    "没有": WorksFor.NONE,
}


@unique
class InAccounts(ProblemKind):
    NO_NAME = (
        "没有姓名，或超过 60 个字（看到“{seen}”）",
        "请写这个人的姓名。",
        "there is no name, or it has more than 60 characters (“{seen}”)",
        "Write the person's name.",
    )
    NO_USER = (
        "“{seen}”不能作用户名",
        "用户名要 2 到 60 个字，只用文字、数字、点、横线，中间不留空。",
        "“{seen}” is no user name",
        "A user name has 2 to 60 letters, digits, dots or dashes, without blanks.",
    )
    USER_TWICE = (
        "用户名“{seen}”在第 {other} 行已经有了",
        "每个人一个用户名：同一个人请只留一行，两个人请给不同的用户名。",
        "user name “{seen}” stands in row {other} already",
        "A user name for each person: keep one row of the same person, give two people two names.",
    )
    NO_ROLE = (
        "没有“{seen}”这个角色",
        "请写：{roles}。空着就是调查员。",
        "“{seen}” is no role",
        "Write one of: {roles}. Left empty, it is an interviewer.",
    )
    NO_AREA = (
        "没有“{seen}”这个地区，或它不归您管",
        "请写地区的全名或代码，可以在“地区”页查到。",
        "there is no area “{seen}”, or it is not yours",
        "Write its full name or its code, as the page of areas shows it.",
    )
    MANY_AREAS = (
        "叫“{seen}”的地区不止一个",
        "请写代码：{codes}。",
        "more than one area is called “{seen}”",
        "Write its code: {codes}.",
    )
    WHICH_AREA = (
        "没有写地区，而归您管的不止一个",
        "请写这个人管哪个地区，写全名或代码。",
        "no area is given, and you have more than one",
        "Write the full name or the code of the person's area.",
    )
    NO_TIE = (
        "不认得所属“{seen}”",
        "请写：{ties}。不知道就空着。",
        "“{seen}” says not whom the person works for",
        "Write one of: {ties}. Leave it empty where it is not known.",
    )
    TIE_OF_NO_INTERVIEWER = (
        "所属只问调查员，这一行的角色是{role}",
        "请把所属空着。",
        "whom they work for is asked of interviewers alone, and this is the role {role}",
        "Leave it empty.",
    )
    AREA_WITHOUT_TIE = (
        "写了所属地区“{seen}”，没有写是社区还是街道的人",
        "请在“所属”写社区或街道，或者把所属地区空着。",
        "“{seen}” is given as whom they work for, and not whether that is a community or a street",
        "Write community or street as works_for, or leave works_for_area empty.",
    )
    NO_TIE_AREA = (
        "看不出是哪个{tie}的人",
        "请在“所属地区”写这个{tie}的全名或代码。",
        "it does not show which {tie} the person works for",
        "Write the full name or the code of that {tie} in the column “works_for_area”.",
    )


LIST_WORDS: Final = Words(
    title=Text("导入一批账号", "Make accounts from a list"),
    back=("/accounts", Text("账号", "Accounts")),
    empty=True,
    rules=(
        Text(
            "第 1 行写列名：姓名、用户名，必写；角色、地区、所属、所属地区，可以不写。一人一行，最多 200 人。",
            "Row 1 names the columns: name and user are needed; role, area, works_for and works_for_area may be left "
            "out. One row for each person, at most 200 people a file.",
        ),
        Text(
            "用户名是登录时填的，以后不能改：2 到 60 个字，只用文字、数字、点、横线。",
            "The user name is typed at sign-in and never changes: 2 to 60 letters, digits, dots or dashes.",
        ),
        Text(
            "角色写：调查员、录入员、项目管理员、统计员、领导、系统管理员。空着就是调查员。",
            "Roles are: interviewer, keyer, manager, statistician, leader, administrator. Left empty: interviewer.",
        ),
        Text(
            "地区写全名或代码，空着就是您管的地区。",
            "The area is written by its full name or its code; left empty, it is the one that is yours.",
        ),
        Text(
            "所属只给调查员写：社区、街道、别的单位、无。是哪个社区、哪个街道，看他的地区；不是那一个，写在“所属地区”。",
            "Whom they work for is written for interviewers: community, street, other, none. Which one is taken from "
            "their area; where it is another, write it as works_for_area.",
        ),
        Text(
            "已经有的用户名不动：不改姓名、角色，也不改密码。",
            "User names that exist are left as they are: neither name nor role nor password changes.",
        ),
    ),
)
