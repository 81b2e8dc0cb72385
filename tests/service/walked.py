"""One wave of a programme, asked in every way: phones, paper that is scanned and keyed twice, and what it comes to."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import select, update
from typer.testing import CliRunner

from questionnaires.answers import Policy, check_answers
from questionnaires.model import Header, Questionnaire, QuestionType
from reports.paper_form.geometry import Geometry, from_json
from survey_service.audit.chain import SERVICE
from survey_service.captures.content import answers_of
from survey_service.commands import app
from survey_service.database import Database
from survey_service.keying import values
from survey_service.models import Capture, Case, Disposition, Keying, PaperBatch, PaperEdition, PaperForm, Response
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.surveys import figures
from survey_service.surveys import service as surveys
from tests.programmes import filled_in, programme
from tests.service.outcomes import told_outcomes
from tests.service.paper_batches import colleagues
from tests.service.resident import filled, read_page
from tests.service.signed_in import HTML, csrf, get, post, sign_in
from tests.service.world import NOW, World, build
from tests.spec.equivalence.paths import Walk, anybody
from tests.spec.paper import captures
from tests.spec.paper.hands import SCALE, Hand

SEED = 20261130
PHONES, SCANNED, KEYED, SILENT = (0, 2, 4, 6, 8, 10), (1,), (3, 7, 9), 11
KEYING = "/keying/satisfaction/2026Q3"
JSON = {"Accept": "application/json"}
HEADER = Header(
    form_number="走查 01 表", issuing_body="示范市统计局", approval_number="1", valid_until=date(2027, 6, 30)
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A wave of a programme, and what each case that answers means to say."""

    world: World
    questionnaire: Questionnaire
    people: Mapping[int, Walk]  # by place of the case


def ask(database: Database, settings: Settings, key: str) -> Asked:
    """Unequal chances of being drawn, so that a figure without its weights is another figure."""
    one = replace(filled_in(programme(key)), header=HEADER)
    world = build(database, KeyRing(settings.secret_key.get_secret_value()), one)
    chance = random.Random(f"{SEED} {key}")
    with database.writing.begin() as session:
        for place, case in enumerate(world.case_ids):
            drawn = update(Case).where(Case.id == case)
            session.execute(drawn.values(inclusion_probability=probability(place)))
    return Asked(world, one, {place: _somebody(one, chance, place) for place in (*PHONES, *SCANNED, *KEYED)})


def _somebody(one: Questionnaire, chance: random.Random, place: int) -> Walk:
    """One in five as chance would have it; the others are no strangers to what is asked, and are asked much of it."""
    tries = 1 if place % 5 == 0 else 6
    return max((anybody(one, chance) for _ in range(tries)), key=lambda walk: len(walk.asked))


def probability(place: int) -> float:
    return 0.05 / (1 + place % 3)


def stored(database: Database, asked: Asked) -> dict[int, Mapping[str, Any]]:
    """The answers that count, by the place of their case."""
    with database.reading.begin() as session:
        current = (Capture.survey_id == Response.survey_id) & (Capture.id == Response.current_capture_id)
        rows = session.execute(select(Response.case_id, Capture).join(Capture, current)).all()
        return {asked.world.case_ids.index(case): answers_of(capture) for case, capture in rows if case}


# ------------------------------------------------------------------ on the phone, without a script


def answer_on_phones(client: TestClient, asked: Asked) -> None:
    for place in PHONES:
        address = f"/a/{asked.world.case_codes[place]}"
        said: dict[str, str | list[str]] = {
            name: [str(code) for code in answer] if isinstance(answer, list) else str(answer)
            for name, answer in asked.people[place].answers.items()
        }
        form = read_page(client.get(address).text)
        check = client.post(address, data=filled(form, said, "check"))
        assert check.status_code == 200, check.text
        second = read_page(check.text)
        reply = client.post(address, data=filled(second, {}, "submit"))
        assert "state reached" in reply.text, reply.text


# ------------------------------------------------------------------ on paper, scanned


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def print_and_scan(database: Database, asked: Asked, address: str, folder: Path) -> dict[str, str]:
    """Forms of both communities are printed; one is filled in by a hand, laid into a scanner, and read.

    Gives back what was read of it, by variable.
    """
    run("print-forms", "--wave", "2026Q3", "--out", str(folder / "forms"), "--database", address)
    with database.reading.begin() as session:
        geometry = from_json(session.scalars(select(PaperEdition.geometry)).one())
    (folder / "scans").mkdir()
    (place,) = SCANNED
    filled_in_by_hand(folder / "forms" / "2026Q3-001.pdf", geometry, asked.people[place].answers, folder / "scans")
    run("read-scans", str(folder / "scans"), "--wave", "2026Q3", "--database", address)
    with database.reading.begin() as session:
        return dict(session.scalars(select(Keying.fields)).one())


