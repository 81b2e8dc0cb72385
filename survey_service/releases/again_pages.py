"""Reports that were not made are made again by whoever sees that they are missing."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from survey_service import jobs
from survey_service.accounts.staff_pages import go
from survey_service.dependencies import Now, Writing
from survey_service.models import JobState
from survey_service.releases import DOCUMENTS_JOB
from survey_service.releases.errors import NothingToMakeAgain
from survey_service.releases.routes import ReleaseReader, find_release
from survey_service.surveys.queries import jobs as jobs_of

router = APIRouter()


@router.post("/releases/{number}/documents")
def make_again(writing: Writing, person: ReleaseReader, now: Now, number: str) -> Response:
    """A new job with the arguments of the one that failed; what was made already is left as it is.

    NothingToMakeAgain where the newest job did not fail, as where somebody else was faster.
    """
    with writing.begin() as session:
        release, survey, wave = find_release(session, person, number)
        last = next((one for one in jobs_of(session, wave) if one.kind == DOCUMENTS_JOB), None)
        if last is None or last.state is not JobState.FAILED or last.arguments.get("release_id") != str(release.id):
            raise NothingToMakeAgain
        jobs.enqueue(
            session, survey_id=survey.id, kind=DOCUMENTS_JOB, by=person.actor, at=now, arguments=last.arguments
        )
        address = f"/surveys/{survey.key}/waves/{wave.key}"
    return go(address)
