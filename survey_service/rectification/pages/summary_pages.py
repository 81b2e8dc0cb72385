"""The weekly summary: how many matters there are, how many of them were checked, are overdue; for printing."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.dependencies import Reading
from survey_service.rectification import queries, states
from survey_service.rectification.pages import access
from survey_service.rectification.pages.access import Asks, ThisMoment

router = APIRouter(prefix="/surveys/{survey_key}/rectification")
WEEK: Final = timedelta(days=7)


@router.get("/summary")
def summary_page(asking: Asks, reading: Reading, moment: ThisMoment, survey_key: str) -> Response:
    person, zone = asking.person, asking.running.settings.zone
    since = moment.today - WEEK
    with reading.begin() as session:
        survey = access.survey_of(session, person, survey_key)
        visible = access.seen_by(person)
        from_then = datetime.combine(since, time(), zone).astimezone(UTC)
        streets = queries.by_street(session, survey.id, visible, moment.today)
        context: dict[str, Any] = {
            **access.frame(person, survey, moment, asking.running),
            "since": since,
            "whole": queries.standings(session, [survey.id], visible, moment.today).get(survey.id, queries.Standing()),
            "struck": queries.struck(session, survey.id, visible),
            "week": [
                (states.DONE[act], count)
                for act, count in queries.acts_since(session, survey.id, visible, from_then).items()
            ],
            "tables": (
                ("street", [(Text(area.name_zh, area.name_en), standing) for area, standing in streets]),
                (
                    "body",
                    [
                        (Text(body, body), standing)
                        for body, standing in queries.by_body(session, survey.id, visible, moment.today)
                    ],
                ),
            ),
        }
        return asking.page("staff/rectification/summary.html", context, section="surveys")
