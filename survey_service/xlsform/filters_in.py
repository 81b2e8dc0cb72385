"""What a choice_filter offers to whom: a condition at each option, or a list that hangs on another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from survey_service.xlsform.book import Row
from survey_service.xlsform.choices_in import Choices
from survey_service.xlsform.conditions_in import Reader
from survey_service.xlsform.names import CHOICE
from survey_service.xlsform.plan_in import Asked, FormPlan
from survey_service.xlsform.remarks import Remark, Why
from survey_service.xlsform.xpath import Column, Operation, Reference, XPath, XPathFault, of_row, parse, parts

_ROUNDS: Final = 6  # levels of lists, one below the other


class Filters:
    """Of one form. ``within``: by the name of a row, the question on whose answer its list hangs."""

    def __init__(self, plan: FormPlan, lists: Mapping[str, Choices]) -> None:
        self.remarks: list[Remark] = []
        self.within: dict[str, str] = {}
        self._plan, self._lists = plan, lists
        self._asked = [asked for part in plan.parts for asked in part.asked if asked.node.list_name]
        self._lists_of = {asked.node.row["name"]: asked.node.list_name for asked in self._asked}
        self.by_name = {one.name for one in lists.values() if one.by_name}
        self._done: set[str] = set()
        for _ in range(_ROUNDS):  # a list that hangs on another needs that one by its name
            before = len(self.by_name)
            for asked in self._asked:
                self._hang(asked)
            if len(self.by_name) == before:
                break

    def _hang(self, asked: Asked) -> None:
        row = asked.node.row
        if not row["choice_filter"] or asked.node.list_name not in self.by_name or row["name"] in self._done:
            return
        self._done.add(row["name"])
        try:
            self._below(asked, parse(row["choice_filter"], columns=True))
        except XPathFault as fault:
            self._lost(row, fault)

    def _below(self, asked: Asked, tree: XPath) -> None:
        listed = self._lists[asked.node.list_name]
        equal = list(_equalities(tree))
        if not equal:
            raise XPathFault("只能按前面一道单选题的回答列出", "a long list hangs on the answer to one choice")
        column, name = equal[-1]  # the nearest: what stands above it follows
        target, above = self._plan.seen_from(asked.node.row).get(name), self._lists.get(self._lists_of.get(name, ""))
        if target is None or target.holds != CHOICE or above is None:
            raise XPathFault("只能按前面一道单选题的回答列出", "a long list hangs on the answer to one choice")
        parents = {row.number: above.codes.get(row[column], "") for row in listed.rows}
        if not all(parents.values()) or above.twins or (listed.above and listed.above != above.name):
            raise XPathFault(
                f"列“{column}”不全是那道题的代码", f"not all of the column {column} are codes of that question"
            )
        listed.parents, listed.above = parents, above.name
        self.by_name.add(above.name)
        self.within[asked.node.row["name"]] = target.variable

    def of(self, row: Row) -> Callable[[Row], str | bool]:
        """When each option of a question is offered."""
        if not row["choice_filter"]:
            return lambda _: True
        try:
            tree = parse(row["choice_filter"], columns=True)
            reader = Reader(self._plan.seen_from(row))
            conditions = {
                one.number: reader.condition(of_row(tree, one.cells))
                for one in self._lists[self._lists_of[row["name"]]].rows
            }
        except XPathFault as fault:
            self._lost(row, fault)
            return lambda _: True
        return lambda one: conditions[one.number]

    def _lost(self, row: Row, fault: XPathFault) -> None:
        now = (fault.zh, fault.en)
        self.remarks.append(row.remark(Why.CHOICE_FILTER, "choice_filter", seen=row["choice_filter"], now=now))


def _equalities(tree: XPath) -> list[tuple[str, str]]:
    """Column and question of each, where all of them have to hold; none where it says anything else."""
    match tree:
        case Operation("and", left, right):
            one, other = _equalities(left), _equalities(right)
            return [*one, *other] if one and other else []
        case Operation("=", Column(column), Reference(name)) | Operation("=", Reference(name), Column(column)) if name:
            return [(column, name)]
    return []


def columns_of(source: str) -> set[str]:
    """Names of the columns that a filter looks at."""
    try:
        return {one.name for one in parts(parse(source, columns=True)) if isinstance(one, Column)}
    except XPathFault:
        return set()
