"""Forms as offices get them back: filled in by many hands, then scanned or photographed. Seeded: the same every time.

What a hand meant is written down before anything is drawn, and nothing of the reader takes part. Ordinary forms hold
plain marks, faint pencil, corrections by the printed rule, dirt and handwriting; odd ones also what else people do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pypdfium2
from PIL import Image

from questionnaires.model import Header, QuestionType
from reports.paper_form.drawing import Copy, batch_pdf
from reports.paper_form.geometry import PAGE, Box
from reports.paper_form.layout import FormLayout
from survey_service.paper.reading.images import Grey
from survey_service.paper.serials import PageCode, grouped, serial
from tests.spec.paper import captures
from tests.spec.paper.hands import SCALE, Hand, Stroke

FAINT, CORRECTED, BLANK = 0.012, 0.008, 0.04  # shares of fields
CAPTURES = ("flatbed", "flatbed", "feeder", "photo")
# What is done at a field instead of a plain mark.
BESIDE = ("beside", "around_label", "around_both", "around_box", "underlined", "between")
STRUCK = ("struck", "struck_alone", "struck_outside", "through")
SERIALS = 12  # so many different codes are drawn; drawing is slow


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a form has been through."""

    odd: tuple[str, ...] = ()  # deeds
    odd_share: float = 0.0  # of its fields
    curl: tuple[float, float] = (0.0, 0.5)  # mm, least and most of the largest displacement
    stain: bool = False
    fold: bool = False
    capture: str = ""


