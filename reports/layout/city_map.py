"""Areas in their outlines: a shade and a sign for the verdict, the name where it has room, else a number with a key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from analysis.results import Verdict
from reports import style
from reports.blocks import OnMap, Tile, Tiles
from reports.layout.setting import OPTICAL_MIDDLE, Setter
from reports.layout.tiles import HATCH, SIGN, SIGN_ROOM, legend
from reports.marks import Frame, Mark, Shape, Stack, Stroke, Words, below, part_of
from reports.outlines import Outline, Point, Rings, inside, widest
from reports.structure import Node
from reports.style import Role, U
from reports.typesetting.composer import Line

TALLEST: Final = 330.0  # pt
CLEAR: Final = 2.0  # pt between a name and the edge of its area
NAME: Final = style.SMALL
NUMBER: Final = Role(style.SMALLEST, style.LETTER.leading)
BORDER: Final = 0.6


def city_map(setter: Setter, block: Tiles, width: float) -> Stack:
    """The map below its legend, and the key of the areas that bear a number."""
    assert block.on_map is not None
    title = setter.section_head(block.on_map.title, block.unit, width)
    drawn, numbered = drawn_map(setter, block, block.on_map, width)
    frames = [below(title, legend(setter, block, width), drawn)]
    if numbered:
        frames.append(key(setter, numbered, width))
    frames[-1] = below(frames[-1], Frame(1 * U, ()), setter.notes(block.on_map.notes, width))
    return Stack(tuple(frames), below(title, Frame(1.6 * U, ())))


def drawn_map(setter: Setter, block: Tiles, on_map: OnMap, width: float) -> tuple[Frame, list[Tile]]:
    """All grounds, then all edges' labels, so that no ground covers a name; and the areas whose name has no room."""
    across, down = on_map.size
    scale = min(width / across, TALLEST / down)
    left = (width - across * scale) / 2
    every = [tile for group in block.groups for tile in group.tiles]
    placed = [(tile, scaled(tile, scale)) for tile in every]
    marks = [mark for tile, rings in placed for mark in ground(tile, rings)]
    marks += [mark for tile, rings in placed if hidden(tile) for mark in edge(rings)]
    numbered: list[Tile] = []
    for tile, rings in placed:
        label = named(setter, tile, rings)
        if label is None:
            numbered.append(tile)
            label = counted(setter, tile, rings, len(numbered))
        marks += label
    return Frame(down * scale + 2 * U, tuple(mark.moved(left, U) for mark in marks)), numbered


def scaled(tile: Tile, scale: float) -> Outline:
    return tuple(tuple((x * scale, y * scale) for x, y in ring) for ring in tile.rings)


def ground(tile: Tile, rings: Outline) -> list[Mark]:
    """The shade with its edge; of what is hidden, lines aslant that end at the edge."""
    marks: list[Mark] = [Shape(0, 0, rings, style.SHADES[tile.shade], style.GREY, BORDER)]
    return [*marks, *(hatching(rings) if hidden(tile) else ())]


def hidden(tile: Tile) -> bool:
    return tile.verdict is Verdict.NOT_PUBLISHED


def edge(rings: Outline) -> Iterator[Stroke]:
    """Once more, over the ends of the lines aslant: they would leave it in pieces."""
    for ring in rings:
        for (x, y), (to_x, to_y) in pairwise((*ring, ring[0])):
            yield Stroke(x, y, to_x, to_y, BORDER, style.GREY)


