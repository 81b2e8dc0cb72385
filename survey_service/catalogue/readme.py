"""A README as blocks that a template sets: headings, paragraphs, lists, tables, code. No markup of the text is run.

The part of Markdown that the files of the catalogue are written in; what is none of it is shown as it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Style = Literal["plain", "strong", "code"]


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one style; with an address only where that leads out of the file by https."""

    text: str
    style: Style = "plain"


Runs: TypeAlias = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    runs: Runs
    kind: str = "heading"

    @property
    def words(self) -> str:
        return "".join(one.text for one in self.runs)


@dataclass(frozen=True, slots=True)
class Words:
    runs: Runs
    kind: str = "words"

    @property
    def plain(self) -> str:
        return "".join(one.text for one in self.runs)


@dataclass(frozen=True, slots=True)
class Points:
    items: tuple[Runs, ...]
    numbered: bool
    kind: str = "points"


@dataclass(frozen=True, slots=True)
class Table:
    head: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]
    kind: str = "table"


@dataclass(frozen=True, slots=True)
class Code:
    text: str
    kind: str = "code"


Block: TypeAlias = Heading | Words | Points | Table | Code

_INLINE = re.compile(
    r"\[`([^`]+)`\]\([^)\s]*\)|`([^`]+)`|\*\*([^*]+)\*\*|!?\[([^\]]+)\]\(([^)\s]*)\)|<(https?://[^>\s]+)>"
)
_POINT = re.compile(r"\s{0,3}(?:[-*+]|(\d{1,3})[.)])\s+(.*)")
_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*")


def read(text: str) -> tuple[Block, ...]:
    """Blocks of a README in their order."""
    lines, blocks = text.replace("\r\n", "\n").split("\n"), []
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        block, at = _block(lines, at)
        blocks.append(block)
    return tuple(blocks)


def _block(lines: list[str], at: int) -> tuple[Block, int]:
    line = lines[at]
    if line.startswith("```"):
        end = next((number for number in range(at + 1, len(lines)) if lines[number].startswith("```")), len(lines))
        return Code("\n".join(lines[at + 1 : end])), end + 1
    if found := re.fullmatch(r"(#{1,6})\s+(.*?)\s*#*", line):
        return Heading(len(found[1]), runs(found[2])), at + 1
    if "|" in line and at + 1 < len(lines) and "-" in lines[at + 1] and _RULE.fullmatch(lines[at + 1]):
        end = at + 2
        while end < len(lines) and "|" in lines[end]:
            end += 1
        return Table(_cells(line), tuple(_cells(one) for one in lines[at + 2 : end])), end
    if found := _POINT.fullmatch(line):
        return _points(lines, at, numbered=found[1] is not None)
    end = at + 1
    while end < len(lines) and lines[end].strip() and not _begins(lines[end]):
        end += 1
    return Words(runs(_joined(lines[at:end]))), end


def _begins(line: str) -> bool:
    return bool(line.startswith(("#", "```")) or _POINT.fullmatch(line))


def _points(lines: list[str], at: int, *, numbered: bool) -> tuple[Points, int]:
    items: list[list[str]] = []
    while at < len(lines):
        line = lines[at]
        if (found := _POINT.fullmatch(line)) and (found[1] is not None) == numbered:
            items.append([found[2]])
        elif items and line.strip() and line[:1].isspace():
            items[-1].append(line.strip())
        else:
            break
        at += 1
    return Points(tuple(runs(_joined(one)) for one in items), numbered), at


def _joined(lines: list[str]) -> str:
    """Lines as one: between Chinese characters nothing stands for the line end."""
    text = "\n".join(one.strip() for one in lines)
    return re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n(?=[\u3000-\u9fff\uff00-\uffef])", "", text).replace("\n", " ")


def _cells(line: str) -> tuple[Runs, ...]:
    return tuple(runs(one.strip()) for one in line.strip().strip("|").split("|"))


def runs(text: str) -> Runs:
    found: list[Run] = []
    at = 0
    for one in _INLINE.finditer(text):
        if one.start() > at:
            found.append(Run(text[at : one.start()]))
        named, code, strong, link, _, address = one.groups()
        code = named or code
        found.append(Run(code, "code") if code else Run(strong, "strong") if strong else Run(link or address))
        at = one.end()
    if at < len(text):
        found.append(Run(text[at:]))
    return tuple(found)
