"""Rates of AAPOR by hand, of a wave in which every outcome code of every mode occurs, on the page, by the API, in the
PDF: all three say the same."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader
from sqlalchemy import update
from sqlalchemy.orm import Session

from analysis.dispositions import Disposition as Aapor
from analysis.outcome_codes import OUTCOME_CODES, OutcomeMode
from reports.story import area
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.fieldwork.outcomes import OF_AAPOR
from survey_service.models import Account, Area, Assignment, Case, Disposition, Mode
from survey_service.releases import documents
from survey_service.releases import service as releases
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.surveys import figures
from survey_service.surveys import service as surveys
from tests.service.programs import Program
from tests.service.signed_in import get, sign_in
from tests.service.test_estimates import answer
from tests.service.test_field_pages import plain
from tests.service.world import NOW, World

# How many cases of each class the fixture has: one for every code that begins with it, in any of the four modes, 1.1
# by a stored answer and 1.2 of the other three modes by class alone; and three more complete ones in each community.
EVERY = [(mode, one.code, one.disposition) for mode, codes in OUTCOME_CODES.items() for one in codes]
COMPLETES = 3  # beside the one of every mode, so that there are figures to be printed
HAND = {
    # modes: in person, web, mail, telephone
    Aapor.COMPLETE: 4 + 2 * COMPLETES,
    Aapor.PARTIAL: 4,
    Aapor.REFUSAL: 5 + 7 + 6 + 5,
    Aapor.NON_CONTACT: 4 + 3 + 3 + 3,
    Aapor.OTHER_NONRESPONSE: 8 + 6 + 6 + 10,
    Aapor.UNKNOWN_HOUSEHOLD: 4 + 5 + 5 + 7,
    Aapor.UNKNOWN_PERSON: 3 + 3 + 3 + 3,
    Aapor.NOT_ELIGIBLE: 11 + 2 + 2 + 15,
}
COMPLETE, PARTIAL, REFUSED, AWAY, OTHER = 10, 4, 23, 13, 30
UNKNOWN, NOT_ELIGIBLE = 21 + 12, 30
ELIGIBLE = COMPLETE + PARTIAL + REFUSED + AWAY + OTHER  # 80
E = ELIGIBLE / (ELIGIBLE + NOT_ELIGIBLE)  # 80/110
ESTIMATED = ELIGIBLE + E * UNKNOWN
BY_HAND = {
    "e": E,
    "rr1": COMPLETE / (ELIGIBLE + UNKNOWN),
    "rr3": COMPLETE / ESTIMATED,
    "coop1": COMPLETE / (COMPLETE + PARTIAL + REFUSED + OTHER),
    "ref2": REFUSED / ESTIMATED,
    "con2": (ELIGIBLE - AWAY) / ESTIMATED,
}

AT_THE_DOOR = {
    "2.23": "进不了楼门或院门",
    "2.24": "没人在家（看得出有人住）",
    "3.10": "没人在家（看不出有没有人住）",
    "3.17": "路不通或不安全，没走到",
    "3.18": "找不到这个地址",
}
"""What the office says of these codes of a visit: what the interviewer chose at the door, with its group."""


def test_the_fixture_is_counted_by_hand() -> None:
    counted = {kind: sum(one[2] is kind for one in EVERY) for kind in HAND}
    counted[Aapor.COMPLETE] += 2 * COMPLETES
    assert counted == HAND
    assert (len(EVERY), ELIGIBLE) == (sum(HAND.values()) - 2 * COMPLETES, 80)


@pytest.fixture
def every_outcome(database: Database, world: World, settings: Settings) -> World:
    """The cases of the world and more, one for every code; the first ones answered, the wave under review."""
    keys = KeyRing(settings.secret_key.get_secret_value())
    with database.writing.begin() as session:
        for place in (0, 1, 2, 6, 7, 8):
            answer(session, world, keys, case=place, mode=Mode.WEB_INVITED, answers={"know": "1", "overall": "1"})
        spare = [one for place, one in enumerate(world.case_ids) if place not in (0, 1, 2, 6, 7, 8)]
        model = session.get_one(Case, (world.survey_id, world.case_ids[0]))
        more = range(len(EVERY) - len(spare))
        spare += [_another(session, model, serial, world.community_ids[serial % 2]) for serial in more]
        session.flush()
        interviewer = session.query(Account).filter(Account.user == "interviewer").one()
        for (mode, code, kind), case_id in zip(EVERY, spare, strict=True):
            told = {"outcome_code": code, "outcome_mode": mode, "disposition": OF_AAPOR[kind], "last_visit_at": NOW}
            session.execute(update(Case).where(Case.id == case_id).values(told))
            given = {"survey_id": world.survey_id, "wave_id": world.wave_id, "case_id": case_id, "at": NOW}
            session.add(Assignment(**given, account_id=interviewer.id))
        surveys.close_wave(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
        surveys.begin_review(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
        figures.open_figures(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
    return world


def _another(session: Session, model: Case, serial: int, area_id: UUID) -> UUID:
    same = ("survey_id", "wave_id", "stages", "inclusion_probability", "first_mode")
    number = f"9{serial:03d}"
    case = Case(
        **{name: getattr(model, name) for name in same}, area_id=area_id, number=number, stratum="g", psu=number
    )
    session.add(case)
    session.flush()
    return case.id


def test_page_api_and_pdf_tell_the_rates_that_were_computed_by_hand(
    client: TestClient, database: Database, every_outcome: World, settings: Settings
) -> None:
    world = every_outcome
    percent = {name: f"{share * 100:.1f}%" for name, share in BY_HAND.items() if name != "e"}
    # ---- the page
    sign_in(client, "manager")
    page = plain(get(client, f"/surveys/{world.survey_key}/waves/{world.wave_key}/field"))
    for words, name in (
        ("应答率（RR3）", "rr3"),
        ("应答率（RR1，最低）", "rr1"),
        ("合作率（COOP1）", "coop1"),
        ("拒访率（REF2）", "ref2"),
        ("接触率（CON2）", "con2"),
    ):
        assert f"{words} {percent[name]}" in page
    assert f"按几成合格算（e） {E:.3f}" in page
    for mode_words, mode in (("上门", OutcomeMode.IN_PERSON), ("电话", OutcomeMode.TELEPHONE)):
        for one in OUTCOME_CODES[mode]:
            said = AT_THE_DOOR[one.code] if mode is OutcomeMode.IN_PERSON and one.code in AT_THE_DOOR else one.zh
            assert re.search(rf"{mode_words} {re.escape(one.code)} {re.escape(said)} \d", page), one
    # ---- the API
    told = Program(client, database, "statistician").get(
        f"/surveys/{world.survey_key}/waves/{world.wave_key}/dispositions"
    )
    assert {name: told["whole"][name] for name in BY_HAND} == pytest.approx(BY_HAND)
    assert sum(one["cases"] for one in told["outcomes"]) == told["cases"] == sum(HAND.values())
    assert {(one["mode"], one["code"]) for one in told["outcomes"]} == {(mode.value, code) for mode, code, _ in EVERY}
    by_class = {outcome.value: 0 for outcome in Disposition}
    for grid in told["grids"]:
        for outcome, cases in grid["counts"].items():
            by_class[outcome] += cases
    assert by_class["unknown"] == UNKNOWN
    # Of the one interviewer: every code once, so 4 complete of 74 eligible.
    [of_one] = told["interviewers"]
    assert (of_one["cases"], of_one["counts"]["complete"]) == (len(EVERY), 4)
    assert of_one["rates"]["rr5"] == pytest.approx(4 / (ELIGIBLE - 2 * COMPLETES))
    # ---- the PDF of the city
    with database.reading.begin() as session:
        prepared = releases.prepare(session, world.survey_id, world.wave_id)
        written = releases.proof(session, prepared, ("甲", "乙", "丙"), settings, at=NOW)
    for language in ("zh", "en"):
        made = documents.pdf(documents.Wanted(written.city, language), settings)
        text = re.sub(r"\s+", "", "".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages))
        for label, name in (("RR3", "rr3"), ("RR1", "rr1"), ("COOP1", "coop1"), ("REF2", "ref2"), ("CON2", "con2")):
            assert re.search(rf"AAPOR{label}[)）]{re.escape(percent[name])}", text), (language, label, percent[name])
        assert f"{E:.3f}" in text
        for _, code, _ in EVERY:
            assert code in text
        for one in OUTCOME_CODES[OutcomeMode.TELEPHONE]:
            said = one.zh if language == "zh" else one.en
            assert f"{said}{one.code}".replace(" ", "") in text, (language, one)


def test_a_report_of_a_release_from_before_says_nothing_of_codes(
    database: Database, every_outcome: World, settings: Settings
) -> None:
    with database.reading.begin() as session:
        prepared = releases.prepare(session, every_outcome.survey_id, every_outcome.wave_id)
        written = releases.proof(session, prepared, ("甲", "乙", "丙"), settings, at=NOW)
        assert session.get_one(Area, every_outcome.city_id).code in written.city.samples
    before = {code: replace(one, outcomes=(), asked_by=None) for code, one in written.city.samples.items()}
    told = repr(area.area_story(replace(written.city, samples=before), "zh"))
    assert "结果码" not in told
    assert "COOP1" not in told
