"""Taking in a file: handed in, mapped, checked, and stored whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from questionnaires.model import Questionnaire
from survey_service import audit
from survey_service.accounts.queries import below
from survey_service.audit import chain
from survey_service.captures import ledger
from survey_service.captures.incoming import IncomingCapture
from survey_service.importing import grids, heads, personal, queries
from survey_service.importing.errors import (
    BadMapping,
    GroundMoved,
    NotTaking,
    PersonalNumbers,
    ProblemsLeft,
    Settled,
    UnreadableFile,
)
from survey_service.importing.plan import ImportPlan, Target
from survey_service.importing.prepare import Ground, Prepared, Row, fold_name
from survey_service.importing.recognise import wanted
from survey_service.importing.words import Kind, kept_problem
from survey_service.models import ImportFile, ImportState, ResponseState, Source, Wave, WaveState
from survey_service.outside.tables import read_grid
from survey_service.secrets import KeyRing
from survey_service.surveys import definitions
from survey_service.tabular import TableError
from survey_service.tabular.cells import Grid
from survey_service.tabular.problems import filled

TAKING = (WaveState.OPEN, WaveState.CLOSED)
KEPT_PROBLEMS = 300
KEPT_FOR = timedelta(days=14)  # a file that nobody went on with
ASKED = (Kind.UNKNOWN_VALUE, Kind.TWO_MEANINGS, Kind.TWO_CODES)  # what a person can answer in the mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    new: int
    known: int


def read(name: str, content: bytes, questionnaire: Questionnaire) -> Grid:
    """The cells of a file, of the sheet whose heads the questionnaire knows; UnreadableFile with every reason."""
    try:
        return heads.settled(read_grid(name, content, wanted(questionnaire)))
    except TableError as fault:
        raise UnreadableFile(fault.problems, more=fault.more) from None


def ground(session: Session, wave: Wave, city_id: UUID, visible: Select[tuple[UUID]]) -> Ground:
    """What the wave knows, within the areas that the person may see."""
    names: dict[str, UUID] = {}
    areas = queries.communities(session, below([city_id]), visible)
    for area in areas:
        names[area.code] = area.id
    told = Counter(name for area in areas for name in {fold_name(area.name_zh), fold_name(area.name_en)} - {""})
    for area in areas:
        for name in {fold_name(area.name_zh), fold_name(area.name_en)} - {""}:
            if told[name] == 1:  # two communities of one name are told apart by their codes only
                names[name] = area.id
    return Ground(
        wave_id=wave.id,
        cases=queries.cases(session, wave, visible),
        communities=names,
        known=queries.known(session, wave),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """A file as it was read, and what was found in it by the first plan."""

    grid: Grid
    sha256: str
    plan: ImportPlan
    found: Mapping[str, Any]


def hand_in(
    session: Session, wave: Wave, file: FileRead, *, cases: Collection[str], at: datetime, by: audit.Actor
) -> ImportFile:
    """Keep a file's cells until it is settled, without those of contact data.

    PersonalNumbers where another cell holds an identity or a mobile number; ``cases``: numbers that name cases.
    """
    if wave.state not in TAKING:
        raise NotTaking
    grid = file.grid
    plan, numbers = personal.shielded(grid, file.plan, cases)
    if numbers:
        raise PersonalNumbers(numbers)
    emptied = [place for place, column in enumerate(plan.columns) if column.target is Target.PERSONAL]
    row = ImportFile(
        survey_id=wave.survey_id,
        wave_id=wave.id,
        file_name=grid.source[-120:],
        sha256=file.sha256,
        rows=len(grid.records),
        cells=grids.packed(grids.without(grid, emptied)),
        plan=plan.to_json(),
        found=dict(file.found),
        by_account_id=by.account_id,
        created_at=at,
    )
    session.add(row)
    for old in queries.left_lying(session, wave.survey_id, at - KEPT_FOR):
        _settle(session, old, ImportState.DISCARDED, at=at, by=chain.SERVICE)
    session.flush()
    audit.record(
        session,
        survey_id=wave.survey_id,
        at=at,
        by=by,
        action="import.handed_in",
        record=f"import_file {row.id}",
        detail={"sha256": row.sha256, "rows": row.rows},
    )
    return row


def grid_of(row: ImportFile) -> Grid:
    if row.cells is None:
        raise Settled
    return grids.unpacked(row.cells)


def keep_check(row: ImportFile, plan: ImportPlan, found: Mapping[str, Any]) -> None:
    """Keep what a person said of the columns, and what a check by it found."""
    if row.cells is None:
        raise Settled
    row.plan, row.found, row.state = plan.to_json(), dict(found), ImportState.CHECKED


def refuse_bad(plan: ImportPlan) -> None:
    """BadMapping for a plan without answers, or with two columns for one place."""
    if not plan.has_answers:
        raise BadMapping(
            zh="还没有一列对应到问卷的题。请至少为一列选一道题。",
            en="No column is mapped to a question. Choose a question for at least one.",
        )
    filled: dict[tuple[str, ...], str] = {}
    ticked = {column.variable for column in plan.columns if column.target is Target.OPTION}
    for column in plan.columns:
        if column.target in (Target.IGNORE, Target.PERSONAL):
            continue
        place = (column.target.value, column.variable, column.option)
        if place in filled or (column.target is Target.ANSWER and column.variable in ticked):
            other = filled.get(place, next((one.head for one in plan.columns if one.variable == column.variable), ""))
            raise BadMapping(
                zh=f"“{other}”和“{column.head}”两列对应到同一处，请只留一列。",
                en=f"The columns “{other}” and “{column.head}” are mapped to the same place. Keep one of them.",
            )
        filled[place] = column.head


def summary(prepared: Prepared) -> dict[str, Any]:
    """What a check found, as plain values."""
    looked = prepared.looked()
    asked = Counter(
        (one.head("zh"), str(one.values["seen"]), filled("[[{near}]]", one.values, "zh"))
        for one in looked.problems
        if one.kind in ASKED
    )
    return {
        **looked.counts,
        "problem_count": len(looked.problems),
        "problems": [kept_problem(one) for one in looked.problems[:KEPT_PROBLEMS]],
        "notices": [one.to_json() for one in looked.notices],
        "asked": [
            {"column": column, "seen": seen, "near": near, "count": count}
            for (column, seen, near), count in asked.most_common(200)
        ],
    }


def discard(session: Session, row: ImportFile, *, at: datetime, by: audit.Actor) -> None:
    if row.cells is None:
        raise Settled
    _settle(session, row, ImportState.DISCARDED, at=at, by=by)


def _settle(session: Session, row: ImportFile, state: ImportState, *, at: datetime, by: audit.Actor) -> None:
    """The cells go, and with them every example of an answer; counts stay."""
    row.state, row.settled_at, row.cells = state, at, None
    row.found = {name: row.found[name] for name in ("read", "new", "with_case", "open", "known") if name in row.found}
    if state is ImportState.DISCARDED:
        audit.record(
            session, survey_id=row.survey_id, at=at, by=by, action="import.discarded", record=f"import_file {row.id}"
        )


# ------------------------------------------------------------------ storing


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where rows come from, for the audit log."""

    plan: ImportPlan
    sha256: str
    rows: int
    record: str


