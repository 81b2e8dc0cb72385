"""The work of ``survey-service print-forms``: batches are made as on the page, and drawn at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import typer
from sqlalchemy import Select
from sqlalchemy.orm import Session

from survey_service.accounts.queries import below
from survey_service.audit import Actor
from survey_service.clock import system_clock
from survey_service.commands.paper_options import Faulty, find_wave, opened
from survey_service.errors import DomainError
from survey_service.paper import queries, service
from survey_service.paper.printing import print_batch, refuse_unprintable
from survey_service.secrets import load_or_make_key
from survey_service.services import Services
from survey_service.writer import GroupWriter

OPERATOR = Actor(None, "command line")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintArguments:
    wave: str
    survey: str
    community: tuple[str, ...]
    open: bool
    size: int
    languages: str
    large_print: bool
    batch: int
    out: Path
    database: str


def run(given: PrintArguments) -> int:
    try:
        settings, database = opened(given.database)
    except Faulty as fault:
        typer.echo(str(fault), err=True)
        return 1
    writer = GroupWriter(database.writing, queue_size=settings.queue_size, group_size=settings.group_size)
    keys = load_or_make_key(settings.data_dir, settings.secret_key.get_secret_value())
    services = Services(settings=settings, database=database, writer=writer, keys=keys, clock=system_clock)
    try:
        for batch_key, number in _batches(services, given):
            content = print_batch(services, *batch_key)
            path = given.out / f"{given.wave}-{number:03d}.pdf"
            path.write_bytes(content)
            typer.echo(f"{path}: batch {number}")
        return 0
    except Faulty as fault:
        typer.echo(str(fault), err=True)
    except DomainError as refused:
        typer.echo(f"{refused.code} {refused.en}", err=True)
    except OSError as error:
        typer.echo(f"{error.filename}: {error.strerror or error}", err=True)
    finally:
        writer.close()
        database.dispose()
    return 1


def _batches(services: Services, given: PrintArguments) -> list[tuple[tuple[UUID, UUID], int]]:
    """The batch that is named, to be drawn again; or new ones.

    The folder is made in the same transaction: what is refused leaves none, and without one no serial is given.
    """
    with services.database.writing.begin() as session:
        survey, wave = find_wave(session, given.survey, given.wave)
        city = below([survey.city_id])
        if given.batch:
            line = queries.batch(session, wave, given.batch, city)
            if line is None:
                raise Faulty(f"wave “{wave.key}” has no batch {given.batch}.")
            made = [line.batch]
        else:
            wanted = _wanted(session, given, city)
            if wanted.languages in service.LANGUAGES:
                refuse_unprintable(services, wave.survey_id, wave.questionnaire_version_id, wanted.languages)
            made = service.make_batches(session, wave, wanted, at=system_clock(), by=OPERATOR)
        given.out.mkdir(parents=True, exist_ok=True)
        return [((one.survey_id, one.id), one.number) for one in made]


def _wanted(session: Session, given: PrintArguments, city: Select[tuple[UUID]]) -> service.PrintRun:
    communities = {area.code: area.id for area in queries.communities(session, city, city)}
    unknown = [code for code in given.community if code not in communities]
    if unknown:
        raise Faulty(f"the survey has no community {', '.join(unknown)}; give codes as on the page of areas.")
    chosen = [communities[code] for code in given.community] if given.community else list(communities.values())
    return service.PrintRun(
        area_ids=chosen,
        sampled=not given.open,
        size=given.size,
        languages=given.languages,
        large_print=given.large_print,
    )
