"""The rows of the sheet survey as a tree: groups, repeated groups, questions; and what kind each row is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from survey_service.xlsform.book import Row

ONE, MULTIPLE, RANK = "select_one", "select_multiple", "rank"
GROUP, REPEAT, META, ELSEWHERE, UNKNOWN, CALCULATE, FILES = (
    "group",
    "repeat",
    "meta",
    "elsewhere",
    "unknown",
    "calculate",
    "files",
)
PLAIN: Final = {
    "integer": "integer",
    "int": "integer",
    "decimal": "decimal",
    "text": "text",
    "string": "text",
    "note": "note",
    "date": "date",
    "time": "time",
    "image": FILES,
    "photo": FILES,
    "picture": FILES,
    "audio": FILES,
    "video": FILES,
    "file": FILES,
    "barcode": "barcode",
    "geopoint": "geopoint",
    "gps": "geopoint",
    "location": "geopoint",
    "range": "range",
    "calculate": CALCULATE,
    "hidden": CALCULATE,
    "calculate_here": CALCULATE,
    "datetime": "datetime",
    "date_time": "datetime",
    "acknowledge": "acknowledge",
    "trigger": "acknowledge",
    "tel": "text",
    "numeric": "decimal",
    "number": "decimal",
    "number of days in last month": "integer",
}
FROM_FILE: Final = "file "  # before the name of a list that does not stand in the workbook
_META: Final = frozenset(
    {
        "start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username", "email",
        "audit", "instance_id", "instanceid", "device_id", "start_time", "end_time", "sim_serial",
        "phone_number", "device_phonenum", "caseid", "comments", "text_audit", "xml-external", "csv-external",
        "xml_external", "csv_external", "devicephonenum", "subscriber_id", "speed_violations_count",
        "speed_violations_list", "speed_violations_audit", "sensor_statistic", "sensor_stream", "audio_audit",
        "imei", "start-geopoint", "background-geopoint", "background-audio", "background_audio", "uri:deviceid",
        "uri:subscriberid", "get_today", "get_start_time", "get_end_time", "get_device_id", "get_subscriber_id",
        "get_sim_serial", "get_phone_number", "get_today's_date",
    }
)  # fmt: skip
_LISTS: Final = (
    (re.compile(r"select_?\s?(?:one|1)(?:_external)?\s+(?:from\s+)?(.+)", re.IGNORECASE), ONE),
    (re.compile(r"select_?\s?(?:multiple|all that apply|all)\s+(?:from\s+)?(.+)", re.IGNORECASE), MULTIPLE),
    (re.compile(r"(?:odk:)?rank\s+(.+)", re.IGNORECASE), RANK),
)
_OTHER: Final = re.compile(r"\s+or[_ ](?:specify[_ ])?other\s*$", re.IGNORECASE)
_FROM_FILE: Final = re.compile(
    r"select[_ ]?(one|multiple)(?:[_ ]from[_ ]file|[_ ]external)\s+(\S.*)",
    re.IGNORECASE,
)
_FILES: Final = re.compile(r"_external\b|_from_file\b|\bfrom[_ ]file\b", re.IGNORECASE)


@dataclass(slots=True)
class Node:
    kind: str
    row: Row
    list_name: str = ""
    or_other: bool = False
    children: list[Node] = field(default_factory=list)
    last: int = 0  # row at which a group ends

    def walk(self) -> Iterator[Node]:
        """Itself and everything below."""
        yield self
        for child in self.children:
            yield from child.walk()


def is_end(row: Row) -> bool:
    return bool(re.fullmatch(r"end[ _-]*(group|repeat|lgroup|loop)?", row["type"].lower().strip())) and (
        row["type"].lower().strip() != "end"
    )


def node_of(row: Row) -> Node:
    """The kind of one row."""
    seen = " ".join(row["type"].split())
    lower = seen.lower()
    if re.match(r"begin[ _-]*(repeat|lgroup|loop)", lower):
        return Node(REPEAT, row)
    if re.match(r"begin[ _-]*group", lower):
        return Node(GROUP, row)
    found = _FROM_FILE.fullmatch(seen)
    if found and not found[2].startswith("${"):
        several = found[1].lower() == "multiple"
        return Node(MULTIPLE if several else ONE, row, FROM_FILE + found[2].strip())
    if _FILES.search(lower):
        return Node(ELSEWHERE, row)
    lower = re.sub(r"^(?:add|q) (.+?)(?: prompt| question)?$", r"\1", lower)
    plain = PLAIN.get(lower) or PLAIN.get(lower.replace("_", " "))
    if plain:
        return Node(plain, row)
    if lower.replace(" ", "_") in _META or lower in _META:
        return Node(META, row)
    for pattern, kind in _LISTS:
        found = pattern.fullmatch(lower) and pattern.fullmatch(seen)
        if found:
            name = found[1].strip()
            bare = _OTHER.sub("", name)
            if bare.startswith("${"):
                return Node(ELSEWHERE, row)
            return Node(kind, row, bare, bare != name)
    return Node(UNKNOWN, row)


def tree_of(rows: list[Row]) -> list[Node]:
    """The rows in their groups. A group that is never closed ends with the sheet."""
    top: list[Node] = []
    open_groups: list[Node] = []
    for row in rows:
        if not row["type"]:
            if row["name"] or row.any_text("label"):
                (open_groups[-1].children if open_groups else top).append(Node(UNKNOWN, row))
            continue
        if is_end(row):
            if open_groups:
                open_groups.pop().last = row.number
            continue
        node = node_of(row)
        (open_groups[-1].children if open_groups else top).append(node)
        if node.kind in (GROUP, REPEAT):
            open_groups.append(node)
    for node in open_groups:
        node.last = rows[-1].number
    return top


def appearances(row: Row) -> set[str]:
    return set(row["appearance"].lower().split())


def matrix_rows(node: Node) -> list[Node]:
    """The rows of a matrix that a group with the appearance table-list is; none where it is another group."""
    if node.kind != GROUP or "table-list" not in appearances(node.row):
        return []
    rows = [one for one in node.children if one.kind != "note"]
    return rows if _on_one_list(rows) and len(rows) == len(node.children) else []


def labelled_rows(children: list[Node], start: int) -> list[Node]:
    """The rows behind one that shows the labels alone, up to the first that does not belong to it."""
    head = children[start]
    if head.kind != ONE or not appearances(head.row) & {"label", "w1 label"}:
        return []
    rows: list[Node] = []
    for one in children[start + 1 :]:
        if one.list_name != head.list_name or "list-nolabel" not in appearances(one.row):
            break
        rows.append(one)
    return rows if _on_one_list(rows) else []


def _on_one_list(rows: list[Node]) -> bool:
    """Whether they may be rows of one question: one list, nothing that is said of a single row."""
    return (
        bool(rows)
        and all(one.kind == ONE and one.list_name == rows[0].list_name and not one.or_other for one in rows)
        and not any(one.row[name] for one in rows for name in ("relevant", "constraint", "choice_filter"))
        and all(one.row["name"] and one.row.any_text("label") for one in rows)
    )
