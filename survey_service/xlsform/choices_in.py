"""The lists of the sheet choices, as options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from survey_service.xlsform.book import Row, Sheet
from survey_service.xlsform.names import codes_for
from survey_service.xlsform.remarks import Remark, Why
from survey_service.xlsform.wording import Wording

_KNOWN: Final = frozenset({"list_name", "name", "label"})


@dataclass(slots=True)
class Choices:
    """One list: its rows in order, and the codes here for those there."""

    name: str
    rows: list[Row]
    codes: dict[str, str]
    scale: str = ""  # the name of the scale, where several questions share the list
    told: bool = False

    def options(self, wording: Wording, *, piped: bool, remarks: list[Remark]) -> list[dict[str, Any]]:
        found = []
        for row in self.rows:
            label = wording.text(row, "label", piped=piped)
            if label is None:
                label = wording.plain(row["name"])
            found.append({"code": self.codes[row["name"]], "label": label})
            if not self.told:
                remarks += [row.remark(Why.MEDIA, name) for name in row.words if name.startswith("media::")]
        if not self.told and any(seen != now for seen, now in self.codes.items()):
            now = ", ".join(f"{seen} → {now}" for seen, now in self.codes.items())
            remarks.append(self.rows[0].remark(Why.RECODED, "name", now=now))
        self.told = True
        return found

    def has_places(self) -> bool:
        return any("${" in words for row in self.rows for words in row.texts("label").values())


def lists_of(sheet: Sheet) -> dict[str, Choices]:
    """By name. A code that stands twice in a list counts once."""
    rows: dict[str, dict[str, Row]] = {}
    for row in sheet.rows:
        if row["list_name"] and row["name"]:
            rows.setdefault(row["list_name"], {}).setdefault(row["name"], row)
    return {name: Choices(name, list(held.values()), codes_for(held)) for name, held in rows.items()}


def doubled(sheet: Sheet) -> list[Remark]:
    """Rows of a code that its list has already."""
    seen: set[tuple[str, str]] = set()
    found = []
    for row in sheet.rows:
        key = (row["list_name"], row["name"])
        if all(key) and key in seen:
            now = ("这个列表已经有这个代码", "the list has this code already")
            found.append(row.remark(Why.REFUSED, "name", now=now, seen=row["name"]))
        seen.add(key)
    return found
