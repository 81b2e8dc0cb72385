"""What the commands about paper share: the database of the installation, and the wave by its key."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service.commands.chosen_settings import chosen_settings
from survey_service.database import Database
from survey_service.installation import Refused, open_existing
from survey_service.models import Survey, Wave
from survey_service.settings import Settings


class Faulty(Exception):
    """The order cannot be carried out; the message says why and the way out."""


def opened(address: str) -> tuple[Settings, Database]:
    """The installation's; the files and the key lie beside a SQLite database that is named."""
    try:
        settings = chosen_settings(data_dir=None, database=address)
        return settings, open_existing(settings)
    except Refused as refused:
        raise Faulty(str(refused)) from None


def find_wave(session: Session, survey_key: str, wave_key: str) -> tuple[Survey, Wave]:
    surveys = session.scalars(select(Survey).order_by(Survey.key)).all()
    chosen = [one for one in surveys if one.key == survey_key] if survey_key else list(surveys)
    if len(chosen) != 1:
        names = ", ".join(one.key for one in surveys) or "none"
        fault = f"there is no survey “{survey_key}”" if survey_key else "say which survey is meant with --survey"
        raise Faulty(f"{fault}; there are: {names}.")
    waves = session.scalars(select(Wave).where(Wave.survey_id == chosen[0].id).order_by(Wave.key)).all()
    wave = next((one for one in waves if one.key == wave_key), None)
    if wave is None:
        there = ", ".join(one.key for one in waves) or "none"
        raise Faulty(f"survey “{chosen[0].key}” has no wave “{wave_key}”; there are: {there}.")
    return chosen[0], wave
