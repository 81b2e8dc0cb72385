"""Residents' words: who reads which, what is struck, what may be chosen, and what stands in the log."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response as Reply
from sqlalchemy import func, select, update

from survey_service import audit
from survey_service.audit.chain import verify
from survey_service.database import Database
from survey_service.models import (
    AuditEntry,
    Capture,
    Mode,
    Remark,
    RemarkState,
    RemarkStrike,
    RemarkTheme,
    Response,
    Wave,
    WaveState,
)
from survey_service.settings import Settings
from tests.service.remarked_city import HERE, IDENTIFYING, WORDS, build_remarked, response_of
from tests.service.signed_in import get, post, sign_in
from tests.service.world import World, once

THEMES = "/surveys/satisfaction/remark-themes"
PLAIN = "多划一些停车位"


@pytest.fixture
def world(database: Database, settings: Settings) -> World:
    secret = settings.secret_key.get_secret_value()
    return once(database, f"remarks {secret}", lambda: build_remarked(database, secret))


@pytest.fixture
def reader(client: TestClient) -> TestClient:
    sign_in(client, "statistician")
    assert post(client, THEMES, {"act": "begin"}).status_code == 303
    return client


def step(client: TestClient, database: Database, text: str, act: str, **more: object) -> Reply:
    where = f"{HERE}/wish/{response_of(database, text)}"
    return post(client, where, {"act": act, **more})  # type: ignore[dict-item]


def judged(database: Database, text: str) -> Remark | None:
    with database.reading.begin() as session:
        found = session.scalars(select(Remark).where(Remark.response_id.in_([_uuid(database, text)]))).one_or_none()
        if found is not None:
            session.expunge(found)
        return found


def _uuid(database: Database, text: str) -> object:
    from uuid import UUID

    return UUID(response_of(database, text))


def words_on(page: str) -> list[str]:
    """The answers of a page, marks and all taken off."""
    return [re.sub(r"<[^>]+>", "", one) for one in re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", page, re.DOTALL)]


@pytest.mark.both_databases
def test_whoever_reviews_reads_the_words_of_their_areas(client: TestClient, world: World) -> None:
    sign_in(client, "statistician")
    everything = get(client, HERE)
    assert len(words_on(everything)) == len(WORDS) + 3
    assert IDENTIFYING in words_on(everything)
    assert "万寿桥社区" in everything
    assert "9" + "00" not in re.sub(r"<[^>]+>", "", everything)
    sign_in(client, "second")
    mine = words_on(get(client, HERE))
    assert sorted(mine) == sorted(["少放点音乐", "电梯常坏"])
    for role in ("manager", "leader", "keyer", "interviewer", "administrator"):
        sign_in(client, role)
        assert client.get(HERE).status_code == 403


def test_an_answer_of_another_area_is_nobodys(client: TestClient, database: Database, world: World) -> None:
    sign_in(client, "second")
    assert step(client, database, PLAIN, "read").status_code == 404
    assert judged(database, PLAIN) is None
    assert client.get(f"{HERE}?question=know").status_code == 404
    assert client.get(f"{HERE}?theme=99").status_code == 404


def test_words_are_read_once_the_wave_is_closed(client: TestClient, database: Database, world: World) -> None:
    with database.writing.begin() as session:
        session.execute(update(Wave).values(state=WaveState.OPEN))
    sign_in(client, "statistician")
    assert "截止以后" in get(client, HERE, status=404)


@pytest.mark.both_databases
@pytest.mark.parametrize("typed", ["abc停车", "ＡＢＣ停车", "ABC停车"])
def test_search_folds_wide_forms_and_case(reader: TestClient, typed: str) -> None:
    assert words_on(get(reader, f"{HERE}?q={typed}")) == ["ＡＢＣ停车场收费太贵"]
    assert "1 条" in get(reader, f"{HERE}?q={typed}")


def test_a_phone_number_in_wide_digits_is_found_by_narrow_ones(reader: TestClient) -> None:
    assert words_on(get(reader, f"{HERE}?q=13812345678")) == [IDENTIFYING]


@pytest.mark.both_databases
def test_lists_are_cut_by_theme_area_and_state(reader: TestClient, database: Database, world: World) -> None:
    assert step(reader, database, PLAIN, "theme-2").status_code == 303
    assert step(reader, database, "电梯常坏", "left").status_code == 303
    assert words_on(get(reader, f"{HERE}?theme=2")) == [PLAIN]
    assert PLAIN not in words_on(get(reader, f"{HERE}?theme=none"))
    assert words_on(get(reader, f"{HERE}?stand=left")) == ["电梯常坏"]
    assert len(words_on(get(reader, f"{HERE}?stand=unread"))) == len(WORDS) + 1
    assert len(words_on(get(reader, f"{HERE}?area=110101000002"))) == 2


def test_what_identifies_is_proposed_and_struck_without_touching_the_answer(
    reader: TestClient, database: Database
) -> None:
    page = get(reader, f"{HERE}?q=王小明")
    for part in ("王小明", "3栋2单元501室", "１３８１２３４５６７８"):
        assert f"<mark>{part}</mark>" in page
    assert step(reader, database, IDENTIFYING, "strike_proposed").status_code == 303
    page = get(reader, f"{HERE}?q=王小明")
    assert "我叫〔略〕，住〔略〕，电话〔略〕，停车太难" in page
    assert "<s>王小明</s>" in page
    with database.reading.begin() as session:
        assert any(IDENTIFYING in one for one in session.scalars(select(Capture.answers)))


def test_a_strike_is_undone_and_stays_in_the_records(reader: TestClient, database: Database) -> None:
    assert step(reader, database, PLAIN, "strike", words="停车").status_code == 303
    assert "多划一些〔略〕位" in get(reader, f"{HERE}?q=停车位")
    assert step(reader, database, PLAIN, "undo").status_code == 303
    assert "〔略〕" not in get(reader, f"{HERE}?q=停车位")
    with database.reading.begin() as session:
        assert [one.undone_at is not None for one in session.scalars(select(RemarkStrike))] == [True]
    assert step(reader, database, PLAIN, "strike", begins="0", ends="2").status_code == 303
    assert "〔略〕一些停车位" in get(reader, f"{HERE}?q=停车位")


@pytest.mark.parametrize(
    "wrong", [{"words": "不在这里"}, {"words": ""}, {"begins": "3", "ends": "99"}, {"begins": "2", "ends": "2"}]
)
def test_nothing_is_struck_that_does_not_stand_there(
    reader: TestClient, database: Database, wrong: dict[str, str]
) -> None:
    assert step(reader, database, PLAIN, "strike", **wrong).status_code == 422
    assert judged(database, PLAIN) is None


@pytest.mark.both_databases
def test_words_are_chosen_after_they_were_read_and_undone(reader: TestClient, database: Database) -> None:
    refused = step(reader, database, PLAIN, "choose", sheet="community")
    assert refused.status_code == 422
    assert "先读" in refused.text
    assert step(reader, database, PLAIN, "read").status_code == 303
    assert step(reader, database, PLAIN, "choose", sheet="street").status_code == 422  # it has no theme yet
    assert step(reader, database, PLAIN, "choose", sheet="community").status_code == 303
    found = judged(database, PLAIN)
    assert found is not None
    assert (found.state, found.on_community, found.on_city) == (RemarkState.CHOSEN, True, False)
    assert step(reader, database, PLAIN, "undo").status_code == 303
    found = judged(database, PLAIN)
    assert found is not None
    assert (found.state, found.on_community) == (RemarkState.READ, False)


def test_nothing_comes_back_to_a_sheet_that_others_have_filled(reader: TestClient, database: Database) -> None:
    """Chosen, left aside, its place given to another: undone, there would be one more than is printed."""
    other = "电梯常坏"
    for text in (PLAIN, other):
        assert step(reader, database, text, "theme-2").status_code == 303
    assert step(reader, database, PLAIN, "choose", sheet="city").status_code == 303
    assert step(reader, database, PLAIN, "left").status_code == 303
    assert step(reader, database, other, "choose", sheet="city").status_code == 303
    refused = step(reader, database, PLAIN, "undo")
    assert refused.status_code == 422
    assert "已经选满" in refused.text
    found = judged(database, PLAIN)
    assert found is not None
    assert (found.state, found.on_city) == (RemarkState.LEFT, False)
    assert step(reader, database, other, "read").status_code == 303
    assert step(reader, database, PLAIN, "undo").status_code == 303
    found = judged(database, PLAIN)
    assert found is not None
    assert (found.state, found.on_city) == (RemarkState.CHOSEN, True)


def test_what_still_identifies_is_chosen_only_by_whoever_says_that_it_does_not(
    reader: TestClient, database: Database
) -> None:
    step(reader, database, IDENTIFYING, "theme-2")
    refused = step(reader, database, IDENTIFYING, "choose", sheet="street")
    assert refused.status_code == 422
    assert "认出人" in refused.text
    assert step(reader, database, IDENTIFYING, "choose", sheet="street", named_nobody="1").status_code == 303
    step(reader, database, IDENTIFYING, "read")
    step(reader, database, IDENTIFYING, "strike_proposed")
    assert step(reader, database, IDENTIFYING, "choose", sheet="street").status_code == 303


def test_a_small_community_prints_no_words_of_its_own(reader: TestClient, database: Database) -> None:
    """Three of the second community answered and two wrote; on the street's sheet they are among fourteen."""
    step(reader, database, "电梯常坏", "theme-3")
    assert step(reader, database, "电梯常坏", "choose", sheet="community").status_code == 422
    assert "3 人答，2 条" in get(reader, f"{HERE}?q=电梯")
    assert step(reader, database, "电梯常坏", "choose", sheet="street").status_code == 303


