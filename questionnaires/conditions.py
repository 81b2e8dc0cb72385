"""Conditions: who is asked, who is in a base, what contradicts what. Trees and what they come to.

``condition_parser`` reads them as they are written.

The language is small on purpose; nothing in it can assign or loop, and nothing is ever given to Python's own
evaluator::

    condition  = conjunction { "or" conjunction }
    conjunction = negation { "and" negation }
    negation   = "not" negation | "(" condition ")" | test
    test       = variable ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) literal
               | expression ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) expression     numbers, dates, answers
               | variable "in" "[" literal { "," literal } "]"      one choice: is the answer one of these codes
               | string "in" variable                               several choices: is this code among those chosen
               | "answered" "(" variable ")"
               | "matches" "(" variable "," string [ "," number [ "," number ] ] ")"     a text has a named form
               | "fits" "(" expression "," string ")"               a text has a form that is written out
    expression = term { ( "+" | "-" ) term }
    term       = value { ( "*" | "/" ) value }
    value      = variable | literal | "(" expression ")" | "-" value | "sum" "(" expression { "," expression } ")"
               | "count" "(" variable ")" | "years_between" "(" expression "," expression ")"
               | "if" "(" condition "," expression "," expression ")"
               | function "(" expression { "," expression } ")"     those of ``functions``
               | "each" "(" expression ")" | "rounds" "(" name ")"     of a section that repeats (``rosters``)
    variable   = name [ "." name ]
    literal    = string | number

**Missing values.** A test of a variable without an answer (not asked, not answered, refused, illegible) is false,
``!=`` too; so is a test between unlike kinds. ``not`` turns false into true, hence ``not q1 == "1"`` holds for those
who gave no answer and ``q1 != "1"`` does not. "Don't know" that was chosen as an option is an answer with a code like
any other. What expressions come to, and when to nothing, is said in ``expressions``; what a form may say in
``text_forms``.

A variable against a literal is kept as it always was, whatever else may be compared since: the trees of conditions that
were frozen never change.

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

from questionnaires import expressions
from questionnaires.expressions import Expression
from questionnaires.functions import Worth, is_day, is_time, rounded
from questionnaires.patterns import CODE, LONGEST, PATTERNS, matches
from questionnaires.text_forms import fits

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


@dataclass(frozen=True, slots=True)
class Relation:
    """One expression against another; the left one is never a mere literal."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Matches:
    """The text of ``variable`` has the named form; the lengths are those of a ``code``."""

    variable: str
    pattern: str
    shortest: int = 0
    longest: int = LONGEST


@dataclass(frozen=True, slots=True)
class Fits:
    """A text has the form that is written out."""

    part: Expression
    form: str


Test = Compare | OneOf | Includes | Answered | Relation | Matches | Fits
Node = And | Or | Not | Test


def variables_of(test: Test) -> tuple[str, ...]:
    """Names of the variables that one test looks at, each once, in the order of the source."""
    if isinstance(test, Relation):
        named = (*expressions.variables(test.left), *expressions.variables(test.right))
        return tuple(dict.fromkeys(named))
    if isinstance(test, Fits):
        return tuple(dict.fromkeys(expressions.variables(test.part)))
    return (test.variable,)


@dataclass(frozen=True, slots=True)
class Held:
    """A condition inside of an expression."""

    tree: Node

    def tests(self) -> Iterator[Test]:
        return _tests(self.tree)

    def variables(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for test in self.tests() for name in variables_of(test)))

    def evaluate(self, values: Mapping[str, object]) -> bool:
        return _holds(self.tree, values)

    def size(self, formulas: Mapping[str, int]) -> int:
        """How many parts it has once what it calculates with is written out."""
        named = (name for test in self.tests() for name in variables_of(test))
        return sum(1 for _ in self.tests()) + sum(formulas.get(name, 1) for name in named)

    def written_out(self, formulas: Mapping[str, Expression]) -> Held:
        return Held(_written_out(self.tree, formulas))

    def to_json(self) -> list[object]:
        return _to_json(self.tree)


def held(tree: object, depth: int) -> Held:
    """What ``Held.to_json`` wrote, inside of something so deep."""
    return Held(from_json(tree, depth))


