"""From stored answers to weighted figures: a tiny wave whose numbers fit on a page, and what must hold of any."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import pytest
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from analysis.plan import AnalysisPlan, plan_of_format_1
from analysis.results import PublicationRule, Suppression, Verdict
from questionnaires.answers import Policy, check_answers
from survey_service.analyses.plans import default_plan
from survey_service.analyses.service import WaveEstimates, analyse_wave, community_domain, street_domain
from survey_service.analyses.summaries import method_of, summaries
from survey_service.analyses.wave_columns import WaveColumns, columns_of_wave
from survey_service.audit.chain import RESIDENT, SERVICE
from survey_service.captures.first import record
from survey_service.captures.incoming import IncomingCapture
from survey_service.database import Database
from survey_service.models import Case, Disposition, Mode, ResponseState, Source
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.service.outcomes import told_outcomes
from tests.service.world import NOW, QUESTIONNAIRE, World

pytestmark = pytest.mark.both_databases

FIRST, SECOND = "110101000001", "110101000002"


def answer(
    session: Session,
    world: World,
    keys: KeyRing,
    *,
    case: int | None,
    mode: Mode,
    answers: Mapping[str, object],
    each: int = 6,
) -> None:
    """``each``: cases of either community."""
    area = world.community_ids[0] if case is None or case < each else world.community_ids[1]
    checked = check_answers(QUESTIONNAIRE, answers, Policy.WEB)
    assert checked.accepted, checked.findings
    incoming = IncomingCapture(
        survey_id=world.survey_id,
        wave_id=world.wave_id,
        area_id=area,
        case_id=None if case is None else world.case_ids[case],
        mode=mode,
        source=Source.WEB,
        client_id=f"test-client-{world.wave_key}-{mode.value}-{case}",
        questionnaire_version_id=world.version_id,
        checked=checked,
        state=ResponseState.COMPLETE,
        at=NOW,
        by=RESIDENT,
    )
    record(session, incoming, keys=keys)


def twelve_answers(session: Session, world: World, settings: Settings) -> None:
    """Six in each community: who knows and who is satisfied goes by the number of the case."""
    keys = KeyRing(settings.secret_key.get_secret_value())
    for case in range(12):
        given = {"know": "2" if case % 4 == 3 else "1", "overall": "3" if case % 5 == 0 else "1", "age": "44"}
        answer(session, world, keys, case=case, mode=Mode.WEB_INVITED, answers=given)


@pytest.fixture
def keys(settings: Settings) -> KeyRing:
    return KeyRing(settings.secret_key.get_secret_value())


@pytest.fixture
def tiny(database: Database, world: World, keys: KeyRing) -> World:
    #  community 1, grid 1: case 1 knows, satisfied      weight 20
    #                       case 2 does not, satisfied   weight 20
    #                       case 3 refused               weight 20
    #               grid 2: case 4 knows, dissatisfied   weight 10 (one adult in the household)
    #                       case 5 not eligible
    #                       case 6 unknown               weight 20
    #  community 2: nobody was reached; one open answer came from community 1
    with database.writing.begin() as session:
        case = session.get_one(Case, (world.survey_id, world.case_ids[3]))
        case.inclusion_probability = 0.1
        answer(session, world, keys, case=0, mode=Mode.WEB_INVITED, answers={"know": "1", "overall": "1", "age": "25"})
        answer(session, world, keys, case=1, mode=Mode.PAPER, answers={"know": "2", "overall": "2"})
        answer(session, world, keys, case=3, mode=Mode.PAPER, answers={"know": "1", "overall": "3", "age": "70"})
        answer(session, world, keys, case=None, mode=Mode.WEB_OPEN, answers={"know": "2", "overall": "3"})
        outcomes = {
            world.case_ids[2]: Disposition.REFUSAL,
            world.case_ids[4]: Disposition.NOT_ELIGIBLE,
            world.case_ids[5]: Disposition.UNKNOWN,
        }
        told_outcomes(session, world.survey_id, outcomes, at=NOW, by=SERVICE)
    return world


def read(database: Database, world: World) -> WaveColumns:
    with database.reading.begin() as session:
        return columns_of_wave(session, world.survey_id, world.wave_id)


def figures(database: Database, world: World, plan: AnalysisPlan | None = None) -> WaveEstimates:
    wave = read(database, world)
    targets = {"awareness": {"value": 0.5, "sense": "at_least"}}
    return analyse_wave(wave, plan or default_plan(wave.columns), targets=targets)


def test_columns_have_one_row_per_case_with_its_draw_and_its_outcome(database: Database, tiny: World) -> None:
    wave = read(database, tiny)
    columns = wave.columns
    assert columns.cases == len(tiny.case_numbers)
    assert [columns.community.names[code] for code in columns.community.codes[:7]] == [FIRST] * 6 + [SECOND]
    assert columns.street.names == ("110101000000",)
    assert columns.stratum.names[columns.stratum.codes[0]] == f"{FIRST}-01"
    assert [population[0] for population in columns.populations] == [30]
    assert (columns.mode.names[columns.mode.codes[3]], columns.probability[3]) == ("paper", 0.1)
    assert columns.responded[:6].tolist() == [True, True, False, True, False, False]
    assert columns.indicators == ("awareness", "satisfaction")
    assert columns.numerators.tolist() == [[1, 0, 1], [1, 1, 0]]
    assert columns.denominators.tolist() == [[1, 1, 1], [1, 1, 1]]
    assert wave.open_responses == {FIRST: 1}
    assert [[one.code for one in inside] for _, inside in wave.streets] == [[FIRST, SECOND]]


def test_weights_and_rates_by_hand(database: Database, tiny: World) -> None:
    estimates = figures(database, tiny)
    # Known in the city, by design weight: 20 + 20 + 20 + 10 eligible, 20 not; e = 70 / 90 of the unknown case's 20.
    assert estimates.weights.field.eligibility == {FIRST: pytest.approx(70 / 90)}
    factor = (20 + 20 + 20 + 10 + 70 / 90 * 20) / (20 + 20 + 10)
    expected = [20 * factor, 20 * factor, 0, 10 * factor, 0, 0, 0, 0, 0, 0, 0, 0]
    assert estimates.weights.field.nonresponse_weight == pytest.approx(expected)
    assert estimates.weights.final == pytest.approx([20 * factor, 20 * factor, 10 * factor])
    rates = estimates.rates[FIRST]
    assert (rates.sampled, rates.completed, rates.valid) == (6, 3, 3)
    assert rates.rr1 == pytest.approx(3 / 5)
    assert rates.rr3 == pytest.approx(3 / (4 + 0.8))
    assert rates.by_mode == {"paper": (3, 2, 2), "web_invited": (3, 1, 1)}


def test_releases_from_before_plans_were_kept_have_their_own_recipe(database: Database, tiny: World) -> None:
    estimates = figures(database, tiny, plan_of_format_1(PublicationRule()))
    # Cases of the community, counted: 4 eligible, 1 not; e = 4 / 5 of the unknown case's 20.
    assert estimates.weights.field.eligibility == {FIRST: pytest.approx(0.8)}
    factor = (20 + 20 + 20 + 10 + 0.8 * 20) / (20 + 20 + 10)
    assert estimates.weights.final == pytest.approx([20 * factor, 20 * factor, 10 * factor])


def test_shares_by_hand_and_open_answers_stay_out(database: Database, tiny: World) -> None:
    estimates = figures(database, tiny)
    found = {(one.domain, one.variable): one for table in estimates.raw for one in table.estimates}
    for domain in (community_domain(FIRST), street_domain("110101000000"), ()):
        # (20 + 10) / (20 + 20 + 10) know; (20 + 20) / 50 are satisfied. The open answer would pull both down.
        assert found[domain, "awareness"].value == pytest.approx(0.6)
        assert found[domain, "satisfaction"].value == pytest.approx(0.8)
        assert found[domain, "awareness"].sample_size == 3
        # Households in grids: three of them in two strata.
        assert found[domain, "awareness"].degrees_of_freedom == 1


def test_a_community_where_nobody_answered_is_hidden_like_any_other(database: Database, tiny: World) -> None:
    estimates = figures(database, tiny)
    for code in (FIRST, SECOND):
        cell = estimates.table.row(community_domain(code)).cell("awareness")
        assert (cell.suppression, cell.value, cell.verdict) == (
            Suppression.NOT_PUBLISHED,
            None,
            Verdict.NOT_PUBLISHED,
        )
    assert estimates.rates[SECOND].completed == 0


def test_the_waves_targets_stand_before_the_questionnaires(database: Database, tiny: World) -> None:
    estimates = figures(database, tiny)
    targets = {one.id: one.target.value for one in estimates.indicators if one.target is not None}
    assert targets == {"awareness": 0.5, "satisfaction": 0.85}


def test_the_snapshot_changes_with_any_row_and_with_nothing_else(database: Database, tiny: World) -> None:
    before = read(database, tiny).snapshot_sha256
    assert read(database, tiny).snapshot_sha256 == before
    with database.writing.begin() as session:
        session.execute(update(Case).where(Case.id == tiny.case_ids[7]).values(disposition=Disposition.NONCONTACT))
    assert read(database, tiny).snapshot_sha256 != before


def test_reading_a_wave_takes_a_fixed_number_of_statements(database: Database, tiny: World) -> None:
    statements: list[str] = []
    listener = (database.reading_engine, "before_cursor_execute", lambda *given: statements.append(str(given[2])))
    event.listen(*listener)
    try:
        read(database, tiny)
    finally:
        event.remove(*listener)
    # Survey and wave, key of the rows, questionnaire, areas, adults, what answers share, open answers, cases: none per
    # case or community.
    assert len(statements) <= 14, statements


def test_an_answered_case_keeps_its_outcome_and_completion_cannot_be_claimed(database: Database, tiny: World) -> None:
    with database.writing.begin() as session:
        outcomes = {tiny.case_ids[0]: Disposition.REFUSAL, tiny.case_ids[8]: Disposition.REFUSAL}
        told_outcomes(session, tiny.survey_id, outcomes, at=NOW, by=SERVICE)
    assert outcome(database, tiny.survey_id, tiny.case_ids[0]) is Disposition.COMPLETE
    assert outcome(database, tiny.survey_id, tiny.case_ids[8]) is Disposition.REFUSAL
    with database.writing.begin() as session, pytest.raises(ValueError, match="follows from an answer that is stored"):
        told_outcomes(session, tiny.survey_id, {tiny.case_ids[8]: Disposition.COMPLETE}, at=NOW, by=SERVICE)


def outcome(database: Database, survey_id: UUID, case_id: UUID) -> Disposition:
    with database.reading.begin() as session:
        return session.get_one(Case, (survey_id, case_id)).disposition


def test_summaries_hold_every_area_and_only_protected_figures(database: Database, tiny: World) -> None:
    from datetime import date

    from questionnaires.model import Header
    from questionnaires.text import Text
    from reports.content import Imprint

    estimates = figures(database, tiny)
    imprint = Imprint(
        survey=Text("测评"),
        questionnaire=QUESTIONNAIRE.title,
        questionnaire_version="1.0",
        wave=Text("第三季度"),
        header=Header(),
        contact=Text("12345"),
        field_start=date(2026, 9, 1),
        field_end=date(2026, 9, 30),
        release_number="S-1",
        released_on=date(2026, 10, 12),
        prepared_by="甲",
        reviewed_by="乙",
        signed_by="丙",
        data_sha256="0" * 64,
        software_version="0",
    )
    made = summaries(estimates, imprint=imprint, method=method_of({"frame_coverage": 0.9}, estimates))
    assert set(made.communities) == {FIRST, SECOND}
    assert set(made.streets) == {"110101000000"}
    assert made.city.samples[FIRST].open_responses == 1
    assert made.city.samples[made.city.place.code].open_responses == 1
    assert made.communities[SECOND].sample.kish_design_effect is None
    assert made.communities[FIRST].table is estimates.table
    # 20, 20 and 10 times one factor: 3 (400 + 400 + 100) / 50^2.
    assert made.communities[FIRST].sample.kish_design_effect == pytest.approx(3 * 900 / 2500)
