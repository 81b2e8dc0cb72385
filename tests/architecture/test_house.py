"""The shape of the house: packages, contracts, and docs that match the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def read(*parts: str) -> str:
    return ROOT.joinpath(*parts).read_text(encoding="utf-8")


def test_the_top_level_holds_what_was_agreed_and_nothing_else() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages == {"survey_service", "questionnaires", "analysis", "reports", "tests"}


def test_import_contracts_hold() -> None:
    run = subprocess.run([BIN / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


def test_every_setting_is_documented() -> None:
    from survey_service.settings import Settings

    docs = read("docs", "settings.md")
    missing = [name for name in Settings.model_fields if f"SURVEY_{name.upper()}" not in docs]
    assert not missing
    assert not [name for name in re.findall(r"SURVEY_([A-Z_]+)", docs) if name.lower() not in Settings.model_fields]


def test_every_command_is_documented_with_an_example() -> None:
    from survey_service.commands import app

    docs = read("README.md") + "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    for command in app.registered_commands:
        assert command.callback is not None
        name = command.name or command.callback.__name__.replace("_", "-")
        assert f"survey-service {name} " in docs, f"no example of survey-service {name}"
        help_text = (command.callback.__doc__ or "") + (command.help or "")
        assert f"survey-service {name}" in help_text, f"the help of {name} shows no example"


def test_every_problem_code_is_documented() -> None:
    from questionnaires import problems

    docs = read("docs", "questionnaires.md")
    codes = set(re.findall(r"\bQ\d{3}\b", Path(problems.__file__).read_text(encoding="utf-8")))
    assert codes
    assert not [code for code in sorted(codes) if code not in docs]


def test_every_error_code_is_unique_and_documented() -> None:
    import survey_service.app
    from survey_service.errors import DomainError

    assert survey_service.app  # imports every slice, so that every error class is known

    def below(kind: type[DomainError]) -> list[type[DomainError]]:
        return [kind] + [deeper for child in kind.__subclasses__() for deeper in below(child)]

    kinds = below(DomainError)
    codes = [kind.code for kind in kinds]
    assert len(set(codes)) == len(codes), "two errors share a code"
    docs = read("docs", "errors.md")
    assert not [code for code in codes if code not in docs]


@pytest.mark.parametrize("arguments", [["--help"], ["estimate", "--help"], ["serve", "--help"]])
def test_help_imports_no_statistics(arguments: list[str]) -> None:
    program = (
        f"import sys; sys.argv = ['survey-service', *{arguments!r}]\n"
        "from survey_service.commands import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'scipy', 'pandas', 'statsmodels', 'reportlab', 'sqlalchemy', 'fastapi'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stderr


def test_the_server_starts_without_the_statistics() -> None:
    """A resident's page never waits for scipy, pandas or reportlab; a worker imports them when it computes."""
    program = (
        "import sys, survey_service.app\n"
        "heavy = {'numpy', 'scipy', 'pandas', 'statsmodels', 'reportlab', 'fontTools'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stderr


def test_a_worker_starts_with_little_and_knows_every_job_and_round() -> None:
    """What is heavy is imported by the job that needs it; what the server registers, the worker knows."""
    program = (
        "import sys, survey_service.worker.doing\n"
        "from survey_service import jobs\n"
        "heavy = {'numpy', 'scipy', 'pandas', 'reportlab', 'fontTools', 'fastapi', 'openpyxl'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "known = set(jobs._HANDLERS), {one.__name__ for _, one in jobs._ROUNDS}\n"
        "import survey_service.app\n"
        "assert known == (set(jobs._HANDLERS), {one.__name__ for _, one in jobs._ROUNDS}), known\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stderr


def processor_seconds(*command: str | Path) -> float:
    """The least of three: a loaded machine makes any single start slow."""
    spent = []
    for _ in range(3):
        before = os.times()
        subprocess.run(command, capture_output=True, check=True)
        after = os.times()
        spent.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return min(spent)


def test_help_answers_at_once() -> None:
    # Half a second; on a machine so loaded that typer alone takes a good part of it, six times what typer takes.
    allowed = max(0.5, 6 * processor_seconds(sys.executable, "-c", "import typer, rich.panel"))
    assert processor_seconds(BIN / "survey-service", "--help") < allowed


def test_nothing_names_this_machine_or_an_index() -> None:
    """No absolute path of a developer's machine and no package index in anything that is committed."""
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    if not files:
        pytest.skip("not a git checkout")
    own = Path(__file__).relative_to(ROOT).as_posix()
    forbidden = re.compile(r"/(?:work|root)/|--index-url|--extra-index-url|pypi\.org/simple|files\.pythonhosted")
    found = []
    for name in files:
        path = ROOT / name
        if name == own or path.suffix in {".png", ".ttf", ".pdf", ".xlsx"} or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{name}: {match.group()}" for match in forbidden.finditer(text)]
    assert not found
