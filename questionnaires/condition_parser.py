"""A condition or an expression as somebody writes it, to its tree. The grammar is that of ``conditions``.

Faults name the character and, where it is a habit of other languages, what is written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from questionnaires.conditions import (
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_LITERALS,
    OPERATORS,
    And,
    Answered,
    Compare,
    Condition,
    Fits,
    Held,
    Includes,
    Literal,
    Matches,
    Node,
    Not,
    OneOf,
    Or,
    Relation,
)
from questionnaires.expressions import (
    MAX_OPERATIONS,
    MAX_PARTS,
    Answer,
    Arithmetic,
    Count,
    Each,
    Expression,
    Formula,
    Function,
    If,
    Rounded,
    Rounds,
    Sum,
    YearsBetween,
    fits_number,
)
from questionnaires.expressions import OPERATORS as SIGNS
from questionnaires.functions import DECIMALS, FUNCTIONS
from questionnaires.patterns import CODE, LONGEST, PATTERNS
from questionnaires.text_forms import FormFault, compiled


class ConditionFault(ValueError):
    """A source that is not a condition; ``offset`` counts characters from its beginning."""

    def __init__(self, message: str, offset: int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint


def parse(source: str) -> Condition:
    """The condition that ``source`` writes; raises ``ConditionFault``."""
    return Condition(source, _Parser(_within_length(source)).condition())


def parse_expression(source: str) -> Formula:
    """The expression that ``source`` writes; raises ``ConditionFault``."""
    return Formula(source, _Parser(_within_length(source)).expression())


def _within_length(source: str) -> str:
    if len(source) > MAX_LENGTH:
        raise ConditionFault(f"a condition has at most {MAX_LENGTH} characters, this one {len(source)}", MAX_LENGTH)
    return source


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>-?[0-9]+(?:\.[0-9]+)?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)?)
    | (?P<string>"[^"\\]*"|'[^'\\]*')
    | (?P<sign>==|!=|<=|>=|[<>()\[\],+*/-])
    )""",
    re.VERBOSE,
)
_WORDS = frozenset({"and", "or", "not", "in", "answered"})
KNOWN = (
    *("answered", "matches", "fits", "sum", "count", "years_between", "round", "if", *FUNCTIONS),
    *("each", "rounds"),
)
_SHAPES = {
    "years_between": "write years_between(q1, q2)",
    "days_between": "write days_between(q1, q2)",
    "if": 'write if(q1 == "1", q2, 0)',
    "mod": "write mod(q1, 7)",
    "each": "write sum(each(age))",
}
_HABITS = {
    "=": 'write "==" to compare',
    "&": 'write "and"',
    "|": 'write "or"',
    "!": 'write "not", or "!=" to compare',
    "“": 'codes stand in straight quotes: "1"',
    "”": 'codes stand in straight quotes: "1"',
    "（": "write the parenthesis as ( )",
    "）": "write the parenthesis as ( )",
    "，": "write the comma as ,",
}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # number, name, word, string, sign, end
    text: str
    offset: int


def _tokens(source: str) -> list[_Token]:
    found: list[_Token] = []
    position = 0
    while source[position:].strip():
        match = _TOKEN.match(source, position)
        if match is None or match.lastgroup is None:
            offset = position + len(source[position:]) - len(source[position:].lstrip())
            character = source[offset]
            if character in "\"'":
                raise ConditionFault("a quote that is opened here is never closed", offset)
            raise ConditionFault(f"“{character}” has no meaning in a condition", offset, _HABITS.get(character, ""))
        kind, text = match.lastgroup, match.group(match.lastgroup)
        start, position = match.start(kind), match.end()
        if kind == "name" and text in _WORDS:
            kind = "word"
        elif kind == "number" and text[0] == "-" and found and _ends_a_value(found[-1]):
            kind, text, position = "sign", "-", start + 1  # q1 -1 takes away
        found.append(_Token(kind, text, start))
    found.append(_Token("end", "", len(source)))
    return found


def _ends_a_value(token: _Token) -> bool:
    return token.kind in ("name", "number", "string") or token.text == ")"


