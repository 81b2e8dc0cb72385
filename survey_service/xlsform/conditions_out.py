"""Conditions of this service as expressions of XLSForm, for devices that fill the form without it.

A test of something without an answer is false here, ``!=`` too; there a blank equals a blank. Where that differs, the
expression says that there is an answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from questionnaires import conditions as tests
from questionnaires import expressions
from questionnaires.conditions import Node
from questionnaires.expressions import Expression
from questionnaires.model import Section
from questionnaires.rosters import THIS_ROUND
from survey_service.xlsform.names import DATE, NUMBER, TIME
from survey_service.xlsform.patterns import pattern_of

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class NotSayable(Exception):
    """XLSForm has no words for it."""


class Writer:
    """``names``: of variables in the workbook; ``holds``: what they hold; ``calculated``: those that are."""

    def __init__(
        self,
        names: Mapping[str, str],
        holds: Mapping[str, str],
        calculated: frozenset[str],
        rosters: Mapping[str, Section] | None = None,
    ) -> None:
        """``rosters``: by a variable of a section that repeats, that section."""
        self._names, self._holds, self._calculated = names, holds, calculated
        self._rosters = rosters or {}

    def written(self, node: Node) -> str:
        match node:
            case tests.And(parts):
                return " and ".join(self._part(one, tests.Or) for one in parts)
            case tests.Or(parts):
                return " or ".join(self._part(one, tests.And) for one in parts)
            case tests.Not(part):
                return f"not({self.written(part)})"
            case tests.Compare(variable, sign, literal):
                return self._compare(variable, sign, literal)
            case tests.OneOf(variable, literals):
                each = " or ".join(self._compare(variable, "==", one) for one in literals)
                return f"({each})" if len(literals) > 1 else each
            case tests.Includes(variable, code):
                return f"selected({self._name(variable)}, '{code}')"
            case tests.Answered(variable):
                return self._there(variable)
            case tests.Relation(sign, left, right):
                return self._relation(sign, left, right)
            case tests.Matches(variable, pattern, shortest, longest):
                return f"regex({self._name(variable)}, '{pattern_of(pattern, shortest, longest)}')"
            case tests.Fits(part, form):
                return f"regex({self.expression(part)}, {_quoted(f'^({form})$')})"

    def _part(self, node: Node, bracketed: type) -> str:
        return f"({self.written(node)})" if isinstance(node, bracketed) else self.written(node)

    def _name(self, variable: str) -> str:
        if variable == THIS_ROUND:
            return "position(..)"
        if variable in self._names:
            return f"${{{self._names[variable]}}}"
        return self._of_a_round(variable)

    def _of_a_round(self, variable: str) -> str:
        """age_3: that of the third round."""
        name, dot, item = variable.partition(".")
        base, _, number = name.rpartition("_")
        of_each = f"{base}{dot}{item}"
        section = self._rosters.get(of_each)
        if section is None or not number.isdigit():
            raise NotSayable
        named, repeated = self._names[of_each], self._names[f"section {section.id}"]
        return f"indexed-repeat(${{{named}}}, ${{{repeated}}}, {number})"

    def _held(self, variable: str) -> str:
        """What it holds, of a round too."""
        if variable == THIS_ROUND:
            return NUMBER
        name, dot, item = variable.partition(".")
        return self._holds.get(variable) or self._holds[f"{name.rpartition('_')[0]}{dot}{item}"]

    def _there(self, variable: str) -> str:
        if variable in self._calculated and self._held(variable) == NUMBER:
            return f"string(number({self._name(variable)})) != 'NaN'"
        return f"{self._name(variable)} != ''"

    def _compare(self, variable: str, sign: str, literal: str | int | float) -> str:
        name, holds = self._name(variable), self._held(variable)
        if holds == TIME:
            hours, _, minutes = str(literal).partition(":")
            test = f"{minutes_of(name)} {_sign(sign)} {int(hours) * 60 + int(minutes)}"
        elif holds == DATE:
            test = f"{name} {_sign(sign)} date('{literal}')"
        elif isinstance(literal, str):
            test = f"{name} {_sign(sign)} {_quoted(literal)}"
        else:
            test = f"{name} {_sign(sign)} {number_text(literal)}"
        return f"({self._there(variable)} and {test})" if sign == "!=" else test

    def _relation(self, sign: str, left: Expression, right: Expression) -> str:
        named = dict.fromkeys((*expressions.variables(left), *expressions.variables(right)))
        guarded = [one for one in named if one != expressions.TODAY and self._held(one) not in (NUMBER, DATE, TIME)]
        if sign in ("==", "!="):
            guarded = [one for one in named if one != expressions.TODAY]
        sides = [self.expression(one) for one in (left, right)]
        if all(self._is_time(one) for one in (left, right)):
            sides = [self._clock(one) for one in (left, right)]
        if sign in ("==", "!=") and any(_divides(one) for one in (left, right)):
            sides = [f"round({one}, 6)" for one in sides]
        parts = [
            *(self._there(one) for one in self._needed(guarded, left, right)),
            f"{sides[0]} {_sign(sign)} {sides[1]}",
        ]
        return f"({' and '.join(parts)})" if len(parts) > 1 else parts[0]

    def _needed(self, guarded: list[str], left: Expression, right: Expression) -> list[str]:
        """``sum`` passes over what has no answer: then it need not be there, though one of them must."""
        if any(isinstance(one, expressions.Sum) for one in (left, right)):
            return []
        return guarded

    def _is_time(self, one: Expression) -> bool:
        if isinstance(one, expressions.Answer):
            return one.variable != expressions.TODAY and self._held(one.variable) == TIME
        return isinstance(one, str) and ":" in one

    def _clock(self, one: Expression) -> str:
        if isinstance(one, expressions.Answer):
            return minutes_of(self._name(one.variable))
        hours, _, minutes = str(one).partition(":")
        return str(int(hours) * 60 + int(minutes))

    def expression(self, tree: Expression) -> str:
        match tree:
            case expressions.Answer(variable):
                return "today()" if variable == expressions.TODAY else self._name(variable)
            case expressions.Arithmetic(sign, left, right):
                return f"({self.expression(left)} {'div' if sign == '/' else sign} {self.expression(right)})"
            case expressions.Sum((expressions.Each(expressions.Answer(variable)),)):
                return f"sum({self._name(variable)})"
            case expressions.Function(("min" | "max") as name, (expressions.Each(expressions.Answer(variable)),)):
                return f"{name}({self._name(variable)})"
            case expressions.Rounds(roster):
                return f"count(${{{self._names[f'section {roster}']}}})"
            case expressions.Each():
                raise NotSayable
            case expressions.Sum(parts):
                return self._sum(parts)
            case expressions.Count(variable):
                return f"count-selected({self._name(variable)})"
            case expressions.YearsBetween(first, last):
                return self._years(self.expression(first), self.expression(last))
            case expressions.Rounded(part, decimals):
                return f"round({self.expression(part)}, {decimals})"
            case expressions.If(test, then, otherwise):
                assert isinstance(test, tests.Held)
                branches = (self.expression(one) for one in (then, otherwise))
                return f"if({self.written(test.tree)}, {', '.join(branches)})"
            case expressions.Function(name, parts):
                return self._function(name, parts)
            case str():
                return f"date('{tree}')" if _DAY.fullmatch(tree) else _quoted(tree)
        return number_text(tree)

    def _function(self, name: str, parts: tuple[Expression, ...]) -> str:
        said = [self.expression(one) for one in parts]
        match name:
            case "floor":
                return f"floor(round({said[0]}, 6))"
            case "mod":
                return f"({said[0]} mod {said[1]})"
            case "days_between":
                return f"round(decimal-date-time({said[1]}) - decimal-date-time({said[0]}))"
            case "length":
                return f"string-length({said[0]})"
            case "number":
                return f"number({said[0]})"
            case "join":
                return f"concat({', '.join(said)})"
            case "min" | "max" if len(parts) == 1:
                return said[0]
            case "min" | "max" if len(parts) == 2 and all(isinstance(one, expressions.Answer) for one in parts):
                one, other = said
                both = f"string(number({one})) != 'NaN' and string(number({other})) != 'NaN'"
                return f"if({both}, {name}({one}, {other}), number(coalesce({one}, {other})))"
        raise NotSayable

    def _sum(self, parts: tuple[Expression, ...]) -> str:
        """Of those that were answered; nothing where none was."""
        said = []
        for one in parts:
            if not isinstance(one, expressions.Answer | int | float):
                raise NotSayable
            said.append(f"coalesce({self.expression(one)}, 0)" if isinstance(one, expressions.Answer) else str(one))
        total = f"({' + '.join(said)})"
        if any(not isinstance(one, expressions.Answer) for one in parts):
            return total
        there = " or ".join(self._there(name) for one in parts for name in expressions.variables(one))
        return f"if({there}, {total}, number('NaN'))"

    @staticmethod
    def _years(first: str, last: str) -> str:
        def part(day: str, form: str) -> str:
            return f"number(format-date({day}, '{form}'))"

        before = f"if({part(last, '%m%d')} < {part(first, '%m%d')}, 1, 0)"
        return f"({part(last, '%Y')} - {part(first, '%Y')} - {before})"


def minutes_of(name: str) -> str:
    """A time of the day as whole minutes: texts have no order there."""
    return f"round(decimal-time({name}) * 1440)"


def _quoted(words: str) -> str:
    """XPath has no way to write both kinds of quotes into one text, nor has this language."""
    return f'"{words}"' if "'" in words else f"'{words}'"


def _sign(sign: str) -> str:
    return "=" if sign == "==" else sign


def _divides(tree: Expression) -> bool:
    match tree:
        case expressions.Arithmetic(sign, left, right):
            return sign == "/" or _divides(left) or _divides(right)
        case expressions.Sum(parts):
            return any(map(_divides, parts))
        case expressions.Rounded(part, _):
            return _divides(part)
        case expressions.If(_, then, otherwise):
            return _divides(then) or _divides(otherwise)
        case expressions.Function(name, parts):
            return name in ("min", "max", "mod") and any(map(_divides, parts))
    return False


def number_text(value: object) -> str:
    """A number as XPath reads it: no exponent."""
    if isinstance(value, float):
        return (
            str(int(value))
            if value.is_integer()
            else format(value, ".15g" if abs(value) >= 1e-4 else ".20f").rstrip("0")
        )
    return str(value)
