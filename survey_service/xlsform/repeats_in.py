"""Groups that are asked several times over: how often at most, and those inside of another written out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from questionnaires.rosters import MORE, MOST_ROUNDS, NO_MORE, THIS_ROUND
from survey_service.xlsform import survey_tree as tree
from survey_service.xlsform.book import CHOICES, Row
from survey_service.xlsform.choices_in import Choices
from survey_service.xlsform.remarks import Remark, Why
from survey_service.xlsform.survey_tree import Node
from survey_service.xlsform.xpath import Call, Number, Operation, Reference, XPath, XPathFault, parse

CEILING: Final = 12  # rounds where nobody says how many there are
MOST_ROWS: Final = 400  # of one group in all its rounds, where that is so
MOST_TOGETHER: Final = 1_200  # of all such groups
INSIDE: Final = 4  # rounds of a group inside of another
MORE_INSIDE: Final = "more inside"  # the list of the question that is asked at the end of one of those
ASKS_FOR_MORE: Final = f"select_one {MORE_INSIDE}"
_PLACE: Final = re.compile(r"position\(\s*\.\.(?:\s*/\s*\.\.)*\s*\)|\bindex\(\s*\)")
_TOLD: Final = {"zh": "还有吗？", "en": "Is there another one?"}
_ANSWERS: Final = ((MORE, {"zh": "还有", "en": "Yes, another one"}), (NO_MORE, {"zh": "没有了", "en": "No"}))


@dataclass(frozen=True, slots=True)
class Rounds:
    most: int
    count: XPath | None  # None: whoever answers says after each round whether there is another
    known: bool  # no more than ``most`` can be wanted


class Repeats:
    """The repeated groups of one form."""

    def __init__(self, top: list[Node], lists: Mapping[str, Choices]) -> None:
        self.remarks: list[Remark] = []
        self._lists = lists
        self._rows = {node.row["name"]: node for one in top for node in one.walk() if node.row["name"]}
        self.top = list(self._outside(top))
        outer = [node for one in self.top for node in one.walk() if node.kind == tree.REPEAT]
        self._together = sum(_rows(node) for node in outer) or 1

    def rounds(self, node: Node) -> Rounds:
        """Of one that stands in no other."""
        count, known = self._count(node)
        most = min(MOST_TOGETHER // self._together, MOST_ROWS // _rows(node))
        if known is not None and known <= max(most, CEILING):
            return Rounds(known, count, known=True)
        return Rounds(max(2, min(CEILING, most)), count, known=False)

    # ------------------------------------------------------------ how often

    def _count(self, node: Node) -> tuple[XPath | None, int | None]:
        """How often by the form, and how often at most where that is known."""
        if not node.row["repeat_count"]:
            return None, None
        try:
            count = parse(node.row["repeat_count"])
            return count, self._most_of(count)
        except XPathFault:
            return None, None

    def _most_of(self, count: XPath) -> int | None:
        """As it is written, or the most that the number it names may be; None beyond what is possible here."""
        found: int | None = None
        match count:
            case Number(text):
                found = int(float(text))
            case Reference(name) if name in self._rows:
                counted = self._rows[name].row
                if counted["type"].strip().lower() in ("integer", "int") and counted["constraint"]:
                    found = _most(parse(counted["constraint"]))
            case Call("count-selected", (Reference(name),)) if name in self._rows:
                listed = self._lists.get(self._rows[name].list_name)
                found = len(listed.rows) if listed else None
        return found if found is not None and 1 <= found <= MOST_ROUNDS else None

    # ------------------------------------------------------------ one inside of another

    def _outside(self, nodes: list[Node]) -> Iterator[Node]:
        for node in nodes:
            if node.kind == tree.REPEAT:
                node.children = list(self._inside(node.children))
                yield _numbered(node, f"${{{THIS_ROUND}}}")
            else:
                node.children = list(self._outside(node.children))
                yield node

    def _inside(self, nodes: list[Node]) -> Iterator[Node]:
        """What stands in a repeated group: another one is written out, one group a round."""
        for node in nodes:
            node.children = list(self._inside(node.children))
            if node.kind != tree.REPEAT:
                yield node
                continue
            count, known = self._count(node)
            times = known if known is not None and known <= CEILING else INSIDE
            self.remarks.append(node.row.remark(Why.WRITTEN_OUT, "type", seen=times))
            if times != known:
                self.remarks.append(node.row.remark(Why.CEILING, "type", seen=times))
            names = {one.row["name"] for child in node.children for one in child.walk() if one.row["name"]}
            for time in range(1, times + 1):
                made = _copy(replace(node, kind=tree.GROUP), time, names, _while(node, time, counted=count is not None))
                if count is None and time < times:
                    made.children.append(_asks_for_more(node, time))
                yield made


def with_more(lists: dict[str, Choices]) -> dict[str, Choices]:
    """With the two answers to whether there is another one."""
    rows = [
        Row(CHOICES, -place, {"list_name": MORE_INSIDE, "name": code}, {"label": words}, {})
        for place, (code, words) in enumerate(_ANSWERS, start=1)
    ]
    codes = {code: code for code, _ in _ANSWERS}
    by_row = {row.number: row["name"] for row in rows}
    return lists | {MORE_INSIDE: Choices(MORE_INSIDE, rows, codes, by_row, {})}


def _rows(node: Node) -> int:
    return sum(1 for one in node.walk() if one.kind not in (tree.GROUP, tree.META)) or 1


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


def _while(node: Node, time: int, *, counted: bool) -> str:
    """Under which condition it is asked once more."""
    count, own = node.row["repeat_count"].strip(), node.row["relevant"]
    if counted:
        more = "" if count.isdigit() else f"({count}) >= {time}"
    else:
        more = f"${{{_more(node, time - 1)}}} = '{MORE}'" if time > 1 else ""
    return f"({own}) and ({more})" if own and more else own or more


def _more(node: Node, time: int) -> str:
    return f"{node.row['name'] or 'group'}_more_{time}"


def _asks_for_more(node: Node, time: int) -> Node:
    cells = {"type": ASKS_FOR_MORE, "name": _more(node, time)}
    row = Row(node.row.sheet, node.row.number, cells, {"label": _TOLD}, node.row.heads)
    return Node(tree.ONE, row, MORE_INSIDE)


def _numbered(node: Node, number: str) -> Node:
    """With the number of the round where a row asks for its place."""

    def said(row: Row) -> Row:
        cells = {name: _PLACE.sub(number, words) for name, words in row.cells.items()}
        return replace(row, cells=cells) if cells != row.cells else row

    return replace(node, row=said(node.row), children=[_numbered(child, number) for child in node.children])


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
        cells["relevant"] = _PLACE.sub(str(time), relevant)
        spoken["label"] = {one: f"{words} {time}" for one, words in spoken.get("label", {}).items()}
    children = [_copy(child, time, names) for child in node.children]
    return replace(node, row=replace(row, cells=cells, words=spoken), children=children)
