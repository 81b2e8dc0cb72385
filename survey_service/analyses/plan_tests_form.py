"""The rows of the plan's form for tests and models: rows to entries of the plan, with a fault beside what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from analysis.plan import MOST_PREDICTORS, MOST_TESTS, KindOfTest, PlannedTest
from questionnaires.text import Text
from survey_service.analyses.plan_shown import FilledTest, TestChoices, box

MODELS: Final = (KindOfTest.LINEAR, KindOfTest.LOGISTIC)
_KIND: Final = Text("请选做哪一种检验或模型。", "Choose a test or a model.")
_OUTCOME: Final = Text("请选看的是哪一项。", "Choose what is looked at.")
_BY: Final = Text("请至少选一项：按什么分。", "Choose at least one: by what.")
_OF_CROSSTAB: Final = Text(
    "列联表看的是一道单选题（或年龄、性别）；要看指标，请选两组之差、趋势或回归。",
    "A crosstab is of a question of one answer, or age or sex; of an indicator take a difference, trend or regression.",
)
_OF_INDICATOR: Final = Text(
    "这一种看的是指标；要看一道单选题，请选列联表。",
    "This is of an indicator; of a question take a crosstab.",
)
_NO_YES_NO: Final = Text(
    "logistic 回归只用于是或否的指标，这一项不是；请选线性回归。",
    "A logistic regression is of a yes or no, which this is not; take a linear one.",
)
_ONE_BY: Final = Text("这一种只按一项分；按几项分的，请选回归。", "This is by one only; for several take a regression.")
_TWICE: Final = Text("同一项选了两次。", "The same is chosen twice.")

_AGAIN: Final = Text("上面已经有一样的一项。", "The same stands above already.")


def filled(tests: Sequence[PlannedTest]) -> tuple[FilledTest, ...]:
    """The rows filled with a plan's entries."""
    return tuple(FilledTest(kind=one.kind.value, outcome=one.outcome, by=one.by) for one in tests)


def read(
    rows: Sequence[FilledTest], before: Sequence[PlannedTest], offered: TestChoices
) -> tuple[tuple[PlannedTest, ...], dict[str, Text]]:
    """The entries that the rows ask for, and a fault by the name of its field. What the plan in force has already stays
    as it is, though it came by a file and the form would not offer it."""
    found: list[PlannedTest] = []
    faults: dict[str, Text] = {}
    known = {(one.kind.value, one.outcome, one.by): one for one in before}
    for place, row in enumerate(rows):
        if row.empty:
            continue
        entry = known.get((row.kind, row.outcome, row.by))
        wrong = {} if entry else dict(_faults(row, offered))
        if not wrong:
            entry = entry or PlannedTest(kind=KindOfTest(row.kind), outcome=row.outcome, by=row.by)
            if entry in found:
                wrong = {"kind": _AGAIN}
            elif len(found) == MOST_TESTS:
                wrong = {"kind": Text(f"最多 {MOST_TESTS} 项。", f"At most {MOST_TESTS}.")}
            else:
                found.append(entry)
        faults |= {box(place, name): fault for name, fault in wrong.items()}
    return tuple(found), faults


def _faults(row: FilledTest, offered: TestChoices) -> Iterator[tuple[str, Text]]:
    """At most one of each field."""
    classes = {one.value for one in offered.classifications}
    indicators = {one.value for one in offered.indicators}
    kind = KindOfTest(row.kind) if row.kind in {one.value for one in offered.kinds} else None
    if kind is None:
        yield "kind", _KIND
    if row.outcome not in classes | indicators:
        yield "outcome", _OUTCOME
    elif kind is KindOfTest.CROSSTAB and row.outcome not in classes:
        yield "outcome", _OF_CROSSTAB
    elif kind not in (None, KindOfTest.CROSSTAB) and row.outcome not in indicators:
        yield "outcome", _OF_INDICATOR
    elif kind is KindOfTest.LOGISTIC and row.outcome not in offered.yes_no:
        yield "outcome", _NO_YES_NO
    by = _fault_of_by(row, kind, offered)
    if by is not None:
        yield "by", by


def _fault_of_by(row: FilledTest, kind: KindOfTest | None, offered: TestChoices) -> Text | None:
    if not set(row.by) <= {one.value for one in offered.classifications} or not row.by:
        return _BY
    if len({row.outcome, *row.by}) < 1 + len(row.by):
        return _TWICE
    most = MOST_PREDICTORS if kind in (None, *MODELS) else 1
    if len(row.by) > most:
        return Text(f"最多选 {most} 项。", f"Choose at most {most}.") if most > 1 else _ONE_BY
    count = offered.classes[row.by[0]]
    if kind is KindOfTest.DIFFERENCE and count != 2:
        return Text(
            f"两组之差要正好两组，这一项有 {count} 类；请选趋势或回归。",
            f"A difference is of two groups, and this has {count} classes; take a trend or a regression.",
        )
    return None