def test_a_sheet_is_full_and_a_theme_has_one_quote(reader: TestClient, database: Database) -> None:
    for text in WORDS[1:4]:
        step(reader, database, text, "theme-2")
        assert step(reader, database, text, "choose", sheet="community").status_code == 303
    step(reader, database, WORDS[4], "theme-2")
    assert step(reader, database, WORDS[4], "choose", sheet="community").status_code == 422
    assert step(reader, database, WORDS[4], "choose", sheet="city").status_code == 303
    assert step(reader, database, WORDS[1], "choose", sheet="city").status_code == 422
    step(reader, database, WORDS[5], "theme-3")
    assert step(reader, database, WORDS[5], "choose", sheet="city").status_code == 303
    assert step(reader, database, WORDS[5], "theme-2").status_code == 422  # its sheet has words of that theme


def test_what_came_by_an_open_code_is_read_and_never_chosen(reader: TestClient, database: Database) -> None:
    text = "扫码的人说：多种树"
    step(reader, database, text, "theme-1")
    assert step(reader, database, text, "choose", sheet="community").status_code == 422
    assert "开放收集的" in get(reader, f"{HERE}?q=多种树")


def test_whoever_reads_one_community_chooses_for_its_sheet_alone(client: TestClient, database: Database) -> None:
    sign_in(client, "first")
    step(client, database, PLAIN, "read")
    assert step(client, database, PLAIN, "choose", sheet="city").status_code == 422
    assert step(client, database, PLAIN, "choose", sheet="community").status_code == 303
    assert post(client, THEMES, {"act": "begin"}).status_code == 403


