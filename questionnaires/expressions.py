"""What a condition compares besides single answers: answers with answers, sums, differences in years. Evaluated here.

One number of arithmetic is one IEEE double, in Python and in JavaScript, and every operation is done in the order in
which it is written: both come to the same bits. What decimals cannot say exactly (0.1 + 0.2) is mended where it is
looked at: two numbers are compared at ``DECIMALS`` decimals, halves away from zero.

**No answer.** An operation on something without an answer has none, nor has a division by zero, nor a number of
``TOO_LARGE`` and more. ``sum``, ``min``, ``max`` and ``join`` pass over what has no answer, and have none where nothing
was answered. An empty text is no answer.

The same trees, as JSON arrays, are interpreted in the browser by ``survey_service/web/static/conditions-values.js``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from questionnaires.functions import DECIMALS, FUNCTIONS, TOO_LARGE, Worth, is_day, rounded, small

MAX_OPERATIONS = 30  # in one expression
MAX_PARTS = 100  # of one sum, one text
MAX_SIZE = 600  # parts of one that is calculated from others, written out: a sum over thirty rounds is long
MAX_DEEP = 200  # how far one may stand inside of another, as it is stored
TODAY = "today"  # the name under which the day of answering comes in among the answers


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one variable: a number, a date, a code."""

    variable: str


@dataclass(frozen=True, slots=True)
class Arithmetic:
    operator: str  # + - * /
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Sum:
    """Of those that have an answer; none where no one has."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many options of several were chosen; no answer where the question has none."""

    variable: str


@dataclass(frozen=True, slots=True)
class YearsBetween:
    """Full years from one day to another; -1 from the first day before it on."""

    first: Expression
    last: Expression


@dataclass(frozen=True, slots=True)
class Rounded:
    """Halves away from zero."""

    part: Expression
    decimals: int


class Test(Protocol):
    """A condition inside of an expression (``conditions.Held``)."""

    def evaluate(self, values: Mapping[str, object]) -> bool: ...

    def variables(self) -> tuple[str, ...]: ...

    def size(self, formulas: Mapping[str, int]) -> int: ...

    def written_out(self, formulas: Mapping[str, Expression]) -> Test: ...

    def to_json(self) -> list[object]: ...


@dataclass(frozen=True, slots=True)
class If:
    """``then`` where the condition holds, ``otherwise`` where it does not."""

    test: Test
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Function:
    """One of ``functions.FUNCTIONS``, by its name."""

    name: str
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Each:
    """As it is written: a part that stands once for every round of a section that repeats (``rosters``)."""

    part: Expression


@dataclass(frozen=True, slots=True)
class Rounds:
    """As it is written: in how many rounds a section was asked."""

    roster: str


Expression = (
    Answer | Arithmetic | Sum | Count | YearsBetween | Rounded | If | Function | Each | Rounds | str | int | float
)
"""A str is a date, a code or words."""


def variables(expression: Expression) -> Iterator[str]:
    """Names of the variables it looks at, in the order of the source."""
    match expression:
        case Answer(variable) | Count(variable):
            yield variable
        case Arithmetic(_, left, right) | YearsBetween(left, right):
            yield from variables(left)
            yield from variables(right)
        case Sum(parts) | Function(_, parts):
            for part in parts:
                yield from variables(part)
        case Rounded(part, _) | Each(part):
            yield from variables(part)
        case If(test, then, otherwise):
            yield from test.variables()
            yield from variables(then)
            yield from variables(otherwise)


def size(expression: Expression, formulas: Mapping[str, int]) -> int:
    """How many parts it has once what it calculates with is written out, each of ``formulas`` having so many."""
    match expression:
        case Answer(variable):
            return formulas.get(variable, 1)
        case Arithmetic(_, left, right) | YearsBetween(left, right):
            return 1 + size(left, formulas) + size(right, formulas)
        case Sum(parts) | Function(_, parts):
            return 1 + sum(size(part, formulas) for part in parts)
        case Rounded(part, _) | Each(part):
            return 1 + size(part, formulas)
        case If(test, then, otherwise):
            return 1 + test.size(formulas) + size(then, formulas) + size(otherwise, formulas)
    return 1


