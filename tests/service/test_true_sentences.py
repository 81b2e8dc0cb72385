"""What a page says of a wave is said of its rows: one world for each sentence that used to be said of any."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.plan import Unit
from analysis.results import PublishableCell
from questionnaires.text import Text
from reports.wording import figures as written
from survey_service.analyses import phone_checks, review_values
from survey_service.analyses.plans import default_plan
from survey_service.analyses.service import WaveEstimates, analyse_wave
from survey_service.analyses.summaries import method_of
from survey_service.analyses.wave_columns import columns_of_wave
from survey_service.areas import service as areas
from survey_service.areas.people_file import Declaration
from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.fieldwork.outcomes import outcomes_recorded
from survey_service.models import Area, Case, Disposition, Mode, RegisterKind, Survey, Wave
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from survey_service.surveys.schemas import CommunityProgress
from tests.service.outcomes import told_outcomes
from tests.service.signed_in import get, sign_in
from tests.service.test_estimates import answer
from tests.service.world import NOW, World


@pytest.fixture
def backend() -> str:
    """The words are the same on both databases; what must hold on both stands in test_opening_figures."""
    return "sqlite"


@pytest.fixture
def keys(settings: Settings) -> KeyRing:
    return KeyRing(settings.secret_key.get_secret_value())


def answered(session: Session, world: World, keys: KeyRing, cases: int, **given: str) -> None:
    for case in range(cases):
        said = {"know": "1", "overall": "1", "age": "44", **given}
        answer(session, world, keys, case=case, mode=Mode.WEB_INVITED, answers=said)


def read(session: Session, world: World) -> WaveEstimates:
    wave = columns_of_wave(session, world.survey_id, world.wave_id)
    return analyse_wave(wave, default_plan(wave.columns))


# ------------------------------------------------------------------ the weights


def test_adults_of_the_household_are_named_only_where_the_frame_had_them(
    database: Database, world: World, keys: KeyRing
) -> None:
    with database.writing.begin() as session:
        answered(session, world, keys, 6)
    with database.reading.begin() as session:
        estimates = read(session, world)
        assert "含户内成人数" in method_of({}, estimates).weighting.zh
        # All six of one community answered, and nobody of the other.
        assert "有答卷的社区里，抽中的合格户都答了" in method_of({}, estimates).weighting.zh
        assert estimates.plan.unit is Unit.ADULT
    with database.writing.begin() as session:
        for case in session.scalars(select(Case)):
            case.stages = [stage for stage in case.stages if stage["variance"]]
            case.inclusion_probability = 0.1
    with database.reading.begin() as session:
        estimates = read(session, world)
        words = method_of({}, estimates).weighting
        assert "含户内成人数" not in words.zh
        assert "权数是户的权数" in words.zh
        assert "weights of households" in words.en
        assert estimates.plan.unit is Unit.HOUSEHOLD
        assert "数字说的是户" in method_of({}, estimates).variance.zh


def test_stages_and_joined_grids_are_named_only_where_there_are_any(
    database: Database, world: World, keys: KeyRing
) -> None:
    with database.writing.begin() as session:
        answered(session, world, keys, 5)
    with database.reading.begin() as session:
        estimates = read(session, world)
        method = method_of({}, estimates)
    # Three households a grid, fewer than twenty: two grids became one class. Every grid is in the sample: one stage.
    assert "并入本社区相邻的网格" in method.weighting.zh
    assert "逐级抽样" not in method.variance.zh
    with database.writing.begin() as session:
        for case in session.scalars(select(Case)):
            first = {"unit": case.stratum, "population": 4, "sampled": 2, "probability": 0.5, "variance": True}
            case.stages = [first, *case.stages]
            case.psu = case.stratum
    with database.reading.begin() as session:
        estimates = read(session, world)
        assert "逐级抽样" in method_of({}, estimates).variance.zh


# ------------------------------------------------------------------ outcomes


@pytest.mark.parametrize(
    ("found", "known"),
    [
        ({Disposition.COMPLETE}, True),  # everybody answered
        ({Disposition.COMPLETE, Disposition.PARTIAL}, True),  # also where somebody stopped half-way
        ({Disposition.COMPLETE, Disposition.UNKNOWN}, False),
        ({Disposition.COMPLETE, Disposition.UNKNOWN, Disposition.PARTIAL}, False),
        ({Disposition.UNKNOWN}, False),
        ({Disposition.COMPLETE, Disposition.UNKNOWN, Disposition.REFUSAL}, True),
        ({Disposition.COMPLETE, Disposition.NOT_ELIGIBLE}, True),
    ],
)
def test_outcomes_are_recorded_where_somebody_noted_one(found: set[Disposition], known: bool) -> None:
    assert outcomes_recorded(found) is known


def test_without_outcomes_pages_tell_the_completed_share_and_no_response_rate(
    client: TestClient, database: Database, world: World, keys: KeyRing
) -> None:
    from survey_service.surveys import service as surveys

    here = f"/surveys/{world.survey_key}/waves/{world.wave_key}"
    with database.writing.begin() as session:
        answered(session, world, keys, 3)
    sign_in(client, "statistician")
    page = get(client, here)
    assert "25.0%" in page  # 3 of 12, as completed
    assert not re.search(r"应答率</span>\s*\d", page)
    with database.writing.begin() as session:
        surveys.close_wave(session, world.survey_id, world.wave_id, at=NOW, by=SERVICE)
    page = get(client, f"{here}/estimates")
    assert "完成抽中的 25.0%" in page
    assert "没有登记结果" in page
    assert "应答率（AAPOR RR3）" not in page
    with database.writing.begin() as session:
        outcomes = {world.case_ids[8]: Disposition.REFUSAL}
        told_outcomes(session, world.survey_id, outcomes, at=NOW, by=SERVICE)
    page = get(client, f"{here}/estimates")
    assert "应答率（AAPOR RR3）" in page
    assert "没有登记结果" not in page


# ------------------------------------------------------------------ diagnostics


def test_where_nothing_was_left_out_no_question_is_named(database: Database, world: World, keys: KeyRing) -> None:
    with database.writing.begin() as session:
        answered(session, world, keys, 3)
    with database.reading.begin() as session:
        estimates = read(session, world)
    check = next(one for one in review_values.checks(estimates) if one.name.zh == "漏答")
    assert (check.value, check.why) == ("0.0%", Text("没有一题漏答。", "No question is left out."))


def test_what_was_left_out_is_named(database: Database, world: World, keys: KeyRing) -> None:
    with database.writing.begin() as session:
        answered(session, world, keys, 3)
    with database.reading.begin() as session:
        estimates = read(session, world)
    asked = estimates.cases.item_nonresponse
    assert asked == {"know": (3, 0), "overall": (3, 0)}
    estimates = replace(estimates, cases=replace(estimates.cases, item_nonresponse={**asked, "overall": (3, 1)}))
    check = next(one for one in review_values.checks(estimates) if one.name.zh == "漏答")
    assert check.value == "33.3%"
    assert "漏得最多" in check.why.zh


def test_of_answers_that_are_not_there_nothing_is_said(database: Database, world: World, keys: KeyRing) -> None:
    with database.writing.begin() as session:
        answered(session, world, keys, 2)
    with database.reading.begin() as session:
        found = {one.name.zh: one for one in phone_checks.checks(session, world.survey_id, world.wave_id)}
    alike, burst = found["邀请码：答案完全相同"], found["邀请码：一分钟内扎堆"]
    assert (alike.value, "一字不差" in alike.why.zh) == ("2 / 2", True)
    assert (burst.value, burst.why.zh) == ("0 / 2", "没有这样的答卷。")
    assert found["开放码：一分钟内扎堆"].why.zh == "没有这样的答卷。"


def test_a_table_of_hidden_figures_has_no_axis_and_no_two_ticks_touch(
    database: Database, world: World, keys: KeyRing
) -> None:
    with database.writing.begin() as session:
        answered(session, world, keys, 6)
    with database.reading.begin() as session:
        estimates = read(session, world)
    assert review_values.figures(estimates, estimates.indicators[0]).ticks == ()
    for low, high in ((0.91, 0.99), (0.2, 0.95), (0.86, 0.93)):
        cell = PublishableCell(variable="x", value=0.9, low=low, high=high, scale=(0.0, 1.0))
        ticks = review_values._Axis(
            [cell], estimates.indicators[0].target, written.Figures(unit=written.Unit.PERCENT)
        ).ticks()
        places = [float(x) for x, _, _ in ticks]
        assert all(after - before >= review_values.TICK_ROOM for before, after in pairwise(places)), ticks


# ------------------------------------------------------------------ differences


def community(completed: int, sampled: int) -> CommunityProgress:
    return CommunityProgress(
        area_id=uuid4(),
        code="1",
        name=Text("甲"),
        households=None,
        sampled=sampled,
        completed=completed,
        response_rate=None,
        not_tied=0,
        open_code=None,
    )


@pytest.mark.parametrize(
    ("own", "whole", "points"),
    [
        ((0, 30), 0.4167, 41.7),  # 0.0 % beside 41.7 %
        ((7, 60), 0.40549, 28.8),  # 11.7 % beside 40.5 %: what is printed is subtracted
        ((29, 60), 0.40549, 0.0),
        ((31, 100), 0.4049, 0.0),  # 9.5 points: little
    ],
)
def test_points_behind_are_the_difference_of_what_is_printed(own: tuple[int, int], whole: float, points: float) -> None:
    line = community(*own)
    assert line.behind(whole) == points
    if points:
        assert f"{round(whole * 100, 1) - round(line.share * 100, 1):.1f}" == f"{points:.1f}"


def test_the_share_that_a_lag_is_told_of_stands_beside_it(
    client: TestClient, database: Database, world: World, keys: KeyRing
) -> None:
    with database.writing.begin() as session:
        answered(session, world, keys, 6)
    sign_in(client, "manager")
    page = re.sub(r"\s+", " ", get(client, f"/surveys/{world.survey_key}/waves/{world.wave_key}"))
    assert "(50.0%)" in page
    assert "0.0%" in page
    assert "低 50.0 个百分点" in page or "一份没收到" in page


# ------------------------------------------------------------------ what weights count, and what one may do


def test_what_the_weights_add_up_to_stands_beside_what_they_count(
    client: TestClient, database: Database, world: World
) -> None:
    def drawn(about: Mapping[str, object]) -> str:
        with database.writing.begin() as session:
            session.get_one(Wave, (world.survey_id, world.wave_id)).plan = {"draw": dict(about)}
        return get(client, f"/surveys/{world.survey_key}/waves/{world.wave_key}/cases")

    with database.writing.begin() as session:
        add_adults(session, world.community_ids[0], 777)
    sign_in(client, "manager")
    of_adults = drawn({"adults_known": True})
    assert "应当和社区的成年人数差不多" in of_adults
    assert "777" in of_adults
    of_households = drawn({"adults_known": False})
    assert "应当和社区的户数差不多" in of_households
    assert "777" not in of_households


def add_adults(session: Session, area_id: UUID, persons: int) -> None:
    said = Declaration(as_of=NOW.date(), register=RegisterKind.ACTUAL_POPULATION, source="公安")
    areas.record_population(session, area_id, {("female", "18-99"): persons}, said, at=NOW, by=SERVICE)


def test_an_office_without_surveys_is_told_what_it_can_do(client: TestClient, database: Database, world: World) -> None:
    with database.writing.begin() as session:
        # Another city's people: the survey there is none of theirs.
        other = Area(code="990000000000", kind="city", name_zh="别的市", name_en="")
        session.add(other)
        session.flush()
        session.get_one(Survey, world.survey_id).city_id = other.id
    sign_in(client, "manager")
    page = get(client, "/surveys")
    assert "make run" not in page
    assert page.count('href="/surveys/new"') >= 1
    sign_in(client, "statistician")
    page = get(client, "/surveys")
    assert "make run" not in page
    assert "由项目管理员新建" in page


def test_a_count_of_people_promises_no_weighting(client: TestClient, world: World) -> None:
    """Whether it is calibrated to is told by the page that looks: not every kind, and not before all are counted."""
    sign_in(client, "administrator")
    page = get(client, "/areas?done=people")
    assert "结果能不能校准到这些人口数" in page
    for address in ("/areas?done=people", "/areas/110101000001", "/areas/imports/people"):
        for promise in ("下一次加权", "加权没有底数", "加权用"):
            assert promise not in get(client, address)
