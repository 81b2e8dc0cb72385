"""Captures, and what responses count, are written by one module: whoever looks for a way in finds it there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from survey_service.models import Base

PACKAGE = Path(__file__).parents[2] / "survey_service"
WRITER = "captures/ledger.py"
WRITTEN = {"Capture", "Response"}
VERBS = {"insert", "update", "delete", "insert_rows"}


def _columns(*, theirs: bool) -> set[str]:
    return {
        column.key
        for mapper in Base.registry.mappers
        if (mapper.class_.__name__ in WRITTEN) is theirs
        for column in mapper.column_attrs
    }


# Columns that no other table has: whoever sets one sets it here, wherever the row came from.
OF_THEM_ALONE = frozenset(_columns(theirs=True) - _columns(theirs=False))


def writes(source: str) -> list[int]:
    """Lines that insert, change or delete rows of these tables, or make or change an object of them in a session."""
    if not any(word in source for word in WRITTEN | OF_THEM_ALONE):
        return []  # neither a model of theirs nor a column
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
    lines = changed(tree, models)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        given = set().union(*(_names(one) for one in node.args)) if node.args else set()
        if isinstance(node.func, ast.Attribute):  # Capture.__table__.insert()
            if node.func.attr in VERBS and _names(node.func.value) & (models | tables):
                lines.append(node.lineno)
        elif isinstance(node.func, ast.Name) and (
            node.func.id in models or (node.func.id in VERBS and given & (models | tables))
        ):
            lines.append(node.lineno)
    return lines


def changed(tree: ast.AST, models: set[str]) -> list[int]:
    """Lines that give an attribute to a row: one of these tables alone, or to whatever was fetched by these models."""
    lines = []
    for scope in ast.walk(tree):
        if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            continue
        rows = models | _rows(scope, models)
        for node in _of(scope):
            given = set()
            if isinstance(node, ast.Assign):
                given = {one for target in node.targets for one in _attributes(target)}
            elif isinstance(node, ast.AugAssign | ast.AnnAssign):
                given = _attributes(node.target)
            elif isinstance(node, ast.Call) and _name(node.func) in {"setattr", "delattr"} and node.args:
                given = {(owner, "") for owner in _names(node.args[0])}
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "delete":
                given = {(name, "") for one in node.args for name in _names(one)}
            if any(owner in rows or column in OF_THEM_ALONE for owner, column in given):
                lines.append(node.lineno)
    return lines


def _of(scope: ast.AST) -> Iterator[ast.stmt | ast.expr]:
    """What stands in a function or module, without the functions within."""
    for node in ast.iter_child_nodes(scope):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if isinstance(node, ast.stmt | ast.expr):
                yield node
            yield from _of(node)


def _rows(scope: ast.FunctionDef | ast.AsyncFunctionDef | ast.Module, models: set[str]) -> set[str]:
    """Names that stand for rows: annotated as these models, or taken from what was fetched by them."""
    rows = set()
    if not isinstance(scope, ast.Module):
        given = [*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs]
        rows = {one.arg for one in given if one.annotation is not None and _names(one.annotation) & models}
    for node in _of(scope):
        sources: list[tuple[ast.expr, ast.expr]] = []
        if isinstance(node, ast.Assign):
            sources = [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            sources = [(node.target, node.value)]
        elif isinstance(node, ast.For):
            sources = [(node.target, node.iter)]
        for target, source in sources:
            if _names(source) & (models | rows):
                rows |= {
                    one.id for one in ast.walk(target) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
                }
    return rows


def _attributes(target: ast.AST) -> set[tuple[str, str]]:
    """``x.column`` of what is assigned to: names that its owner is made of, each with the column."""
    found = set()
    for one in ast.walk(target):
        if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store):
            found |= {(name, one.attr) for name in _names(one.value) or {""}}
    return found


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""


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
        "Kept.__table__.insert().values(id=1)",
        "def f():\n    one = session.get_one(Response, key)\n    one.state = 1",
        "def f():\n    for one in session.scalars(select(Kept)):\n        one.reason, two = None, 1",
        "def f():\n    one, case = session.execute(select(Response, Case)).one()\n    setattr(one, 'state', 1)",
        "def f(one: Response | None):\n    one.state = 1",
        "session.get(Response, key).state = 1",
        "def f():\n    one = session.get(Response, key)\n    session.delete(one)",
        "found.current_capture_id = 1",
    ):
        assert writes(head + line), line
    assert writes(head + "update(Case).values(x=1)\nselect(Response)") == []
    assert writes(head + "def f(case: Case, one: Response):\n    case.state = one.state") == []
    assert {"current_capture_id", "receipt_sha256", "content_sha256", "completed_at"} <= OF_THEM_ALONE
