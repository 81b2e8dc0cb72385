"""Where answers from phones look odd, while it can still be asked about: counts by community, no answer is shown."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts.permissions import WaveStaff
from survey_service.collection import marked
from survey_service.dependencies import Reading, Running
from survey_service.surveys import queries
from survey_service.surveys.access import READERS, find_wave
from survey_service.web.staff import staff_page

router = APIRouter()


@router.get("/surveys/{survey_key}/waves/{wave_key}/marks")
def marks_page(
    request: Request, running: Running, reading: Reading, person: WaveStaff, survey_key: str, wave_key: str
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        found = marked.by_community(session, survey.id, wave.id)
        areas = queries.communities(session, survey, wave, person.visible(*READERS))
        lines = [(Text(area.name_zh, area.name_en), found[area.id]) for area in areas if area.id in found]
        lines.sort(key=lambda line: (-line[1].in_bursts - line[1].alike, -line[1].fast - line[1].straight))
        context = {
            "wave_name": Text(wave.name_zh, wave.name_en),
            "wave": wave,
            "survey": survey,
            "lines": lines,
            "total": marked.total(marks for _, marks in lines),
            "burst": marked.BURST,
        }
        return staff_page(request, running, person, "staff/marks.html", context, section="surveys")
