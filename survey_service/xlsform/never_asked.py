"""Rows whose condition never holds: whatever names them finds a blank there, as it does in the form."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from survey_service.xlsform.conditions_in import Reader
from survey_service.xlsform.plan_in import FormPlan
from survey_service.xlsform.survey_tree import Node
from survey_service.xlsform.xpath import String, XPathFault, parse

_ROUNDS: Final = 5  # one that is never asked may leave another without anybody


def forget_who_is_never_asked(plan: FormPlan) -> None:
    for _ in range(_ROUNDS):
        found = {
            name
            for part in plan.parts
            for asked in part.asked
            for name in _named(asked.node, [one for _, one in asked.rows])
            if (known := plan.known.get(name)) is not None and known.instead is None
            if any(_never(plan, node) for node in (*part.conditions, *asked.groups, asked.node))
        }
        for name in found:
            plan.known[name] = replace(plan.known[name], instead=String(""))
        if not found:
            return


def _named(node: Node, rows: list[Node]) -> list[str]:
    return [one.row["name"] for one in rows or [node]]


def _never(plan: FormPlan, node: Node) -> bool:
    if not node.row["relevant"]:
        return False
    try:
        return Reader(plan.seen_from(node.row)).condition(parse(node.row["relevant"])) is False
    except XPathFault:
        return False
