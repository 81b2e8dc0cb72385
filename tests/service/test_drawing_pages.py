"""A sample drawn on a page from a list of households, and its reserves released while the wave is open."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from survey_service.audit.chain import SERVICE
from survey_service.database import Database
from survey_service.models import AccessCode, Case, Mode, ReserveCase, Wave, WaveState
from survey_service.sampling import reserves
from survey_service.sampling.drawing import Drawing, draw
from survey_service.sampling.households import Households
from survey_service.sampling.sizes import Aim, Expected, SharedOut, Wanted, sizes_of
from tests.service.signed_in import HTML, csrf, get, sign_in
from tests.service.world import NOW, World

pytestmark = pytest.mark.both_databases


@pytest.fixture
def here(client: TestClient, database: Database, world: World) -> str:
    with database.writing.begin() as session:
        session.execute(delete(AccessCode))
        session.execute(delete(Case))
        modes = [Mode.PAPER.value, Mode.WEB_INVITED.value]
        plan = {"response_rate": 0.5, "design_effect": 1.0}
        session.execute(update(Wave).values(state=WaveState.DRAFT, modes=modes, plan=plan))
    sign_in(client, "manager")
    return f"/surveys/{world.survey_key}/waves/{world.wave_key}"


def a_list(*, adults: bool = True) -> str:
    """Two communities of two grids each, 60 and 40 households, 30 and 20; one to three adults."""
    heads = "户编号,社区,网格" + (",成年人数" if adults else "")
    rows = [heads]
    for community, grids in (("万寿桥社区", (60, 40)), ("110101000002", (30, 20))):
        for grid, households in enumerate(grids, start=1):
            for one in range(households):
                number = f"{community[-3:]}-{grid}-{one:03d}"
                rows.append(f"{number},{community},{community[-3:]}-{grid}" + (f",{one % 3 + 1}" if adults else ""))
    return "\n".join(rows)


ASKED = {
    "size": "30",
    "allocation": "proportional",
    "least": "0",
    "reserves": "2",
    "paper": "50",
    "telephone": "0",
    "seed": "20260918",
}


def bring(client: TestClient, address: str, text: str, **more: Any) -> Any:
    sent = {"csrf": csrf(get(client, address)), **ASKED, **more}
    return client.post(address, data=sent, files={"file": ("名单.csv", text.encode())}, headers=HTML)


def confirm(client: TestClient, address: str, page: str) -> Any:
    sent = {name: re.findall(rf'name="{name}" value="([^"]*)"', page)[0] for name in ("seen", *ASKED, "name")}
    packed = re.findall(r'name="packed" value="([^"]+)"', page)
    return client.post(address, data={**sent, "packed": packed, "csrf": csrf(page)}, follow_redirects=False)


def confirm_all(client: TestClient, address: str, page: str) -> Any:
    """Every hidden field of the look comes back, as a browser sends it."""
    form = next(one for one in page.split("<form")[1:] if 'name="seen"' in one)
    fields = re.findall(r'<input [^>]*type="hidden"[^>]*>', form)
    hidden = [(re.findall(r'name="([^"]+)"', one)[0], re.findall(r'value="([^"]*)"', one)[0]) for one in fields]
    sent = {name: [value for key, value in hidden if key == name] for name, _ in hidden}
    return client.post(address, data=sent, follow_redirects=False)


def drawn(client: TestClient, here: str, **more: Any) -> None:
    page = bring(client, f"{here}/cases/draw", a_list(), **more).text
    assert confirm(client, f"{here}/cases/draw", page).status_code == 303


def cases(session: Session) -> list[Case]:
    return list(session.scalars(select(Case).order_by(Case.number)))


def test_the_look_says_what_each_community_could_say_and_what_is_confirmed_is_what_was_seen(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    address = f"{here}/cases/draw"
    looked = bring(client, address, a_list()).text
    assert (
        "名单 150 户，抽 30 户，备用 16 户；每个网格一层；名单有成年人数，已算进概率；没有门牌，信函上只有编号。"
        in looked
    )
    assert "不单独公布" in looked  # ten to fifteen answers tell nothing alone
    # The adult of a household is no stage above it: no grid was drawn first, and nothing says so.
    for told in ("先抽网格，社区的数字会很宽", "按街道公布，能说到什么程度", ">网格</th>"):
        assert told not in looked
    assert confirm(client, address, looked).headers["location"] == f"{here}/cases"
    with database.reading.begin() as session:
        found = cases(session)
        assert Counter(case.area_id for case in found) == {world.community_ids[0]: 20, world.community_ids[1]: 10}
        assert Counter(case.stratum for case in found) == {"桥社区-1": 12, "桥社区-2": 8, "002-1": 6, "002-2": 4}
        for case in found:
            household, adult = case.stages
            assert household["sampled"] / household["population"] == pytest.approx(0.2)
            assert adult["variance"] is False
            assert case.inclusion_probability == pytest.approx(0.2 / adult["population"])
        assert Counter(case.first_mode for case in found) == {Mode.PAPER: 15, Mode.WEB_INVITED: 15}
        assert session.scalar(select(Wave.plan))["draw"]["seed"] == 20260918
        assert len(session.scalars(select(ReserveCase.id)).all()) == 16
    assert "共 30 户" in get(client, f"{here}/cases")


def test_the_same_seed_draws_the_same_and_another_another(client: TestClient, here: str, database: Database) -> None:
    def psus() -> list[str]:
        with database.reading.begin() as session:
            return [case.psu for case in cases(session)]

    drawn(client, here)
    first = psus()
    for seed, same in (("20260918", True), ("1", False)):
        client.post(f"{here}/cases/clear", data={"csrf": csrf(get(client, f"{here}/cases"))})
        with database.reading.begin() as session:
            assert not session.scalars(select(ReserveCase.id)).all()
        drawn(client, here, seed=seed)
        assert (psus() == first) is same


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("a,万寿桥社区,g1,2\na,万寿桥社区,g1,1", "和第 2 行相同"),
        ("a,别的社区,g1,2", "不是这一期的社区"),
        ("a,万寿桥社区,g1,2\nb,文昌阁社区,g1,2", "属于另一个社区"),
        ("a,万寿桥社区,g1,2\nb,万寿桥社区,,2", "没有写网格"),
        ("a,万寿桥社区,g1,2\nb,万寿桥社区,g1,", "不是成年人数"),
        ("a,万寿桥社区,g1,2\nb,万寿桥社区,g1,三", "不是成年人数"),
        (",万寿桥社区,g1,2", "户编号要写"),
    ],
)
def test_what_is_wrong_with_the_list_is_told_by_row(client: TestClient, here: str, row: str, told: str) -> None:
    looked = bring(client, f"{here}/cases/draw", f"户编号,社区,网格,成年人数\n{row}", size="1")
    assert (looked.status_code, told in looked.text) == (422, True)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"size": "0"}, "1 到 100000 的整数"),
        ({"size": "151"}, "名单一共 150，抽不出 151"),
        ({"reserves": "5"}, "0 到 4 的整数"),
        ({"paper": "101"}, "0 到 100 的整数"),
        ({"seed": "x"}, "的整数"),
        ({"allocation": ""}, "请选“各社区怎么分”"),
    ],
)
def test_what_cannot_be_drawn_is_told_and_stays_in_its_box(
    client: TestClient, here: str, changed: dict[str, str], told: str
) -> None:
    looked = bring(client, f"{here}/cases/draw", a_list(), **changed)
    assert told in looked.text
    assert 'value="20260918"' in looked.text or "seed" in changed


@pytest.mark.parametrize(
    ("modes", "typed", "dealt"),
    [
        (("web_invited", "paper", "telephone"), ("20", "30"), {"paper": 6, "telephone": 9, "web_invited": 15}),
        (("paper", "telephone"), ("40", "0"), {"paper": 12, "telephone": 18}),
        (("telephone",), ("50", "0"), {"telephone": 30}),
        (("web_invited", "telephone"), ("50", "0"), {"web_invited": 30}),
    ],
)
def test_first_modes_are_dealt_in_the_shares_asked_for(
    client: TestClient,
    here: str,
    database: Database,
    modes: tuple[str, ...],
    typed: tuple[str, str],
    dealt: dict[str, int],
) -> None:
    with database.writing.begin() as session:
        session.execute(update(Wave).values(modes=list(modes)))
    drawn(client, here, paper=typed[0], telephone=typed[1])
    with database.reading.begin() as session:
        found = Counter(one.value for one in session.scalars(select(Case.first_mode)))
    assert set(found) == set(dealt)
    for mode, count in dealt.items():
        assert abs(found[mode] - count) <= 2  # each community is dealt to by itself


def test_shares_of_modes_beyond_all_are_refused(client: TestClient, here: str, database: Database) -> None:
    with database.writing.begin() as session:
        session.execute(update(Wave).values(modes=["web_invited", "paper", "telephone"]))
    looked = bring(client, f"{here}/cases/draw", a_list(), paper="60", telephone="50")
    assert "加起来超过百分之百" in looked.text


def test_the_empty_list_has_a_line_for_every_community_and_comes_in_as_it_is(client: TestClient, here: str) -> None:
    text = client.get(f"{here}/cases/draw/present.csv").content.decode("utf-8-sig")
    assert text.splitlines() == [
        "户编号,社区代码,网格,成年人数,门牌",
        "001-0001,110101000001,110101000001-01,2,示例路 1 号 1 单元 101 室",
        "002-0001,110101000002,110101000002-01,2,示例路 1 号 1 单元 101 室",
    ]
    assert "名单 2 户，抽 2 户" in bring(client, f"{here}/cases/draw", text, size="2", reserves="0").text


def test_a_list_without_adults_says_that_they_are_asked(client: TestClient, here: str, database: Database) -> None:
    page = bring(client, f"{here}/cases/draw", a_list(adults=False)).text
    assert "名单没有成年人数，开始以后在问卷最前面问" in page
    confirm(client, f"{here}/cases/draw", page)
    with database.reading.begin() as session:
        assert {len(case.stages) for case in cases(session)} == {1}


def test_reserves_are_released_in_order_with_new_probabilities(
    client: TestClient, here: str, database: Database, world: World
) -> None:
    drawn(client, here)
    page = get(client, f"{here}/field/reserves")
    assert "备用样本只在调查中放出" in page
    token = csrf(page)
    address = f"{here}/field/reserves/110101000001"
    early = client.post(address, data={"csrf": token, "replicate": "1"}, headers=HTML)
    assert early.status_code == 409
    with database.writing.begin() as session:
        session.execute(update(Wave).values(state=WaveState.OPEN))
        before = {case.number: case.inclusion_probability for case in cases(session)}
    assert client.post(address, data={"csrf": token, "replicate": "2"}, headers=HTML).status_code == 409
    led = client.post(address, data={"csrf": token, "replicate": "1"}, follow_redirects=False)
    assert led.headers["location"].endswith("released=5")
    assert "放出 5 户" in get(client, led.headers["location"])
    assert client.post(address, data={"csrf": token, "replicate": "1"}, headers=HTML).status_code == 409
    with database.reading.begin() as session:
        found = cases(session)
        assert len(found) == 35
        assert Counter(case.reserve_replicate for case in found) == {0: 30, 1: 5}
        by_list = Counter(case.stratum for case in found)
        for case in found:
            household = case.stages[0]
            assert household["sampled"] == by_list[case.stratum]
            assert household["probability"] == pytest.approx(by_list[case.stratum] / household["population"])
            assert case.inclusion_probability == pytest.approx(math.prod(one["probability"] for one in case.stages))
            if case.area_id == world.community_ids[1]:  # nothing was released there
                assert case.inclusion_probability == before[case.number]
        # What the weights add up to is what the list has: 100 and 50 households.
        for area_id, households in zip(world.community_ids, (100, 50), strict=True):
            weights = [1 / case.stages[0]["probability"] for case in found if case.area_id == area_id]
            assert sum(weights) == pytest.approx(households)


def test_of_two_who_release_at_once_one_does(client: TestClient, here: str, database: Database, world: World) -> None:
    drawn(client, here)
    with database.writing.begin() as session:
        session.execute(update(Wave).values(state=WaveState.OPEN))

    def release() -> int:
        with database.writing.begin() as session:
            return reserves.release(
                session, world.survey_id, world.wave_id, world.community_ids[0], 1, at=NOW, by=SERVICE
            )

    assert release() == 5
    with pytest.raises(reserves.NoReserves):
        release()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(4, 40), min_size=1, max_size=6),
    st.integers(0, 3),
    st.integers(0, 2**31 - 1),
    st.data(),
)
def test_every_draw_represents_its_list(grids: list[int], spare: int, seed: int, data: st.DataObject) -> None:
    from uuid import UUID

    area = UUID(int=1)
    units = tuple(f"{grid}-{one}" for grid, size in enumerate(grids) for one in range(size))
    households = Households(
        units=units,
        communities=(area,) * len(units),
        grids=tuple(unit.partition("-")[0] for unit in units),
        adults=None,
    )
    size = data.draw(st.integers(2 * len(grids), len(units)))
    wanted = Wanted(aim=Aim.SIZE, size=size, shared_out=SharedOut.PROPORTIONAL)
    sizes = sizes_of(households, wanted, Expected(response_rate=1.0))
    modes = {Mode.PAPER: 0.4, Mode.WEB_INVITED: 0.6}
    found = draw(households, Drawing(sizes=sizes, reserves=spare, reserve_share=0.25, modes=modes, seed=seed))
    main = [one for one in found if one.replicate == 0]
    assert len(main) == size
    assert len({one.psu for one in found}) == len(found)  # nobody twice, in sample and reserves
    assert sum(1 / one.inclusion_probability for one in main) == pytest.approx(len(units))
    assert min(Counter(one.stratum for one in main).values()) >= 2
    paper = sum(one.first_mode is Mode.PAPER for one in main)
    assert abs(paper - 0.4 * size) < 1
