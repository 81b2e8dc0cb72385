"""A file holds one idea: 400 lines of code at most, 60 a function, without blanks, comments and docstrings."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("survey_service", "questionnaires", "analysis", "reports", "tests")
FILE_CEILING = 400
FUNCTION_CEILING = 60
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


def too_long_in_python(path: Path) -> Iterator[str]:
    source = path.read_text(encoding="utf-8")
    spans = {
        node.name: set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.end_lineno or node.lineno) - node.lineno >= FUNCTION_CEILING
    }
    if not spans and source.count("\n") <= FILE_CEILING:
        return  # with all its blanks and comments it is short enough
    code = lines_of_code(source)
    if len(code) > FILE_CEILING:
        yield f"{path.relative_to(ROOT)} has {len(code)} lines of code; split it by idea"
    for name, span in spans.items():
        if len(code & span) > FUNCTION_CEILING:
            yield f"{path.relative_to(ROOT)}: {name} has {len(code & span)} lines"


def test_python_file_and_function_ceilings() -> None:
    assert [found for path in python_files() for found in too_long_in_python(path)] == []
