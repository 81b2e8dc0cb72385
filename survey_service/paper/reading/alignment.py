"""Where the page is in the image: the QR code says which page and which way up, the corner marks say exactly where.

A homography (eight numbers) carries millimetres of the page to pixels; it holds for flatbed scans, skewed feeds and
photographs taken at an angle alike. The four marks alone determine it; the code's own corners, which took no part,
then tell whether the right marks were found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from reports.paper_form.geometry import CORNER, CORNERS, QR_AT, QR_SIDE
from survey_service.paper.reading.images import Grey
from survey_service.paper.serials import PageCode, read_payload

Points = NDArray[np.float64]  # n x 2, x and y
Matrix = NDArray[np.float64]  # 3 x 3, millimetres to pixels
Floats = NDArray[np.floating[Any]]

WORKING_SIZE: Final = 1900  # pixels of the longer side when looking for code and marks
REDUCED: Final = 8
BACKGROUND: Final = 17  # reduced pixels: wider than the QR code, so that it does not count as shade
DARK: Final = 0.55  # of the paper's brightness
REACH: Final = 45.0  # mm between where a mark is expected from the code alone and where it may be
CANDIDATES: Final = 6  # for one corner
CODE_OFF: Final = 1.3  # mm by which the code may lie beside its place once the marks are found
_QR = np.array(
    [
        QR_AT,
        (QR_AT[0] + QR_SIDE, QR_AT[1]),
        (QR_AT[0] + QR_SIDE, QR_AT[1] + QR_SIDE),
        (QR_AT[0], QR_AT[1] + QR_SIDE),
    ]
)
_CORNERS = np.array(CORNERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A page of ours in an image."""

    code: PageCode
    matrix: Matrix
    black: float  # brightness of the corner marks, in shares of the paper beside them


@dataclass(frozen=True, slots=True)
class NotLocated:
    """Why a page cannot be read: ``no_code``, or ``no_marks`` with the code that was read."""

    reason: str
    code: PageCode | None = None


def locate(image: Grey) -> Located | NotLocated:
    """Find code and corner marks. A page without either is for a person."""
    small, factor = _working(image)
    found = _read_code(small)
    if found is None and factor < 1:
        # A small code in a large photograph: look again in all its pixels.
        whole = _read_code(image)
        found = (whole[0], whole[1] * factor) if whole else None
    if found is None:
        return NotLocated("no_code")
    code, corners = found
    normal = even_light(small)
    marks = _marks(normal, corners)
    if marks is None:
        return NotLocated("no_marks", code)
    matrix, black = marks
    scale = np.diag([1 / factor, 1 / factor, 1.0])
    # Pixel centres: an image that was made smaller has its first centre further in.
    shift = np.array([[1.0, 0, 0.5 / factor - 0.5], [0, 1.0, 0.5 / factor - 0.5], [0, 0, 1.0]])
    return Located(code=code, matrix=shift @ scale @ matrix, black=black)


def _working(image: Grey) -> tuple[Grey, float]:
    from PIL import Image

    longer = max(image.shape)
    if longer <= WORKING_SIZE:
        return image, 1.0
    factor = WORKING_SIZE / longer
    size = (round(image.shape[1] * factor), round(image.shape[0] * factor))
    resized = Image.fromarray(image).resize(size, Image.Resampling.BOX, reducing_gap=3)
    return np.asarray(resized, dtype=np.uint8), size[0] / image.shape[1]


def _read_code(image: Grey) -> tuple[PageCode, Points] | None:
    import zxingcpp

    for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)):
        page = read_payload(code.text)
        if page is not None:
            at = code.position
            corners = [at.top_left, at.top_right, at.bottom_right, at.bottom_left]
            return page, np.array([(corner.x, corner.y) for corner in corners], dtype=float)
    return None


# ------------------------------------------------------------------ corner marks


def even_light(image: Grey) -> Floats:
    """Brightness in shares of the paper around each pixel: shade, folds and a dark table are divided out."""
    height, width = image.shape
    rows, columns = height // REDUCED, width // REDUCED
    reduced = image[: rows * REDUCED, : columns * REDUCED].reshape(rows, REDUCED, columns, REDUCED).mean(axis=(1, 3))
    paper = ndimage.grey_closing(reduced, size=(BACKGROUND, BACKGROUND))
    paper = ndimage.uniform_filter(paper, size=5)
    from PIL import Image

    wide = Image.fromarray(paper.astype(np.float32)).resize((width, height), Image.Resampling.BILINEAR)
    even: Floats = np.minimum(image / np.maximum(np.asarray(wide, dtype=float), 8.0), 1.2)
    return even