@dataclass(frozen=True, slots=True)
class Condition:
    source: str
    tree: Node

    def tests(self) -> Iterator[Test]:
        """Every leaf, in the order of the source."""
        return _tests(self.tree)

    def variables(self) -> tuple[str, ...]:
        """Names of the variables tested, each once, in the order of the source."""
        return tuple(dict.fromkeys(name for test in self.tests() for name in variables_of(test)))

    def evaluate(self, values: Mapping[str, object]) -> bool:
        """Whether the condition holds for answers in canonical form (see ``answers``).

        An absent name, ``None``, a ``Missing``, an explicit ``{"missing": ...}`` and an empty list are no answer.
        """
        return _holds(self.tree, values)

    def written_out(self, formulas: Mapping[str, Expression]) -> Condition:
        """The same of answers alone, where it tests what is calculated from them; itself where it does not."""
        return Condition(self.source, _written_out(self.tree, formulas)) if formulas.keys() & self.variables() else self

    def to_json(self) -> list[object]:
        """The tree as nested arrays: ``["and", ["==", "q1", "1"], ["answered", "q2"]]``."""
        return _to_json(self.tree)


# ---------------------------------------------------------------- evaluation

_IN_ORDER = (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), re.compile(r"[0-9]{2}:[0-9]{2}"))  # dates and times of the day
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
    if isinstance(value, str) and not any(one.fullmatch(value) and one.fullmatch(str(literal)) for one in _IN_ORDER):
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
        case Relation(comparison, left, right):
            return _relate(comparison, expressions.worth(left, values), expressions.worth(right, values))
        case Matches(variable, pattern, shortest, longest):
            value = _answer(values, variable)
            return isinstance(value, str) and matches(value, pattern, shortest, longest)
        case Fits(part, form):
            text = expressions.worth(part, values)
            return isinstance(text, str) and text != "" and fits(text, form)


def _relate(comparison: str, left: Worth, right: Worth) -> bool:
    """Numbers with numbers, at a fixed number of decimals; days with days, times with times; codes are equal or not."""
    if left is None or right is None or isinstance(left, str) != isinstance(right, str):
        return False
    if isinstance(left, float) and isinstance(right, float):
        left, right = rounded(left), rounded(right)
    elif comparison in _ORDER and not any(one(left) and one(right) for one in (is_day, is_time)):
        return False
    if comparison in ("==", "!="):
        return (left == right) is (comparison == "==")
    return _ORDER[comparison](left, right)


def _written_out(node: Node, formulas: Mapping[str, Expression]) -> Node:
    match node:
        case And(parts):
            return And(tuple(_written_out(part, formulas) for part in parts))
        case Or(parts):
            return Or(tuple(_written_out(part, formulas) for part in parts))
        case Not(part):
            return Not(_written_out(part, formulas))
        case Relation(comparison, left, right):
            out = expressions.written_out
            return Relation(comparison, out(left, formulas), out(right, formulas))
        case Fits(part, form):
            return Fits(expressions.written_out(part, formulas), form)
        case Compare(variable, comparison, literal) if variable in formulas:
            return Relation(comparison, formulas[variable], literal)
        case OneOf(variable, literals) if variable in formulas:
            tests = tuple(Relation("==", formulas[variable], literal) for literal in literals)
            return tests[0] if len(tests) == 1 else Or(tests)
        case Answered(variable) if variable in formulas:
            return Relation("==", formulas[variable], formulas[variable])  # what comes to something equals itself
        case _:
            return node


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
        case Relation(comparison, left, right):
            return [comparison, expressions.to_json(left), expressions.to_json(right)]
        case Matches(variable, pattern, shortest, longest):
            return ["matches", variable, pattern, *((shortest, longest) if pattern == CODE else ())]
        case Fits(part, form):
            return ["fits", expressions.to_json(part), form]


def from_json(tree: object, depth: int = 0) -> Node:
    """The tree that ``to_json`` wrote; ValueError for anything else."""
    if depth > expressions.MAX_DEEP:  # what the parser reads is never so deep
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
        case [str(comparison), [*_] as left, right] if comparison in OPERATORS:
            sides = (expressions.from_json(one, held, depth) for one in (left, right))
            return Relation(comparison, *sides)
        case ["fits", [*_] as part, str(form)]:
            return Fits(expressions.from_json(part, held, depth), form)
        case ["matches", str(variable), "code", int(shortest), int(longest)]:
            return Matches(variable, CODE, shortest, longest)
        case ["matches", str(variable), str(pattern)] if pattern in PATTERNS and pattern != CODE:
            return Matches(variable, pattern)
    raise ValueError(f"not a condition: {tree!r:.80}")
