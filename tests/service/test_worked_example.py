"""docs/worked-example.md: every line of it is run, and what it prints is what the page shows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from survey_service.commands import app
from tests.service import worked_city

PAGE = Path(__file__).parents[2] / "docs" / "worked-example.md"
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

FROM_THE_FIELD: dict[str, Callable[[Path], None]] = {
    "field.csv": worked_city.field,
    "margins.csv": worked_city.margins,
    "areas.csv": worked_city.areas,
    "weighted_q4.csv": worked_city.next_quarter,
}
"""Files that the statistician brings, made when a command first names them."""


def blocks() -> Iterator[tuple[str, str]]:
    """Language and text of every fenced block, in order."""
    for found in _BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        yield found[1], found[2]


def plain(line: str) -> str:
    """Without the spaces that tables are padded with."""
    return " ".join(line.replace("─", " ").split())


def run(line: str, folder: Path) -> str:
    program, *arguments = shlex.split(line)
    assert program == "survey-service"
    for name, make in FROM_THE_FIELD.items():
        if name in arguments and not (folder / name).exists():
            make(folder)
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, f"{line}\n{result.output}{result.stderr}"
    return result.output


def test_every_line_of_the_page_runs_and_prints_what_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    worked_city.city(tmp_path)
    printed: list[str] = []
    commands = 0
    for language, text in blocks():
        if language == "sh":
            lines = text.replace("\\\n", " ").splitlines()
            commands += len(lines)
            printed = [plain(shown) for line in lines for shown in run(line, tmp_path).splitlines()]
        elif language == "csv":
            (head, *rows) = text.splitlines()
            if head.startswith("part,"):
                (tmp_path / "parts.csv").write_text(text, encoding="utf-8")
                continue
            for name in ("communities.csv", "margins.csv"):
                there = (tmp_path / name).read_text(encoding="utf-8").splitlines() if (tmp_path / name).exists() else []
                if there[:1] == [head]:
                    assert set(rows) <= set(there)
        else:
            shown = [plain(line) for line in text.splitlines() if line.strip() not in ("", "...")]
            missing = [line for line in shown if line and line not in printed]
            assert not missing, f"the page shows what is not printed: {missing}"
    assert commands >= 14
    assert len(list((tmp_path / "reports").glob("*.pdf"))) == 13