def store(
    session: Session,
    wave: Wave,
    prepared: Prepared,
    origin: Origin,
    *,
    keys: KeyRing,
    at: datetime,
    by: audit.Actor,
) -> Stored:
    """Every new row as a capture and a response, in the caller's transaction: all of them or none.

    Rows that are known already change nothing. Raises ProblemsLeft,
    NotTaking, and GroundMoved where the database knows one of the rows by now: its constraints decide.
    """
    if prepared.problems:
        raise ProblemsLeft
    if queries.state_locked(session, wave) not in TAKING:
        raise NotTaking
    new = [row for row in prepared.rows if not row.known]
    place = chain.mark(session)
    try:
        with session.begin_nested():
            many = [_incoming(wave, row, at=at, by=by, file=origin.sha256) for row in new]
            begun = queries.begun(session, wave.survey_id, [one.case_id for one in many if one.case_id is not None])
            ledger.enter_first(session, many, keys=keys, begun=begun)
    except IntegrityError:
        chain.return_to(session, place)
        raise GroundMoved from None
    done = Stored(new=len(new), known=len(prepared.rows) - len(new))
    audit.record(
        session,
        survey_id=wave.survey_id,
        at=at,
        by=by,
        action="import.taken_in",
        record=origin.record,
        detail={
            "sha256": origin.sha256,
            "rows": origin.rows,
            "new": done.new,
            "known": done.known,
            "plan": keys.keyed_hash("import", str(origin.plan.to_json())),
        },
    )
    return done


def _incoming(wave: Wave, row: Row, *, at: datetime, by: audit.Actor, file: str | None) -> IncomingCapture:
    return IncomingCapture(
        survey_id=wave.survey_id,
        wave_id=wave.id,
        area_id=row.area_id,
        case_id=row.case.id if row.case else None,
        mode=row.mode,
        source=Source.IMPORT,
        client_id=row.client_id,
        questionnaire_version_id=wave.questionnaire_version_id,
        checked=row.checked,
        state=ResponseState.COMPLETE,
        at=at,
        by=by,
        paradata={**row.paradata, **({"file": file} if file else {})},
    )


def finish(session: Session, row: ImportFile, done: Stored, *, at: datetime) -> None:
    row.found = {**row.found, "new": done.new, "known": done.known}
    row.stored = done.new
    _settle(session, row, ImportState.TAKEN_IN, at=at, by=chain.SERVICE)


def questionnaire_of(session: Session, wave: Wave) -> Questionnaire:
    return definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
