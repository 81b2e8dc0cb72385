"""The resident's scripts run in WebViews of 2018: syntax and functions of Chrome 63 and iOS 11, nothing newer.

Chrome 63 is the first with modules and ``import()``; what is older takes ``type="module"`` for nothing and shows the
plain form. A word of newer syntax would do the same to every phone between then and now, in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pygments.lexers.javascript import JavascriptLexer
from pygments.token import Comment, String

from tests.browser.resident_world import OpenWave
from tests.browser.test_resident import EXPECTED, answer_to_the_end, answers, submit

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database

WEB = Path(__file__).parents[2] / "survey_service" / "web"
NEWER_SYNTAX = {
    "optional chaining (80)": r"\?\.(?!\d)",
    "?? (80)": r"\?\?",
    "logical assignment (85)": r"(\|\||&&)=",
    "catch without a name (66)": r"\bcatch\s*\{",
    "private names (74)": r"#\w",
    "digits in groups (75)": r"\d_\d",
    "whole numbers without limit (67)": r"\b\d+n\b",
    "for await, async generators (63, iOS 12)": r"\bfor\s+await\b|\basync\s+function\s*\*|\basync\s*\*",
    "blocks of a class (94)": r"\bstatic\s*\{",
    "fields of a class (72)": r"\bclass\b[^{]*\{\s*\w+\s*[=;]",
    "export * as (72)": r"\bexport\s*\*\s*as\b",
    "import.meta (64)": r"\bimport\.meta\b",
    "await outside a function (89)": r"^await\b",
}
NEWER_REGULAR_EXPRESSIONS = r"\(\?<|\\p\{|/[gimuy]*[sdv][gimsuydv]*$"
# Deleted from a real browser, these are what such a phone has not.
NEWER_FUNCTIONS = {
    "Array.prototype": ("at", "findLast", "findLastIndex", "flat", "flatMap", "toReversed", "toSorted", "with"),
    "String.prototype": ("at", "matchAll", "replaceAll", "trimEnd", "trimStart", "isWellFormed"),
    "Object": ("fromEntries", "groupBy", "hasOwn"),
    "Promise": ("allSettled", "any", "withResolvers"),
    "Element.prototype": ("replaceChildren", "checkVisibility", "getHTML", "setHTMLUnsafe"),
    "HTMLFormElement.prototype": ("requestSubmit",),
    "SubmitEvent.prototype": ("submitter",),
    "Crypto.prototype": ("randomUUID",),
    "window": ("queueMicrotask", "structuredClone", "AbortController", "AbortSignal", "scheduler"),
}


def scripts() -> list[Path]:
    """Every script that a page of the resident names."""
    named = {
        name
        for template in (WEB / "templates" / "resident").glob("*.html")
        for name in re.findall(r"static\('([^']+\.js)'\)", template.read_text(encoding="utf-8"))
    }
    assert {"resident.js", "conditions.js"} <= named
    return [WEB / "static" / name for name in sorted(named)]


def newer(source: str) -> list[str]:
    code, expressions = [], []
    for kind, text in JavascriptLexer().get_tokens(source):
        if kind in String.Regex:
            expressions.append(text)
        code.append(" " if kind in Comment else '""' if kind in String else text)
    plain = "".join(code)
    found = [name for name, pattern in NEWER_SYNTAX.items() if re.search(pattern, plain, re.MULTILINE)]
    return found + [text for text in expressions if re.search(NEWER_REGULAR_EXPRESSIONS, text)]


def test_newer_syntax_would_be_found() -> None:
    assert newer("const a = b?.c; // ok") == ["optional chaining (80)"]
    assert newer("try { a(); } catch { b(); }") == ["catch without a name (66)"]
    assert newer("a ||= b ?? 1_000") == ["?? (80)", "logical assignment (85)", "digits in groups (75)"]
    assert newer("const a = /(?<year>\\d+)/u;") == ["/(?<year>\\d+)/u"]
    assert newer("await import('x');") == ["await outside a function (89)"]
    assert newer("// a?.b\nconst a = '?? ||=' + `#x`; const b = c ? .5 : /[?]{2}/g;") == []


@pytest.mark.parametrize("script", scripts(), ids=lambda path: path.name)
def test_no_syntax_is_newer_than_2018(script: Path) -> None:
    assert newer(script.read_text(encoding="utf-8")) == []


@pytest.mark.browser
def test_the_form_is_answered_without_the_newer_functions(
    phone: Callable[..., Page], base: str, wave: OpenWave, database: Database
) -> None:
    page = phone()
    gone = [f"delete {owner}.{name};" for owner, names in NEWER_FUNCTIONS.items() for name in names]
    page.add_init_script("\n".join(f"try {{ {line} }} catch (error) {{}}" for line in gone))
    page.goto(f"{base}/a/{wave.code}")
    assert page.evaluate("() => [typeof [].flatMap, typeof window.AbortController]") == ["undefined", "undefined"]
    answer_to_the_end(page)
    submit(page)
    page.locator(".receipt").wait_for()
    assert answers(database, wave) == [EXPECTED]
