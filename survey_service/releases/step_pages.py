"""The steps of a release as pages: prepared, reviewed, signed, each by whoever is signed in; and the proof to read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import FormModel, Person, require
from survey_service.accounts.staff_pages import Asking, go
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import DomainError, NotAllowed, NotFound, TooBusy
from survey_service.models import ReleaseStepKind, Survey, Wave, WaveState
from survey_service.processes.beside import computed
from survey_service.releases import steps, steps_shown
from survey_service.releases.review_pages import Refusal, find
from survey_service.releases.review_pages import show as estimates_page
from survey_service.releases.steps import Seen
from survey_service.surveys.access import may
from survey_service.surveys.figures import FiguresClosed
from survey_service.web.downloads import content_disposition

router = APIRouter()

Preparer = Annotated[Person, Depends(require(*rights.PREPARE))]
Reviewer = Annotated[Person, Depends(require(*rights.CHECK))]
Signer = Annotated[Person, Depends(require(*rights.SIGN))]
StandsForIt = Annotated[Person, Depends(require(*rights.STAND_FOR))]


class StepForm(FormModel):
    """The figures that were looked at."""

    rows: Annotated[str, Field(max_length=64)]
    plan: Annotated[str, Field(max_length=64)]

    @property
    def seen(self) -> Seen:
        return Seen(rows_key=self.rows, plan_sha256=self.plan)


Sent = Annotated[StepForm, Form()]


@router.get("/surveys/{survey_key}/waves/{wave_key}/release")
def standing_page(
    request: Request, running: Running, reading: Reading, person: StandsForIt, survey_key: str, wave_key: str
) -> Response:
    """How far the release has come, with the proof: for whoever takes a step and does not see raw figures."""
    with reading.begin() as session:
        if find(session, person, survey_key, wave_key, rights.STAND_FOR)[1].state is not WaveState.UNDER_REVIEW:
            return go(f"/surveys/{survey_key}/waves/{wave_key}")
    return _standing(Asking(request, running, person), reading, survey_key, wave_key, None)


@router.get("/surveys/{survey_key}/waves/{wave_key}/release/proof.{language}.pdf")
def proof(
    running: Running, reading: Reading, person: StandsForIt, now: Now, survey_key: str, wave_key: str, language: str
) -> Response:
    """The sheet of the city as it would be printed if it were signed now, marked as a proof."""
    if language not in ("zh", "en"):
        raise NotFound
    with reading.begin() as session:
        survey, wave = _opened(session, person, survey_key, wave_key)
        of = survey.id, wave.id
    names = ("", "", "")
    content = computed(running, "survey_service.releases.review:proof", *of, language, names, now)
    return Response(
        content,
        media_type="application/pdf",
        headers={
            "Content-Disposition": content_disposition("inline", f"proof.{language}.pdf"),
            "Cache-Control": "private, no-store",
        },
    )


def _take(
    session: Session,
    kind: ReleaseStepKind,
    which: tuple[Survey, Wave],
    sent: StepForm,
    asking: Asking,
    at: Now,
) -> None:
    """The step, by whoever asks, for the figures that the form was shown beside."""
    of = which[0].id, which[1].id
    differ = asking.running.settings.signatures_differ
    steps.take(session, kind, of, sent.seen, differ=differ, at=at, by=asking.person.actor)


@router.post("/surveys/{survey_key}/waves/{wave_key}/release/prepared")
def prepared(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Preparer,
    now: Now,
    survey_key: str,
    wave_key: str,
    sent: Sent,
) -> Response:
    """A statistician stands for the figures."""
    try:
        with writing.begin() as session:
            survey, wave = find(session, person, survey_key, wave_key, rights.PREPARE)
            _take(session, ReleaseStepKind.PREPARED, (survey, wave), sent, Asking(request, running, person), now)
    except (NotFound, NotAllowed):
        raise
    except DomainError as fault:
        return _again(Asking(request, running, person), reading, survey_key, wave_key, fault)
    return go(f"/surveys/{survey_key}/waves/{wave_key}/estimates#sign")


@router.post("/surveys/{survey_key}/waves/{wave_key}/release/reviewed")
def reviewed(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Reviewer,
    now: Now,
    survey_key: str,
    wave_key: str,
    sent: Sent,
) -> Response:
    """A statistician or a manager has looked at them once more."""
    try:
        with writing.begin() as session:
            survey, wave = find(session, person, survey_key, wave_key, rights.CHECK)
            _take(session, ReleaseStepKind.REVIEWED, (survey, wave), sent, Asking(request, running, person), now)
    except (NotFound, NotAllowed):
        raise
    except DomainError as fault:
        return _again(Asking(request, running, person), reading, survey_key, wave_key, fault)
    return go(f"/surveys/{survey_key}/waves/{wave_key}/release")


@router.post("/surveys/{survey_key}/waves/{wave_key}/release")
def sign(
    request: Request,
    running: Running,
    reading: Reading,
    person: Signer,
    now: Now,
    survey_key: str,
    wave_key: str,
    sent: Sent,
) -> Response:
    """Release the very figures that were looked at; the PDFs are made by a job."""
    try:
        with reading.begin() as session:
            survey, wave = find(session, person, survey_key, wave_key, rights.SIGN)
            survey_id, wave_id = survey.id, wave.id
        by = person.actor
        computed(running, "survey_service.releases.review:sign", survey_id, wave_id, sent.seen, now, by)
    except (NotFound, NotAllowed):
        raise
    except TooBusy as busy:  # the page of the steps would wait in the same line once more
        raise TooBusy(
            zh="这一次签发没有得到确认：前面的计算太久，或者中途断了。请用浏览器的“返回”回到签发的页面，"
            "过一两分钟再签；要是其实已经签上了，系统会告诉您，不会签两次。",
            en="This signature was not confirmed: other computing took too long, or it was cut off. Go back with your "
            "browser and sign again in a minute or two; if it was signed after all you are told so, and it is never "
            "signed twice.",
        ) from busy
    except DomainError as fault:
        return _again(Asking(request, running, person), reading, survey_key, wave_key, fault)
    return go(f"/surveys/{survey_key}/waves/{wave_key}")


def _again(asking: Asking, reading: Reading, survey_key: str, wave_key: str, fault: DomainError) -> Response:
    """The page from which the step was tried, with what was refused: a statistician's holds the figures."""
    with reading.begin() as session:
        survey, _ = find(session, asking.person, survey_key, wave_key, rights.STAND_FOR)
        sees_figures = may(session, asking.person, survey, *rights.REVIEW)
    if sees_figures:
        return estimates_page(
            asking.request,
            asking.running,
            reading,
            asking.person,
            survey_key,
            wave_key,
            indicator="",
            refusal=Refusal(fault),
        )
    return _standing(asking, reading, survey_key, wave_key, fault)


def _opened(session: Session, person: Person, survey_key: str, wave_key: str) -> tuple[Survey, Wave]:
    survey, wave = find(session, person, survey_key, wave_key, rights.STAND_FOR)
    if wave.figures_opened_at is None:
        raise FiguresClosed
    return survey, wave


def _standing(asking: Asking, reading: Reading, survey_key: str, wave_key: str, fault: DomainError | None) -> Response:
    with reading.begin() as session:
        survey, wave = _opened(session, asking.person, survey_key, wave_key)
        of = survey.id, wave.id
    found = computed(asking.running, "survey_service.releases.review:to_stand_for", *of)
    with reading.begin() as session:
        survey, wave = _opened(session, asking.person, survey_key, wave_key)
        context = {
            "survey": survey,
            "wave": wave,
            "survey_title": Text(survey.title_zh, survey.title_en),
            "wave_name": Text(wave.name_zh, wave.name_en),
            "standing": steps_shown.shown(session, asking.person, asking.running.settings, survey, wave, found.seen),
            "snapshot": found.snapshot,
            "version": found.version,
            "sees_figures": may(session, asking.person, survey, *rights.REVIEW),
            "fault": fault,
        }
        return asking.page("staff/signing.html", context, section="surveys", fault=fault)