class _Parser:
    """Recursive descent, one method per rule of the grammar in the module's docstring."""

    def __init__(self, source: str) -> None:
        self._tokens = _tokens(source)
        self._next = 0
        self._depth = 0
        self._operations = 0  # of the expression at hand

    def condition(self) -> Node:
        tree = self._disjunction()
        self._end()
        return tree

    def expression(self) -> Expression:
        """One that stands alone."""
        tree = self._expression()
        self._end()
        return tree

    def _end(self) -> None:
        token = self._peek()
        if token.kind != "end":
            hint = "tests cannot be chained; join two with and" if token.text in OPERATORS else ""
            raise ConditionFault(f"“{token.text}” is not expected here", token.offset, hint)

    def _peek(self, ahead: int = 0) -> _Token:
        return self._tokens[min(self._next + ahead, len(self._tokens) - 1)]

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        if token.kind != "end":
            self._next += 1
        return token

    def _takes(self, text: str) -> bool:
        token = self._peek()
        if token.kind in ("word", "sign") and token.text == text:
            self._next += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        token = self._peek()
        if not self._takes(text):
            raise ConditionFault(f"“{text}” is expected here{_seen(token)}", token.offset)

    def _disjunction(self) -> Node:
        parts = [self._conjunction()]
        while self._takes("or"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _conjunction(self) -> Node:
        parts = [self._negation()]
        while self._takes("and"):
            parts.append(self._negation())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _negation(self) -> Node:
        with self._deeper():
            if self._takes("not"):
                return Not(self._negation())
            if self._peek().text == "(" and not self._opens_an_expression():
                self._take()
                inner = self._disjunction()
                self._expect(")")
                return inner
            return self._test()

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            offset, hint = self._peek().offset, "split the question or the condition"
            raise ConditionFault(f"nested more than {MAX_DEPTH} deep", offset, hint)
        yield
        self._depth -= 1

    def _opens_an_expression(self) -> bool:
        """Whether what stands behind the parenthesis that closes this one goes on as an expression does."""
        depth = 0
        for place, token in enumerate(self._tokens[self._next :], start=self._next):
            if token.kind == "sign":
                depth += (token.text == "(") - (token.text == ")")
            if depth == 0:
                following = self._tokens[min(place + 1, len(self._tokens) - 1)]
                return following.kind == "sign" and following.text in (*SIGNS, *OPERATORS)
        return False

    def _test(self) -> Node:
        token = self._peek()
        if token.kind == "word" and token.text == "answered":
            self._take()
            return Answered(self._in_parentheses())
        if token.kind == "string":
            self._take()
            hint = 'a comparison has the question first: q1 == "1"'
            if not self._takes("in"):
                raise ConditionFault(f"“in” is expected after {token.text}", self._peek().offset, hint)
            return Includes(self._variable(), token.text[1:-1])
        if token.kind == "name" and token.text == "matches" and self._peek(1).text == "(":
            return self._matches()
        if token.kind == "name" and token.text == "fits" and self._peek(1).text == "(":
            return self._fits()
        if token.kind == "name" and self._peek(1).text == "in":
            self._take()
            self._take()
            return OneOf(token.text, self._list())
        if token.kind not in ("name", "number") and token.text not in ("(", "-"):
            raise ConditionFault(f"the name of a question is expected here{_seen(token)}", token.offset)
        return self._comparison(token)

    def _comparison(self, first: _Token) -> Node:
        left = self._expression()
        sign = self._take()
        if sign.kind != "sign" or sign.text not in OPERATORS:
            if isinstance(left, Answer):
                name = left.variable
                hint = f'write {name} == "1", {name} in ["1", "2"] or answered({name})'
                raise ConditionFault(f"“{name}” is not tested for anything", first.offset, hint)
            raise ConditionFault(f"a comparison is expected here{_seen(sign)}", sign.offset, "write q1 + q2 <= 10")
        right = self._expression()
        if isinstance(left, str | int | float):
            raise ConditionFault(
                f"the name of a question is expected here{_seen(first)}",
                first.offset,
                "a comparison has the question first: q11 >= 18",
            )
        if isinstance(left, Answer) and isinstance(right, str | int | float):
            return Compare(left.variable, sign.text, right)
        return Relation(sign.text, left, right)

    def _matches(self) -> Node:
        self._take()
        self._expect("(")
        variable = self._variable()
        self._expect(",")
        token = self._take()
        pattern = token.text[1:-1] if token.kind == "string" else ""
        if pattern not in PATTERNS:
            hint = "known here: " + ", ".join(PATTERNS)
            raise ConditionFault(f"the name of a form is expected here{_seen(token)}", token.offset, hint)
        lengths: list[int] = []
        while pattern == CODE and len(lengths) < 2 and (not lengths or self._peek().text == ","):
            self._expect(",")
            token = self._take()
            length = int(token.text) if token.kind == "number" and token.text.isdigit() and len(token.text) < 3 else 0
            if not (lengths or [1])[0] <= length <= LONGEST:
                hint = f'write matches({variable}, "code", 6), or 6, 10 for six to ten'
                raise ConditionFault(f"a length from 1 to {LONGEST} is expected here", token.offset, hint)
            lengths.append(length)
        self._expect(")")
        return Matches(variable, pattern, lengths[0], lengths[-1]) if lengths else Matches(variable, pattern)

    def _fits(self) -> Node:
        self._take()
        self._expect("(")
        part = self._expression()
        self._expect(",")
        token = self._take()
        if token.kind != "string":
            hint = 'write fits(q9, "[A-Z]{2}[0-9]{6}")'
            raise ConditionFault(f"a form in quotes is expected here{_seen(token)}", token.offset, hint)
        try:
            compiled(token.text[1:-1])
        except FormFault as fault:
            hint = "a form has characters, [classes], ( | ), and how often: * + ? {6}"
            raise ConditionFault(fault.message, token.offset + 1 + fault.offset, hint) from None
        self._expect(")")
        return Fits(part, token.text[1:-1])

    # ---------------------------------------------------------------- expressions

    def _expression(self) -> Expression:
        """From its outermost on."""
        self._operations = 0
        return self._terms()

    def _terms(self) -> Expression:
        found = self._factors()
        while self._peek().kind == "sign" and self._peek().text in ("+", "-"):
            sign = self._operation()
            found = Arithmetic(sign, found, self._factors())
        return found

    def _factors(self) -> Expression:
        found = self._value()
        while self._peek().kind == "sign" and self._peek().text in ("*", "/"):
            sign = self._operation()
            found = Arithmetic(sign, found, self._value())
        return found

    def _operation(self) -> str:
        token = self._take()
        self._operations += 1
        if self._operations > MAX_OPERATIONS:
            hint = "calculate a part of it on its own"
            raise ConditionFault(f"an expression has at most {MAX_OPERATIONS} operations", token.offset, hint)
        return token.text

    def _value(self) -> Expression:
        token = self._peek()
        if token.text == "-" and token.kind == "sign":
            self._operation()
            return Arithmetic("-", 0, self._value())
        if token.text == "(" and token.kind == "sign":
            self._take()
            with self._deeper():
                inner = self._terms()
            self._expect(")")
            return inner
        if token.kind == "name" and self._peek(1).text == "(":
            return self._function(token)
        if token.kind == "name":
            self._take()
            return Answer(token.text)
        if token.kind in ("string", "number"):
            return self._literal()
        raise ConditionFault(f"a question, a quoted code or a number is expected here{_seen(token)}", token.offset)

    def _function(self, name: _Token) -> Expression:
        if name.text not in KNOWN or name.text in ("answered", "matches", "fits"):
            hint = f"known here: {', '.join(KNOWN)}"
            raise ConditionFault(f"“{name.text}” cannot be calculated", name.offset, hint)
        self._take()
        if name.text in ("count", "rounds"):
            return (Count if name.text == "count" else Rounds)(self._in_parentheses())
        self._expect("(")
        if name.text == "round":
            return self._rounded()
        with self._deeper():
            test = self._test_of_an_if() if name.text == "if" else None
            parts = [self._terms()]
            while self._takes(","):
                parts.append(self._terms())
        self._expect(")")
        if len(parts) > MAX_PARTS:
            raise ConditionFault(f"a list has at most {MAX_PARTS} members", name.offset)
        return self._named(name, test, tuple(parts))

    def _test_of_an_if(self) -> Held:
        """Its own expressions are counted on their own."""
        counted = self._operations
        test = Held(self._disjunction())
        self._operations = counted
        self._expect(",")
        return test

    @staticmethod
    def _named(name: _Token, test: Held | None, parts: tuple[Expression, ...]) -> Expression:
        wrong = ConditionFault(f"“{name.text}” has {len(parts)} parts here", name.offset, _SHAPES.get(name.text, ""))
        if test is not None:
            if len(parts) != 2:
                raise wrong
            return If(test, parts[0], parts[1])
        if name.text == "years_between":
            if len(parts) != 2:
                raise ConditionFault("years lie between two days", name.offset, _SHAPES[name.text])
            return YearsBetween(parts[0], parts[1])
        if name.text == "sum":
            return Sum(parts)
        if name.text == "each":
            if len(parts) != 1:
                raise wrong
            return Each(parts[0])
        if not fits_number(name.text, len(parts)):
            raise wrong
        return Function(name.text, parts)

    def _rounded(self) -> Expression:
        with self._deeper():
            part = self._terms()
        token = self._peek()
        decimals = 0
        if self._takes(","):
            token = self._take()
            decimals = int(token.text) if token.kind == "number" and re.fullmatch("[0-9]", token.text) else -1
        if not 0 <= decimals <= DECIMALS:
            raise ConditionFault(f"decimals from 0 to {DECIMALS} are expected here", token.offset, "write round(q1, 2)")
        self._expect(")")
        return Rounded(part, decimals)

    # ---------------------------------------------------------------- parts of both

    def _in_parentheses(self) -> str:
        self._expect("(")
        variable = self._variable()
        self._expect(")")
        return variable

    def _variable(self) -> str:
        token = self._take()
        if token.kind != "name":
            raise ConditionFault(f"the name of a question is expected here{_seen(token)}", token.offset)
        return token.text

    def _list(self) -> tuple[Literal, ...]:
        start = self._peek().offset
        self._expect("[")
        literals = [self._literal()]
        while self._takes(","):
            literals.append(self._literal())
        self._expect("]")
        if len(literals) > MAX_LITERALS:
            raise ConditionFault(f"a list has at most {MAX_LITERALS} members", start)
        return tuple(literals)

    def _literal(self) -> Literal:
        token = self._take()
        if token.kind == "string":
            return token.text[1:-1]
        if token.kind == "number":
            # No digit string from a source of 1,000 characters may become an integer that JSON readers round.
            return float(token.text) if "." in token.text or len(token.text) > 15 else int(token.text)
        raise ConditionFault(f"a quoted code or a number is expected here{_seen(token)}", token.offset)


def _seen(token: _Token) -> str:
    return ", where the condition ends" if token.kind == "end" else f", not “{token.text}”"
