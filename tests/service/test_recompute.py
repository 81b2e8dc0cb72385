"""A release is computed again from what it kept, whatever the defaults are by now, and says where the digits differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from analysis import plan as plans
from analysis.results import IntervalMethod
from survey_service import jobs
from survey_service.accounts.queries import below
from survey_service.audit.chain import SERVICE, chains, verify
from survey_service.captures.erasure import erase_response
from survey_service.commands.recompute_work import run
from survey_service.database import Database
from survey_service.models import JobState, Release, ReleaseDocument, ReleaseRecomputed, Response, Survey, Wave
from survey_service.models.tombstone import Ground
from survey_service.releases import DOCUMENTS_JOB, RECOMPUTE_JOB, documents, recomputing, service
from survey_service.releases.published_tables import published_table
from survey_service.secrets import KeyRing
from survey_service.services import Services
from survey_service.settings import Settings
from survey_service.surveys import next_wave
from survey_service.writer import GroupWriter
from tests.service.kept_releases import laid
from tests.service.world import NOW

pytestmark = pytest.mark.both_databases


@pytest.fixture
def old(backend: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database with a release of format 1, signed before releases held their plan."""
    with laid("format_1", backend, request) as database:
        yield database


@pytest.fixture
def services(old: Database, tmp_path: Path) -> Iterator[Services]:
    settings = Settings(data_dir=tmp_path / "data", database_url=old.url)
    writer = GroupWriter(old.writing, queue_size=10, group_size=10)
    yield Services(settings=settings, database=old, writer=writer, keys=KeyRing("k" * 40), clock=lambda: NOW)
    writer.close()


