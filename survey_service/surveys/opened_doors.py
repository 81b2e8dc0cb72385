"""Doors on pages: opened for those who may, one line in the log for one act, and nothing for everybody else."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Final

from fastapi import Depends
from sqlalchemy.orm import Session

from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.accounts.read_audit import AuditsReads, ReadAudit
from survey_service.dependencies import Now, Running
from survey_service.models import Wave
from survey_service.sealed.doors import has_doors, open_doors
from survey_service.sealed.keys import Standing, WaveKeys
from survey_service.services import Services

OPENED: Final = "addresses.opened"
MOST_FOUND: Final = 1000  # households that one search finds by their doors


@dataclass(frozen=True, slots=True)
class Doors:
    """``texts``: door by case number. ``standing``: why there are none, where the list had some."""

    texts: Mapping[str, str] = field(default_factory=dict)
    standing: Standing = Standing.NOTHING

    @property
    def shown(self) -> bool:
        """Whether a page has a place for doors."""
        return self.standing is Standing.OPENS

    def __repr__(self) -> str:
        return f"Doors({len(self.texts)}, {self.standing})"


@dataclass(frozen=True, slots=True)
class DoorsOpened:
    """What a route calls before it shows doors: durable in the log when it returns."""

    running: Services
    reads: ReadAudit
    at: datetime

    @property
    def person(self) -> Person:
        return self.reads.person

    def of(self, session: Session, wave: Wave, numbers: Collection[str] | None = None, *, to: rights.Roles) -> Doors:
        """Doors of these cases, or of all of the wave: those in the areas where the person has one of ``to``."""
        if not self.person.has(*to) or not has_doors(session, wave):
            return Doors()
        keys = WaveKeys(self.running.settings, self.running.keys)
        standing = keys.stands(session, wave, at=self.at).standing
        if standing is not Standing.OPENS:
            return Doors(standing=standing)
        seal = keys.opened(session, wave, at=self.at)
        texts = open_doors(session, wave, seal, numbers, areas=self.person.visible(*to))
        if texts:
            self.reads.note(wave.survey_id, OPENED, f"wave {wave.id}")
        return Doors(texts, standing)

    def found(self, session: Session, wave: Wave, search: str) -> frozenset[str]:
        """Numbers of the households whose door holds what is sought; of very many the first."""
        sought = plain(search)
        if not sought:
            return frozenset()
        doors = self.of(session, wave, to=rights.OPEN_ADDRESSES)
        found = sorted(number for number, door in doors.texts.items() if sought in plain(door))
        return frozenset(found[:MOST_FOUND])


def plain(text: str) -> str:
    """Without blanks and case, full width as half: 3号楼 finds ３ 号 楼."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _doors(running: Running, reads: AuditsReads, now: Now) -> DoorsOpened:
    return DoorsOpened(running, reads, now)


OpensDoors = Annotated[DoorsOpened, Depends(_doors)]
