"""The work of ``survey-service plan-of``: the wave by its key, its plan, and YAML."""

from __future__ import annotations

from pathlib import Path

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service.analyses.plan_yaml import as_yaml
from survey_service.analyses.wave_analysis import columns_and_register
from survey_service.commands.chosen_settings import chosen_settings
from survey_service.installation import Refused, open_existing
from survey_service.models import Survey, Wave


def run(wave_key: str, survey_key: str | None, *, data_dir: Path | None, database: str | None, out: Path | None) -> int:
    """0: written; 1: no such installation, or no such wave, or several."""
    try:
        settings = chosen_settings(data_dir=data_dir, database=database)
        opened = open_existing(settings)
    except Refused as refused:
        typer.echo(f"✕ {refused}", err=True)
        return 1
    try:
        with opened.reading.begin() as session:
            wave = wave_of(session, wave_key, survey_key)
            if isinstance(wave, str):
                typer.echo(f"✕ {wave}", err=True)
                return 1
            text = as_yaml(columns_and_register(session, wave.survey_id, wave.id, settings.columns).plan)
        if out is None:
            typer.echo(text, nl=False)
        else:
            out.write_text(text, encoding="utf-8")
    except OSError as error:
        typer.echo(f"✕ {error.filename or out}: {error.strerror or error}", err=True)
        return 1
    finally:
        opened.dispose()
    return 0


def wave_of(session: Session, wave_key: str, survey_key: str | None) -> Wave | str:
    """The wave, or a sentence that says why there is not one."""
    asked = select(Wave, Survey.key).join(Survey, Survey.id == Wave.survey_id).where(Wave.key == wave_key)
    if survey_key is not None:
        asked = asked.where(Survey.key == survey_key)
    found = session.execute(asked).all()
    if not found:
        return f"There is no wave {wave_key}" + (f" of a survey {survey_key}." if survey_key else ".")
    if len(found) > 1:
        keys = ", ".join(sorted(key for _, key in found))
        return f"Several surveys have a wave {wave_key}; say which with --survey: {keys}."
    return found[0][0]
