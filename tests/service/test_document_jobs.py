"""Who makes which PDF of a release: parts that meet, and English where it is asked for."""

from __future__ import annotations

from itertools import zip_longest
from typing import cast

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from survey_service import jobs
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import Job, JobState, Release
from survey_service.releases import document_jobs
from survey_service.releases.documents import Part, Wanted
from survey_service.services import Services
from tests.service.signed_in import csrf, get, post, sign_in
from tests.service.test_releases import release, reviewed, services
from tests.service.world import NOW, World

__all__ = ["reviewed", "services"]


@pytest.mark.parametrize(("sheets", "of"), [(1, 2), (7, 1), (100, 2), (101, 3), (50, 8)])
def test_parts_hold_everything_and_meet_with_few_made_twice(sheets: int, of: int) -> None:
    """Each job takes the next of its order that is not there, all at the same pace."""
    every = cast("list[Wanted]", list(range(sheets)))
    orders = [Part(number, of).order(every) for number in range(of)]
    assert all(sorted(order) == every for order in orders)  # type: ignore[type-var]
    made: set[Wanted] = set()
    drawn = 0
    for step in zip_longest(*(iter(order) for order in orders)):
        now = {one for one in step if one is not None} - made
        drawn += len([one for one in step if one is not None and one not in made])
        made |= now
    assert made == set(every)
    assert drawn <= sheets + of


def test_a_large_release_has_a_job_for_each_worker_and_a_small_one_a_single(
    database: Database, reviewed: World
) -> None:
    release_id = release(database, reviewed)
    with database.writing.begin() as session:
        made = session.get_one(Release, (reviewed.survey_id, release_id))
        for areas in (document_jobs.SHARED_FROM - 1, document_jobs.SHARED_FROM):
            document_jobs.enqueue(session, made, "zh", areas=areas, workers=3, at=NOW, by=SERVICE)
        parts = [(job.arguments.get("part"), job.arguments.get("of")) for job in session.scalars(select(Job))]
        assert sorted(parts, key=str) == [(0, 3), (1, 3), (2, 3), (None, None)]


def test_english_reports_are_made_where_the_office_asks_and_once(
    client: TestClient, database: Database, reviewed: World, services: Services
) -> None:
    release_id = release(database, reviewed)
    with database.writing.begin() as session:
        made = session.get_one(Release, (reviewed.survey_id, release_id))
        number = made.number
        document_jobs.enqueue(session, made, "zh", areas=4, workers=2, at=NOW, by=SERVICE)
    sign_in(client, "statistician")
    assert "生成报告进行中" in get(client, f"/releases/{number}")
    _work(services, database)
    page = get(client, f"/releases/{number}")
    assert "生成报告进行中" not in page
    assert ".en.pdf" not in page
    for _ in range(2):
        assert post(client, f"/releases/{number}/english", {}, token=csrf(page)).status_code == 303
    _work(services, database)
    page = get(client, f"/releases/{number}")
    assert page.count(".en.pdf") == page.count(".zh.pdf") == 4
    assert "也生成英文报告" not in page
    assert post(client, f"/releases/{number}/english", {}, token=csrf(page)).status_code == 303
    with database.reading.begin() as session:
        assert [job.state for job in session.scalars(select(Job))] == [JobState.DONE] * 2
    sign_in(client, "leader")
    assert "也生成英文报告" not in get(client, f"/releases/{number}")


def _work(services: Services, database: Database) -> None:
    with database.reading.begin() as session:
        waiting = [(job.survey_id, job.id) for job in session.scalars(select(Job).where(Job.state == JobState.WAITING))]
    assert len(waiting) == 1
    assert jobs.work(services, *waiting[0]) is JobState.DONE
