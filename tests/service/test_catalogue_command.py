"""``survey-service catalogue``: the list, one questionnaire in words, and its file."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from questionnaires.loader import available
from survey_service.commands import app


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["catalogue", *arguments])
    return done.exit_code, done.stdout, done.stderr


def test_one_questionnaire_is_told_in_either_language_and_its_file_printed() -> None:
    code, told, _ = run("show", "peer_review")
    assert code == 0
    assert "申报单位互评" in told
    assert "各申报单位到场的三位评委" in told  # who may be asked, as its README says
    assert "mark_b1" in told
    assert "Mutual review" in run("show", "peer_review", "--language", "en")[1]
    assert run("show", "peer_review", "--definition")[1] == available()["peer_review"].read_text(encoding="utf-8")


def test_one_that_is_not_there_is_told_with_the_way_out() -> None:
    code, told, error = run("show", "nothing")
    assert (code, told) == (2, "")
    assert "survey-service catalogue list" in error


@pytest.mark.soak
def test_the_list_has_every_questionnaire() -> None:
    code, told, _ = run("list")
    assert code == 0
    assert all(f"  {key} " in told for key in available())