def _marks(normal: Floats, code: Points) -> tuple[Matrix, float] | None:
    rough = homography(_QR, code)
    side = np.linalg.norm(code - np.roll(code, 1, axis=0), axis=1).mean() / QR_SIDE  # pixels a millimetre
    blobs = list(_squares(normal, side))
    if len(blobs) < 4:
        return None
    places = np.array([(x, y) for x, y, _ in blobs])
    affine = _affine(_QR, code)
    expected = _apply_affine(affine, _CORNERS)
    choices = []
    for point in expected:
        distance = np.linalg.norm(places - point, axis=1)
        near = np.argsort(distance)[:CANDIDATES]
        choices.append([int(index) for index in near if distance[index] < REACH * side])
    best: tuple[float, Matrix, Sequence[int]] | None = None
    for combination in product(*choices):
        if len(set(combination)) < 4 or not _turns_one_way(places[list(combination)]):
            continue
        matrix = homography(_CORNERS, places[list(combination)])
        off = float(np.sqrt(((project(matrix, _QR) - code) ** 2).sum(axis=1).mean())) / side
        if off < CODE_OFF and (best is None or off < best[0]):
            best = (off, matrix, combination)
    if best is None:
        return None
    assert rough is not None
    black = float(np.median([blobs[index][2] for index in best[2]]))
    return best[1], black


def _squares(normal: Floats, pixels_a_mm: float) -> Iterator[tuple[float, float, float]]:
    """Solid dark parallelograms of about the size of a mark: centre, and brightness inside."""
    labels, count = ndimage.label(normal < DARK)
    if count == 0:
        return
    wanted = (CORNER * pixels_a_mm) ** 2
    areas = np.bincount(labels.ravel(), minlength=count + 1)
    slices = ndimage.find_objects(labels)
    for label in range(1, count + 1):
        area = int(areas[label])
        if not 0.35 * wanted < area < 2.6 * wanted:
            continue
        box = slices[label - 1]
        inside = labels[box] == label
        ys, xs = np.nonzero(inside)
        spread = np.cov(np.vstack([xs, ys])) + np.eye(2) / 12
        determinant = float(np.linalg.det(spread))
        smallest, largest = np.linalg.eigvalsh(spread)
        # A parallelogram's area is twelve times the root of the determinant of its spread, whatever its shape.
        if largest > 3.2 * smallest or not 0.86 < area / (12 * determinant**0.5) < 1.08:
            continue
        brightness = float(np.median(normal[box][inside]))
        yield xs.mean() + box[1].start, ys.mean() + box[0].start, brightness


def _turns_one_way(corners: Points) -> bool:
    """A convex quadrangle that is seen from its front: anything else is no sheet of paper."""
    edges = np.roll(corners, -1, axis=0) - corners
    following = np.roll(edges, -1, axis=0)
    return bool((edges[:, 0] * following[:, 1] - edges[:, 1] * following[:, 0] > 0).all())


# ------------------------------------------------------------------ plane geometry


def homography(source: Points, target: Points) -> Matrix:
    """The projective map that carries four points to four points."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    solved = np.linalg.lstsq(np.array(rows), target.reshape(-1), rcond=None)[0]
    return np.append(solved, 1.0).reshape(3, 3)


def project(matrix: Matrix, points: Points) -> Points:
    flat = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(flat[:, :2] / flat[:, 2:])


def _affine(source: Points, target: Points) -> NDArray[np.float64]:
    """Least squares over the code's corners: its own perspective is too small a part to carry across the page."""
    design = np.column_stack([source, np.ones(len(source))])
    return np.asarray(np.linalg.lstsq(design, target, rcond=None)[0], dtype=np.float64)


def _apply_affine(affine: NDArray[np.float64], points: Points) -> Points:
    return np.asarray(np.column_stack([points, np.ones(len(points))]) @ affine)


def crop(image: Grey, matrix: Matrix, x: float, y: float, width: float, height: float, pixels_a_mm: float = 6) -> Any:
    """A part of the page (mm) as an upright picture."""
    from PIL import Image

    size = (max(1, round(width * pixels_a_mm)), max(1, round(height * pixels_a_mm)))
    # From a pixel of the crop to millimetres, then to a pixel of the image: the way PIL asks.
    to_mm = np.array([[1 / pixels_a_mm, 0, x], [0, 1 / pixels_a_mm, y], [0, 0, 1.0]])
    whole = matrix @ to_mm
    whole = whole / whole[2, 2]
    return Image.fromarray(image).transform(
        size, Image.Transform.PERSPECTIVE, tuple(whole.ravel()[:8]), Image.Resampling.BILINEAR, fillcolor=255
    )