@pytest.fixture
def other_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a later version of the software may have them."""
    monkeypatch.setattr(plans.AnalysisPlan.__init__, "__kwdefaults__", _altered(plans.AnalysisPlan))
    monkeypatch.setattr(plans.Nonresponse.__init__, "__kwdefaults__", {"minimum_respondents": 5})
    assert plans.AnalysisPlan().level == 0.9
    assert plans.Nonresponse().minimum_respondents == 5


def _altered(kind: type) -> dict[str, object]:
    defaults = dict(kind.__init__.__kwdefaults__ or {})  # type: ignore[misc]
    return {**defaults, "level": 0.9, "interval": IntervalMethod.WILSON}


def release_of(database: Database) -> tuple[Release, Survey, Wave]:
    with database.reading.begin() as session:
        made = session.scalars(select(Release)).one()
        found = service.queries.release(session, made.survey_id, made.id)
        assert found is not None
        text, _ = found[0].estimates, found[0].plan  # of a row that is parted from its session, both are read here
        assert text
        session.expunge_all()
        return found[0], found[1], found[2]


def recomputed(database: Database) -> recomputing.Recomputed:
    with database.reading.begin() as session:
        made = session.scalars(select(Release)).one()
        wave = session.get_one(Wave, (made.survey_id, made.wave_id))
        return recomputing.recompute(session, made, wave)


@pytest.mark.usefixtures("other_defaults")
def test_a_release_of_format_1_comes_out_the_same_by_the_recipe_of_its_time(old: Database) -> None:
    with old.reading.begin() as session:
        for chain in chains(session):
            verify(session, chain)
    made, _, _ = release_of(old)
    assert (made.format, made.plan) == (1, None)
    assert recomputing.plan_of(made).level == 0.95
    found = recomputed(old)
    assert (found.same, found.differing, found.rows_same, found.erased) == (True, 0, True, 0)
    assert found.compared == 70, "seven figures of two indicators in five areas"


@pytest.mark.usefixtures("other_defaults")
def test_where_an_answer_was_erased_since_it_says_how_many_and_shows_what_differs(
    old: Database, services: Services
) -> None:
    made, _, _ = release_of(old)
    with old.writing.begin() as session:
        response = session.scalars(select(Response.id).order_by(Response.id).limit(1)).one()
        erase_response(
            session, made.survey_id, response, ground=Ground.REQUEST, at=made.released_at.replace(day=28), by=SERVICE
        )
    found = recomputed(old)
    assert (found.same, found.rows_same, found.erased) == (False, False, 1)
    assert found.differing == len(found.lines) > 0
    sizes = [line for line in found.lines if line.figure == "sample_size" and line.domain == ""]
    assert [(line.kept, line.now) for line in sizes] == [(100, 99), (100, 99)]

    # What was published is in the record: its PDFs are had as before.
    job = _enqueue(services, made, DOCUMENTS_JOB, languages={"zh": None})
    assert jobs.work(services, made.survey_id, job) is JobState.DONE
    with old.reading.begin() as session:
        assert len(session.scalars(select(ReleaseDocument)).all()) == 5


def test_the_job_keeps_what_came_out(old: Database, services: Services) -> None:
    made, _, _ = release_of(old)
    assert jobs.work(services, made.survey_id, _enqueue(services, made, RECOMPUTE_JOB)) is JobState.DONE
    with old.reading.begin() as session:
        kept = session.scalars(select(ReleaseRecomputed)).one()
        found = recomputing.Recomputed.from_json(kept.found)
        assert found.same
        assert (found.signed_with, kept.software_version) == (made.software_version, found.computed_with)


def test_what_was_published_is_read_from_the_record(old: Database) -> None:
    """To the figure: no later rule is put to it, and what it did not have it does not get."""
    made, _, _ = release_of(old)
    with old.reading.begin() as session:
        kept = service.release_summaries(session, made.survey_id, made.id, Settings()).city.table
    read = published_table(made.estimates)
    assert [row.domain for row in read.rows] == [row.domain for row in kept.rows]
    for mine, theirs in zip(read.rows, kept.rows, strict=True):
        assert mine.sample_size == theirs.sample_size
        for one, other in zip(mine.cells, theirs.cells, strict=True):
            assert (one.variable, one.suppression, one.verdict) == (other.variable, other.suppression, other.verdict)
            assert one.value == (None if other.value is None else pytest.approx(other.value, rel=1e-11))


def test_without_kept_summaries_the_pdfs_print_the_published_table(old: Database, services: Services) -> None:
    """Signed before summaries were kept: samples and weights are computed again, figures are not."""
    made, _, _ = release_of(old)
    with old.reading.begin() as session:
        before = service.release_summaries(session, made.survey_id, made.id, services.settings)
    with old.writing_engine.begin() as connection:
        connection.execute(text("DROP TRIGGER refuse_update_release" + ("" if old.is_sqlite else " ON release")))
        connection.execute(text("UPDATE release SET printed = NULL"))
    with old.reading.begin() as session:
        after = service.release_summaries(session, made.survey_id, made.id, services.settings)
    assert after.city.table.rows == published_table(made.estimates).rows
    sizes = {code: sample.rates.valid for code, sample in before.city.samples.items()}
    assert {code: sample.rates.valid for code, sample in after.city.samples.items()} == sizes
    assert documents.pdf(documents.Wanted(after.city, "zh"), services.settings).startswith(b"%PDF-")


def _enqueue(services: Services, made: Release, kind: str, **further: object):  # type: ignore[no-untyped-def]
    with services.database.writing.begin() as session:
        arguments = {"release_id": str(made.id), **further}
        return jobs.enqueue(session, survey_id=made.survey_id, kind=kind, arguments=arguments, by=SERVICE, at=NOW).id


def test_the_command_says_the_same_and_ends_by_it(
    old: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made, _, _ = release_of(old)
    asked = {"data_dir": tmp_path / "data", "database": old.url}
    assert run(made.number, None, **asked, form="table") == 0
    assert "all 70 raw figures are the same" in capsys.readouterr().out
    with old.writing.begin() as session:
        response = session.scalars(select(Response.id).order_by(Response.id).limit(1)).one()
        later = made.released_at + timedelta(days=1)
        erase_response(session, made.survey_id, response, ground=Ground.REQUEST, at=later, by=SERVICE)
    assert run(made.number, "satisfaction", **asked, form="json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["release"], told["erased"], told["same"]) == (made.number, 1, False)
    assert run("NOTHING-01", None, **asked, form="table") == 1
    assert "There is no release NOTHING-01" in capsys.readouterr().err


def test_the_next_wave_begins_with_what_the_signed_one_measured(old: Database) -> None:
    with old.reading.begin() as session:
        survey, wave = session.scalars(select(Survey)).one(), session.scalars(select(Wave)).one()
        found = next_wave.measured(session, survey, wave, below([survey.city_id])).boxes()
    assert found == {"response_rate": "81.3", "design_effect": "0.86"}
