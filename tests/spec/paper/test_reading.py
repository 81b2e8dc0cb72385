"""Scans of printed forms are read: what is accepted is right, what is doubtful goes to a person, and that is little."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from questionnaires.canonical import sha256
from questionnaires.loader import load
from reports.fonts import TypeSettings
from reports.paper_form.layout import FormLayout, lay_out_form
from survey_service.paper.reading import images
from survey_service.paper.reading.alignment import NotLocated, locate
from survey_service.paper.reading.boxes import Ink
from survey_service.paper.reading.judgement import Doubt, judge_boxes
from survey_service.paper.reading.page import Edition, PageReading, read_page
from survey_service.paper.serials import serial
from tests.spec.paper import synthetic

DEFINITION = Path(__file__).parents[3] / "questionnaires" / "definitions" / "civilized_city" / "questionnaire.yaml"
SOAK_FORMS, SOAK_SEED = 200, 20261127  # a seed that no limit was set on


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> FormLayout:
    questionnaire = load(DEFINITION)
    settings = TypeSettings(cache=tmp_path_factory.mktemp("type"))
    return lay_out_form(questionnaire, ("zh",), definition_sha256=sha256(questionnaire), settings=settings)


@dataclass
class Count:
    fields: int = 0
    accepted: int = 0
    wrong: list[str] = field(default_factory=list)
    sent: Counter[str] = field(default_factory=Counter)


def count(layout: FormLayout, forms: list[synthetic.Filled] | object) -> Count:
    edition = Edition(questionnaire=layout.questionnaire, geometry=layout.geometry)
    counted = Count()
    for form in forms:  # type: ignore[attr-defined]
        seen = set()
        for image in form.pages:
            page = read_page(image, lambda code: edition)
            if not isinstance(page, PageReading):
                counted.sent[page.reason] += 0
                continue
            assert page.located.code.serial == form.serial
            for one in page.fields:
                seen.add(one.variable)
                if one.doubt is not None:
                    counted.sent[one.doubt] += 1
                    continue
                counted.accepted += 1
                if one.codes != form.truth[one.variable]:
                    counted.wrong.append(f"{form.capture} {form.serial} {one}, meant {form.truth[one.variable]}")
        counted.sent["page not found"] += len(set(form.truth) - seen)
        counted.fields += len(form.truth)
    return counted


def test_a_flatbed_a_feeder_and_a_photograph(layout: FormLayout) -> None:
    filled = [
        synthetic.form(layout, serial(place + 1), np.random.default_rng([4, place]), capture)
        for place, capture in enumerate(("flatbed", "feeder", "photo"))
    ]
    counted = count(layout, filled)
    assert counted.wrong == []
    assert counted.accepted >= 0.85 * counted.fields


@pytest.mark.soak
def test_two_hundred_forms(layout: FormLayout) -> None:
    counted = count(layout, synthetic.forms(layout, SOAK_FORMS, SOAK_SEED))
    print(
        f"seed {SOAK_SEED}: {counted.fields} fields, {counted.accepted} accepted, {len(counted.wrong)} of them wrong; "
        f"sent to a person: {sum(counted.sent.values())} {dict(counted.sent)}"
    )
    assert len(counted.wrong) <= 0.001 * counted.accepted, counted.wrong
    assert sum(counted.sent.values()) <= 0.05 * counted.fields, counted.sent


def test_what_is_no_page_of_ours_is_said(layout: FormLayout) -> None:
    blank = np.full((1100, 800), 240, dtype=np.uint8)
    assert locate(blank) == NotLocated("no_code")
    filled = synthetic.form(layout, serial(7), np.random.default_rng(7), "flatbed")
    unknown = read_page(filled.pages[0], lambda code: None)
    assert isinstance(unknown, NotLocated)
    assert (unknown.reason, unknown.code and unknown.code.serial) == ("unknown_form", serial(7))


# One single-choice field (q3) of five boxes; mean darkness, share covered, share around.
EMPTY = Ink(mean=0.002, covered=0.0, around=0.0)
TICK = Ink(mean=0.25, covered=0.3, around=0.02)
FAINT = Ink(mean=0.045, covered=0.02, around=0.0)
HAIR = Ink(mean=0.018, covered=0.0, around=0.0)
FILLED = Ink(mean=0.9, covered=0.97, around=0.0)
BESIDE = Ink(mean=0.004, covered=0.0, around=0.25)


@pytest.mark.parametrize(
    ("inks", "codes", "doubt"),
    [
        ((EMPTY, TICK, EMPTY, EMPTY, EMPTY), ("2",), None),
        ((EMPTY, EMPTY, EMPTY, EMPTY, EMPTY), (), None),
        ((EMPTY, FAINT, EMPTY, EMPTY, EMPTY), None, Doubt.FAINT),
        ((EMPTY, HAIR, EMPTY, EMPTY, EMPTY), (), Doubt.FAINT),
        ((TICK, TICK, EMPTY, EMPTY, EMPTY), ("1", "2"), Doubt.SEVERAL),
        ((FILLED, TICK, EMPTY, EMPTY, EMPTY), ("2",), Doubt.FILLED),  # taken back, by the printed rule
        ((FILLED, EMPTY, EMPTY, EMPTY, EMPTY), ("1",), Doubt.FILLED),
        ((EMPTY, BESIDE, EMPTY, EMPTY, EMPTY), (), Doubt.BESIDE),
    ],
)
def test_what_is_clear_and_what_is_not(
    layout: FormLayout, inks: tuple[Ink, ...], codes: tuple[str, ...] | None, doubt: Doubt | None
) -> None:
    boxes = [box for box in layout.geometry.boxes if box.variable == "q3"]
    others = [box for box in layout.geometry.boxes if box.page == 1 and box.variable != "q3"]
    read = judge_boxes(layout.questionnaire, [*boxes, *others], [*inks, *[EMPTY] * len(others)])
    q3 = next(one for one in read if one.variable == "q3")
    assert q3.doubt is doubt
    if codes is not None:
        assert q3.codes == codes


def test_a_file_that_is_no_picture_is_named(tmp_path: Path) -> None:
    for name in ("a.png", "a.pdf"):
        (tmp_path / name).write_bytes(b"not what its name says")
        with pytest.raises(images.UnreadableFile, match=name):
            list(images.pages(tmp_path / name))


def test_a_photograph_is_turned_as_the_phone_was_held(tmp_path: Path) -> None:
    picture = Image.new("L", (40, 20), 255)
    tags = Image.Exif()
    tags[0x0112] = 6  # held upright
    picture.save(tmp_path / "phone.jpg", exif=tags)
    (page,) = images.pages(tmp_path / "phone.jpg")
    assert page.shape == (40, 20)
