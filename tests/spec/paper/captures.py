"""Paper after weeks in a bag, under a scanner or a phone. Lengths in mm; nothing here asks the reader."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from reports.paper_form.geometry import PAGE
from survey_service.paper.reading.images import Grey
from tests.spec.paper.hands import SCALE

Points = NDArray[np.float64]
Warp = Callable[[Points], Points]


def stained(page: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The ring of a cup: darkest at its outer edge, a breath of brown inside."""
    x, y = rng.uniform(30, PAGE[0] - 30), rng.uniform(60, PAGE[1] - 40)
    radius, width = rng.uniform(28, 46), rng.uniform(1.5, 6)
    strength, breath = rng.uniform(0.06, 0.4), rng.uniform(0.0, 0.08)
    ys = np.arange(page.height, dtype=np.float32)[:, None] / SCALE
    xs = np.arange(page.width, dtype=np.float32)[None, :] / SCALE
    out = np.hypot(xs - x, (ys - y) * rng.uniform(0.95, 1.05))
    edge = np.clip((radius - out) / 0.4, 0, 1)  # sharp outside
    ring = edge * np.exp(-np.maximum(radius - out, 0) / width)
    patchy = 0.75 + 0.25 * np.sin(np.arctan2(ys - y, xs - x) * 3 + rng.uniform(0, 6))
    dark = strength * ring * patchy + breath * edge
    return Image.fromarray((np.asarray(page, dtype=np.float32) * (1 - dark)).astype(np.uint8))