def test_two_who_act_at_once_are_told(reader: TestClient, database: Database) -> None:
    assert step(reader, database, PLAIN, "read", seen="0").status_code == 303
    assert step(reader, database, PLAIN, "left", seen="0").status_code == 409
    assert step(reader, database, PLAIN, "left", seen="1").status_code == 303


def test_one_answer_is_sent_alone_to_the_keyboard(reader: TestClient, database: Database) -> None:
    answer = step(reader, database, PLAIN, "theme-2", alone="1")
    assert answer.status_code == 200
    assert words_on(answer.text) == [PLAIN]
    assert "<html" not in answer.text
    refused = step(reader, database, PLAIN, "strike", alone="1", words="没有")
    assert refused.status_code == 422
    assert words_on(refused.text) == [PLAIN]


@pytest.mark.both_databases
def test_every_act_is_in_the_log_and_no_word_of_an_answer(reader: TestClient, database: Database, world: World) -> None:
    for act, more in (
        ("read", {}),
        ("theme-2", {}),
        ("strike", {"words": "停车"}),
        ("undo", {}),
        ("choose", {"sheet": "community"}),
        ("never", {}),
    ):
        assert step(reader, database, PLAIN, act, **more).status_code == 303
    get(reader, HERE)
    get(reader, HERE)
    with database.reading.begin() as session:
        verify(session, str(world.survey_id))
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("remark."))).all()
        assert [one.action for one in entries] == [
            *(f"remark.{one}" for one in ("read", "theme", "struck", "undone", "chosen", "never")),
            "remark.looked_at",
        ]
        assert not any("停" in str(one.detail) for one in entries)


