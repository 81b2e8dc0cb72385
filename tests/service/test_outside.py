"""Files from outside are read by a child with limits: what is met there is refused in words, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from resource import RUSAGE_CHILDREN, getrusage

import pytest
import structlog

from questionnaires.loader import available, check_bytes
from survey_service.outside import definitions, door, tables
from survey_service.outside.children import bounds
from survey_service.outside.door import Stopped, parsed
from survey_service.tabular import TableError, read_sheet_bytes
from survey_service.tabular.cells import Grid, Odd, read_cells
from tests import hostile_files as hostile
from tests.spec.importing.hurts import build

DEFINITION = available()["civilized_city"].read_bytes()
GRID = {"source": "a.xlsx", "as": "grid"}


def stopped(bounds: door.Bounds, data: bytes, kind: str = "tables") -> str:
    with pytest.raises(Stopped) as caught, parsed(kind, data, bounds, GRID) as reply:
        list(reply.lines())
    return caught.value.reason


def test_each_limit_stops_a_child_and_says_which() -> None:
    cells, patient = hostile.many_cells(15_000), replace(door.TABLES, clock=600.0, processor=600)
    busy = hostile.workbook(hostile.sheet(("<row>" + "<c><v>1</v></c>" * 60 + "</row>") * 19_000))  # for seconds
    assert stopped(replace(patient, processor=0), busy) == "time"
    assert stopped(replace(patient, clock=0.001), cells) == "time"
    assert stopped(replace(patient, output=2_000), cells) == "output"
    assert stopped(replace(patient, memory=64_000_000), b"a,b\n" + b"x" * 30_000_000) == "memory"


def test_a_child_stands_behind_whoever_answers_people() -> None:
    program = (
        "import os\n"
        "from survey_service.outside.children import bounds\n"
        "bounds.confine({'processor': 5, 'memory': 2_000_000_000})\n"
        "print(os.nice(0))"
    )
    run = subprocess.run([sys.executable, "-c", program], env=door._environment(), capture_output=True, text=True)
    assert int(run.stdout) == min(19, os.nice(0) + bounds.NICENESS), run.stderr


def test_what_stops_a_child_is_told_and_noted_by_kind_and_reason_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "TABLES", replace(door.TABLES, output=100))
    monkeypatch.setattr(definitions, "DEFINITIONS", replace(door.DEFINITIONS, clock=0.001))
    with structlog.testing.capture_logs() as noted:
        with pytest.raises(TableError, match="more than is read\n    Split the file"):
            tables.read_grid("王五.csv", "姓名,电话\n王五,13900000000\n".encode())
        questionnaire, problems, _ = definitions.check(DEFINITION)
    assert questionnaire is None
    assert [(one.code.number, one.message) for one in problems] == [("Q001", "checking the file took too long")]
    assert noted == [
        {"event": "file_refused", "log_level": "warning", "kind": "tables", "reason": "output"},
        {"event": "file_refused", "log_level": "warning", "kind": "definitions", "reason": "time"},
    ]


def test_more_files_than_there_is_room_for_are_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "PATIENCE", 0.05)
    with door._queue.turn(), door._queue.turn():
        with pytest.raises(TableError, match="other files are being read\n    Wait a minute"):
            tables.read_grid("a.csv", b"a\n1\n")
        monkeypatch.setattr(door, "PATIENCE", 120.0)
        read: list[object] = []
        waiting = threading.Thread(target=lambda: read.append(tables.read_grid("a.csv", b"a\n1\n")))
        waiting.start()
    waiting.join()
    assert len(read) == 1  # whoever waited had a turn when one was free
    monkeypatch.setattr(door, "WAITING", -2)
    with pytest.raises(Stopped, match="busy"), door._queue.turn():
        raise AssertionError


def test_a_child_is_given_no_secret_and_imports_no_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEY_SECRET_KEY", "a key for tests only, long enough to be taken")
    assert set(door._environment()) == {"PYTHONPATH"}
    program = (
        "import sys\n"
        "from survey_service.outside.children import definitions, tables\n"
        "heavy = {'numpy', 'pandas', 'scipy', 'fastapi', 'sqlalchemy', 'structlog', 'openpyxl'} & set(sys.modules)\n"
        "print(sorted(heavy))"
    )
    run = subprocess.run(
        [sys.executable, *door._FLAGS[:-1], "-c", program], env=door._environment(), capture_output=True, text=True
    )
    assert run.stdout == "[]\n", run.stderr


def test_a_child_starts_in_little_time() -> None:
    before = getrusage(RUSAGE_CHILDREN)
    for _ in range(4):
        tables.read_grid("a.csv", b"a\n1\n")
    after = getrusage(RUSAGE_CHILDREN)
    assert (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / 4 < 0.15  # processor seconds


def outcome(read: Callable[[str, bytes], Grid], name: str, data: bytes) -> object:
    """The grid with the mark of every cell, or the problems."""
    try:
        grid = read(name, data)
    except TableError as fault:
        return fault.problems
    return grid, [[cell.mark if isinstance(cell, Odd) else None for cell in record] for record in grid.records]


def test_what_comes_back_is_what_was_read() -> None:
    for seed in range(8):
        made = build(seed)
        assert outcome(tables.read_grid, made.name, made.data) == outcome(read_cells, made.name, made.data)
    text = "社区,n\n东门,1\n\n西门,２\n".encode("gb18030")
    sheet, same = tables.read_sheet("a.csv", text), read_sheet_bytes("a.csv", text)
    assert sheet.notices == same.notices == ("read as GB 18030",)
    assert sheet.rows.tolist() == same.rows.tolist() == [2, 4]
    assert sheet.text.equals(same.text)


def test_a_definition_comes_back_as_it_is_and_its_problems_with_their_places() -> None:
    questionnaire, problems, _ = definitions.check(DEFINITION)
    assert (questionnaire, problems) == check_bytes(DEFINITION, "questionnaire.yaml")
    assert questionnaire is not None
    broken = DEFINITION.replace(b"type: ", b"typo: ", 3)
    _, problems, count = definitions.check(broken)
    assert problems == check_bytes(broken, "questionnaire.yaml")[1]
    assert count == len(problems)
    assert problems[0].location.line > 1


LAUGHTER = b"a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n".encode() for n in range(1, 30)
)


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (LAUGHTER, {"Q009"}),
        (b"a: " + b"[" * 100_000, {"Q009"}),
        (b"a: " + b"{" * 100_000, {"Q009"}),
        (b"- " * 200_000 + b"x", {"Q009", "Q002"}),
        (b"? " * 100_000, {"Q009", "Q002"}),
        (b"a: " + b'"' + b"x" * 300_000, {"Q002"}),
        (b"a: " + b"x" * 1_100_000, {"Q001"}),
        (b"&a " * 200_000, {"Q002"}),
        (b"!" * 50_000, {"Q001", "Q002", "Q009"}),
        (os.urandom(50_000), {"Q001", "Q002"}),
        (b"key: " + b" " * 300_000 + b"x\n", {"Q005"}),
        (b"x:\n" * 20_000, {"Q008"}),
    ],
    ids=[
        "laughter",
        "lists",
        "mappings",
        "dashes",
        "keys",
        "open quote",
        "long",
        "anchors",
        "tags",
        "random",
        "blanks",
        "fields",
    ],
)
def test_a_hostile_definition_is_refused(content: bytes, codes: set[str]) -> None:
    before = getrusage(RUSAGE_CHILDREN)
    questionnaire, problems, count = definitions.check(content)
    after = getrusage(RUSAGE_CHILDREN)
    assert questionnaire is None
    assert codes & {one.code.number for one in problems}, problems[:3]
    assert len(problems) <= 500
    assert count >= len(problems)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < door.DEFINITIONS.processor + 2
