"""Conditions: who is asked, who is in a base, what contradicts what. Parsed, checked, evaluated.

The language is small on purpose; nothing in it can call, assign or loop, and nothing is ever given to Python's own
evaluator::

    condition  = conjunction { "or" conjunction }
    conjunction = negation { "and" negation }
    negation   = "not" negation | "(" condition ")" | test
    test       = variable ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) literal
               | variable "in" "[" literal { "," literal } "]"      one choice: is the answer one of these codes
               | string "in" variable                               several choices: is this code among those chosen
               | "answered" "(" variable ")"
    variable   = name [ "." name ]
    literal    = string | number

**Missing values.** A test of a variable without an answer (not asked, not answered, refused, illegible) is false,
``!=`` too; so is a test between unlike kinds. ``not`` turns false into true, hence ``not q1 == "1"`` holds for those
who gave no answer and ``q1 != "1"`` does not. "Don't know" that was chosen as an option is an answer with a code like
any other.

The same trees, as JSON arrays, are interpreted in the browser by ``survey_service/web/static/conditions.js``; both pass
``tests/spec/questionnaires/condition_vectors.json``.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MAX_LENGTH = 1_000  # characters of a source
MAX_DEPTH = 20  # nested parentheses and negations
MAX_LITERALS = 100  # members of one list

Literal = str | int | float


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


@dataclass(frozen=True, slots=True)
class Compare:
    """``variable`` against one literal; ordering is defined for numbers and for ISO dates."""

    variable: str
    operator: str
    literal: Literal


@dataclass(frozen=True, slots=True)
class OneOf:
    """The answer to ``variable`` is one of these literals."""

    variable: str
    literals: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Includes:
    """``code`` is among the several codes chosen for ``variable``."""

    variable: str
    code: str


@dataclass(frozen=True, slots=True)
class Answered:
    variable: str


Test = Compare | OneOf | Includes | Answered
Node = And | Or | Not | Compare | OneOf | Includes | Answered


class ConditionFault(ValueError):
    """A source that is not a condition; ``offset`` counts characters from its beginning."""

    def __init__(self, message: str, offset: int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Condition:
    source: str
    tree: Node

    def tests(self) -> Iterator[Test]:
        """Every leaf, in the order of the source."""
        return _tests(self.tree)

    def variables(self) -> tuple[str, ...]:
        """Names of the variables tested, each once, in the order of the source."""
        return tuple(dict.fromkeys(test.variable for test in self.tests()))

    def evaluate(self, values: Mapping[str, object]) -> bool:
        """Whether the condition holds for answers in canonical form (see ``answers``).

        An absent name, ``None``, a ``Missing``, an explicit ``{"missing": ...}`` and an empty list are no answer.
        """
        return _holds(self.tree, values)

    def to_json(self) -> list[object]:
        """The tree as nested arrays: ``["and", ["==", "q1", "1"], ["answered", "q2"]]``."""
        return _to_json(self.tree)


def parse(source: str) -> Condition:
    """The condition that ``source`` writes; raises ``ConditionFault``."""
    if len(source) > MAX_LENGTH:
        raise ConditionFault(f"a condition has at most {MAX_LENGTH} characters, this one {len(source)}", MAX_LENGTH)
    return Condition(source, _Parser(source).condition())


# ---------------------------------------------------------------- evaluation

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
OPERATORS = ("==", "!=", *_ORDER)


def _answer(
    values: Mapping[str, object], variable: str
) -> str | int | float | list[object] | tuple[object, ...] | None:
    """The answer given, or None. A ``Missing`` is a str too: it is told apart by its type."""
    value = values.get(variable)
    if type(value) is str or type(value) is int:
        return value
    if type(value) is float:
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple) and value:
        return value
    return None


def _compare(value: object, test: Compare) -> bool:
    literal = test.literal
    if isinstance(value, str) != isinstance(literal, str) or not isinstance(value, str | int | float):
        return False
    if test.operator == "==":
        return value == literal
    if test.operator == "!=":
        return value != literal
    if isinstance(value, str) and not (_ISO_DATE.fullmatch(value) and _ISO_DATE.fullmatch(str(literal))):
        return False
    return _ORDER[test.operator](value, literal)


def _holds(node: Node, values: Mapping[str, object]) -> bool:
    match node:
        case And(parts):
            return all(_holds(part, values) for part in parts)
        case Or(parts):
            return any(_holds(part, values) for part in parts)
        case Not(part):
            return not _holds(part, values)
        case Compare():
            return _compare(_answer(values, node.variable), node)
        case OneOf(variable, literals):
            value = _answer(values, variable)
            return not isinstance(value, list | tuple) and value in literals
        case Includes(variable, code):
            value = _answer(values, variable)
            return isinstance(value, list | tuple) and code in value
        case Answered(variable):
            value = _answer(values, variable)
            return value is not None and value != ""


def _tests(node: Node) -> Iterator[Test]:
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _tests(part)
        case Not(part):
            yield from _tests(part)
        case _:
            yield node


# ---------------------------------------------------------------- the JSON form


def _to_json(node: Node) -> list[object]:
    match node:
        case And(parts):
            return ["and", *map(_to_json, parts)]
        case Or(parts):
            return ["or", *map(_to_json, parts)]
        case Not(part):
            return ["not", _to_json(part)]
        case Compare(variable, comparison, literal):
            return [comparison, variable, literal]
        case OneOf(variable, literals):
            return ["in", variable, list(literals)]
        case Includes(variable, code):
            return ["includes", variable, code]
        case Answered(variable):
            return ["answered", variable]


def from_json(tree: object, depth: int = 0) -> Node:
    """The tree that ``to_json`` wrote; ValueError for anything else."""
    if depth > 3 * MAX_DEPTH:  # one parenthesis may hold an or of ands: two levels of the tree
        raise ValueError("a condition is nested too deeply")
    match tree:
        case ["and", _, _, *_]:
            return And(tuple(from_json(part, depth + 1) for part in tree[1:]))
        case ["or", _, _, *_]:
            return Or(tuple(from_json(part, depth + 1) for part in tree[1:]))
        case ["not", part]:
            return Not(from_json(part, depth + 1))
        case [str(comparison), str(variable), str() | int() | float() as literal] if comparison in OPERATORS:
            return Compare(variable, comparison, literal)
        case ["in", str(variable), [*members]]:
            literals = tuple(one for one in members if isinstance(one, str | int | float))
            if len(literals) == len(members):
                return OneOf(variable, literals)
        case ["includes", str(variable), str(code)]:
            return Includes(variable, code)
        case ["answered", str(variable)]:
            return Answered(variable)
    raise ValueError(f"not a condition: {tree!r:.80}")


# ---------------------------------------------------------------- the parser

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>-?[0-9]+(?:\.[0-9]+)?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)?)
    | (?P<string>"[^"\\]*"|'[^'\\]*')
    | (?P<sign>==|!=|<=|>=|[<>()\[\],])
    )""",
    re.VERBOSE,
)
_WORDS = frozenset({"and", "or", "not", "in", "answered"})
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
        if kind == "name" and text in _WORDS:
            kind = "word"
        found.append(_Token(kind, text, match.start(match.lastgroup)))
        position = match.end()
    found.append(_Token("end", "", len(source)))
    return found


