"""What ``erase`` does, and what it says first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from rich.console import Console
from sqlalchemy import select

from survey_service.clock import system_clock
from survey_service.commands.chosen_settings import chosen_settings
from survey_service.contacts.erasing import erase_contacts
from survey_service.contacts.store import ContactStore
from survey_service.database import Database
from survey_service.installation import Refused, open_existing
from survey_service.models import Survey, Wave
from survey_service.sealed.doors import count_doors
from survey_service.sealed.keys import WaveKeys
from survey_service.secrets import load_or_make_key
from survey_service.settings import Settings

Step = Callable[[Console, Settings, Database, tuple[UUID, UUID], bool], int]


def run_erase(survey_key: str, wave_key: str, *, yes: bool, data_dir: Path | None, database: str | None) -> int:
    """0: erased, or nothing was there; 1: refused; 2: would erase, and --yes was not said."""
    return _run(_erase, survey_key, wave_key, yes, data_dir, database)


def run_destroy(survey_key: str, wave_key: str, *, yes: bool, data_dir: Path | None, database: str | None) -> int:
    """The key of the wave's addresses; as ``run_erase``."""
    return _run(_destroy, survey_key, wave_key, yes, data_dir, database)


def _run(step: Step, survey_key: str, wave_key: str, yes: bool, data_dir: Path | None, database: str | None) -> int:
    console = Console(stderr=True)
    try:
        settings = chosen_settings(data_dir=data_dir, database=database)
        opened = open_existing(settings)
    except Refused as refused:
        console.print(f"[bold red]✕[/] {refused}", highlight=False, soft_wrap=True)
        return 1
    try:
        with opened.reading.begin() as session:
            found = session.execute(
                select(Wave.survey_id, Wave.id)
                .join(Survey, Survey.id == Wave.survey_id)
                .where(Survey.key == survey_key, Wave.key == wave_key)
            ).one_or_none()
        if found is None:
            console.print(f"[bold red]✕[/] There is no wave {wave_key} of a survey {survey_key}.", soft_wrap=True)
            return 1
        return step(console, settings, opened, (found.survey_id, found.id), yes)
    finally:
        opened.dispose()


def _erase(console: Console, settings: Settings, database: Database, wave: tuple[UUID, UUID], yes: bool) -> int:
    number = ContactStore(settings).counts().get(wave, 0)
    if number and not yes:
        console.print(
            f"Contact data of {number} people would be erased for ever. Say it again with --yes.", soft_wrap=True
        )
        return 2
    erase_contacts(settings, database, *wave, why="command", at=system_clock())
    console.print(f"[green]✓[/] Contact data of {number} people erased.", highlight=False, soft_wrap=True)
    return 0


def _destroy(console: Console, settings: Settings, database: Database, wave: tuple[UUID, UUID], yes: bool) -> int:
    with database.reading.begin() as session:
        number = count_doors(session, session.get_one(Wave, wave))
    if number and not yes:
        console.print(
            f"The key of {number} addresses would be destroyed for ever. Say it again with --yes.", soft_wrap=True
        )
        return 2
    keys = load_or_make_key(settings.data_dir, settings.secret_key.get_secret_value())
    with database.writing.begin() as session:
        WaveKeys(settings, keys).destroy(session, *wave, why="command", at=system_clock())
    console.print(f"[green]✓[/] The key of {number} addresses destroyed.", highlight=False, soft_wrap=True)
    return 0
