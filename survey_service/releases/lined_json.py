"""JSON in which the long parts of a document stand entry by entry, each on a line of its own: whoever asks for one
entry reads that line, and the others stay text. To every other reader it is JSON like any.

Text of JSON holds no line break but where ``written`` puts one, and no value begins with a closing bracket.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, overload

One = TypeVar("One")
Path = tuple[str, ...]

_PLACE = "\n"  # as a key: what stands here is the part of that number
_LONGEST_KEY = 200  # bytes
_decoded = json.JSONDecoder().raw_decode


def written(document: Mapping[str, Any], apart: Collection[Path]) -> str:
    """``apart``: where the lists and mappings stand whose entries have a line each."""
    return "".join(_pieces(document, (), apart))


def _pieces(value: Any, here: Path, apart: Collection[Path]) -> Iterator[str]:
    if value and here in apart and isinstance(value, list):
        yield _lines("[", map(_text, value), "]")
    elif value and here in apart:
        yield _lines("{", (f"{_text(key)}:{_text(one)}" for key, one in value.items()), "}")
    elif isinstance(value, dict):
        between = "{"
        for key, one in value.items():
            yield f"{between}{_text(key)}:"
            yield from _pieces(one, (*here, key), apart)
            between = ","
        yield "}" if value else "{}"
    else:
        yield _text(value)


def _lines(opened: str, entries: Iterable[str], closed: str) -> str:
    return "\n".join((opened, ",\n".join(entries), closed))


def _text(value: Any) -> str:
    """In the order of the value: it is that of the page."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def read(text: bytes) -> Any:
    """The document, with ``Lines`` where entries stand apart; where none do, as ``json.loads`` reads it."""
    frame, parts = _frame(text.split(b"\n"))

    def placed(plain: dict[str, Any]) -> Any:
        return Lines(parts[plain[_PLACE]]) if _PLACE in plain else plain

    return json.loads(frame, object_hook=placed if parts else None)


def _frame(lines: Sequence[bytes]) -> tuple[bytes, list[list[bytes]]]:
    """The document with a number in the place of each part, and the lines of the parts."""
    frame: list[bytes] = []
    parts: list[list[bytes]] = []
    inside = False
    for number, line in enumerate(lines, start=1):
        if inside and line[:1] not in (b"]", b"}"):
            parts[-1].append(line.removesuffix(b","))
            continue
        rest = line[1:] if inside else line
        inside = number < len(lines)  # a line ends where a part begins, but for the last
        if inside:
            rest = rest[:-1] + json.dumps({_PLACE: len(parts)}).encode()
            parts.append([])
        frame.append(rest)
    return b"".join(frame), parts


class Lines:
    """The entries of a part, as text."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self.lines = lines

    def keys(self) -> list[str]:
        """Of a mapping's entries."""
        return [_decoded(line[:_LONGEST_KEY].decode(errors="ignore"))[0] for line in self.lines]

    def value(self, place: int) -> Any:
        """Of an entry of a mapping."""
        line = self.lines[place].decode()
        return json.loads(line[_decoded(line)[1] + 1 :])

    def item(self, place: int) -> Any:
        """An entry of a list."""
        return json.loads(self.lines[place])


class LateMapping(Mapping[str, One]):
    """A mapping whose values are made when they are first asked for."""

    def __init__(self, lines: Lines, made: Callable[[Any], One]) -> None:
        self._lines, self._made = lines, made
        self._places = {key: place for place, key in enumerate(lines.keys())}
        self._known: dict[str, One] = {}

    def __getitem__(self, key: str) -> One:
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._made(self._lines.value(self._places[key]))
        return known

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: object) -> bool:
        return key in self._places


class LateSequence(Sequence[One], Generic[One]):
    """A list whose entries are made when they are first asked for."""

    def __init__(self, lines: Lines, made: Callable[[Any], One]) -> None:
        self._lines, self._made = lines, made
        self._known: dict[int, One] = {}

    @overload
    def __getitem__(self, place: int) -> One: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[One]: ...
    def __getitem__(self, place: int | slice) -> One | Sequence[One]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        at = range(len(self))[place]  # IndexError, and places from the end
        known = self._known.get(at)
        if known is None:
            known = self._known[at] = self._made(self._lines.item(at))
        return known

    def __len__(self) -> int:
        return len(self._lines.lines)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(one == another for one, another in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))
