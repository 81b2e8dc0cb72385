"""Reports that were not made are made again by whoever sees that they are missing."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from survey_service import jobs
from survey_service.accounts.staff_pages import go
from survey_service.dependencies import Now, Writing
from survey_service.releases import DOCUMENTS_JOB
from survey_service.releases.errors import NothingToMakeAgain
from survey_service.releases.routes import ReleaseReader, find_release
from survey_service.surveys.queries import unmade

router = APIRouter()


@router.post("/releases/{number}/documents")
def make_again(writing: Writing, person: ReleaseReader, now: Now, number: str) -> Response:
    """New jobs for those that failed; what was made already is left as it is.

    NothingToMakeAgain where none did, as where somebody else was faster.
    """
    with writing.begin() as session:
        release, survey, wave = find_release(session, person, number)
        failed = [one for one in unmade(session, wave) if one.arguments["release_id"] == str(release.id)]
        if not failed:
            raise NothingToMakeAgain
        for one in failed:  # one job alone goes on with what is missing of all parts
            again = {name: one.arguments[name] for name in ("release_id", "languages")}
            jobs.enqueue(session, survey_id=survey.id, kind=DOCUMENTS_JOB, by=person.actor, at=now, arguments=again)
        address = f"/surveys/{survey.key}/waves/{wave.key}"
    return go(address)
