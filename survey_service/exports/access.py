"""Who takes which wave's data away: a statistician of the whole city, a manager where the installation says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from survey_service.accounts.permissions import Person, export_roles, may_export_texts
from survey_service.errors import NotFound
from survey_service.exports import kept_queries
from survey_service.exports.kept_errors import FilesGone, NotOpenedYet, TextsNotAllowed
from survey_service.exports.shelf import shelf_of
from survey_service.exports.writing import file_stem
from survey_service.exports.zipped import zipped
from survey_service.models import DataExport, Survey, Wave
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.surveys import access

EVERY = "all.zip"
"""The name by which all files of an export are asked for at once; no format has it."""


def find(session: Session, person: Person, settings: Settings, survey_key: str, wave_key: str) -> tuple[Survey, Wave]:
    """The wave, where its whole city is the person's: rows of one street say nothing without the others. NotFound
    otherwise."""
    roles = export_roles(settings)
    survey, wave = access.find_wave(session, person, survey_key, wave_key, roles)
    if not access.may(session, person, survey, *roles):
        raise NotFound
    return survey, wave


def find_export(session: Session, wave: Wave, export_id: UUID) -> kept_queries.Found:
    found = kept_queries.one(session, wave.survey_id, wave.id, export_id)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is handed out now, or all files of an export as one."""

    export: DataExport
    name: str  # that it is saved under
    sha256: dict[str, str]  # of what is in it, by name
    size: int | None  # None: known at its end
    pieces: Iterator[bytes]


def open_file(running: Services, person: Person, wave: Wave, found: kept_queries.Found, name: str) -> Opened:
    """One file by its name, or ``EVERY``.

    NotOpenedYet while nobody has opened the figures of the wave, TextsNotAllowed where the person may not take what
    it holds, FilesGone where it is over, NotFound where the export never had such a file."""
    export, _, _, holds_erased = found
    if wave.figures_opened_at is None:
        raise NotOpenedYet
    if export.texts and not may_export_texts(person, running.settings):
        raise TextsNotAllowed
    if export.gone_at is not None or holds_erased:
        raise FilesGone
    wanted = [one for one in export.files if name in (EVERY, one["name"])]
    if not wanted or export.made_at is None:
        raise NotFound
    shelf = shelf_of(running.settings, running.database)
    try:
        opened = {str(one["name"]): shelf.open(export.id, one["name"]) for one in wanted}
    except FileNotFoundError:
        raise FilesGone from None
    hashes = {str(one["name"]): str(one["sha256"]) for one in wanted}
    if name != EVERY:
        return Opened(export, name, hashes, int(wanted[0]["bytes"]), opened[name])
    pieces = zipped(opened, export.made_at.astimezone(running.settings.zone))
    return Opened(export, f"{file_stem(wave.key)}.zip", hashes, None, pieces)
