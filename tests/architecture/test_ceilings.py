"""A file holds one idea: 400 lines of code at most, 60 a function, without blanks, comments and docstrings; and a
function takes at most eight things. Lines are counted as the formatter lays them out."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("survey_service", "questionnaires", "analysis", "reports", "tests")
FILE_CEILING = 400
FUNCTION_CEILING = 60  # of its body: what a function takes has a ceiling of its own
PARAMETERS = 8  # of a function that is neither a route nor a command: those are tables of what is sent
# The estimators, whose arguments docs/statistics.md shows.
DOCUMENTED_AS_THEY_ARE = (
    "analysis/design.py: from_frame",
    "analysis/estimation/contrasts.py: contrasts",
    "analysis/estimation/estimate.py: estimate",
)
TABLE = 40  # values: fewer are read as well one below the other
KEPT_FROM_THE_FORMATTER = re.compile(r"#\s*fmt:\s*(skip|off)|#\s*yapf")
Function = ast.FunctionDef | ast.AsyncFunctionDef
HTTP = ("get", "post", "put", "patch", "delete")
IGNORED = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.ENCODING,
}


def python_files() -> list[Path]:
    return [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations/versions" not in path.as_posix()
    ]


def docstring_lines(tree: ast.AST) -> set[int]:
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                lines.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return lines


def lines_of_code(source: str) -> set[int]:
    """Numbers of the lines that hold code: a line inside a string that is a value counts."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in IGNORED:
            lines.update(range(token.start[0], token.end[0] + 1))
    return lines - docstring_lines(ast.parse(source))


def test_the_counter_leaves_out_blanks_comments_and_docstrings() -> None:
    source = '"""Docstring\nof two lines."""\n\n# comment\nx = 1  # why\ny = (\n    2\n)\n'
    assert lines_of_code(source) == {5, 6, 7, 8}


def is_route(node: Function) -> bool:
    return any(
        isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr in HTTP
        for one in node.decorator_list
    )


def is_command(node: Function) -> bool:
    return "typer." in ast.unparse(node.args)


def parameters(node: Function) -> int:
    given = node.args
    named = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs) if one.arg not in ("self", "cls")]
    return len(named) + bool(given.vararg) + bool(given.kwarg)


def too_much_in_python(path: Path) -> Iterator[str]:
    source, where = path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
    for node in functions:
        if parameters(node) <= PARAMETERS or is_route(node) or is_command(node):
            continue
        if f"{where}: {node.name}" not in DOCUMENTED_AS_THEY_ARE:
            yield f"{where}: {node.name} takes {parameters(node)} parameters; name the idea that some of them are"
    spans = [(node.name, range(node.body[0].lineno, (node.end_lineno or 0) + 1)) for node in functions]
    spans = [(name, span) for name, span in spans if len(span) > FUNCTION_CEILING]
    if not spans and source.count("\n") <= FILE_CEILING:
        return  # with all its blanks and comments it is short enough
    code = lines_of_code(source)
    if len(code) > FILE_CEILING:
        yield f"{where} has {len(code)} lines of code; split it by idea"
    for name, span in spans:
        if (count := len(code.intersection(span))) > FUNCTION_CEILING:
            yield f"{where}: {name} has {count} lines"


def test_ceilings_of_files_functions_and_parameters() -> None:
    assert [found for path in python_files() for found in too_much_in_python(path)] == []


def unformatted(path: Path) -> Iterator[str]:
    """Places where the formatter is told to keep away, but tables of data that are read by their columns."""
    source, where = path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()
    if not KEPT_FROM_THE_FORMATTER.search(source):
        return
    tables = {
        node.end_lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        and sum(isinstance(one, ast.Constant) for one in ast.walk(node)) >= TABLE
    }
    for number, line in enumerate(source.splitlines(), start=1):
        if KEPT_FROM_THE_FORMATTER.search(line) and number not in tables:
            yield f"{where}:{number} {line.strip()}"


def test_the_formatter_lays_out_everything_but_tables_of_data() -> None:
    assert [found for path in python_files() for found in unformatted(path)] == []
