"""Indices of the survey over its waves on the sheet of a street or the city: a line each."""

from __future__ import annotations

from collections.abc import Sequence

from reports.blocks import Block, Notes
from reports.content import IndexOfArea
from reports.wording import indices as words


def blocks(indices: Sequence[IndexOfArea], language: str) -> list[Block]:
    return [Notes(tuple(words.sentence(one, language) for one in indices))] if indices else []
