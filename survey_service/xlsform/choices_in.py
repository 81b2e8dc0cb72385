"""The lists of the sheet choices, as options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from questionnaires.fields import OPTION_CODE
from questionnaires.lists import ENTRY_CODE, MAX_ENTRIES, MAX_OF_SEVERAL
from survey_service.xlsform.book import Row, Sheet
from survey_service.xlsform.names import codes_for
from survey_service.xlsform.remarks import Remark, Why
from survey_service.xlsform.survey_tree import FROM_FILE, Node
from survey_service.xlsform.wording import Wording

MOST_OPTIONS: Final = 60  # of a question that brings them itself


@dataclass(slots=True)
class Choices:
    """One list: its rows in order, and the codes here for those there.

    A code that stands in several rows, as below several towns, has a code here for each: ``twins``.
    """

    name: str
    rows: list[Row]
    codes: dict[str, str]
    by_row: dict[int, str]  # number of a row -> its code
    twins: dict[str, tuple[str, ...]]
    scale: str = ""  # the name of the scale, where several questions share the list
    listed_as: str = (
        ""  # its name in ``lists`` of the file, where it is too long or too short for options of a question
    )
    parents: dict[int, str] = field(default_factory=dict)  # number of a row -> the code that it hangs on
    above: str = ""  # the name of the list of those
    told: bool = False
    to_give: bool = False  # its entries stand in another file: each wave gives them

    @property
    def by_name(self) -> bool:
        """Whether it has to stand in the lists of the file."""
        return not 2 <= len(self.rows) <= MOST_OPTIONS

    def may_be_offered(self, *, several: bool, others: int = 0) -> bool:
        most = MAX_OF_SEVERAL if several else MAX_ENTRIES
        return self.to_give or (len(self.rows) >= 1 and len(self.rows) + others <= most)

    def options(
        self,
        wording: Wording,
        *,
        piped: bool,
        remarks: list[Remark],
        offered: Callable[[Row], str | bool] = lambda _: True,
    ) -> list[dict[str, Any]]:
        """``offered``: the condition under which a row is; False: never."""
        found = []
        for row in self.rows:
            condition = offered(row)
            if condition is False:
                continue
            label = wording.text(row, "label", piped=piped)
            if label is None:
                label = wording.plain(row["name"])
            one: dict[str, Any] = {"code": self.by_row[row.number], "label": label}
            if row.number in self.parents:
                one["parent"] = self.parents[row.number]
            if isinstance(condition, str):
                one["offer_if"] = condition
            found.append(one)
            if not self.told:
                remarks += [row.remark(Why.MEDIA, name) for name in row.words if name.startswith("media::")]
        if not self.told and any(seen != now for seen, now in self.codes.items()):
            now = ", ".join(f"{seen} → {now}" for seen, now in self.codes.items())
            remarks.append(self.rows[0].remark(Why.RECODED, "name", now=now))
        if not self.told:
            remarks += [
                row.remark(Why.SAME_CODE, "name", seen=row["name"], now=self.by_row[row.number])
                for row in self.rows
                if self.by_row[row.number] != self.codes[row["name"]]
            ]
        self.told = True
        return found

    def has_places(self) -> bool:
        return any("${" in words for row in self.rows for words in row.texts("label").values())


def with_files(lists: dict[str, Choices], outside: Sheet, top: list[Node]) -> dict[str, Choices]:
    """With the lists of other files that rows name: those of the sheet of external choices, else without entries."""
    written = lists_of(outside)
    named = [one.list_name for node in top for one in node.walk() if one.list_name.startswith(FROM_FILE)]
    found = dict(lists)
    for name in dict.fromkeys(named):
        plain = name.removeprefix(FROM_FILE)
        if plain in written:
            found[name] = written[plain]
        else:
            found[name] = Choices(name, [], {}, {}, {}, to_give=True)
        found[name].name = name
    return found


def lists_of(sheet: Sheet) -> dict[str, Choices]:
    """By name. A row that stands twice, letter by letter, counts once."""
    rows: dict[str, list[Row]] = {}
    for row in sheet.rows:
        if row["list_name"] and row["name"]:
            held = rows.setdefault(row["list_name"], [])
            if not any(_alike(row, other) for other in held if other["name"] == row["name"]):
                held.append(row)
    return {name: _choices(name, held) for name, held in rows.items()}


def _alike(one: Row, other: Row) -> bool:
    return dict(one.cells) == dict(other.cells) and {n: dict(t) for n, t in one.words.items()} == {
        n: dict(t) for n, t in other.words.items()
    }


def _choices(name: str, rows: list[Row]) -> Choices:
    form = OPTION_CODE if 2 <= len(rows) <= MOST_OPTIONS else ENTRY_CODE
    names = list(dict.fromkeys(row["name"] for row in rows))
    codes = codes_for(names, form)
    taken = set(codes.values())
    by_row: dict[int, str] = {}
    twins: dict[str, tuple[str, ...]] = {}
    for row in rows:
        seen = row["name"]
        code = codes[seen]
        if seen in twins:
            code = next(str(one) for one in range(len(names) + 1, 10_000_000) if str(one) not in taken)
            taken.add(code)
        by_row[row.number] = code
        twins[seen] = (*twins.get(seen, ()), code)
    return Choices(name, rows, codes, by_row, {seen: held for seen, held in twins.items() if len(held) > 1})
