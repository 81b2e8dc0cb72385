"""Repeated groups that are asked a known number of times: written out, one group a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from survey_service.xlsform import survey_tree as tree
from survey_service.xlsform.book import Row
from survey_service.xlsform.remarks import Remark, Why
from survey_service.xlsform.survey_tree import Node
from survey_service.xlsform.xpath import Number, Operation, Reference, XPath, XPathFault, parse

MOST_TIMES: Final = 12
MOST_ROWS: Final = 200  # of one group, written out
_PLACE: Final = re.compile(r"position\(\s*\.\.\s*\)")


def written_out(top: list[Node], remarks: list[Remark]) -> list[Node]:
    """The same with such groups in place of what is repeated; a count that nobody knows stays a repeated group."""
    rows = {node.row["name"]: node.row for one in top for node in one.walk()}
    return list(_each(top, rows, remarks))


def _each(nodes: list[Node], rows: Mapping[str, Row], remarks: list[Remark]) -> Iterator[Node]:
    for node in nodes:
        node.children = list(_each(node.children, rows, remarks))
        times = _times(node, rows) if node.kind == tree.REPEAT else None
        if times is None or times * sum(1 for _ in node.walk()) > MOST_ROWS:
            yield node
            continue
        remarks.append(node.row.remark(Why.WRITTEN_OUT, "type", seen=times))
        names = {one.row["name"] for child in node.children for one in child.walk() if one.row["name"]}
        for time in range(1, times + 1):
            yield _copy(replace(node, kind=tree.GROUP), time, names, _while(node, time))


def _times(node: Node, rows: Mapping[str, Row]) -> int | None:
    """How often at most: as it is written, or the most that the number it names may be."""
    try:
        count = parse(node.row["repeat_count"])
        if isinstance(count, Reference) and count.name in rows:
            counted = rows[count.name]
            if counted["type"].strip().lower() not in ("integer", "int"):
                return None
            found = _most(parse(counted["constraint"])) if counted["constraint"] else None
        else:
            found = int(count.text) if isinstance(count, Number) and count.text.isdigit() else None
    except XPathFault:
        return None
    return found if found is not None and 1 <= found <= MOST_TIMES else None


def _most(constraint: XPath) -> int | None:
    """The largest number that a constraint lets pass, where every part of it has to hold."""
    match constraint:
        case Operation("and", left, right):
            found = [one for one in (_most(left), _most(right)) if one is not None]
            return min(found) if found else None
        case Operation("<=" | "=", Reference(""), Number(text)) if text.isdigit():
            return int(text)
        case Operation("<", Reference(""), Number(text)) if text.isdigit():
            return int(text) - 1
    return None


def _while(node: Node, time: int) -> str:
    """Under which condition it is asked once more."""
    count, own = node.row["repeat_count"], node.row["relevant"]
    more = "" if count.strip().isdigit() else f"{count} >= {time}"
    return f"({own}) and ({more})" if own and more else own or more


def _copy(node: Node, time: int, names: set[str], relevant: str | None = None) -> Node:
    """Of the group for one time: names that stand in it have its number behind them."""
    own = re.compile(r"\$\{\s*(" + "|".join(map(re.escape, sorted(names))) + r")\s*\}") if names else None

    def said(words: str) -> str:
        numbered = own.sub(lambda one: f"${{{one[1]}_{time}}}", words) if own else words
        return _PLACE.sub(str(time), numbered)

    row = node.row
    cells = {name: said(words) for name, words in row.cells.items()}
    if cells.get("name"):
        cells["name"] = f"{row['name']}_{time}"
    spoken = {name: {one: said(words) for one, words in texts.items()} for name, texts in row.words.items()}
    if relevant is not None:  # the group itself
        cells["relevant"] = relevant
        spoken["label"] = {one: f"{words} {time}" for one, words in spoken.get("label", {}).items()}
    children = [_copy(child, time, names) for child in node.children]
    return replace(node, row=replace(row, cells=cells, words=spoken), children=children)
