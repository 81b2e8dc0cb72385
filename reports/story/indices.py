"""Indices of the survey over its waves on the sheet of a street or the city: a line each."""

from __future__ import annotations

from collections.abc import Sequence

from reports.blocks import Block, Prose
from reports.content import IndexOfArea
from reports.wording import indices as words
from reports.wording.phrases import say


def blocks(indices: Sequence[IndexOfArea], language: str) -> list[Block]:
    if not indices:
        return []
    return [Prose(say(language, "index_title"), tuple(words.sentence(one, language) for one in indices))]
