"""Every version of a questionnaire that ever came with the service loads as it was stored, and means what it meant.

``tests/golden/questionnaires/versions.jsonl.xz`` holds what the software of the day wrote: the bytes, what it made of
six people's answers, and where it printed the boxes. Paper may be laid out better since: a form that was printed is
read by the geometry it was printed with, so that geometry must load, and name the boxes that are printed today.
"""

from __future__ import annotations

import json
import lzma
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from questionnaires.answers import Policy, check_answers
from questionnaires.canonical import canonical_bytes, from_canonical, sha256
from questionnaires.evaluation import evaluator
from questionnaires.loader import available, load
from questionnaires.model import Questionnaire
from reports.fonts import TypeSettings
from reports.paper_form import geometry as geometries
from reports.paper_form.geometry import Geometry
from reports.paper_form.layout import lay_out_form

FILE = Path(__file__).parents[2] / "golden" / "questionnaires" / "versions.jsonl.xz"
SHORT = ("civilized_city", "window_services")


@cache
def versions() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in lzma.decompress(FILE.read_bytes()).decode().splitlines())


def load_stored(kept: dict[str, Any]) -> Questionnaire:
    """As a database gives it back."""
    return from_canonical(json.loads(kept["canonical"]))


def test_each_loads_and_is_the_same_bytes() -> None:
    assert len(versions()) >= 124
    assert len({kept["sha256"] for kept in versions()}) == len(versions())
    for kept in versions():
        one = load_stored(kept)
        about = (kept["key"], kept["commit"])
        assert canonical_bytes(one).decode() == kept["canonical"], about
        assert sha256(one) == kept["sha256"], about


@pytest.mark.parametrize("keys", [SHORT, pytest.param((), marks=pytest.mark.soak)], ids=["short forms", "all"])
def test_the_same_answers_are_judged_and_counted_alike(keys: tuple[str, ...]) -> None:
    for kept in versions():
        if keys and kept["key"] not in keys:
            continue
        one = load_stored(kept)
        pairs = evaluator(one)
        for number, person in enumerate(kept["people"]):
            checked = check_answers(one, person["given"], Policy.PAPER)
            about = (kept["key"], kept["commit"], number)
            assert checked.canonical == person["canonical"], about
            found = sorted(f"{finding.variable} {finding.code.value}" for finding in checked.findings)
            assert found == person["findings"], about
            counted = {name: list(pair) for name, pair in pairs(checked.values).items() if pair is not None}
            assert counted == person["figures"], about
            again = check_answers(one, checked.canonical, Policy.PAPER)
            assert again.canonical == checked.canonical, about


def printed(kept: dict[str, Any]) -> Geometry:
    return geometries.from_json(kept["geometry"]["stored"])


def named(one: Geometry) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Boxes and lines in their order, wherever they stand."""
    return [(box.variable, box.code) for box in one.boxes], [(entry.variable, entry.kind) for entry in one.entries]


def test_what_was_printed_is_read_by_the_geometry_it_was_printed_with() -> None:
    """Its hash stands in the codes on the paper."""
    on_paper = [kept for kept in versions() if kept["geometry"]]
    assert len(on_paper) >= 118
    for kept in on_paper:
        one = printed(kept)
        assert one.sha256 == kept["geometry"]["sha256"], (kept["key"], kept["commit"])
        assert one.definition_sha256 == kept["sha256"]


@pytest.mark.parametrize("key", [SHORT[1], *(pytest.param(key, marks=pytest.mark.soak) for key in sorted(available()))])
def test_what_is_printed_today_has_the_same_boxes(key: str, type_settings: TypeSettings) -> None:
    """Of every programme that is still there; `make test` prints the shortest."""
    for kept in versions():
        if kept["key"] == key and kept["geometry"]:
            one, hashed = load_stored(kept), kept["sha256"]
            form = lay_out_form(one, ("zh",), definition_sha256=hashed, settings=type_settings)
            assert named(form.geometry) == named(printed(kept)), (key, kept["commit"])


@pytest.mark.soak
def test_none_that_ships_is_missing() -> None:
    """A version that somebody may have taken must be here before it is changed: record.py beside the file adds it."""
    known = {kept["sha256"] for kept in versions()}
    missing = [key for key, path in available().items() if sha256(load(path)) not in known]
    assert missing == [], "run tests/golden/questionnaires/record.py"