def written_out(expression: Expression, formulas: Mapping[str, Expression]) -> Expression:
    """The same of answers alone: each name of ``formulas`` is replaced by what it is calculated from."""
    match expression:
        case Answer(variable):
            return formulas.get(variable, expression)
        case Arithmetic(operator, left, right):
            return Arithmetic(operator, written_out(left, formulas), written_out(right, formulas))
        case YearsBetween(first, last):
            return YearsBetween(written_out(first, formulas), written_out(last, formulas))
        case Sum(parts):
            return Sum(tuple(written_out(part, formulas) for part in parts))
        case Function(name, parts):
            return Function(name, tuple(written_out(part, formulas) for part in parts))
        case Rounded(part, decimals):
            return Rounded(written_out(part, formulas), decimals)
        case Each(part):
            return Each(written_out(part, formulas))
        case If(test, then, otherwise):
            branches = (written_out(then, formulas), written_out(otherwise, formulas))
            return If(test.written_out(formulas), *branches)
    return expression


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression as it was written, and its tree."""

    source: str
    tree: Expression


# ---------------------------------------------------------------- evaluation

_OPERATE: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right if right else math.nan,
}
OPERATORS = tuple(_OPERATE)


def worth(expression: Expression, values: Mapping[str, object]) -> Worth:
    """What an expression comes to for answers in canonical form: a number, a text, or None for no answer."""
    match expression:
        case Answer(variable):
            return _alone(values.get(variable))
        case Arithmetic(operator, left, right):
            one, other = worth(left, values), worth(right, values)
            if isinstance(one, float) and isinstance(other, float):
                return small(_OPERATE[operator](one, other))
            return None
        case Sum(parts):
            return _sum([worth(part, values) for part in parts])
        case Count(variable):
            chosen = values.get(variable)
            return float(len(chosen)) if isinstance(chosen, list | tuple) and chosen else None
        case YearsBetween(first, last):
            return _years(worth(first, values), worth(last, values))
        case Rounded(part, decimals):
            one = worth(part, values)
            return rounded(one, decimals) if isinstance(one, float) else None
        case If(test, then, otherwise):
            return worth(then if test.evaluate(values) else otherwise, values)
        case Function(name, parts):
            return FUNCTIONS[name].work([worth(part, values) for part in parts])
        case Each() | Rounds():
            return None  # nobody has put the rounds in
        case _:
            return _alone(expression)


def _alone(value: object) -> Worth:
    """A single answer. A ``Missing`` is a str too, and a bool an int: they are told apart by their type."""
    if type(value) is str:
        return value
    if type(value) is int:
        return float(value) if abs(value) < TOO_LARGE else None
    return small(value) if type(value) is float else None


def _sum(parts: list[Worth]) -> float | None:
    total: float | None = None
    for part in parts:
        if isinstance(part, str):
            return None
        if part is not None:
            total = part if total is None else total + part
    return None if total is None else small(total)


def _years(first: Worth, last: Worth) -> float | None:
    if not (is_day(first) and is_day(last)):
        return None
    assert isinstance(first, str)
    assert isinstance(last, str)
    return float(int(last[:4]) - int(first[:4]) - (last[5:] < first[5:]))


# ---------------------------------------------------------------- the JSON form


def to_json(expression: Expression) -> object:
    """Numbers and texts as they are, everything else as arrays: ``["+", ["value", "q1"], 1]``."""
    match expression:
        case Answer(variable):
            return ["value", variable]
        case Arithmetic(operator, left, right):
            return [operator, to_json(left), to_json(right)]
        case Sum(parts):
            return ["sum", *map(to_json, parts)]
        case Count(variable):
            return ["count", variable]
        case YearsBetween(first, last):
            return ["years_between", to_json(first), to_json(last)]
        case Rounded(part, decimals):
            return ["round", to_json(part), decimals]
        case If(test, then, otherwise):
            return ["if", test.to_json(), to_json(then), to_json(otherwise)]
        case Each(part):
            return ["each", to_json(part)]
        case Rounds(roster):
            return ["rounds", roster]
        case Function(name, parts):
            return [name, *map(to_json, parts)]
        case _:
            return expression


def from_json(tree: object, test: Callable[[object, int], Test], depth: int = 0) -> Expression:
    """What ``to_json`` wrote; ValueError for anything else. ``test``: the same of the condition of an ``if``."""
    if depth > MAX_DEEP:
        raise ValueError("an expression is nested too deeply")
    if type(tree) in (str, int, float):
        return tree  # type: ignore[return-value] # one of the three

    def inner(part: object) -> Expression:
        return from_json(part, test, depth + 1)

    match tree:
        case ["value", str(variable)]:
            return Answer(variable)
        case [str(operator), left, right] if operator in OPERATORS:
            return Arithmetic(operator, inner(left), inner(right))
        case ["sum", _, *_]:
            return Sum(tuple(map(inner, tree[1:])))
        case ["count", str(variable)]:
            return Count(variable)
        case ["years_between", first, last]:
            return YearsBetween(inner(first), inner(last))
        case ["round", part, int(decimals)] if 0 <= decimals <= DECIMALS:
            return Rounded(inner(part), decimals)
        case ["if", condition, then, otherwise]:
            return If(test(condition, depth + 1), inner(then), inner(otherwise))
        case ["each", part]:
            return Each(inner(part))
        case ["rounds", str(roster)]:
            return Rounds(roster)
        case [str(name), *parts] if name in FUNCTIONS and fits_number(name, len(parts)):
            return Function(name, tuple(map(inner, parts)))
    raise ValueError(f"not an expression: {tree!r:.80}")


def fits_number(name: str, parts: int) -> bool:
    """Whether a function takes so many parts."""
    known = FUNCTIONS[name]
    return known.least <= parts <= (MAX_PARTS if known.most is None else known.most)
