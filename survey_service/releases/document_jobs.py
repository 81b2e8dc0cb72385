"""The jobs that make the PDFs of a release: in Chinese with the signature, in English where somebody asks for it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_service import audit, jobs
from survey_service.models import Job, JobState, Release
from survey_service.releases import DOCUMENTS_JOB

SHARED_FROM: Final = 60  # PDFs; fewer are made while another worker would still read the release


def enqueue(
    session: Session, release: Release, language: str, *, areas: int, workers: int, at: datetime, by: audit.Actor
) -> None:
    """All areas in one language; ``areas``: how many those are, about."""
    parts = workers if areas >= SHARED_FROM else 1
    for number in range(parts):
        shared = {"part": number, "of": parts} if parts > 1 else {}
        jobs.enqueue(
            session,
            survey_id=release.survey_id,
            kind=DOCUMENTS_JOB,
            arguments={"release_id": str(release.id), "languages": {language: None}, **shared},
            by=by,
            at=at,
        )


def at_work(session: Session, release: Release, language: str | None = None) -> Job | None:
    """A job that makes PDFs of the release, in that language where one is given; of several the one to show."""
    found = session.scalars(
        select(Job)
        .where(
            Job.survey_id == release.survey_id,
            Job.kind == DOCUMENTS_JOB,
            Job.state.in_((JobState.WAITING, JobState.RUNNING)),
        )
        .order_by(Job.created_at, Job.id)
    )
    of = [
        job
        for job in found
        if job.arguments["release_id"] == str(release.id) and language in (None, *job.arguments["languages"])
    ]
    return max(of, key=lambda job: (job.state is JobState.RUNNING, job.done), default=None)
