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

from questionnaires.kinds import kind_of
from questionnaires.model import Question, Questionnaire
from questionnaires.text import Text
from survey_service.accounts.queries import below
from survey_service.audit import Actor
from survey_service.clock import system_clock
from survey_service.commands.chosen_settings import chosen_settings
from survey_service.commands.speech import language
from survey_service.database import Database
from survey_service.errors import DomainError
from survey_service.importing import service
from survey_service.importing.heads import settled
from survey_service.importing.plan import ColumnPlan, ImportPlan, Target, plan_from_json
from survey_service.importing.prepare import Row, fold_name, prepare
from survey_service.importing.recognise import suggest, wanted
from survey_service.importing.variables import variables
from survey_service.installation import Refused, open_existing
from survey_service.models import Survey, Wave
from survey_service.secrets import load_or_make_key
from survey_service.settings import Settings
from survey_service.tabular import TableError
from survey_service.tabular.cells import Grid, read_cells
from survey_service.uploads.looked import Looked

SHOWN = 40
OPERATOR = Actor(None, "command line")
_COLUMN = Text("“{}”列：", "column “{}”: ")
_NOTE = Text("注意：{}{}{}", "note: {}{}{}")
_ROWS = Text("（第 {} 行）", " (rows {})")
_MORE = Text("……还有 {} 处：{}。", "… and {} more: {}.")
_LEFT = Text("{0} 处要改，一份也没有收入。", "{0} problem{1}; nothing was taken in.")
_CHECKED = Text("只检查，什么也没有收入。", "Only checked; nothing was taken in.")
_DONE = Text("收入了 {} 份，先前已经收过的 {} 份。", "{} responses taken in, {} were here already.")
_COUNTS = Text(
    "读到 {read} 行：抽中的户 {with_case} 份，没有表号（不在样本里）{open} 份，先前已经收过 {known} 份。",
    "{read} rows read: {with_case} of cases, {open} without a case (not part of the sample), {known} here already.",
)


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
    """What was asked cannot be carried out; the message says why and the way out."""


def run(given: ImportArguments) -> int:
    try:
        settings = chosen_settings(data_dir=None, database=given.database)
        content = given.file.read_bytes()
        database = open_existing(settings)
    except OSError as error:
        typer.echo(f"{error.filename or given.file}: {error.strerror or error}", err=True)
        return 1
    except Refused as refused:
        typer.echo(str(refused), err=True)
        return 1
    try:
        return _carry_out(given, settings, database, content)
    except Faulty as fault:
        typer.echo(str(fault), err=True)
    except TableError as fault:
        typer.echo(fault.told(language()), err=True)
    except DomainError as fault:
        typer.echo(f"{fault.code} {fault.in_language(language())}", err=True)
    except OSError as error:
        typer.echo(f"{error.filename}: {error.strerror or error}", err=True)
    finally:
        database.dispose()
    return 1


