"""A form that this service wrote: the definition in its own sheet, and what was changed in the rows since.

Where no cell was touched the definition counts, whole. Else every cell that differs counts, and what has no cell (a
short name, a unit, the value of an option, indicators) stays with the row it belongs to.
"""

from __future__ import annotations

import base64
import binascii
import copy
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from questionnaires.canonical import NotCanonical, from_canonical
from questionnaires.model import Questionnaire
from survey_service.xlsform.book import CHOICES, OWN, SETTINGS, SURVEY, Grid, Row, read_sheet, sheet_named
from survey_service.xlsform.definition_text import Document, document_of
from survey_service.xlsform.pieces import Piece
from survey_service.xlsform.remarks import Remark, Why
from survey_service.xlsform.writing import Written, write

_MOST: Final = 8_000_000  # bytes of a definition, unpacked
_FIELDS: Final = {  # by column, the fields it settles
    "label": ("text",),
    "hint": ("hint",),
    "required": ("required",),
    "relevant": ("ask_if",),
    "constraint": ("minimum", "maximum", "max_length", "minimum_choices", "maximum_choices"),
    "parameters": ("order",),
    "appearance": ("layout",),
}
_KEPT: Final = ("value", "missing", "exclusive", "other", "stands_for")


def kept(sheets: Mapping[str, Grid]) -> Questionnaire | None:
    """The definition of the sheet of our own; None where there is none that can be read."""
    _, rows = sheet_named(sheets, OWN)
    packed = "".join(cells[0] for _, cells in rows[1:] if cells)
    try:
        reader = zlib.decompressobj()
        plain = reader.decompress(base64.b64decode(packed, validate=True), _MOST)
        return from_canonical(json.loads(plain)) if plain and reader.eof else None
    except (binascii.Error, zlib.error, ValueError, NotCanonical, RecursionError, AttributeError):
        return None


