"""A form of ODK or KoboToolbox becomes a draft on pages, once it was looked at; versions and drafts go out as one."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from questionnaires.canonical import sha256 as fingerprint
from questionnaires.loader import check_bytes
from survey_service.models import QuestionnaireDraft, QuestionnaireVersion
from survey_service.outside import forms
from survey_service.tabular.named_sheets import read_named_sheets
from survey_service.xlsform.reading import convert
from survey_service.xlsform.workbook_out import workbook
from tests.service.signed_in import HTML, csrf, get, post, sign_in

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from survey_service.database import Database
    from tests.service.world import World

HERE = "/surveys/satisfaction"
FORM = {
    "survey": [
        ["type", "name", "label::中文 (zh)", "label::English (en)", "appearance"],
        ["text", "job", "做什么工作？", "What is your work?", "w4"],
        ["geotrace", "way", "走哪条路？", "Which way?"],
        ["acknowledge", "seen", "看过了", "Seen"],
    ]
}


@pytest.fixture
def manager(client: TestClient, world: World) -> TestClient:
    sign_in(client, "manager")
    return client


def hand_in(client: TestClient, data: bytes, name: str = "household.xlsx"):  # type: ignore[no-untyped-def]
    token = csrf(get(client, f"{HERE}/drafts/new"))
    return client.post(f"{HERE}/drafts/form", data={"csrf": token}, headers=HTML, files={"form": (name, data)})


def test_a_form_is_looked_at_and_becomes_a_draft(manager: TestClient, database: Database) -> None:
    page = hand_in(manager, workbook(FORM))
    assert page.status_code == 200
    text = unescape(page.text)
    assert "题型“geotrace”这里没有" in text
    assert re.search(r"没有带过来 1<", text)
    assert "“w4”只管显示和操作" in text
    with database.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(QuestionnaireDraft)) == 0, "nothing is stored by looking"
    definition = unescape(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page.text, re.DOTALL)[1])  # type: ignore[index]
    assert check_bytes(definition.encode(), "questionnaire.yaml")[0] is not None
    done = post(manager, f"{HERE}/drafts", {"definition": definition, "name": "household.xlsx"})
    assert done.status_code == 303
    with database.reading.begin() as session:
        (draft,) = session.scalars(select(QuestionnaireDraft))
        assert (draft.origin, draft.problems) == ("household.xlsx", 0)
        assert session.scalar(select(func.count()).select_from(QuestionnaireVersion)) == 1, "a draft, not a version"
    assert "做什么工作？" in get(manager, done.headers["location"])


def test_what_is_no_form_is_said_where_it_was_chosen(manager: TestClient) -> None:
    for data in (b"no workbook", b"", b"\xd0\xcf\x11\xe0" + b"x" * 600):
        page = hand_in(manager, data)
        assert page.status_code == 422
        assert 'role="alert"' in page.text
    nothing = hand_in(manager, workbook({"survey": [["type", "name"], ["geotrace", "x"]]}))
    assert "没有一道题能带过来" in nothing.text
    assert "存成草稿" not in nothing.text


def test_words_of_a_form_are_text(manager: TestClient) -> None:
    evil = "<script>alert(1)</script>\"'</textarea><b>"
    page = hand_in(manager, workbook({"survey": [["type", "name", "label"], ["text", "a", evil], [evil, "b", evil]]}))
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert page.text.count("</textarea>") == 1


def test_a_version_and_a_draft_go_out_as_a_form(manager: TestClient, database: Database) -> None:
    with database.reading.begin() as session:
        version = session.scalars(select(QuestionnaireVersion)).one()
        address = f"{HERE}/questionnaires/{version.id}"
        version_id, sha256 = str(version.id), version.sha256
    assert "form.xlsx" in get(manager, address)
    begun = post(manager, f"{HERE}/drafts", {"version": version_id})
    for one in (address, begun.headers["location"]):
        file = manager.get(f"{one}/form.xlsx")
        assert "attachment" in file.headers["content-disposition"]
        back = convert(read_named_sheets("form.xlsx", file.content), "form")
        questionnaire, problems = check_bytes(back.definition.encode(), "questionnaire.yaml")
        assert questionnaire is not None, problems
        if one == address:
            assert fingerprint(questionnaire) == sha256


def test_a_file_that_would_become_a_version_may_be_a_draft(manager: TestClient) -> None:
    assert f'formaction="{HERE}/drafts"' in get(manager, f"{HERE}/questionnaires/new")


def test_the_child_reads_the_form(monkeypatch: pytest.MonkeyPatch, manager: TestClient) -> None:
    seen: list[str] = []
    read = forms.read

    def noted(source: str, data: bytes) -> forms.Form:
        seen.append(source)
        return read(source, data)

    monkeypatch.setattr(forms, "read", noted)
    hand_in(manager, workbook(FORM), "../../etc/a.xlsx")
    assert seen == ["a.xlsx"]
