"""What a name of a workbook stands for here: its variable, what it holds, its codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from questionnaires.fields import IDENTIFIER, OPTION_CODE, RESERVED
from questionnaires.roster_builders import LONGEST_ASKED
from questionnaires.rosters import round_id
from survey_service.xlsform.xpath import XPath

# What a variable holds; NOTHING: it is not carried, or never had an answer.
# LABEL: the words of an answer, which texts may name and nothing calculates with; ROSTER: a group that repeats.
CHOICE, CHOICES, RANKS, NUMBER, DATE, TIME, TEXT, LABEL, ROSTER, NOTHING = (
    "choice",
    "choices",
    "ranks",
    "number",
    "date",
    "time",
    "text",
    "label",
    "roster",
    "nothing",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A question of the workbook as conditions see it."""

    variable: str
    holds: str
    codes: Mapping[str, str] = field(default_factory=dict)  # of the workbook to those here
    twins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # codes that are several here
    calculated: bool = False
    whole: bool = False  # a number without decimals
    open: bool = False  # its codes are not known before a wave gives them
    instead: XPath | None = None  # what stands wherever it is named: it is the same for everybody
    roster: str = ""  # the section that repeats and which it stands in
    each: str = ""  # seen from outside of that: its name there, while ``variable`` is the answer of the first round

    def numeric(self) -> list[tuple[float, str]]:
        """Codes of the workbook that are numbers, with those here; empty unless all are."""
        try:
            return [(float(seen), code) for seen, code in self.codes.items()]
        except ValueError:
            return []


class Identifiers:
    """Ids for names: small letters, digits and _, unique, no word of conditions."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def for_rounds(self, name: str, rounds: int, otherwise: str = "q") -> str:
        """One behind which the number of a round is written: every such name is free, and taken from now on."""
        base = self.for_name(name, otherwise)
        self._taken.discard(base)
        found, number = base[:LONGEST_ASKED], 2
        while {found, *(made := [round_id(found, one) for one in range(1, rounds + 1)])} & self._taken:
            found = f"{base[: LONGEST_ASKED - 4]}_r{number}"
            number += 1
        self._taken |= {found, *made}
        return found

    def for_name(self, name: str, otherwise: str = "q") -> str:
        plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        if name.lower().endswith("_") and IDENTIFIER.fullmatch(name):
            plain = name
        if not plain or not plain[0].isalpha():
            plain = f"{otherwise}{plain}" if plain[:1].isdigit() else otherwise
        plain = name if IDENTIFIER.fullmatch(name) else plain[:40].rstrip("_")
        if plain in RESERVED:
            plain = f"{otherwise}_{plain}"
        found, number = plain, 2
        while found in self._taken:
            found = f"{plain[: 39 - len(str(number))]}_{number}"
            number += 1
        self._taken.add(found)
        return found


_FEW: Final = 9


def codes_for(names: Iterable[str], form: re.Pattern[str] = OPTION_CODE) -> dict[str, str]:
    """Codes here for those of a list: kept where all fit, else numbered from 1; a single digit is keyed fastest."""
    seen = list(dict.fromkeys(names))
    if all(form.fullmatch(one) for one in seen):
        return {one: one for one in seen}
    return {one: str(place) for place, one in enumerate(seen, start=1)}


def other_code(codes: Iterable[str]) -> str:
    """The code of 其他, behind a list that is told to have one."""
    taken = set(codes)
    if len(taken) < _FEW and all(one.isdigit() for one in taken):
        return next(str(one) for one in range(1, 10) if str(one) not in taken)
    return next(one for one in ("9", "99", "98", *map(str, range(100, 200))) if one not in taken)
