"""Templates that a person can read: short lines, and what is decided is decided in Python."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2] / "survey_service/web/templates"
LONGEST = 160
MOST_BRANCHES = 40  # of one template; more than that is several parts, or rules that belong into the view


def templates() -> dict[str, str]:
    found = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in ROOT.rglob("*.html")}
    assert len(found) > 60
    return found


def test_no_line_of_a_template_is_long() -> None:
    long = [
        f"{name}:{number}"
        for name, text in sorted(templates().items())
        for number, line in enumerate(text.splitlines(), start=1)
        if len(line) > LONGEST
    ]
    assert not long, f"over {LONGEST} characters; break it inside a tag, or before a statement of Jinja as {{%- ... %}}"


def test_no_template_decides_much() -> None:
    branches = {name: len(re.findall(r"\{%[-+]? *(?:if|elif|else)\b", text)) for name, text in templates().items()}
    assert not {name: count for name, count in branches.items() if count > MOST_BRANCHES}


def test_no_box_that_scrolls_bears_the_name_of_its_section() -> None:
    """Whoever goes from landmark to landmark by a reader's key is else told two of one name: the box is a group."""
    label = r'aria-labelledby="([^"]+)"'
    twice = {
        name: both
        for name, text in sorted(templates().items())
        if (
            both := set(re.findall(rf"<section\b[^>]*{label}", text))
            & set(re.findall(rf'role="region"[^>]*{label}', text))
        )
    }
    assert not twice
