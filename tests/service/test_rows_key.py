"""The key of a wave's rows: it moves with every row that figures come from, and with nothing else."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service import audit
from survey_service.areas import service as areas
from survey_service.audit.chain import SERVICE
from survey_service.captures import ledger
from survey_service.captures.erasure import erase_response
from survey_service.database import Database
from survey_service.models import Area, Disposition, Mode, Response
from survey_service.models.tombstone import Ground
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.surveys import drafts, figures
from survey_service.surveys import service as surveys
from tests.service.outcomes import told_outcomes
from tests.service.test_collection_service import incoming
from tests.service.test_estimates import answer
from tests.service.world import NOW, World

PACKAGE = Path(__file__).parents[2] / "survey_service"


@pytest.fixture
def keys(settings: Settings) -> KeyRing:
    return KeyRing(settings.secret_key.get_secret_value())


@pytest.fixture
def asked(database: Database, world: World, keys: KeyRing) -> World:
    with database.writing.begin() as session:
        for case in (0, 6):
            answer(session, world, keys, case=case, mode=Mode.WEB_INVITED, answers={"know": "1", "overall": "1"})
    return world


def key(database: Database, world: World, wave_id: object = None) -> str:
    with database.reading.begin() as session:
        return audit.rows_key(session, world.survey_id, wave_id or world.wave_id)  # type: ignore[arg-type]


Step = Callable[[Session, World, KeyRing], None]


def _answer(session: Session, world: World, keys: KeyRing) -> None:
    answer(session, world, keys, case=1, mode=Mode.WEB_INVITED, answers={"know": "1", "overall": "1"})


def _open_answer(session: Session, world: World, keys: KeyRing) -> None:
    answer(session, world, keys, case=None, mode=Mode.WEB_OPEN, answers={"know": "1", "overall": "1"})


def _conflict(session: Session, world: World, keys: KeyRing) -> None:
    assert ledger.keep_conflict(session, incoming(world, "f" * 32, answers={"overall": "3"}), keys) is not None


def _erase(session: Session, world: World, keys: KeyRing) -> None:
    response = session.scalars(select(Response.id).where(Response.case_id == world.case_ids[0])).one()
    assert erase_response(session, world.survey_id, response, ground=Ground.REQUEST, at=NOW, by=SERVICE)


def _outcome(session: Session, world: World, keys: KeyRing) -> None:
    outcomes = {world.case_ids[3]: Disposition.REFUSAL}
    told_outcomes(session, world.survey_id, outcomes, at=NOW, by=SERVICE)


def _rename_area(session: Session, world: World, keys: KeyRing) -> None:
    area = session.get_one(Area, world.community_ids[0])
    areas.change_area(session, area, {"name_zh": "新名社区"}, keys=keys, at=NOW, by=SERVICE)


def _add_area(session: Session, world: World, keys: KeyRing) -> None:
    new = areas.NewArea(code="110101009999", name_zh="新社区", kind="community", parent_id=world.street_id)
    areas.add_area(session, new, at=NOW, by=SERVICE)


@pytest.mark.both_databases
@pytest.mark.parametrize("step", [_answer, _open_answer, _conflict, _erase, _outcome, _rename_area, _add_area])
def test_a_row_that_figures_come_from_moves_the_key(
    database: Database, asked: World, keys: KeyRing, step: Step
) -> None:
    before = key(database, asked)
    with database.writing.begin() as session:
        step(session, asked, keys)
    assert key(database, asked) != before


def _look(session: Session, world: World, keys: KeyRing) -> None:
    audit.record(
        session, survey_id=world.survey_id, at=NOW, by=SERVICE, action="contacts.opened", record=f"wave {world.wave_id}"
    )


def _close_and_open_figures(session: Session, world: World, keys: KeyRing) -> None:
    surveys.close_wave(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
    surveys.begin_review(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
    figures.open_figures(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)


@pytest.mark.parametrize("step", [_look, _close_and_open_figures])
def test_what_moves_the_log_alone_leaves_the_key(database: Database, asked: World, keys: KeyRing, step: Step) -> None:
    before = key(database, asked)
    with database.writing.begin() as session:
        step(session, asked, keys)
    assert key(database, asked) == before


def test_another_wave_of_the_survey_has_a_key_of_its_own(database: Database, asked: World, keys: KeyRing) -> None:
    """While one quarter is signed the next is collected."""
    with database.writing.begin() as session:
        new = surveys.NewWave(
            key="2026Q4",
            name_zh="2026年第四季度",
            questionnaire_version_id=asked.version_id,
            opens_on=date(2026, 10, 1),
            closes_on=date(2026, 12, 31),
        )
        other = surveys.create_wave(session, asked.survey_id, new, at=NOW, by=SERVICE).id
    before, of_other = key(database, asked), key(database, asked, other)
    assert before != of_other
    with database.writing.begin() as session:
        new_targets = {"targets": {"awareness": {"value": 0.8, "sense": "at_least"}}}
        assert drafts.change_wave(session, asked.survey_id, other, new_targets, keys=keys, at=NOW, by=SERVICE)
    assert key(database, asked, other) != of_other
    assert key(database, asked) == before


@pytest.mark.both_databases
def test_what_is_rolled_back_moves_nothing(database: Database, asked: World, keys: KeyRing) -> None:
    before = key(database, asked)

    def fail() -> None:
        with database.writing.begin() as session:
            _answer(session, asked, keys)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert key(database, asked) == before


# ------------------------------------------------------------------ who writes them

WRITERS = {
    "areas/service.py",
    "captures/erasure.py",  # its case, beside the ledger
    "captures/ledger.py",
    "fieldwork/rolls.py",
    "fieldwork/visits.py",
    "keying/verification.py",  # the state of a batch, by which its forms count
    "sampling/case_files.py",
    "sampling/reserves.py",
    "sampling/service.py",
    "sampling/stored_draws.py",
    "surveys/drafts.py",
}
"""Modules that write rows that figures come from; each says so in the log by ``audit.Rows``."""
MADE = {"Area", "AreaCount", "AreaPopulation", "Capture", "Case", "Response", "Roll"}
VERBS = {"insert", "update", "delete", "insert_rows"}


def writes(source: str) -> bool:
    tree = ast.parse(source)
    made = {  # of our models: a Response of Starlette is another
        one.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("survey_service.models")
        for one in node.names
    } & MADE
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            given = {one.id for argument in node.args for one in ast.walk(argument) if isinstance(one, ast.Name)}
            if node.func.id in made or (node.func.id in VERBS and given & (made | {"_CAPTURES", "_RESPONSES"})):
                return True
        if isinstance(node, ast.Assign) and "BatchState.DONE" in ast.unparse(node.value):
            return any(ast.unparse(target) == "batch.state" for target in node.targets)
    return False


def test_every_module_that_writes_them_moves_the_key() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8")
        for path in PACKAGE.rglob("*.py")
        if not {"migrations", "models", "demonstration"} & set(path.relative_to(PACKAGE).parts)
        and writes(path.read_text(encoding="utf-8"))
    }
    roots = {"accounts/first_administrator.py"}  # the first area of an installation, before there is a wave
    assert set(found) - roots == WRITERS
    assert all("audit.Rows(" in text for name, text in found.items() if name in WRITERS)
