"""Expressions of XLSForm as conditions of this service. What they mean is kept, also where an answer is missing.

There ``!=`` holds where nothing was answered, and here it does not: ``${q} != 'a'`` is ``not q == "a"``. What cannot be
said raises XPathFault with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from questionnaires.expressions import is_day
from survey_service.xlsform.names import CHOICE, CHOICES, DATE, NOTHING, NUMBER, RANKS, TEXT, TIME, Target
from survey_service.xlsform.patterns import form_of
from survey_service.xlsform.xpath import COMPARISONS, Call, Number, Operation, Reference, String, XPath, XPathFault

_FLIPPED: Final = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_HOLDS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}
_OPERATORS: Final = {"+": "+", "-": "-", "*": "*", "div": "/"}
_ZERO: Final = ("0", "")


class Reader:
    """Reads the expressions of one form. ``own``: what ``.`` stands for."""

    def __init__(self, known: Mapping[str, Target], own: Target | None = None) -> None:
        self._known = known
        self._own = own
        self.years = False  # whether days by 365 have become full years

    # ------------------------------------------------------------ conditions

    def condition(self, tree: XPath) -> str | bool:
        """As it is written here; True or False where it always or never holds."""
        match tree:
            case Operation("and" | "or" as word, left, right):
                return _joined(word, self.condition(left), self.condition(right))
            case Operation(sign, left, right) if sign in COMPARISONS:
                return self._comparison(sign, left, right)
            case Call("not", (inner,)):
                return negated(self.condition(inner))
            case Call("boolean", (inner,)):
                return self.condition(inner)
            case Call("true", ()):
                return True
            case Call("false", ()):
                return False
            case Call("selected", (Reference() as one, code)):
                return self._selected(self.target(one), _word(code))
            case Call("regex", (Reference() as one, String(pattern))):
                return self._regex(self.target(one), pattern)
            case Number(text):
                return float(text) != 0
            case String(text):
                return text != ""
            case Call(name, _):
                raise XPathFault(f"这里没有 {name}()", f"there is no {name}() here")
        raise XPathFault("没有比较", "nothing is compared")

    def target(self, one: Reference) -> Target:
        found = self._known.get(one.name) if one.name else self._own
        if found is None:
            raise XPathFault(f"没有“{one.name or '.'}”这道题", f"there is no question {one.name or '.'}")
        if found.holds == NOTHING:
            raise XPathFault(f"“{one.name}”没有带过来", f"{one.name} is not carried")
        return found

    def _selected(self, one: Target, code: str) -> str:
        if one.holds not in (CHOICE, CHOICES):
            raise XPathFault(f"“{one.variable}”不是选择题", f"{one.variable} is no choice")
        here = _code(one, code)
        return f'"{here}" in {one.variable}' if one.holds == CHOICES else f'{one.variable} == "{here}"'

    def _regex(self, one: Target, pattern: str) -> str:
        form = form_of(pattern)
        if one.holds != TEXT or form is None:
            raise XPathFault(
                "只有几种固定的格式可以核对（电话、邮编、代码）", "a text is held against a few named forms only"
            )
        return f"matches({one.variable}, {form})"

    def _comparison(self, sign: str, left: XPath, right: XPath) -> str | bool:
        if isinstance(left, String | Number) and not isinstance(right, String | Number):
            return self._comparison(_FLIPPED[sign], right, left)
        if isinstance(left, Number) and isinstance(right, Number) and sign in ("=", "!="):
            return (float(left.text) == float(right.text)) is (sign == "=")
        match left, right:
            case Reference(), String(""):
                return self._emptiness(sign, self.target(left))
            case Call("string-length", (Reference() as one,)), Number(length):
                return self._length(sign, self.target(one), float(length))
            case Call("count-selected", (Reference() as one,)), Number(count):
                return self._count(sign, self.target(one), count)
            case Call("round", (Operation("*", Call("decimal-time", (Reference() as one,)), Number("1440")),)), Number(
                minutes
            ):
                whole = int(float(minutes))
                return _test(sign, self.target(one).variable, f'"{whole // 60:02}:{whole % 60:02}"')
            case Reference(), _:
                if isinstance(right, String | Number):
                    return self._literal(sign, self.target(left), right.text)
                if isinstance(right, Reference):
                    return self._two(sign, self.target(left), self.target(right))
        return _test(sign, self.expression(left), self.expression(right))

    def _emptiness(self, sign: str, one: Target) -> str:
        if sign not in ("=", "!="):
            raise XPathFault("与空文字比大小", "an order with an empty text")
        return f"answered({one.variable})" if sign == "!=" else f"not answered({one.variable})"

    def _length(self, sign: str, one: Target, length: float) -> str:
        if (sign, length) in ((">", 0), (">=", 1), ("!=", 0)):
            return f"answered({one.variable})"
        if (sign, length) in (("=", 0), ("<", 1), ("<=", 0)):
            return f"not answered({one.variable})"
        raise XPathFault("文字的长短不能作条件", "the length of a text is no condition")

    def _count(self, sign: str, one: Target, count: str) -> str:
        if one.holds != CHOICES:
            raise XPathFault(f"“{one.variable}”不是多选题", f"{one.variable} is no multiple choice")
        if sign in (">", ">=") and float(count) >= (0 if sign == ">" else 1):
            return f"count({one.variable}) {sign} {count}"
        return _test(sign, f"sum(count({one.variable}), 0)", count)

    def _literal(self, sign: str, one: Target, text: str) -> str:
        name = one.variable
        match one.holds:
            case "choice" if sign in ("=", "!="):
                return _test(sign, name, f'"{_code(one, text)}"')
            case "choice":
                numeric, limit = one.numeric(), _number(text)
                found = [code for value, code in numeric if _HOLDS[sign](value, float(limit))]
                if not found:
                    raise XPathFault("选项代码不是数，或者没有一个符合", "the codes are no numbers, or none fits")
                return _among(name, found)
            case "choices" if sign in ("=", "!="):
                alone = f'("{_code(one, text)}" in {name} and count({name}) == 1)'
                return alone if sign == "=" else f"not {alone}"
            case "number":
                return _test(sign, name, _number(text))
            case "date" if is_day(text):
                return _test(sign, name, f'"{text}"')
            case "time" if re.fullmatch(r"[0-2][0-9]:[0-5][0-9]", text[:5]):
                return _test(sign, name, f'"{text[:5]}"')
        raise XPathFault(f"“{name}”不能与“{text}”相比", f"{name} cannot be compared with {text}")

    def _two(self, sign: str, one: Target, other: Target) -> str:
        if one.holds != other.holds or one.holds in (CHOICES, RANKS, TEXT):
            raise XPathFault("两题的答案不能相比", "the two answers cannot be compared")
        if one.holds == CHOICE and (sign not in ("=", "!=") or dict(one.codes) != dict(other.codes)):
            raise XPathFault("两题的代码不能相比", "the codes of the two cannot be compared")
        if sign not in ("=", "!="):
            return f"{one.variable} {sign} {other.variable}"
        # There two blanks are equal; here what has no answer equals nothing.
        both = f"(not answered({one.variable}) and not answered({other.variable}))"
        equal = f"({one.variable} == {other.variable} or {both})"
        return equal if sign == "=" else f"not {equal}"

    # ------------------------------------------------------------ expressions

    def expression(self, tree: XPath) -> str:
        """A number, a day or a time as it is written here."""
        match tree:
            case Number(text):
                return _number(text)
            case String(text) if is_day(text):
                return f'"{text}"'
            case Reference():
                one = self.target(tree)
                if one.holds in (NUMBER, DATE, TIME):
                    return one.variable
                raise XPathFault(f"“{one.variable}”不是数", f"{one.variable} is no number")
            case Operation(sign, left, right) if sign in _OPERATORS:
                return f"({self.expression(left)} {_OPERATORS[sign]} {self.expression(right)})"
            case Call(name, arguments):
                return self._call(name, arguments)
        raise XPathFault("这样的算式这里没有", "there is no such expression here")

    def _call(self, name: str, arguments: Sequence[XPath]) -> str:
        match name, tuple(arguments):
            case "today", ():
                return "today"
            case (("date" | "number" | "decimal-date-time" | "string"), (inner,)) if name in ("date", "number"):
                return self.expression(inner)
            case "round", (inner,):
                return f"round({self.expression(inner)})"
            case "round", (inner, Number(decimals)):
                return f"round({self.expression(inner)}, {decimals})"
            case "coalesce", (inner, (Number(zero) | String(zero))) if zero in _ZERO:
                return f"sum({self.expression(inner)}, 0)"
            case "count-selected", (Reference() as one,):
                return f"sum(count({self.target(one).variable}), 0)"
            case (("int" | "floor" | "round"), (Operation("div", Operation("-", last, first), Number(days)),)) if (
                days.startswith("365")
            ):
                years = f"years_between({self.expression(first)}, {self.expression(last)})"
                self.years = True
                return years
            case "int", (Reference() as one,) if self.target(one).holds == NUMBER:
                return self.expression(one)
        raise XPathFault(f"这里没有 {name}()", f"there is no {name}() here")


def negated(condition: str | bool) -> str | bool:
    if isinstance(condition, bool):
        return not condition
    if condition.startswith("not ") and not _several(condition):
        return condition.removeprefix("not ")
    return f"not ({condition})" if _several(condition) else f"not {condition}"


def _several(condition: str) -> bool:
    """Whether words join its parts outside of parentheses."""
    depth = 0
    for word in re.findall(r'"[^"]*"|[()]|\w+', condition):
        depth += (word == "(") - (word == ")")
        if depth == 0 and word in ("and", "or"):
            return True
    return False


def _joined(word: str, left: str | bool, right: str | bool) -> str | bool:
    settles = word == "or"  # true settles an or, false an and
    for one, other in ((left, right), (right, left)):
        if isinstance(one, bool):
            return one if one is settles else other
    parts = (f"({one})" if word == "and" and _has_or(str(one)) else str(one) for one in (left, right))
    return f" {word} ".join(parts)


def _has_or(condition: str) -> bool:
    depth = 0
    for part in re.findall(r'"[^"]*"|[()]|\w+', condition):
        depth += (part == "(") - (part == ")")
        if depth == 0 and part == "or":
            return True
    return False


def _test(sign: str, left: str, right: str) -> str:
    if sign == "!=":
        return f"not {left} == {right}"
    return f"{left} {'==' if sign == '=' else sign} {right}"


def _among(name: str, codes: Sequence[str]) -> str:
    quoted = ", ".join(f'"{one}"' for one in codes)
    return f"{name} in [{quoted}]" if len(codes) > 1 else f"{name} == {quoted}"


def _word(tree: XPath) -> str:
    if isinstance(tree, String | Number):
        return tree.text
    raise XPathFault("选项要直接写出来", "the option has to be written out")


def _code(one: Target, seen: str) -> str:
    found = one.codes.get(seen.strip())
    if found is None:
        raise XPathFault(f"“{one.variable}”没有选项“{seen}”", f"{one.variable} has no option {seen}")
    return found


def _number(text: str) -> str:
    try:
        float(text)
    except ValueError:
        raise XPathFault(f"“{text}”不是数", f"{text} is no number") from None
    if not re.fullmatch(r"-?[0-9]*\.?[0-9]+", text.strip()):
        raise XPathFault(f"“{text}”不是数", f"{text} is no number")
    plain = text.strip()
    sign, digits = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    return f"{sign}{'0' if digits.startswith('.') else ''}{digits}"
