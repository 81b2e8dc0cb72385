"""Posters and letters: what can be printed, and the files. A file is made when it is asked for and kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import ceil
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import AddressReader, Manager
from survey_service.accounts.staff_pages import go, staff_page
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import NotFound
from survey_service.jobs import why
from survey_service.models import Job, Mode, Wave
from survey_service.processes.beside import computed
from survey_service.sampling.unit_words import UNITS
from survey_service.sealed.doors import has_doors, open_doors
from survey_service.sealed.keys import WaveKeys
from survey_service.services import Services
from survey_service.settings import is_loopback
from survey_service.surveys import invitations, planning_queries, typed_tries, wave_letters
from survey_service.surveys import queries as surveys
from survey_service.surveys.access import find_wave, refuse_unless
from survey_service.web.downloads import content_disposition

router = APIRouter(prefix="/surveys/{survey_key}/waves/{wave_key}/invitations")

Language = Annotated[Literal["zh", "en"], Form()]


@router.get("")
def invitations_page(
    request: Request, running: Running, reading: Reading, person: Manager, now: Now, survey_key: str, wave_key: str
) -> Response:
    with reading.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        areas = surveys.communities(session, survey, wave, person.visible(*rights.PLAN))
        drawn = planning_queries.sample_by_community(session, wave)
        lines = [(area, drawn[area.id].letters) for area in areas if area.id in drawn and drawn[area.id].letters]
        context = {
            "survey": survey,
            "wave": wave,
            "wave_name": Text(wave.name_zh, wave.name_en),
            "unit": UNITS[wave.listed_unit],
            "posters": invitations.takes(wave, Mode.WEB_OPEN),
            "letters": invitations.takes(wave, Mode.WEB_INVITED),
            "areas": [(area.code, Text(area.name_zh, area.name_en)) for area in areas],
            "lines": [
                (area.code, Text(area.name_zh, area.name_en), count, ceil(count / invitations.A_FILE))
                for area, count in lines
            ],
            "a_file": invitations.A_FILE,
            "tries": typed_tries.of_open_waves(session).get(wave.id),
            "most_tries": typed_tries.A_WAVE,
            "printed": wave_letters.printed(session, wave),
            "failed": _why,
            "stands": WaveKeys(running.settings, running.keys).stands(session, wave, at=now),
            "with_doors": has_doors(session, wave),
            "public_url": running.settings.public_url,
            "only_here": is_loopback(urlsplit(running.settings.public_url).hostname or ""),
        }
        return staff_page(request, running, person, "staff/planning/invitations.html", context, section="surveys")


@router.post("/posters")
def print_posters(
    running: Running,
    writing: Writing,
    person: Manager,
    now: Now,
    survey_key: str,
    wave_key: str,
    language: Language = "zh",
    paper: Annotated[Literal["a4", "a3"], Form()] = "a4",
    area: Annotated[str, Form(max_length=12)] = "",
) -> Response:
    """All communities, or the one whose code is named."""
    with writing.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        areas = [
            one
            for one in surveys.communities(session, survey, wave, person.visible(*rights.PLAN))
            if not area or one.code == area
        ]
        about = invitations.occasion(session, wave, language)
        made = invitations.posters(
            session, wave, areas, keys=running.keys, public_url=running.settings.public_url, at=now, by=person.actor
        )
    pdf = computed(running, "survey_service.surveys.invitation_drawing:draw_posters", about, made, paper)
    return _file(pdf, f"posters-{survey_key}-{wave_key}{f'-{area}' if area else ''}-{paper}-{language}.pdf")


@router.post("/letters/{area_code}")
def print_letters(
    running: Running,
    writing: Writing,
    person: AddressReader,
    now: Now,
    survey_key: str,
    wave_key: str,
    area_code: str,
    language: Language = "zh",
    part: Annotated[int, Form(ge=1, le=10_000)] = 1,
) -> Response:
    with writing.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        areas = surveys.communities(session, survey, wave, person.visible(*rights.PLAN))
        area = next((one for one in areas if one.code == area_code), None)
        if area is None:
            raise NotFound
        about = invitations.occasion(session, wave, language)
        how = invitations.Printing(
            keys=running.keys,
            public_url=running.settings.public_url,
            doors=_doors(session, running, wave, now),
            at=now,
            by=person.actor,
        )
        made = invitations.letters(session, wave, [area], how, part=part)
    pdf = computed(running, "survey_service.surveys.invitation_drawing:draw_letters", about, made)
    return _file(pdf, f"letters-{survey_key}-{wave_key}-{area_code}-{part}-{language}.pdf")


@router.post("/letters")
def print_all_letters(
    running: Running,
    writing: Writing,
    person: AddressReader,
    now: Now,
    survey_key: str,
    wave_key: str,
    language: Language = "zh",
) -> Response:
    """Every letter of the wave as one file, by a job."""
    with writing.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        if not invitations.takes(wave, Mode.WEB_INVITED):
            raise invitations.NothingToPrint
        seals = WaveKeys(running.settings, running.keys)
        wave_letters.ask(session, wave, seals, language, by=person.actor, at=now)
    return go(f"/surveys/{survey_key}/waves/{wave_key}/invitations#letters")


@router.post("/letters.pdf")
def take_all_letters(
    running: Running,
    writing: Writing,
    person: AddressReader,
    now: Now,
    survey_key: str,
    wave_key: str,
    language: Language = "zh",
) -> Response:
    with writing.begin() as session:
        survey, wave = find_wave(session, person, survey_key, wave_key)
        refuse_unless(session, person, survey, *rights.PLAN)
        seals = WaveKeys(running.settings, running.keys)
        pdf = wave_letters.take(session, wave, seals, language, at=now, by=person.actor)
    return _file(pdf, f"letters-{survey_key}-{wave_key}-{language}.pdf")


def _why(job: Job) -> Text:
    return why(job) or Text("没有排成，请再试一次", "Not made; try again")


def _doors(session: Session, running: Services, wave: Wave, now: datetime) -> Mapping[str, str]:
    """Nothing where none came with the list; SealGone or SealAway where they do not open."""
    if not has_doors(session, wave):
        return {}
    return open_doors(session, wave, WaveKeys(running.settings, running.keys).opened(session, wave, at=now))


def _file(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": content_disposition("attachment", name), "Cache-Control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)
