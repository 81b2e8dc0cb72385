"""An interval of a share, by its recipe; and which test names the step that was left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from tests.recipes.scratch import Scratch, copied

RULE = '''def _agresti_coull(share: FloatArray, _variance: FloatArray, effective: FloatArray, t: FloatArray) -> Limits:
    """Wald about the middle of Wilson's interval, with t^2 respondents more."""
    size = effective + t * t
    middle = (share * effective + t * t / 2) / size
    half = t * np.sqrt(middle * (1 - middle) / size)
    return middle - half, middle + half


'''
# What the step is for -> the file, the text before which it stands, the text.
STEPS: Mapping[str, tuple[str, str, str]] = {
    "its name": ("analysis/results.py", '    WOODRUFF = "woodruff"', '    AGRESTI_COULL = "agresti_coull"\n'),
    "its rule": ("analysis/estimation/intervals.py", "_RULES: dict", RULE),
    "its place among the rules": (
        "analysis/estimation/intervals.py",
        "    IntervalMethod.XLOGIT: _logit,",
        "    IntervalMethod.AGRESTI_COULL: _agresti_coull,\n",
    ),
    "its words": (
        "reports/wording/phrases.py",
        "    IntervalMethod.WOODRUFF: ",
        '    IntervalMethod.AGRESTI_COULL: Text("Agresti–Coull 法", "Agresti–Coull"),\n',
    ),
    "its row in the manual": (
        "docs/statistics.md",
        "| `xlogit` |",
        "| `agresti_coull` | Wald about the middle of Wilson's, with t² respondents more |\n",
    ),
}
NAMED = {
    "its place among the rules": "interval agresti_coull has no rule in analysis/estimation/intervals.py",
    "its words": "interval agresti_coull has no words in reports/wording/phrases.py",
    "its row in the manual": "interval agresti_coull has no row in docs/statistics.md",
}
CHECKS = ("tests/architecture/test_intervals.py",)
REPORTED = "tests/spec/reports/test_report_command.py::test_every_documented_interval_goes_from_estimate_to_report"


def followed(folder: Path, without: Collection[str] = ()) -> Scratch:
    scratch = copied(folder)
    for name, (place, before, text) in STEPS.items():
        if name not in without:
            scratch.change(place, before, text + before)
    return scratch


def test_an_interval_by_the_recipe(tmp_path: Path) -> None:
    scratch = followed(tmp_path)
    assert len(scratch.touched) == 4
    whole = scratch.pytest(*CHECKS)
    assert whole.returncode == 0, whole.stdout


def test_an_interval_without_rule_words_and_row_is_named_for_each(tmp_path: Path) -> None:
    incomplete = followed(tmp_path, tuple(NAMED)).pytest(*CHECKS)
    assert incomplete.returncode == 1, incomplete.stdout
    for said in NAMED.values():
        assert said in incomplete.stdout


@pytest.mark.soak
def test_an_interval_by_the_recipe_is_reported(tmp_path: Path) -> None:
    scratch = followed(tmp_path)
    place = "tests/golden/reports/copenhagen.json"
    scratch.write(place, (Path(__file__).parents[2] / place).read_text(encoding="utf-8"))
    whole = scratch.pytest(f"{REPORTED}[agresti_coull]")
    assert whole.returncode == 0, whole.stdout


@pytest.mark.soak
@pytest.mark.parametrize("name", NAMED)
def test_an_interval_without_one_step_is_named(name: str, tmp_path: Path) -> None:
    incomplete = followed(tmp_path, (name,)).pytest(*CHECKS)
    assert incomplete.returncode == 1, incomplete.stdout
    assert NAMED[name] in incomplete.stdout
