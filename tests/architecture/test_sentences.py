"""Sentences of a page stand apart in English: where Chinese needs nothing between two, English needs a space.

A line of a template that holds nothing but a tag of a translation leaves no space behind. The space then belongs to one
of the two English texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pytest
from jinja2 import nodes

from survey_service.web.pages import WEB, environment, translations

ENDS = re.compile(r"[.;:!?,]$")
BEGINS = re.compile(r"[\w≥≤“(*!†%{–]")
VALUE = "a value"  # whatever the template prints that is no text of its own
PARTS = (nodes.Macro, nodes.Block, nodes.CallBlock, nodes.With, nodes.Scope, nodes.ScopedEvalContextModifier)

Before = frozenset[tuple[str, bool]]  # what may stand just before: its text, and whether it is a translation


def text_of(printed: nodes.Expr) -> tuple[str, bool]:
    """What an expression prints in English, and whether it is a translation."""
    inner: nodes.Node = printed
    while isinstance(inner, nodes.MarkSafeIfAutoescape | nodes.Mod):
        inner = inner.expr if isinstance(inner, nodes.MarkSafeIfAutoescape) else inner.left
    if isinstance(inner, nodes.TemplateData):
        return inner.data, False
    if isinstance(inner, nodes.Const):
        return str(inner.value), False
    if isinstance(inner, nodes.Call) and isinstance(inner.node, nodes.Name) and inner.node.name in ("gettext", "_"):
        message = inner.args[0]
        if isinstance(message, nodes.Const):
            return translations("en").gettext(message.value), True
    return VALUE, False


def meetings(body: Sequence[nodes.Node], before: Before, found: list[str]) -> Before:
    """Notes where a sentence meets the next; what may stand at the end of ``body``."""
    for node in body:
        if isinstance(node, nodes.Output):
            for printed in node.nodes:
                text, translated = text_of(printed)
                if not text:
                    continue
                found += met(before, text, translated=translated)
                before = frozenset({(text, translated)})
        elif isinstance(node, nodes.If):
            branches = [node.body, *(one.body for one in node.elif_), node.else_]
            before = frozenset().union(*(meetings(one, before, found) for one in branches))
        elif isinstance(node, nodes.For):
            once = meetings(node.body, before, found)
            before |= once | meetings(node.body, once, found)
        elif isinstance(node, PARTS):
            meetings(node.body, frozenset(), found)
    return before


def met(before: Before, text: str, *, translated: bool) -> Iterator[str]:
    for last, was_translated in before:
        apart = not was_translated or not ENDS.search(last) or not (translated or text == VALUE)
        if not apart and BEGINS.match(text):
            yield f"…{last[-40:]}|{text[:40]}"


def run_together(source: str) -> list[str]:
    found: list[str] = []
    meetings(environment("en").parse(source).body, frozenset(), found)
    return sorted(set(found))


def test_no_two_sentences_run_together_in_english() -> None:
    files = sorted((WEB / "templates").rglob("*.html"))
    assert len(files) > 60
    said = {file.name: run_together(file.read_text(encoding="utf-8")) for file in files}
    assert not {name: found for name, found in said.items() if found}, "begin or end one of them with a space"


@pytest.mark.parametrize(
    ("between", "apart"),
    [
        ("\n", False),
        ("\n  {%- if shown %}\n", False),
        ("{# a note #}", False),
        (" ", True),
        ("\n  ", True),
        ("<br>", True),
    ],
)
def test_two_that_run_together_are_found(between: str, apart: bool) -> None:
    source = "{% trans %}只给您看：不公布，不判定，不排先后。{% endtrans %}" + between + "{{ name }}"
    source += "{% endif %}" if "if" in between else ""
    assert bool(run_together(source)) is not apart


def test_no_template_prints_chinese_punctuation_on_english_pages() -> None:
    found = {
        file.name: printed
        for file in sorted((WEB / "templates/staff").rglob("*.html"))
        for data in environment("en").parse(file.read_text(encoding="utf-8")).find_all(nodes.TemplateData)
        if (printed := "".join(re.findall(r"[\u3001-\u303f\uff01-\uff1f]", data.data)))
    }
    assert not found, 'write {{ _("：") }}, {{ _("（") }}, {{ _("、") }}'
