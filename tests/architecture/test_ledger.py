"""Captures, and what responses count, are written by one module: whoever looks for a way in finds it there."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "survey_service"
WRITER = "captures/ledger.py"
WRITTEN = {"Capture", "Response"}
VERBS = {"insert", "update", "delete", "insert_rows"}


def writes(source: str) -> list[int]:
    """Lines that insert, change or delete rows of these tables, or make an object of them for a session to add."""
    tree = ast.parse(source)
    models = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("survey_service.models")
        for name in node.names
        if name.name in WRITTEN
    }
    # Names that stand for their tables: ROWS = cast("Table", Capture.__table__)
    tables = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _names(node.value) & models and "__table__" in ast.dump(node.value)
        for one in node.targets
        for target in ([one] if isinstance(one, ast.Name) else ast.walk(one))
        if isinstance(target, ast.Name)
    }
    lines = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        given = set().union(*(_names(one) for one in node.args)) if node.args else set()
        if node.func.id in models or (node.func.id in VERBS and given & (models | tables)):
            lines.append(node.lineno)
    return lines


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def test_the_ledger_is_the_one_writer_of_captures_and_responses() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix(): lines
        for path in PACKAGE.rglob("*.py")
        if "migrations/versions" not in path.as_posix() and (lines := writes(path.read_text(encoding="utf-8")))
    }
    assert set(found) == {WRITER}, found


def test_every_way_of_writing_is_seen() -> None:
    head = (
        "from survey_service.models import Capture as Kept, Case\nfrom survey_service.models.response import Response\n"
    )
    for line in (
        "insert(Kept)",
        "session.execute(update(Response).values(state=1))",
        "session.add(Kept(id=1))",
        "rows = cast('Table', Kept.__table__)\ninsert_rows(session, rows, [])",
        "delete(Response).where(Response.id == 1)",
    ):
        assert writes(head + line), line
    assert writes(head + "update(Case).values(x=1)\nselect(Response)") == []
