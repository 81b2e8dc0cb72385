"""The keyer's pages: pick a wave, then form after form without touching a mouse."""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.answer_forms import Canonical
from questionnaires.draws import for_browser
from questionnaires.model import Questionnaire
from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Keyer, Person
from survey_service.accounts.queries import above
from survey_service.accounts.read_audit import AuditsReads
from survey_service.accounts.staff_pages import Asking, go
from survey_service.captures.errors import ContentConflict
from survey_service.dependencies import Now, Reading, Running, Writing
from survey_service.errors import BadInput, DomainError, NotFound
from survey_service.keying import drafts, forms, lookahead, queries, scanned, service, sheets
from survey_service.keying.errors import NoSuchForm, WrongSerial
from survey_service.keying.forms import LONGEST_SERIAL
from survey_service.keying.rules import Rules
from survey_service.keying.schemas import FormFound, Save
from survey_service.models import KeyingPass, Survey, Wave, WaveState
from survey_service.secrets import KeyRing
from survey_service.surveys import definitions, draw_tickets
from survey_service.surveys.queries import visible_wave
from survey_service.web.failures import failure_response, wants_page
from survey_service.web.languages import Speaks
from survey_service.web.pages import Language

router = APIRouter()

MAXIMUM_ACCEPTED = 100
LONGEST_CLIENT_ID = 64
LONGEST_BOX = 4_000  # characters of one answer in words
LONGEST_NOTE = 200


