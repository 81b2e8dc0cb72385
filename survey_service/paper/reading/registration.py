"""The page laid flat: an image warped onto what was printed, however the paper curled.

The corner marks carry the page to pixels as if it were a plane. What is left, by curl, creases and the feeder, is found
by comparing the page with its own print: at many places the shift is sought at which the two agree, a smooth surface is
laid through these shifts, and the image is warped once by both. Then the same again, finer.

Source of the surface: Duchon (1977), Splines minimizing rotation-invariant semi-norms in Sobolev spaces (thin plates).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import fft, ndimage
from scipy.interpolate import RBFInterpolator

from reports.paper_form.geometry import PAGE
from survey_service.paper.reading.alignment import Floats, Located, Matrix, Points, project
from survey_service.paper.reading.images import Grey

SCALE: Final = 8  # samples a millimetre of the flat page
CELL: Final = 5.0  # mm: within a cell the warp is bilinear
# Samples a millimetre; side of a window, its pitch, and how far is sought, mm.
STEPS: Final = ((2, 24.0, 12.0, 4.5), (4, 13.0, 6.5, 1.25))
TEXTURE: Final = 0.004  # variance of the print in a window from which its shift means something
AGREES: Final = 0.45  # correlation from which a window's shift is believed
OUTLIER: Final = 0.8  # mm from the middle of its neighbours' shifts
NEIGHBOURS: Final = 9
SMOOTH: Final = 0.05
PAPER_CELL: Final = 1.0  # mm
PAPER_WIDE: Final = 9  # cells: wider than a filled box, so that it does not pass for shade


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    """A page in millimetres, ``SCALE`` samples each; rows and columns from its top left corner."""

    darkness: Floats  # 0 the paper around, 1 the corner marks
    paper: Floats  # brightness of the paper, in shares of the page's brightest part; a cell of ``PAPER_CELL``
    shifts: Floats  # mm that the paper lies beside the plane, rows x columns x (x, y); a cell of ``CELL``

    def shift_at(self, x: float, y: float) -> tuple[float, float]:
        rows, columns, _ = self.shifts.shape
        row, column = min(max(round(y / CELL), 0), rows - 1), min(max(round(x / CELL), 0), columns - 1)
        return float(self.shifts[row, column, 0]), float(self.shifts[row, column, 1])


def flatten(image: Grey, located: Located, print_: Floats) -> Flat:
    """The image laid onto its print (darkness at ``SCALE``)."""
    nodes = _nodes()
    shifts = np.zeros_like(nodes)
    for scale, window, pitch, reach in STEPS:
        grey = _warped(image, located.matrix, nodes, shifts, scale)
        seen = _darkness(grey, _paper(grey, scale), located.black)
        search = _Search(scale, round(window * scale), round(pitch * scale), round(reach * scale))
        shifts = shifts + _surface(_reduced(print_, SCALE // scale), seen, nodes, search)
    grey = _warped(image, located.matrix, nodes, shifts, SCALE)
    paper = _paper(grey, SCALE)
    return Flat(
        darkness=_darkness(grey, paper, located.black),
        paper=paper / max(float(np.percentile(paper, 95)), 1.0),
        shifts=shifts,
    )


def _nodes() -> Floats:
    columns, rows = round(PAGE[0] / CELL), round(PAGE[1] / CELL)
    xs, ys = np.linspace(0, PAGE[0], columns + 1), np.linspace(0, PAGE[1], rows + 1)
    return np.stack(np.meshgrid(xs, ys), axis=-1)


def _warped(image: Grey, matrix: Matrix, nodes: Floats, shifts: Floats, scale: int) -> Floats:
    """The image as the page would look flat, cell by cell."""
    from PIL import Image

    rows, columns = nodes.shape[:2]
    # PIL samples at pixel centres; the matrix counts from the first pixel's centre.
    at = (project(matrix, (nodes + shifts).reshape(-1, 2)) + 0.5).reshape(rows, columns, 2)
    size = (round(PAGE[0] * scale), round(PAGE[1] * scale))
    xs, ys = (nodes[0, :, 0] * scale).round().astype(int), (nodes[:, 0, 1] * scale).round().astype(int)
    mesh = []
    for row in range(rows - 1):
        for column in range(columns - 1):
            quad = (at[row, column], at[row + 1, column], at[row + 1, column + 1], at[row, column + 1])
            box = (int(xs[column]), int(ys[row]), int(xs[column + 1]), int(ys[row + 1]))
            mesh.append((box, tuple(float(value) for corner in quad for value in corner)))
    source = Image.fromarray(image)
    pixels_a_mm = float(np.linalg.norm(at[1, 0] - at[0, 0])) / CELL
    if pixels_a_mm > 1.8 * scale:
        # Four pixels are looked at for each sample: what lies between them would be lost.
        from PIL import ImageFilter

        source = source.filter(ImageFilter.BoxBlur(pixels_a_mm / scale / 2 - 0.5))
    flat = source.transform(size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR, fillcolor=255)
    return np.asarray(flat, dtype=np.float32)


def _paper(grey: Floats, scale: int) -> Floats:
    """Brightness of the paper around, a value for each cell: print and strokes do not count, shade and stains do."""
    side = round(PAPER_CELL * scale)
    rows, columns = grey.shape[0] // side, grey.shape[1] // side
    cells = grey[: rows * side, : columns * side].reshape(rows, side, columns, side).transpose(0, 2, 1, 3)
    bright = np.percentile(cells.reshape(rows, columns, -1), 80, axis=2)
    closed = ndimage.grey_closing(bright, size=(PAPER_WIDE, PAPER_WIDE))
    return np.asarray(ndimage.uniform_filter(closed, size=3), dtype=np.float32)


def _darkness(grey: Floats, paper: Floats, black: float) -> Floats:
    from PIL import Image

    wide = Image.fromarray(paper).resize((grey.shape[1], grey.shape[0]), Image.Resampling.BILINEAR)
    dark = (1 - grey / np.maximum(np.asarray(wide), 8.0)) / max(1 - black, 0.2)
    return np.asarray(np.clip(dark, -0.2, 1), dtype=np.float32)


def _reduced(values: Floats, by: int) -> Floats:
    rows, columns = values.shape[0] // by, values.shape[1] // by
    return np.asarray(values[: rows * by, : columns * by].reshape(rows, by, columns, by).mean(axis=(1, 3)))


# ------------------------------------------------------------------ shifts


@dataclass(frozen=True, slots=True)
class _Search:
    """In samples."""

    scale: int  # samples a millimetre
    side: int
    step: int
    far: int


def _surface(wanted: Floats, seen: Floats, nodes: Floats, search: _Search) -> Floats:
    """A smooth surface of shifts (mm) at the nodes; zero where nothing can be compared."""
    centres, found = _compared(wanted, seen, search)
    if len(centres) < 8:
        return np.zeros_like(nodes)
    found, kept = _agreed(centres, found)
    surface = RBFInterpolator(centres[kept] / 100, found[kept], neighbors=24, smoothing=SMOOTH, degree=1)
    return np.asarray(surface(nodes.reshape(-1, 2) / 100).reshape(nodes.shape))


def _agreed(centres: Points, found: Points) -> tuple[Points, NDArray[np.bool_]]:
    """Windows whose shift is like their neighbours': paper bends smoothly, a handwritten word does not."""
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2)
    near = np.argsort(apart, axis=1)[:, :NEIGHBOURS]
    middle = np.median(found[near], axis=1)
    return found, np.linalg.norm(found - middle, axis=1) < OUTLIER


