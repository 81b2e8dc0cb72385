"""Where answers from phones look odd, while it can still be asked about: counts by community, no answer is shown."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import WaveStaff
from survey_service.accounts.staff_pages import staff_page
from survey_service.collection import quality_mark_counts
from survey_service.dependencies import Reading, Running
from survey_service.surveys import queries
from survey_service.surveys.access import find_wave

router = APIRouter()


@router.get("/surveys/{survey_key}/waves/{wave_key}/marks")
def marks_page(
    request: Request, running: Running, reading: Reading, person: WaveStaff, survey_key: str, wave_key: str
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        found = quality_mark_counts.by_community(session, survey.id, wave.id)
        areas = queries.communities(session, survey, wave, person.visible(*rights.SEE_SURVEYS))
        lines = [(Text(area.name_zh, area.name_en), found[area.id], area.code) for area in areas if area.id in found]
        lines.sort(key=lambda line: _weight(line[1]), reverse=True)
        total = quality_mark_counts.total(marks for _, marks, _ in lines)
        context = {
            "sampled": total.invited > 0,
            "wave_name": Text(wave.name_zh, wave.name_en),
            "wave": wave,
            "survey": survey,
            "lines": lines,
            "total": total,
            "burst": quality_mark_counts.BURST,
            "invited_burst": quality_mark_counts.INVITED_BURST,
        }
        return staff_page(request, running, person, "staff/quality_marks.html", context, section="surveys")


def _weight(marks: quality_mark_counts.PhoneMarks) -> tuple[int, int, int]:
    """What comes first: what counts in the results, then what came in heaps, then what may be mere haste."""
    return (
        marks.invited_in_bursts + marks.invited_alike,
        marks.in_bursts + marks.alike,
        marks.fast + marks.straight,
    )
