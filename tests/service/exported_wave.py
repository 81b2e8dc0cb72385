"""A closed wave with a question of every kind, poisoned words, every reason for a missing answer, and contact data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from questionnaires.answers import Policy, check_answers
from questionnaires.loader import load
from survey_service.audit.chain import RESIDENT, SERVICE
from survey_service.captures.first import record
from survey_service.captures.incoming import IncomingCapture
from survey_service.contacts.store import ContactStore
from survey_service.database import Database
from survey_service.exports.formats import Format
from survey_service.exports.writing import WaveSource, WrittenFile, write_export
from survey_service.models import Capture, Case, Disposition, Mode, Response, ResponseState, Source
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.surveys import figures
from survey_service.surveys import service as surveys
from tests.service.outcomes import told_outcomes
from tests.service.world import NOW, World, build

QUESTIONNAIRE = load(Path(__file__).parent / "exported.yaml")
CONTACT = ("秦小满", "13900001234")
POISON = (
    "=1+1",
    "+86",
    "-2+3",
    "@SUM(A1)",
    "＝1+1",
    "＋甲",
    "－乙",
    "＠丙",
    '=HYPERLINK("http://x","点")',
    "'单引号",
    '他说，"好"；\n第二行',
    "路灯坏了很久没修" * 30,
)
LANES = "aspects.cleaning_of_lanes_behind_main_streets"
SAID: tuple[Mapping[str, Any], ...] = (
    {"know": "1", "channels": ["1", "5"], "channels.other": "=cmd|' /C calc'!A0", "by": "a", "overall": "1"},
    {"know": "2", "by": "b", "overall": "9", "aspects.parking": "3", LANES: "1", "warmth": "-9", "balance": "-9"},
    {"know": {"missing": "refused"}, "overall": {"missing": "illegible"}, "warmth": "18.5", "since": "2019-03-01"},
    {"know": "1", "channels": ["8"], "balance": "-123456.0", "since": {"missing": "illegible"}},
    *({"know": "1", "channels": ["2"], "overall": "2"} for _ in range(6)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedWave:
    world: World
    answers: Mapping[UUID, Mapping[str, Any]]  # case -> canonical answers
    secrets: tuple[str, ...]  # what no file may hold


def exported_wave(database: Database, settings: Settings) -> ExportedWave:
    keys = KeyRing(settings.secret_key.get_secret_value())
    world = build(database, keys, QUESTIONNAIRE)
    answers: dict[UUID, Mapping[str, Any]] = {}
    with database.writing.begin() as session:
        for place, said in enumerate(SAID):
            wish = POISON[place % len(POISON)]
            given = {**said, "wish": wish, "word": POISON[(place + len(SAID)) % len(POISON)][:50]}
            answers[world.case_ids[place]] = _answer(session, world, keys, place, given)
        told_outcomes(
            session,
            world.survey_id,
            {world.case_ids[10]: Disposition.REFUSAL, world.case_ids[11]: Disposition.UNKNOWN},
            at=NOW,
            by=SERVICE,
        )
        for step in (surveys.close_wave, surveys.begin_review, figures.open_figures):
            step(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
    contacts = ContactStore(settings)
    contacts.keep(
        world.survey_id, world.wave_id, world.community_ids[0], "7-receipt", name=CONTACT[0], number=CONTACT[1]
    )
    return ExportedWave(world=world, answers=answers, secrets=_secrets(database, world))


def _answer(session: Any, world: World, keys: KeyRing, place: int, given: Mapping[str, Any]) -> Mapping[str, Any]:
    checked = check_answers(QUESTIONNAIRE, given, Policy.PAPER)
    assert checked.accepted, checked.findings
    incoming = IncomingCapture(
        survey_id=world.survey_id,
        wave_id=world.wave_id,
        area_id=world.community_ids[0 if place < 6 else 1],
        case_id=world.case_ids[place],
        mode=Mode.WEB_INVITED if place % 2 == 0 else Mode.PAPER,
        source=Source.WEB,
        client_id=f"client-of-a-device-{place}",
        questionnaire_version_id=world.version_id,
        checked=checked,
        state=ResponseState.COMPLETE,
        at=NOW,
        by=RESIDENT,
        paradata={"fast": True, "straight": place == 4} if place == 4 else {},
    )
    record(session, incoming, keys=keys)
    return checked.canonical


def _secrets(database: Database, world: World) -> tuple[str, ...]:
    found = [*CONTACT, "7-receipt", *world.case_numbers, *world.case_codes, *world.open_codes, "client-of-a-device"]
    with database.reading.begin() as session:
        for case in session.scalars(select(Case)):
            found += [case.psu, str(case.id), case.id.hex]
        for response in session.scalars(select(Response)):
            found += [str(response.id), response.id.hex, response.receipt_sha256 or CONTACT[0]]
        for capture in session.scalars(select(Capture)):
            found += [str(capture.id), capture.id.hex, capture.content_sha256]
    return tuple(dict.fromkeys([*found, "2026-09-18", "02:00"]))


def written(
    database: Database, world: World, folder: Path, *formats: Format, texts: bool = True, language: str = "zh"
) -> tuple[WrittenFile, ...]:
    with database.reading.begin() as session:
        source = WaveSource(session=session, survey_id=world.survey_id, wave_id=world.wave_id)
        return write_export(source, formats, folder, texts=texts, language=language)
