"""The work of ``survey-service recompute``: the release by its number, what came out, and its words."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from sqlalchemy.orm import Session

from analysis.problems import DesignError
from survey_service.commands.chosen_settings import chosen_settings
from survey_service.errors import DomainError
from survey_service.installation import Refused, open_existing
from survey_service.models import Release, Survey, Wave
from survey_service.releases import queries
from survey_service.releases.recomputing import Differing, Recomputed
from survey_service.releases.recomputing import recompute as again


def run(number: str, survey_key: str | None, *, data_dir: Path | None, database: str | None, form: str) -> int:
    """0: every raw figure is the same; 1: some differ, or nothing could be computed."""
    try:
        if form not in ("table", "json"):
            raise Refused(f"There is no format “{form}”; choose table or json.")
        opened = open_existing(chosen_settings(data_dir=data_dir, database=database))
        try:
            with opened.reading.begin() as session:
                release, _, wave = _release(session, number, survey_key)
                found = again(session, release, wave)
        finally:
            opened.dispose()
    except (Refused, OSError, DesignError, DomainError) as refused:
        typer.echo(f"✕ {refused}", err=True)
        return 1
    if form == "json":
        typer.echo(json.dumps({"release": number, **found.to_json()}, ensure_ascii=False, indent=2))
    else:
        _tell(number, found)
    return 0 if found.same else 1


def _release(session: Session, number: str, survey_key: str | None) -> tuple[Release, Survey, Wave]:
    found = [
        (release, survey, wave)
        for release, survey, wave in queries.releases_by_number(session, number)
        if survey_key in (None, survey.key)
    ]
    if not found:
        raise Refused(f"There is no release {number}" + (f" of a survey {survey_key}." if survey_key else "."))
    if len(found) > 1:
        keys = ", ".join(sorted(survey.key for _, survey, _ in found))
        raise Refused(f"Several surveys have a release {number}; say which with --survey: {keys}.")
    return found[0]


def _tell(number: str, found: Recomputed) -> None:
    software = f"signed with software {found.signed_with}, computed again with {found.computed_with}"
    if found.same:
        typer.echo(f"✓ {number}: all {found.compared} raw figures are the same to 12 digits ({software}).")
        return
    typer.echo(f"✕ {number}: {found.differing} of {found.compared} raw figures differ ({software}).")
    if found.erased:
        typer.echo(f"  Answers erased since the signature: {found.erased}. What was published stays as it was.")
    elif not found.rows_same:
        typer.echo("  The rows are not those of the signature.")
    lines = [("area", "indicator", "figure", "signed", "now"), *map(_cells, found.lines)]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    for line in lines:
        typer.echo("  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    if found.differing > len(found.lines):
        typer.echo(f"  … and {found.differing - len(found.lines)} more")


def _cells(one: Differing) -> tuple[str, str, str, str, str]:
    kept, now = ("–" if value is None else str(value) for value in (one.kept, one.now))
    return one.domain or "city", one.variable, one.figure, kept, now
