"""What stands around the sheets of a workbook: their names and places, shared texts, formats of numbers."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from datetime import datetime

from survey_service.tabular.limits import Limits
from survey_service.tabular.markup import Damaged, TooMuch
from survey_service.tabular.number_formats import EPOCH_1900, EPOCH_1904, Meaning, meaning
from survey_service.tabular.package import Package
from survey_service.tabular.words import Reader


@dataclass(frozen=True, slots=True)
class Entry:
    """A sheet of cells: its name, whether it is shown, where its XML lies."""

    name: str
    shown: bool
    part: str


class Book:
    """Raises Damaged and TooMuch."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.limits = limits
        self.package = Package(data, limits)
        top = _Relations()
        self.package.walk("_rels/.rels", top)
        main = top.of_kind("officeDocument", "xl/workbook.xml", "")
        listed, related = _Sheets(), _Relations()
        self.package.walk(main, listed)
        folder = posixpath.dirname(main)
        self.package.walk(f"{folder}/_rels/{posixpath.basename(main)}.rels".lstrip("/"), related)
        if len(listed.found) > limits.sheets:
            raise TooMuch(Reader.TOO_MANY_SHEETS, most=limits.sheets)
        self.epoch: datetime = EPOCH_1904 if listed.from_1904 else EPOCH_1900
        self.sheets = tuple(
            Entry(name, shown, _place(folder, target))
            for name, shown, identity in listed.found
            for kind, target in [related.found.get(identity, ("", ""))]
            if kind == "worksheet"
        )
        self._shared_part = related.of_kind("sharedStrings", "", folder)
        self._styles_part = related.of_kind("styles", "", folder)
        self._shared: list[str] | None = None
        self._meanings: tuple[Meaning, ...] | None = None

    @property
    def shared(self) -> list[str]:
        """The texts that cells name by their number."""
        if self._shared is None:
            reader = SharedTexts(self.limits)
            if self._shared_part:
                self.package.walk(self._shared_part, reader)
            self._shared = reader.found
        return self._shared

    @property
    def meanings(self) -> tuple[Meaning, ...]:
        """What numbers stand for, by the number of a cell's style."""
        if self._meanings is None:
            reader = _Styles(self.limits)
            if self._styles_part:
                self.package.walk(self._styles_part, reader)
            self._meanings = reader.meanings()
        return self._meanings


def _place(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


class _Attributes:
    """A handler that reads attributes only."""

    def end(self, name: str) -> None:
        pass

    def text(self, characters: str) -> None:
        pass


class _Relations(_Attributes):
    """What a part refers to: kind and target by their id."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found[attributes.get("Id", "")] = (kind, attributes.get("Target", ""))

    def of_kind(self, kind: str, otherwise: str, folder: str) -> str:
        target = next((target for known, target in self.found.values() if known == kind), "")
        return _place(folder, target) if target else otherwise


class _Sheets(_Attributes):
    def __init__(self) -> None:
        self.found: list[tuple[str, bool, str]] = []
        self.from_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in ("1", "true")
        elif name == "sheet":
            identity = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            shown = attributes.get("state", "visible") == "visible"
            self.found.append((attributes.get("name", ""), shown, identity))


class SharedTexts:
    """Texts of ``si`` or ``is`` elements: the plain one and every run of a formatted one, without readings (rPh)."""

    def __init__(self, limits: Limits) -> None:
        self.found: list[str] = []
        self._left = limits.characters
        self._parts: list[str] = []
        self._reading = self._aside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "t":
            self._reading = not self._aside
        elif name == "rPh":
            self._aside = True
        elif name == "si":
            self._parts = []

    def end(self, name: str) -> None:
        if name == "t":
            self._reading = False
        elif name == "rPh":
            self._aside = False
        elif name == "si":
            self.found.append("".join(self._parts).replace("x005F_", ""))

    def text(self, characters: str) -> None:
        if self._reading:
            self._left -= len(characters)
            if self._left < 0:
                raise TooMuch(Reader.TOO_MUCH_TEXT)
            self._parts.append(characters)


class _Styles(_Attributes):
    def __init__(self, limits: Limits) -> None:
        self._codes: dict[int, str] = {}
        self._numbers: list[int] = []
        self._within = False
        self._most = limits.parts * 30

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._codes[int(attributes.get("numFmtId", 0))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._within = True
        elif name == "xf" and self._within:
            self._numbers.append(int(attributes.get("numFmtId", 0)))
            if len(self._numbers) > self._most:
                raise Damaged("it has more styles than a spreadsheet writes")

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._within = False

    def meanings(self) -> tuple[Meaning, ...]:
        known: dict[int, Meaning] = {}
        for number in self._numbers:
            if number not in known:
                known[number] = meaning(number, self._codes.get(number))
        return tuple(known[number] for number in self._numbers)
