"""The sample of a draft wave: the drawn list is looked at, loaded whole or not at all, and taken out again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts.permissions import Manager, Person
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.areas import queries as area_queries
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict
from survey_service.models import Mode, Role, Survey, Wave, WaveState
from survey_service.surveys import drafts, planning_queries
from survey_service.surveys import queries as surveys
from survey_service.surveys.access import find_wave, refuse_unless
from survey_service.surveys.opening import CASE_MODES
from survey_service.tabular.in_chinese import notice_in_chinese
from survey_service.web import posted_forms
from survey_service.web.carried import pack, unpack
from survey_service.web.posted_forms import Posted

if TYPE_CHECKING:
    from survey_service.sampling.case_files import CaseFile

router = APIRouter(prefix="/surveys/{survey_key}/waves/{wave_key}/cases")

SHOWN = 200  # problems on one page
FIRST_ROWS = 5  # of the file, as they were read
LONGEST_NAME = 120  # of a file, as the log keeps it
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
    """Without ``seen``: the look at the file. With it: stored in one transaction, where it is still what was shown."""
    # Imported here: the server starts without pandas.
    from survey_service.sampling.case_files import BadCases, store_cases

    name, shown = "", {}
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, Role.MANAGER)
        communities = {area.code: area.id for area in surveys.all_communities(session, survey, wave)}
        session.expunge_all()
    try:
        name, content = _sent(posted)
        with reading.begin() as session:
            _refuse_unless_empty(session, wave)
        file, seen = _judged(name, content, wave, communities)
        if posted_forms.text(posted, "seen") == seen:
            with writing.begin() as session:
                held = drafts.draft(session, wave.survey_id, wave.id)
                _refuse_unless_empty(session, held)
                store_cases(session, held, file, source=name, at=now, by=person.actor)
                about = {"adults_known": file.adults_known, "reserves": file.reserves, "notices": list(file.notices)}
                drafts.note_draw(held, {"file": name, **about})
            return go(f"/surveys/{survey_key}/waves/{wave_key}/cases")
        shown = {
            "looked": _looked(file), "file": name, "packed": pack(content), "seen": seen,
            "changed_since": bool(posted_forms.text(posted, "seen")),
        }  # fmt: skip
    except BadCases as fault:
        shown = {"problems": fault.problems[:SHOWN], "count": len(fault.problems), "file": name}
    except (Conflict, BadInput) as fault:
        shown = {"fault": Text(fault.zh, fault.en)}
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        status = 200 if "looked" in shown else 422
        return _page(request, running, session, person, survey, wave, shown, status=status)


def _sent(posted: FormData) -> tuple[str, bytes]:
    """Name and content of the file, as chosen or as it came back with the page that showed it."""
    if packed := posted_forms.texts(posted, "packed"):
        return posted_forms.text(posted, "name")[:LONGEST_NAME], unpack(packed)
    sent = posted_forms.upload(posted, "file")
    if sent is None or not sent[1]:
        raise BadInput(zh=NO_FILE.zh, en=NO_FILE.en)
    return sent[0][-LONGEST_NAME:], sent[1]


def _refuse_unless_empty(session: Session, wave: Wave) -> None:
    if wave.state is not WaveState.DRAFT:
        raise drafts.NoDraft
    if surveys.has_cases(session, wave):
        raise HasCases


def _judged(name: str, content: bytes, wave: Wave, communities: Mapping[str, UUID]) -> tuple[CaseFile, str]:
    """The cases of the file, and a fingerprint of all that would be stored. BadCases with every problem."""
    from survey_service.sampling.case_files import read_cases, read_file

    modes = [Mode(mode) for mode in wave.modes if mode in CASE_MODES]
    if not modes:
        raise BadInput(zh=NO_MODES.zh, en=NO_MODES.en)
    file = read_cases(read_file(name, content), communities, modes)
    return file, hashlib.sha256(repr((wave.id, file)).encode()).hexdigest()


def _looked(file: CaseFile) -> dict[str, Any]:
    """What a file would bring: how many by community and mode, and the first rows."""
    return {
        "total": len(file.cases),
        "by_area": Counter(case.area_id for case in file.cases),
        "by_mode": Counter(case.first_mode.value for case in file.cases),
        "first": file.cases[:FIRST_ROWS],
        "about": {"reserves": file.reserves, "adults_known": file.adults_known, "notices": file.notices},
    }


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
    drawn = planning_queries.sample_by_community(session, wave)
    context = {
        "survey": survey,
        "wave": wave,
        "wave_name": Text(wave.name_zh, wave.name_en),
        "draft": wave.state is WaveState.DRAFT,
        "lines": [(area, Text(area.name_zh, area.name_en), drawn.get(area.id)) for area in areas],
        "adults": area_queries.adults(session, [area.id for area in areas]),
        "names": {area.id: Text(area.name_zh, area.name_en) for area in areas},
        "total": sum(line.cases for line in drawn.values()),
        # A sample that did not come by this page has nothing to say of its file.
        "about": {"reserves": 0, "adults_known": True, "notices": (), **(wave.plan.get("draw") or {})},
        "needs_cases": bool(CASE_MODES & set(wave.modes)),
        "fault": None,
        "problems": (),
        "looked": None,
        "noticed": _noticed,
        **(shown or {}),
    }
    return staff_page(request, running, person, "staff/planning/cases.html", context, section="surveys", status=status)


def _noticed(notice: str) -> Text:
    return Text(notice_in_chinese(notice), notice)
