"""What a condition compares besides single answers: answers with answers, sums, differences in years. Evaluated here.

One number of arithmetic is one IEEE double, in Python and in JavaScript, and every operation is done in the order in
which it is written: both come to the same bits. What decimals cannot say exactly (0.1 + 0.2) is mended where it is
looked at: two numbers are compared at ``DECIMALS`` decimals, halves away from zero.

**No answer.** An operation on something without an answer has none, nor has a division by zero, nor a number of
``TOO_LARGE`` and more. ``sum`` alone passes over what has no answer, and has none where nothing was answered.

The same trees, as JSON arrays, are interpreted in the browser by ``survey_service/web/static/expressions.js``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

DECIMALS = 6  # at which two numbers are compared: no answer has more
TOO_LARGE = 1e15  # beyond what is kept exactly
MAX_OPERATIONS = 30  # in one expression
MAX_SIZE = 200  # parts of one that is calculated from others, written out
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


Expression = Answer | Arithmetic | Sum | Count | YearsBetween | Rounded | str | int | float  # a str: a date, or a code
Worth = float | str | None


def variables(expression: Expression) -> Iterator[str]:
    """Names of the variables it looks at, in the order of the source."""
    match expression:
        case Answer(variable) | Count(variable):
            yield variable
        case Arithmetic(_, left, right) | YearsBetween(left, right):
            yield from variables(left)
            yield from variables(right)
        case Sum(parts):
            for part in parts:
                yield from variables(part)
        case Rounded(part, _):
            yield from variables(part)


def size(expression: Expression, formulas: Mapping[str, int]) -> int:
    """How many parts it has once what it calculates with is written out, each of ``formulas`` having so many."""
    match expression:
        case Answer(variable):
            return formulas.get(variable, 1)
        case Arithmetic(_, left, right) | YearsBetween(left, right):
            return 1 + size(left, formulas) + size(right, formulas)
        case Sum(parts):
            return 1 + sum(size(part, formulas) for part in parts)
        case Rounded(part, _):
            return 1 + size(part, formulas)
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
        case Rounded(part, decimals):
            return Rounded(written_out(part, formulas), decimals)
    return expression


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression as it was written, and its tree."""

    source: str
    tree: Expression


# ---------------------------------------------------------------- evaluation

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
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
                return _small(_OPERATE[operator](one, other))
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
        case _:
            return _alone(expression)


def rounded(number: float, decimals: int = DECIMALS) -> float:
    """Halves away from zero, as ``toFixed`` of a browser rounds."""
    if number.is_integer():
        return number
    return float(Decimal(number).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def _alone(value: object) -> Worth:
    """A single answer. A ``Missing`` is a str too, and a bool an int: they are told apart by their type."""
    if type(value) is str:
        return value
    if type(value) is int:
        return float(value) if abs(value) < TOO_LARGE else None
    return _small(value) if type(value) is float else None


def _small(number: float) -> float | None:
    return number if abs(number) < TOO_LARGE else None  # nan is not


def _sum(parts: list[Worth]) -> float | None:
    total: float | None = None
    for part in parts:
        if isinstance(part, str):
            return None
        if part is not None:
            total = part if total is None else total + part
    return None if total is None else _small(total)


def _years(first: Worth, last: Worth) -> float | None:
    if not (is_day(first) and is_day(last)):
        return None
    assert isinstance(first, str)
    assert isinstance(last, str)
    return float(int(last[:4]) - int(first[:4]) - (last[5:] < first[5:]))


def is_time(value: object) -> bool:
    """Whether it is a time of the day, as 08:30."""
    return isinstance(value, str) and bool(_TIME.fullmatch(value))


def is_day(value: object) -> bool:
    """Whether it is a day of the calendar, as 2026-03-01."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


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
        case _:
            return expression


def from_json(tree: object, depth: int = 0) -> Expression:
    """What ``to_json`` wrote; ValueError for anything else."""
    if depth > MAX_SIZE:
        raise ValueError("an expression is nested too deeply")
    if type(tree) in (str, int, float):
        return tree  # type: ignore[return-value] # one of the three
    match tree:
        case ["value", str(variable)]:
            return Answer(variable)
        case [str(operator), left, right] if operator in OPERATORS:
            return Arithmetic(operator, from_json(left, depth + 1), from_json(right, depth + 1))
        case ["sum", _, *_]:
            return Sum(tuple(from_json(part, depth + 1) for part in tree[1:]))
        case ["count", str(variable)]:
            return Count(variable)
        case ["years_between", first, last]:
            return YearsBetween(from_json(first, depth + 1), from_json(last, depth + 1))
        case ["round", part, int(decimals)] if 0 <= decimals <= DECIMALS:
            return Rounded(from_json(part, depth + 1), decimals)
    raise ValueError(f"not an expression: {tree!r:.80}")
