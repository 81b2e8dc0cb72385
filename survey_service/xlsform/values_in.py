"""What the expressions of XLSForm come to: numbers, days, times and words, as they are written here.

There everything is a text that is read as a number where one is wanted; here a value is of one kind, which is worked
out from what the answers hold. What cannot be said raises XPathFault with the reason.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from questionnaires.functions import is_day
from questionnaires.rosters import THIS_ROUND
from survey_service.xlsform.names import (
    CHOICE,
    CHOICES,
    DATE,
    LABEL,
    NOTHING,
    NUMBER,
    RANKS,
    ROSTER,
    TEXT,
    TIME,
    Target,
)
from survey_service.xlsform.sight import in_round
from survey_service.xlsform.xpath import (
    COMPARISONS,
    Call,
    Number,
    Operation,
    Reference,
    String,
    XPath,
    XPathFault,
    parts,
)

NO_NUMBER: Final = "0 / 0"  # as a blank is written where a number is wanted: nothing comes of it
_OPERATORS: Final = {"+": "+", "-": "-", "*": "*", "div": "/"}
_MOST_CODES: Final = 12  # of a list whose codes are told one by one as numbers
_SAME_DAY: Final = frozenset({"date", "date-time", "decimal-date-time", "floor", "int", "string", "number"})
TESTS: Final = frozenset(
    {"selected", "regex", "contains", "starts-with", "ends-with", "not", "boolean", "true", "false"}
)
_LONGEST: Final = 4  # how often a name may stand for another expression, one inside the other


class Values(ABC):
    """``own``: what ``.`` stands for."""

    def __init__(self, known: Mapping[str, Target], own: Target | None = None) -> None:
        self._known = known
        self._own = own
        self.years = False  # whether days by 365 have become full years
        self.no_options: list[str] = []  # codes that a list does not have: a test for one never holds
        self.first: list[str] = []  # names that stand in a group that repeats, of whose answers the first is taken
        self._over_rounds = False  # what is read stands for every round of such a group
        self._read: dict[tuple[int, bool], tuple[XPath, tuple[str, str]]] = {}
        """What was read already: of an if inside of an if each branch is looked at several times."""

    @abstractmethod
    def condition(self, tree: XPath) -> str | bool:
        """As it is written here; True or False where it always or never holds."""

    @abstractmethod
    def _word(self, tree: XPath) -> str:
        """Words that are written out."""

    def target(self, one: Reference) -> Target:
        found = self._known.get(one.name) if one.name else self._own
        if found is None:
            raise XPathFault(f"没有“{one.name or '.'}”这道题", f"there is no question {one.name or '.'}")
        if found.holds == NOTHING:
            raise XPathFault(f"“{one.name}”没有带过来", f"{one.name} is not carried")
        if found.holds == LABEL:
            raise XPathFault(f"“{one.name}”是选项的文字，不能拿来比", f"{one.name} is the words of an option")
        if found.holds == ROSTER:
            raise XPathFault(f"“{one.name}”是一个重复组", f"{one.name} is a repeated group")
        if found.each and self._over_rounds:
            return replace(found, variable=found.each)
        if found.each:
            self.first.append(one.name)
        return found

    def plain(self, tree: XPath) -> XPath:
        """What a name stands for where it is the name of something that is always the same."""
        for _ in range(_LONGEST):
            if not isinstance(tree, Reference) or not tree.name:
                return tree
            found = self._known.get(tree.name)
            if found is None or found.instead is None:
                return tree
            tree = found.instead
        return tree

    # ------------------------------------------------------------ of any kind

    def valued(self, tree: XPath) -> tuple[str, str]:
        """What it holds (NUMBER, DATE, TIME or TEXT), and how it is written."""
        known = self._read.get((id(tree), self._over_rounds))
        if known is None:  # the tree is held, so that its id cannot have passed to another
            known = self._read[id(tree), self._over_rounds] = (tree, self._valued(tree))
        return known[1]

    def _valued(self, tree: XPath) -> tuple[str, str]:
        tree = self.plain(tree)
        match tree:
            case Number(text):
                return NUMBER, number_of(text)
            case String(text):
                return (DATE, f'"{text}"') if is_day(text) else (TEXT, quoted(text))
            case Reference():
                return self._answer(self.target(tree))
            case Operation(sign, _, _) if sign in (*COMPARISONS, "and", "or"):
                return self._truth(tree)
            case Operation():
                return NUMBER, self._arithmetic(tree)
            case Call(name, _) if name in TESTS:
                return self._truth(tree)
            case Call("if", (test, then, otherwise)):
                return self._either(self.condition(test), then, otherwise)
            case Call("coalesce", (first, (Number("0") | String("0")))) if self._numeric(first):
                return NUMBER, f"sum({self.number(first)}, 0)"
            case Call("coalesce", (first, other)):
                return self._either(self.condition(Operation("!=", first, String(""))), first, other)
            case Call("once", (inner,)):
                return self.valued(inner)
            case Call("indexed-repeat", (Reference() as one, Reference(), place)):
                return self._answer(self._in_round(one, self.plain(place)))
            case Call("join", (separator, Reference() as one)) if self._seen_outside(one):
                return TEXT, self._joined_rounds(one, self._word(separator))
            case Call("concat" | "string", (Reference() as one,)) if self._seen_outside(one):
                return TEXT, self._joined_rounds(one, "")
            case Call("concat", parts) if parts:
                return TEXT, f"join({', '.join(self.words(part) for part in parts)})"
            case Call("string", (inner,)):
                return TEXT, f"join({self.words(inner)})"
            case Call(("date" | "date-time" | "today" | "now"), _):
                return DATE, self._day(tree)
            case Call(("format-date" | "format-date-time"), (inner, String(form))) if form == "%Y-%m-%d":
                return DATE, self._day(inner)
            case Call():
                return NUMBER, self._called(tree)
        raise XPathFault("这样的算式这里没有", "there is no such expression here")

    def _answer(self, one: Target) -> tuple[str, str]:
        if one.holds in (NUMBER, DATE, TIME, TEXT):
            return one.holds, one.variable
        if one.holds == CHOICE:
            return TEXT, self._code_as_written(one)
        raise XPathFault(
            f"“{one.variable}”不是一个数，也不是一段文字", f"{one.variable} is neither a number nor a text"
        )

    def _code_as_written(self, one: Target) -> str:
        """The code as it is there."""
        if all(seen == here for seen, here in _pairs(one)):
            return one.variable
        return self._by_code(one, {here: quoted(seen) for seen, here in _pairs(one)}, '""')

    @staticmethod
    def _by_code(one: Target, worth: Mapping[str, str], nothing: str) -> str:
        if len(worth) > _MOST_CODES:
            raise XPathFault(f"“{one.variable}”的选项太多，代码又改过", f"too many options of {one.variable}, recoded")
        said = nothing
        for here, value in reversed(list(worth.items())):
            said = f'if({one.variable} == "{here}", {value}, {said})'
        return said

    def _truth(self, tree: XPath) -> tuple[str, str]:
        held = self.condition(tree)
        if isinstance(held, bool):
            return TEXT, '"true"' if held else '"false"'
        return TEXT, f'if({held}, "true", "false")'

    def _either(self, test: str | bool, then: XPath, otherwise: XPath) -> tuple[str, str]:
        if isinstance(test, bool):
            return self.valued(then if test else otherwise)
        if self._numeric(then) and self._numeric(otherwise) and not (_blank(then) and _blank(otherwise)):
            return NUMBER, f"if({test}, {self.number(then)}, {self.number(otherwise)})"
        kinds = {self.valued(one)[0] for one in (then, otherwise) if not _blank(one)}
        if kinds == {DATE} and not (_blank(then) or _blank(otherwise)):
            return DATE, f"if({test}, {self.valued(then)[1]}, {self.valued(otherwise)[1]})"
        return TEXT, f"if({test}, {self._as_text(then)}, {self._as_text(otherwise)})"

    def _as_text(self, tree: XPath) -> str:
        kind, said = self.valued(tree)
        return said if kind == TEXT else f"join({said})"

    def words(self, tree: XPath) -> str:
        """As one part of a text: whatever is no list of codes stands in one."""
        return self.valued(tree)[1]

    # ------------------------------------------------------------ numbers

    def _numeric(self, tree: XPath) -> bool:
        """Whether it is a number there: what is said in quotes too, a blank, a choice whose codes are numbers."""
        tree = self.plain(tree)
        if isinstance(tree, String):
            return tree.text == "" or bool(re.fullmatch(r"-?[0-9]*\.?[0-9]+", tree.text))
        if isinstance(tree, Reference):
            one = self.target(tree)
            return one.holds == NUMBER or (one.holds == CHOICE and bool(one.numeric()))
        if isinstance(tree, Call) and tree.name == "if" and len(tree.arguments) == 3:
            return all(self._numeric(one) for one in tree.arguments[1:])
        return self.valued(tree)[0] == NUMBER

    def number(self, tree: XPath) -> str:
        """A number as it is written here."""
        tree = self.plain(tree)
        match tree:
            case String(""):
                return NO_NUMBER
            case String(text):
                return number_of(text)
            case Reference():
                one = self.target(tree)
                match one.holds:
                    case "number":
                        return one.variable
                    case "choice":
                        return self._code_as_number(one)
                    case "text":
                        return f"number({one.variable})"
                raise XPathFault(f"“{one.variable}”不是数", f"{one.variable} is no number")
            case Call(name, _) if name in TESTS:
                return self._one_or_none(tree)
            case Operation(sign, _, _) if sign in (*COMPARISONS, "and", "or"):
                return self._one_or_none(tree)
        kind, said = self.valued(tree)
        if kind == TEXT:
            return f"number({said})"
        if kind != NUMBER:
            raise XPathFault("日期不能当数来算", "a day is no number")
        return said

    def _one_or_none(self, tree: XPath) -> str:
        held = self.condition(tree)
        return ("1" if held else "0") if isinstance(held, bool) else f"if({held}, 1, 0)"

    def _code_as_number(self, one: Target) -> str:
        if not one.numeric():
            raise XPathFault(f"“{one.variable}”的代码不是数", f"the codes of {one.variable} are no numbers")
        if all(seen == here for seen, here in _pairs(one)):
            return f"number({one.variable})"
        return self._by_code(one, {here: number_of(seen) for seen, here in _pairs(one)}, NO_NUMBER)

    def _arithmetic(self, tree: Operation) -> str:
        sign, left, right = tree.operator, tree.left, tree.right
        if sign == "-" and (one := self.dated(left)) and (other := self.dated(right)):
            return apart(other, one)
        if sign == "mod":
            return f"mod({self.number(left)}, {self.number(right)})"
        if sign not in _OPERATORS:
            raise XPathFault("这样的算式这里没有", "there is no such expression here")
        return f"({self.number(left)} {_OPERATORS[sign]} {self.number(right)})"

    def _called(self, tree: Call) -> str:
        match tree.name, tree.arguments:
            case "number", (String("NaN"),):
                return NO_NUMBER
            case "number", (Call("format-date", (inner, String("%Y"))),):
                return f'(years_between("0001-01-01", {self._day(inner)}) + 1)'
            case "number", (inner,):
                return self.number(inner)
            case "round", (inner,):
                return f"round({self.number(inner)})"
            case "round", (inner, Number(decimals)) if decimals in "0123456":
                return f"round({self.number(inner)}, {decimals})"
            case "count-selected", (Reference() as one,) if self.target(one).holds == CHOICE:
                return f"if(answered({self.target(one).variable}), 1, 0)"
            case "count-selected", (Reference() as one,):
                return f"sum(count({self.several(one).variable}), 0)"
            case (("difference-in-days" | "cht:difference-in-days" | "difference-in-weeks"), (first, last)):
                days = f"days_between({self._day(first)}, {self._day(last)})"
                return days if tree.name.endswith("days") else f"floor({days} / 7)"
            case (("difference-in-years" | "cht:difference-in-years"), (first, last)):
                return f"years_between({self._day(first)}, {self._day(last)})"
            case "string-length", (inner,):
                return f"sum({self.length(inner)}, 0)"
            case (("int" | "floor" | "round"), (Operation("div", days, Number(by)),)) if by.startswith("365"):
                return self._years(tree.name, days, by)
            case (("int" | "floor"), (inner,)):
                said = self.number(inner)
                if isinstance(inner, Reference) and self.target(inner).whole:
                    return said
                return f"floor({said})" if tree.name == "floor" else f"({said} - mod({said}, 1))"
            case "abs", (inner,):
                said = self.number(inner)
                return f"max({said}, 0 - {said})"
            case (("min" | "max"), parts) if len(parts) > 1:
                return f"{tree.name}({', '.join(map(self.number, parts))})"
            case ("sum" | "min" | "max") as name, (inner,) if self._goes_over_rounds(inner):
                return f"{name}(each({self._each(lambda: self.number(inner))}))"
            case "count", (Reference() as one,) if (known := self._known.get(one.name)) and known.roster:
                if known.holds == ROSTER or known.each:
                    return f"rounds({known.roster})"
                return "1"
            case "count-non-empty", (Reference() as one,) if self._seen_outside(one):
                return f"sum(each({self._each(lambda: f'if(answered({self.target(one).variable}), 1, 0)')}))"
            case "sum", (Reference() as one,) if self.target(one).holds == NUMBER:
                return self.number(one)
        raise XPathFault(f"这里没有 {tree.name}()", f"there is no {tree.name}() here")

    def _years(self, name: str, days: XPath, by: str) -> str:
        """Full years, where days between two dates are divided by those of a year."""
        if isinstance(days, Operation) and days.operator == "-":
            first, last = self.dated(days.right), self.dated(days.left)
            if first and last and not (first[1] or last[1]):
                self.years = True
                return f"years_between({first[0]}, {last[0]})"
        return f"{'round' if name == 'round' else 'floor'}({self.number(days)} / {by})"

    # ------------------------------------------------------------ groups that repeat, seen from outside

    def _seen_outside(self, one: Reference) -> bool:
        found = self._known.get(one.name)
        return found is not None and bool(found.each)

    def _goes_over_rounds(self, tree: XPath) -> bool:
        return any(isinstance(one, Reference) and self._seen_outside(one) for one in parts(tree))

    def _each(self, read: Callable[[], str]) -> str:
        """What is read while names stand for every round."""
        before, self._over_rounds = self._over_rounds, True
        try:
            return read()
        finally:
            self._over_rounds = before

    def _target_of_each(self, one: Reference) -> Target:
        before, self._over_rounds = self._over_rounds, True
        try:
            return self.target(one)
        finally:
            self._over_rounds = before

    def _joined_rounds(self, one: Reference, separator: str) -> str:
        """The words of every round that has an answer, with what stands between them."""

        def each() -> str:
            between = f'if({THIS_ROUND} > 1, {quoted(separator)}, ""), ' if separator else ""
            words = f"join({between}{self.words(one)})"
            return f'if(answered({self.target(one).variable}), {words}, "")'

        return f"join(each({self._each(each)}))"

    def _in_round(self, one: Reference, place: XPath) -> Target:
        """The answer of one round."""
        found = self._known.get(one.name)
        if found is None or not isinstance(place, Number) or not place.text.isdigit():
            raise XPathFault("要写明第几轮", "the number of the round has to be written out")
        variable = found.each or found.variable
        return replace(self._target_of_each(one), variable=in_round(variable, int(place.text)))

    def several(self, one: Reference) -> Target:
        found = self.target(one)
        if found.holds not in (CHOICES, RANKS):
            raise XPathFault(f"“{found.variable}”不是多选题", f"{found.variable} is no multiple choice")
        return found

    def length(self, tree: XPath) -> str:
        return f"length({self._as_text(tree)})"

    # ------------------------------------------------------------ days

    def _day(self, tree: XPath) -> str:
        found = self.dated(tree)
        if found is None or found[1]:
            raise XPathFault("算出来的日期这里没有", "no day is calculated here")
        return found[0]

    def dated(self, tree: XPath) -> tuple[str, str] | None:
        """A day, and how many days are added to it ("" for none); None for what is no day."""
        tree = self.plain(tree)
        match tree:
            case Call(("today" | "now"), ()):
                return "today", ""
            case String(text) if is_day(text[:10]) and len(text) in (10, *range(16, 30)):
                return f'"{text[:10]}"', ""
            case Reference():
                one = self.target(tree)
                return (one.variable, "") if one.holds == DATE else None
            case Call(("if" | "coalesce"), _) if self.valued(tree)[0] == DATE:
                return self.valued(tree)[1], ""
            case Call(("format-date" | "format-date-time"), (inner, String("%Y-%m-%d"))):
                return self.dated(inner)
            case Call(name, (inner,)) if name in _SAME_DAY:
                return self.dated(inner)
            case Operation(("+" | "-") as sign, left, right):
                day = self.dated(left)
                if day is None or self.dated(right) is not None:
                    return None
                return day[0], f"{day[1]} {sign} {self.number(right)}".strip() if day[1] else _signed(
                    sign, self.number(right)
                )
        return None


def _pairs(one: Target) -> list[tuple[str, str]]:
    """Codes there, with each of those that they are here."""
    return [(seen, each) for seen, here in one.codes.items() for each in one.twins.get(seen, (here,))]


def apart(first: tuple[str, str], last: tuple[str, str]) -> str:
    """The days from one to the other."""
    said = f"days_between({first[0]}, {last[0]})"
    if last[1]:
        said = f"{said} + ({last[1]})"
    return f"({said} - ({first[1]}))" if first[1] else f"({said})" if last[1] else said


def _signed(sign: str, number: str) -> str:
    return number if sign == "+" else f"0 - {number}"


def _blank(tree: XPath) -> bool:
    return isinstance(tree, String) and tree.text == ""


def quoted(words: str) -> str:
    """Words in the quotes of conditions, which know no way to write both kinds into one."""
    if "\\" in words or ('"' in words and "'" in words):
        raise XPathFault("这段文字里的引号写不进条件", "the quotes of these words cannot be written into a condition")
    return f"'{words}'" if '"' in words else f'"{words}"'


def number_of(text: str) -> str:
    plain = text.strip()
    if not re.fullmatch(r"-?[0-9]*\.?[0-9]+", plain):
        raise XPathFault(f"“{text}”不是数", f"{text} is no number")
    sign, digits = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    return f"{sign}{'0' if digits.startswith('.') else ''}{digits}"
