"""Forms as offices get them back: filled in by many hands, then scanned or photographed. Seeded: the same every time.

Ticks, crosses, filled boxes, faint pencil, corrections, strokes that miss the box, dirt; flatbed and feeder scans of
150 to 300 dpi, turned, shaded, noisy, upside down; photographs at an angle, of curled paper, badly lit, as JPEG.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pypdfium2
from PIL import Image, ImageDraw, ImageFilter

from questionnaires.model import Header, Questionnaire, QuestionType
from reports.paper_form.drawing import Copy, batch_pdf
from reports.paper_form.geometry import BOX, PAGE, Box, Entry, Geometry
from reports.paper_form.layout import FormLayout
from survey_service.paper.reading.images import Grey
from survey_service.paper.serials import PageCode, grouped, serial

SCALE = 10  # pixels a millimetre of the clean page: 254 dpi
FAINT, CORRECTED, BLANK = 0.012, 0.008, 0.03  # shares of fields
STYLES = ("tick", "tick", "tick", "tick", "cross", "cross", "fill")
CAPTURES = ("flatbed", "flatbed", "feeder", "photo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """One form: its pages as images, and what its hand meant."""

    pages: tuple[Grey, ...]
    truth: Mapping[str, tuple[str, ...]]
    capture: str
    serial: str


def forms(layout: FormLayout, count: int, seed: int) -> Iterator[Filled]:
    for place in range(count):
        rng = np.random.default_rng([seed, place])
        yield form(layout, serial(place + 1), rng)


def form(layout: FormLayout, number: str, rng: np.random.Generator, capture: str | None = None) -> Filled:
    geometry = layout.geometry
    truth, strokes = _answers(layout.questionnaire, geometry, rng)
    codes = tuple(
        PageCode(
            survey="0a1b2c3d", serial=number, page=page, version=geometry.sha256[:8], languages=geometry.languages
        ).payload()
        for page in range(1, geometry.pages + 1)
    )
    pdf = batch_pdf(layout, Header(), [Copy(serial=grouped(number), codes=codes)], cover=None)
    document = pypdfium2.PdfDocument(pdf)
    chosen = capture or str(rng.choice(CAPTURES))
    pages = []
    for page in range(geometry.pages):
        clean = document[page].render(scale=SCALE * 25.4 / 72, grayscale=True).to_pil()
        for draw in strokes.get(page + 1, []):
            draw(clean)
        pages.append(_captured(clean, chosen, rng))
    document.close()
    return Filled(pages=tuple(pages), truth=truth, capture=chosen, serial=number)


# ------------------------------------------------------------------ a hand

Stroke = Callable[[Image.Image], None]


@dataclass(slots=True)
class Hand:
    """One person's way of marking."""

    rng: np.random.Generator
    style: str
    width: float  # mm
    ink: float  # 0..1
    wander: float  # mm, of the mark's centre

    def path(self, points: Sequence[tuple[float, float]], ink: float, width: float | None = None) -> Stroke:
        """A drawn line through points (mm), a little unsteady."""
        steady = [(x + self.rng.normal(0, 0.06), y + self.rng.normal(0, 0.06)) for x, y in points]
        breadth = (width or self.width) * SCALE

        def draw(page: Image.Image) -> None:
            xs, ys = [p[0] for p in steady], [p[1] for p in steady]
            pad = (width or self.width) + 1
            left, top = int((min(xs) - pad) * SCALE), int((min(ys) - pad) * SCALE)
            right, bottom = int((max(xs) + pad) * SCALE), int((max(ys) + pad) * SCALE)
            mask = Image.new("L", ((right - left) * 2, (bottom - top) * 2), 0)
            pen = ImageDraw.Draw(mask)
            line = [((x * SCALE - left) * 2, (y * SCALE - top) * 2) for x, y in steady]
            pen.line(line, fill=round(255 * ink), width=max(1, round(breadth * 2)), joint="curve")
            for x, y in (line[0], line[-1]):
                pen.ellipse((x - breadth, y - breadth, x + breadth, y + breadth), fill=round(255 * ink))
            mask = mask.resize((right - left, bottom - top), Image.Resampling.BOX)
            page.paste(20, (left, top), mask)

        return draw

    def mark(self, box: Box, style: str | None = None, ink: float | None = None) -> Stroke:
        chosen, strength = style or self.style, ink or self.ink
        x = box.x + BOX / 2 + float(np.clip(self.rng.normal(0, self.wander), -1.3, 1.3))
        y = box.y + BOX / 2 + float(np.clip(self.rng.normal(0, self.wander), -1.3, 1.3))
        size = BOX * self.rng.uniform(0.8, 1.25)
        if chosen == "tick":
            return self.path(
                [
                    (x - size * 0.45, y - size * 0.02),
                    (x - size * 0.1, y + size * 0.4),
                    (x + size * 0.5, y - size * 0.5),
                ],
                strength,
            )
        if chosen == "cross":
            half = size * 0.42
            one = self.path([(x - half, y - half), (x + half, y + half)], strength)
            two = self.path([(x + half, y - half), (x - half, y + half)], strength)
            return lambda page: (one(page), two(page), None)[2]
        return self.filled(box, strength)

    def filled(self, box: Box, ink: float) -> Stroke:
        """To and fro over the whole box with overlapping strokes."""
        points: list[tuple[float, float]] = []
        lines = 7
        for place in range(lines):
            y = box.y + 0.25 + (BOX - 0.5) * place / (lines - 1)
            ends = (box.x + 0.1, box.x + BOX - 0.1)
            points += [(ends[place % 2], y), (ends[1 - place % 2], y)]
        return self.path(points, max(ink, 0.8), 0.75)

    def scribble(self, entry: Entry) -> Stroke:
        count = int(self.rng.integers(6, 24))
        xs = np.sort(self.rng.uniform(entry.x + 1, entry.x + min(entry.width, 60) - 1, count))
        ys = self.rng.uniform(entry.y + 1.2, entry.y + max(entry.height - 1.2, 1.5), count)
        return self.path(list(zip(xs.tolist(), ys.tolist(), strict=True)), self.ink)


