"""The page of a wave's analysis plan: what it shows before and after the lock, and how a plan is changed on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import update
from sqlalchemy.orm import Session

from analysis.case_columns import Labels, PopulationRegister
from analysis.results import PublicationRule
from survey_service.analyses import kept_plans, plan_history, plan_review, plan_values
from survey_service.analyses.plan_history import plan_of_wave
from survey_service.analyses.plans import KnownPopulation
from survey_service.analyses.wave_analysis import WaveToAnalyse, columns_and_register
from survey_service.database import Database
from survey_service.models import KeptPlan, Wave, WaveState
from survey_service.releases import review
from tests.service.signed_in import csrf, get, post, sign_in
from tests.service.test_estimates import FIRST, SECOND
from tests.service.test_opening_figures import HERE, closed, reviewed
from tests.service.world import QUESTIONNAIRE, World

__all__ = ["closed", "reviewed"]
PLAN = f"{HERE}/plan"
AGES, SEXES = ("18-44", "45-59", "60+"), ("female", "male")
REGISTER = PopulationRegister(
    adults={FIRST: 600.0, SECOND: 400.0},
    cells={
        (code, age, sex): persons / 6
        for code, persons in ((FIRST, 600.0), (SECOND, 400.0))
        for age in AGES
        for sex in SEXES
    },
    age_groups=AGES,
    sexes=SEXES,
)
BOXES = {
    "by": "boxes",
    "margins": "city",
    "least": "20",
    "trimming": "5",
    "pooled": "4",
    "level": "95",
    "interval": "korn_graubard",
    "reliability": PublicationRule().reliability.value,
}
Counted = Callable[..., None]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """The city with a register, and who answered with age and sex; ``missing``: how many gave no age."""

    def arrange(register: PopulationRegister | None = REGISTER, missing: int = 0) -> None:
        def given(session: Session, survey_id: UUID, wave_id: UUID, folder: Path | None = None) -> WaveToAnalyse:
            found = columns_and_register(session, survey_id, wave_id, folder)
            count = len(found.wave.columns.respondents)
            ages = [None] * missing + [AGES[(row // 2) % 2] for row in range(count - missing)]
            groups = {
                "age": Labels.of(ages, names=AGES),
                "sex": Labels.of([SEXES[row % 2] for row in range(count)], names=SEXES),
            }
            wave = replace(found.wave, columns=replace(found.wave.columns, groups=groups))
            known = KnownPopulation(register=register, kind="usual_residents", as_of="2026-05-31", lower_age=18)
            return replace(found, wave=wave, population=known, plan=plan_of_wave(session, wave, known))

        for module in (plan_review, review):
            monkeypatch.setattr(module, "columns_and_register", given)

    return arrange


def open_figures(client: TestClient) -> None:
    page = get(client, f"{HERE}/estimates")
    assert post(client, f"{HERE}/estimates/open", {}, token=csrf(page)).status_code == 303


def words(page: str) -> str:
    """What can be read, tags left out."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def hidden(page: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1].replace("&#34;", '"').replace("&quot;", '"')


def propose(client: TestClient, boxes: Mapping[str, str | list[str]], status: int = 200) -> str:
    given = {**boxes, "csrf": csrf(get(client, PLAN))}
    answer = client.post(PLAN, data=given, headers={"Accept": "text/html"})
    assert answer.status_code == status, answer.text
    return answer.text


def kept(database: Database, world: World) -> list[KeptPlan]:
    with database.reading.begin() as session:
        found = list(kept_plans.kept(session, world.survey_id, world.wave_id))
        session.expunge_all()
        return found


def test_the_page_without_a_register_says_why_and_the_way_out(client: TestClient, closed: World) -> None:
    sign_in(client, "statistician")
    page = words(get(client, PLAN))
    assert "没有按人口校准" in page
    assert "无应答调整" in page
    assert "校准前" not in page


def test_respondents_stand_against_the_register_before_and_after(
    client: TestClient, closed: World, counted: Counted
) -> None:
    counted(missing=2)
    sign_in(client, "statistician")
    page = words(get(client, PLAN))
    for said in ("各社区成年人口", "全市年龄乘性别", "2 人没有填年龄", "常住人口，2026-05-31，18 岁起", "合在一起的类"):
        assert said in page, said
    # 600 of 1,000 live in the first community, six of twelve answered there, and every case had the same chance.
    assert re.search(r"6 人口 60\.00 不加权 50\.00 校准前 50\.00 校准后 60\.00 校准前差 -10\.00", page), page
    steps = re.findall(r"(抽中概率|无应答调整|人口校准|权数截断) .{1,60}? Kish ([\d.]+)", page)
    assert [name for name, _ in steps][:3] == ["抽中概率", "无应答调整", "人口校准"]
    assert float(steps[1][1]) == 1.0 < float(steps[2][1])


