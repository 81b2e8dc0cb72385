"""Expressions that meet what stands in a file take time that grows with its length, not with the square of it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.hostile_files import processor_seconds

ROOT = Path(__file__).parents[2] / "survey_service"
FOLDERS = ("importing", "tabular", "areas", "sampling")  # on both sides of the door: bounded, and yet long
LENGTH = 10_000  # characters: the square of it takes seconds
PUNCTUATION = "\\[](){}?*+|^$"


def expressions() -> list[tuple[str, str, str]]:
    """Where it stands, the expression, how it is applied."""
    found = []
    for folder in FOLDERS:
        paths = sorted((ROOT / folder).glob("*.py"))
        sources = {path: path.read_text(encoding="utf-8") for path in paths}
        everything = "\n".join(sources.values())
        for path, source in sources.items():
            for node in ast.walk(ast.parse(source)):
                called = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else node
                if not (isinstance(called, ast.Call) and ast.unparse(called.func).startswith("re.")):
                    continue
                if not called.args or not isinstance(called.args[0], ast.Constant):
                    continue
                how = ast.unparse(called.func).removeprefix("re.")
                place, text = f"{folder}/{path.name}:{called.lineno}", called.args[0].value
                if not isinstance(text, str):
                    continue
                if how != "compile":
                    found.append((place, text, how))
                elif isinstance(node, ast.Assign | ast.AnnAssign):
                    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                    name = ast.unparse(target)
                    used = set(re.findall(rf"\b{re.escape(name)}\.(\w+)\(", everything))
                    found += [(place, text, one) for one in sorted(used)]
    return found


def apply(expression: str, how: str) -> None:
    """To long runs of each of its own characters, with something before and after that does not fit."""
    compiled = re.compile(expression, re.DOTALL)
    for one in {*(set(expression) - set(PUNCTUATION)), *' 1a:“"、—.('}:
        for before, after in (("", "\x00"), ("1", "x"), ("(", "")):
            text = f"{before}{one * LENGTH}{after}"
            if how in ("fullmatch", "match"):
                getattr(compiled, how)(text)
            else:
                compiled.sub("", text)


def test_every_expression_is_linear() -> None:
    found = expressions()
    assert len(found) > 40
    for place, expression, how in found:
        with processor_seconds(1.5):
            apply(expression, how)
        assert place


@pytest.mark.parametrize(
    ("expression", "how"), [(r"(.+?)\s*[—-]", "search"), (r"[+-]?(?:\d+\.?\d*|\.\d+)", "fullmatch"), (r"\s+$", "sub")]
)
def test_the_rule_can_fail(expression: str, how: str) -> None:
    with pytest.raises(AssertionError, match="processor seconds"), processor_seconds(0.25):
        apply(expression, how)
