"""The browser interprets conditions as the server does: the same vectors, in a real Chromium."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
MODULE = ROOT / "survey_service" / "web" / "static" / "conditions.js"
VECTORS = ROOT / "tests" / "spec" / "questionnaires" / "condition_vectors.json"

RUN = """
async ({ source, conditions }) => {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const { evaluate } = await import(address);
  return conditions.map(({ tree, holds, fails }) => ({
    holds: holds.map((values) => evaluate(tree, values)),
    fails: fails.map((values) => evaluate(tree, values)),
  }));
}
"""


@pytest.mark.browser
def test_the_vectors_in_chromium(browser: Browser) -> None:
    conditions = json.loads(VECTORS.read_text(encoding="utf-8"))["conditions"]
    page = browser.new_page()
    try:
        source = MODULE.read_text(encoding="utf-8")
        results = page.evaluate(RUN, {"source": source, "conditions": conditions})
    finally:
        page.close()
    assert len(results) == len(conditions)
    for vector, result in zip(conditions, results, strict=True):
        assert result["holds"] == [True] * len(vector["holds"]), vector["source"]
        assert result["fails"] == [False] * len(vector["fails"]), vector["source"]
