"""What was added to a printed page: how much ink is in each box, and every stroke that is not plainly in one box.

The print is taken away; what is left are strokes, dirt and stains. Strokes that hang together are one trace. A trace
whose middle lies in one box and that hardly leaves it is a mark; every other, beside a box, around it or its label,
across several boxes, is a remark about the fields it lies at: a person looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import ndimage

from reports.paper_form.geometry import BOX_LINE, PAGE, Box, Entry
from survey_service.paper.reading.alignment import Floats
from survey_service.paper.reading.prints import Print
from survey_service.paper.reading.registration import PAPER_CELL, SCALE, Flat

NUDGE: Final = 0.7  # mm by which a box may still lie beside its place
NEAR: Final = 8  # boxes whose frames are aligned together: paper curls smoothly
INK: Final = 0.30  # darkness from which a sample counts as covered
STROKE: Final = 0.14  # darkness beyond the print from which a sample belongs to a stroke
JOINED: Final = 3  # samples around a stroke: what the print cuts in two is one
FRAME_HIDES: Final = 3  # samples outside a frame in which its own blur hides strokes
SPECK_AREA, SPECK_LENGTH = 0.30, 1.0  # mm2, mm: what is smaller is dirt
TOUCHED: Final = 0.18  # mm2 inside a frame from which a trace is in that box
HELD: Final = 0.06  # mm2 inside a frame from which strokes right outside it go on from inside
MOST_OUTSIDE: Final = 2.2  # of a mark outside its box, in shares of what is inside
MOST_REACH: Final = 4.2  # mm that a mark may run out of its box
MIDDLE: Final = 0.5  # mm by which the middle of a mark may lie outside its box
WRITING, ABOVE_WRITING = 2.5, 0.5  # mm around, and above, a field for handwriting that belong to it
BOTH_SIDES: Final = 0.95  # mm that a mark runs out of its box on two opposite sides: it may have been struck out
SHARED: Final = 1.7  # mm: what lies between two fields and so much nearer to neither belongs to both
BELONGS: Final = 8.0  # mm above and below the boxes of a field that belong to it
HEAD: Final = 13.0  # mm above the first row of a matrix: the heads of its columns with their codes
FRAMED: Final = 0.45  # of the usual strength of a frame: below it the box is not where it should be
AGREEING: Final = 0.45  # correlation of print and page around a field from which the place is sure
STAINED: Final = 0.07  # darkening of the paper against the paper around
PEDESTAL: Final = 0.06  # darkness right around a box where there should be paper
_RIM: Final = round(1.0 * SCALE)
_EDGES: Final = (13.0, 28.0, PAGE[0] - 13.0, PAGE[1] - 14.0)  # mm: inside stands what is filled in


class Remark(StrEnum):
    """What was seen at a field that no reading of its boxes can tell."""

    BESIDE = "beside"  # a stroke that is not plainly in one box
    STAINED = "stained"  # the paper itself is dark there
    UNPLACED = "unplaced"  # the boxes are not where they were printed


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """What one box holds; shares of 0..1."""

    mean: float  # mean darkness inside the frame, above that of the paper right around it
    covered: float  # share of the inside that is dark
    stroke: float = 1.0  # share of the inside that a stroke covers: no stain, no shade


@dataclass(frozen=True, slots=True)
class Seen:
    inks: list[Ink]
    remarks: dict[str, Remark]  # by variable


@dataclass(frozen=True, slots=True)
class _Places:
    """Boxes in samples of the flat page: outer top left corners after nudging, and whether the frame was found."""

    top: NDArray[np.int64]
    left: NDArray[np.int64]
    framed: NDArray[np.bool_]
    side: int

    def inner(self, place: int) -> tuple[slice, slice]:
        margin = round(BOX_LINE * SCALE) + 2  # the frame's own blur is left out
        return self._square(place, -margin)

    def outer(self, place: int, around: int = 0) -> tuple[slice, slice]:
        return self._square(place, around)

    def _square(self, place: int, grown: int) -> tuple[slice, slice]:
        top, left = int(self.top[place]) - grown, int(self.left[place]) - grown
        size = self.side + 2 * grown
        return slice(max(top, 0), top + size), slice(max(left, 0), left + size)


def look(flat: Flat, print_: Print, boxes: Sequence[Box], entries: Sequence[Entry], box: float) -> Seen:
    """The ink of every box of this page and the remarks about its fields; ``box`` is the side of a box in mm."""
    if not boxes:
        return Seen([], {})
    places = _places(flat.darkness, boxes, box)
    beyond = flat.darkness - print_.explained
    strokes = _strokes(beyond)
    remarks: dict[str, Remark] = {}
    fields = _Fields(boxes, box)
    for variable in fields.stained(flat.paper):
        remarks[variable] = Remark.STAINED
    inks = []
    for place, one in enumerate(boxes):
        ink, pedestal = _ink(flat.darkness, print_, strokes, places, place)
        inks.append(ink)
        if pedestal > PEDESTAL:
            remarks[one.variable] = Remark.STAINED
    for variable in _strays(strokes, places, boxes, entries, fields):
        remarks[variable] = Remark.BESIDE
    for variable in _unplaced(flat.darkness, print_.darkness, boxes, places, fields):
        remarks[variable] = Remark.UNPLACED
    return Seen(inks, remarks)


# ------------------------------------------------------------------ where the boxes are


def _places(darkness: Floats, boxes: Sequence[Box], box: float) -> _Places:
    """Each frame is sought around its place, together with its neighbours'."""
    side, reach, line = round(box * SCALE), round(NUDGE * SCALE), max(round(BOX_LINE * SCALE), 2)
    frame = np.zeros((side + 4, side + 4), dtype=np.float32)
    frame[2:-2, 2:-2] = 1
    frame[2 + line : -2 - line, 2 + line : -2 - line] = 0
    frame /= frame.sum()
    # Just outside the frame there is paper: without this a filled box would fit anywhere.
    outside = np.ones_like(frame)
    outside[2:-2, 2:-2] = 0
    template = frame - outside / outside.sum()
    tops = np.array([round(one.y * SCALE) for one in boxes])
    lefts = np.array([round(one.x * SCALE) for one in boxes])
    fits = np.stack(
        [
            np.einsum(
                "abij,ij->ab",
                sliding_window_view(
                    darkness[top - reach - 2 : top + side + reach + 2, left - reach - 2 : left + side + reach + 2],
                    template.shape,
                ),
                template,
            )
            for top, left in zip(tops, lefts, strict=True)
        ]
    )
    centres = np.stack([lefts, tops], axis=1)
    near = np.argsort(np.linalg.norm(centres[:, None] - centres[None], axis=2), axis=1)[:, :NEAR]
    together = fits[near].sum(axis=1).reshape(len(boxes), -1)
    rows, columns = np.unravel_index(together.argmax(axis=1), fits.shape[1:])
    index = np.arange(len(boxes))
    strength = np.stack(
        [
            fits[index, np.clip(rows + down, 0, 2 * reach), np.clip(columns + right, 0, 2 * reach)]
            for down in (-1, 0, 1)
            for right in (-1, 0, 1)
        ]
    ).max(axis=0)
    return _Places(tops + rows - reach, lefts + columns - reach, strength > FRAMED * float(np.median(strength)), side)


