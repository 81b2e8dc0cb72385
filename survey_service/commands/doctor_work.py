"""What ``doctor`` looks at, and how it says it."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from survey_service.clock import system_clock
from survey_service.commands.chosen_settings import chosen_settings
from survey_service.doctor.findings import Finding, Mark
from survey_service.doctor.rounds import examine
from survey_service.environment import WrongSettings


def run_doctor(*, data_dir: Path | None, database: str | None, as_json: bool, language: str) -> int:
    """0 where nothing is wrong, whatever has to be seen to; 1 otherwise."""
    try:
        settings = chosen_settings(data_dir=data_dir, database=database)
    except WrongSettings as wrong:
        # Where the settings cannot be used, nobody knows which database and which folder are meant.
        way = ("见 docs/settings.md。", "See docs/settings.md.")
        found = [
            Finding("settings", Mark.WRONG, f"{one.name}：{one.zh}", f"{one.name}: {one.en}", *way)
            for one in wrong.each
        ]
    else:
        found = examine(settings, at=system_clock())
    if as_json:
        typer.echo(json.dumps({"findings": [one.to_json() for one in found]}, ensure_ascii=False, indent=1))
    else:
        for one in found:
            said, out = one.in_language(language)
            typer.echo(f"{one.mark.value} {said}")
            if out:
                typer.echo(f"  → {out}")
    return int(any(one.mark is Mark.WRONG for one in found))
