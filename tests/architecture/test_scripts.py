"""The browser's scripts as the service sends them."""

from __future__ import annotations

from pathlib import Path

from pygments.lexers.javascript import JavascriptLexer
from pygments.token import Comment

from survey_service.web.static_files import static_files

STATIC = Path(__file__).parents[2] / "survey_service/web/static"


def code(source: str) -> str:
    return "".join(text for kind, text in JavascriptLexer().get_tokens(source) if kind not in Comment)


def test_scripts_are_sent_without_their_comment_lines_and_nothing_else_is_lost() -> None:
    scripts = sorted(STATIC.glob("*.js"))
    assert len(scripts) > 20
    for path in scripts:
        source = path.read_text(encoding="utf-8")
        sent = static_files()[path.name].plain.decode()
        assert not [line for line in sent.splitlines() if line.lstrip().startswith("//")], path.name
        assert code(sent).split() == code(source).split(), path.name