def _unplaced(darkness: Floats, printed: Floats, boxes: Sequence[Box], places: _Places, fields: _Fields) -> set[str]:
    """Fields of which a frame was not found, or where what is seen is not what was printed there."""
    lost = {box.variable for box, framed in zip(boxes, places.framed, strict=True) if not framed}
    blurred = ndimage.gaussian_filter(printed, 0.12 * SCALE)
    for variable, (top, bottom) in fields.spans.items():
        rows = slice(max(round((top - 2.5) * SCALE), 0), round((bottom + 2.5) * SCALE))
        columns = slice(round(_EDGES[0] * SCALE), round(_EDGES[2] * SCALE))
        if _alike(blurred[rows, columns], darkness[rows, columns]) < AGREEING:
            lost.add(variable)
    return lost


def _alike(one: Floats, other: Floats) -> float:
    first, second = one.ravel() - one.mean(), np.clip(other, 0, 0.8).ravel()
    second = second - second.mean()
    return float(first @ second / max(np.sqrt((first @ first) * (second @ second)), 1e-9))


# ------------------------------------------------------------------ ink in a box


def _ink(darkness: Floats, print_: Print, strokes: NDArray[np.bool_], places: _Places, place: int) -> tuple[Ink, float]:
    inside = darkness[places.inner(place)]
    around = places.outer(place, _RIM)
    bare = (print_.explained[around] < 0.03) & ~strokes[around]
    paper = darkness[around][bare]
    pedestal = float(np.median(paper)) if paper.size > 40 else 0.0
    return Ink(
        mean=float(np.clip(inside, 0, 1).mean()) - max(pedestal, 0.0),
        covered=float((inside > INK).mean()),
        stroke=float(strokes[places.inner(place)].mean()),
    ), pedestal


def _strokes(beyond: Floats) -> NDArray[np.bool_]:
    smooth = ndimage.gaussian_filter(beyond, 0.12 * SCALE)
    found = smooth > STROKE
    left, top, right, bottom = (round(edge * SCALE) for edge in _EDGES)
    inside = np.zeros_like(found)
    inside[top:bottom, left:right] = found[top:bottom, left:right]
    return inside


# ------------------------------------------------------------------ fields of a page


