"""The few cuts of which every edit is made: set a field, take it out, put an item into a list, move one, take one out.

Each gives the patches of the text and what they do to the data. Paths are those of the document they are asked of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from questionnaires.editing.document import (
    STEP,
    CannotEdit,
    Change,
    Document,
    Patch,
    Way,
    as_item,
    in_lines,
    on_one_line,
)


@dataclass(frozen=True, slots=True)
class Cut:
    patches: tuple[Patch, ...]
    change: Change


def replace(document: Document, path: Way, value: Any) -> Cut:
    """The value at ``path`` written anew."""
    node = document.node(path)
    start, end = node.start_mark.index, document.end_of(node)
    if isinstance(node, ScalarNode) and start == end and isinstance(path[-1], str):  # nothing behind its colon
        start = end = document.text.index(":", document.key(path).end_mark.index) + 1
    before = "" if document.text[start - 1 : start].isspace() or document.text[start - 1 : start] in "[{" else " "
    return Cut((Patch(start, end, before + on_one_line(value)),), lambda data: put(data, path, value))


def add_field(document: Document, path: Way, value: Any, order: Sequence[str]) -> Cut:
    """A field that is not there yet, behind the nearest that precedes it in ``order``, else as the last."""
    holder, name = document.node(path[:-1]), str(path[-1])
    if not isinstance(holder, MappingNode):
        raise CannotEdit(f"no fields stand at {path[:-1]}")
    fields = [(key.value, key, one) for key, one in holder.value]
    earlier = list(order[: order.index(name)]) if name in order else []
    anchor = max((at for at, (key, _, _) in enumerate(fields) if key in earlier), default=len(fields) - 1)

    def change(data: Any) -> None:
        put(data, path, value)

    if not fields:
        return Cut(
            (Patch(holder.start_mark.index + 1, holder.start_mark.index + 1, f"{name}: {on_one_line(value)}"),), change
        )
    key, node = fields[anchor][1:]
    if holder.flow_style:
        end = document.end_of(node)
        return Cut((Patch(end, end, f", {name}: {on_one_line(value)}"),), change)
    place = document.line_end(_field_end(document, key, node) - 1)
    line = in_lines({name: value}, holder.start_mark.column)
    return Cut((_whole_lines(document, place, line),), change)


def remove_field(document: Document, path: Way) -> Cut:
    """A field with its name. A comment above it stays."""
    holder, key, node = document.node(path[:-1]), document.key(path), document.node(path)
    assert isinstance(holder, MappingNode)
    at = next(number for number, (name, _) in enumerate(holder.value) if name is key)

    def change(data: Any) -> None:
        del at_path(data, path[:-1])[path[-1]]

    if len(holder.value) == 1:
        raise CannotEdit(f"{path[-1]} is the only field there")
    start, end = key.start_mark.index, _field_end(document, key, node)
    line = document.line_start(start)
    if not holder.flow_style and not document.text[line:start].strip():
        return Cut((Patch(line, document.line_end(end - 1), ""),), change)
    if at + 1 < len(holder.value):
        following = holder.value[at + 1][0].start_mark.index
        if "#" in document.text[end:following]:
            raise CannotEdit("a comment stands in between")
        return Cut((Patch(start, following, ""),), change)
    before = _field_end(document, *holder.value[at - 1])
    return Cut((Patch(before, end, ""),), change)


def insert(document: Document, path: Way, number: int, value: dict[str, Any]) -> Cut:
    """An item before the ``number``-th of the list at ``path``; a list that is not there yet is made."""

    def change(data: Any) -> None:
        at_path(data, path).insert(number, value)

    sequence = document.node(path)
    if not isinstance(sequence, SequenceNode):
        raise CannotEdit(f"no list stands at {path}")
    if sequence.value and sequence.flow_style:
        if number < len(sequence.value):
            start = sequence.value[number].start_mark.index
            return Cut((Patch(start, start, f"{on_one_line(value)}, "),), change)
        end = document.end_of(sequence.value[-1])
        return Cut((Patch(end, end, f", {on_one_line(value)}"),), change)
    return Cut(_inserted_lines(document, path, sequence, number, as_item(value, 0)), change)


def _inserted_lines(
    document: Document, path: Way, sequence: SequenceNode, number: int, lines: str
) -> tuple[Patch, ...]:
    if not sequence.value:  # written as [], for a block list cannot be empty
        key = document.key(path)
        indent = key.start_mark.column + STEP
        start, end = document.text.index(":", key.end_mark.index) + 1, document.end_of(sequence)
        return (Patch(start, end, "\n" + indented(lines, indent).rstrip("\n")),)
    indent = sequence.start_mark.column
    if number < len(sequence.value):
        start = document.comment_above(document.lines_of_item(sequence, number)[0], indent)
        return (Patch(start, start, indented(lines, indent)),)
    return (_whole_lines(document, document.lines_of_item(sequence, number - 1)[1], indented(lines, indent)),)


def remove_item(document: Document, path: Way) -> Cut:
    """An item of a list. Comments above it stay where they are."""
    holder, number = path[:-1], path[-1]
    sequence = document.node(holder)
    assert isinstance(sequence, SequenceNode)
    assert isinstance(number, int)

    def change(data: Any) -> None:
        del at_path(data, holder)[number]

    if sequence.flow_style:
        items = sequence.value
        if number + 1 < len(items):
            return Cut((Patch(items[number].start_mark.index, items[number + 1].start_mark.index, ""),), change)
        start = document.end_of(items[number - 1]) if number else items[0].start_mark.index
        return Cut((Patch(start, document.end_of(items[number]), ""),), change)
    start, end = document.lines_of_item(sequence, number)
    if len(sequence.value) > 1:
        return Cut((Patch(start, end, ""),), change)
    colon = document.text.index(":", document.key(holder).end_mark.index) + 1
    return Cut((Patch(colon, colon, " []"), Patch(start, end, "")), change)


def exchange(document: Document, path: Way) -> Cut:
    """An item and the one after it change places, each with the comment directly above it; what lies between stays."""
    holder, at = path[:-1], path[-1]
    assert isinstance(at, int)
    sequence = document.node(holder)
    if not isinstance(sequence, SequenceNode) or at + 1 >= len(sequence.value):
        raise CannotEdit(f"nothing comes after {path}")

    def change(data: Any) -> None:
        items = at_path(data, holder)
        items[at], items[at + 1] = items[at + 1], items[at]

    def span(number: int) -> tuple[int, int]:
        if sequence.flow_style:
            return sequence.value[number].start_mark.index, document.end_of(sequence.value[number])
        start, end = document.lines_of_item(sequence, number)
        return document.comment_above(start, sequence.start_mark.column), end

    (start, end), (other_start, other_end) = span(at), span(at + 1)
    first, second = document.text[start:end], document.text[other_start:other_end]
    if not sequence.flow_style and not second.endswith("\n"):  # the last line of a text may lack its line feed
        first, second = first.rstrip("\n"), second + "\n"
    return Cut((Patch(start, end, second), Patch(other_start, other_end, first)), change)


def carry(document: Document, path: Way, to: Way, number: int) -> Cut:
    """An item of a block list to the ``number``-th place of another, with the comment directly above it."""
    holder, at = path[:-1], path[-1]
    assert isinstance(at, int)
    source, target = document.node(holder), document.node(to)
    if not isinstance(source, SequenceNode) or not isinstance(target, SequenceNode):
        raise CannotEdit("no lists to carry between")
    if source.flow_style or (target.value and target.flow_style):
        raise CannotEdit("a list stands on one line")

    def change(data: Any) -> None:
        at_path(data, to).insert(number, at_path(data, holder).pop(at))

    own, end = document.lines_of_item(source, at)
    start = document.comment_above(own, source.start_mark.column)
    block = reindented(document.text[start:end].rstrip("\n") + "\n", -source.start_mark.column)
    gone = remove_item(document, path).patches
    above = (Patch(start, own, ""),) if start < own else ()
    return Cut((*gone, *above, *_inserted_lines(document, to, target, number, block)), change)


def _field_end(document: Document, key: ScalarNode, node: Any) -> int:
    """Behind a field: behind its value, or its colon where it has none."""
    return max(document.end_of(node), document.text.index(":", key.end_mark.index) + 1)


def _whole_lines(document: Document, place: int, lines: str) -> Patch:
    """Lines put at ``place``, which is the beginning of a line or the end of a text without a last line feed."""
    if place and document.text[place - 1] != "\n":
        return Patch(place, place, "\n" + lines.rstrip("\n"))
    return Patch(place, place, lines)


def indented(lines: str, indent: int) -> str:
    return "".join(f"{' ' * indent}{line}" if line.strip() else line for line in lines.splitlines(keepends=True))


def reindented(lines: str, by: int) -> str:
    """Every line ``by`` blanks further right, or left as far as it has blanks."""
    if by >= 0:
        return indented(lines, by)
    kept = []
    for line in lines.splitlines(keepends=True):
        blanks = len(line) - len(line.lstrip(" "))
        kept.append(line[min(-by, blanks) :])
    return "".join(kept)


def at_path(data: Any, path: Way) -> Any:
    for step in path:
        data = data[step]
    return data


def put(data: Any, path: Way, value: Any) -> None:
    at_path(data, path[:-1])[path[-1]] = value
