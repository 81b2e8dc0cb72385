"""Tests and models of a plan on its page: added, changed, left out, refused beside their field, looked at first."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from analysis.plan import MOST_PREDICTORS, MOST_TESTS, AnalysisPlan, KindOfTest, PlanError, PlannedTest, to_document
from analysis.plan import from_document as plan_of
from survey_service.analyses import plan_tests, plan_tests_form
from survey_service.analyses.plan_history import of_text
from survey_service.analyses.plan_problems import unreadable
from survey_service.analyses.plan_shown import MOST_BY, FilledTest, TestChoices
from survey_service.analyses.wave_analysis import columns_and_register
from survey_service.database import Database
from tests.service.signed_in import get, post, sign_in
from tests.service.test_opening_figures import HERE, closed
from tests.service.test_opening_figures import reviewed as under_review
from tests.service.test_plan_pages import BOXES, PLAN, hidden, kept, open_figures, propose, words
from tests.service.world import World

__all__ = ["closed", "under_review"]
NONE = BOXES | {"margins": "none"}
CROSSTAB = PlannedTest(kind=KindOfTest.CROSSTAB, outcome="overall", by=("know",))
MODEL = PlannedTest(kind=KindOfTest.LOGISTIC, outcome="awareness", by=("know", "overall"))


def rows(*given: FilledTest) -> dict[str, str | list[str]]:
    """As the page sends them: an empty row at the end."""
    sent: dict[str, str | list[str]] = {"tests": str(len(given) + 1)}
    for place, one in enumerate((*given, FilledTest())):
        sent |= {f"tests-{place}-kind": one.kind, f"tests-{place}-outcome": one.outcome}
        sent[f"tests-{place}-by"] = [*one.by, ""]
        if one.dropped:
            sent[f"tests-{place}-dropped"] = "1"
    return sent


def row(one: PlannedTest, **other: object) -> FilledTest:
    [filled] = plan_tests_form.filled([one])
    return replace(filled, **other)  # type: ignore[arg-type]


def chosen(page: str, name: str) -> list[str]:
    """What stands in the boxes of a name."""
    boxes = re.findall(rf'<select id="[^"]*" name="{name}".*?</select>', page, flags=re.DOTALL)
    return [next(iter(re.findall(r'value="([^"]*)" selected', one)), "") for one in boxes]


def store(client: TestClient, page: str) -> None:
    given = {"before": hidden(page, "before"), "plan": hidden(page, "plan"), "reason": "加一项检验"}
    assert post(client, f"{PLAN}/change", given, token=hidden(page, "csrf")).status_code == 303


def test_one_is_added_changed_and_left_out(client: TestClient, database: Database, closed: World) -> None:
    sign_in(client, "statistician")
    assert "加一项检验或模型" in get(client, PLAN)
    page = propose(client, NONE | rows(row(CROSSTAB), row(MODEL)))
    said = "列联表（Rao–Scott 检验）：总体满意，按 知道创建；logistic 回归：知晓率，按 知道创建、总体满意"
    assert f"没有 → {said}" in words(page)
    assert chosen(page, "tests-1-by") == ["know", "overall", ""]  # one more than are filled
    assert chosen(page, "tests-2-kind") == [""]
    assert not kept(database, closed), "looked at, and not stored"
    store(client, page)
    page = get(client, PLAN)
    assert f"另做的检验和模型 {said}" in words(page)
    assert chosen(page, "tests-0-outcome") == ["overall"]
    page = propose(client, NONE | rows(row(CROSSTAB, dropped=True), row(MODEL, by=("overall",))))
    assert "→ logistic 回归：知晓率，按 总体满意" in words(page)
    store(client, page)
    assert of_text(kept(database, closed)[-1].text).tests == (replace(MODEL, by=("overall",)),)


def test_the_words_of_a_change_are_english_where_the_page_is(client: TestClient, closed: World) -> None:
    sign_in(client, "statistician")
    client.cookies.set("language", "en")
    page = words(propose(client, NONE | rows(row(CROSSTAB))))
    assert "none → crosstab with the Rao-Scott test: Overall by Knows" in page
    assert "Leave this one out" in page


def test_after_the_figures_were_opened_a_reason_is_asked_for(client: TestClient, under_review: World) -> None:
    sign_in(client, "statistician")
    open_figures(client)
    page = propose(client, NONE | rows(row(CROSSTAB)))
    assert 'name="reason"' in page
    given = {"before": hidden(page, "before"), "plan": hidden(page, "plan"), "reason": ""}
    again = post(client, f"{PLAN}/change", given, token=hidden(page, "csrf"))
    assert again.status_code == 422
    assert chosen(again.text, "tests-0-kind") == ["crosstab"]
    store(client, page)
    shown = words(get(client, f"{HERE}/estimates/questions"))
    assert "列联表（Rao–Scott 检验）：总体满意，按知道创建" in shown


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        (FilledTest(outcome="awareness", by=("know",)), "kind", "请选做哪一种"),
        (FilledTest(kind="trend", by=("know",)), "outcome", "请选看的是哪一项"),
        (row(MODEL, outcome="nobody"), "outcome", "请选看的是哪一项"),
        (row(MODEL, by=()), "by", "请至少选一项"),
        (row(CROSSTAB, outcome="awareness"), "outcome", "列联表看的是一道单选题"),
        (row(MODEL, outcome="overall", by=("know",)), "outcome", "这一种看的是指标"),
        (row(CROSSTAB, by=("overall",)), "by", "同一项选了两次"),
        (row(CROSSTAB, by=("know", "aspects.lanes")), "by", "这一种只按一项分"),
        (FilledTest(kind="difference", outcome="awareness", by=("overall",)), "by", "这一项有 3 类"),
        (FilledTest(kind="logistic", outcome="score", by=("know",)), "outcome", "只用于是或否的指标"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    client: TestClient, closed: World, given: FilledTest, field: str, said: str, offered: TestChoices
) -> None:
    found, faults = plan_tests_form.read([row(CROSSTAB), given], (), offered)
    assert found == (CROSSTAB,)
    assert list(faults) == [f"tests-1-{field}"]
    assert said in faults[f"tests-1-{field}"].zh
    assert faults[f"tests-1-{field}"].in_language("en") != faults[f"tests-1-{field}"].zh
    if field == "by":
        sign_in(client, "statistician")
        page = propose(client, NONE | rows(row(CROSSTAB), given), 422)
        assert re.search(r'<select id="tests-1-by" name="tests-1-by" aria-invalid="true"[^>]*tests-1-by-fault', page)
        assert f'<span class="fault" id="tests-1-by-fault">{faults["tests-1-by"].zh}' in page
        assert chosen(page, "tests-0-kind") == ["crosstab"]


@pytest.fixture
def offered(database: Database, closed: World) -> TestChoices:
    """With an indicator that is no yes or no."""
    with database.reading.begin() as session:
        found = plan_tests.choices(columns_and_register(session, closed.survey_id, closed.wave_id))
    assert found.yes_no == {"awareness", "satisfaction"}
    assert found.classes["overall"] == 3  # 说不清 is none
    return replace(found, indicators=(*found.indicators, replace(found.indicators[0], value="score")))


def test_the_same_twice_is_refused_and_what_the_plan_has_stays(offered: TestChoices) -> None:
    _, faults = plan_tests_form.read([row(MODEL), row(MODEL)], (), offered)
    assert faults["tests-1-kind"].zh == "上面已经有一样的一项。"
    strange = PlannedTest(kind=KindOfTest.DIFFERENCE, outcome="awareness", by=("overall",))
    assert plan_tests_form.read([row(strange), FilledTest()], (strange,), offered) == ((strange,), {})


def test_a_plan_has_a_limit_of_tests() -> None:
    one = {"kind": "trend", "outcome": "a", "by": ["age"]}
    many = [{**one, "outcome": f"a{number}"} for number in range(MOST_TESTS + 1)]
    plain = to_document(AnalysisPlan())
    assert len(plan_of({**plain, "tests": many[1:]}).tests) == MOST_TESTS
    with pytest.raises(PlanError, match=f"at most {MOST_TESTS}") as error:
        plan_of({**plain, "tests": many})
    assert f"最多写 {MOST_TESTS} 项" in unreadable(error.value).zh


def test_rows_have_as_many_boxes_as_a_model_may_have_predictors() -> None:
    assert MOST_BY == MOST_PREDICTORS
    assert len(FilledTest(by=tuple("abcdefgh")).boxes) == MOST_BY
    assert FilledTest().boxes == ("", "")