def test_before_the_lock_nothing_is_computed_from_an_indicator(
    client: TestClient, closed: World, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("figures before anybody opened them")

    counted()
    monkeypatch.setattr(plan_values, "run", forbidden)
    sign_in(client, "statistician")
    page = re.sub(r"<select.*?</select>", "", get(client, PLAN), flags=re.DOTALL)  # which offer names for tests
    propose(client, BOXES | {"trimming": "3"})
    for figure in (*(one.name.zh for one in QUESTIONNAIRE.indicators), "敏感性：全市"):
        assert figure not in page, figure


def test_after_the_lock_headline_rates_stand_under_every_step(
    client: TestClient, reviewed: World, counted: Counted
) -> None:
    counted()
    sign_in(client, "statistician")
    open_figures(client)
    page = words(get(client, PLAN))
    # 9 of 12 know: 5 of 6 (cases 0-5 but the fourth) and 4 of 6; the register weighs the first community more.
    found = re.search(r"知晓率 % 按方案 ([\d.]+) 不加权 ([\d.]+) 只按抽中概率 ([\d.]+) 校准以前 ([\d.]+)", page)
    assert found is not None, page
    assert found[2] == found[3] == found[4] == "75.0"
    assert found[1] != "75.0"


def test_opening_keeps_the_plan(client: TestClient, database: Database, reviewed: World) -> None:
    sign_in(client, "statistician")
    assert "默认方案，没有人改过" in words(get(client, PLAN))
    open_figures(client)
    assert [(one.number, one.after_lock) for one in kept(database, reviewed)] == [(1, False)]
    assert "第 1 版" in words(get(client, PLAN))


def test_a_change_is_looked_at_and_then_stored(
    client: TestClient, database: Database, closed: World, counted: Counted
) -> None:
    counted()
    sign_in(client, "statistician")
    page = propose(client, BOXES | {"margins": "communities", "trimming": "", "groups": ["sex", "age"], "level": "90"})
    said = words(page[page.index('id="proposed"') : page.index('id="weights"')])
    assert "全市年龄乘性别（每类至少 20 份） → 各社区成年人口（每类至少 1 份）" in said
    for change in ("5 倍的截到这里 → 不截断", "没有 → 年龄；性别", "95% → 90%"):
        assert change in said, change
    assert "误差大的数字" not in said  # as it was
    assert kept(database, closed) == []
    given = {name: hidden(page, name) for name in ("before", "plan")}
    assert post(client, f"{PLAN}/change", given, token=csrf(page)).status_code == 303
    [stored] = kept(database, closed)
    plan = plan_history.of_text(stored.text)
    assert (len(plan.calibration.margins), plan.trimming.median_multiple, plan.level) == (1, None, 0.9)
    assert list(plan.groups) == ["age", "sex"]
    after = get(client, PLAN)
    assert "默认方案" not in after
    # Nobody overwrites it from a page that shows the one before.
    refused = post(client, f"{PLAN}/change", given, token=csrf(page))
    assert refused.status_code == 409
    assert "刚刚被别人改过" in refused.text
    assert len(kept(database, closed)) == 1


def test_after_the_lock_the_page_asks_why(
    client: TestClient, database: Database, reviewed: World, counted: Counted
) -> None:
    counted()
    sign_in(client, "statistician")
    open_figures(client)
    page = propose(client, BOXES | {"level": "99"})
    assert 'name="reason"' in page
    given = {name: hidden(page, name) for name in ("before", "plan")}
    refused = post(client, f"{PLAN}/change", given, token=csrf(page))
    assert refused.status_code == 422
    assert "改分析方案要写明原因" in refused.text
    assert 'name="plan"' in refused.text  # what was to be changed is still there
    assert post(client, f"{PLAN}/change", given | {"reason": "区间要更稳"}, token=csrf(page)).status_code == 303
    assert [(one.number, one.reason) for one in kept(database, reviewed)][1:] == [(2, "区间要更稳")]
    assert "区间要更稳" in get(client, PLAN)


def test_a_released_wave_offers_no_change(client: TestClient, database: Database, reviewed: World) -> None:
    sign_in(client, "statistician")
    open_figures(client)
    with database.writing.begin() as session:
        session.execute(update(Wave).values(state=WaveState.RELEASED))
    page = get(client, PLAN)
    assert "已经发布，分析方案不能再改" in page
    assert 'id="change"' not in page


@pytest.mark.parametrize(
    ("box", "typed", "told"),
    [
        ("least", "0", "写 1 以上的整数"),
        ("least", "2.5", "写 1 以上的整数"),
        ("trimming", "1", "写大于 1 的数"),
        ("trimming", "许多", "写大于 1 的数"),
        ("level", "100", "写 50 到 100 之间的数"),
        ("level", "nan", "写 50 到 100 之间的数"),
        ("margins", "everything", "请选一项"),
        ("interval", "woodruff", "请选一项"),
    ],
)
def test_what_is_wrong_stands_beside_its_box(
    client: TestClient, closed: World, counted: Counted, box: str, typed: str, told: str
) -> None:
    counted()
    sign_in(client, "statistician")
    page = propose(client, BOXES | {box: typed}, 422)
    assert f'id="{box}-fault">{told}' in page
    assert 'name="plan"' not in page


def test_a_plan_that_cannot_be_carried_out_is_told_in_place_and_not_stored(
    client: TestClient, database: Database, closed: World, counted: Counted
) -> None:
    """The register has nobody of the ages that answered in the second community."""
    cells = {key: 0.0 if key[:2] == (SECOND, "18-44") else 400 / 4 for key in REGISTER.cells if key[0] == SECOND}
    counted(replace(REGISTER, cells={**REGISTER.cells, **cells}))
    sign_in(client, "statistician")
    page = propose(client, BOXES | {"margins": "within_communities", "least": "1"})
    told = words(page[page.index('id="proposed"') : page.index('id="weights"')])
    assert "按这个方案算不出权数" in told
    assert "文昌阁社区，18–44 岁”的人口数是 0，却有 2 份答卷。 请地区管理员核对人口数" in told
    assert 'name="plan"' not in page
    assert kept(database, closed) == []


def test_when_the_register_is_gone_the_page_says_what_to_do(
    client: TestClient, database: Database, reviewed: World, counted: Counted
) -> None:
    counted()
    sign_in(client, "statistician")
    page = propose(client, BOXES | {"margins": "communities"})
    given = {name: hidden(page, name) for name in ("before", "plan")}
    post(client, f"{PLAN}/change", given, token=csrf(page))
    counted(register=None)
    page = words(get(client, PLAN))
    assert "方案要按人口校准，但现在没有能用的人口数" in page
    assert "请地区管理员导入" in page
    assert "无应答调整" in page  # what came before is shown all the same
    # The page of figures leads here instead of failing.
    answer = client.get(f"{HERE}/estimates", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, PLAN)


def test_the_plan_is_a_file_to_take_away_and_to_hand_in(
    client: TestClient, database: Database, closed: World, counted: Counted
) -> None:
    counted()
    sign_in(client, "statistician")
    answer = client.get(f"{PLAN}.yaml")
    assert answer.headers["content-disposition"].startswith("attachment")
    text = answer.text
    assert "format: 2\nunit: adult\n" in text
    assert "\n    - of: community\n      within: city\n" in text
    same = upload(client, text.encode())
    assert "和现在的方案一样，没有改动" in same.text
    page = upload(client, text.replace("lonely_psu: adjust", "lonely_psu: average").encode()).text
    assert "与总平均比较 → 取其他层的平均方差" in words(page)
    given = {name: hidden(page, name) for name in ("before", "plan")}
    assert post(client, f"{PLAN}/change", given, token=csrf(page)).status_code == 303
    assert plan_history.of_text(kept(database, closed)[0].text).variance.lonely_psu.value == "average"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"format: 2\nunit: person\n", "“unit”不能是 &#39;person&#39;，只能是 adult, household 之一。"),
        (b"format: 2\nweights: none\n", "“weights”：没有这一项"),
        (
            b"format: 2\ngroups: [class]\n",
            "“groups”不能是 &#39;class&#39;，只能是 age, sex, mode，或者 question:&lt;id&gt;",
        ),
        (b"format: 2\ngroups: [age, age]\n", "“groups”最多写 6 项，不能重复"),
        (b"format: 2\ngroups: ['question:q99']\n", "问卷里没有这个指标、这道题：question:q99"),
        (b"format: 1\n", "“format”要写 2，不能是 1"),
        (b"format: 2\nlevel: high\n", "“level”要写 float 类型的值"),
        (b"format: 2\nlevel: 1.5\n", "置信水平写 0 到 1 之间的小数，不能是 1.5"),
        (b"format: 2\nindicators:\n  - happiness\n", "问卷里没有这个指标、这道题：happiness"),
        (b"format: 2\n  unit: adult\n", "第 2 行不是规范的 YAML"),
        (b"a: &x 1\nb: *x\n", "第 2 行不是规范的 YAML"),
        (b"\xff\xfe", "第 1 行不是规范的 YAML"),
        (b"", "第 1 行不是规范的 YAML"),
    ],
)
def test_a_file_that_is_no_plan_is_told_about(
    client: TestClient, database: Database, closed: World, content: bytes, told: str
) -> None:
    sign_in(client, "statistician")
    answer = upload(client, content)
    assert answer.status_code == 422
    assert told in answer.text
    assert kept(database, closed) == []


def upload(client: TestClient, content: bytes) -> Response:
    token = csrf(get(client, PLAN))
    return client.post(
        PLAN,
        data={"by": "file", "csrf": token},
        files={"file": ("plan.yaml", content, "application/yaml")},
        headers={"Accept": "text/html"},
    )


def test_an_open_wave_shows_no_plan(client: TestClient, world: World) -> None:
    sign_in(client, "statistician")
    assert client.get(PLAN, headers={"Accept": "text/html"}).status_code == 404


def test_the_ways_to_the_page(client: TestClient, closed: World) -> None:
    sign_in(client, "statistician")
    for page in (HERE, f"{HERE}/estimates"):
        assert f'href="{PLAN}"' in get(client, page), page
