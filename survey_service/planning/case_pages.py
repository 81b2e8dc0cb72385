"""The sample of a draft wave: the drawn list is loaded whole or not at all, looked at, and taken out again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts.permissions import Manager, Person
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import Conflict
from survey_service.models import Mode, Role, Survey, Wave, WaveState
from survey_service.planning import fields, queries
from survey_service.planning.fields import Posted
from survey_service.surveys import drafts
from survey_service.surveys import queries as surveys
from survey_service.surveys.access import find_wave, refuse_unless
from survey_service.surveys.opening import CASE_MODES
from survey_service.web.staff import go, staff_page

router = APIRouter(prefix="/surveys/{survey_key}/waves/{wave_key}/cases")

SHOWN = 200  # problems on one page
NO_FILE = Text("还没有选文件。", "No file was chosen.")
NO_MODES = Text(
    "这一期还没有选入户、纸质或邀请码的方式，不用样本。先在“修改这一期”里选方式。",
    "The wave has no mode that asks sampled households. Choose one under “change this wave” first.",
)


class HasCases(Conflict):
    """Of two who load at once one finds the other's sample."""

    code = "E122"
    zh = "这一期已经有样本。要换，先把现在的样本全部拿掉。"
    en = "The wave has a sample already. To load another, take the present one out first."


@router.get("")
def cases_page(
    request: Request, running: Running, reading: Reading, person: Manager, survey_key: str, wave_key: str
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, Role.MANAGER)
        return _page(request, running, session, person, survey, wave)


@router.post("")
def load_cases(
    request: Request, running: Running, reading: Reading, writing: Writing, person: Manager, now: Now, posted: Posted,
    survey_key: str, wave_key: str,
) -> Response:  # fmt: skip
    """Judge the file first, then store it in one transaction; with any problem nothing is stored."""
    # Imported here: the server starts without pandas.
    from survey_service.sampling.case_files import BadCases, read_cases, read_file, store_cases

    shown: dict[str, Any] = {}
    sent = fields.upload(posted, "file")
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, Role.MANAGER)
        communities = {area.code: area.id for area in surveys.all_communities(session, survey, wave)}
        modes = [Mode(mode) for mode in wave.modes if mode in CASE_MODES]
        key = (wave.survey_id, wave.id)
    if sent is None or not sent[1]:
        shown["fault"] = NO_FILE
    elif not modes:
        shown["fault"] = NO_MODES
    else:
        try:
            file = read_cases(read_file(*sent), communities, modes)
            with writing.begin() as session:
                held = drafts.draft(session, *key)
                if surveys.has_cases(session, held):
                    raise HasCases
                store_cases(session, held, file, source=sent[0], at=now, by=person.actor)
                about = {"adults_known": file.adults_known, "reserves": file.reserves, "notices": list(file.notices)}
                drafts.note_draw(held, {"file": sent[0], **about})
            return go(f"/surveys/{survey_key}/waves/{wave_key}/cases")
        except BadCases as fault:
            shown |= {"problems": fault.problems[:SHOWN], "count": len(fault.problems), "file": sent[0]}
        except Conflict as fault:
            shown["fault"] = Text(fault.zh, fault.en)
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        return _page(request, running, session, person, survey, wave, shown, status=422)


@router.post("/clear")
def clear_cases(writing: Writing, person: Manager, now: Now, survey_key: str, wave_key: str) -> Response:
    with writing.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, Role.MANAGER)
        drafts.take_out_cases(session, survey.id, wave.id, at=now, by=person.actor)
    return go(f"/surveys/{survey_key}/waves/{wave_key}/cases")


def _page(
    request: Request, running: Running, session: Session, person: Person, survey: Survey, wave: Wave,
    shown: Mapping[str, Any] | None = None, *, status: int = 200,
) -> Response:  # fmt: skip
    areas = surveys.communities(session, survey, wave, person.visible(Role.MANAGER))
    drawn = queries.sample_by_community(session, wave)
    context = {
        "survey": survey,
        "wave": wave,
        "wave_name": Text(wave.name_zh, wave.name_en),
        "draft": wave.state is WaveState.DRAFT,
        "lines": [(area, Text(area.name_zh, area.name_en), drawn.get(area.id)) for area in areas],
        "total": sum(line.cases for line in drawn.values()),
        # A sample that did not come by this page has nothing to say of its file.
        "about": {"reserves": 0, "adults_known": True, "notices": (), **(wave.plan.get("draw") or {})},
        "needs_cases": bool(CASE_MODES & set(wave.modes)),
        "fault": None,
        "problems": (),
        **(shown or {}),
    }
    return staff_page(request, running, person, "staff/planning/cases.html", context, section="surveys", status=status)
