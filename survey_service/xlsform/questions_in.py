"""Rows as questions, rules and calculated values of a definition; what a row says that they cannot is remarked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from survey_service.xlsform import survey_tree as tree
from survey_service.xlsform.book import Row
from survey_service.xlsform.choices_in import Choices
from survey_service.xlsform.conditions_in import Reader
from survey_service.xlsform.constraints_in import limits_of
from survey_service.xlsform.filters_in import Filters
from survey_service.xlsform.names import NOTHING, other_code
from survey_service.xlsform.pieces import Piece
from survey_service.xlsform.plan_in import Asked, FormPlan
from survey_service.xlsform.remarks import Remark, Why, same
from survey_service.xlsform.repeats_in import Rounds
from survey_service.xlsform.survey_tree import Node, appearances
from survey_service.xlsform.wording import Wording
from survey_service.xlsform.xpath import XPathFault, parse

LONGEST_TEXT: Final = 1_000  # characters of a text that the form sets no limit for
_COLUMNS: Final = {
    "text": "label",
    "hint": "hint",
    "ask_if": "relevant",
    "required": "required",
    "id": "name",
    "minimum": "constraint",
    "maximum": "constraint",
    "max_length": "constraint",
    "minimum_choices": "constraint",
    "maximum_choices": "constraint",
    "type": "type",
    "condition": "constraint",
    "message": "constraint_message",
}
_TYPES: Final = {
    tree.ONE: "single_choice",
    tree.MULTIPLE: "multiple_choice",
    tree.RANK: "ranking",
    "integer": "number",
    "decimal": "number",
    "range": "number",
    "text": "short_text",
    "date": "date",
    "datetime": "date",
    "time": "time",
    tree.FILES: "attachment",
    "barcode": "short_text",
    "geopoint": "place",
    "note": "note",
    "acknowledge": "note",
    tree.GROUP: "note",
}
_MESSAGES: Final[Mapping[str, Callable[[str], dict[str, str]]]] = {
    "constraint": lambda name: {
        "zh": f"“{name}”的回答超出了范围，请核对。",
        "en": f"The answer to {name} is outside of what is possible; please check it.",
    },
    "required": lambda name: {"zh": f"请回答“{name}”。", "en": f"Please answer {name}."},
}
_NO_COUNT: Final = ("看不懂，改成每轮问一次还有没有", "it is not understood; each round ends with the question")
_CLOCK: Final = {"zh": "（几点）", "en": " (time of day)"}
_YES: Final = frozenset({"yes", "true", "true()", "1", "required"})
_NO: Final = frozenset({"no", "false", "false()", "0", ""})


def _files(kind: str) -> dict[str, Any]:
    """What an image, audio, video or file row takes; of files in general there are documents and what phones record."""
    taken = {"audio": ["sound"], "video": ["video"], "file": ["document", "picture", "sound", "video"]}.get(kind)
    return {"accepts": taken} if taken else {}


class Questions:
    """Makes the questions of one form."""

    def __init__(self, plan: FormPlan, lists: dict[str, Choices], wording: Wording, filters: Filters) -> None:
        self.remarks: list[Remark] = []
        self.rules: list[Piece] = []
        self._plan, self._lists, self._wording = plan, lists, wording
        self._filters = filters

    # ------------------------------------------------------------ questions

    def question(self, asked: Asked) -> Piece | None:
        """None where nothing can be asked; why is remarked."""
        if asked.is_matrix:
            return self._matrix(asked)
        node, row = asked.node, asked.node.row
        text = self._wording.text(row, "label", piped=True)
        hint = self._hint(row)
        if text is None and hint is not None:
            text, hint = hint, None
        if text is None and row.any_text("media::image"):
            self._say(row, Why.MEDIA, "label")
            return None
        if text is None:
            if node.kind == "note":
                self._say(row, Why.NO_TEXT, "label")
                return None
            text = self._wording.plain(row["name"])
            self._say(row, Why.NO_TEXT, "label")
        if node.kind == "time" and row["type"].lower() != "time":
            text = {language: words + _CLOCK.get(language, "") for language, words in text.items()}
        fields: dict[str, Any] = {"id": asked.id, "type": _TYPES[node.kind], "text": text}
        if hint is not None:
            fields["hint"] = hint
        self._show(asked, fields)
        if node.kind == "acknowledge":
            self._say(row, Why.ACKNOWLEDGE, "type")
        if fields["type"] != "note":
            self._must(asked, fields)
        self._of_type(asked, fields)
        condition = self._ask_if([*asked.groups, node] if node.kind != tree.GROUP else asked.groups)
        if condition is False:
            return None
        if condition:
            fields["ask_if"] = condition
        if node.kind == "time" and row["type"].lower() != "time":
            return Piece(row, _COLUMNS, fields)  # the day has the constraint
        if node.kind != tree.GROUP:
            self._constraint(asked, fields)
            self._rest(row)
        return Piece(row, _COLUMNS, fields)

    def _matrix(self, asked: Asked) -> Piece | None:
        row = asked.node.row
        listed = self._lists[asked.rows[0][1].list_name]
        text = self._wording.text(row, "label", piped=True) or self._title(row)
        items = []
        for name, node in asked.rows:
            if words := self._wording.text(node.row, "label", piped=True):
                if hint := self._hint(node.row):
                    self._say(node.row, Why.HINT_BEHIND, "hint")
                    words = {
                        one: f"{said}（{hint[one]}）" if one == "zh" else f"{said} ({hint[one]})"
                        for one, said in words.items()
                    }
                items.append(Piece(node.row, _COLUMNS, {"id": name, "text": words}))
            self._rest(node.row)
            self._required(node.row)
            if node.row["required"].lower() not in _YES | _NO:
                now = ("矩阵的一行不能按条件必答", "a row of a matrix is not required by a condition")
                self._say(node.row, Why.EXPRESSION, "required", seen=node.row["required"], now=now)
        fields: dict[str, Any] = {"id": asked.id, "type": "scale", "text": text}
        if hint := self._hint(row):
            fields["hint"] = hint
        if all(self._yes(node.row) for _, node in asked.rows):
            fields["required"] = True
        fields |= {"scale": listed.scale, "items": items}
        condition = self._ask_if([*asked.groups, asked.node])
        if condition is False:
            return None
        if condition:
            fields["ask_if"] = condition
        return Piece(row, _COLUMNS, fields)

    def _show(self, asked: Asked, fields: dict[str, Any]) -> None:
        """What is calculated, below the words of a note, or in the hint of a question."""
        target = self._plan.shown.get(asked.shows)
        if target is None or target.holds == NOTHING:
            return
        name = "text" if fields["type"] == "note" else "hint"
        place = f"{{{target.variable}}}"
        told = fields.get(name) or dict.fromkeys(fields["text"], "")
        fields[name] = {language: f"{words}\n{place}".strip() for language, words in told.items()}

    def _title(self, row: Row) -> dict[str, str]:
        self._say(row, Why.NO_TEXT, "label")
        return self._wording.plain(row["name"] or "matrix")

    def _hint(self, row: Row) -> dict[str, str] | None:
        own, guidance = (self._wording.text(row, name, piped=True) for name in ("hint", "guidance_hint"))
        if own and guidance:
            return {language: f"{own[language]}\n{guidance.get(language, '')}".strip() for language in own}
        return own or guidance

    def _of_type(self, asked: Asked, fields: dict[str, Any]) -> None:
        """What belongs to its type alone."""
        node, row, looks = asked.node, asked.node.row, appearances(asked.node.row)
        match node.kind:
            case tree.ONE | tree.MULTIPLE | tree.RANK:
                self._options(asked, fields)
            case "decimal":
                fields["decimals"] = 6
            case "range":
                self._range(row, fields)
            case "text":
                if looks & {"multiline", "multi-line"}:
                    fields["type"] = "long_text"
                fields["max_length"] = LONGEST_TEXT
            case tree.FILES:
                fields |= _files(row["type"].lower())
                if row["type"].lower() == "file":
                    self._say(row, Why.ANY_FILE, "type")
            case "barcode":
                fields |= {"entry": "barcode", "max_length": LONGEST_TEXT}
            case "geopoint":
                self._say(row, Why.PLACE, "type")
            case "date" if looks & {"month-year", "year"}:
                self._say(row, Why.WHOLE_DATE, "appearance")
        if "likert" in looks and fields.get("layout") != "points":
            self._say(row, Why.LOOKS, "appearance", seen="likert")

    def _options(self, asked: Asked, fields: dict[str, Any]) -> None:
        node, row = asked.node, asked.node.row
        listed = self._lists[node.list_name]
        if listed.listed_as:
            fields["list"] = listed.listed_as
            fields["options"] = []
            if listed.to_give:
                seen = listed.name.removeprefix(tree.FROM_FILE)
                self._say(row, Why.LIST_TO_GIVE, "type", seen=seen, now=listed.listed_as)
            else:
                self._say(row, Why.OPTIONS_BY_NAME, "type", seen=len(listed.rows), now=listed.listed_as)
            if row["choice_filter"] and (earlier := self._filters.within.get(row["name"])):
                fields["within"] = earlier
                self._say(row, Why.WITHIN, "choice_filter", now=earlier)
        elif listed.scale and not node.or_other and not row["choice_filter"]:
            fields["scale"] = listed.scale
        else:
            fields["options"] = listed.options(
                self._wording, piped=not listed.scale, remarks=self.remarks, offered=self._filters.of(row)
            )
        codes = list(listed.codes.values())
        if node.or_other:
            code = other_code(codes)
            fields["options"].append({"code": code, "label": {"zh": "其他", "en": "Other"}, "other": True})
            self._say(row, Why.OTHER, "type", now=code)
        if "randomize=true" in row["parameters"].replace(" ", "").lower():
            fields["order"] = "shuffled"
        if node.kind == tree.ONE and "likert" in appearances(row) and _in_a_row(codes):
            fields["layout"] = "points"
        if node.kind == tree.RANK and len(codes) > 10:
            fields["ranks"] = 10
        if not fields.get("options"):
            fields.pop("options", None)

    def _range(self, row: Row, fields: dict[str, Any]) -> None:
        given = dict(re.findall(r"([a-z]+)\s*=\s*([^\s;,]+)", row["parameters"].lower()))
        values = {name: given.get(name, usual) for name, usual in (("start", "1"), ("end", "10"), ("step", "1"))}
        try:
            first, last, step = (float(values[name]) for name in ("start", "end", "step"))
        except ValueError:
            now = ("parameters 看不懂", "the parameters are not understood")
            self._say(row, Why.REFUSED, "parameters", now=now, seen=row["parameters"])
            return
        low, high = sorted((first, last))
        fields["minimum"], fields["maximum"] = (int(one) if one.is_integer() else one for one in (low, high))
        places = max(len(values[name].partition(".")[2]) for name in ("start", "step"))
        if places:
            fields["decimals"] = min(places, 6)
        if step != 1 and step != 10.0**-places:
            self._say(row, Why.RANGE_STEP, "parameters", seen=values["step"])

    # ------------------------------------------------------------ conditions

    def ask_if(self, nodes: list[Node]) -> str | bool:
        """Of a section: whatever holds for all of it."""
        return self._ask_if(nodes) if nodes else ""

    def repeats(self, row: Row, rounds: Rounds) -> dict[str, Any]:
        """How a section repeats."""
        found: dict[str, Any] = {"most": rounds.most}
        if rounds.count is None:
            if row["repeat_count"]:
                self._say(row, Why.EXPRESSION, "repeat_count", seen=row["repeat_count"], now=_NO_COUNT)
            return found
        try:
            reader = Reader(self._plan.outside)
            found["count"] = reader.number(rounds.count)
            self._no_options(row, "repeat_count", reader)
        except XPathFault as fault:
            self._say(row, Why.EXPRESSION, "repeat_count", seen=row["repeat_count"], now=(fault.zh, fault.en))
        return found

    def _ask_if(self, nodes: list[Node]) -> str | bool:
        """What must hold in all of them; True: nothing must; False: it never does, as is remarked."""
        found: list[str] = []
        for node in nodes:
            row = node.row
            if not row["relevant"]:
                continue
            try:
                reader = Reader(self._plan.seen_from(row))
                said = reader.condition(parse(row["relevant"]))
            except XPathFault as fault:
                self._say(row, Why.EXPRESSION, "relevant", seen=row["relevant"], now=(fault.zh, fault.en))
                continue
            self._no_options(row, "relevant", reader)
            if said is False:
                self._say(row, Why.NEVER, "relevant")
                return False
            if isinstance(said, str) and said not in found:
                found.append(said)
        if not found:
            return True if not nodes else ""
        return found[0] if len(found) == 1 else " and ".join(f"({one})" for one in found)

    def _constraint(self, asked: Asked, fields: dict[str, Any]) -> None:
        row, own = asked.node.row, self._plan.known.get(asked.node.row["name"])
        if not row["constraint"]:
            if row.any_text("constraint_message"):
                self._say(row, Why.CONSTRAINT_WORDS, "constraint_message")
            return
        try:
            if own is None:
                raise XPathFault("这一行没有回答", "the row has no answer")
            reader = Reader(self._plan.seen_from(row), own)
            found = limits_of(parse(row["constraint"]), own, reader, whole=asked.node.kind == "integer")
        except XPathFault as fault:
            self._say(row, Why.EXPRESSION, "constraint", seen=row["constraint"], now=(fault.zh, fault.en))
            return
        for one in found.faults:
            self._say(row, Why.EXPRESSION, "constraint", seen=row["constraint"], now=(one.zh, one.en))
        self._no_options(row, "constraint", reader)
        if reader.years:
            self._say(row, Why.YEARS, "constraint")
        fields |= found.fields
        if found.alone:
            listed = self._lists[asked.node.list_name]
            if listed.listed_as:
                now = ("名单里的选项不能排除别的", "an option of a list rules out no other")
                self._say(row, Why.EXPRESSION, "constraint", seen=row["constraint"], now=now)
                return
            fields["options"] = fields.get("options") or listed.options(self._wording, piped=False, remarks=[])
            fields.pop("scale", None)
            alone = {listed.codes[one] for one in found.alone}
            fields["options"] = [
                one | {"exclusive": True} if one["code"] in alone else one for one in fields["options"]
            ]
        if row.any_text("constraint_message") and not found.broken_by:
            self._say(row, Why.CONSTRAINT_WORDS, "constraint_message")
        for broken in found.broken_by:
            self._rule(asked, row, broken, "constraint")

    def _rule(self, asked: Asked, row: Row, broken: str, column: str) -> None:
        """``column``: the one that says it."""
        message = self._wording.text(row, f"{column}_message", piped=True) or _MESSAGES[column](asked.id)
        taken = {one["id"] for one in self.rules}
        name = f"{asked.id[:30]}_limit"
        number = 2
        while name in taken:
            name = f"{asked.id[:28]}_limit{number}"
            number += 1
        fields = {"id": name, "condition": broken, "message": message, "severity": "hard"}
        columns = {**_COLUMNS, "condition": column, "message": f"{column}_message"}
        self.rules.append(Piece(row, columns, fields))

    # ------------------------------------------------------------ the rest of a row

    def no_hint(self, row: Row) -> None:
        """Of a group: no program shows one."""
        for name in ("hint", "guidance_hint"):
            if row.any_text(name):
                self._say(row, Why.NO_HINT, name)

    def _no_options(self, row: Row, column: str, reader: Reader) -> None:
        for code in dict.fromkeys(reader.no_options):
            self._say(row, Why.NO_OPTION, column, seen=code)
        for name in dict.fromkeys(reader.first):
            self._say(row, Why.FIRST_ROUND, column, seen=name)

    def _yes(self, row: Row) -> bool:
        return row["required"].lower() in _YES

    def _must(self, asked: Asked, fields: dict[str, Any]) -> None:
        """Required of everybody who is asked, or a rule that some must answer."""
        row = asked.node.row
        if self._required(row):
            fields["required"] = True
        if row["required"].lower() in _YES | _NO:
            return
        try:
            reader = Reader(self._plan.seen_from(row))
            said = reader.condition(parse(row["required"]))
        except XPathFault as fault:
            self._say(row, Why.EXPRESSION, "required", seen=row["required"], now=(fault.zh, fault.en))
            return
        if said is True:
            fields["required"] = True
        elif said:
            self._say(row, Why.REQUIRED_IF, "required")
            self._rule(asked, row, f"({said}) and not answered({asked.id})", "required")

    def _required(self, row: Row) -> bool:
        if row.any_text("required_message") and row["required"].lower() in _YES | _NO:
            self._say(row, Why.REQUIRED_WORDS, "required_message")
        return self._yes(row)

    def _rest(self, row: Row) -> None:
        """What no question has here."""
        if row["trigger"] and not row["calculation"]:
            self._say(row, Why.EMPTIED, "trigger")
        if row["default"]:
            self._say(row, Why.DEFAULT, "default", seen=row["default"])
        for name in row.words:
            if name.startswith("media::"):
                self._say(row, Why.MEDIA, name)
        for name in ("appearance", "parameters", "read_only"):
            if row[name] and row[name].lower() not in _NO:
                self._looks(row, name)

    def _looks(self, row: Row, name: str) -> None:
        known = {"multiline", "table-list", "list-nolabel", "label", "likert", "month-year", "year"}
        if name == "parameters" and (row["type"] == "range" or "randomize" in row[name]):
            return
        left = " ".join(one for one in row[name].split() if one.lower() not in known)
        if left:
            self._say(row, Why.LOOKS, name, seen=same(left))

    def _say(self, row: Row, why: Why, column: str, **values: object) -> None:
        remark = row.remark(why, column, **values)
        if remark not in self.remarks:
            self.remarks.append(remark)


def _in_a_row(codes: list[str]) -> bool:
    numbers = [int(one) for one in codes if one.isdigit()]
    return (
        len(numbers) == len(codes)
        and 3 <= len(codes) <= 11
        and numbers == list(range(numbers[0], numbers[0] + len(codes)))
    )
