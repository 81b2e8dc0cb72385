"""The browser's scripts: files that hold one idea, and what the service sends of them."""

from __future__ import annotations

import re
from pathlib import Path

from pygments.lexers.javascript import JavascriptLexer
from pygments.token import Comment

from survey_service.web.static_files import static_files

STATIC = Path(__file__).parents[2] / "survey_service/web/static"
FILE_CEILING = (
    250  # lines of code: without types and without an editor that knows them, less is overseen than of Python
)
FUNCTION_CEILING = 60


def scripts() -> list[Path]:
    found = sorted(STATIC.rglob("*.js"))
    assert len(found) > 20
    return found


def code(source: str) -> str:
    return "".join(text for kind, text in JavascriptLexer().get_tokens(source) if kind not in Comment)


def test_scripts_are_sent_without_their_comment_lines_and_nothing_else_is_lost() -> None:
    for path in scripts():
        source = path.read_text(encoding="utf-8")
        sent = static_files()[path.name].plain.decode()
        assert not [line for line in sent.splitlines() if line.lstrip().startswith("//")], path.name
        assert code(sent).split() == code(source).split(), path.name


def lines_of_code(source: str) -> list[str]:
    """Each line, empty where it holds only blanks and comments."""
    without_blocks = re.sub(r"/\*.*?\*/", lambda match: "\n" * match.group().count("\n"), source, flags=re.DOTALL)
    return [line if line.strip() and not line.lstrip().startswith("//") else "" for line in without_blocks.splitlines()]


def functions(lines: list[str]) -> list[tuple[int, int]]:
    """First line and length of each: it ends where a line closes at the indentation at which it was opened."""
    found = []
    for start, line in enumerate(lines):
        # functions, arrows with a body, methods
        if not re.search(r"\bfunction\b|=>\s*\{$|^\s+(?:async |get |static )*#?\w+\([^;]*\) \{$", line):
            continue
        if re.match(r"\s*(?:\} else )?(?:if|for|while|switch|catch)\b", line):
            continue
        indent = len(line) - len(line.lstrip())
        body = 0
        for following in lines[start:]:
            body += bool(following)
            if following.lstrip().startswith("}") and len(following) - len(following.lstrip()) == indent:
                break
        found.append((start + 1, body))
    return found


def test_scripts_and_their_functions_stay_below_their_ceilings() -> None:
    too_long = {}
    for path in scripts():
        lines = lines_of_code(path.read_text(encoding="utf-8"))
        if (count := sum(map(bool, lines))) > FILE_CEILING:
            too_long[path.name] = count
        too_long |= {f"{path.name}:{line}": body for line, body in functions(lines) if body > FUNCTION_CEILING}
    assert not too_long, "split it by idea"


def test_the_counter_of_functions_sees_methods_and_arrows() -> None:
    source = "class A {\n  async b(c) {\n    // why\n    d();\n  }\n}\nconst e = () => {\n  f();\n};\nif (g(h)) {\n}\n"
    assert functions(lines_of_code(source)) == [(2, 3), (7, 3)]