async def _fields(request: Request) -> dict[str, str]:
    """The text fields of the posted form; their names are those of the questionnaire, so no signature can list them."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


Fields = Annotated[dict[str, str], Depends(_fields)]


@router.get("/keying/{survey_key}/{wave_key}")
def keying_page(
    request: Request,
    running: Running,
    reading: Reading,
    person: Keyer,
    now: Now,
    speaks: Speaks,
    survey_key: str,
    wave_key: str,
    number: str = "",
    done: str = "",
) -> Response:
    with reading.begin() as session:
        survey, wave = _find(session, person, survey_key, wave_key)
        form, fault, which = None, None, KeyingPass.FIRST
        if number:
            try:
                form = forms.find_form(session, wave, number, person.visible(*rights.KEY), language=speaks)
                which, _ = forms.pass_for(session, wave, form, person.account_id)
            except DomainError as refused:
                form, fault = None, refused
        asking = Asking(request, running, person)
        shown = {"form": form, "typed": number[:LONGEST_SERIAL], "fault": fault, "done": done[:30], "pass": which}
        return _page(asking, session, survey, wave, speaks, now, shown)


class HoldIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    take_over: bool = False


@router.post("/keying/{survey_key}/{wave_key}/forms/{number}/hold")
def hold_form(
    running: Running,
    writing: Writing,
    person: Keyer,
    now: Now,
    speaks: Speaks,
    survey_key: str,
    wave_key: str,
    number: str,
    wanted: HoldIn,
) -> JSONResponse:
    """Open a form to key it: hold it, and get what has been keyed so far. Nothing of another keying is in the reply."""
    with writing.begin() as session:
        _, wave = _find(session, person, survey_key, wave_key)
        form = forms.find_form(session, wave, number, person.visible(*rights.KEY), language=speaks)
        which, draft = drafts.open_form(
            session,
            wave,
            form,
            take_over=wanted.take_over,
            lease=Rules.of(running.settings).hold,
            at=now,
            by=person.actor,
        )
        # The second keying is blind: it looks at the paper, as it must where there is no scan.
        seen = scanned.pictures(session, wave.survey_id, form) if which is KeyingPass.FIRST else {}
        questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
        drawn = drawn_on(questionnaire, form, wave, running.keys)
        # What a form asks has to be known before a box of it is keyed: where blocks are drawn nothing opens ahead.
        following = [] if drawn else lookahead.following(session, wave, form, which, person.account_id)
    return _no_store(
        {
            "number": form.number,
            "shown": form.shown,
            "community": form.community,
            "pass": which.value,
            "batch": {"number": form.batch.number, "position": form.batch.position, "size": form.batch.size}
            if form.batch
            else None,
            "draft": asdict(draft),
            "pictures": seen,
            "next": following,
            "draws": for_browser(questionnaire, drawn),
        }
    )


@router.get("/keying/{survey_key}/{wave_key}/forms/{number}/pictures/{name}")
def picture(
    reading: Reading,
    person: Keyer,
    speaks: Speaks,
    reads: AuditsReads,
    survey_key: str,
    wave_key: str,
    number: str,
    name: str,
) -> Response:
    """What a scan shows of one field."""
    with reading.begin() as session:
        _, wave = _find(session, person, survey_key, wave_key)
        form = forms.find_form(session, wave, number, person.visible(*rights.KEY), language=speaks)
        seen = scanned.picture(session, wave.survey_id, form, name)
        survey_id, form_id = wave.survey_id, form.form_id
    if seen is None:
        raise NotFound
    reads.note(survey_id, "paper_form.read", f"paper_form {form_id}", {"page": "pictures"})
    return Response(seen, media_type="image/png", headers={"Cache-Control": "private, no-store"})


class SaveIn(BaseModel):
    """All boxes of a form; the body as a whole is bounded by the service."""

    model_config = ConfigDict(extra="forbid")

    hold: Annotated[int, Field(ge=1)]
    sequence: Annotated[int, Field(ge=1, lt=2_000_000_000)]
    fields: dict[str, Annotated[str, Field(max_length=LONGEST_BOX)]]
    accepted: Annotated[list[str], Field(max_length=MAXIMUM_ACCEPTED)] = []
    notes: dict[str, Annotated[str, Field(max_length=LONGEST_NOTE)]] = {}
    keystrokes: Annotated[int, Field(ge=0, lt=1_000_000)] = 0
    seconds: Annotated[int, Field(ge=0, lt=1_000_000)] = 0


@router.post("/keying/{survey_key}/{wave_key}/drafts/{keying_id}")
def save_draft(
    running: Running,
    writing: Writing,
    person: Keyer,
    now: Now,
    survey_key: str,
    wave_key: str,
    keying_id: UUID,
    sent: SaveIn,
) -> JSONResponse:
    """Keep what stands in the boxes; said to be saved only after the commit."""
    with writing.begin() as session:
        _, wave = _find(session, person, survey_key, wave_key)
        questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
        sheet = sheets.sheet(questionnaire, "zh")
        sequence = drafts.save(
            session,
            wave.survey_id,
            keying_id,
            Save(**sent.model_dump()),
            variables={row.variable: row for row in sheet.rows},
            lease=Rules.of(running.settings).hold,
            at=now,
            account_id=person.account_id,
        )
    return _no_store({"sequence": sequence})


@router.post("/keying/{survey_key}/{wave_key}/forms")
def key_form(
    request: Request,
    running: Running,
    reading: Reading,
    writing: Writing,
    person: Keyer,
    now: Now,
    speaks: Speaks,
    fields: Fields,
    survey_key: str,
    wave_key: str,
) -> Response:
    """Store one form. A browser without the script is shown its soft faults once and then believed."""
    asking = Asking(request, running, person)
    with reading.begin() as session:
        survey, wave = _find(session, person, survey_key, wave_key)
        questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
        try:
            number, visible = fields.get("number", ""), person.visible(*rights.KEY)
            form = forms.find_form(session, wave, number, visible, language=speaks)
            today = now.astimezone(running.settings.zone).date()
            drawn = drawn_on(questionnaire, form, wave, running.keys)
            checked = sheets.judge(questionnaire, {**sheets.read_keys(fields), **drawn}, today)
        except DomainError as refused:
            if not wants_page(request):
                return failure_response(request, refused)
            shown = {**_kept(session, person, wave, fields, speaks), "fault": refused}
            return _page(asking, session, survey, wave, speaks, now, shown, status=refused.status)
        found = sheets.messages(checked, questionnaire, speaks)
        kept = fields.get("accept", "").split()
        if not checked.accepted or any(message.variable not in kept for message in found):
            if not wants_page(request):
                return JSONResponse({"messages": [asdict(message) for message in found]}, status_code=422)
            shown = {**_kept(session, person, wave, fields, speaks), "messages": found}
            return _page(asking, session, survey, wave, speaks, now, shown, status=422)
        wave_id = (wave.survey_id, wave.id)
    client_id = fields.get("client_id", "")
    if not 8 <= len(client_id) <= LONGEST_CLIENT_ID:
        raise BadInput
    with writing.begin() as session:
        stored = service.store_form(
            session,
            session.get_one(Wave, wave_id),
            form,
            service.Keyed(
                checked=checked,
                client_id=client_id,
                hold=_number(fields.get("hold", "")),
                paradata=_paradata(fields),
            ),
            keys=running.keys,
            at=now,
            by=person.actor,
            rules=Rules.of(running.settings),
        )
    if isinstance(stored, ContentConflict):
        raise stored  # the other answers are kept and committed; the keyer is told which ones count
    if wants_page(request):
        return go(f"/keying/{survey_key}/{wave_key}?done={quote(form.shown)}")
    with reading.begin() as session:
        done = service.tally(session, person.account_id, now=now, zone=running.settings.zone)
    return _no_store({"number": form.number, "shown": form.shown, "outcome": stored.outcome.value, **asdict(done)})


def drawn_on(questionnaire: Questionnaire, form: FormFound, wave: Wave, keys: KeyRing) -> Mapping[str, Canonical]:
    """What was drawn for a form, by the number that is printed on it."""
    ticket = draw_tickets.ticket_of(keys, wave.id, form.draw_number) if questionnaire.draws else None
    return draw_tickets.with_answers(questionnaire, ticket)


def _find(session: Session, person: Person, survey_key: str, wave_key: str) -> tuple[Survey, Wave]:
    """An open wave that touches the keyer's areas."""
    visible, upward = person.visible(*rights.KEY), above(person.areas(*rights.KEY))
    found = visible_wave(session, survey_key, wave_key, visible, upward)
    if found is None:
        raise NotFound
    return found


