"""What a constraint says: limits that a question has fields for, and rules for the rest."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from questionnaires.functions import is_day
from survey_service.xlsform.conditions_in import Reader, negated
from survey_service.xlsform.names import CHOICES, DATE, NUMBER, TIME, Target
from survey_service.xlsform.xpath import Call, Number, Operation, Reference, String, XPath, XPathFault

_TODAY = (Call("today", ()), Call("now", ()))
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


@dataclass(slots=True)
class Limits:
    """``fields``: of the question; ``alone``: codes that rule out the others; ``broken_by``: conditions of rules."""

    fields: dict[str, Any] = field(default_factory=dict)
    alone: set[str] = field(default_factory=set)
    broken_by: list[str] = field(default_factory=list)
    faults: list[XPathFault] = field(default_factory=list)


def limits_of(tree: XPath, own: Target, reader: Reader, *, whole: bool) -> Limits:
    """``whole``: the answer is a whole number, so that above 0 is from 1."""
    found = Limits()
    for part in _parts(tree):
        try:
            if not (_limit(part, own, found, whole=whole) or _alone(part, own, found)):
                broken = _broken(part, own, reader)
                if broken:
                    found.broken_by.append(broken)
        except XPathFault as fault:
            found.faults.append(fault)
    return found


def _parts(tree: XPath) -> Iterator[XPath]:
    if isinstance(tree, Operation) and tree.operator == "and":
        yield from _parts(tree.left)
        yield from _parts(tree.right)
    else:
        yield tree


def _limit(part: XPath, own: Target, found: Limits, *, whole: bool) -> bool:
    if not isinstance(part, Operation):
        return False
    sign, left, right = part.operator, part.left, part.right
    if isinstance(left, Number | String):
        sign, left, right = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(sign, sign), right, left
    match left, own.holds:
        case Reference(""), "number" if isinstance(right, Number | String):
            return _number_limit(sign, right.text, found, whole=whole)
        case Reference(""), "date":
            day = _day(right)
            return bool(day) and sign in (">=", "<=") and _put(found, "minimum" if sign == ">=" else "maximum", day)
        case Call("round", (Operation("*", Call("decimal-time", (Reference(""),)), Number("1440")),)), "time":
            if isinstance(right, Number) and sign in (">=", "<="):
                minutes = int(float(right.text))
                name = "minimum" if sign == ">=" else "maximum"
                return _put(found, name, f"{minutes // 60:02}:{minutes % 60:02}")
        case Call("count-selected", (Reference(""),)), "choices" if isinstance(right, Number):
            return _count_limit(sign, int(float(right.text)), found)
        case Call("string-length", (Reference(""),)), "text" if isinstance(right, Number):
            most = int(float(right.text)) - (sign == "<")
            return sign in ("<", "<=") and 1 <= most <= 10_000 and _put(found, "max_length", most)
    return False


def _number_limit(sign: str, text: str, found: Limits, *, whole: bool) -> bool:
    if not re.fullmatch(r"-?[0-9]{1,14}(\.[0-9]{1,6})?", text):
        return False
    limit = float(text)
    if sign in (">", "<"):
        if not whole:
            return False
        limit = math.floor(limit) + 1 if sign == ">" else math.ceil(limit) - 1
    elif sign not in (">=", "<="):
        return False
    plain: float = int(limit) if float(limit).is_integer() else limit
    return _put(found, "minimum" if sign in (">", ">=") else "maximum", plain)


def _count_limit(sign: str, count: int, found: Limits) -> bool:
    if sign in ("<", ">"):
        count += 1 if sign == ">" else -1
    if sign in (">", ">="):
        return count <= 1 or _put(found, "minimum_choices", count)
    return sign in ("<", "<=") and count >= 2 and _put(found, "maximum_choices", count)


def _put(found: Limits, name: str, value: Any) -> bool:
    if name in found.fields:
        return False
    found.fields[name] = value
    return True


def _day(tree: XPath) -> str:
    if isinstance(tree, Call) and tree.name == "date" and len(tree.arguments) == 1:
        tree = tree.arguments[0]
    return tree.text if isinstance(tree, String) and is_day(tree.text) else ""


def _alone(part: XPath, own: Target, found: Limits) -> bool:
    """``not(selected(., 'none') and count-selected(.) > 1)``: the option stands alone."""
    match part:
        case Call("not", (Operation("and", Call("selected", (Reference(""), String(code))), more),)):
            pass
        case _:
            return False
    match more:
        case Operation((">" | ">=") as sign, Call("count-selected", (Reference(""),)), Number(count)):
            if own.holds == CHOICES and code in own.codes and int(float(count)) == (1 if sign == ">" else 2):
                found.alone.add(code)
                return True
    return False


def _broken(part: XPath, own: Target, reader: Reader) -> str:
    """The condition under which an answer breaks it. Nothing is held against a question that was not answered."""
    match part:
        case Operation(sign, Reference("") as left, right) if (
            sign in _OPPOSITE and own.holds in (NUMBER, DATE, TIME) and _always_there(reader.plain(right))
        ):
            said = reader.condition(Operation(_OPPOSITE[sign], left, right))
        case Call("not", (Operation(sign, Reference(""), right) as inner,)) if (
            sign in _OPPOSITE and own.holds in (NUMBER, DATE, TIME) and _always_there(reader.plain(right))
        ):
            said = reader.condition(inner)
        case Operation("=", Reference(""), right) if own.holds in (NUMBER, DATE) and _always_there(reader.plain(right)):
            return f"{own.variable} != {reader.expression(right)}"
        case _:
            held = reader.condition(part)
            broken = negated(held)
            said = broken if isinstance(broken, bool) else f"answered({own.variable}) and {broken}"
    if said is True:
        raise XPathFault("没有一个回答能通过", "no answer would pass")
    return said or ""


def _always_there(tree: XPath) -> bool:
    return isinstance(tree, Number | String) or tree in _TODAY or bool(_day(tree))
