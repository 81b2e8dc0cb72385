"""Expressions of XLSForm as conditions of this service. What they mean is kept, also where an answer is missing.

There ``!=`` holds where nothing was answered, and here it does not: ``${q} != 'a'`` is ``not q == "a"``. What cannot be
said raises XPathFault with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from questionnaires.functions import is_day
from questionnaires.lists import ENTRY_CODE
from survey_service.xlsform.names import CHOICE, CHOICES, DATE, NUMBER, RANKS, TEXT, TIME, Target
from survey_service.xlsform.patterns import form_of, form_written_out, literally
from survey_service.xlsform.values_in import TESTS, Values, apart, number_of, quoted
from survey_service.xlsform.xpath import COMPARISONS, Call, Number, Operation, Reference, String, XPath, XPathFault

_FLIPPED: Final = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_HOLDS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}
_BY_THE_MOMENT: Final = {"<": "<=", ">=": ">"}  # a day before this moment is today or earlier


class Reader(Values):
    """Reads the expressions of one form."""

    def condition(self, tree: XPath) -> str | bool:
        tree = self.plain(tree)
        match tree:
            case Operation("and" | "or" as word, left, right):
                return _joined(word, self.condition(left), self.condition(right))
            case Operation(sign, left, right) if sign in COMPARISONS:
                return self._comparison(sign, self.plain(left), self.plain(right))
            case Operation():
                return f"{self.number(tree)} != 0"
            case Call("not", (inner,)):
                return negated(self.condition(inner))
            case Call("boolean", (inner,)):
                return self.condition(inner)
            case Call("true", ()):
                return True
            case Call("false", ()):
                return False
            case Call("if", (test, then, otherwise)):
                return self._if(self.condition(test), then, otherwise)
            case Call("selected", (Reference() as one, code)):
                return self._selected(self.target(one), self._word(code))
            case Call("regex", (one, String(pattern))):
                return self._regex(one, pattern)
            case Call(("contains" | "starts-with" | "ends-with") as name, (one, words)):
                return self._part_of(name, one, self._word(words))
            case Number(text):
                return float(text) != 0
            case String(text):
                return text != ""
            case Reference():
                return self._is_there(self.target(tree))
            case Call(name, _) if name not in TESTS:
                return f"{self.number(tree)} != 0"
            case Call(name, _):
                raise XPathFault(f"这样的 {name}() 这里没有", f"there is no such {name}() here")
        raise XPathFault("没有比较", "nothing is compared")

    def _is_there(self, one: Target) -> str:
        """An answer that stands alone: one that is given, and not 0."""
        return f"{one.variable} != 0" if one.holds == NUMBER else f"answered({one.variable})"

    def _if(self, test: str | bool, then: XPath, otherwise: XPath) -> str | bool:
        one, other = self.condition(then), self.condition(otherwise)
        if isinstance(test, bool):
            return one if test else other
        return _joined("or", _joined("and", test, one), _joined("and", negated(test), other))

    def _selected(self, one: Target, code: str) -> str | bool:
        if one.holds == TEXT:  # a list of words, of which one is asked for
            return f"fits({one.variable}, {quoted(f'(.* )?{literally(code)}( .*)?')})"
        if one.holds not in (CHOICE, CHOICES, RANKS):
            raise XPathFault(f"“{one.variable}”不是选择题", f"{one.variable} is no choice")
        here = self._codes(one, code)
        if not here:
            return False
        if one.holds == CHOICE:
            return _among(one.variable, here)
        tests = " or ".join(f'"{each}" in {one.variable}' for each in here)
        return f"({tests})" if len(here) > 1 else tests

    def _codes(self, one: Target, seen: str) -> tuple[str, ...]:
        """None where the list has none such: nobody can have chosen it. Several where it stands there twice."""
        found = one.codes.get(seen.strip())
        if found is None and one.open and ENTRY_CODE.fullmatch(seen.strip()):
            return (seen.strip(),)
        if found is None:
            self.no_options.append(seen)
            return ()
        return one.twins.get(seen.strip(), (found,))

    def _regex(self, tree: XPath, pattern: str) -> str:
        one = self.plain(tree)
        text = self.valued(one)[1]
        form = form_of(pattern)
        named = isinstance(one, Reference) and self.target(one).holds == TEXT and not self.target(one).calculated
        if form is not None and named:
            return f"matches({text}, {form})"
        written = form_written_out(pattern)
        if written is None:
            raise XPathFault("这种写法（正则表达式）这里没有", "there is no such form of a text here")
        return f"fits({self._a_text(one)}, {quoted(written)})"

    def _a_text(self, tree: XPath) -> str:
        """Words that have a form: the code of a choice is made one."""
        said = self._as_text(tree)
        choice = isinstance(tree, Reference) and self.target(tree).holds == CHOICE
        return f"join({said})" if choice else said

    def _part_of(self, name: str, tree: XPath, words: str) -> str | bool:
        one = self.plain(tree)
        if isinstance(one, Reference) and self.target(one).holds == CHOICES and name == "contains":
            target = self.target(one)
            meant = [seen for seen in target.codes if words in seen]
            if meant == [words]:
                return self._selected(target, words)
        form = f"{'' if name == 'starts-with' else '.*'}{literally(words)}{'' if name == 'ends-with' else '.*'}"
        return f"fits({self._a_text(one)}, {quoted(form)})"

    # ------------------------------------------------------------ comparisons

    def _comparison(self, sign: str, left: XPath, right: XPath) -> str | bool:
        if isinstance(left, String | Number) and isinstance(right, String | Number):
            return _of_literals(sign, left.text, right.text)
        if isinstance(left, String | Number):
            return self._comparison(_FLIPPED[sign], right, left)
        match left, right:
            case Reference(), String(""):
                return self._emptiness(sign, self.target(left))
            case Reference(), Call("string", (inner,)):
                return self._comparison(sign, left, self.plain(inner))
            case Call("string-length", (one,)), (Number(length) | String(length)):
                return self._length(sign, one, float(number_of(length)))
            case Call("count-selected", (Reference() as one,)), Number(count) if self.target(one).holds != CHOICE:
                return self._count(sign, self.several(one), count)
            case Call("round", (Operation("*", Call("decimal-time", (Reference() as one,)), Number("1440")),)), Number(
                minutes
            ):
                whole = int(float(minutes))
                return _test(sign, self.target(one).variable, f'"{whole // 60:02}:{whole % 60:02}"')
            case Call(), Call("true" | "false" as truth, ()) if sign in ("=", "!="):
                held = self.condition(left)
                return held if (truth == "true") is (sign == "=") else negated(held)
            case Reference(), (String(text) | Number(text)):
                return self._literal(sign, self.target(left), text)
            case Reference(), Reference() if not (self.dated(left) and self.dated(right)):
                return self._two(sign, self.target(left), self.target(right))
            case _, String(""):
                there = f"{self.length(left)} > 0"
                return there if sign == "!=" else negated(there)
        return self._worths(sign, left, right)

    def _worths(self, sign: str, left: XPath, right: XPath) -> str:
        one, other = self.dated(left), self.dated(right)
        if one is not None and other is not None:
            if _is_now(right):
                sign = _BY_THE_MOMENT.get(sign, sign)
            if one[1] or other[1]:
                start, end = (other[0], ""), (one[0], one[1])
                return _test(sign, apart(start, end), other[1] or "0")
            return _test(sign, one[0], other[0])
        kinds = {self.valued(part)[0] for part in (left, right)}
        if kinds == {TEXT} and sign in ("=", "!="):
            return _test(sign, self._as_text(left), self._as_text(right))
        if kinds == {TIME}:
            return _test(sign, self.valued(left)[1], self.valued(right)[1])
        return _test(sign, self.number(left), self.number(right))

    def _emptiness(self, sign: str, one: Target) -> str:
        if sign not in ("=", "!="):
            raise XPathFault("与空文字比大小", "an order with an empty text")
        return f"answered({one.variable})" if sign == "!=" else f"not answered({one.variable})"

    def _length(self, sign: str, tree: XPath, length: float) -> str:
        """A blank has no letters there, and no length here."""
        if isinstance(tree, Reference):
            there = f"answered({self.target(tree).variable})"
            if (sign, length) in ((">", 0), (">=", 1), ("!=", 0)):
                return there
            if (sign, length) in (("=", 0), ("<", 1), ("<=", 0)):
                return f"not {there}"
        said = self.length(tree)
        if sign in ("<", "<=", "!="):
            return f"not {said} {({'<': '>=', '<=': '>', '!=': '=='})[sign]} {length:g}"
        return f"{said} {'==' if sign == '=' else sign} {length:g}"

    def _count(self, sign: str, one: Target, count: str) -> str:
        if sign in (">", ">=") and float(count) >= (0 if sign == ">" else 1):
            return f"count({one.variable}) {sign} {count}"
        return _test(sign, f"sum(count({one.variable}), 0)", count)

    def _literal(self, sign: str, one: Target, text: str) -> str | bool:
        name = one.variable
        equal = sign in ("=", "!=")
        match one.holds:
            case "choice" if equal:
                here = self._codes(one, text)
                if not here:
                    return sign == "!="
                return _among(name, here) if sign == "=" else f"not {_among(name, here)}"
            case "choice":
                numeric, limit = one.numeric(), number_of(text)
                found = [code for value, code in numeric if _HOLDS[sign](value, float(limit))]
                if not numeric:
                    raise XPathFault("选项代码不是数", "the codes are no numbers")
                return _among(name, found) if found else False
            case "choices" if equal:
                here = self._codes(one, text)
                if not here:
                    return sign == "!="
                alone = f"({self._selected(one, text)} and count({name}) == 1)"
                return alone if sign == "=" else f"not {alone}"
            case "number" if equal and not re.fullmatch(r"\s*-?[0-9]*\.?[0-9]+\s*", text):
                return sign == "!="  # a number is no word
            case "number":
                return _test(sign, name, number_of(text))
            case "text" if equal:
                return _test(sign, name, quoted(text))
            case "text":
                return _test(sign, f"number({name})", number_of(text))
            case "date" if is_day(text):
                return _test(sign, name, f'"{text}"')
            case "time" if re.fullmatch(r"[0-2][0-9]:[0-5][0-9]", text[:5]):
                return _test(sign, name, f'"{text[:5]}"')
        raise XPathFault(f"“{name}”不能与“{text}”相比", f"{name} cannot be compared with {text}")

    def _two(self, sign: str, one: Target, other: Target) -> str:
        holds = {one.holds, other.holds}
        if holds & {CHOICES, RANKS} or (holds & {DATE, TIME} and len(holds) > 1):
            raise XPathFault("两题的答案不能相比", "the two answers cannot be compared")
        alike = one.holds == other.holds and (one.holds != CHOICE or dict(one.codes) == dict(other.codes))
        if sign not in ("=", "!=") or not alike:
            if holds <= {NUMBER, CHOICE, TEXT} and (sign not in ("=", "!=") or NUMBER in holds):
                return _test(sign, self.number_of_answer(one), self.number_of_answer(other))
            if sign not in ("=", "!=") or not holds <= {CHOICE, TEXT}:
                return f"{one.variable} {sign} {other.variable}"
        # There two blanks are equal; here what has no answer equals nothing.
        both = f"(not answered({one.variable}) and not answered({other.variable}))"
        sides = [answer if alike else self._answer(known)[1] for known in (one, other) for answer in [known.variable]]
        equal = f"({sides[0]} == {sides[1]} or {both})"
        return equal if sign == "=" else f"not {equal}"

    def number_of_answer(self, one: Target) -> str:
        match one.holds:
            case "choice":
                return self._code_as_number(one)
            case "text":
                return f"number({one.variable})"
        return one.variable

    def expression(self, tree: XPath) -> str:
        """A number, a day or a time as it is written here."""
        kind, said = self.valued(tree)
        return self.number(tree) if kind == TEXT else said

    def _word(self, tree: XPath) -> str:
        tree = self.plain(tree)
        if isinstance(tree, String | Number):
            return tree.text
        raise XPathFault("要直接写出来", "it has to be written out")


def negated(condition: str | bool) -> str | bool:
    if isinstance(condition, bool):
        return not condition
    if condition.startswith("not ") and not _several(condition):
        return condition.removeprefix("not ")
    return f"not ({condition})" if _several(condition) else f"not {condition}"


def _words_outside(condition: str) -> list[str]:
    """Those that stand in no parentheses and in no quotes."""
    depth, found = 0, []
    for word in re.findall(r'"[^"]*"|\'[^\']*\'|[()]|\w+', condition):
        depth += (word == "(") - (word == ")")
        if depth == 0:
            found.append(word)
    return found


def _several(condition: str) -> bool:
    """Whether words join its parts outside of parentheses."""
    return bool({"and", "or"} & set(_words_outside(condition)))


def _joined(word: str, left: str | bool, right: str | bool) -> str | bool:
    settles = word == "or"  # true settles an or, false an and
    for one, other in ((left, right), (right, left)):
        if isinstance(one, bool):
            return one if one is settles else other
    parts = (f"({one})" if word == "and" and "or" in _words_outside(str(one)) else str(one) for one in (left, right))
    return f" {word} ".join(parts)


def _test(sign: str, left: str, right: str) -> str:
    if sign == "!=":
        return f"not {left} == {right}"
    return f"{left} {'==' if sign == '=' else sign} {right}"


def _of_literals(sign: str, one: str, other: str) -> bool:
    try:
        return _HOLDS[sign](float(one), float(other))
    except ValueError:
        if sign in ("=", "!="):
            return (one == other) is (sign == "=")
        return False  # no order of words there


def _is_now(tree: XPath) -> bool:
    match tree:
        case Call("now", ()):
            return True
        case Call("decimal-date-time" | "date-time", (inner,)):
            return _is_now(inner)
    return False


def _among(name: str, codes: Sequence[str]) -> str:
    quoted_codes = ", ".join(f'"{one}"' for one in codes)
    return f"{name} in [{quoted_codes}]" if len(codes) > 1 else f"{name} == {quoted_codes}"