class _Parser:
    """Recursive descent, one method per rule of the grammar in the module's docstring."""

    def __init__(self, source: str) -> None:
        self._tokens = _tokens(source)
        self._next = 0
        self._depth = 0

    def condition(self) -> Node:
        tree = self._disjunction()
        token = self._peek()
        if token.kind != "end":
            hint = "tests cannot be chained; join two with and" if token.text in OPERATORS else ""
            raise ConditionFault(f"“{token.text}” is not expected here", token.offset, hint)
        return tree

    def _peek(self) -> _Token:
        return self._tokens[self._next]

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
        token = self._peek()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ConditionFault(
                f"nested more than {MAX_DEPTH} deep", token.offset, "split the question or the condition"
            )
        try:
            if self._takes("not"):
                return Not(self._negation())
            if self._takes("("):
                inner = self._disjunction()
                self._expect(")")
                return inner
            return self._test()
        finally:
            self._depth -= 1

    def _test(self) -> Node:
        token = self._take()
        if token.kind == "word" and token.text == "answered":
            self._expect("(")
            variable = self._variable()
            self._expect(")")
            return Answered(variable)
        if token.kind == "string":
            hint = 'a comparison has the question first: q1 == "1"'
            if not self._takes("in"):
                raise ConditionFault(f"“in” is expected after {token.text}", self._peek().offset, hint)
            return Includes(self._variable(), token.text[1:-1])
        if token.kind != "name":
            hint = "a comparison has the question first: q11 >= 18" if token.kind == "number" else ""
            raise ConditionFault(f"the name of a question is expected here{_seen(token)}", token.offset, hint)
        return self._comparison(token)

    def _comparison(self, name: _Token) -> Node:
        sign = self._peek()
        if self._takes("in"):
            return OneOf(name.text, self._list())
        if sign.kind == "sign" and sign.text in OPERATORS:
            self._take()
            return Compare(name.text, sign.text, self._literal())
        raise ConditionFault(
            f"“{name.text}” is not tested for anything",
            name.offset,
            f'write {name.text} == "1", {name.text} in ["1", "2"] or answered({name.text})',
        )

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
        hint = "two questions cannot be compared with each other" if token.kind == "name" else ""
        raise ConditionFault(f"a quoted code or a number is expected here{_seen(token)}", token.offset, hint)


def _seen(token: _Token) -> str:
    return ", where the condition ends" if token.kind == "end" else f", not “{token.text}”"