def _carry_out(given: ImportArguments, settings: Settings, database: Database, content: bytes) -> int:
    with database.reading.begin() as session:
        survey, wave = _find(session, given)
        questionnaire = service.questionnaire_of(session, wave)
        wave_key = (wave.survey_id, wave.id)
        held = service.ground(session, wave, survey.city_id, below([survey.city_id]))
    grid = settled(read_cells(given.file.name, content, wanted(questionnaire)))
    plan = _plan(given, grid, questionnaire, list(held.cases))
    if plan.community and fold_name(plan.community) not in held.communities:
        raise Faulty(f"--community {given.community}: the survey has no such community. Give its code or full name.")
    typer.echo(_columns(plan))
    if given.write_map is not None:
        given.write_map.write_text(json.dumps(plan.to_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        typer.echo(f"The mapping is in {given.write_map}; correct it and give it back with --map.")
    service.refuse_bad(plan)
    prepared = prepare(grid, plan, questionnaire, held)
    _tell(prepared.looked(), language())
    if prepared.problems:
        count = len(prepared.problems)
        typer.echo(_LEFT.in_language(language()).format(count, "s" if count != 1 else ""), err=True)
        return 1
    if given.check:
        typer.echo(_CHECKED.in_language(language()))
        return 0
    keys = load_or_make_key(settings.data_dir, settings.secret_key.get_secret_value())
    sha256 = hashlib.sha256(content).hexdigest()
    with database.writing.begin() as session:
        origin = service.Origin(plan=plan, sha256=sha256, rows=prepared.read, record=f"import {sha256[:16]}")
        wave = session.get_one(Wave, wave_key)
        done = service.store(session, wave, prepared, origin, keys=keys, at=system_clock(), by=OPERATOR)
    typer.echo(_DONE.in_language(language()).format(done.new, done.known))
    return 0


def _find(session: Session, given: ImportArguments) -> tuple[Survey, Wave]:
    surveys = session.scalars(select(Survey).order_by(Survey.key)).all()
    chosen = [one for one in surveys if one.key == given.survey] if given.survey else list(surveys)
    names = ", ".join(one.key for one in surveys) or "none"
    if len(chosen) != 1:
        fault = f"there is no survey “{given.survey}”" if given.survey else "say which survey is meant with --survey"
        raise Faulty(f"{fault}; there are: {names}.")
    waves = session.scalars(select(Wave).where(Wave.survey_id == chosen[0].id).order_by(Wave.key)).all()
    wave = next((one for one in waves if one.key == given.wave), None)
    if wave is None:
        there = ", ".join(one.key for one in waves) or "none"
        raise Faulty(f"survey “{chosen[0].key}” has no wave “{given.wave}”; there are: {there}.")
    return chosen[0], wave


def _plan(given: ImportArguments, grid: Grid, questionnaire: Questionnaire, numbers: list[str]) -> ImportPlan:
    plan = _given(given.map, grid, questionnaire) if given.map else suggest(grid, questionnaire, numbers)
    if given.community:
        plan = replace(plan, community=given.community)
    if not given.case:
        return plan
    if given.case not in grid.heads:
        raise Faulty(f"--case {given.case}: no column has this head. The heads are: {', '.join(grid.heads)}.")
    if (before := plan.place(Target.CASE)) is not None:
        plan = plan.with_column(before, target=Target.IGNORE)
    return plan.with_column(grid.heads.index(given.case), target=Target.CASE, variable="", option="")


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
        if column.target is Target.OPTION and not _has(known[column.variable], column.option):
            raise Faulty(f"{path}: column “{column.head}” names option “{column.option}”, which is none.")
    return replace(plan, columns=tuple(replace(column, sure=True) for column in plan.columns))


def _has(question: Question, option: str) -> bool:
    return question.option(option) is not None or option in kind_of(question).parts


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


def _tell(looked: Looked[tuple[Row, ...]], speaks: str) -> None:
    """Notices, problems by row and column, and how many rows there are of each sort."""
    for notice in looked.notices:
        where = _COLUMN.in_language(speaks).format(notice.column) if notice.column else ""
        listed = ", ".join(map(str, notice.rows))  # none: it is said of the whole file
        rows = listed + (" …" if listed and notice.count > len(notice.rows) else "")
        told = notice.en if speaks == "en" else notice.zh
        typer.echo(
            _NOTE.in_language(speaks).format(where, told, _ROWS.in_language(speaks).format(rows) if rows else "")
        )
    for problem in looked.problems[:SHOWN]:
        typer.echo(problem.placed(speaks), err=True)
    if (left := len(looked.problems) - SHOWN) > 0:
        kinds = Counter(problem.kind.code for problem in looked.problems[SHOWN:])
        more = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
        typer.echo(_MORE.in_language(speaks).format(left, more), err=True)
    typer.echo(_COUNTS.in_language(speaks).format(**looked.counts))
