"""What a mark is to whoever hears a page: a heading, a paragraph, a cell of a table. Furniture of the page is nothing.

Layouts give nodes to marks; ``tagging`` makes of those that were drawn the structure tree of a file (ISO 32000-1,
14.8).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["H1", "H2", "H3", "P", "Table", "TR", "TH", "TD", "Figure", "Span", "Artifact"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Node:
    """One element; marks that share it are one piece of text, wherever they stand.

    ``alt``: what is said instead of what is drawn. ``place``: of a cell in its row. ``cells`` (a row's): the kind and
    the scope of all its cells, so that those without a mark are there too. ``rows``: how many rows a cell stands for.
    """

    kind: Kind
    parent: Node | None = None
    alt: str = ""
    place: int = 0
    cells: tuple[tuple[Kind, str], ...] = ()
    rows: int = 1


ARTIFACT: Final = Node(kind="Artifact")
"""Of what every page carries, and of what is said elsewhere in words: nobody needs to hear it."""


def row_of(table: Node, cells: int, *, head: bool = False) -> tuple[Node, tuple[Node, ...]]:
    """A row with its cells; the first names the row, in a head all name their columns."""
    name: tuple[Kind, str] = ("TH", "Column" if head else "Row")
    rest: tuple[Kind, str] = name if head else ("TD", "")
    scopes = (name, *(rest for _ in range(cells - 1)))
    row = Node(kind="TR", parent=table, cells=scopes)
    return row, tuple(Node(kind=kind, parent=row, place=place) for place, (kind, _) in enumerate(scopes))
