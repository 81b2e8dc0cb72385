"""A list of people who get accounts: its columns, and every row judged against what is there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from questionnaires.characters import written
from questionnaires.text import Text
from survey_service.account_lists.words import ROLES, ROLES_WRITTEN, TIES, TIES_WRITTEN, USUAL_ROLE, InAccounts
from survey_service.accounts import rights
from survey_service.accounts.administration.service import is_user_name
from survey_service.models import Role, WorksFor
from survey_service.tabular.problems import TableProblem, Value, excerpt, problem
from survey_service.tabular.words import Reader
from survey_service.uploads.looked import Cell, Looked, Picture
from survey_service.uploads.records import Column, Record

MOST: Final = 200  # people in one file: a start password is hashed for each
LONGEST_NAME: Final = 60
COLUMNS: Final = (
    Column(name="name", heads=("姓名", "name", "full_name"), needed=True),
    Column(name="user", heads=("用户名", "登录名", "账号", "user", "user_name", "username"), needed=True),
    Column(name="role", heads=("角色", "role")),
    Column(name="area", heads=("地区", "地区代码", "area", "area_code")),
    Column(name="works_for", heads=("所属", "关系", "works_for")),
    Column(name="works_for_area", heads=("所属地区", "works_for_area")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An area; ``of_communities``: communities stand right below it, as below a street."""

    id: UUID
    code: str
    name: Text
    parent_id: UUID | None
    is_community: bool
    of_communities: bool

    def may_be(self, tie: WorksFor) -> bool:
        return self.is_community if tie is WorksFor.COMMUNITY else self.of_communities


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is there of what a file names. ``own``: the areas of whoever brings it; ``called``: those of their areas
    that have this code or name; ``places``: these and all above them; ``people``: names by user name."""

    own: Sequence[UUID]
    called: Mapping[str, Sequence[UUID]]
    places: Mapping[UUID, Place]
    people: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    row: int
    user: str
    name: str
    role: Role
    area_id: UUID
    works_for: WorksFor | None
    works_for_area_id: UUID | None


def user_of(record: Record) -> str:
    return written(record.get("user")).lower()


def judge_accounts(records: Sequence[Record], ground: Ground) -> Looked[tuple[NewAccount, ...]]:
    """Every row judged; people whose user name is there already are told, and left as they are."""
    if len(records) > MOST:
        return Looked(problems=[problem(Reader.TOO_MANY_ROWS, most=MOST)])
    judge = _Judge(ground)
    for record in records:
        judge.take(record)
    new, there = len(judge.new), judge.there
    if not judge.problems and not new:
        return Looked(
            summary=Text(
                f"文件里的 {there} 个用户名都已经有了，没有要建的。", "All user names of the file exist already."
            )
        )
    return Looked(
        stored=tuple(judge.new),
        problems=judge.problems,
        counts={"new": new, "there": there},
        summary=Text(
            f"新建 {new} 个账号" + (f"，{there} 个已经有了，不动。" if there else "。"),
            f"{new} new {'account' if new == 1 else 'accounts'}" + (f", {there} left as they are." if there else "."),
        ),
        remarks=_REMARKS,
        pictures=[_picture(judge.lines)],
    )


_REMARKS: Final = (
    Text(
        "建好后的一页列出每个人的起始密码，只显示这一次。请先备好打印机，或准备当场告诉本人。",
        "The page after this lists everybody's start password, this once only. Have a printer or the people at hand.",
    ),
    Text(
        "人多时要等半分钟左右，请不要关页面。",
        "With many people it takes about half a minute; leave the page open.",
    ),
)


class _Judge:
    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.problems: list[TableProblem] = []
        self.new: list[NewAccount] = []
        self.there = 0
        self.lines: list[tuple[Cell, ...]] = []
        self._rows: dict[str, int] = {}  # by user name

    def take(self, record: Record) -> None:
        before = len(self.problems)
        name, user = written(record.get("name")), user_of(record)
        if not name or len(name) > LONGEST_NAME:
            self._refuse(record, InAccounts.NO_NAME, "name")
        self._look_at_user(record, user)
        if user in self.ground.people and len(self.problems) == before:
            self._leave(record, name, user)
            return
        role = self._role(record)
        area = self._area(record)
        works_for, of = self._tie(record, role, area)
        if len(self.problems) > before or role is None or area is None:
            return
        self.new.append(
            NewAccount(
                row=record.row,
                user=user,
                name=name,
                role=role,
                area_id=area.id,
                works_for=works_for,
                works_for_area_id=of.id if of else None,
            )
        )
        tie = _tie_words(works_for, of)
        self.lines.append((record.row, Text("新建", "new"), name, user, ROLES[role], area.name, tie))

    def _look_at_user(self, record: Record, user: str) -> None:
        if not is_user_name(user):
            self._refuse(record, InAccounts.NO_USER, "user")
        elif user in self._rows:
            self._refuse(record, InAccounts.USER_TWICE, "user", other=self._rows[user])
        else:
            self._rows[user] = record.row

    def _leave(self, record: Record, name: str, user: str) -> None:
        self.there += 1
        said = Text("已有，不动", "exists, left as it is")
        if self.ground.people[user] != name:
            said = Text(
                "已有，姓名和这里不同，不动；是另一个人，请换用户名",
                "exists under another name, left as it is; for another person choose another user name",
            )
        self.lines.append((record.row, said, name, user, None, None, None))

    def _role(self, record: Record) -> Role | None:
        typed = _folded(record.get("role"))
        role = ROLES_WRITTEN.get(typed) if typed else USUAL_ROLE
        if role is None:
            self._refuse(record, InAccounts.NO_ROLE, "role", roles=tuple(ROLES.values()))
        return role

    def _area(self, record: Record) -> Place | None:
        if record.get("area"):
            return self._called(record, "area")
        if len(self.ground.own) == 1:
            return self.ground.places[self.ground.own[0]]
        self._refuse(record, InAccounts.WHICH_AREA, "area")
        return None

    def _called(self, record: Record, column: str) -> Place | None:
        found = [self.ground.places[one] for one in self.ground.called.get(written(record.get(column)), ())]
        if len(found) == 1:
            return found[0]
        if found:
            self._refuse(record, InAccounts.MANY_AREAS, column, codes=tuple(one.code for one in found[:5]))
        else:
            self._refuse(record, InAccounts.NO_AREA, column)
        return None

    def _tie(self, record: Record, role: Role | None, area: Place | None) -> tuple[WorksFor | None, Place | None]:
        """Whom an interviewer works for; the community or street is the one named, else that of the person's area."""
        typed = _folded(record.get("works_for"))
        tie = TIES_WRITTEN.get(typed)
        if record.get("works_for_area") and (not typed or tie in (WorksFor.OTHER, WorksFor.NONE)):
            self._refuse(record, InAccounts.AREA_WITHOUT_TIE, "works_for_area")
        elif typed and tie is None:
            self._refuse(record, InAccounts.NO_TIE, "works_for", ties=tuple(TIES.values()))
        elif typed and role is not None and role not in rights.VISIT:
            self._refuse(record, InAccounts.TIE_OF_NO_INTERVIEWER, "works_for", role=ROLES[role])
        elif tie in (WorksFor.COMMUNITY, WorksFor.STREET):
            return tie, self._tie_area(record, tie, area)
        return tie, None

    def _tie_area(self, record: Record, tie: WorksFor, area: Place | None) -> Place | None:
        if record.get("works_for_area"):
            named = self._called(record, "works_for_area")
            if named is None:
                return None
            among: Iterable[Place] = [named]
        elif area is None:
            return None  # that is told already
        else:
            among = self._upwards(area)
        found = next((one for one in among if one.may_be(tie)), None)
        if found is None:
            self._refuse(record, InAccounts.NO_TIE_AREA, "works_for", tie=TIES[tie])
        return found

    def _upwards(self, area: Place) -> Iterable[Place]:
        at: Place | None = area
        while at is not None:
            yield at
            at = self.ground.places.get(at.parent_id) if at.parent_id else None

    def _refuse(self, record: Record, kind: InAccounts, column: str, **values: Value) -> None:
        self.problems.append(record.problem(kind, column, seen=excerpt(record.get(column)), **values))


def _folded(typed: str) -> str:
    return unicodedata.normalize("NFKC", written(typed)).lower()


def _tie_words(tie: WorksFor | None, of: Place | None) -> Text | None:
    if tie is None:
        return None
    return of.name if of else TIES[tie]


def _picture(lines: Sequence[tuple[Cell, ...]]) -> Picture:
    return Picture(
        caption=Text("文件里的人", "People of the file"),
        heads=(
            Text("行", "Row"),
            Text("做什么", "What happens"),
            Text("姓名", "Name"),
            Text("用户名", "User name"),
            Text("角色", "Role"),
            Text("地区", "Area"),
            Text("所属", "Works for"),
        ),
        rows=lines,
        of=len(lines),
        plain=frozenset({0}),
    )