class _Fields:
    """Which fields a height of the page belongs to: a field has the page's whole width."""

    def __init__(self, boxes: Sequence[Box], box: float) -> None:
        self.spans: dict[str, tuple[float, float]] = {}
        for one in boxes:
            top, bottom = self.spans.get(one.variable, (one.y, one.y + box))
            self.spans[one.variable] = (min(top, one.y), max(bottom, one.y + box))
        names = list(self.spans)
        heights = (np.arange(round(PAGE[1] * SCALE)) + 0.5) / SCALE
        apart = np.stack(
            [np.maximum(np.maximum(top - heights, heights - bottom), 0) for top, bottom in self.spans.values()]
        )
        least = apart.min(axis=0)
        near = (apart < BELONGS) & (apart - least < SHARED) & ((apart > 0) | (least == apart))
        self._owners = [frozenset(names[place] for place in np.nonzero(near[:, row])[0]) for row in range(len(heights))]
        for name, (top, _) in self.spans.items():
            self._head(name, top)

    def _head(self, name: str, top: float) -> None:
        """Above the first row of a matrix stand the heads of all of them."""
        question = name.partition(".")[0]
        rows = frozenset(other for other in self.spans if other.partition(".")[0] == question)
        above = [span for other, span in self.spans.items() if other in rows and span[0] < top]
        if len(rows) < 2 or any(top - span[1] < HEAD for span in above):
            return
        for row in range(max(round((top - HEAD) * SCALE), 0), round((top - 1) * SCALE)):
            if self._owners[row] <= rows:
                self._owners[row] = rows

    def at(self, rows: NDArray[np.int64]) -> set[str]:
        """Fields of these rows of samples, each with more than a hair of the trace."""
        found: set[str] = set()
        for row, count in zip(*np.unique(rows, return_counts=True), strict=True):
            if count:
                found |= self._owners[int(row)]
        return found

    def stained(self, paper: Floats) -> set[str]:
        wide = ndimage.grey_closing(paper, size=(31, 31))
        depth = 1 - paper / np.maximum(ndimage.uniform_filter(wide, 5), 0.05)
        found: set[str] = set()
        for variable, (top, bottom) in self.spans.items():
            rows = slice(max(int((top - 2) / PAPER_CELL), 0), int((bottom + 2) / PAPER_CELL) + 1)
            columns = slice(round(_EDGES[0] / PAPER_CELL), round(_EDGES[2] / PAPER_CELL))
            if float(np.percentile(depth[rows, columns], 98)) > STAINED:
                found.add(variable)
        return found


# ------------------------------------------------------------------ traces


def _strays(
    strokes: NDArray[np.bool_], places: _Places, boxes: Sequence[Box], entries: Sequence[Entry], fields: _Fields
) -> set[str]:
    """Fields at which a trace lies that is not plainly a mark in one box."""
    joined = ndimage.binary_dilation(strokes, iterations=JOINED)
    inner = np.zeros(strokes.shape, dtype=np.int32)
    for place in range(len(boxes)):
        inner[places.inner(place)] = place + 1
        if strokes[places.inner(place)].sum() > HELD * SCALE**2:
            # The printed frame hides what crosses it: a tail goes on outside.
            joined[places.outer(place, FRAME_HIDES)] = True
    labels, count = ndimage.label(joined, np.ones((3, 3)))
    writing = np.zeros(strokes.shape, dtype=bool)
    for entry in entries:
        rows = slice(round((entry.y - ABOVE_WRITING) * SCALE), round((entry.y + entry.height + WRITING) * SCALE))
        writing[rows, round((entry.x - WRITING) * SCALE) : round((entry.x + entry.width + WRITING) * SCALE)] = True
    found: set[str] = set()
    for label, box in enumerate(ndimage.find_objects(labels, count), start=1):
        inside = (labels[box] == label) & strokes[box]
        ys, xs = np.nonzero(inside)
        if not ys.size or _speck(ys, xs):
            continue
        touched = np.bincount(inner[box][inside], minlength=len(boxes) + 1)[1:] / SCALE**2
        held = np.nonzero(touched > TOUCHED)[0]
        ys, xs = ys + box[0].start, xs + box[1].start
        if len(held) == 0:
            if writing[ys, xs].mean() < 0.8:
                found |= fields.at(ys)
        elif len(held) > 1:
            found |= {boxes[int(place)].variable for place in held}
        elif not _plain(ys, xs, places, int(held[0])):
            found.add(boxes[int(held[0])].variable)
    return found


def _speck(ys: NDArray[np.int64], xs: NDArray[np.int64]) -> bool:
    longest = max(int(np.ptp(ys)), int(np.ptp(xs))) / SCALE
    return ys.size / SCALE**2 < SPECK_AREA and longest < SPECK_LENGTH


def _plain(ys: NDArray[np.int64], xs: NDArray[np.int64], places: _Places, place: int) -> bool:
    """Whether a trace is a mark of this box: its middle in the box, most of it too, no long tail."""
    top, left, side = int(places.top[place]), int(places.left[place]), places.side
    beyond = np.maximum.reduce([top - ys, ys - top - side, left - xs, xs - left - side]) / SCALE
    middle_y, middle_x = ys.mean(), xs.mean()
    off = max(top - middle_y, middle_y - top - side, left - middle_x, middle_x - left - side) / SCALE
    outside = int((beyond > 0).sum())
    out = [top - ys.min(), ys.max() - top - side, left - xs.min(), xs.max() - left - side]
    if min(out[:2]) / SCALE > BOTH_SIDES or min(out[2:]) / SCALE > BOTH_SIDES:
        return False
    return bool(off < MIDDLE and beyond.max() < MOST_REACH and outside < MOST_OUTSIDE * (ys.size - outside))
