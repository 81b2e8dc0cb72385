"""Published figures, exactly as they were signed and frozen."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from survey_service.api import published
from survey_service.api.description import BASE, READING, refusals
from survey_service.api.schemas import ReleaseOut
from survey_service.dependencies import Reading
from survey_service.errors import BadInput, NotFound
from survey_service.releases.routes import ReleaseReader, find_release

router = APIRouter(prefix=BASE, tags=["releases"])


@router.get(
    "/releases/{number}",
    summary="A release with its figures",
    response_model_exclude_unset=True,
    responses=refusals(*READING, NotFound, BadInput),
)
def release(reading: Reading, person: ReleaseReader, number: Annotated[str, Path(max_length=40)]) -> ReleaseOut:
    """Of your areas and those above them, as in their reports: every figure with its interval, how many answered, and
    the words that were asked. What the publication rule hides is not here."""
    with reading.begin() as session:
        found, survey, wave = find_release(session, person, number)
        return published.release(session, person, found, survey, wave)
