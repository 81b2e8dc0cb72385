"""Who comes to residents' words, of which wave and question, and what of them is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Query
from sqlalchemy import Select
from sqlalchemy.orm import Session
from starlette.requests import Request

from questionnaires.model import Question
from questionnaires.open_questions import open_questions
from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.staff_pages import Asking
from survey_service.areas import queries as area_queries
from survey_service.dependencies import Now, Running
from survey_service.errors import NotFound
from survey_service.models import Survey, Wave, WaveState
from survey_service.remarks import queries
from survey_service.remarks.places import places
from survey_service.remarks.queries import Asked, Stand
from survey_service.remarks.room import Room, room
from survey_service.remarks.rows import By
from survey_service.surveys import definitions
from survey_service.surveys.access import find_wave

READ_IN: Final = (WaveState.CLOSED, WaveState.UNDER_REVIEW, WaveState.RELEASED)
NO_THEME: Final = "none"

RemarkReader = Annotated[Person, Depends(require(*rights.CHOOSE_REMARKS))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """As it stands in the address. ``at``: an answer that is shown whatever the rest says, for it was acted on."""

    question: str = ""
    q: str = ""
    area: str = ""
    theme: str = ""
    stand: str = ""
    after: UUID | None = None
    at: UUID | None = None

    def asked(self, session: Session, survey_id: UUID) -> Asked:
        """NotFound for an area, a theme or a state that is none."""
        area = area_queries.by_code(session, self.area) if self.area else None
        numbers = {str(one.number): one.id for one in queries.themes(session, survey_id)}
        wrong_theme = self.theme not in ("", NO_THEME) and self.theme not in numbers
        if (self.area and area is None) or wrong_theme or self.stand not in ("", *Stand):
            raise NotFound
        return Asked(
            words=self.q.strip(),
            area=None if area is None else area.id,
            theme=numbers.get(self.theme),
            no_theme=self.theme == NO_THEME,
            stand=Stand(self.stand) if self.stand else None,
            also=self.at,
        )

    def address(self, **more: Any) -> str:
        names = ("question", "q", "area", "theme", "stand", "after")
        given = {**{name: getattr(self, name) for name in names}, **more}
        return urlencode({name: value for name, value in given.items() if value})

    @property
    def cuts(self) -> bool:
        return bool(self.q or self.area or self.theme or self.stand)


def _filter(
    question: Annotated[str, Query(max_length=80)] = "",
    q: Annotated[str, Query(max_length=60)] = "",
    area: Annotated[str, Query(max_length=20)] = "",
    theme: Annotated[str, Query(max_length=4)] = "",
    stand: Annotated[str, Query(max_length=10)] = "",
    after: UUID | None = None,
    at: UUID | None = None,
) -> Filter:
    return Filter(question=question, q=q, area=area, theme=theme, stand=stand, after=after, at=at)


Filtered = Annotated[Filter, Depends(_filter)]


@dataclass(frozen=True, slots=True)
class At:
    """Who is at the words of which wave."""

    asking: Asking
    by: By
    survey_key: str
    wave_key: str

    @property
    def person(self) -> Person:
        return self.asking.person

    @property
    def address(self) -> str:
        return f"/surveys/{self.survey_key}/waves/{self.wave_key}/remarks"

    @property
    def visible(self) -> Select[Any]:
        return self.person.visible(*rights.CHOOSE_REMARKS)

    def mine(self, session: Session) -> frozenset[UUID]:
        return frozenset(session.scalars(self.visible))

    def wave(self, session: Session) -> tuple[Survey, Wave]:
        """NotFound where it touches none of the person's areas, or is still being asked."""
        survey, wave = find_wave(session, self.person, self.survey_key, self.wave_key, rights.CHOOSE_REMARKS)
        if wave.state not in READ_IN:
            raise NotFound(
                zh="这一期还在调查中。截止以后，居民写的话在这里读。",
                en="This wave is still being asked. Residents' words are read here once it is closed.",
            )
        return survey, wave

    def room(self, session: Session, survey: Survey, wave: Wave, question: str) -> Room:
        return room(session, wave, question, places(session, survey.city_id))


def questions(session: Session, wave: Wave) -> list[Question]:
    return open_questions(definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id))


def chosen_question(every: list[Question], question_id: str) -> Question | None:
    """The one of that id, the first where none is named; None where the questionnaire has none."""
    found = [one for one in every if question_id in ("", one.id)]
    if not found and question_id:
        raise NotFound
    return found[0] if found else None


def _at(request: Request, running: Running, person: RemarkReader, now: Now, survey_key: str, wave_key: str) -> At:
    return At(Asking(request, running, person), By(actor=person.actor, at=now), survey_key, wave_key)


AtRemarks = Annotated[At, Depends(_at)]


def titles(survey: Survey, wave: Wave) -> dict[str, Text]:
    return {
        "survey_title": Text(survey.title_zh, survey.title_en),
        "wave_name": Text(wave.name_zh, wave.name_en),
    }


def with_at(asked: Filter, response_id: UUID) -> str:
    """The address of a list that still shows what was acted on."""
    return replace(asked, at=response_id).address(at=response_id)
