"""What a list of cases is asked for, as its address and its form send it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Query

from survey_service.collection.quality_mark_counts import MARKS
from survey_service.field import case_list
from survey_service.fieldwork import appointments
from survey_service.models import Disposition, Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """The query of a list of cases, as its form sends it: what is empty does not filter."""

    q: str = ""
    area: str = ""
    outcome: str = ""  # a class, or ``waiting``
    mode: str = ""
    quiet: str = ""  # days without a visit, ``never``, a kind of ``case_list.Kind`` or a day of ``appointments.Day``
    mark: str = ""
    who: str = ""  # an interviewer, ``nobody`` or ``somebody``
    after: str = ""

    def asked(self, now: datetime) -> case_list.CaseFilter:
        """``now`` in the city's zone, whose calendar has the days of appointments."""
        return case_list.CaseFilter(
            search=self.q.strip(),
            area=self.area,
            outcome=next((one for one in Disposition if one == self.outcome), None),
            mode=next((one for one in Mode if one == self.mode), None),
            before=now - timedelta(days=int(self.quiet)) if self.quiet.isascii() and self.quiet.isdigit() else None,
            never=self.quiet == "never",
            overdue=next((one for one in case_list.Kind if one == self.quiet), None),
            agreed=next((one for one in appointments.Day if one == self.quiet), None),
            now=now,
            waiting=self.outcome == "waiting",
            mark=self.mark if self.mark in MARKS else "",
            interviewer=uuid_of(self.who),
            free=self.who == "nobody",
            given=self.who == "somebody",
            after=self.after,
        )

    def address(self, **changed: str) -> str:
        """The same list with something changed, as a query."""
        return urlencode({name: value for name, value in {**asdict(self), **changed}.items() if value})


Word = Annotated[str, Query(max_length=20)]
Key = Annotated[str, Query(max_length=36)]


def _case_query(
    q: Key = "",
    area: Word = "",
    outcome: Word = "",
    mode: Word = "",
    quiet: Word = "",
    mark: Word = "",
    who: Key = "",
    after: Key = "",
) -> CaseQuery:
    return CaseQuery(q=q, area=area, outcome=outcome, mode=mode, quiet=quiet, mark=mark, who=who, after=after)


Asked = Annotated[CaseQuery, Depends(_case_query)]


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
