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
from survey_service.rectification.pages.access import AtThisList

router = APIRouter(prefix="/surveys/{survey_key}/rectification")
WEEK: Final = timedelta(days=7)


@router.get("/summary")
def summary_page(at: AtThisList, reading: Reading) -> Response:
    zone, today = at.asking.running.settings.zone, at.today
    since = today - WEEK
    with reading.begin() as session:
        survey = at.survey(session)
        visible = access.seen_by(at.person)
        from_then = datetime.combine(since, time(), zone).astimezone(UTC)
        streets = queries.by_street(session, survey.id, visible, today)
        context: dict[str, Any] = {
            "since": since,
            "whole": queries.standings(session, [survey.id], visible, today).get(survey.id, queries.Standing()),
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
                        for body, standing in queries.by_body(session, survey.id, visible, today)
                    ],
                ),
            ),
        }
        return at.page(survey, "summary", context)