def folded(page: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A crease across or down the page, one half a little darker than the other."""
    across = rng.random() < 0.6
    at = rng.uniform(0.3, 0.7) * (PAGE[1] if across else PAGE[0])
    length = np.arange(page.height if across else page.width) / SCALE
    light = 1 - rng.uniform(0.08, 0.35) * np.exp(-(((length - at) / rng.uniform(0.15, 0.4)) ** 2))
    light = light * np.where(length > at, 1 - rng.uniform(0, 0.07), 1.0)
    shaded = np.asarray(page, dtype=np.float32) * (light[:, None] if across else light[None, :])
    return Image.fromarray(shaded.astype(np.uint8))


def curled(rng: np.random.Generator, most: float) -> Warp:
    """A smooth field of displacements, at its largest ``most`` mm beside the best plane through the corners."""
    amounts, waves = rng.normal(0, 1, (2, 3)), rng.uniform(0.5, 1.1, (3, 2)) * np.pi
    phases = rng.uniform(0, 2 * np.pi, (2, 3))

    def raw(points: Points) -> Points:
        unit = points / np.array(PAGE)
        inner = unit @ waves.T  # n x 3
        return np.stack([(amounts[axis] * np.sin(inner + phases[axis])).sum(axis=1) for axis in (0, 1)], axis=1)

    grid = np.stack(np.meshgrid(np.linspace(0, PAGE[0], 22), np.linspace(0, PAGE[1], 30)), axis=-1).reshape(-1, 2)
    corners = np.array([(0, 0), (PAGE[0], 0), (0, PAGE[1]), (PAGE[0], PAGE[1])], dtype=float)
    fitted = np.linalg.lstsq(_bilinear(corners), raw(corners), rcond=None)[0]
    largest = np.linalg.norm(raw(grid) - _bilinear(grid) @ fitted, axis=1).max()
    return lambda points: points + (raw(points) - _bilinear(points) @ fitted) * (most / max(largest, 1e-6))


def _bilinear(points: Points) -> Points:
    unit = points / np.array(PAGE)
    return np.column_stack([np.ones(len(unit)), unit, unit[:, 0] * unit[:, 1]])


def flatbed(clean: Image.Image, rng: np.random.Generator, curl: Warp, *, feeder: bool) -> Grey:
    dpi = int(rng.choice([150, 200, 300]))
    width, height = round(PAGE[0] / 25.4 * dpi), round(PAGE[1] / 25.4 * dpi)
    angle = np.deg2rad(rng.uniform(-3.5, 3.5) if feeder else rng.normal(0, 0.7))
    if rng.random() < 0.15:
        angle += np.pi
    stretch = (1 + rng.normal(0, 0.004), 1 + rng.normal(0, 0.004)) if feeder else (1.0, 1.0)
    drift = rng.normal(0, 1.2, 2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = np.array(PAGE) / 2

    def source(pixels: Points) -> Points:
        return curl(((pixels / (dpi / 25.4) - centre) @ turn.T) * stretch + centre + drift)

    picture = _mapped(clean, (width, height), source)
    return _developed(picture, rng, blur=(0.2, 0.8), noise=(2, 11), shade=0.15, quality=None)


def photograph(clean: Image.Image, rng: np.random.Generator, curl: Warp) -> Grey:
    """The four corners of the sheet lie anywhere near the picture's."""
    height = int(rng.integers(2200, 3200))
    width = round(height * 0.75)
    room = min(width / PAGE[0], height / PAGE[1]) * 0.93
    corners = np.array([(0, 0), (PAGE[0], 0), (PAGE[0], PAGE[1]), (0, PAGE[1])]) - np.array(PAGE) / 2
    lean = rng.normal(0, 0.03, (4, 2)) * np.array(PAGE)
    angle = np.deg2rad(rng.uniform(-6, 6))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shown = (corners * 0.97 - np.abs(lean) * np.sign(corners)) @ turn.T * room + (width / 2, height / 2)
    back = _projective(shown, corners + np.array(PAGE) / 2)

    def source(pixels: Points) -> Points:
        flat = np.column_stack([pixels, np.ones(len(pixels))]) @ back.T
        return curl(flat[:, :2] / flat[:, 2:])

    picture = _mapped(clean, (width, height), source, table=int(rng.integers(40, 130)))
    return _developed(picture, rng, blur=(0.5, 1.4), noise=(2, 8), shade=0.45, quality=int(rng.integers(55, 90)))


def _projective(seen: Points, flat: Points) -> Points:
    """Eight equations, eight unknowns."""
    rows, right = [], []
    for (u, v), (x, y) in zip(seen, flat, strict=True):
        rows += [[u, v, 1, 0, 0, 0, -x * u, -x * v], [0, 0, 0, u, v, 1, -y * u, -y * v]]
        right += [x, y]
    return np.append(np.linalg.solve(np.array(rows), np.array(right)), 1.0).reshape(3, 3)


def _mapped(clean: Image.Image, size: tuple[int, int], source: Warp, table: int = 235) -> Image.Image:
    """The page as it appears, cell by cell of a fine net; around the page is a table or the scanner's lid."""
    border = 40 * SCALE
    wide = Image.new("L", (clean.width + 2 * border, clean.height + 2 * border), table)
    wide.paste(clean, (border, border))
    if size[0] < clean.width:  # what a coarse sensor sees is an average
        wide = wide.filter(ImageFilter.GaussianBlur(0.35 * clean.width / size[0]))
    columns, rows = 21, 30
    xs, ys = np.linspace(0, size[0], columns + 1).round(), np.linspace(0, size[1], rows + 1).round()
    grid = np.stack(np.meshgrid(xs, ys), axis=-1)
    at = (source(grid.reshape(-1, 2)) * SCALE + border).reshape(rows + 1, columns + 1, 2)
    mesh = []
    for row in range(rows):
        for column in range(columns):
            box = (int(xs[column]), int(ys[row]), int(xs[column + 1]), int(ys[row + 1]))
            quad = (at[row, column], at[row + 1, column], at[row + 1, column + 1], at[row, column + 1])
            mesh.append((box, tuple(float(value) for corner in quad for value in corner)))
    return wide.transform(size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def _developed(
    picture: Image.Image,
    rng: np.random.Generator,
    *,
    blur: tuple[float, float],
    noise: tuple[float, float],
    shade: float,
    quality: int | None,
) -> Grey:
    picture = picture.filter(ImageFilter.GaussianBlur(float(rng.uniform(*blur))))
    values = np.asarray(picture, dtype=np.float32)
    height, width = values.shape
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    tilt = rng.normal(0, 0.5, 2)
    light = (
        1
        - shade * rng.uniform(0, 1) * (0.5 + 0.5 * np.tanh(tilt[0] * across + tilt[1] * down))
        - shade * 0.3 * (across**2 + down**2) * rng.uniform(0, 1)
    )
    values = values * light * rng.uniform(0.8, 1.0) + rng.uniform(0, 18)
    values += rng.standard_normal(values.shape, dtype=np.float32) * float(rng.uniform(*noise))
    grey: Grey = np.clip(values, 0, 255).astype(np.uint8)
    if quality is None:
        return grey
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(io.BytesIO(file.getvalue())), dtype=np.uint8)
