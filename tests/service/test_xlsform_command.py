"""``survey-service xlsform``: by way of the child that reads files from outside, with its exit status and its words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from questionnaires.loader import available, load
from survey_service.commands import app
from survey_service.outside import forms
from survey_service.tabular import TableError
from survey_service.tabular.problems import problem
from survey_service.tabular.words import Reader
from survey_service.xlsform.workbook_out import workbook
from tests import hostile_files as hostile

FORM = {
    "survey": [
        ["type", "name", "label::中文 (zh)", "label::English (en)"],
        ["text", "job", "做什么工作？", "What is your work?"],
        ["geotrace", "place", "在哪里？", "Where?"],
    ]
}


def run(*arguments: str, status: int = 0, language: str = "en_US.UTF-8") -> str:
    done = CliRunner().invoke(app, ["xlsform", *arguments], env={"LC_ALL": language})
    assert done.exit_code == status, done.output
    return done.output


def test_a_form_becomes_a_sound_file_and_what_is_lost_is_listed(tmp_path: Path) -> None:
    form, out = tmp_path / "household.xlsx", tmp_path / "questionnaire.yaml"
    form.write_bytes(workbook(FORM))
    said = run(str(form), "--out", str(out), status=2)
    assert "survey 3 type: not carried over; there is no question type geotrace here" in said
    assert "1 questions; 1 not carried over" in said
    assert [one.id for one in load(out).questions()] == ["job"]
    assert "survey 3 type：没有带过来；题型“geotrace”这里没有" in run(
        str(form), "--out", str(out), status=2, language="zh_CN.UTF-8"
    )
    told = json.loads(run(str(form), "--out", str(out), "--format", "json", status=2))
    assert (told["whole"], told["asked"], told["carried"]) == (False, 2, 1)
    assert {"sheet": "survey", "row": 3, "column": "type"}.items() <= next(
        one for one in told["remarks"] if one["weight"] == "lost"
    ).items()


def test_a_programme_goes_out_and_comes_back_by_the_command(tmp_path: Path) -> None:
    form, out = tmp_path / "form.xlsx", tmp_path / "back.yaml"
    run("--from", "civilized_city", "--out", str(form))
    run(str(form), "--out", str(out))
    assert load(out) == load(available()["civilized_city"])


def test_what_cannot_be_read_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    out = tmp_path / "out.yaml"
    for name, data in (("a.xlsx", b"no workbook"), ("b.xls", b"\xd0\xcf\x11\xe0" + b"x" * 600), ("c.xlsx", b"")):
        (tmp_path / name).write_bytes(data)
        run(str(tmp_path / name), "--out", str(out), status=1)
    (tmp_path / "d.xlsx").write_bytes(workbook({"survey": [["type", "name"], ["geotrace", "x"]]}))
    assert "Nothing is left to ask" in run(str(tmp_path / "d.xlsx"), "--out", str(out), status=1)
    run(str(tmp_path / "nowhere.xlsx"), "--out", str(out), status=1)
    run("--from", "nowhere", "--out", str(out), status=1)
    run("--out", str(out), status=2)
    assert not out.exists()


def test_a_file_that_is_too_much_is_refused_and_nothing_else() -> None:
    """Cells without meaning, and more text than a definition may hold."""
    heads, long = ["type", "name", "label"], ["note", "n", "x" * 1_900]
    with pytest.raises(TableError):
        forms.read("form.xlsx", hostile.many_cells(15_000)[:-400])
    found = forms.read("form.xlsx", workbook({"survey": [heads, *[long] * 300]}))
    assert (found.definition, found.whole) == ("", False)


def test_a_folder_of_forms_says_how_many_are_whole(tmp_path: Path) -> None:
    whole = {"survey": [FORM["survey"][0], FORM["survey"][1]]}
    for name, sheets in (("a", FORM), ("b", whole), ("below/c", whole), ("d", {"data": [["x"], ["1"]]})):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.xlsx").write_bytes(workbook(sheets))
    (tmp_path / "e.xls").write_bytes(b"no workbook")
    said = json.loads(run("--survey", str(tmp_path), "--format", "json"))
    assert (said["forms"], said["refused"], said["sound"], said["whole"]) == (2, 1, 2, 1)
    assert said["lost"] == said["lost_alone"] == {"type": 1}
    assert "2 forms" in run("--survey", str(tmp_path))
    run("--survey", str(tmp_path), "--out", str(tmp_path / "x"), status=2)
    run("--survey", str(tmp_path / "below" / "nothing"), status=1)


def test_a_ceiling_and_lists_to_give_are_counted_apart(tmp_path: Path) -> None:
    heads = ["type", "name", "label::中文 (zh)", "label::English (en)"]
    asked = ["text", "job", "做什么工作？", "What is your work?"]
    forms_of = {
        "whole": [heads, asked],
        "roster": [heads, ["begin repeat", "person", "每个人", "Each"], asked, ["end repeat"]],
        "given": [heads, ["select_one_from_file towns.csv", "town", "哪个镇？", "Which town?"]],
        "nothing": [heads, ["start", "start"]],
    }
    for name, rows in forms_of.items():
        (tmp_path / f"{name}.xlsx").write_bytes(workbook({"survey": rows}))
    said = json.loads(run("--survey", str(tmp_path), "--format", "json"))
    names = ("forms", "ask_nothing", "whole", "whole_with_a_ceiling", "whole_with_lists_to_give")
    assert [said[name] for name in names] == [3, 1, 1, 1, 1]


def test_json_is_all_that_stands_in_the_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that died was told of between the lines of the JSON."""

    def died(name: str, _data: bytes) -> None:
        structlog.get_logger().warning("file_refused", kind="forms", reason="died")
        raise TableError(name, [problem(Reader.CANNOT_BE_READ)])

    monkeypatch.setattr("survey_service.outside.forms.read", died)
    monkeypatch.setattr("survey_service.commands.xlsform_work.read", died)
    (tmp_path / "a.xlsx").write_bytes(b"x")
    done = CliRunner().invoke(app, ["xlsform", "--survey", str(tmp_path), "--format", "json"])
    said = json.loads(done.stdout)
    assert said["files_refused"][0]["file"] == "a.xlsx"
    assert said["files_refused"][0]["why"]
    assert "file_refused" in done.stderr