def _compared(wanted: Floats, seen: Floats, search: _Search) -> tuple[Points, Points]:
    """Centres (mm) of windows with print in them, and the shift at which each agrees best with the page."""
    side, far, step = search.side, search.far, search.step
    padded = np.pad(np.clip(seen, 0, 0.7).astype(np.float32), far)
    prints = sliding_window_view(np.clip(wanted, 0, 0.7), (side, side))[::step, ::step]
    variance = prints.var(axis=(2, 3))
    rows, columns = np.nonzero(variance > TEXTURE)
    if not rows.size:
        return np.zeros((0, 2)), np.zeros((0, 2))
    templates = prints[rows, columns]
    templates = templates - templates.mean(axis=(1, 2), keepdims=True)
    wide = side + 2 * far
    areas = sliding_window_view(padded, (wide, wide))[::step, ::step][rows, columns]
    scores = _correlations(templates, areas, far)
    count = 2 * far + 1
    best = scores.reshape(len(scores), -1).argmax(axis=1)
    at = np.stack([best % count, best // count], axis=1)
    sure = scores.reshape(len(scores), -1).max(axis=1) > AGREES
    fine = at + np.stack([_between(scores, at, axis) for axis in (0, 1)], axis=1) - far
    centres = (np.stack([columns, rows], axis=1) * step + side / 2) / search.scale
    return centres[sure], (fine / search.scale)[sure]


def _correlations(templates: Floats, areas: Floats, far: int) -> Floats:
    """Normalised correlation of each template with its area at every shift."""
    side, wide = templates.shape[1], areas.shape[1]
    size = fft.next_fast_len(wide, real=True)
    spectrum = fft.rfft2(areas, s=(size, size)) * np.conj(fft.rfft2(templates, s=(size, size)))
    count = 2 * far + 1
    products = fft.irfft2(spectrum, s=(size, size))[:, :count, :count]
    sums, squares = (_window_sums(values, side) for values in (areas, areas * areas))
    spread = np.maximum(squares - sums * sums / side**2, 1e-3)
    own = np.maximum((templates**2).sum(axis=(1, 2)), 1e-6)
    return np.asarray(products / np.sqrt(spread * own[:, None, None]))


def _window_sums(values: Floats, side: int) -> Floats:
    total = np.pad(values.astype(np.float64).cumsum(axis=1).cumsum(axis=2), ((0, 0), (1, 0), (1, 0)))
    return np.asarray(
        total[:, side:, side:] - total[:, :-side, side:] - total[:, side:, :-side] + total[:, :-side, :-side]
    )


def _between(scores: Floats, at: Any, axis: int) -> Floats:
    """The top of a parabola through the best shift and its two neighbours along x (0) or y (1), in samples."""
    index, count = np.arange(len(scores)), scores.shape[1]
    step = np.array([1, 0]) if axis == 0 else np.array([0, 1])
    inside = (at[:, axis] > 0) & (at[:, axis] < count - 1)
    low, high = np.clip(at - step, 0, count - 1), np.clip(at + step, 0, count - 1)
    before, here, after = (scores[index, place[:, 1], place[:, 0]] for place in (low, at, high))
    bend = np.minimum(before - 2 * here + after, -1e-6)
    return np.where(inside, np.clip(0.5 * (before - after) / bend, -0.5, 0.5), 0.0)
