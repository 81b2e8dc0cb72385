"""The work of ``survey-service import-responses``. Every problem is said with row and column; exit status 1."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.model import Questionnaire
from survey_service.accounts.queries import below
from survey_service.audit import Actor
from survey_service.clock import system_clock
from survey_service.commands.chosen_settings import chosen_settings
from survey_service.database import Database
from survey_service.errors import DomainError
from survey_service.importing import service
from survey_service.importing.heads import settled
from survey_service.importing.plan import ColumnPlan, ImportPlan, Target, plan_from_json
from survey_service.importing.prepare import Prepared, fold_name, prepare
from survey_service.importing.recognise import suggest, wanted
from survey_service.importing.variables import variables
from survey_service.installation import Refused, open_existing
from survey_service.models import Survey, Wave
from survey_service.secrets import load_or_make_key
from survey_service.settings import Settings
from survey_service.tabular import TableError
from survey_service.tabular.cells import Grid, read_cells

SHOWN = 40
OPERATOR = Actor(None, "command line")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportArguments:
    """What was asked for on the command line."""

    file: Path
    wave: str
    survey: str
    map: Path | None
    write_map: Path | None
    case: str
    community: str
    check: bool
    database: str


class Faulty(Exception):
    """The order cannot be carried out; the message says why and the way out."""


def run(order: ImportArguments) -> int:
    try:
        settings = chosen_settings(data_dir=None, database=order.database)
        content = order.file.read_bytes()
        database = open_existing(settings)
    except OSError as error:
        typer.echo(f"{error.filename or order.file}: {error.strerror or error}", err=True)
        return 1
    except Refused as refused:
        typer.echo(str(refused), err=True)
        return 1
    try:
        return _carry_out(order, settings, database, content)
    except (Faulty, TableError) as fault:
        typer.echo(str(fault), err=True)
    except DomainError as fault:
        typer.echo(f"{fault.code} {fault.en}", err=True)
    except OSError as error:
        typer.echo(f"{error.filename}: {error.strerror or error}", err=True)
    finally:
        database.dispose()
    return 1


def _carry_out(order: ImportArguments, settings: Settings, database: Database, content: bytes) -> int:
    with database.reading.begin() as session:
        survey, wave = _find(session, order)
        questionnaire = service.questionnaire_of(session, wave)
        wave_key = (wave.survey_id, wave.id)
        held = service.ground(session, wave, survey.city_id, below([survey.city_id]))
    grid = settled(read_cells(order.file.name, content, wanted(questionnaire)))
    plan = _plan(order, grid, questionnaire, list(held.cases))
    if plan.community and fold_name(plan.community) not in held.communities:
        raise Faulty(f"--community {order.community}: the survey has no such community. Give its code or full name.")
    typer.echo(_columns(plan))
    if order.write_map is not None:
        order.write_map.write_text(json.dumps(plan.to_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        typer.echo(f"The mapping is in {order.write_map}; correct it and give it back with --map.")
    service.refuse_bad(plan)
    prepared = prepare(grid, plan, questionnaire, held)
    _tell(prepared)
    if prepared.problems:
        count = len(prepared.problems)
        typer.echo(f"{count} problem{'s' if count != 1 else ''}; nothing was taken in.", err=True)
        return 1
    if order.check:
        typer.echo("Only checked; nothing was taken in.")
        return 0
    keys = load_or_make_key(settings.data_dir, settings.secret_key.get_secret_value())
    sha256 = hashlib.sha256(content).hexdigest()
    with database.writing.begin() as session:
        done = service.store(
            session, session.get_one(Wave, wave_key), prepared, plan=plan,
            source={"sha256": sha256, "rows": prepared.read}, record=f"import {sha256[:16]}", keys=keys,
            at=system_clock(), by=OPERATOR,
        )  # fmt: skip
    typer.echo(f"{done.new} responses taken in, {done.known} were here already.")
    return 0


def _find(session: Session, order: ImportArguments) -> tuple[Survey, Wave]:
    surveys = session.scalars(select(Survey).order_by(Survey.key)).all()
    chosen = [one for one in surveys if one.key == order.survey] if order.survey else list(surveys)
    names = ", ".join(one.key for one in surveys) or "none"
    if len(chosen) != 1:
        fault = f"there is no survey “{order.survey}”" if order.survey else "say which survey is meant with --survey"
        raise Faulty(f"{fault}; there are: {names}.")
    waves = session.scalars(select(Wave).where(Wave.survey_id == chosen[0].id).order_by(Wave.key)).all()
    wave = next((one for one in waves if one.key == order.wave), None)
    if wave is None:
        there = ", ".join(one.key for one in waves) or "none"
        raise Faulty(f"survey “{chosen[0].key}” has no wave “{order.wave}”; there are: {there}.")
    return chosen[0], wave


def _plan(order: ImportArguments, grid: Grid, questionnaire: Questionnaire, numbers: list[str]) -> ImportPlan:
    plan = _given(order.map, grid, questionnaire) if order.map else suggest(grid, questionnaire, numbers)
    if order.community:
        plan = replace(plan, community=order.community)
    if not order.case:
        return plan
    if order.case not in grid.heads:
        raise Faulty(f"--case {order.case}: no column has this head. The heads are: {', '.join(grid.heads)}.")
    if (before := plan.place(Target.CASE)) is not None:
        plan = plan.with_column(before, target=Target.IGNORE)
    return plan.with_column(grid.heads.index(order.case), target=Target.CASE, variable="", option="")


def _given(path: Path, grid: Grid, questionnaire: Questionnaire) -> ImportPlan:
    """A mapping that was written before; Faulty where it is none, or none for this file and questionnaire."""
    try:
        plan = plan_from_json(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Faulty(f"{path}: this is no mapping ({error}). Make one with --write-map.") from None
    heads = tuple(column.head for column in plan.columns)
    if heads != grid.heads:
        raise Faulty(
            f"{path}: the mapping is for the columns {', '.join(heads)}; the file has {', '.join(grid.heads)}."
        )
    known = {one.name: one.question for one in variables(questionnaire)}
    for column in plan.columns:
        if column.target in (Target.ANSWER, Target.OPTION) and column.variable not in known:
            raise Faulty(f"{path}: column “{column.head}” names “{column.variable}”, which the questionnaire has not.")
        if column.target is Target.OPTION and known[column.variable].option(column.option) is None:
            raise Faulty(f"{path}: column “{column.head}” names option “{column.option}”, which is none.")
    return replace(plan, columns=tuple(replace(column, sure=True) for column in plan.columns))


def _columns(plan: ImportPlan) -> str:
    return "\n".join(f"  {column.head or '(no head)'} -> {_held(column)}" for column in plan.columns)


def _held(column: ColumnPlan) -> str:
    if column.target is Target.ANSWER:
        return f"{column.variable}{'' if column.sure or column.values else ' (please check)'}"
    if column.target is Target.OPTION:
        return f"{column.variable}, option {column.option}"
    return {Target.PERSONAL: "not taken in: contact data", Target.IGNORE: "not taken in"}.get(
        column.target, column.target.value
    )


def _tell(prepared: Prepared) -> None:
    for notice in prepared.notices.all():
        rows = f" (rows {', '.join(map(str, notice.rows))}{' …' if notice.count > len(notice.rows) else ''})"
        where = f"column “{notice.column}”: " if notice.column else ""
        typer.echo(f"note: {where}{notice.in_language('en')}{rows if notice.rows else ''}")
    for problem in prepared.problems[:SHOWN]:
        row = f"row {problem.row}" if problem.row else "file"
        where = f", column “{problem.column}”" if problem.column else ""
        typer.echo(f"{row}{where}: {problem.in_language('en')}", err=True)
    if len(prepared.problems) > SHOWN:
        kinds = Counter(problem.kind.value for problem in prepared.problems[SHOWN:])
        more = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
        typer.echo(f"… and {len(prepared.problems) - SHOWN} more: {more}.", err=True)
    new = [row for row in prepared.rows if not row.known]
    tied = sum(row.case is not None for row in new)
    typer.echo(
        f"{prepared.read} rows read: {tied} of cases, {len(new) - tied} without a case (not part of the sample), "
        f"{len(prepared.rows) - len(new)} here already."
    )
