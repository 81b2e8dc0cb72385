"""The sheets of an XLSForm as rows by column, under one name for every way in which a column is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from questionnaires.languages import fault_of_tag, tag_named, well_formed
from survey_service.xlsform.remarks import Remark, Why, same

SURVEY, CHOICES, SETTINGS, OWN = "survey", "choices", "settings", "survey_service"
Grid = list[tuple[int, tuple[str, ...]]]

_SHEETS: Final = {"choices and columns": CHOICES, "columns": CHOICES, "cascades": ""}
_ALIKE: Final = {
    "command": "type", "tag": "name", "relevance": "relevant", "bind::relevant": "relevant",
    "bind:relevant": "relevant",
    "relevant ": "relevant", "calculate": "calculation", "bind::calculate": "calculation", "skippable": "",
    "read only": "read_only", "readonly": "read_only", "bind::readonly": "read_only", "caption": "label",
    "constraint message": "constraint_message", "constraint-message": "constraint_message",
    "bind::constraint": "constraint", "bind::jr:constraintmsg": "constraint_message",
    "bind::jr:noapperrorstring": "constraint_message", "requiredmsg": "required_message",
    "required message": "required_message", "bind::jr:requiredmsg": "required_message", "bind::required": "required",
    "control::appearance": "appearance", "body::appearance": "appearance", "control:appearance": "appearance",
    "bind::type": "bind::type", "repeat count": "repeat_count", "jr:count": "repeat_count",
    "choice filter": "choice_filter",
    "image": "media::image", "audio": "media::audio", "video": "media::video", "big-image": "media::big-image",
    "list name": "list_name", "list-name": "list_name", "listname": "list_name", "form id": "form_id",
    "form title": "form_title", "title": "form_title", "id_string": "form_id", "id": "form_id",
    "default language": "default_language", "prompt": "label",
}  # fmt: skip
_WORDS: Final = (
    "label",
    "hint",
    "guidance_hint",
    "constraint_message",
    "required_message",
    "media::image",
    "media::audio",
    "media::video",
    "media::big-image",
    "short",
)
_ENGLISH: Final = re.compile(r"\(en\b|^en$|^en[-_]|^eng$|english|anglais|ingl[eé]s", re.IGNORECASE)
_CHINESE: Final = re.compile(
    r"\((?:zh|cmn|chi|zho)\b|^zh$|^zh[-_]|chinese|mandarin|中文|汉语|汉字|普通话|简体|繁体|華|华", re.IGNORECASE
)


_TAGGED: Final = re.compile(r"\(([A-Za-z]{2,3}(?:[-_][A-Za-z]{2,4}){0,2})\)\s*$")


def language_of(name: str) -> str:
    """ "zh", "en", the tag of another language, or its name as it is written where nobody knows that.

    Uyghur (ug), ug, Uyghur and 维吾尔语 are one.
    """
    if _CHINESE.search(name):
        return "zh"
    if _ENGLISH.search(name):
        return "en"
    tagged = _TAGGED.search(name)
    for said in (tagged[1] if tagged else "", name.strip()):
        tag = well_formed(said) if said else ""
        if tag and not fault_of_tag(tag):
            return tag
    return tag_named(name.strip()) or name


@dataclass(frozen=True, slots=True)
class Column:
    name: str  # label, hint, relevant, …
    language: str  # "" where none is named
    head: str  # as the sheet has it
    lost: list[str] = field(default_factory=list, compare=False)  # cells that another column has otherwise


@dataclass(frozen=True, slots=True)
class Row:
    """``cells``: by column name, without those in a language; ``words``: those, by name and language."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    heads: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")

    def texts(self, name: str) -> Mapping[str, str]:
        return self.words.get(name, {})

    def any_text(self, name: str) -> bool:
        return any(self.texts(name).values())

    def remark(self, why: Why, column: str = "", **values: object) -> Remark:
        said = {name: one if isinstance(one, tuple) else same(one) for name, one in values.items()}
        return Remark(why=why, sheet=self.sheet, row=self.number, column=self.heads.get(column, column), values=said)


@dataclass(slots=True)
class Sheet:
    columns: list[Column] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


def sheet_named(sheets: Mapping[str, Grid], wanted: str) -> tuple[str, Grid]:
    for name, rows in sheets.items():
        plain = name.strip().lower()
        if _SHEETS.get(plain, plain) == wanted:
            return name, rows
    return wanted, []


def read_sheet(sheets: Mapping[str, Grid], wanted: str) -> Sheet:
    """The rows below the heads; a sheet that is not there has none."""
    name, grid = sheet_named(sheets, wanted)
    sheet = Sheet()
    if not grid:
        return sheet
    columns = [_column(head, wanted) for head in grid[0][1]]
    sheet.columns = [one for one in columns if one.head]
    heads = {one.name: one.head for one in reversed(columns)}
    for number, cells in grid[1:]:
        plain: dict[str, str] = {}
        words: dict[str, dict[str, str]] = {}
        for column, cell in zip(columns, cells, strict=False):
            text = cell.strip()
            if not text or not column.name:
                continue
            if column.name in _WORDS:
                kept = words.setdefault(column.name, {}).setdefault(column.language, text)
            else:
                kept = plain.setdefault(column.name, text)
            if kept != text:
                column.lost.append(text)
        if plain or words:
            sheet.rows.append(Row(name, number, plain, words, heads))
    return sheet


def _column(head: str, sheet: str) -> Column:
    plain = " ".join(head.split()).lower()
    if plain in _ALIKE:
        return Column(_ALIKE[plain] or plain, "", head)
    if sheet == CHOICES and plain == "value":
        return Column("name", "", head)
    parts = [part.strip() for part in re.split(r"\s*::\s*|(?<!jr):(?!jr)", head.strip()) if part.strip()]
    if not parts:
        return Column("", "", "")
    first = _ALIKE.get(parts[0].lower(), parts[0].lower()).replace(" ", "_")
    if first == "media" and len(parts) > 1:
        return Column(f"media::{parts[1].lower()}", language_of(parts[2]) if len(parts) > 2 else "", head)
    if first in _WORDS and len(parts) > 1:
        return Column(first, language_of(parts[-1]), head)
    whole = "::".join([first, *(one.lower() for one in parts[1:])])
    return Column(_ALIKE.get(whole, whole), "", head)


def languages(*sheets: Sheet) -> Iterator[str]:
    """Languages of the columns with words, each once; "" for columns without one."""
    named = dict.fromkeys(one.language for sheet in sheets for one in sheet.columns if one.name in _WORDS[:2])
    yield from named