def _answers(
    questionnaire: Questionnaire, geometry: Geometry, rng: np.random.Generator
) -> tuple[dict[str, tuple[str, ...]], dict[int, list[Stroke]]]:
    pencil = rng.random() < 0.15
    hand = Hand(
        rng=rng,
        style=str(rng.choice(STYLES)),
        width=float(rng.uniform(0.35, 0.8)),
        ink=float(rng.uniform(0.4, 0.65) if pencil else rng.uniform(0.65, 1.0)),
        wander=float(rng.uniform(0.15, 0.45)),
    )
    several = {
        variable: question.type is QuestionType.MULTIPLE_CHOICE
        for question in questionnaire.questions()
        for variable in question.variables()
    }
    boxes: dict[str, list[Box]] = {}
    for box in geometry.boxes:
        boxes.setdefault(box.variable, []).append(box)
    truth: dict[str, tuple[str, ...]] = {}
    strokes: dict[int, list[Stroke]] = {}
    for variable, choices in boxes.items():
        count = int(rng.integers(1, 4)) if several[variable] else 1
        chosen = [] if rng.random() < BLANK else sorted(rng.choice(len(choices), size=count, replace=False).tolist())
        truth[variable] = tuple(choices[place].code for place in chosen)
        page = strokes.setdefault(choices[0].page, [])
        if chosen and rng.random() < CORRECTED:
            wrong = next(place for place in range(len(choices)) if place not in chosen)
            page += [hand.mark(choices[wrong]), hand.filled(choices[wrong], 0.9)]
        faint = rng.random() < FAINT
        for place in chosen:
            ink = float(rng.uniform(0.12, 0.35)) if faint else None
            page.append(hand.mark(choices[place], "tick" if faint else None, ink))
    for entry in geometry.entries:
        if rng.random() < 0.7:
            strokes.setdefault(entry.page, []).append(hand.scribble(entry))
    for page_number in range(1, geometry.pages + 1):
        strokes.setdefault(page_number, []).extend(_dirt(hand, rng))
    return truth, strokes


