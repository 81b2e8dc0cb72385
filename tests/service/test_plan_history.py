"""Plans of a wave: the default until one is kept, changed freely before anybody saw the figures, with a reason after,
never once released; and none that was kept is lost. On both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from analysis.plan import AnalysisPlan, Trimming
from survey_service.analyses import kept_plans, plan_history
from survey_service.analyses.plans import plan_sha256, plan_text
from survey_service.analyses.summaries import method_of
from survey_service.analyses.wave_analysis import analysis_of_wave, columns_and_register
from survey_service.audit import verify
from survey_service.audit.chain import SERVICE, Actor, chains
from survey_service.database import Database
from survey_service.errors import BadInput, Conflict
from survey_service.models import AuditEntry, KeptPlan, Wave, WaveState
from survey_service.surveys import figures
from tests.service.test_opening_figures import closed, reviewed
from tests.service.world import NOW, World

__all__ = ["closed", "reviewed"]
pytestmark = pytest.mark.both_databases


def in_force(database: Database, world: World) -> AnalysisPlan:
    with database.reading.begin() as session:
        return columns_and_register(session, world.survey_id, world.wave_id).plan


def change(
    database: Database, world: World, before: AnalysisPlan, after: AnalysisPlan, reason: str = "", by: Actor = SERVICE
) -> int:
    with database.writing.begin() as session:
        made = plan_history.change_plan(
            session, world.survey_id, world.wave_id, before, after, reason=reason, at=NOW, by=by
        )
        return made.number


def open_figures(database: Database, world: World) -> None:
    plan = in_force(database, world)
    with database.writing.begin() as session:
        figures.open_figures(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
        plan_history.lock(session, world.survey_id, world.wave_id, plan, at=NOW, by=SERVICE)


def kept(database: Database, world: World) -> list[tuple[int, str, bool, str | None]]:
    with database.reading.begin() as session:
        rows = kept_plans.kept(session, world.survey_id, world.wave_id)
        return [(one.number, one.sha256, one.after_lock, one.reason) for one in rows]


def test_before_the_lock_a_change_is_free_and_audited(database: Database, reviewed: World) -> None:
    default = in_force(database, reviewed)
    other = replace(default, level=0.9)
    assert change(database, reviewed, default, other) == 1
    assert in_force(database, reviewed) == other
    assert kept(database, reviewed) == [(1, plan_sha256(other), False, None)]
    with database.reading.begin() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "wave.plan_changed")).one()
        assert entry.detail["fields"] == ["level"]
        assert entry.detail["plan"] == plan_sha256(other)
        for chain in chains(session):
            assert verify(session, chain) > 0


def test_opening_keeps_the_plan_in_force_once(database: Database, reviewed: World) -> None:
    default = in_force(database, reviewed)
    open_figures(database, reviewed)
    open_figures(database, reviewed)
    assert kept(database, reviewed) == [(1, plan_sha256(default), False, None)]
    assert in_force(database, reviewed) == default


def test_opening_keeps_a_plan_that_was_changed_before_as_it_is(database: Database, reviewed: World) -> None:
    default = in_force(database, reviewed)
    other = replace(default, level=0.9)
    change(database, reviewed, default, other)
    open_figures(database, reviewed)
    assert kept(database, reviewed) == [(1, plan_sha256(other), False, None)]


def test_after_the_lock_a_change_needs_a_reason_and_the_old_plan_stays(database: Database, reviewed: World) -> None:
    default = in_force(database, reviewed)
    open_figures(database, reviewed)
    other = replace(default, trimming=Trimming(median_multiple=4.0))
    with pytest.raises(BadInput, match="say why"):
        change(database, reviewed, default, other)
    assert change(database, reviewed, default, other, "权数太散") == 2
    assert kept(database, reviewed) == [
        (1, plan_sha256(default), False, None),
        (2, plan_sha256(other), True, "权数太散"),
    ]
    with database.reading.begin() as session:
        texts = session.scalars(select(KeptPlan.text).order_by(KeptPlan.number)).all()
        assert list(texts) == [plan_text(default), plan_text(other)]
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "wave.plan_changed")).one()
        assert entry.reason == "权数太散"


def test_figures_that_were_opened_before_plans_were_kept_keep_the_one_they_were_seen_by(
    database: Database, reviewed: World
) -> None:
    default = in_force(database, reviewed)
    with database.writing.begin() as session:
        figures.open_figures(session, reviewed.survey_id, reviewed.wave_id, at=NOW, by=SERVICE)
    other = replace(default, level=0.9)
    assert change(database, reviewed, default, other, "领导要 90%") == 2
    assert [one[1] for one in kept(database, reviewed)] == [plan_sha256(default), plan_sha256(other)]


def test_a_released_wave_keeps_its_plan(database: Database, reviewed: World) -> None:
    default = in_force(database, reviewed)
    open_figures(database, reviewed)
    with database.writing.begin() as session:
        session.execute(update(Wave).values(state=WaveState.RELEASED))
    with pytest.raises(Conflict, match="released"):
        change(database, reviewed, default, replace(default, level=0.9), "再改")
    assert len(kept(database, reviewed)) == 1


def test_of_two_who_change_the_same_plan_one_is_told(database: Database, reviewed: World) -> None:
    default = in_force(database, reviewed)
    change(database, reviewed, default, replace(default, level=0.9))
    with pytest.raises(Conflict, match="Somebody has just changed"):
        change(database, reviewed, default, replace(default, level=0.8))
    assert len(kept(database, reviewed)) == 1


def test_a_change_of_nothing_is_not_kept(database: Database, reviewed: World) -> None:
    default = in_force(database, reviewed)
    with pytest.raises(BadInput, match="Nothing"):
        change(database, reviewed, default, default)


@pytest.mark.parametrize("statement", ["UPDATE analysis_plan SET reason = 'x'", "DELETE FROM analysis_plan"])
def test_what_was_kept_cannot_be_changed(database: Database, reviewed: World, statement: str) -> None:
    open_figures(database, reviewed)
    with pytest.raises(DBAPIError, match="append-only"), database.writing.begin() as session:
        session.execute(text(statement))


def test_the_database_itself_holds_number_and_reason(database: Database, reviewed: World) -> None:
    open_figures(database, reviewed)

    def insert(number: int, *, after_lock: bool) -> None:
        with database.writing.begin() as session:
            session.add(
                KeptPlan(
                    survey_id=reviewed.survey_id,
                    wave_id=reviewed.wave_id,
                    number=number,
                    text="{}",
                    sha256="0" * 64,
                    at=NOW,
                    name="",
                    after_lock=after_lock,
                )
            )

    with pytest.raises(DBAPIError):
        insert(1, after_lock=False)
    with pytest.raises(DBAPIError):
        insert(2, after_lock=True)
    insert(2, after_lock=False)


def test_the_report_says_how_often_the_plan_was_changed_and_why(database: Database, reviewed: World) -> None:
    def weighting() -> tuple[str, str]:
        with database.reading.begin() as session:
            given = columns_and_register(session, reviewed.survey_id, reviewed.wave_id)
        words = method_of({}, analysis_of_wave(given, targets={})).weighting
        return words.zh, words.en

    default = in_force(database, reviewed)
    change(database, reviewed, default, replace(default, level=0.9))
    assert "分析方案改过" not in weighting()[0]  # before the lock it is nobody's concern
    open_figures(database, reviewed)
    assert "分析方案改过" not in weighting()[0]
    change(database, reviewed, replace(default, level=0.9), replace(default, level=0.95), "换回常用的水平。")
    change(database, reviewed, replace(default, level=0.95), replace(default, level=0.99), "更严")
    zh, en = weighting()
    assert "结果打开以后，分析方案改过 2 次，原因：换回常用的水平；更严。" in zh
    assert "the analysis plan was changed 2 times, because: 换回常用的水平; 更严." in en
