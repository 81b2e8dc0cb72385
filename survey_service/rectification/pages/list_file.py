"""The list as a file that goes out and comes back: which row, who, by when, what, its state, and why it moves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import unique
from typing import Final
from uuid import UUID

from questionnaires.text import Text
from survey_service.models import Rectification, RectificationAct, RectificationState
from survey_service.rectification.pages.forms import MOST_ACTION, MOST_BODY
from survey_service.rectification.rows import MOST_NOTE, Charge
from survey_service.rectification.states import ACTS, STATES, possible
from survey_service.tabular.problems import ProblemKind, TableProblem, excerpt
from survey_service.uploads.forms import Words
from survey_service.uploads.looked import Looked, Picture
from survey_service.uploads.records import Column, Record

COLUMNS: Final = (
    Column(name="number", heads=("编号", "序号", "number", "no."), needed=True),
    Column(name="area", heads=("地区", "area")),
    Column(name="item", heads=("事项", "item", "matter")),
    Column(name="evidence", heads=("依据", "evidence")),
    Column(name="body", heads=("责任单位", "body", "responsible")),
    Column(name="due", heads=("期限", "due", "deadline")),
    Column(name="action", heads=("措施", "action")),
    Column(name="state", heads=("状态", "state"), needed=True),
    Column(name="note", heads=("说明", "note")),
)
WRITTEN: Final[Mapping[str, RectificationState]] = {
    written: state for state, words in STATES.items() for written in (words.zh, words.en, state.value)
}
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?( 00:00:00)?")
_SHOWN: Final = 200  # rows of the picture


@unique
class InRectification(ProblemKind):
    NO_ROW = (
        "清单里没有编号“{seen}”，或者它不归您管",
        "只改下载的表里已有的行；新的事项在页面上添加。",
        "there is no row “{seen}” on the list, or it is not yours",
        "Change rows of the downloaded table only; new matters are added on the page.",
    )
    TWICE = (
        "编号“{seen}”在第 {other} 行已经有了",
        "请只留一行。",
        "row “{seen}” stands in line {other} already",
        "Keep one of them.",
    )
    NO_STATE = (
        "“{seen}”不是一种状态",
        "请写：{known}。",
        "“{seen}” is no state",
        "Write one of: {known}.",
    )
    NO_WAY = (
        "这一项现在是“{now}”，不能改成“{seen}”",
        "可以改成：{known}。",
        "the matter is “{now}” and cannot become “{seen}”",
        "It can become: {known}.",
    )
    OWN_REPORT = (
        "这一项是您自己报的“已办”，不能由您核",
        "请换一个人来核。",
        "you reported this matter done yourself and cannot check it",
        "Somebody else has to.",
    )
    NO_NOTE = (
        "改成“{seen}”要在“说明”里写办了什么，或者为什么",
        "请在“说明”一列写明。",
        "becoming “{seen}” needs a note: what was done, or why",
        "Write it in the column “note”.",
    )
    NO_DAY = (
        "期限“{seen}”读不出来",
        "写成 2026-09-30，或者不写。",
        "the day “{seen}” cannot be read",
        "Write 2026-09-30, or nothing.",
    )
    TOO_LONG = (
        "最多 {most} 个字，这里有 {long} 个",
        "请缩短。",
        "at most {most} characters; this has {long}",
        "Shorten it.",
    )
    NOT_YOURS = (
        "责任单位和期限由办公室改",
        "请照原来的留着，或者请项目管理员改。",
        "body and day are changed by the office",
        "Leave them as they were, or ask the manager.",
    )


WORDS: Final = Words(
    title=Text("用 Excel 更新整改清单", "Update the rectification list by file"),
    back=("", Text("整改清单", "Rectification list")),
    rules=(
        Text(
            "先下载现在的表，改“状态”“措施”“说明”等列，再传回来。传上来先给您看会改什么，点“导入”才算。",
            "Download the present table, change its columns and bring it back. You see what it would change first.",
        ),
        Text(
            "“状态”写：拟办、在办、已办待核、已核、退回、复查通过、不列入。报已办、退回和不列入要写“说明”。",
            "States: planned, under way, done to be checked, checked, returned, held, struck. Reporting done, "
            "returning and striking need a note.",
        ),
        Text(
            "谁报的已办，不能由谁核。同一张表传两次，不会改两遍。",
            "Nobody checks what they reported. A file brought twice changes nothing twice.",
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """What one row of the file does. ``acts``: how many there were when it was judged."""

    row_id: UUID
    number: int
    acts: int
    charge: Charge
    act: RectificationAct | None
    note: str
    becomes: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A row as the judge knows it; ``office``: the person keeps the list of its area."""

    row: Rectification
    office: bool


