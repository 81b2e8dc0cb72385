"""docs/security.md names a test for every class of hole; every test that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_named_test_exists() -> None:
    named = NAMED.findall((ROOT / "docs" / "security.md").read_text(encoding="utf-8"))
    assert len(named) > 60
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file() or f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert not missing


CLASSES = (
    "formula injection",
    "XSS",
    "object and area scope",
    "search and sort",
    "SQL injection",
    "expression injection",
    "zip bomb",
    "poisoned answer",
    "authentication by path",
    "sessions",
    "host header",
    "brute force",
    "ballot",
    "CSRF",
    "SSRF",
    "mass assignment",
    "open redirect",
)


def test_every_class_has_its_row() -> None:
    """The classes of holes that survey systems really had; a row without a test is no row."""
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ") and NAMED.search(line)]
    missing = [name for name in CLASSES if not any(name in row.partition(" | ")[0] for row in rows)]
    assert not missing
