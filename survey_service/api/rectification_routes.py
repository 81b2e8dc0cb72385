"""The rectification list to be read by programs: the rows that the person sees on its page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from survey_service.accounts import rights
from survey_service.accounts.errors import ReadNotAudited
from survey_service.accounts.permissions import Person, require
from survey_service.accounts.read_audit import AuditsReads
from survey_service.api.description import BASE, READING, refusals
from survey_service.api.rectification_schemas import EvidenceOut, MatterOut, RectificationOut, StandingOut
from survey_service.api.schemas import Words
from survey_service.dependencies import Now, Reading, Running
from survey_service.errors import BadInput, NotFound
from survey_service.models import RectificationState
from survey_service.rectification import queries, states
from survey_service.rectification.queries import Asked, Found, Standing
from survey_service.surveys.access import find_survey

router = APIRouter(prefix=BASE, tags=["rectification"])
ListReader = Annotated[Person, Depends(require(*rights.READ_RECTIFICATION))]
MOST = 500


def _asked(
    area: Annotated[str, Query(max_length=20, description="Code of an area: its own and those right below.")] = "",
    wave: Annotated[str, Query(max_length=30, description="Key of the wave that they come from.")] = "",
    state: Annotated[RectificationState | None, Query(description="Without it all but those struck.")] = None,
    overdue: Annotated[bool, Query(description="Only those whose day is over.")] = False,
) -> Asked:
    return Asked(area=area, wave=wave, state=state, overdue=overdue)


@router.get(
    "/surveys/{survey_key}/rectification",
    summary="The rectification list",
    responses=refusals(*READING, NotFound, BadInput, ReadNotAudited),
)
def matters(
    running: Running,
    reading: Reading,
    person: ListReader,
    reads: AuditsReads,
    now: Now,
    asked: Annotated[Asked, Depends(_asked)],
    survey_key: Annotated[str, Path(max_length=40)],
    after: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> RectificationOut:
    """Of your areas, in the order of their numbers. Notes and photographs stay on the pages."""
    today = now.astimezone(running.settings.zone).date()
    visible = person.visible(*rights.READ_RECTIFICATION)
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key, rights.READ_RECTIFICATION)
        found = queries.rows(session, survey.id, visible, asked, today, after=after, limit=limit + 1)
        standing = queries.standings(session, [survey.id], visible, today).get(survey.id, Standing())
        reads.note(survey.id, "rectification.exported", f"survey {survey.id}")
        return RectificationOut(
            standing=StandingOut(
                total=standing.total,
                checked=standing.checked,
                overdue=standing.overdue,
                to_recheck=standing.recheck,
                reported=standing.reported,
                struck=queries.struck(session, survey.id, visible),
            ),
            items=[_shown(one, today) for one in found[:limit]],
            next=found[limit - 1][0].number if len(found) > limit else None,
        )


def _shown(found: Found, today: date) -> MatterOut:
    row, area, wave = found
    return MatterOut(
        number=row.number,
        area=area.code,
        area_name=Words(zh=area.name_zh, en=area.name_en),
        wave=wave.key,
        indicator=row.indicator,
        item=Words(zh=row.item_zh, en=row.item_en),
        reason=row.reason,
        evidence=_evidence(row.evidence),
        state=row.state,
        body=row.body,
        due_on=row.due_on,
        action=row.action,
        overdue=states.is_overdue(row, today),
        to_recheck=states.is_to_recheck(row, today),
        recheck_on=row.recheck_on,
    )


def _evidence(kept: Mapping[str, Any]) -> EvidenceOut | None:
    if not kept:
        return None
    return EvidenceOut(
        release=kept["release"],
        figure=kept["figure"],
        unit=Words(zh=kept["unit_zh"], en=kept["unit_en"]),
        interval=kept["interval"],
        level=kept["level"],
        n=kept["n"],
        target=kept["target"],
    )