class Origin:
    """The form as it was written, beside the form as it came back."""

    def __init__(self, questionnaire: Questionnaire, sheets: Mapping[str, Grid]) -> None:
        self.document: Document = document_of(questionnaire)
        self.written: Written = write(questionnaire)
        self._then = {name: _grid(self.written.sheets[name]) for name in (SURVEY, CHOICES, SETTINGS)}
        self.untouched = all(_plain(rows) == _plain(sheet_named(sheets, name)[1]) for name, rows in self._then.items())
        self._rows = {row["name"]: row for row in read_sheet(self._then, SURVEY).rows if row["name"]}
        self._lists = _lists(self._then)
        self._lists_now = _lists(sheets)
        self.scales = {one.id for one in questionnaire.scales}
        self.variables = self.written.variables
        self._questions = {one["id"]: one for part in self.document["sections"] for one in part["questions"]}

    # ------------------------------------------------------------ what was changed

    def changed(self, row: Row) -> set[str]:
        """Names of the columns in which the row is another than it was written; "type" for a row that is new."""
        then = self._rows.get(row["name"])
        if then is None:
            return {"type"}
        names = {*row.cells, *then.cells, *row.words, *then.words}
        return {one for one in names if row[one] != then[one] or row.texts(one) != then.texts(one)}

    def of_ours(self, rows: Iterable[Row]) -> list[Remark]:
        """Of rows that were added when the form was written: their changes go nowhere."""
        added = (row for row in rows if self._is_added(row["name"]))
        return [row.remark(Why.OURS, min(changed)) for row in added if (changed := self.changed(row))]

    def _is_added(self, name: str) -> bool:
        variable = self.variables.get(name)
        return variable == "" or bool(variable and variable.endswith(".other"))

    def concern(self, remarks: Iterable[Remark], rows: Iterable[Row]) -> list[Remark]:
        """Those of cells that are other than they were written, and of no cell."""
        changed = {
            row.number: {row.heads.get(name, name) for name in names} if "type" not in names else None
            for row in rows
            for names in [self.changed(row)]
        }
        return [
            one
            for one in remarks
            if one.sheet.lower() != SURVEY
            or one.row not in changed
            or (allowed := changed[one.row]) is None
            or one.column in allowed
        ]

    def restore(self, document: Document) -> list[Remark]:
        """Puts back into what was read from the rows whatever they do not say otherwise."""
        remarks: list[Remark] = []
        for part in document["sections"]:
            before = next((one for one in self.document["sections"] if one["id"] == part["id"]), None)
            if isinstance(part, Piece) and before is not None:
                changed = self.changed(part.row)
                if changed:
                    remarks.append(part.row.remark(Why.EDITED, min(changed)))
                for column, name in (("label", "title"), ("relevant", "ask_if"), ("repeat_count", "repeats")):
                    if column not in changed:
                        _put(part, name, before)
            part["questions"] = [self._question(one, remarks) for one in part["questions"]]
        self._scales(document)
        self._rules(document)
        for name in ("contradictions", "indicators", "header", "notice", "lists"):
            if name in self.document:
                document[name] = copy.deepcopy(self.document[name])
        document["languages"] = self.document["languages"]
        for name in ("key", "version", "title"):
            if self._settings_unchanged(document, name):
                document[name] = self.document[name]
        return remarks

    def _settings_unchanged(self, document: Document, name: str) -> bool:
        if name == "title":
            return bool(document["title"]["zh"] == self.document["title"]["zh"])
        return bool(document[name] == self.document[name])

    def _question(self, piece: Piece, remarks: list[Remark]) -> Piece:
        before = self._questions.get(piece["id"])
        if before is None or before["type"] != piece["type"]:
            remarks.append(piece.row.remark(Why.EDITED, "type"))
            return piece
        changed = self.changed(piece.row)
        merged = copy.deepcopy(before)
        for column in changed & _FIELDS.keys():
            for name in _FIELDS[column]:
                merged.pop(name, None)
                _put(merged, name, piece)
        if "label" in changed:
            merged.pop("short", None)
        listed = piece.get("scale") or self.list_name(piece)
        touched = listed and self._lists.get(listed) != self._lists_now.get(listed)
        if touched and "list" in merged:
            remarks.append(piece.row.remark(Why.LIST_CHANGED, "type", now=merged["list"]))
        elif touched and "options" in piece and "scale" not in merged:
            merged["options"] = _merged(piece["options"], before.get("options", []))
        if "items" in piece:
            merged["items"] = self._items(piece["items"], before["items"], remarks)
        if changed or touched:
            remarks.append(piece.row.remark(Why.EDITED, min(changed, default="type")))
        return Piece(piece.row, piece.columns, merged)

    @staticmethod
    def list_name(piece: Piece) -> str:
        words = piece.row["type"].split()
        return words[-1] if len(words) > 1 else ""

    def _items(self, items: list[Piece], before: list[dict[str, Any]], remarks: list[Remark]) -> list[dict[str, Any]]:
        known = {one["id"]: one for one in before}
        found: list[dict[str, Any]] = []
        for one in items:
            changed = self.changed(one.row)
            if changed:
                remarks.append(one.row.remark(Why.EDITED, min(changed)))
            before_ = known.get(one["id"]) if not changed else None
            found.append(Piece(one.row, one.columns, before_ or one))
        return found

    def _scales(self, document: Document) -> None:
        then = self.document.get("scales", {})
        for name, scale in list(document.get("scales", {}).items()):
            if name in then:
                same = self._lists.get(name) == self._lists_now.get(name)
                options = then[name]["options"] if same else _merged(scale["options"], then[name]["options"])
                document["scales"][name] = {"options": copy.deepcopy(options)}

    def _rules(self, document: Document) -> None:
        """Rules of a constraint that was changed are those that stand there now."""
        new = [one for one in document.get("rules", ()) if {"constraint", "type"} & self.changed(one.row)]
        touched = {self.variables.get(one.row["name"], "") for one in document.get("rules", ()) if one in new}
        touched |= self._emptied(document)
        then = [one for one in self.document.get("rules", ()) if self.written.rules.get(one["id"], "") not in touched]
        document["rules"] = [*copy.deepcopy(then), *new]
        known = {one["id"]: one for one in self.document.get("calculated", ())}
        document["calculated"] = [
            copy.deepcopy(known[one["id"]]) if one["id"] in known and not self.changed(one.row) else one
            for one in document.get("calculated", ())
        ]
        unsaid = [one for name, one in known.items() if name not in self._rows]
        document["calculated"] += copy.deepcopy(unsaid)

    def _emptied(self, document: Document) -> set[str]:
        """Questions whose constraint is another one now."""
        pieces = (one for part in document["sections"] for one in part["questions"])
        return {one["id"] for one in pieces if "constraint" in self.changed(one.row)}


def _put(holder: dict[str, Any], name: str, given: Mapping[str, Any]) -> None:
    holder.pop(name, None)
    if name in given:
        holder[name] = copy.deepcopy(given[name])
    if "questions" in holder:  # a section: its questions come last
        holder["questions"] = holder.pop("questions")


def _merged(options: list[dict[str, Any]], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Options as they stand now, each with what only the file knew of it."""
    known = {one["code"]: one for one in before}
    return [
        {name: known.get(one["code"], {}).get(name) for name in _KEPT if name in known.get(one["code"], {})} | one
        for one in options
    ]


def _grid(rows: list[list[str]]) -> Grid:
    return [(number, tuple(row)) for number, row in enumerate(rows, start=1)]


def _plain(grid: Grid) -> list[tuple[str, ...]]:
    return [tuple(_cut(" ".join(cell.split()) for cell in cells)) for _, cells in grid if any(cells)]


def _cut(cells: Iterator[str]) -> list[str]:
    held = list(cells)
    while held and not held[-1]:
        held.pop()
    return held


def _lists(sheets: Mapping[str, Grid]) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for row in read_sheet(sheets, CHOICES).rows:
        found.setdefault(row["list_name"], []).append((row["name"], dict(row.texts("label"))))
    return found
