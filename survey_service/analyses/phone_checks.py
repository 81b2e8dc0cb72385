"""How carefully people answered on phones, as lines among the statistician's diagnostics. Nothing here drops an answer:
open collection is never counted in the estimates, and what came by a case's code stays whatever its marks."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from questionnaires.text import Text
from survey_service.analyses.reviewed import Check
from survey_service.collection import quality_mark_counts
from survey_service.collection.quality_mark_counts import BURST, INVITED_BURST, PhoneMarks

NONE = Text("没有这样的答卷。", "There is no such answer.")
MANY_FAST = 0.05
MANY_STRAIGHT = 0.30
MANY_ALIKE = 0.10


def checks(session: Session, survey_id: UUID, wave_id: UUID) -> list[Check]:
    """Checks of the answers from phones; empty where there are none."""
    found = quality_mark_counts.total(quality_mark_counts.by_community(session, survey_id, wave_id).values())
    if not found.answers:
        return []
    return [_of_what_there_is(check) for check in (*_of_all(found), *_of_letters(found), *_of_posters(found))]


def _of_what_there_is(check: Check) -> Check:
    """What is said of such answers is said where there are any."""
    return replace(check, why=NONE) if check.value.startswith("0 /") else check


def _of_all(found: PhoneMarks) -> list[Check]:
    return [
        Check(
            found.fast <= MANY_FAST * found.answers,
            Text("手机答卷：答得太快", "On phones: too fast"),
            _of(found.fast, found.answers),
            Text(
                "平均每题不到 1 秒的标出来，不剔除。多了就对照带上它们和不带它们的结果。",
                "Less than a second an answer is marked, not dropped. If many, compare the results without them.",
            ),
        ),
        Check(
            found.straight <= MANY_STRAIGHT * found.answers,
            Text("手机答卷：一路选同一项", "On phones: the same in every row"),
            _of(found.straight, found.answers),
            Text(
                "表格题 8 行以上全选同一项的标出来，不剔除。真的样样满意也会这样，只看是不是太多。",
                "Eight or more rows all alike are marked, not dropped. Honest where all is well; many are not.",
            ),
        ),
    ]


def _of_letters(found: PhoneMarks) -> list[Check]:
    """Checks of those who answered by an invitation: their answers count in the results."""
    return [
        Check(
            found.invited_alike <= MANY_ALIKE * found.invited,
            Text("邀请码：答案完全相同", "Invitations: all answers alike"),
            _of(found.invited_alike, found.invited),
            Text(
                "同一社区有两份以上答案一字不差。邀请码的答卷计入结果，多了要打电话核实。",
                "Two or more households of one community are the same to the letter. They count: if many, call them.",
            ),
        ),
        Check(
            found.invited_in_bursts == 0,
            Text("邀请码：一分钟内扎堆", "Invitations: bursts"),
            _of(found.invited_in_bursts, found.invited),
            Text(
                f"同一社区一分钟超过 {INVITED_BURST} 份。信是各拆各的，多半有人代填，请打电话核实几份。",
                f"More than {INVITED_BURST} households of one community in a minute. Letters are opened one by one at "
                "home, so somebody probably filled in for others: call a few.",
            ),
        ),
    ]


def _of_posters(found: PhoneMarks) -> list[Check]:
    return [
        Check(
            found.alike <= MANY_ALIKE * found.open_answers,
            Text("开放码：答案完全相同", "Open codes: all answers alike"),
            _of(found.alike, found.open_answers),
            Text(
                "同一社区有两份以上答案一字不差。开放码的答卷不计入结果，只作参考。",
                "Two or more of one community are the same to the letter. Open answers are no part of the results.",
            ),
        ),
        Check(
            found.in_bursts == 0,
            Text("开放码：一分钟内扎堆", "Open codes: bursts"),
            _of(found.in_bursts, found.open_answers),
            Text(
                f"同一社区一分钟超过 {BURST} 份。可能是群里刚发了码，也可能有人代填，请问一问社区。",
                f"More than {BURST} of one community in a minute: the code was just sent round, or somebody fills in "
                "for others. Ask the community.",
            ),
        ),
    ]


def _of(part: int, whole: int) -> str:
    return f"{part:,} / {whole:,}"
