"""Scans of printed forms are read: what is accepted is right, what is doubtful goes to a person, and that is little."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import stats

from questionnaires.canonical import sha256
from questionnaires.kinds import kind_of
from questionnaires.loader import load
from questionnaires.model import Header
from reports.fonts import TypeSettings
from reports.paper_form.drawing import blank_pdf
from reports.paper_form.geometry import Box
from reports.paper_form.layout import FormLayout, lay_out_form
from survey_service.paper.reading import images
from survey_service.paper.reading.alignment import NotLocated, locate
from survey_service.paper.reading.ink import Ink, Remark, look
from survey_service.paper.reading.judgement import Doubt, judge_boxes
from survey_service.paper.reading.page import Edition, PageReading, read_page
from survey_service.paper.reading.prints import Print, prints_of
from survey_service.paper.reading.registration import Flat
from tests.spec.paper import synthetic
from tests.spec.paper.hands import Hand
from tests.spec.paper.synthetic import KINDS, Kind

DEFINITION = Path(__file__).parents[3] / "questionnaires" / "definitions" / "civilized_city" / "questionnaire.yaml"
SOAK_SEED, SOAK_ACCEPTED = 20261130, 5_000  # a seed that no limit was set on
SOAK_SHARES = (("ordinary", 4), ("beside", 2), ("struck", 2), ("curled", 1), ("stained", 1), ("folded", 1), ("all", 1))


@pytest.fixture(scope="module")
def layout(type_settings: TypeSettings) -> FormLayout:
    questionnaire = load(DEFINITION)
    return lay_out_form(questionnaire, ("zh",), definition_sha256=sha256(questionnaire), settings=type_settings)


@pytest.fixture(scope="module")
def edition(layout: FormLayout) -> Edition:
    prints = prints_of(blank_pdf(layout, Header()), first=0, pages=layout.geometry.pages)
    return Edition(questionnaire=layout.questionnaire, geometry=layout.geometry, prints=prints)


@dataclass
class Count:
    """Fields of forms by what became of them."""

    fields: int = 0
    accepted: int = 0
    wrong: list[str] = field(default_factory=list)
    plain: int = 0  # marked plainly, or left blank
    plain_sent: Counter[str] = field(default_factory=Counter)
    odd: Counter[str] = field(default_factory=Counter)
    odd_accepted: Counter[str] = field(default_factory=Counter)
    lost: int = 0  # pages that were not found

    def add(self, edition: Edition, form: synthetic.Filled, pages: Iterable[int]) -> None:
        for number in pages:
            page = read_page(form.pages[number], lambda code: edition)
            if not isinstance(page, PageReading):
                self.lost += 1
                continue
            assert page.located.code.serial == form.serial
            for one in page.fields:
                self._field(form, one.variable, one.codes, one.doubt)

    def _field(self, form: synthetic.Filled, variable: str, codes: tuple[str, ...], doubt: Doubt | None) -> None:
        deed = form.deeds.get(variable)
        self.fields += 1
        self.plain += deed is None
        self.odd[deed or "plain"] += 1
        if doubt is not None:
            self.plain_sent[doubt] += deed is None
            return
        self.accepted += 1
        self.odd_accepted[deed or "plain"] += 1
        if codes != form.truth[variable]:
            self.wrong.append(f"{form.capture} {variable} {deed}: {codes}, meant {form.truth[variable]}")


@pytest.mark.parametrize(
    ("kind", "page", "seed"),
    [
        (Kind(capture="photo"), 0, 4),
        (Kind(capture="flatbed", odd=synthetic.BESIDE, odd_share=0.6), 1, 5),
        (Kind(capture="flatbed", odd=("struck_outside",), odd_share=0.4), 0, 8),
        (Kind(capture="feeder", curl=(2.7, 3.0)), 0, 6),
        (Kind(capture="flatbed", stain=True), 1, 7),
    ],
    ids=["ordinary", "beside", "struck_outside", "curled", "stained"],
)
def test_a_form_is_read(layout: FormLayout, edition: Edition, kind: Kind, page: int, seed: int) -> None:
    """One page of each kind; ``make soak`` reads hundreds."""
    counted = Count()
    counted.add(edition, synthetic.form(layout, 1, seed, kind, only=page), [page])
    assert counted.wrong == []
    assert counted.lost == 0
    assert sum(count for deed, count in counted.odd_accepted.items() if deed in synthetic.BESIDE) == 0
    assert counted.accepted >= (0.2 if kind.odd or kind.stain else 0.6) * counted.fields


def test_large_print_is_read_too(layout: FormLayout, type_settings: TypeSettings) -> None:
    asked = layout.questionnaire
    large = lay_out_form(asked, ("zh",), definition_sha256=sha256(asked), large=True, settings=type_settings)
    prints = prints_of(blank_pdf(large, Header()), first=0, pages=large.geometry.pages)
    counted = Count()
    form = synthetic.form(large, 1, 3, Kind(capture="photo"), only=1)
    counted.add(Edition(questionnaire=large.questionnaire, geometry=large.geometry, prints=prints), form, [1])
    assert (counted.wrong, counted.lost) == ([], 0)
    assert counted.accepted >= 0.6 * counted.fields > 0


@pytest.mark.soak
def test_five_thousand_accepted_fields(layout: FormLayout, edition: Edition) -> None:
    counts = {name: Count() for name, _ in SOAK_SHARES}
    place = 0
    while sum(count.accepted for count in counts.values()) < SOAK_ACCEPTED:
        for name, share in SOAK_SHARES:
            for _ in range(share):
                form = synthetic.form(layout, place, SOAK_SEED, KINDS[name])
                counts[name].add(edition, form, range(len(form.pages)))
                place += 1
    accepted = sum(count.accepted for count in counts.values())
    wrong = [f"{name}: {one}" for name, count in counts.items() for one in count.wrong]
    low, high = stats.binomtest(len(wrong), accepted).proportion_ci(method="exact")
    print(f"seed {SOAK_SEED}: {place} forms, {accepted} accepted, {len(wrong)} wrong ({low:.5f} to {high:.5f})")
    for name, count in counts.items():
        sent = sum(count.plain_sent.values()) / max(count.plain, 1)
        print(
            f"{name}: {count.fields} fields, {count.accepted} accepted, {len(count.wrong)} wrong, plain ones sent "
            f"{sent:.3f} {dict(count.plain_sent)}, lost pages {count.lost}, "
            f"odd {dict(count.odd)}, accepted of them {dict(count.odd_accepted)}"
        )
    assert len(wrong) <= 3 * accepted / SOAK_ACCEPTED, wrong
    beside = sum(count.odd_accepted[deed] for count in counts.values() for deed in synthetic.BESIDE)
    assert beside == 0, "what is beside a box goes to a person"
    ordinary = counts["ordinary"]
    assert sum(ordinary.plain_sent.values()) <= 0.10 * ordinary.plain, ordinary.plain_sent


def test_what_is_no_page_of_ours_is_said(layout: FormLayout) -> None:
    blank = np.full((1100, 800), 240, dtype=np.uint8)
    assert locate(blank) == NotLocated("no_code")
    filled = synthetic.form(layout, 7, 7, Kind(capture="flatbed"), only=0)
    unknown = read_page(filled.pages[0], lambda code: None)
    assert isinstance(unknown, NotLocated)
    assert (unknown.reason, unknown.code and unknown.code.serial) == ("unknown_form", filled.serial)


# ------------------------------------------------------------------ every mark that is not plainly in one box


def _drawn(layout: FormLayout, number: int) -> Image.Image:
    return synthetic.clean(layout, 1)[number - 1].copy()


def _seen(page: Image.Image, print_: Print, boxes: list[Box], box: float) -> dict[str, Remark]:
    """The remarks about a page that lies flat already."""
    small = page.resize((print_.darkness.shape[1], print_.darkness.shape[0]), Image.Resampling.BOX)
    dark = 1 - np.asarray(small, dtype=np.float32) / 255
    flat = Flat(darkness=dark, paper=np.ones((297, 210), dtype=np.float32), shifts=np.zeros((60, 43, 2)))
    return look(flat, print_, boxes, [], box).remarks


def test_each_odd_mark_is_seen_at_its_own_field(layout: FormLayout, edition: Edition) -> None:
    boxes = [box for box in layout.geometry.boxes if box.page == 1]
    fields: dict[str, list[Box]] = {}
    for box in boxes:
        fields.setdefault(box.variable, []).append(box)
    hand = Hand.any(np.random.default_rng(3), layout.geometry.box)
    hand.ink, hand.width, hand.pencil = 0.9, 0.5, False
    page = _drawn(layout, 1)
    q1, q2, q3, q4, q5 = (fields[name] for name in ("q1", "q2", "q3", "q4", "q5"))
    row = fields["q6.markets"]
    strokes = [
        hand.tick(q1[0].x - 3.6, q1[0].y + 1.9, 3.4),  # left of its box, 97 % were "blank, confidence 1.0"
        hand.around(q2[1].x + 5.2, q2[1].y + 1.9, 20),  # a label
        *hand.mark(q3[0], "tick"),
        hand.path(
            [
                (q3[0].x - 1.5, q3[0].y + 1.4),
                (q3[0].x + 5.4, q3[0].y + 1.6),
                (q3[0].x - 1.4, q3[0].y + 2.4),
                (q3[0].x + 5.2, q3[0].y + 2.6),
            ],
            0.9,
        ),
        hand.underline(q4[3].x + 5.2, q4[3].y + 1.9, 18),
        *hand.mark(q5[1], "tick"),  # plain: no remark
        hand.tick(row[2].x + 8.5, row[2].y + 1.9, 3.4),  # between two columns
    ]
    for draw in strokes:
        draw(page)
    remarks = _seen(page, edition.prints[0], boxes, layout.geometry.box)
    assert set(remarks) == {"q1", "q2", "q3", "q4", "q6.markets"}
    assert set(remarks.values()) == {Remark.BESIDE}


def test_a_ring_around_the_head_of_a_column_is_seen_at_every_row(layout: FormLayout, edition: Edition) -> None:
    boxes = [box for box in layout.geometry.boxes if box.page == 1]
    rows = [box for box in boxes if box.variable.startswith("q6.")]
    hand = Hand.any(np.random.default_rng(3), layout.geometry.box)
    hand.ink, hand.width = 0.9, 0.5
    page = _drawn(layout, 1)
    hand.ring(rows[0].x + 1.9, rows[0].y - 7, 12, 5)(page)
    assert set(_seen(page, edition.prints[0], boxes, layout.geometry.box)) == {box.variable for box in rows}


def test_boxes_that_are_not_where_they_were_printed_are_read_by_nobody(layout: FormLayout, edition: Edition) -> None:
    boxes = [box for box in layout.geometry.boxes if box.page == 1]
    page = Image.fromarray(np.roll(np.asarray(_drawn(layout, 1)), 25, axis=0))  # 2.5 mm down, and not found out
    remarks = _seen(page, edition.prints[0], boxes, layout.geometry.box)
    assert set(remarks) == {box.variable for box in boxes}
    assert set(remarks.values()) == {Remark.UNPLACED}


# One single-choice field (q3) of five boxes; mean darkness, share covered, share that a stroke covers.
EMPTY = Ink(mean=0.002, covered=0.0, stroke=0.0)
TICK = Ink(mean=0.25, covered=0.3, stroke=0.3)
FAINT = Ink(mean=0.045, covered=0.02, stroke=0.1)
HAIR = Ink(mean=0.018, covered=0.0, stroke=0.0)
FILLED = Ink(mean=0.9, covered=0.97, stroke=1.0)
SHADE = Ink(mean=0.16, covered=0.0, stroke=0.0)
STRUCK = Ink(mean=0.55, covered=0.6, stroke=0.6)


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
        ((EMPTY, SHADE, EMPTY, EMPTY, EMPTY), ("2",), Doubt.FAINT),  # dark, but no stroke
        ((EMPTY, STRUCK, EMPTY, EMPTY, EMPTY), ("2",), Doubt.STRUCK),
    ],
)
def test_what_is_clear_and_what_is_not(
    layout: FormLayout, inks: tuple[Ink, ...], codes: tuple[str, ...] | None, doubt: Doubt | None
) -> None:
    boxes = [box for box in layout.geometry.boxes if box.variable == "q3"]
    others = [box for box in layout.geometry.boxes if box.page == 1 and box.variable != "q3"]
    rest = [TICK if box.code == "1" and "." in box.variable else EMPTY for box in others]
    read = judge_boxes(layout.questionnaire, [*boxes, *others], [*inks, *rest], {})
    q3 = next(one for one in read if one.variable == "q3")
    assert q3.doubt is doubt
    if codes is not None:
        assert q3.codes == codes
    remarked = judge_boxes(layout.questionnaire, [*boxes, *others], [*inks, *rest], {"q3": Remark.BESIDE})
    assert next(one for one in remarked if one.variable == "q3").doubt is Doubt.BESIDE


@pytest.mark.parametrize(("ticked", "doubt"), [(3, None), (4, Doubt.SEVERAL)])
def test_more_ticks_than_may_be_are_left_to_a_person(layout: FormLayout, ticked: int, doubt: Doubt | None) -> None:
    several = next(one for one in layout.questionnaire.questions() if kind_of(one).several)
    limited = replace(
        layout.questionnaire,
        sections=tuple(
            replace(
                section,
                questions=tuple(
                    replace(one, maximum_choices=3) if one.id == several.id else one for one in section.questions
                ),
            )
            for section in layout.questionnaire.sections
        ),
    )
    boxes = [box for box in layout.geometry.boxes if box.page == 1]
    wanted = [box.code for box in boxes if box.variable == several.id][:ticked]
    inks = [TICK if box.variable == several.id and box.code in wanted else EMPTY for box in boxes]
    read = {one.variable: one for one in judge_boxes(limited, boxes, inks, {})}[several.id]
    assert (read.codes, read.doubt) == (tuple(wanted), doubt)
    free = {one.variable: one for one in judge_boxes(layout.questionnaire, boxes, inks, {})}
    assert free[several.id].doubt is None


def test_a_file_that_is_no_picture_is_named(tmp_path: Path) -> None:
    for name in ("a.png", "a.pdf", "a.HEIC"):
        (tmp_path / name).write_bytes(b"not what its name says")
        with pytest.raises(images.UnreadableFile, match=name):
            list(images.pages(tmp_path / name))


# 96 x 64 pixels of white with a black rectangle from (8, 8) to (40, 30), as iPhones keep pictures.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9j"
    "AAAAAERAAAEAAQAAAAABegABAAAAAAAAAGsAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA1mlw"
    "cnAAAAC3aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AA"
    "AAMAkAAAAwAAAwAeoDCBBZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAA"
    "AABgAAAAQAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAAHNtZGF0AAAAZygBrwngyQIU56O/in3v/WOYpf/16nzz"
    "t0tiXHavLWCzqutOnusBm0yxSYR1/4uk2ql6mxvxT5b5bm4W24FwBE3mWqflDHWnOzph1vKD++SOEnl1m0IucP+6TfZpHL1vvCh2swlXtEM="
)


def test_a_picture_of_an_iphone_is_read(tmp_path: Path) -> None:
    (tmp_path / "IMG_0001.HEIC").write_bytes(HEIC)
    (page,) = images.pages(tmp_path / "IMG_0001.HEIC")
    assert isinstance(page, np.ndarray)
    assert page.shape == (64, 96)
    assert (page[12:26, 12:36] < 40).all()
    assert (page[40:, 50:] > 215).all()


def test_a_photograph_is_turned_as_the_phone_was_held(tmp_path: Path) -> None:
    picture = Image.new("L", (40, 20), 255)
    tags = Image.Exif()
    tags[0x0112] = 6  # held upright
    picture.save(tmp_path / "phone.jpg", exif=tags)
    (page,) = images.pages(tmp_path / "phone.jpg")
    assert isinstance(page, np.ndarray)
    assert page.shape == (40, 20)
