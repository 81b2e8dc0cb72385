"""Questions read aloud: heard by whoever follows the wave, added and taken out by its manager while it is a draft."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.languages import own_name
from questionnaires.model import Questionnaire
from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Manager, Person, WaveStaff
from survey_service.accounts.staff_pages import Asking, go
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, Conflict, DomainError, TooBusy
from survey_service.models import Survey, Wave, WaveState
from survey_service.outside.door import Stopped
from survey_service.outside.sounds import sound
from survey_service.stored_files import files_of
from survey_service.surveys import definitions, wave_recordings
from survey_service.surveys.access import find_wave, may, refuse_unless
from survey_service.surveys.drafts import NoDraft
from survey_service.surveys.wave_recordings import LONGEST_VOICE, MOST_BYTES, MOST_SECONDS, Spoken
from survey_service.web import posted_forms
from survey_service.web.posted_forms import Posted

router = APIRouter(prefix="/surveys/{survey_key}/waves/{wave_key}/recordings")


@router.get("")
def recordings_page(
    request: Request, running: Running, reading: Reading, person: WaveStaff, survey_key: str, wave_key: str
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        return _page(Asking(request, running, person), session, survey, wave)


@router.post("")
def add_recording(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Manager,
    now: Now,
    posted: Posted,
    survey_key: str,
    wave_key: str,
) -> Response:
    """A file is looked at by a child process, put among the files, and named by the wave."""
    with reading.begin() as session:
        survey, wave, questionnaire = _of_manager(session, person, survey_key, wave_key)
        here = _address(survey, wave)
        change = wave_recordings.Change(survey_id=wave.survey_id, wave_id=wave.id, at=now, by=person.actor)
    try:
        spoken = _spoken(posted, questionnaire)
        _, content = posted_forms.upload(posted, "file") or ("", b"")
        if not content:
            raise BadInput(
                zh="还没有选录音文件。请选一个再存。", en="No recording was chosen. Choose one, then store it."
            )
        if len(content) > MOST_BYTES:
            raise wave_recordings.SoundTooLong
        found = wave_recordings.refuse_unless_short(content, _looked_at(content))
        sha256 = files_of(running.settings, running.database).put(content)  # before the row that names it
        with writing.begin() as session:
            wave_recordings.add(session, change, spoken, found, sha256=sha256, size=len(content))
        return go(f"{here}#{spoken.question}")
    except (BadInput, Conflict) as refused:
        fault, kept = refused, {name: posted_forms.text(posted, name) for name in ("question", "voice", "language")}
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        return _page(Asking(request, running, person), session, survey, wave, fault=fault, kept=kept)


@router.post("/remove")
def remove_recording(
    writing: Writing, person: Manager, now: Now, posted: Posted, survey_key: str, wave_key: str
) -> Response:
    with writing.begin() as session:
        survey, wave, _ = _of_manager(session, person, survey_key, wave_key)
        change = wave_recordings.Change(survey_id=wave.survey_id, wave_id=wave.id, at=now, by=person.actor)
        question, voice = posted_forms.text(posted, "question"), posted_forms.text(posted, "voice")
        wave_recordings.remove(session, change, question, voice)
        return go(_address(survey, wave))


def _looked_at(content: bytes) -> Any:
    try:
        return sound(content)
    except Stopped as busy:
        raise TooBusy(
            zh="现在有别的文件正在读。请稍等一分钟，再存一次。",
            en="Other files are being read. Wait a minute and store it again.",
        ) from busy


def _spoken(posted: Any, questionnaire: Questionnaire) -> Spoken:
    question, voice = posted_forms.text(posted, "question"), " ".join(posted_forms.text(posted, "voice").split())
    language = posted_forms.text(posted, "language") or "zh"
    if question not in {one.id for one in questionnaire.questions()} or language not in questionnaire.languages:
        raise BadInput(zh="请选一道题，再选页面的语言。", en="Choose a question, and the language of the page.")
    if not 0 < len(voice) <= LONGEST_VOICE:
        raise BadInput(
            zh=f"请写明是什么口音，例如“普通话”“温州话”，最多 {LONGEST_VOICE} 个字。",
            en=f"Say which language or dialect is spoken, such as Mandarin, in at most {LONGEST_VOICE} characters.",
        )
    return Spoken(question=question, voice=voice, language=language)


def _of_manager(session: Session, person: Person, survey_key: str, wave_key: str) -> tuple[Survey, Wave, Questionnaire]:
    """A draft that the person may change; NoDraft once it has opened."""
    survey, wave = find_wave(session, person, survey_key, wave_key)
    refuse_unless(session, person, survey, *rights.PLAN)
    if wave.state is not WaveState.DRAFT:
        raise NoDraft
    return survey, wave, definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)


def _address(survey: Survey, wave: Wave) -> str:
    return f"/surveys/{survey.key}/waves/{wave.key}/recordings"


def _page(
    asking: Asking,
    session: Session,
    survey: Survey,
    wave: Wave,
    *,
    fault: DomainError | None = None,
    kept: dict[str, str] | None = None,
) -> Response:
    questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
    held = wave_recordings.stored(session, wave.survey_id, wave.id)
    questions = list(questionnaire.questions())
    draft = wave.state is WaveState.DRAFT
    context: dict[str, Any] = {
        "survey": survey,
        "wave": wave,
        "wave_name": Text(wave.name_zh, wave.name_en),
        "questions": questions,
        "recordings": {one.id: [each for each in held if each.question == one.id] for one in questions},
        "count": len(held),
        "voices": list(dict.fromkeys(one.voice for one in held)),
        "languages": [(tag, own_name(tag)) for tag in questionnaire.languages],
        "draft": draft,
        "may_change": draft and may(session, asking.person, survey, *rights.PLAN),
        "kept": kept or {},
        "fault": fault,
        "most_seconds": MOST_SECONDS,
        "most_kilobytes": MOST_BYTES // 1000,
        "longest_voice": LONGEST_VOICE,
    }
    status = fault.status if fault else 200
    return asking.page("staff/planning/recordings.html", context, section="surveys", fault=fault, status=status)
