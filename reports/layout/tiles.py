"""Areas as tiles of one size, a group beside its name; a sign, a word and a shade for the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from analysis.results import Verdict
from reports import style
from reports.blocks import Tile, TileGroup, Tiles
from reports.layout.setting import OPTICAL_MIDDLE, Setter
from reports.marks import Fill, Frame, Mark, Stack, Stroke, Words, below, moved
from reports.structure import Node
from reports.style import Role, U
from reports.typesetting.composer import Line

ACROSS: Final = (6, 5)  # tiles side by side: the first of which all that they say has room
NAME_WIDTH: Final = 70.0  # pt, of a group's name
BETWEEN: Final = 3.0  # pt between tiles
PADDING: Final = 3.5
SIGN: Final = 2.7  # radius in pt
SIGN_ROOM: Final = 9.0
MOST_LINES: Final = 3  # of a name; what is longer ends with an ellipsis
HATCH: Final = 6.0  # pt between two lines
SWATCH: Final = (16.0, 9.0)
NAME: Final = style.SMALL
WORD: Final = Role(style.NOTE.size, style.NOTE.leading)
GROUP: Final = replace(style.ROW, bold=True)


def tiles(setter: Setter, block: Tiles, width: float) -> Stack:
    """A frame per row of tiles; a legend below the title, which is drawn again on each page."""
    title = setter.section_head(block.title, block.unit, width)
    across = next((many for many in ACROSS if has_room(setter, block, side_of(width, many))), ACROSS[-1])
    side = side_of(width, across)
    names = [named(setter, NAME, tile.name, side - 2 * PADDING) for group in block.groups for tile in group.tiles]
    height = 2 * PADDING + max(map(len, names)) * NAME.leading + WORD.leading
    groups = [named(setter, GROUP, group.name, NAME_WIDTH - 4) for group in block.groups]
    height = max(height, max(map(len, groups)) * GROUP.leading + 2)
    frames: list[Frame] = []
    for place, (group, words) in enumerate(zip(block.groups, groups, strict=True)):
        frames += rows_of(setter, group, words, (side, height), across, rule=width if place else 0.0)
    frames[0] = below(title, legend(setter, block, width), frames[0])
    frames[-1] = below(frames[-1], Frame(1 * U, ()), setter.notes(block.notes, width))
    return Stack(tuple(frames), below(title, Frame(1.6 * U, ())))


def side_of(width: float, across: int) -> float:
    return (width - NAME_WIDTH - (across - 1) * BETWEEN) / across


def has_room(setter: Setter, block: Tiles, side: float) -> bool:
    """Whether a whole row is needed, and no word and no name would be cut."""
    every = [tile for group in block.groups for tile in group.tiles]
    room = side - 2 * PADDING
    return (
        any(len(group.tiles) > ACROSS[-1] for group in block.groups)
        and all(SIGN_ROOM + setter.width(WORD, tile.word) <= room for tile in every)
        and all(len(setter.lines([NAME.span(tile.name)], room)) <= MOST_LINES for tile in every)
    )


def rows_of(
    setter: Setter, group: TileGroup, words: Sequence[Line], size: tuple[float, float], across: int, *, rule: float
) -> list[Frame]:
    """The rows of one group, its name before the first; ``rule``: how long a hairline stands above, 0 for none."""
    side, height = size
    made: list[Frame] = []
    for start in range(0, len(group.tiles), across):
        marks: list[Mark] = []
        top = BETWEEN if start or not rule else 2 * BETWEEN
        if not start:
            node = Node(kind="P")
            marks += [Words(0, top + (n + 0.75) * GROUP.leading, line, node) for n, line in enumerate(words)]
            if rule:
                marks.append(Stroke(0, BETWEEN, rule, BETWEEN, style.RULE_ROW, style.HAIRLINE))
        for place, tile in enumerate(group.tiles[start : start + across]):
            drawn = one(setter, tile, side, height)
            marks += moved(drawn, NAME_WIDTH + place * (side + BETWEEN), top)
        made.append(Frame(top + height, tuple(marks)))
    return made


def one(setter: Setter, tile: Tile, width: float, height: float) -> list[Mark]:
    """The name from the top, sign and word at the bottom."""
    marks = ground(tile, width, height)
    node = Node(kind="P")
    for number, line in enumerate(named(setter, NAME, tile.name, width - 2 * PADDING)):
        marks.append(Words(PADDING, PADDING + (number + 0.78) * NAME.leading, line, node))
    y = height - PADDING - 0.1 * WORD.leading
    x = PADDING
    if tile.verdict is not Verdict.NOT_PUBLISHED:
        marks += setter.sign(tile.verdict, x + SIGN, y - OPTICAL_MIDDLE * WORD.size, SIGN)
        x += SIGN_ROOM
    word = setter.shortened(WORD, tile.word, width - x - 1)
    marks.append(replace(setter.left(WORD, word, x, y), node=node))
    return marks


def ground(tile: Tile, width: float, height: float) -> list[Mark]:
    """The shade with its edge; of what is hidden, lines aslant."""
    marks: list[Mark] = [Fill(0, 0, width, height, style.SHADES[tile.shade])]
    if tile.verdict is Verdict.NOT_PUBLISHED:
        for step in range(1, int((width + height) / HATCH) + 1):
            at = step * HATCH  # x + y of the line
            low, high = max(at - height, 0.0), min(at, width)
            marks.append(Stroke(low, at - low, high, at - high, style.RULE_ROW, style.HAIRLINE))
    edge = style.RULE
    marks += [Stroke(0, y, width, y, style.RULE_ROW, edge) for y in (0.0, height)]
    marks += [Stroke(x, 0, x, height, style.RULE_ROW, edge) for x in (0.0, width)]
    return marks


def legend(setter: Setter, block: Tiles, width: float) -> Frame:
    """A small tile, the sign and what it means, side by side as far as there is room."""
    marks: list[Mark] = []
    across, down = SWATCH
    x, y = 0.0, 4.6 * U
    for tile, text in block.legend:
        before = across + 4 + SIGN_ROOM
        words = setter.left(setter.note, text, 0, y)
        if x and x + before + words.line.width > width:
            x, y = 0.0, y + setter.note.leading + 1
        middle = y - OPTICAL_MIDDLE * setter.note.size
        marks += moved(ground(tile, across, down), x, middle - down / 2)
        marks += setter.sign(tile.verdict, x + across + 4 + SIGN, middle, SIGN)
        marks.append(replace(words, x=x + before, y=y))
        x += before + words.line.width + 12
    return Frame(y + 1.2 * U, tuple(marks))


def named(setter: Setter, role: Role, text: str, width: float) -> tuple[Line, ...]:
    """A name on as many lines as a tile has at most; what has no room is cut."""
    lines = setter.lines([role.span(text)], width)
    keep = text
    while len(lines) > MOST_LINES:
        keep = keep[:-1].rstrip()
        lines = setter.lines([role.span(f"{keep}…")], width)
    return tuple(lines)