def filled_in_by_hand(pdf: Path, geometry: Geometry, answers: Mapping[str, Any], out: Path) -> None:
    """The first form behind the two pages of its cover sheet, as pictures of a scanner."""
    rng = np.random.default_rng(SEED)
    hand, curl = Hand.any(rng, geometry.box), captures.curled(rng, 0.3)
    hand = replace(hand, style="tick", pencil=False, ink=0.9, width=0.6)
    document = pypdfium2.PdfDocument(pdf)
    for page in range(1, geometry.pages + 1):
        sheet = document[1 + page].render(scale=SCALE * 25.4 / 72, grayscale=True).to_pil()
        for box in geometry.boxes:
            answer = answers.get(box.variable)
            if box.page == page and (box.code in answer if isinstance(answer, list) else box.code == answer):
                for draw in hand.mark(box):
                    draw(sheet)
        for entry in geometry.entries:
            if entry.page == page and entry.variable in answers:
                hand.scribble(entry)(sheet)
        Image.fromarray(captures.flatbed(sheet, rng, curl, feeder=False)).save(out / f"{page}.png")
    document.close()


def scanned(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> dict[str, str]:
    """What a scanner can see of the answers."""
    boxes = {
        name
        for question in questionnaire.questions()
        if question.options and question.type is not QuestionType.RANKING
        for name in question.variables()
        if not name.endswith(".other")
    }
    return {
        name: ",".join(answer) if isinstance(answer, list) else str(answer)
        for name, answer in answers.items()
        if name in boxes
    }


# ------------------------------------------------------------------ keyed twice


def key_twice(client: TestClient, database: Database, asked: Asked, slip: tuple[str, str]) -> list[str]:
    """Every form by two people; the second slips once, in the first form that was not scanned: ``slip`` is the
    variable and what is typed. Gives back the serials in the order of their cases."""
    people = colleagues(database, asked.world)
    with database.reading.begin() as session:
        serials = {one.case_id: one.serial for one in session.scalars(select(PaperForm))}
        batches = session.scalars(select(PaperBatch.number)).all()
    sign_in(client, "manager")
    for number in batches:
        chosen = {"keyer": str(people["keyer"]), "verifier": str(people["second"]), "share": "100"}
        assert post(client, f"{KEYING}/batches/{number}", chosen).status_code == 303
    forms = [(serials[asked.world.case_ids[place]], place) for place in (*SCANNED, *KEYED)]
    for who in ("keyer", "second"):
        sign_in(client, who)
        for serial, place in forms:
            _key(client, who, serial, asked.people[place], dict([slip]) if (who, place) == ("second", 3) else {})
        if who == "keyer":
            _end_batches(client, batches)
    return [serial for serial, _ in forms]


def _key(client: TestClient, who: str, serial: str, person: Walk, slip: Mapping[str, str]) -> None:
    """Opens the form; what a scan has read stands there already, the rest is typed from the paper."""
    token = csrf(get(client, "/account"))
    held = client.post(f"{KEYING}/forms/{serial}/hold", json={}, headers={**JSON, "X-CSRF-Token": token})
    assert held.status_code == 200, held.text
    fields = {name: values.typed(answer) for name, answer in person.answers.items()}
    fields = {f"a.{name}": typed for name, typed in {**fields, **held.json()["draft"]["fields"], **slip}.items()}
    data = {"number": serial, "client_id": f"{who}-{serial}-keyed", "accept": "", "csrf": token, **fields}
    answer = client.post(f"{KEYING}/forms", data=data, headers=JSON)
    if answer.status_code == 422 and not any(told["hard"] for told in answer.json()["messages"]):
        data["accept"] = " ".join(told["variable"] for told in answer.json()["messages"])  # so it stands on the paper
        answer = client.post(f"{KEYING}/forms", data=data, headers=JSON)
    assert answer.status_code == 200, answer.text


def _end_batches(client: TestClient, batches: Sequence[int]) -> None:
    """The other forms never come back."""
    sign_in(client, "manager")
    for number in batches:
        assert post(client, f"{KEYING}/batches/{number}/end").status_code in (303, 409)


def decide(client: TestClient, serial: str, variable: str) -> None:
    """A third person looks at the paper: the first was right."""
    sign_in(client, "third")
    page = get(client, f"{KEYING}/decide/{serial}")
    assert "1 处不同" in page
    fields = {"variable": variable, "take": "first", "reason": "看了原表", "typed": ""}
    assert post(client, f"{KEYING}/decide/{serial}", fields).status_code == 303
    assert client.get(f"{KEYING}/decide/{serial}", headers=HTML).status_code == 200


# ------------------------------------------------------------------ what it comes to


def close(database: Database, asked: Asked) -> None:
    world = asked.world
    with database.writing.begin() as session:
        outcome = {world.case_ids[SILENT]: Disposition.REFUSAL, world.case_ids[5]: Disposition.REFUSAL}
        told_outcomes(session, world.survey_id, outcome, at=NOW, by=SERVICE)
        for step in (surveys.close_wave, surveys.begin_review, figures.open_figures):
            step(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)


def person(asked: Asked, place: int) -> Mapping[str, Any]:
    """What somebody said, with what is calculated of it."""
    said = asked.people[place].answers
    found = check_answers(asked.questionnaire, said, Policy.WEB).values
    return {**said, **{one.id: found[one.id] for one in asked.questionnaire.calculated if one.id in found}}
