"""The expressions of XLSForm as trees: the part of XPath that forms are written in.

::

    or      = and { "or" and }
    and     = test { "and" test }
    test    = sum [ ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) sum ]          a second comparison is refused
    sum     = product { ( "+" | "-" ) product }
    product = value { ( "*" | "div" | "mod" ) value }
    value   = "-" value | number | string | "${" name "}" | "." | path | function "(" [ or { "," or } ] ")" | "(" or ")"
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

MAX_LENGTH: Final = 6_000  # characters
MAX_DEPTH: Final = 40


@dataclass(frozen=True, slots=True)
class Number:
    text: str


@dataclass(frozen=True, slots=True)
class String:
    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """To a question by its name; the empty name is the question at hand."""

    name: str


@dataclass(frozen=True, slots=True)
class Column:
    """Of the sheet choices: what stands there in the row of an option."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple[XPath, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    operator: str  # or and = != < <= > >= + - * div mod
    left: XPath
    right: XPath


XPath = Number | String | Reference | Column | Call | Operation
COMPARISONS: Final = ("=", "!=", "<", "<=", ">", ">=")


class XPathFault(Exception):
    """What is wrong, in Chinese and in English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class _Token(NamedTuple):
    kind: str
    text: str


_TOKEN: Final = re.compile(
    r"""\s*(?:
      (?P<reference>\$\{\s*[^{}\s]{1,120}\s*\})
    | (?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
    | (?P<string>"[^"]*"|'[^']*')
    | (?P<path>\.\.?(?:/[A-Za-z_.][\w.-]*)+|(?:/[A-Za-z_][\w.-]*)+|current\(\)(?:/\.\.?|/[A-Za-z_][\w.-]*)+)
    | (?P<name>[A-Za-z_](?:[\w.-]*\w)?(?::[A-Za-z_](?:[\w.-]*\w)?)?)
    | (?P<sign>!=|<=|>=|[=<>+*(),-]|\.)
    )""",
    re.VERBOSE,
)


# What a word processor makes of quotes and blanks.
_AS_TYPED: Final = str.maketrans({"\xa0": " ", "“": '"', "”": '"', "‘": "'", "’": "'", "`": "'"})
_ENTITIES: Final = {"&gt;": ">", "&lt;": "<", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
_WHOLE: Final = {"yes": "true", "true": "true", "no": "false", "false": "false"}  # alone in a cell


def parse(source: str, *, columns: bool = False) -> XPath:
    """The tree; raises XPathFault. ``columns``: a bare name is one of the sheet choices, as in a choice_filter."""
    if len(source) > MAX_LENGTH:
        raise XPathFault(f"长于 {MAX_LENGTH} 字", f"longer than {MAX_LENGTH} characters")
    if source.strip().lower() in _WHOLE:
        return Call(_WHOLE[source.strip().lower()], ())
    return _Parser(_tokens(source), columns=columns).whole()


def _tokens(source: str) -> list[_Token]:
    found, position = [], 0
    source = source.translate(_AS_TYPED).rstrip()
    for written, meant in _ENTITIES.items():
        source = source.replace(written, meant)
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None or match.lastgroup is None:
            seen = source[position:].strip()[:12]
            raise XPathFault(f"“{seen}”看不懂", f"{seen} has no meaning")
        found.append(_Token(match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return [*found, _Token("end", "")]


class _Parser:
    def __init__(self, tokens: list[_Token], *, columns: bool) -> None:
        self._tokens = tokens
        self._columns = columns
        self._next = 0
        self._depth = 0

    def whole(self) -> XPath:
        tree = self._or()
        if self._peek().kind != "end":
            raise self._unexpected()
        return tree

    def _peek(self, ahead: int = 0) -> _Token:
        return self._tokens[min(self._next + ahead, len(self._tokens) - 1)]

    def _unexpected(self) -> XPathFault:
        seen = self._peek().text
        if not seen:
            return XPathFault("写到一半就没有了", "it ends halfway")
        return XPathFault(f"“{seen}”不该在这里", f"{seen} is not expected here")

    def _takes(self, *texts: str) -> str:
        token = self._peek()
        if token.kind in ("sign", "name") and token.text.lower() in texts:
            self._next += 1
            return token.text.lower()
        return ""

    def _expect(self, text: str) -> None:
        if not self._takes(text):
            raise self._unexpected()

    def _or(self) -> XPath:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise XPathFault("括号套得太深", "nested too deeply")
        found = self._and()
        while self._takes("or"):
            found = Operation("or", found, self._and())
        self._depth -= 1
        return found

    def _and(self) -> XPath:
        found = self._test()
        while self._takes("and"):
            found = Operation("and", found, self._test())
        return found

    def _test(self) -> XPath:
        left = self._sum()
        sign = self._takes(*COMPARISONS)
        return Operation(sign, left, self._sum()) if sign else left

    def _sum(self) -> XPath:
        found = self._product()
        while sign := self._takes("+", "-"):
            found = Operation(sign, found, self._product())
        return found

    def _product(self) -> XPath:
        found = self._value()
        while sign := self._takes("*", "div", "mod"):
            found = Operation(sign, found, self._value())
        return found

    def _value(self) -> XPath:
        token = self._peek()
        if token.kind == "end" or (token.kind == "sign" and token.text not in ("-", "(", ".")):
            raise self._unexpected()
        self._next += 1
        match token.kind:
            case "number":
                return Number(token.text.rstrip("."))
            case "string":
                return String(token.text[1:-1])
            case "reference":
                return Reference(token.text[2:-1].strip())
            case "path":
                return Reference(token.text.rpartition("/")[2])
            case "name":
                return self._call(token.text)
        if token.text == ".":
            return Reference("")
        if token.text == "-":
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise XPathFault("括号套得太深", "nested too deeply")
            inner = self._value()
            self._depth -= 1
            return Number(f"-{inner.text}") if isinstance(inner, Number) else Operation("-", Number("0"), inner)
        inner = self._or()
        self._expect(")")
        return inner

    def _call(self, name: str) -> XPath:
        if name.lower() == "null" and self._peek().text != "(":
            return String("")  # the name of nothing: an empty text
        if self._columns and self._peek().text != "(":
            return Column(name)
        self._expect("(")
        arguments: list[XPath] = []
        if not self._takes(")"):
            arguments.append(self._or())
            while self._takes(","):
                arguments.append(self._or())
            self._expect(")")
        return Call(name, tuple(arguments))


def parts(tree: XPath) -> Iterator[XPath]:
    """Itself and everything in it."""
    yield tree
    match tree:
        case Operation(_, left, right):
            yield from parts(left)
            yield from parts(right)
        case Call(_, arguments):
            for one in arguments:
                yield from parts(one)


def of_row(tree: XPath, cells: Mapping[str, str]) -> XPath:
    """The same with the columns of one row in their places; one that it does not have is blank."""
    match tree:
        case Column(name):
            return String(cells.get(name, ""))
        case Operation(sign, left, right):
            return Operation(sign, of_row(left, cells), of_row(right, cells))
        case Call(name, arguments):
            return Call(name, tuple(of_row(one, cells) for one in arguments))
    return tree
