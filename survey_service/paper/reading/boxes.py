"""How much ink is in each box. A box is sampled where the geometry says it is, then nudged onto its printed frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import ndimage

from reports.paper_form.geometry import BOX, BOX_LINE, Box
from survey_service.paper.reading.alignment import Located, project
from survey_service.paper.reading.images import Grey

Floats = NDArray[np.float64]

SCALE: Final = 10  # samples a millimetre
NUDGE: Final = 1.1  # mm by which curled paper may put a box beside its place
AROUND: Final = 1.0  # mm outside the frame that are looked at for strokes that missed
PATCH: Final = BOX + 2 * (NUDGE + AROUND)
NEIGHBOURS: Final = 8  # boxes whose frames are aligned together: paper curls smoothly
INK: Final = 0.30  # darkness from which a sample counts as covered
_SIDE: Final = round(BOX * SCALE)
_REACH: Final = round(NUDGE * SCALE)
_RIM: Final = round(AROUND * SCALE)
_LINE: Final = round(BOX_LINE * SCALE)
_MARGIN: Final = _LINE + 3  # the frame's own blur is left out


@dataclass(frozen=True, slots=True)
class Ink:
    """What one box holds; shares of 0..1."""

    mean: float  # mean darkness inside the frame
    covered: float  # share of the inside that is dark
    around: float  # share of the rim outside that is dark


def measure(image: Grey, located: Located, boxes: Sequence[Box]) -> list[Ink]:
    """The ink of every box of this page."""
    if not boxes:
        return []
    patches = _patches(image, located, boxes)
    shifts = _shifts(patches, boxes)
    return [_ink(patch, shift) for patch, shift in zip(patches, shifts, strict=True)]


def _patches(image: Grey, located: Located, boxes: Sequence[Box]) -> Floats:
    """Darkness around each box: 0 as its own paper, 1 as the corner marks."""
    count = round(PATCH * SCALE)
    offsets = (np.arange(count) + 0.5) / SCALE - (NUDGE + AROUND)
    grid = np.stack(np.meshgrid(offsets, offsets), axis=-1).reshape(-1, 2)
    points = np.concatenate([grid + np.array([box.x, box.y]) for box in boxes])
    where = project(located.matrix, points)
    values = ndimage.map_coordinates(
        image, [where[:, 1], where[:, 0]], order=1, mode="nearest", output=np.float64
    ).reshape(len(boxes), count, count)  # fmt: skip
    paper = np.percentile(values, 75, axis=(1, 2), keepdims=True)
    darkness = (1 - values / np.maximum(paper, 1)) / max(1 - located.black, 0.2)
    return np.clip(darkness, 0, 1)


def _shifts(patches: Floats, boxes: Sequence[Box]) -> list[tuple[int, int]]:
    """For each box the shift (rows, columns) at which its frame fits best, agreed with its neighbours."""
    frame = np.zeros((_SIDE + 4, _SIDE + 4))
    frame[2:-2, 2:-2] = 1
    frame[2 + _LINE : -2 - _LINE, 2 + _LINE : -2 - _LINE] = 0
    frame /= frame.sum()
    # Just outside the frame there is paper: without this a filled box would fit anywhere.
    outside = np.ones_like(frame)
    outside[2:-2, 2:-2] = 0
    template = frame - outside / outside.sum()
    first = _RIM - 2
    size = template.shape[0]
    fits = np.stack(
        [
            np.einsum(
                "abij,ij->ab",
                sliding_window_view(patch, (size, size))[
                    first : first + 2 * _REACH + 1, first : first + 2 * _REACH + 1
                ],
                template,
                optimize=True,
            )
            for patch in patches
        ]
    )
    places = np.array([(box.x, box.y) for box in boxes])
    shifts = []
    for place in places:
        near = np.argsort(np.linalg.norm(places - place, axis=1))[:NEIGHBOURS]
        together = fits[near].sum(axis=0)
        row, column = np.unravel_index(int(np.argmax(together)), together.shape)
        shifts.append((int(row) - _REACH, int(column) - _REACH))
    return shifts


def _ink(patch: Floats, shift: tuple[int, int]) -> Ink:
    top, left = _RIM + _REACH + shift[0], _RIM + _REACH + shift[1]
    inside = patch[top + _MARGIN : top + _SIDE - _MARGIN, left + _MARGIN : left + _SIDE - _MARGIN]
    rim = patch[max(top - _RIM, 0) : top + _SIDE + _RIM, max(left - _RIM, 0) : left + _SIDE + _RIM] > INK
    whole = patch[top - 2 : top + _SIDE + 2, left - 2 : left + _SIDE + 2] > INK
    return Ink(
        mean=float(inside.mean()),
        covered=float((inside > INK).mean()),
        around=float((rim.sum() - whole.sum()) / max(rim.size - whole.size, 1)),
    )
