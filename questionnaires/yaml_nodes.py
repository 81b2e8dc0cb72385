"""YAML text to plain nodes that remember their place.

Read from the event stream, so that nothing is guessed: a plain ``no``, ``1`` or ``1:30`` arrives as the characters that
the author typed, with the knowledge that they were not quoted. YAML 1.1 would make them False, 1 and 90.

What definitions do not need is refused instead of being made safe: aliases (and with them alias bombs), tags, several
documents in a file. Depth, size and number of nodes are limited.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from questionnaires.problems import Code, Location, Problem

MAX_BYTES = 1_000_000
MAX_DEPTH = 12
MAX_NODES = 50_000


@dataclass(frozen=True, slots=True)
class Scalar:
    value: str
    location: Location
    quoted: bool
    block: bool = False  # written with | or >: the characters do not stand where the node begins

    @property
    def empty(self) -> bool:
        """``title:`` with nothing behind it, ``~`` or ``null``."""
        return not self.quoted and self.value in ("", "~", "null")


@dataclass(frozen=True, slots=True)
class Entry:
    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    entries: tuple[Entry, ...]
    location: Location

    def get(self, key: str) -> Node | None:
        return next((entry.value for entry in self.entries if entry.key.value == key), None)


@dataclass(frozen=True, slots=True)
class Sequence:
    nodes: tuple[Node, ...]
    location: Location


Node = Scalar | Mapping | Sequence


def read(path: Path, name: str | None = None) -> tuple[Node | None, list[Problem]]:
    """The root node of a file; None with the reason where there is none to give. ``name`` is what problems call it."""
    label = name or str(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return None, [Problem(Code.UNREADABLE, Location(label), f"{error.strerror or error}", "name an existing file")]
    return parse(data, label)


def parse(data: bytes, name: str) -> tuple[Node | None, list[Problem]]:
    """``read`` for the bytes of a file."""
    start = Location(name)
    if len(data) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES:,} bytes"
        return None, [Problem(Code.UNREADABLE, start, message, "a definition is text; pictures do not belong in it")]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        hint = "save the file as UTF-8 (it may be GB18030 or GBK)"
        return None, [Problem(Code.UNREADABLE, Location(name, line), f"byte {error.start} is not UTF-8", hint)]
    builder = _Builder(name)
    try:
        root = builder.document(YAML(typ="safe", pure=True).parse(text))
    except _Refused as refused:
        return None, [*builder.problems, refused.problem]
    except MarkedYAMLError as error:
        return None, [*builder.problems, _syntax(error, name, text)]
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = f"a control character (code {error.character}) cannot stand in a text"
        return None, [Problem(Code.SYNTAX, Location(name, line), message, "delete it")]
    except (YAMLError, ValueError) as error:
        return None, [Problem(Code.SYNTAX, start, str(error).splitlines()[0])]
    if root is None:
        return None, [Problem(Code.UNREADABLE, start, "the file is empty", "see docs/questionnaires.md for an example")]
    return root, builder.problems


def _syntax(error: MarkedYAMLError, name: str, text: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    location = Location(name, mark.line + 1, mark.column + 1) if mark else Location(name)
    lines = text.splitlines()
    line = lines[location.line - 1] if location.line <= len(lines) else ""
    hint = "check the indentation, the colons and the quotes around here"
    if "\t" in line:
        hint = "indent with spaces, not with tabs"
    elif ': "' in line or ": '" in line:
        hint = "a value that begins with a quote must be quoted as a whole: ask_if: '\"3\" in q2'"
    return Problem(Code.SYNTAX, location, error.problem or error.context or "the YAML cannot be read", hint)


class _Refused(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class _Builder:
    """Events to nodes. Recursion is bounded by MAX_DEPTH."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0
        self.problems: list[Problem] = []

    def document(self, events: Iterator[Event]) -> Node | None:
        root: Node | None = None
        for event in events:
            if isinstance(event, DocumentStartEvent) and root is not None:
                self._forbid(event, "several documents in one file", "one file holds one questionnaire; delete the ---")
                break
            if isinstance(event, ScalarEvent | AliasEvent | MappingStartEvent | SequenceStartEvent):
                root = self._node(event, events, 0)
        if isinstance(root, Scalar) and root.empty:
            return None
        return root

    def _location(self, event: Event) -> Location:
        return Location(self._name, event.start_mark.line + 1, event.start_mark.column + 1)

    def _forbid(self, event: Event, message: str, hint: str) -> None:
        self.problems.append(Problem(Code.FORBIDDEN_YAML, self._location(event), message, hint))

    def _node(self, event: Event, events: Iterator[Event], depth: int) -> Node:
        self._count += 1
        location = self._location(event)
        if depth > MAX_DEPTH:
            raise _Refused(Problem(Code.FORBIDDEN_YAML, location, f"nested more than {MAX_DEPTH} levels deep"))
        if self._count > MAX_NODES:
            raise _Refused(Problem(Code.FORBIDDEN_YAML, location, f"more than {MAX_NODES:,} values in one file"))
        if isinstance(event, AliasEvent):
            hint = "repeat the text, or share options as a scale"
            self._forbid(event, f"the alias *{event.anchor}", hint)
            return Scalar("", location, quoted=False)  # as if the field were empty
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._forbid(event, f"the tag {tag}", "delete it; the field decides what a value is")
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, location, depth)
        if isinstance(event, SequenceStartEvent):
            nodes: list[Node] = []
            for inner in events:
                if isinstance(inner, SequenceEndEvent):
                    break
                nodes.append(self._node(inner, events, depth + 1))
            return Sequence(tuple(nodes), location)
        assert isinstance(event, ScalarEvent)
        return Scalar(event.value, location, quoted=event.style is not None, block=event.style in ("|", ">"))

    def _mapping(self, events: Iterator[Event], location: Location, depth: int) -> Mapping:
        entries: dict[str, Entry] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._node(event, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if not isinstance(key, Scalar):
                message = "a list or mapping as the name of a field"
                self.problems.append(
                    Problem(Code.FORBIDDEN_YAML, key.location, message, "quote the value behind the colon")
                )
            elif key.value in entries:
                first = entries[key.value].key.location
                message = f'"{key.value}" was given on line {first.line} already'
                self.problems.append(Problem(Code.REPEATED_FIELD, key.location, message, "delete one of the two"))
            else:
                entries[key.value] = Entry(key, value)
        return Mapping(tuple(entries.values()), location)