ORDINARY = Kind()
KINDS: Mapping[str, Kind] = {
    "ordinary": ORDINARY,
    "beside": Kind(odd=BESIDE, odd_share=0.3),
    "struck": Kind(odd=STRUCK, odd_share=0.3),
    "curled": Kind(curl=(1.5, 3.0)),
    "stained": Kind(stain=True),
    "folded": Kind(fold=True),
    "all": Kind(odd=BESIDE + STRUCK, odd_share=0.1, curl=(0.5, 2.5), stain=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """One form: its pages as images, and what its hand meant."""

    pages: tuple[Grey, ...]
    truth: Mapping[str, tuple[str, ...]]
    deeds: Mapping[str, str]  # fields in which something else was done than mark boxes plainly
    capture: str
    serial: str


@dataclass(slots=True)
class _Sheet:
    """What a hand did, before it is scanned."""

    truth: dict[str, tuple[str, ...]] = field(default_factory=dict)
    deeds: dict[str, str] = field(default_factory=dict)
    strokes: dict[int, list[Stroke]] = field(default_factory=dict)


def form(layout: FormLayout, place: int, seed: int, kind: Kind = ORDINARY, *, only: int | None = None) -> Filled:
    """The ``place``-th form of a seed; ``only`` one page of it is captured, from 0."""
    rng = np.random.default_rng([seed, place])
    hand = Hand.any(rng, layout.geometry.box)
    sheet = _filled_in(layout, hand, kind)
    chosen = kind.capture or str(rng.choice(CAPTURES))
    # A phone takes paper as it lies; a lid presses it flat, unless it is curled badly.
    curl = captures.curled(rng, float(rng.uniform(*kind.curl)) * (2 if chosen == "photo" and kind is ORDINARY else 1))
    number = serial(place % SERIALS + 1)
    pages = []
    for page, blank in enumerate(clean(layout, place), start=1):
        if only is not None and page != only + 1:
            pages.append(np.zeros((1, 1), dtype=np.uint8))
            continue
        paper = blank.copy()
        for draw in sheet.strokes.get(page, []):
            draw(paper)
        paper = captures.stained(paper, rng) if kind.stain else paper
        paper = captures.folded(paper, rng) if kind.fold else paper
        if chosen == "photo":
            pages.append(captures.photograph(paper, rng, curl))
        else:
            pages.append(captures.flatbed(paper, rng, curl, feeder=chosen == "feeder"))
    return Filled(pages=tuple(pages), truth=sheet.truth, deeds=sheet.deeds, capture=chosen, serial=number)


def clean(layout: FormLayout, place: int) -> tuple[Image.Image, ...]:
    """The printed pages before anybody writes on them."""
    return _drawn(_Key(layout, serial(place % SERIALS + 1)))


@dataclass(frozen=True, eq=False)
class _Key:
    layout: FormLayout
    number: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and (other.layout is self.layout) and other.number == self.number

    def __hash__(self) -> int:
        return hash((self.layout.geometry.sha256, self.number))


@lru_cache(SERIALS)
def _drawn(key: _Key) -> tuple[Image.Image, ...]:
    geometry = key.layout.geometry
    codes = tuple(
        PageCode(
            survey="0a1b2c3d", serial=key.number, page=page, version=geometry.sha256[:8], languages=geometry.languages
        ).payload()
        for page in range(1, geometry.pages + 1)
    )
    pdf = batch_pdf(key.layout, Header(), [Copy(serial=grouped(key.number), codes=codes)], cover=None)
    document = pypdfium2.PdfDocument(pdf)
    try:
        return tuple(
            document[page].render(scale=SCALE * 25.4 / 72, grayscale=True).to_pil() for page in range(geometry.pages)
        )
    finally:
        document.close()


# ------------------------------------------------------------------ what a hand does


def _filled_in(layout: FormLayout, hand: Hand, kind: Kind) -> _Sheet:
    rng, sheet = hand.rng, _Sheet()
    several = {
        variable: question.type is QuestionType.MULTIPLE_CHOICE
        for question in layout.questionnaire.questions()
        for variable in question.variables()
    }
    fields: dict[str, list[Box]] = {}
    for box in layout.geometry.boxes:
        fields.setdefault(box.variable, []).append(box)
    for variable, boxes in fields.items():
        page = sheet.strokes.setdefault(boxes[0].page, [])
        if kind.odd and rng.random() < kind.odd_share:
            deed = str(rng.choice(kind.odd))
            sheet.deeds[variable] = deed
            sheet.truth[variable] = _odd(hand, boxes, layout.geometry.boxes, deed, page)
        else:
            sheet.truth[variable] = _plain(hand, boxes, several[variable], page)
    for entry in layout.geometry.entries:
        if rng.random() < 0.7:
            sheet.strokes.setdefault(entry.page, []).append(hand.scribble(entry))
    for page_number in range(1, layout.geometry.pages + 1):
        for _ in range(int(rng.integers(0, 25))):
            x, y = float(rng.uniform(15, PAGE[0] - 15)), float(rng.uniform(30, PAGE[1] - 15))
            sheet.strokes.setdefault(page_number, []).append(hand.speck(x, y))
    return sheet


def _plain(hand: Hand, boxes: list[Box], several: bool, page: list[Stroke]) -> tuple[str, ...]:
    rng = hand.rng
    count = int(rng.integers(1, 4)) if several else 1
    chosen = [] if rng.random() < BLANK else sorted(rng.choice(len(boxes), size=count, replace=False).tolist())
    if chosen and rng.random() < CORRECTED:
        wrong = next(place for place in range(len(boxes)) if place not in chosen)
        page += [*hand.mark(boxes[wrong]), hand.filled(boxes[wrong], 0.9)]
    faint = rng.random() < FAINT
    for place in chosen:
        ink = float(rng.uniform(0.12, 0.35)) if faint else None
        page += hand.mark(boxes[place], "tick" if faint else None, ink)
    return tuple(boxes[place].code for place in chosen)


def _odd(hand: Hand, boxes: list[Box], of_form: Sequence[Box], deed: str, page: list[Stroke]) -> tuple[str, ...]:
    """Draw it; the codes that are meant."""
    rng = hand.rng
    first, second = (boxes[place] for place in rng.choice(len(boxes), size=2, replace=False))
    middle = first.y + hand.box / 2
    others = [box for box in of_form if box.page == first.page]
    label, width = first.x + hand.box + 1.5, float(rng.uniform(9, 18))
    if deed == "beside":
        page.append(hand.beside(first, others))
    elif deed == "around_label":
        page.append(hand.around(label, middle, width))
    elif deed == "around_both":
        page.append(hand.around(first.x - 0.5, middle, hand.box + width + 2))
    elif deed == "around_box":
        page.append(hand.ring(first.x + hand.box / 2, middle, hand.box * 1.9, hand.box * 1.8))
    elif deed == "underlined":
        page.append(hand.underline(label, middle, width))
    elif deed == "between":
        page.append(hand.tick(first.x + hand.box / 2 + rng.uniform(5.5, 8.5), middle, hand.box))
    elif deed == "through":
        xs = sorted([first.x, second.x])
        ys = sorted([first.y + hand.box / 2, second.y + hand.box / 2])
        page.append(hand.path([(xs[0], ys[0]), (xs[1] + hand.box, ys[1])], hand.ink))
        return ()
    else:
        page += [*hand.mark(first, "tick"), hand.struck_out(first)]
        if deed == "struck_alone":
            return ()
        page += hand.mark(second, "tick") if deed == "struck" else [hand.beside(second, others)]
        return (second.code,)
    return (first.code,)
