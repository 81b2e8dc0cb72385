"""The form of a text as a definition file writes it: characters, classes, how often. Judged without going back.

::

    form     = sequence { "|" sequence }
    sequence = { part [ "*" | "+" | "?" | "{" number [ "," [ number ] ] "}" ] }
    part     = character | "." | "[" [ "^" ] { character [ "-" character ] } "]" | "(" form ")"

It is a part of what every program calls a regular expression, without ``\\``: a point is ``[.]``, a digit ``[0-9]``.
The whole text has the form or has not. A form is a set of places between which each character of the text is one step:
the work is the length of the text times the number of places, however the form is written. No expression is ever given
to Python's own, nor to the browser's; ``survey_service/web/static/conditions-values.js`` steps in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

MAX_FORM: Final = 200  # characters of a form
MAX_PLACES: Final = 1_000  # once every "how often" is written out
MAX_PARTS: Final = 2_000  # the same, with parts that stand for no character
MAX_DEPTH: Final = 10
LONGEST_TEXT: Final = 1_000  # characters of a text that is held against one; no longer one has a form
_SPECIAL: Final = frozenset("*+?{}|()[]^$\\.")
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


class FormFault(ValueError):
    """What is wrong with a form; ``offset`` counts characters from its beginning."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message, self.offset = message, offset


@dataclass(frozen=True, slots=True)
class _Set:
    """The characters that may stand at a place."""

    ranges: tuple[tuple[str, str], ...]
    others: bool = False  # all but these

    def has(self, one: str) -> bool:
        return any(low <= one <= high for low, high in self.ranges) is not self.others


@dataclass(frozen=True, slots=True)
class _Row:
    parts: tuple[_Tree, ...]


@dataclass(frozen=True, slots=True)
class _Either:
    parts: tuple[_Tree, ...]


@dataclass(frozen=True, slots=True)
class _Often:
    part: _Tree
    least: int
    most: int | None


_Tree = _Set | _Row | _Either | _Often
_ANY: Final = _Set((("\n", "\n"),), others=True)


def fits(text: str, form: str) -> bool:
    """Whether the whole text has the form; full-width letters and digits are their narrow ones. False for no form."""
    if len(text) > LONGEST_TEXT:
        return False
    try:
        steps = compiled(form)
    except FormFault:
        return False
    return steps.lead_through(text.translate(_FULL_WIDTH))


@lru_cache(maxsize=500)
def compiled(form: str) -> Steps:
    """The places of a form; raises ``FormFault``."""
    if len(form) > MAX_FORM:
        raise FormFault(f"a form has at most {MAX_FORM} characters, this one {len(form)}", MAX_FORM)
    steps = Steps()
    steps.empty, steps.first, steps.last = steps.add(_Reader(form).whole())
    return steps


@dataclass(slots=True)
class Steps:
    """Places as the bits of a number: what may stand at each, and which may come next."""

    sets: list[_Set] = field(default_factory=list)
    then: list[int] = field(default_factory=list)
    empty: bool = False
    first: int = 0
    last: int = 0
    parts: int = 0

    def lead_through(self, text: str) -> bool:
        if not text:
            return self.empty
        places = self.first
        for count, one in enumerate(text):
            here, at = 0, 0
            if count:
                at, places = places, 0
                while at:
                    lowest = at & -at
                    places |= self.then[lowest.bit_length() - 1]
                    at ^= lowest
            at = places
            while at:
                lowest = at & -at
                if self.sets[lowest.bit_length() - 1].has(one):
                    here |= lowest
                at ^= lowest
            if not here:
                return False
            places = here
        return bool(places & self.last)

    def add(self, tree: _Tree) -> tuple[bool, int, int]:
        """Whether nothing fits too, the places at which it begins, and at which it may end."""
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise FormFault(f"a form has at most {MAX_PARTS} parts, written out", 0)
        match tree:
            case _Set():
                if len(self.sets) >= MAX_PLACES:
                    raise FormFault(f"a form has at most {MAX_PLACES} places, written out", 0)
                self.sets.append(tree)
                self.then.append(0)
                place = 1 << (len(self.sets) - 1)
                return False, place, place
            case _Row(parts):
                return self._row(parts)
            case _Either(parts):
                found = [self.add(part) for part in parts]
                return any(one[0] for one in found), _all(one[1] for one in found), _all(one[2] for one in found)
            case _Often(part, least, most):
                return self._often(part, least, most)

    def _row(self, parts: tuple[_Tree, ...]) -> tuple[bool, int, int]:
        """One behind the other."""
        empty, first, last = True, 0, 0
        for part in parts:
            nothing, begins, ends = self.add(part)
            self._after(last, begins)
            first |= begins if empty else 0
            last = ends | (last if nothing else 0)
            empty = empty and nothing
        return empty, first, last

    def _often(self, part: _Tree, least: int, most: int | None) -> tuple[bool, int, int]:
        """So many times: one time leads to the next alone, for whoever leaves some out may leave out the last."""
        empty, first, last, before = least == 0, 0, 0, 0
        for number in range(1, (max(least, 1) if most is None else most) + 1):
            nothing, begins, ends = self.add(part)
            empty = empty or nothing
            self._after(before, begins)
            first = first or begins
            last = ends | (last if number > least or nothing else 0)
            before = ends
        if most is None:
            self._after(before, begins)
        return empty, first, last

    def _after(self, places: int, following: int) -> None:
        while places:
            lowest = places & -places
            self.then[lowest.bit_length() - 1] |= following
            places ^= lowest


