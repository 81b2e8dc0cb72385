"""The map that a city gave, as it is on the day of a release: frozen with the summary of the city."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from survey_service.analyses.summaries import Summaries
from survey_service.areas.maps import map_of
from survey_service.models import Survey


def with_map(session: Session, made: Summaries, survey: Survey) -> Summaries:
    found = map_of(session, survey.city_id)
    return made if found is None else replace(made, city=replace(made.city, city_map=found))
