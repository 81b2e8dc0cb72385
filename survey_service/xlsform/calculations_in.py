"""The rows of a form that are calculated: in the order in which one is made of another, each as what it comes to."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from questionnaires.rosters import THIS_ROUND
from survey_service.xlsform.conditions_in import Reader
from survey_service.xlsform.conditions_out import number_text
from survey_service.xlsform.names import DATE, LABEL, NOTHING, NUMBER, TEXT, Target
from survey_service.xlsform.pieces import Piece
from survey_service.xlsform.plan_in import Asked, FormPlan
from survey_service.xlsform.remarks import Remark, Why
from survey_service.xlsform.values_in import NO_NUMBER
from survey_service.xlsform.wording import Wording
from survey_service.xlsform.xpath import Call, Number, Operation, Reference, String, XPath, XPathFault, parse, parts

_COLUMNS: Final = {"text": "label", "id": "name", "expression": "calculation", "type": "type"}
_OF_THE_DEVICE: Final = frozenset(
    {
        "duration",
        "device-info",
        "username",
        "uuid",
        "now",
        "today",
        "version",
        "phone-call-log",
        "property",
        "plug-in-metadata",
        "collect-is-phone-app",
        "phone-call-duration",
    }
)
_OF_ITS_FORM: Final = frozenset(
    {
        "once",
        "format-date",
        "format-date-time",
        "date-time",
        "date",
        "decimal-date-time",
        "decimal-time",
        "string",
        "number",
        "int",
        "round",
        "floor",
        "concat",
        "substr",
        "coalesce",
        "item-at",
        "if",
        "string-length",
    }
)

_WORKED_OUT: Final[Mapping[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": operator.truediv,
    "mod": math.fmod,
}


class Calculations:
    """Makes the calculated values of one form, and says in ``plan.known`` what each stands for."""

    def __init__(self, plan: FormPlan, wording: Wording) -> None:
        self.remarks: list[Remark] = []
        self.found: list[Piece] = []
        self._plan, self._wording = plan, wording
        self._waiting = {one.node.row["name"]: one for one in plan.calculated}
        for one in plan.calculated:
            self._make(one)

    def _make(self, asked: Asked) -> None:
        """What it is made of comes first; what is made of itself stands for nothing while it is made."""
        row = asked.node.row
        if self._waiting.pop(row["name"], None) is None:
            return
        self._plan.stand_for(asked, Target(variable=asked.id, holds=NOTHING))
        try:
            tree = parse(row["calculation"])
            for name in _names(tree):
                if name in self._waiting:
                    self._make(self._waiting[name])
            piece = self._piece(asked, tree)
        except XPathFault as fault:
            self._say(asked, Why.CALCULATION, "calculation", seen=row["calculation"], now=(fault.zh, fault.en))
            return
        if piece is not None:
            self.found.append(piece)

    def _piece(self, asked: Asked, tree: XPath) -> Piece | None:
        row = asked.node.row
        known = self._same_for_all(asked, tree)
        if known is not None:
            self._plan.stand_for(asked, known)
            return None
        reader = Reader(self._plan.seen_from(row), self._plan.known.get(row["name"]))
        kind, expression = reader.valued(tree)
        held = Target(variable=asked.id, holds=TEXT if kind not in (NUMBER, DATE) else kind, calculated=True)
        if kind == DATE:  # it is compared as the day that it is, and kept as it is written
            held = Target(variable=asked.id, holds=DATE, calculated=True, instead=tree)
        expression = self._where(asked, reader, kind, expression)
        self._plan.stand_for(asked, held)
        if reader.years:
            self._say(asked, Why.YEARS, "calculation")
        for name in dict.fromkeys(reader.first):
            self._say(asked, Why.FIRST_ROUND, "calculation", seen=name)
        self._rest(asked)
        fields: dict[str, Any] = {"id": asked.id, "expression": expression}
        if roster := self._plan.seen_from(row).roster:
            fields["each"] = roster
        fields |= {"decimals": 6} if kind == NUMBER else {"type": "text"}
        if text := self._wording.text(row, "label"):
            fields["text"] = text
        return Piece(row, _COLUMNS, fields)

    @staticmethod
    def _where(asked: Asked, reader: Reader, kind: str, expression: str) -> str:
        """Where it has a condition, nothing comes of it otherwise."""
        relevant = asked.node.row["relevant"]
        if not relevant or asked.node.kind != "calculate":
            return expression
        held = reader.condition(parse(relevant))
        if held is True:
            return expression
        if held is False:
            raise XPathFault("它的条件永远不成立", "its condition never holds")
        if kind == NUMBER:
            return f"if({held}, {expression}, {NO_NUMBER})"
        return f'if({held}, {expression if kind == TEXT else f"join({expression})"}, "")'

    def _same_for_all(self, asked: Asked, tree: XPath) -> Target | None:
        """What is known of no answer: of the device, of the day, written in the form."""
        row = asked.node.row
        match tree:
            case Reference(name) if name == THIS_ROUND:
                self._say(asked, Why.CONSTANT, "calculation", seen=row["calculation"])
                return Target(variable=asked.id, holds=NOTHING, instead=tree)
            case Call("once", (inner,)) if _folded(inner) is not None:
                self._say(asked, Why.CONSTANT, "calculation", seen=row["calculation"])
                return Target(variable=asked.id, holds=NOTHING, instead=_folded(inner))
            case _ if (worth := _folded(tree)) is not None:
                self._say(asked, Why.CONSTANT, "calculation", seen=row["calculation"])
                return Target(variable=asked.id, holds=NOTHING, instead=worth)
            case Call("jr:choice-name", (Reference() as one, String(again))) if again == f"${{{one.name}}}":
                target = Reader(self._plan.seen_from(row)).target(one)
                self._say(asked, Why.LABEL_OF, "calculation", now=target.variable)
                return Target(variable=target.variable, holds=LABEL)
        if not self._of_the_device(tree):
            return None
        day = Reader(self._plan.seen_from(row)).dated(tree) == ("today", "")
        self._plan.meta.add(row["name"])
        self._say(asked, Why.META, "calculation", seen=row["calculation"])
        return Target(variable=asked.id, holds=NOTHING, instead=Call("today", ()) if day else None)

    def _of_the_device(self, tree: XPath) -> bool:
        """Whether nothing in it is of an answer, and something of the moment or of the device."""
        calls = {one.name for one in parts(tree) if isinstance(one, Call)}
        named = [one.name for one in parts(tree) if isinstance(one, Reference)]
        own = calls & _OF_THE_DEVICE or any(name in self._plan.meta for name in named)
        return bool(own) and calls <= _OF_THE_DEVICE | _OF_ITS_FORM and all(name in self._plan.meta for name in named)

    def _rest(self, asked: Asked) -> None:
        row = asked.node.row
        if row["trigger"]:
            self._say(asked, Why.ALWAYS_ANEW, "trigger")
        if asked.node.kind != "calculate":
            return
        for name in ("hint", "guidance_hint"):
            if row.any_text(name):
                self._say(asked, Why.NO_HINT, name)

    def _say(self, asked: Asked, why: Why, column: str, **values: object) -> None:
        remark = asked.node.row.remark(why, column, **values)
        if remark not in self.remarks:
            self.remarks.append(remark)


def _names(tree: XPath) -> list[str]:
    return [one.name for one in parts(tree) if isinstance(one, Reference) and one.name]


def _folded(tree: XPath) -> String | Number | None:
    """What is written in the form itself, worked out; None where it hangs on anything else."""
    if isinstance(tree, String | Number):
        return tree
    if not isinstance(tree, Operation) or tree.operator not in _WORKED_OUT:
        return None
    left, right = _folded(tree.left), _folded(tree.right)
    try:
        one, other = (float(part.text) for part in (left, right) if part is not None)
        return Number(number_text(_WORKED_OUT[tree.operator](one, other)))
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