def hatching(rings: Rings) -> Iterator[Stroke]:
    """Lines on which x + y is the same: turned by an eighth, they are the rows of the turned outline."""
    turned = tuple(tuple((x - y, x + y) for x, y in ring) for ring in rings)
    sums = [y for ring in turned for _, y in ring]
    step = int(min(sums) // HATCH) + 1
    while step * HATCH < max(sums):
        at = step * HATCH
        for start, end in inside(turned, at):
            yield Stroke(
                (at + start) / 2, (at - start) / 2, (at + end) / 2, (at - end) / 2, style.RULE_ROW, style.HAIRLINE
            )
        step += 1


def named(setter: Setter, tile: Tile, rings: Rings) -> list[Mark] | None:
    """Sign and name in a line, or the sign above the name in one line or two; None where none of it has room."""
    wide = setter.width(NAME, tile.name)
    room = widest(rings, NAME.size)
    if room is not None and room[1] - room[0] >= SIGN_ROOM + wide + 2 * CLEAR:
        left = (room[0] + room[1] - SIGN_ROOM - wide) / 2
        return label(setter, tile, tile.name, (left, room[2]), NAME)
    for many in (1, 2):
        room = widest(rings, (many + 1) * NAME.leading)
        if room is None or room[1] - room[0] < 2 * NAME.size:
            return None
        inner = room[1] - room[0] - 2 * CLEAR
        lines = setter.lines([NAME.span(tile.name)], inner)
        if len(lines) <= many and all(setter.width(NAME, word) <= inner for word in whole(tile.name)):
            return stacked(setter, tile, lines, ((room[0] + room[1]) / 2, room[2]))
    return None


def whole(name: str) -> list[str]:
    """Words that may not break: those of Latin letters."""
    return [word for word in name.split() if word.isascii()]


def stacked(setter: Setter, tile: Tile, lines: Sequence[Line], middle: Point) -> list[Mark]:
    """The sign, below it the lines, all about ``middle``."""
    x, y = middle
    top = y - (len(lines) + 1) * NAME.leading / 2
    marks: list[Mark] = [*setter.sign_alone(tile.verdict, x, top + 0.5 * NAME.leading, SIGN)]
    for number, line in enumerate(lines, start=1):
        down = top + (number + 0.5) * NAME.leading + OPTICAL_MIDDLE * NAME.size
        marks.append(Words(x - line.width / 2, down, line))
    return list(part_of(Node(kind="P"), marks))


def counted(setter: Setter, tile: Tile, rings: Rings, number: int) -> list[Mark]:
    """A number at the widest place, after the sign where both have room."""
    text = str(number)
    wide = setter.width(NUMBER, text)
    room = widest(rings, NUMBER.size) or widest(rings, 0.0)
    if room is None:
        xs, ys = ([point[axis] for ring in rings for point in ring] for axis in (0, 1))
        room = min(xs), max(xs), (min(ys) + max(ys)) / 2
    middle = (room[0] + room[1]) / 2
    if room[1] - room[0] >= SIGN_ROOM + wide + CLEAR:
        return label(setter, tile, text, (middle - (SIGN_ROOM + wide) / 2, room[2]), NUMBER)
    return [setter.left(NUMBER, text, middle - wide / 2, room[2] + OPTICAL_MIDDLE * NUMBER.size)]


def label(setter: Setter, tile: Tile, text: str, at: Point, role: Role) -> list[Mark]:
    """Sign and text in one line, about the height of ``at``."""
    x, y = at
    words = setter.left(role, text, x + SIGN_ROOM, y + OPTICAL_MIDDLE * role.size)
    return list(part_of(Node(kind="P"), [*setter.sign_alone(tile.verdict, x + SIGN, y, SIGN), words]))


def key(setter: Setter, numbered: Sequence[Tile], width: float) -> Frame:
    """Number, sign, name and word of every area that has but a number on the map, in columns."""
    parts = [(f"{number} {tile.name}", tile) for number, tile in enumerate(numbered, start=1)]
    need = max(SIGN_ROOM + setter.width(NAME, f"{text}  {tile.word}") for text, tile in parts) + 4 * U
    across = max(1, int(width / need))
    down = -(-len(parts) // across)
    marks: list[Mark] = []
    for place, (text, tile) in enumerate(parts):
        x, y = place // down * (width / across), (place % down + 1) * NAME.leading
        words = setter.shortened(NAME, f"{text}  {tile.word}", width / across - SIGN_ROOM)
        sign = setter.sign(tile.verdict, x + SIGN, y - OPTICAL_MIDDLE * NAME.size, SIGN)
        drawn: Words = replace(setter.left(NAME, words, x + SIGN_ROOM, y), node=Node(kind="P"))
        marks += [*sign, drawn]
    return Frame(down * NAME.leading + 1.5 * U, tuple(marks))
