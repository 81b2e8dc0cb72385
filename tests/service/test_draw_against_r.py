"""A list drawn from on the page, in two stages, whole and with a batch of reserves released, against R's survey: from
the list over cases and answers to the figures, and what the sentences of method say of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from analysis.plan import Nonresponse
from questionnaires.answers import Policy, check_answers
from reports.wording.facts import how_made
from survey_service.analyses.draw_words import drawn_as
from survey_service.analyses.plans import default_plan
from survey_service.analyses.service import WaveEstimates, analyse_wave
from survey_service.analyses.summaries import method_of
from survey_service.analyses.wave_columns import columns_of_wave
from survey_service.audit.chain import RESIDENT, SERVICE
from survey_service.captures.first import record
from survey_service.captures.incoming import IncomingCapture
from survey_service.database import Database
from survey_service.ids import new_id
from survey_service.models import (
    AccessCode,
    Area,
    Case,
    Disposition,
    Mode,
    ReserveCase,
    ResponseState,
    Source,
    Wave,
    WaveState,
)
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.reference.generate_draw import ASKED, COMMUNITIES, HERE, RELEASED
from tests.service.outcomes import told_outcomes
from tests.service.signed_in import HTML, csrf, get, sign_in
from tests.service.test_drawing_pages import confirm_all
from tests.service.world import NOW, QUESTIONNAIRE, World

LISTED = pd.read_csv(HERE / "frame.csv", dtype=str).set_index("household", drop=False)
EXPECTED = json.loads((HERE / "expected.json").read_text())["records"]


@pytest.fixture
def here(client: TestClient, database: Database, world: World) -> str:
    """A draft of four communities, without a sample."""
    with database.writing.begin() as session:
        session.execute(delete(AccessCode))
        session.execute(delete(Case))
        more = [
            {
                "id": new_id(),
                "code": code,
                "name_zh": f"社区{code[-1]}",
                "kind": "community",
                "parent_id": world.street_id,
            }
            for code in COMMUNITIES[2:]
        ]
        session.execute(insert(Area), more)
        modes = [Mode.PAPER.value, Mode.WEB_INVITED.value]
        session.execute(update(Wave).values(state=WaveState.DRAFT, modes=modes))
    sign_in(client, "manager")
    return f"/surveys/{world.survey_key}/waves/{world.wave_key}"


def drawn_on_the_page(client: TestClient, here: str, design: str) -> str:
    """The page that was looked at before it was confirmed."""
    address = f"{here}/cases/draw"
    text = LISTED[["household", "community", "grid", "adults"]].to_csv(index=False)
    sent = {"csrf": csrf(get(client, address)), **ASKED, "design": design}
    looked = client.post(address, data=sent, files={"file": ("名单.csv", text.encode())}, headers=HTML)
    assert looked.status_code == 200, looked.text
    assert confirm_all(client, address, looked.text).status_code == 303
    return str(looked.text)


def household(stages: Any) -> str:
    return str([stage["unit"] for stage in stages if stage["unit"] != "adult"][-1])


def release(client: TestClient, here: str) -> None:
    token = csrf(get(client, f"{here}/field/reserves"))
    for code in RELEASED:
        led = client.post(
            f"{here}/field/reserves/{code}", data={"csrf": token, "replicate": "1"}, follow_redirects=False
        )
        assert led.status_code == 303


def answered(session: Session, world: World, keys: KeyRing) -> None:
    """Of every case that nobody has come to yet what its household says, or that it refused."""
    outcomes = {}
    cases = session.scalars(select(Case).where(Case.disposition == Disposition.UNKNOWN).order_by(Case.number)).all()
    for case in cases:
        row = LISTED.loc[household(case.stages)]
        if row["answers"] == "0":
            outcomes[case.id] = Disposition.REFUSAL
            continue
        given = {"know": row["know"], "overall": row["overall"], "age": "44"}
        checked = check_answers(QUESTIONNAIRE, given, Policy.WEB)
        incoming = IncomingCapture(
            survey_id=world.survey_id,
            wave_id=world.wave_id,
            area_id=case.area_id,
            case_id=case.id,
            mode=Mode.WEB_INVITED,
            source=Source.WEB,
            client_id=f"drawn-{case.number}",
            questionnaire_version_id=world.version_id,
            checked=checked,
            state=ResponseState.COMPLETE,
            at=NOW,
            by=RESIDENT,
        )
        record(session, incoming, keys=keys)
    told_outcomes(session, world.survey_id, outcomes, at=NOW, by=SERVICE)


def figures(database: Database, world: World, *, corrected: bool) -> WaveEstimates:
    """By the usual plan with every grid a class; ``corrected``: households take their finite population correction."""
    with database.reading.begin() as session:
        wave = columns_of_wave(session, world.survey_id, world.wave_id)
    plan = default_plan(wave.columns)
    plan = replace(plan, nonresponse=Nonresponse(minimum_respondents=1))
    return analyse_wave(wave, replace(plan, variance=replace(plan.variance, adult_stage=not corrected)), targets={})


def equal_to_r(found: WaveEstimates, design: str, batches: str, *, corrected: bool) -> int:
    by_domain = {
        (one.variable, dict(one.domain).get("community", "")): one
        for table in found.raw
        for one in table.estimates
        if not one.domain or dict(one.domain).keys() == {"community"}
    }
    asked = (design, batches, "corrected" if corrected else "uncorrected")
    compared = 0
    for row in EXPECTED:
        if (row["design"], row["batches"], row["households"]) != asked:
            continue
        one = by_domain[row["variable"], row["community"]]
        assert one.value == pytest.approx(row["value"], rel=1e-7), row
        assert one.standard_error == pytest.approx(row["standard_error"], rel=1e-7), row
        assert one.sample_size == row["sample_size"], row
        compared += 1
    return compared


@pytest.mark.parametrize("design", ["by_size", "simple"])
def test_figures_of_what_was_drawn_on_the_page_equal_r(
    client: TestClient, here: str, database: Database, world: World, settings: Settings, design: str
) -> None:
    keys = KeyRing(settings.secret_key.get_secret_value())
    looked = drawn_on_the_page(client, here, design)
    assert "两阶段" in looked
    assert "1 个社区全部都问，共 36 户，抽中概率是 1" in looked
    recorded = pd.read_csv(HERE / "drawn.csv", dtype={"household": str}).query("design == @design")
    with database.writing.begin() as session:
        found = {household(one.stages): 0 for one in session.scalars(select(Case))}
        found |= {household(one.stages): one.replicate for one in session.scalars(select(ReserveCase))}
        assert found == dict(zip(recorded["household"], recorded["batch"], strict=True))
        session.execute(update(Wave).values(state=WaveState.OPEN))
        answered(session, world, keys)
    for corrected in (True, False):
        estimates = figures(database, world, corrected=corrected)
        assert equal_to_r(estimates, design, "main", corrected=corrected) == 10
    release(client, here)
    with database.writing.begin() as session:
        answered(session, world, keys)
    for corrected in (True, False):
        estimates = figures(database, world, corrected=corrected)
        assert equal_to_r(estimates, design, "released", corrected=corrected) == 10
    with database.reading.begin() as session:
        method = method_of({}, estimates, drawn_as(session, session.scalars(select(Wave)).one()))
    printed = "".join(how_made(method, estimates.table.interval_method, "zh"))
    first = {"by_size": "先按户数的比例抽网格（PPS）", "simple": "先随机抽网格"}[design]
    for said in (first, "有 1 个社区每一户都访问，抽中概率是 1，33 户（92%）收到了答卷", "放出备用样本 25 户"):
        assert said in printed