def _no_store(content: Mapping[str, Any]) -> JSONResponse:
    return JSONResponse(jsonable_encoder(content), headers={"Cache-Control": "no-store"})


def _kept(
    session: Session, person: Person, wave: Wave, fields: Mapping[str, str], language: Language
) -> dict[str, Any]:
    """What was typed, so that it stands in the boxes again."""
    number = fields.get("number", "")
    try:
        form = forms.find_form(session, wave, number, person.visible(*rights.KEY), language=language)
    except (NoSuchForm, WrongSerial):
        form = None
    typed = {name.removeprefix(sheets.PREFIX): value for name, value in fields.items()}
    client_id = fields.get("client_id") or secrets.token_hex(16)
    return {"form": form, "typed": number[:LONGEST_SERIAL], "values": typed, "client_id": client_id}


def _page(
    asking: Asking,
    session: Session,
    survey: Survey,
    wave: Wave,
    language: Language,
    now: Now,
    shown: Mapping[str, Any],
    *,
    status: int = 200,
) -> Response:
    running, person = asking.running, asking.person
    questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
    sheet = sheets.sheet(questionnaire, language)
    for_script = sheet.for_script(now.astimezone(running.settings.zone).date())
    context = {
        "survey": survey,
        "wave": wave,
        "wave_name": Text(wave.name_zh, wave.name_en),
        "sheet": sheet,
        "for_script": json.dumps(for_script, ensure_ascii=False, separators=(",", ":")),
        "form_number": sheets.form_number(questionnaire, wave),
        "prefix": sheets.PREFIX,
        "tally": service.tally(session, person.account_id, now=now, zone=running.settings.zone),
        "open": wave.state is WaveState.OPEN or (wave.state is WaveState.CLOSED and queries.has_batches(session, wave)),
        "left": drafts.unfinished(session, wave, person.account_id),
        "pass": KeyingPass.FIRST,
        "form": None,
        "typed": "",
        "values": {},
        "messages": [],
        "fault": None,
        "done": "",
        "client_id": secrets.token_hex(16),
        "owner": running.keys.keyed_hash("kept keying", f"{person.account_id} {wave.id}")[:32],
        "seal": b64encode(running.keys.key_for(f"kept keying {person.account_id} {wave.id}")).decode(),
        **shown,
    }
    return asking.page("staff/keying.html", context, section="keying", status=status)


def _paradata(fields: Mapping[str, str]) -> dict[str, Any]:
    """How the keying went: numbers of ours, and which soft faults the keyer confirmed against the paper."""
    kept: dict[str, Any] = {}
    for name in ("seconds", "keystrokes"):
        given = _number(fields.get(name, ""))
        if given is not None:
            kept[name] = given
    notes = _notes(fields.get("notes", ""))
    if notes:
        kept["notes"] = notes
    confirmed = [name[:90] for name in fields.get("accept", "").split() if name.isascii()]
    if confirmed:
        kept["confirmed"] = confirmed[:MAXIMUM_ACCEPTED]
    return kept


def _number(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 7 else None


def _notes(given: str) -> dict[str, str]:
    """What an illegible field looks like, by variable; whatever is no such thing is left out."""
    try:
        found = json.loads(given or "{}")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    words = {name: note.strip() for name, note in found.items() if isinstance(note, str) and note.strip()}
    return {name[:90]: note[:LONGEST_NOTE] for name, note in list(words.items())[:MAXIMUM_ACCEPTED]}
