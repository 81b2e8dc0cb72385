"""How much of a file is read before it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MOST_TOLD: Final = 1_000  # problems of one file that are listed; a person mends none of the further ones by hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Counts of one file; ``unpacked`` in bytes of XML, ``characters`` over all cells, ``cell`` in one of them."""

    rows: int
    columns: int
    cells: int
    unpacked: int
    characters: int
    cell: int = 32_767  # what a cell of Excel holds
    head: int = 2_000  # characters of one; a question and its introduction
    ratio: int = 300  # unpacked bytes to packed ones, of files above 100 KB
    parts: int = 3_000  # files in a workbook
    sheets: int = 255
    merged: int = 200_000  # ranges
    depth: int = 64
    tag: int = 262_144  # bytes of one tag of markup


UPLOADED: Final = Limits(
    rows=200_000, columns=500, cells=2_000_000, unpacked=300_000_000, characters=60_000_000
)  # a frame of 100,000 households, an export of 20,000 answers by 100 columns
OWN: Final = Limits(
    rows=1_100_000, columns=16_384, cells=40_000_000, unpacked=600_000_000, characters=2_000_000_000, cell=1_000_000
)  # files of the operator's own, given to a command by name
