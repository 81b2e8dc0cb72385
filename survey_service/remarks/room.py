"""For which sheets an answer may be chosen: enough answered there, it has a theme where it needs one, there is room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from survey_service.models import Mode, Wave
from survey_service.remarks import queries
from survey_service.remarks.gate import COMMUNITY_QUOTES, Size
from survey_service.remarks.places import Places, Sheet
from survey_service.remarks.queries import Answer, Taken

TOLD_IN: Final = frozenset({Mode.WEB_INVITED, Mode.FACE_TO_FACE, Mode.TELEPHONE})
"""Modes whose page says so before the first question; a form on paper does not."""
ON: Final = {Sheet.COMMUNITY: "on_community", Sheet.STREET: "on_street", Sheet.CITY: "on_city"}


class Why(StrEnum):
    """Why an answer cannot stand on a sheet."""

    OPEN = "open"  # not of the sample
    UNTOLD = "untold"  # whoever wrote them was not told that they may be quoted
    FEW = "few"  # too few answered in the area
    THEME = "theme"  # has none
    FULL = "full"
    ELSEWHERE = "elsewhere"  # a sheet of an area that is not the person's


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What is chosen to one question of a wave, and how many answered where."""

    places: Places
    sizes: Mapping[tuple[Sheet, UUID], Size]
    told: bool  # people are told by the page that they or their interviewer answer on
    taken: Sequence[Taken]

    def size(self, answer: Answer, sheet: Sheet) -> Size:
        return self.sizes.get((sheet, self.places.of(answer.area_id)[sheet]), Size())

    def why_not(self, answer: Answer, theme_id: UUID | None, sheet: Sheet) -> Why | None:
        """None where it may stand there with this theme."""
        if not answer.sampled:
            return Why.OPEN
        if not self.told or answer.mode not in TOLD_IN:
            return Why.UNTOLD
        if not self.size(answer, sheet).enough:
            return Why.FEW
        if sheet is not Sheet.COMMUNITY and theme_id is None:
            return Why.THEME
        of = self.places.of(answer.area_id)[sheet]
        others = [
            one
            for one in self.taken
            if sheet in one.sheets
            and one.response_id != answer.response_id
            and self.places.of(one.area_id)[sheet] == of
            and (sheet is Sheet.COMMUNITY or one.theme_id == theme_id)
        ]
        return Why.FULL if len(others) >= (COMMUNITY_QUOTES if sheet is Sheet.COMMUNITY else 1) else None


def room(session: Session, wave: Wave, question: str, places: Places) -> Room:
    of = (wave.survey_id, wave.id, question)
    return Room(
        places=places,
        sizes=places.sizes(queries.sizes(session, *of)),
        told=wave.quotes_told,
        taken=queries.taken(session, *of),
    )
