"""What ``erase`` does, and what it says first."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from sqlalchemy import select

from survey_service.clock import system_clock
from survey_service.commands.chosen_settings import chosen_settings
from survey_service.contacts.erasing import erase_contacts
from survey_service.contacts.store import ContactStore
from survey_service.installation import Refused, open_existing
from survey_service.models import Survey, Wave


def run_erase(survey_key: str, wave_key: str, *, yes: bool, data_dir: Path | None, database: str | None) -> int:
    """0: erased, or nothing was there; 1: refused; 2: would erase, and --yes was not said."""
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
        number = ContactStore(settings).counts().get((found.survey_id, found.id), 0)
        if number and not yes:
            console.print(
                f"Contact data of {number} people would be erased for ever. Say it again with --yes.", soft_wrap=True
            )
            return 2
        erase_contacts(settings, opened, found.survey_id, found.id, why="command", at=system_clock())
    finally:
        opened.dispose()
    console.print(f"[green]✓[/] Contact data of {number} people erased.", highlight=False, soft_wrap=True)
    return 0
