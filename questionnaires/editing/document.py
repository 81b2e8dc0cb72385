"""A definition as text whose parts know their places: characters are changed, all else stays as it was typed.

A file that is read and written anew loses what its reader does not know: comments, blank lines, quotes, a field of a
later version. So nothing is written anew. The text is composed into nodes with marks; an edit becomes patches of
characters; the patched text is composed again and must hold exactly the data that were meant, else nothing is changed.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Way: TypeAlias = tuple[str | int, ...]
STEP = 2  # blanks by which a list stands to the right of its name


class CannotEdit(ValueError):
    """The text cannot be changed that way; it stays as it is."""


class Plain(str):
    """A value that is written without quotes: a number, a date, true."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Patch:
    """Characters from ``start`` up to ``end`` become ``new``."""

    start: int
    end: int
    new: str


Change: TypeAlias = Callable[[Any], None]
"""What a patch does to the data, so that the patched text can be held against it."""


@dataclass(slots=True)
class Document:
    """A composed text. ``data``: mappings, lists and the characters of every scalar, as typed."""

    text: str
    root: MappingNode = field(init=False, repr=False)
    data: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        try:
            root = YAML(typ="safe", pure=True).compose(self.text)
        except (YAMLError, ValueError) as error:
            raise CannotEdit(str(error)) from error
        if not isinstance(root, MappingNode):
            raise CannotEdit("no definition")
        self.root, self.data = root, plain(root)

    def node(self, path: Way) -> Node:
        """The node at ``path``; CannotEdit where there is none."""
        found: Node = self.root
        for step in path:
            inner = _step(found, step)
            if inner is None:
                raise CannotEdit(f"nothing stands at {path}")
            found = inner
        return found

    def get(self, path: Way) -> Any:
        """The data at ``path``; None where there is none."""
        found = self.data
        for step in path:
            if isinstance(step, int):
                found = found[step] if isinstance(found, list) and step < len(found) else None
            else:
                found = found.get(step) if isinstance(found, dict) else None
        return found

    def key(self, path: Way) -> ScalarNode:
        """The name of the field that ``path`` ends with."""
        holder = self.node(path[:-1])
        for name, _ in holder.value if isinstance(holder, MappingNode) else ():
            if isinstance(name, ScalarNode) and name.value == path[-1]:
                return name
        raise CannotEdit(f"no field stands at {path}")

    def patched(self, patches: Iterable[Patch], changes: Sequence[Change]) -> Document:
        """The document with all ``patches``; CannotEdit where that gives other data than ``changes`` say."""
        text, last = self.text, len(self.text)
        for one in sorted(patches, key=lambda patch: (patch.start, patch.end), reverse=True):
            if one.end > last:
                raise CannotEdit("two edits touch the same characters")
            text, last = text[: one.start] + one.new + text[one.end :], one.start
        meant = copy.deepcopy(self.data)
        for change in changes:
            change(meant)
        made = Document(text)
        if made.data != meant:
            raise CannotEdit("the text would not say what is meant")
        return made

    # ------------------------------------------------------------ where things stand

    def end_of(self, node: Node) -> int:
        """Behind the last character of a node, without blanks and comments that follow it."""
        if isinstance(node, ScalarNode):
            if node.style in ("|", ">"):
                start = int(node.start_mark.index)
                return start + len(self.text[start : node.end_mark.index].rstrip())
            return int(node.end_mark.index)
        if getattr(node, "flow_style", None) or not node.value:
            return int(node.end_mark.index)
        if isinstance(node, MappingNode):
            name, value = node.value[-1]
            if isinstance(value, ScalarNode) and value.start_mark.index == value.end_mark.index:
                return self.text.index(":", name.end_mark.index) + 1
            return self.end_of(value)
        return self.end_of(node.value[-1])

    def line_start(self, index: int) -> int:
        return self.text.rfind("\n", 0, index) + 1

    def line_end(self, index: int) -> int:
        """Behind the line feed of the line, with a comment on it."""
        found = self.text.find("\n", index)
        return len(self.text) if found < 0 else found + 1

    def lines_of_item(self, sequence: SequenceNode, number: int) -> tuple[int, int]:
        """Whole lines of an item of a block list, from its dash."""
        item, column = sequence.value[number], sequence.start_mark.column
        start = self.line_start(item.start_mark.index)
        while self.text[start + column : start + column + 1] != "-" or self.text[start : start + column].strip():
            if start == 0:
                raise CannotEdit("the dash of an item is not found")
            start = self.line_start(start - 1)
        return start, self.line_end(max(self.end_of(item), start + column + 1) - 1)

    def comment_above(self, start: int, column: int) -> int:
        """Where the comment lines begin that stand directly above a line, not further left than ``column``."""
        while start > 0:
            before = self.line_start(start - 1)
            line = self.text[before:start]
            if not re.match(rf" {{{column},}}#", line):
                break
            start = before
        return start


def _step(node: Node, step: str | int) -> Node | None:
    if isinstance(step, int):
        return node.value[step] if isinstance(node, SequenceNode) and step < len(node.value) else None
    if not isinstance(node, MappingNode):
        return None
    return next((value for name, value in node.value if isinstance(name, ScalarNode) and name.value == step), None)


def plain(node: Node) -> Any:
    """Data of a node: every scalar as its characters."""
    if isinstance(node, MappingNode):
        return {name.value if isinstance(name, ScalarNode) else None: plain(value) for name, value in node.value}
    if isinstance(node, SequenceNode):
        return [plain(value) for value in node.value]
    return node.value


def walk(data: Any, path: Way = ()) -> Iterator[tuple[Way, str]]:
    """Every scalar with the way to it, in the order of the text; names of fields are steps."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from walk(value, (*path, name))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from walk(value, (*path, number))
    else:
        yield path, data


# ---------------------------------------------------------------- how values are written

_UNSEEN = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


def quoted(value: str) -> str:
    """In double quotes, as every reader of YAML takes it."""
    return _UNSEEN.sub(lambda one: f"\\u{ord(one[0]):04x}", json.dumps(value, ensure_ascii=False))


def on_one_line(value: Any) -> str:
    """``{zh: "…", en: "…"}``, ``["1", "2"]``, ``"…"``."""
    if isinstance(value, Plain):
        return str(value)
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {on_one_line(one)}" for name, one in value.items()) + "}"
    return "[" + ", ".join(map(on_one_line, value)) + "]"


def in_lines(value: dict[str, Any], indent: int) -> str:
    """Fields, one a line; what a list holds stands below, options and rows on a line each."""
    margin = " " * indent
    written = []
    for name, one in value.items():
        if isinstance(one, list) and one and isinstance(one[0], dict):
            written.append(f"{margin}{name}:\n")
            written.extend(as_item(inner, indent + STEP) for inner in one)
        else:
            written.append(f"{margin}{name}: {on_one_line(one)}\n")
    return "".join(written)


def as_item(value: dict[str, Any], indent: int) -> str:
    """An item of a list with its dash: a question or a section in lines, everything smaller on one."""
    margin = " " * indent
    if "type" in value or "questions" in value:
        return f"{margin}- {in_lines(value, indent + 2)[indent + 2 :]}"
    return f"{margin}- {on_one_line(value)}\n"
