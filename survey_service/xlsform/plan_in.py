"""Which rows become which questions of which sections, and what every name of the form stands for here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from questionnaires.roster_builders import LONGEST_ID
from survey_service.xlsform import survey_tree as tree
from survey_service.xlsform.book import SURVEY, Row
from survey_service.xlsform.choices_in import Choices
from survey_service.xlsform.names import (
    CHOICE,
    CHOICES,
    DATE,
    NOTHING,
    NUMBER,
    RANKS,
    ROSTER,
    TEXT,
    TIME,
    Identifiers,
    Target,
    other_code,
)
from survey_service.xlsform.remarks import Remark, Why
from survey_service.xlsform.repeats_in import Repeats, Rounds
from survey_service.xlsform.sight import Sight
from survey_service.xlsform.survey_tree import Node

_HOLDS = {
    tree.ONE: CHOICE,
    tree.MULTIPLE: CHOICES,
    tree.RANK: RANKS,
    "integer": NUMBER,
    "decimal": NUMBER,
    "range": NUMBER,
    "date": DATE,
    "datetime": DATE,
    "time": TIME,
    "text": TEXT,
    tree.FILES: TEXT,
    "barcode": TEXT,
    "geopoint": TEXT,
    tree.CALCULATE: NUMBER,
}


@dataclass(slots=True)
class Asked:
    """One question to be: its row, the groups inside the section whose conditions hold for it, the rows of a matrix."""

    id: str
    node: Node
    groups: list[Node]
    rows: list[tuple[str, Node]] = field(default_factory=list)  # of a matrix, with their ids
    shows: str = ""  # a calculated value that stands below its words

    @property
    def is_matrix(self) -> bool:
        return bool(self.rows)


@dataclass(slots=True)
class Part:
    """One section to be; ``node`` None: of questions that stand in no group."""

    id: str
    node: Node | None
    asked: list[Asked] = field(default_factory=list)
    around: list[Node] = field(default_factory=list)  # groups that it stands in, of one that repeats
    rounds: Rounds | None = None  # that it repeats
    goes_on: bool = False  # the rest of a group in which another one repeats

    @property
    def conditions(self) -> list[Node]:
        """Whose conditions hold for all of it."""
        return [*self.around, *([self.node] if self.node else [])]


class FormPlan:
    def __init__(self, repeats: Repeats, lists: dict[str, Choices], ours: Mapping[str, str]) -> None:
        """``ours``: what rows of a form that was written here stand for, by their names."""
        self.parts: list[Part] = []
        self.calculated: list[Asked] = []
        self.known: dict[str, Target] = {}
        self.shown: dict[str, Target] = {}  # what is calculated, by its id
        self.meta: set[str] = set()  # names of what the service keeps itself
        self.remarks: list[Remark] = []
        self._lists, self._ours = lists, ours
        self._names = Identifiers()
        self._sections = Identifiers()
        self._repeats, top = repeats, repeats.top
        self._inside: Part | None = None  # the part that repeats and that is being planned
        self._rosters: dict[int, str] = {}  # number of a row -> the part that repeats and that it stands in
        for start, node in enumerate(top):
            if node.kind == tree.GROUP and not tree.matrix_rows(node):
                self._begin(node)
                self._children(node.children, [])
                self.parts.append(Part("", None))  # what follows stands in no group
            else:
                if not self.parts or self.parts[-1].node is not None:
                    self.parts.append(Part("", None))
                self._child(top, start, [])
        going_on = {id(one.node) for one in self.parts if one.goes_on and one.asked}
        self.remarks += [
            one.node.row.remark(Why.EMPTY_GROUP, "label")
            for one in self.parts
            if not one.asked and one.node and not one.goes_on and one.node.row.any_text("label")
            if id(one.node) not in going_on
        ]
        self.parts = [one for one in self.parts if one.asked]
        for part in self.parts:
            part.id = part.id or self._sections.for_name("general", "part")

    def _begin(self, node: Node) -> None:
        self.parts.append(Part(self._sections.for_name(node.row["name"] or "part", "part"), node))

    @property
    def outside(self) -> Sight:
        """What names stand for in no group that repeats."""
        return Sight(self.known, "")

    def seen_from(self, row: Row) -> Sight:
        """What names stand for there."""
        return Sight(self.known, self._rosters.get(row.number, "") if row.sheet.lower() == SURVEY else "")

    def _id(self, name: str, otherwise: str = "q") -> str:
        if self._inside is None or self._inside.rounds is None:
            return self._names.for_name(name, otherwise)
        return self._names.for_rounds(name, self._inside.rounds.most, otherwise)

    @property
    def _roster(self) -> str:
        return "" if self._inside is None else self._inside.id

    def _repeat(self, node: Node, groups: list[Node]) -> None:
        """A part that repeats, and what follows in the group that it stands in."""
        rounds = self._repeats.rounds(node)
        row, outer = node.row, self.parts[-1] if self.parts else None
        held = [*(outer.conditions if outer else ()), *groups]
        name = self._sections.for_rounds(row["name"] or "rounds", rounds.most, "rounds")[:LONGEST_ID].rstrip("_")
        self._inside = Part(name, node, around=held, rounds=rounds)
        self.parts.append(self._inside)
        if row["name"]:
            self.known[row["name"]] = Target(variable=name, holds=ROSTER, roster=name)
        self._rosters |= {one.row.number: name for one in node.walk()}
        self.remarks.append(row.remark(Why.REPEAT, "type", seen=rounds.most))
        if not rounds.known:
            self.remarks.append(row.remark(Why.CEILING, "type", seen=rounds.most))
        self._children(node.children, [])
        self._inside = None
        self.parts.append(Part("", outer.node if outer else None, goes_on=True))
        if outer is not None and outer.node is not None:
            self.parts[-1].id = self._sections.for_name(outer.node.row["name"] or "part", "part")

    def _children(self, children: list[Node], groups: list[Node]) -> None:
        for start in range(len(children)):
            self._child(children, start, groups)

    def _child(self, siblings: list[Node], start: int, groups: list[Node]) -> None:
        node = siblings[start]
        rows = tree.matrix_rows(node) or tree.labelled_rows(siblings, start)
        if any(node is one for place in range(start) for one in tree.labelled_rows(siblings, place)):
            return  # a row of the matrix that was just made
        if rows and len(rows[0].list_name) and self._usable(rows[0]):
            self._matrix(node, rows, groups)
        elif node.kind == tree.REPEAT:
            self._repeat(node, groups)
        elif node.kind == tree.GROUP:
            if node.row.any_text("label"):
                name = self._id(node.row["name"] or "note", "note")
                self.parts[-1].asked.append(Asked(name, node, [*groups, node]))
                self.remarks.append(node.row.remark(Why.FLAT, "label"))
            self._children(node.children, [*groups, node])
        else:
            self._question(node, groups)

    def _usable(self, node: Node) -> bool:
        held = self._lists.get(node.list_name)
        return held is not None and not held.by_name

    def _matrix(self, node: Node, rows: list[Node], groups: list[Node]) -> None:
        asked = Asked(self._id(node.row["name"] or "matrix"), node, groups)
        names = Identifiers()
        for one in rows:
            owner, _, known = self._ours.get(one.row["name"], "").partition(".")
            own = one.row["name"].removeprefix(f"{node.row['name']}_")  # as this service writes them
            item = names.for_name(known if owner == asked.id else own, "item")
            asked.rows.append((item, one))
            codes = self._lists[one.list_name].codes
            self.known[one.row["name"]] = Target(
                variable=f"{asked.id}.{item}", holds=CHOICE, codes=codes, roster=self._roster
            )
        self.parts[-1].asked.append(asked)
        self.remarks.append(node.row.remark(Why.MATRIX, "appearance"))

    def _question(self, node: Node, groups: list[Node]) -> None:
        row, name = node.row, node.row["name"]
        here = self._ours.get(name)
        if here == "" or (here and here.endswith(".other")):
            self.known[name] = (
                Target(variable=here, holds=TEXT, roster=self._roster) if here else Target(variable=name, holds=NOTHING)
            )
            return
        if node.kind == tree.META:
            self._nothing(row)
            self.meta.add(name)
            if row["type"].strip().lower() == "today" and name:
                self.known[name] = Target(variable="today", holds=DATE)
            self.remarks.append(row.remark(Why.META, "type", seen=row["type"]))
            return
        if node.kind == tree.CALCULATE and not row["calculation"]:
            self._nothing(row)  # a program fills it in, or nobody
            self.remarks.append(row.remark(Why.HIDDEN, "type", seen=row["type"]))
            return
        if node.kind in (tree.UNKNOWN, tree.ELSEWHERE):
            why = Why.TYPE if node.kind == tree.UNKNOWN else Why.OUTSIDE_LIST
            self.remarks.append(row.remark(why, "type", seen=row["type"] or "—"))
            self._nothing(row)
            return
        codes: dict[str, str] = {}
        twins: Mapping[str, tuple[str, ...]] = {}
        to_give = False
        if node.list_name:
            held = self._lists.get(node.list_name)
            if held is None or not held.may_be_offered(several=node.kind != tree.ONE, others=node.or_other):
                why = Why.NO_LIST if held is None else Why.OPTIONS
                self.remarks.append(row.remark(why, "type", seen=len(held.rows) if held else node.list_name))
                self._nothing(row)
                return
            codes, twins, to_give = dict(held.codes), held.twins, held.to_give
            if node.or_other:
                codes.setdefault("other", other_code(codes.values()))
        if not name and node.kind != "note":
            self.remarks.append(row.remark(Why.NO_NAME, "name"))
            return
        if row["calculation"] and node.kind != tree.CALCULATE:
            self._calculated_and_shown(node, groups)
            return
        asked = Asked(self._id(name or "note", "note" if node.kind == "note" else "q"), node, groups)
        if name and asked.id != name:
            self.remarks.append(row.remark(Why.RENAMED, "name", seen=name, now=asked.id))
        self.known[name] = Target(
            variable=asked.id,
            holds=_HOLDS.get(node.kind, NOTHING),
            codes=codes,
            twins=twins,
            calculated=node.kind == tree.CALCULATE,
            whole=node.kind == "integer",
            open=to_give,
            roster=self._roster,
        )
        (self.calculated if node.kind == tree.CALCULATE else self.parts[-1].asked).append(asked)
        if node.kind == "datetime":  # the day, and then what time of it
            clock = self._id(f"{asked.id[:32]}_time")
            self.parts[-1].asked.append(Asked(clock, Node("time", row), groups))
            self.remarks.append(row.remark(Why.TWO_QUESTIONS, "type", now=clock))

    def _calculated_and_shown(self, node: Node, groups: list[Node]) -> None:
        """Words with a value that nobody may change are a note that shows it; others are asked, and it stands below."""
        row, name = node.row, node.row["name"]
        told = node.kind == "note" or row["read_only"].lower() not in ("", "no", "false", "false()")
        shown = self._id(name if told else f"{name[:26]}_calculated")
        asked = Asked(self._id(f"{name[:30]}_shown") if told else self._id(name), node, groups)
        self.calculated.append(Asked(shown, node, groups))
        if name and (shown if told else asked.id) != name:
            self.remarks.append(row.remark(Why.RENAMED, "name", seen=name, now=asked.id))
        if told:
            self.remarks.append(row.remark(Why.SHOWN, "calculation", now=shown))
            self.known[name] = Target(variable=shown, holds=NUMBER, calculated=True, roster=self._roster)
            asked.node = Node("note", row)
        else:
            self.remarks.append(row.remark(Why.PROPOSED, "calculation", now=shown))
            codes = self._lists[node.list_name].codes if node.list_name in self._lists else {}
            holds = _HOLDS.get(node.kind, NOTHING)
            self.known[name] = Target(variable=asked.id, holds=holds, codes=codes, roster=self._roster)
        asked.shows = shown
        if not told or row.any_text("label"):
            self.parts[-1].asked.append(asked)

    def stand_for(self, asked: Asked, target: Target) -> None:
        """What a calculated row stands for; that of a question which is asked too has a name of its own."""
        name = asked.node.row["name"]
        if not target.roster and target.holds != NOTHING and target.instead is None:
            target = replace(target, roster=self._rosters.get(asked.node.row.number, ""))
        own = self.known.get(name)
        if own is None or own.calculated or own.holds == NOTHING or own.variable == asked.id:
            self.known[name] = target
        self.shown[asked.id] = target

    def _nothing(self, row: Row) -> None:
        if row["name"]:
            self.known[row["name"]] = Target(variable=row["name"], holds=NOTHING)
