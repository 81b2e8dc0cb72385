"""What the names of a form stand for, seen from one row: inside of a group that repeats, or from outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from questionnaires.rosters import THIS_ROUND, round_id
from survey_service.xlsform.names import LABEL, NOTHING, NUMBER, ROSTER, Target


class Sight(Mapping[str, Target]):
    """``roster``: the section that repeats and that the row stands in; "" for none.

    From outside a name stands for the answer of the first round, as it does where a form is read by its paths; what
    goes over all rounds takes ``Target.each``.
    """

    def __init__(self, known: Mapping[str, Target], roster: str) -> None:
        self._known, self.roster = known, roster

    def __getitem__(self, name: str) -> Target:
        if name == THIS_ROUND and self.roster:
            return Target(variable=THIS_ROUND, holds=NUMBER, whole=True)
        found = self._known[name]
        if not found.roster or found.roster == self.roster or found.holds in (NOTHING, LABEL, ROSTER):
            return found
        return replace(found, variable=in_round(found.variable, 1), each=found.variable)

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def in_round(variable: str, number: int) -> str:
    """age in the third round: age_3; a row of a matrix: care_3.food"""
    name, dot, item = variable.partition(".")
    return f"{round_id(name, number)}{dot}{item}"