def _dirt(hand: Hand, rng: np.random.Generator) -> list[Stroke]:
    """Specks and a hair or two."""
    found = []
    for _ in range(int(rng.integers(0, 25))):
        x, y = float(rng.uniform(15, PAGE[0] - 15)), float(rng.uniform(30, PAGE[1] - 15))
        found.append(
            hand.path([(x, y), (x + 0.1, y + 0.1)], float(rng.uniform(0.2, 0.7)), float(rng.uniform(0.1, 0.35)))
        )
    return found


# ------------------------------------------------------------------ a scanner or a phone


def _captured(clean: Image.Image, capture: str, rng: np.random.Generator) -> Grey:
    if capture == "photo":
        return _photograph(clean, rng)
    dpi = int(rng.choice([150, 200, 300]))
    width, height = round(PAGE[0] / 25.4 * dpi), round(PAGE[1] / 25.4 * dpi)
    angle = np.deg2rad(rng.normal(0, 0.7) if capture == "flatbed" else rng.uniform(-3.5, 3.5))
    if rng.random() < 0.15:
        angle += np.pi
    stretch = (1.0, 1.0) if capture == "flatbed" else (1 + rng.normal(0, 0.004), 1 + rng.normal(0, 0.004))
    drift = rng.normal(0, 1.2, 2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = np.array(PAGE) / 2

    def source(points: np.ndarray) -> np.ndarray:
        """From the scanner's glass (mm) to the page (mm)."""
        return ((points - centre) @ turn.T) * stretch + centre + drift

    picture = _mapped(clean, (width, height), lambda p: source(p / (dpi / 25.4)))
    return _developed(picture, rng, blur=(0.2, 0.8), noise=(2, 11), shade=0.15, quality=None)


def _photograph(clean: Image.Image, rng: np.random.Generator) -> Grey:
    """The four corners of the sheet lie anywhere near the picture's; the paper curls a little."""
    height = int(rng.integers(2200, 3200))
    width = round(height * 0.75)
    room = min(width / PAGE[0], height / PAGE[1]) * 0.93
    corners = np.array([(0, 0), (PAGE[0], 0), (PAGE[0], PAGE[1]), (0, PAGE[1])]) - np.array(PAGE) / 2
    lean = rng.normal(0, 0.03, (4, 2)) * np.array(PAGE)
    angle = np.deg2rad(rng.uniform(-6, 6))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shown = (corners * 0.97 - np.abs(lean) * np.sign(corners)) @ turn.T * room + (width / 2, height / 2)
    from survey_service.paper.reading.alignment import homography, project

    back = homography(shown, corners + np.array(PAGE) / 2)
    curl, phase = rng.uniform(0, 0.7), rng.uniform(0, 2 * np.pi)

    def source(points: np.ndarray) -> np.ndarray:
        flat = project(back, points)
        flat[:, 1] += curl * np.sin(flat[:, 0] / PAGE[0] * np.pi + phase)
        flat[:, 0] += curl * 0.5 * np.sin(flat[:, 1] / PAGE[1] * np.pi + phase)
        return flat

    picture = _mapped(clean, (width, height), source, table=int(rng.integers(40, 130)))
    return _developed(picture, rng, blur=(0.5, 1.4), noise=(2, 8), shade=0.45, quality=int(rng.integers(55, 90)))


def _mapped(
    clean: Image.Image, size: tuple[int, int], source: Callable[[np.ndarray], np.ndarray], table: int = 235
) -> Image.Image:
    """The page as it appears, cell by cell of a fine net; around the page is a table or the scanner's lid."""
    border = 40 * SCALE
    wide = Image.new("L", (clean.width + 2 * border, clean.height + 2 * border), table)
    wide.paste(clean, (border, border))
    if size[0] < clean.width:  # what a coarse sensor sees is an average
        wide = wide.filter(ImageFilter.GaussianBlur(0.35 * clean.width / size[0]))
    columns, rows = 14, 20
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
    grey = np.clip(values, 0, 255).astype(np.uint8)
    if quality is None:
        return grey
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(io.BytesIO(file.getvalue())), dtype=np.uint8)