@dataclass(slots=True)
class Judge:
    """``known``: the rows that the person may change, by number."""

    known: Mapping[int, Standing]
    account_id: UUID | None
    today: date

    def judge(self, records: Iterable[Record]) -> Looked[tuple[RowChange, ...]]:
        """Every row of the file, one problem for one cause."""
        problems: list[TableProblem] = []
        seen: dict[int, int] = {}
        changes, same = [], 0
        for record in records:
            standing = self._row(record, seen, problems)
            if standing is None:
                continue
            made = self._change(record, standing, problems)
            if made is not None:
                changes.append(made)
            else:
                same += 1
        if not changes and not problems:
            return Looked(summary=Text(f"{same} 项都和清单里的一样，没有要改的。", f"{same} rows, all as on the list."))
        moved = sum(one.act is not None for one in changes)
        return Looked(
            stored=tuple(changes),
            problems=problems,
            counts={"changed": len(changes), "moved": moved, "same": same},
            summary=Text(
                f"改 {len(changes)} 项，其中 {moved} 项改了状态；{same} 项不变。",
                f"{len(changes)} changed, {moved} of them in their state; {same} as they are.",
            ),
            pictures=[_picture(changes)],
        )

    def _row(self, record: Record, seen: dict[int, int], problems: list[TableProblem]) -> Standing | None:
        typed = record.get("number").removesuffix(".0")
        number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0
        standing = self.known.get(number)
        if standing is None:
            problems.append(record.problem(InRectification.NO_ROW, "number", seen=excerpt(record.get("number"))))
            return None
        if number in seen:
            problems.append(record.problem(InRectification.TWICE, "number", seen=number, other=seen[number]))
            return None
        seen[number] = record.row
        return standing

    def _change(self, record: Record, standing: Standing, problems: list[TableProblem]) -> RowChange | None:
        """None where nothing changes, or where something is wrong."""
        row, found = standing.row, len(problems)
        charge = self._charge(record, standing, problems)
        act = self._act(record, standing, problems)
        if len(problems) > found:
            return None
        if act is None and charge == Charge(body=row.body, due_on=row.due_on, action=row.action):
            return None
        state = row.state if act is None else ACTS[act].after
        note = record.get("note") if act is not None else ""
        return RowChange(
            row_id=row.id,
            number=row.number,
            acts=row.acts,
            charge=charge,
            act=act,
            note=note,
            becomes=STATES[state],
        )

    def _charge(self, record: Record, standing: Standing, problems: list[TableProblem]) -> Charge:
        row = standing.row
        given = {name: record.get(name) if name in record.heads else None for name in ("body", "due", "action")}
        for name, most in (("body", MOST_BODY), ("action", MOST_ACTION), ("note", MOST_NOTE)):
            if len(record.get(name)) > most:
                problems.append(record.problem(InRectification.TOO_LONG, name, most=most, long=len(record.get(name))))
        due = row.due_on if given["due"] is None else self._day(record, problems)
        body = row.body if given["body"] is None else given["body"]
        if not standing.office and (body, due) != (row.body, row.due_on):
            problems.append(record.problem(InRectification.NOT_YOURS, "body" if body != row.body else "due"))
        return Charge(body=body, due_on=due, action=row.action if given["action"] is None else given["action"])

    def _day(self, record: Record, problems: list[TableProblem]) -> date | None:
        typed = record.get("due")
        if not typed:
            return None
        try:
            match = _DAY.fullmatch(typed)
            return date(*map(int, match.groups()[:3])) if match else date.fromisoformat(typed)
        except ValueError:
            problems.append(record.problem(InRectification.NO_DAY, "due", seen=excerpt(typed)))
            return None

    def _act(self, record: Record, standing: Standing, problems: list[TableProblem]) -> RectificationAct | None:
        row, typed = standing.row, record.get("state")
        wanted = WRITTEN.get(typed.lower() if typed.isascii() else typed)
        if wanted is None:
            known = tuple(STATES.values())
            problems.append(record.problem(InRectification.NO_STATE, "state", seen=excerpt(typed), known=known))
            return None
        if wanted is row.state:
            return None
        ways = {ACTS[one].after: one for one in possible(row, self.today, office=standing.office)}
        if wanted not in ways:
            known = tuple(STATES[one] for one in (row.state, *ways))
            problems.append(
                record.problem(InRectification.NO_WAY, "state", now=STATES[row.state], seen=STATES[wanted], known=known)
            )
            return None
        act = ways[wanted]
        if ACTS[act].another and row.reported_by_id == self.account_id:
            problems.append(record.problem(InRectification.OWN_REPORT, "state"))
        elif ACTS[act].note and not record.get("note"):
            problems.append(record.problem(InRectification.NO_NOTE, "note", seen=STATES[wanted]))
        return act


def _picture(changes: list[RowChange]) -> Picture:
    return Picture(
        caption=Text("会改成这样", "What they would become"),
        heads=(
            Text("编号", "No."),
            Text("状态", "State"),
            Text("责任单位", "Body"),
            Text("期限", "Due"),
            Text("措施", "Action"),
        ),
        rows=[
            (one.number, one.becomes, one.charge.body, str(one.charge.due_on or ""), one.charge.action)
            for one in changes[:_SHOWN]
        ],
        of=len(changes),
        plain=frozenset({0}),
        wide_only=frozenset({4}),
    )
