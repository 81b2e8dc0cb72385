"""The tables of a story as tables of Word: an interval that the PDF draws stands in words, with the same limits.

Words, not pictures: they are read aloud, copied and edited, and a city has a thousand intervals (decision 0207).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from analysis.results import Verdict
from reports import style
from reports.blocks import Card, Cards, Cell, Column, ColumnKind, Comparison, Range, Table, Tiles, Tone
from reports.word.parts import Box, Grid, Piece
from reports.word.styles import FIGURE_SIZE, TABLE_SIZE
from reports.wording.figures import NOTHING, joined, outwards

CARDS_ACROSS: Final = 4
LEAST_WIDTH: Final = 30.0  # pt
PADDING: Final = 9.0
WIDEST_NEED: Final = 120.0  # a text may wrap: it is never given more than that before the others have theirs


def sign(verdict: Verdict | None) -> tuple[Piece, ...]:
    """The verdict's sign in its colour, a dash where it is hidden; nothing without a verdict."""
    if verdict is None:
        return ()
    return (Piece(style.VERDICT_SIGN.get(verdict, NOTHING), colour=style.VERDICT_COLOUR[verdict]),)


def range_words(drawn: Range) -> str:
    """The limits of a drawn interval, in the unit of its axis."""
    return joined(*outwards(drawn.low, drawn.high))


def table_grid(block: Table) -> Grid:
    """All rows of a table."""
    kept = _columns_in_words(block)
    head = tuple(_head(block.columns[place]) for place in kept)
    rows = [tuple(_cell(row.cells[place], block.columns[place].kind) for place in kept) for row in block.rows]
    heads = (head,) if block.head else ()
    tinted = {len(heads) + place for place, row in enumerate(block.rows) if row.tone in (Tone.STREET, Tone.WHOLE)}
    strong = [row.tone is not Tone.PLAIN for row in block.rows]
    rows = [tuple(_strong(box) for box in row) if bold else row for row, bold in zip(rows, strong, strict=True)]
    every = (*heads, *rows)
    return Grid(_widths(every), every, heads=len(heads), tinted=frozenset(tinted))


def _columns_in_words(block: Table) -> list[int]:
    """Without the charts where the same interval stands in a column of its own."""
    kinds = [column.kind for column in block.columns]
    told = ColumnKind.INTERVAL in kinds
    return [place for place, kind in enumerate(kinds) if not (told and kind is ColumnKind.CHART)]


def comparison_grid(block: Comparison) -> Grid:
    """The groups of a comparison one under the other; the name of each with its verdict and target is a row."""
    head = tuple(Box(((Piece(text),),) if text else (), right=bool(text)) for text in ("", *block.heads))
    rows: list[tuple[Box, ...]] = [head]
    tinted = set()
    for group in block.groups:
        tinted.add(len(rows))
        named = (Piece(group.name, bold=True),)
        judged = (*sign(group.verdict), Piece(group.word)) if group.word else ()
        aim = (Piece(group.target_label),) if group.target_label else ()
        rows.append((Box((named,)), Box((judged,)), Box((aim,)), Box(())))
        for row in group.rows:
            interval = joined(*row.interval) if row.interval else ""
            value = (Piece(row.value), *((Piece(row.letter),) if row.letter else ()))
            words = [(Piece(row.name),), value, (Piece(interval),), (Piece(row.n),)]
            rows.append(tuple(Box((line,), right=place > 0, indent=place == 0) for place, line in enumerate(words)))
    return Grid(_widths(rows), tuple(rows), tinted=frozenset(tinted))


def card_grids(block: Cards) -> list[Grid]:
    """Up to four indicators side by side: name, verdict, figure, what stands beside it, why."""
    parts = [block.cards[start : start + CARDS_ACROSS] for start in range(0, len(block.cards), CARDS_ACROSS)]
    return [_card_grid(cards) for cards in parts]


def tile_grid(block: Tiles) -> Grid:
    """The tiles of each group in rows, under a row that names it."""
    rows: list[tuple[Box, ...]] = []
    tinted: set[int] = set()
    empty = Box(())
    for group in block.groups:
        tinted.add(len(rows))
        rows.append((Box(((Piece(group.name, bold=True),),)), *(empty for _ in range(CARDS_ACROSS - 1))))
        for start in range(0, len(group.tiles), CARDS_ACROSS):
            boxes = [
                Box(((Piece(tile.name),), (*sign(tile.verdict), Piece(tile.word))), shade=tile.shade)
                for tile in group.tiles[start : start + CARDS_ACROSS]
            ]
            rows.append((*boxes, *(empty for _ in range(CARDS_ACROSS - len(boxes)))))
    return Grid((style.TEXT_WIDTH / CARDS_ACROSS,) * CARDS_ACROSS, tuple(rows), heads=0, tinted=frozenset(tinted))