def test_a_signature_stands_for_the_words_of_its_proof(reader: TestClient, database: Database, world: World) -> None:
    def keys() -> tuple[str, str]:
        with database.reading.begin() as session:
            of = (world.survey_id, world.wave_id)
            return audit.rows_key(session, *of), audit.signed_key(session, *of)

    before = keys()
    step(reader, database, PLAIN, "read")
    assert keys() == before
    step(reader, database, PLAIN, "choose", sheet="community")
    after = keys()
    assert after[0] == before[0]
    assert after[1] != before[1]


def test_a_released_wave_is_read_and_no_more(reader: TestClient, database: Database) -> None:
    step(reader, database, PLAIN, "read")
    with database.writing.begin() as session:
        session.execute(update(Wave).values(state=WaveState.RELEASED))
    page = get(reader, HERE)
    assert PLAIN in words_on(page)
    assert 'name="act"' not in page
    assert step(reader, database, PLAIN, "choose", sheet="community").status_code == 409


def test_themes_are_added_renamed_and_retired(reader: TestClient, database: Database) -> None:
    assert post(reader, THEMES, {"act": "add", "zh": "加装电梯", "en": "Lifts"}).status_code == 303
    assert post(reader, THEMES, {"act": "add", "zh": "加装电梯", "en": ""}).status_code == 409
    assert post(reader, THEMES, {"act": "add", "zh": "", "en": ""}).status_code == 422
    assert post(reader, f"{THEMES}/8", {"act": "rename", "zh": "电梯", "en": "Lifts"}).status_code == 303
    step(reader, database, "电梯常坏", "theme-8")
    assert post(reader, f"{THEMES}/8", {"act": "retire"}).status_code == 303
    assert step(reader, database, PLAIN, "theme-8").status_code == 404
    assert "电梯</span>" in get(reader, f"{HERE}?q=电梯常坏")
    assert post(reader, f"{THEMES}/8", {"act": "restore"}).status_code == 303
    assert post(reader, f"{THEMES}/99", {"act": "retire"}).status_code == 404
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(RemarkTheme)) == 8


def test_pages_read_in_english(reader: TestClient) -> None:
    page = get(reader, f"{HERE}?lang=en")
    assert "Residents' words" in page
    assert "Parking" in page
    assert "Themes" in page or "themes" in get(reader, f"{THEMES}?lang=en")


def test_many_answers_are_read_page_by_page(reader: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from survey_service.remarks import pages

    monkeypatch.setattr(pages, "PAGE", 4)
    seen, address = [], HERE
    while address:
        page = get(reader, address)
        seen += words_on(page)
        found = re.search(r'href="(/[^"]+after=[^"]+)"', page)
        address = found.group(1).replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == len(WORDS) + 3


def test_words_are_chosen_of_whom_was_told_that_they_may_be(
    reader: TestClient, database: Database, world: World
) -> None:
    """A wave that began before people were told, and a form on paper: read and given themes, never chosen."""
    response = _uuid(database, PLAIN)
    with database.writing.begin() as session:
        session.execute(update(Response).where(Response.id == response).values(mode=Mode.PAPER))
    assert step(reader, database, PLAIN, "theme-2").status_code == 303
    assert "没有告诉过会引用" in get(reader, f"{HERE}?q={PLAIN}")
    refused = step(reader, database, PLAIN, "choose", sheet="community")
    assert refused.status_code == 422
    assert "没有告诉过写的人会引用" in refused.text
    with database.writing.begin() as session:
        session.execute(update(Response).where(Response.id == response).values(mode=Mode.WEB_INVITED))
        session.execute(update(Wave).values(quotes_told=False))
    assert "这一期没有告诉居民写的话会引用" in get(reader, HERE)
    assert step(reader, database, PLAIN, "choose", sheet="community").status_code == 422
    with database.writing.begin() as session:
        session.execute(update(Wave).values(quotes_told=True))
    assert step(reader, database, PLAIN, "choose", sheet="community").status_code == 303


def test_the_page_of_a_questionnaire_says_that_words_may_be_quoted_where_its_wave_does(
    client: TestClient, database: Database, world: World
) -> None:
    for told in (False, True):
        with database.writing.begin() as session:
            session.execute(update(Wave).values(state=WaveState.OPEN, quotes_told=told))
        page = client.get(f"/a/{world.case_codes[0]}").text
        assert "不公布、不外传任何一个人的答案。" in page
        assert ("报告里可能引用，不留名。" in page) is told
