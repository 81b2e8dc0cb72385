"""The states of a matter, the acts that lead from one to the next, and when it is overdue or to be looked at again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement

from questionnaires.text import Text
from survey_service.models import Rectification, RectificationAct, RectificationReason, RectificationState

RECHECKED_AFTER: Final = timedelta(days=60)
"""From the check to the day on which somebody looks again whether it is still so."""
OPEN: Final = (RectificationState.PLANNED, RectificationState.UNDER_WAY, RectificationState.RETURNED)
CHECKED: Final = (RectificationState.CHECKED, RectificationState.HELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act: from which states it may be taken, and to which it leads. ``office``: the office alone takes it."""

    before: tuple[RectificationState, ...]
    after: RectificationState
    office: bool = False
    note: bool = False  # it has to be said why, or what was done
    another: bool = False  # by somebody other than who reported the matter done
    when_due: bool = False  # only from the day on which it is to be looked at again


_S = RectificationState
ACTS: Final[Mapping[RectificationAct, Act]] = {
    RectificationAct.BEGUN: Act(before=(_S.PLANNED, _S.RETURNED), after=_S.UNDER_WAY),
    RectificationAct.REPORTED: Act(before=OPEN, after=_S.REPORTED, note=True),
    RectificationAct.WITHDRAWN: Act(before=(_S.REPORTED,), after=_S.UNDER_WAY),
    RectificationAct.CHECKED: Act(before=(_S.REPORTED,), after=_S.CHECKED, office=True, another=True),
    RectificationAct.RETURNED: Act(before=(_S.REPORTED,), after=_S.RETURNED, office=True, note=True, another=True),
    RectificationAct.UNCHECKED: Act(before=(_S.CHECKED,), after=_S.REPORTED, office=True, note=True),
    RectificationAct.HELD: Act(before=(_S.CHECKED,), after=_S.HELD, office=True, another=True, when_due=True),
    RectificationAct.SLIPPED: Act(
        before=(_S.CHECKED,), after=_S.RETURNED, office=True, note=True, another=True, when_due=True
    ),
    RectificationAct.STRUCK: Act(before=(_S.PLANNED,), after=_S.STRUCK, office=True, note=True),
    RectificationAct.RESTORED: Act(before=(_S.STRUCK,), after=_S.PLANNED, office=True),
}
"""What moves a row. The last step can be taken back: withdrawn, unchecked, restored."""

STATES: Final[Mapping[RectificationState, Text]] = {
    RectificationState.PLANNED: Text("拟办", "planned"),
    RectificationState.UNDER_WAY: Text("在办", "under way"),
    RectificationState.REPORTED: Text("已办待核", "done, to be checked"),
    RectificationState.RETURNED: Text("退回", "returned"),
    RectificationState.CHECKED: Text("已核", "checked"),
    RectificationState.HELD: Text("复查通过", "held when looked at again"),
    RectificationState.STRUCK: Text("不列入", "struck"),
}
REASONS: Final[Mapping[RectificationReason, Text]] = {
    RectificationReason.NOT_REACHED: Text("未达标", "target not reached"),
    RectificationReason.LOWEST: Text("本地区全部分项中靠后", "among the worst of all items of the area"),
    RectificationReason.LOWEST_OF_TOLD: Text(
        "在能排序的分项中靠后；不能排序的也可能更差",
        "among the worst of the items that can be told; others may be worse",
    ),
    RectificationReason.OFFICE: Text("办公室列入", "added by the office"),
}
DONE: Final[Mapping[RectificationAct, Text]] = {
    RectificationAct.ACCEPTED: Text("列入", "accepted"),
    RectificationAct.ADDED: Text("添加", "added"),
    RectificationAct.STRUCK: Text("不列入", "struck"),
    RectificationAct.RESTORED: Text("重新列入", "taken in again"),
    RectificationAct.EDITED: Text("改了单位、期限或措施", "body, date or action changed"),
    RectificationAct.BEGUN: Text("开始办", "begun"),
    RectificationAct.REPORTED: Text("报已办", "reported done"),
    RectificationAct.WITHDRAWN: Text("收回已办", "report taken back"),
    RectificationAct.CHECKED: Text("核过", "checked"),
    RectificationAct.RETURNED: Text("退回", "returned"),
    RectificationAct.UNCHECKED: Text("撤销核定", "check taken back"),
    RectificationAct.HELD: Text("复查：没有反弹", "looked at again: it held"),
    RectificationAct.SLIPPED: Text("复查：又出现了，退回", "looked at again: undone, returned"),
    RectificationAct.PHOTO_ADDED: Text("加照片", "photograph added"),
    RectificationAct.PHOTO_REMOVED: Text("去掉照片", "photograph taken away"),
}


def is_overdue(row: Rectification, today: date) -> bool:
    """Its day has passed, and nobody has reported it done."""
    return row.state in OPEN and row.due_on is not None and row.due_on < today


def is_to_recheck(row: Rectification, today: date) -> bool:
    """Checked sixty days ago or longer, and not looked at since."""
    return row.state is RectificationState.CHECKED and row.recheck_on is not None and row.recheck_on <= today


def overdue(today: date) -> ColumnElement[bool]:
    """``is_overdue`` for queries."""
    return Rectification.state.in_(OPEN) & (Rectification.due_on < today)


def to_recheck(today: date) -> ColumnElement[bool]:
    """``is_to_recheck`` for queries."""
    return (Rectification.state == RectificationState.CHECKED) & (Rectification.recheck_on <= today)


def possible(row: Rectification, today: date, *, office: bool) -> tuple[RectificationAct, ...]:
    """Acts that this state allows, of the office or of whoever answers for the area."""
    due = is_to_recheck(row, today)
    return tuple(
        name
        for name, act in ACTS.items()
        if row.state in act.before and (office or not act.office) and (due or not act.when_due)
    )
