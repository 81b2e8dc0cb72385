"""What law asks beside the number: which kind of survey it is, who may read it, whether anybody abroad is behind it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from questionnaires.formalities import Circulation, LegalKind
from questionnaires.model import Header
from questionnaires.readiness import effective_header
from reports.wording import facts
from survey_service.database import Database
from survey_service.models import Wave
from tests.programmes import programme
from tests.service.signed_in import get, post, sign_in
from tests.service.test_planning_waves import HEADER, HERE, Q4, WAVE, send, stored
from tests.service.test_planning_waves import version as version
from tests.service.world import World

FREE = "自愿。"
ASKED = "这是依统计法批准的统计调查，请如实回答。答不上来的题可以跳过。"


def test_a_wave_with_somebody_abroad_behind_it_does_not_open(
    client: TestClient, world: World, database: Database, version: str
) -> None:
    sign_in(client, "manager")
    given: dict[str, Any] = {**WAVE, **HEADER, "version": version, "legal_kind": "local", "circulation": "internal"}
    send(client, HERE, given)
    assert "没有写明有没有境外的人委托" in get(client, Q4)
    assert f'href="{Q4}/steps/open"' in get(client, Q4)  # a reminder does not block
    send(client, f"{Q4}/edit", {**given, "from_abroad": "yes"})
    page = get(client, Q4)
    assert "没有写明有没有境外的人委托" not in page
    assert "这是涉外调查" in page
    assert f'href="{Q4}/edit#from_abroad"' in page
    assert post(client, f"{Q4}/steps/open").status_code == 409
    send(client, f"{Q4}/edit", {**given, "from_abroad": "no"})
    assert stored(database, world).header == {
        **HEADER,
        "legal_kind": "local",
        "circulation": "internal",
        "from_abroad": "no",
    }
    assert post(client, f"{Q4}/steps/open").status_code == 303


def test_what_was_chosen_stands_in_the_form_and_the_answer_about_abroad_is_not_copied(
    client: TestClient, world: World, version: str
) -> None:
    sign_in(client, "manager")
    send(client, HERE, {**WAVE, **HEADER, "version": version, "legal_kind": "poll", "from_abroad": "no"})
    assert '<option value="poll" selected>' in get(client, f"{Q4}/edit")
    assert '<option value="no" selected>' in get(client, f"{Q4}/edit")
    copied = get(client, f"{HERE}/new?copy=2026Q4")
    assert '<option value="poll" selected>' in copied
    assert '<option value="no" selected>' not in copied


def test_what_is_not_on_the_list_is_refused(client: TestClient, world: World, version: str) -> None:
    sign_in(client, "manager")
    names = ("legal_kind", "circulation", "from_abroad")
    answer = send(client, HERE, {**WAVE, "version": version, **dict.fromkeys(names, "banana")})
    assert answer.status_code == 422
    for name in names:
        assert re.search(rf'id="fault-{name}">请从列出的几项里选。', answer.text), name


def test_whose_surveys_the_statistics_law_asks_answers_for() -> None:
    asked = {kind for kind in LegalKind if kind.statutory}
    assert asked == {LegalKind.NATIONAL, LegalKind.DEPARTMENT, LegalKind.LOCAL}


@pytest.mark.parametrize(
    ("kind", "told", "named"),
    [
        ("", FREE, None),
        ("poll", FREE, "民意调查"),
        ("local", ASKED, "地方统计调查"),
    ],
)
def test_what_a_resident_is_told_of_being_free_follows_from_the_kind(
    client: TestClient, world: World, database: Database, kind: str, told: str, named: str | None
) -> None:
    with database.writing.begin() as session:
        header = {**HEADER, "legal_kind": kind} if kind else HEADER
        session.execute(update(Wave).where(Wave.id == world.wave_id).values(header=header))
    page = client.get(f"/a/{world.open_codes[0]}").text
    assert [text in page for text in (FREE, ASKED)] == [told == FREE, told == ASKED]
    assert ("<dt>调查性质</dt>" in page) == (named is not None)
    assert named is None or f"<dd>{named}</dd>" in page


def test_the_file_counts_before_the_wave() -> None:
    city = programme("civilized_city")
    wave = Header(legal_kind=LegalKind.POLL, circulation=Circulation.PUBLIC)
    assert effective_header(city, wave).legal_kind is LegalKind.POLL
    own = replace(city, header=Header(legal_kind=LegalKind.LOCAL, circulation=Circulation.INTERNAL))
    found = effective_header(own, wave)
    assert (found.legal_kind, found.circulation) == (LegalKind.LOCAL, Circulation.INTERNAL)


def test_reports_print_what_is_stated_and_nothing_else() -> None:
    class Imprint:
        header = Header(form_number="甲 1 表")

    def lines(header: Header, language: str) -> dict[str, str]:
        Imprint.header = header
        return dict(facts.statutory(Imprint(), language))  # type: ignore[arg-type] # the header is all it reads

    assert list(lines(Imprint.header, "zh").values()) == ["甲 1 表"]
    stated = Header(form_number="甲 1 表", legal_kind=LegalKind.LOCAL, circulation=Circulation.INTERNAL)
    assert lines(stated, "zh") == {"表　　号": "甲 1 表", "调查性质": "地方统计调查", "公开范围": "内部"}
    assert lines(stated, "en")["Circulation"] == "Internal"