def _card_grid(cards: Sequence[Card]) -> Grid:
    width = style.TEXT_WIDTH / max(len(cards), 2)
    lines = [
        [Box(((Piece(card.name),),)) for card in cards],
        [Box(((*sign(card.verdict), Piece(card.word, bold=True)),) if card.word else ()) for card in cards],
        [Box((_figure(card),)) for card in cards],
        [Box(_rows_of_card(card, width)) for card in cards],
        [Box(tuple(sign(verdict) * count for verdict, count in card.counts)) for card in cards],
        [Box(tuple((Piece(reason, colour=style.GREY),) for reason in card.reasons)) for card in cards],
    ]
    kept = [line for line in lines if any(box.lines for box in line)]
    return Grid((width,) * len(cards), tuple(tuple(line) for line in kept))


def _figure(card: Card) -> tuple[Piece, ...]:
    """The figure, large, with its unit; a dash has none."""
    unit = (Piece(card.unit),) if card.unit and card.figure != NOTHING else ()
    return (Piece(card.figure, bold=True, size=FIGURE_SIZE), *unit)


def _rows_of_card(card: Card, width: float) -> tuple[tuple[Piece, ...], ...]:
    """Name and value on one line where both have room; else the value on the next, rather than parted at its dash."""
    lines: list[tuple[Piece, ...]] = []
    for name, value in (*card.rows, *card.further):
        label = Piece(name, colour=style.GREY)
        line = (label, Piece("　"), Piece(value))
        lines += [line] if _length(line) + PADDING <= width else [(label,), (Piece(value),)]
    return tuple(lines)


def _head(column: Column) -> Box:
    lines = [(Piece(column.head),)] if column.head else []
    lines += [(Piece(column.note, colour=style.GREY),)] if column.note else []
    return Box(tuple(lines), right=column.kind in (ColumnKind.FIGURE, ColumnKind.INTERVAL, ColumnKind.CHART))


def _cell(cell: Cell, kind: ColumnKind) -> Box:
    pieces = (
        [] if cell.verdict is Verdict.NOT_PUBLISHED and cell.text else list(sign(cell.verdict))
    )  # one dash is enough
    if cell.text:
        pieces.append(Piece(cell.text, cell.bold, style.GREY if cell.grey else ""))
    lines = []
    if cell.interval is not None and cell.text:
        lines.append((Piece(joined(*cell.interval), colour=style.GREY),))
    elif cell.interval is not None:
        pieces.append(Piece(joined(*cell.interval)))
    if cell.range is not None:
        pieces.append(Piece(range_words(cell.range), colour=style.GREY))
    if cell.letter:
        pieces.append(Piece(cell.letter, colour=style.GREY))
    return Box(
        (*((tuple(pieces),) if pieces else ()), *lines),
        right=kind is not ColumnKind.TEXT,
        indent=cell.indent,
        shade=cell.shade,
    )


def _strong(box: Box) -> Box:
    lines = tuple(tuple(replace(one, bold=True) for one in line) for line in box.lines)
    return replace(box, lines=lines)


def _widths(rows: Sequence[Sequence[Box]]) -> tuple[float, ...]:
    """What each column needs for its longest line, and the page's width shared out by it."""
    needs = [LEAST_WIDTH] * len(rows[0]) if rows else []
    for row in rows:
        for place, box in enumerate(row):
            for line in box.lines:
                needs[place] = max(needs[place], _length(line) + (TABLE_SIZE if box.indent else 0) + PADDING)
    total = sum(needs)
    if total > style.TEXT_WIDTH:
        room = style.TEXT_WIDTH - sum(min(need, WIDEST_NEED) for need in needs)
        over = sum(max(need - WIDEST_NEED, 0) for need in needs)
        part = max(room, 0.0) / over if over else 0.0
        needs = [min(need, WIDEST_NEED) + max(need - WIDEST_NEED, 0) * part for need in needs]
        total = sum(needs)
    return tuple(need / total * style.TEXT_WIDTH for need in needs)


def _length(line: Sequence[Piece]) -> float:
    """About how wide a line is: Han take a whole square, others half of one and a little."""
    wide = ("W", "F", "A")
    squares = sum(1.0 if unicodedata.east_asian_width(one) in wide else 0.6 for piece in line for one in piece.text)
    return squares * TABLE_SIZE