def _all(bits: object) -> int:
    found = 0
    for one in bits:  # type: ignore[attr-defined] # a generator of places
        found |= one
    return found


class _Reader:
    """Recursive descent, one method per rule of the grammar above."""

    def __init__(self, form: str) -> None:
        self._form, self._next, self._depth = form, 0, 0

    def whole(self) -> _Tree:
        tree = self._either()
        if self._next < len(self._form):
            raise FormFault(f"“{self._peek()}” is not expected here", self._next)
        return tree

    def _peek(self) -> str:
        return self._form[self._next : self._next + 1]

    def _takes(self, character: str) -> bool:
        found = self._peek() == character
        self._next += found
        return found

    def _either(self) -> _Tree:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FormFault(f"nested more than {MAX_DEPTH} deep", self._next)
        parts = [self._row()]
        while self._takes("|"):
            parts.append(self._row())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else _Either(tuple(parts))

    def _row(self) -> _Tree:
        parts: list[_Tree] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._how_often(self._part()))
        return parts[0] if len(parts) == 1 else _Row(tuple(parts))

    def _part(self) -> _Tree:
        start, one = self._next, self._peek()
        self._next += 1
        if one == "(":
            inner = self._either()
            if not self._takes(")"):
                raise FormFault("a parenthesis that is opened here is never closed", start)
            return inner
        if one == "[":
            return self._class(start)
        if one == ".":
            return _ANY
        if one in _SPECIAL:
            raise FormFault(
                f"“{one}” stands in brackets: [{one}]" if one in "+*?.$(){}|" else f"no “{one}” here", start
            )
        return _Set(((one, one),))

    def _class(self, start: int) -> _Tree:
        others = self._takes("^")
        ranges: list[tuple[str, str]] = []
        while not self._takes("]"):
            low = self._peek()
            if not low:
                raise FormFault("a bracket that is opened here is never closed", start)
            if low in "[\\^" or self._form.startswith("&&", self._next):
                raise FormFault(f"no “{low}” in brackets", self._next)
            self._next += 1
            high = low
            if self._peek() == "-" and self._form[self._next + 1 : self._next + 2] not in ("", "]"):
                self._next += 1
                high = self._peek()
                self._next += 1
            if high < low or high in "[\\^":
                raise FormFault(f"“{low}-{high}” is no range", self._next)
            ranges.append((low, high))
        if not ranges:
            raise FormFault("no character in the brackets", start)
        return _Set(tuple(ranges), others)

    def _how_often(self, part: _Tree) -> _Tree:
        start, one = self._next, self._peek()
        if not one or one not in "*+?{":
            return part
        self._next += 1
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(one, (0, 0))
        if one == "{":
            least = self._whole(start)
            most = least
            if self._takes(","):
                most = None if self._peek() == "}" else self._whole(start)
            if not self._takes("}") or (most is not None and most < least):
                raise FormFault("write {6} or {6,10}", start)
        if self._peek() and self._peek() in "*+?{":
            raise FormFault("“how often” stands once", self._next)
        return _Often(part, least, most)

    def _whole(self, start: int) -> int:
        digits = ""
        while self._peek().isascii() and self._peek().isdigit():
            digits += self._peek()
            self._next += 1
        if not digits or len(digits) > 3:
            raise FormFault("write {6} or {6,10}", start)
        return int(digits)
