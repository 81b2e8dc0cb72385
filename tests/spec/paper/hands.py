"""Hands that fill in forms: plain marks, and everything else people do at a box. Nothing here asks the reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from reports.paper_form.geometry import Box, Entry

SCALE = 10  # pixels a millimetre of the clean page: 254 dpi
STYLES = ("tick", "tick", "tick", "tick", "tick", "cross", "cross", "slash", "loop", "fill")
PAINT = 20  # grey of full ink

Stroke = Callable[[Image.Image], None]
Point = tuple[float, float]


@dataclass(slots=True)
class Hand:
    """One person's way of marking. Lengths in mm."""

    rng: np.random.Generator
    style: str
    width: float
    ink: float  # 0..1
    wander: float  # of the mark's centre, at random
    lean: Point  # by which this hand always misses
    pencil: bool
    box: float  # side of the printed boxes

    @classmethod
    def any(cls, rng: np.random.Generator, box: float) -> Hand:
        pencil = rng.random() < 0.15
        return cls(
            rng=rng,
            style=str(rng.choice(STYLES)),
            width=float(rng.uniform(0.25, 0.85)),
            ink=float(rng.uniform(0.4, 0.65) if pencil else rng.uniform(0.65, 1.0)),
            wander=float(rng.uniform(0.1, 0.4)),
            lean=(float(rng.normal(0, 0.25)), float(rng.normal(0, 0.25))),
            pencil=pencil,
            box=box,
        )

    # ------------------------------------------------------------------ lines

    def path(self, points: Sequence[Point], ink: float, width: float | None = None) -> Stroke:
        """A line through points, a little unsteady; the pressure comes and goes, a pencil leaves grains of paper."""
        steady = [(x + self.rng.normal(0, 0.06), y + self.rng.normal(0, 0.06)) for x, y in points]
        breadth = (width or self.width) * SCALE
        presses = np.clip(self.rng.normal(1, 0.12, max(len(steady) - 1, 1)), 0.7, 1.2)
        grain = int(self.rng.integers(2**31)) if self.pencil else None

        def draw(page: Image.Image) -> None:
            xs, ys = [p[0] for p in steady], [p[1] for p in steady]
            pad = (width or self.width) + 1
            left, top = int((min(xs) - pad) * SCALE), int((min(ys) - pad) * SCALE)
            right, bottom = int((max(xs) + pad) * SCALE), int((max(ys) + pad) * SCALE)
            mask = Image.new("L", ((right - left) * 2, (bottom - top) * 2), 0)
            pen = ImageDraw.Draw(mask)
            line = [((x * SCALE - left) * 2, (y * SCALE - top) * 2) for x, y in steady]
            for start, end, press in zip(line, line[1:], presses, strict=False):
                pen.line([start, end], fill=round(255 * ink), width=max(1, round(breadth * 2 * press)), joint="curve")
                for x, y in (start, end):
                    half = breadth * press
                    pen.ellipse((x - half, y - half, x + half, y + half), fill=round(255 * ink))
            mask = mask.resize((right - left, bottom - top), Image.Resampling.BOX)
            if grain is not None:
                holes = np.random.default_rng(grain).uniform(0.55, 1.0, (mask.height, mask.width))
                mask = Image.fromarray((np.asarray(mask) * holes).astype(np.uint8))
            page.paste(PAINT, (left, top), mask)

        return draw

    def ring(self, x: float, y: float, across: float, down: float) -> Stroke:
        """An ellipse as a hand draws it: not closed exactly, not quite even."""
        start, turn = self.rng.uniform(0, 2 * np.pi), self.rng.uniform(1.9, 2.2) * np.pi
        angles = start + np.linspace(0, turn, 22)
        swell = 1 + 0.05 * np.sin(angles * 2 + self.rng.uniform(0, 6))
        points = [
            (x + across / 2 * s * float(np.cos(a)), y + down / 2 * s * float(np.sin(a)))
            for a, s in zip(angles, swell, strict=True)
        ]
        return self.path(points, self.ink)

    # ------------------------------------------------------------------ plain marks

    def mark(self, box: Box, style: str | None = None, ink: float | None = None) -> list[Stroke]:
        chosen, strength = style or self.style, ink or self.ink
        limit = 0.32 * self.box
        x, y = (
            at + self.box / 2 + float(np.clip(lean + self.rng.normal(0, self.wander), -limit, limit))
            for at, lean in ((box.x, self.lean[0]), (box.y, self.lean[1]))
        )
        size = self.box * self.rng.uniform(0.75, 1.3)
        if chosen == "tick":
            return [self.tick(x, y, size, strength)]
        if chosen == "cross":
            half = size * 0.42
            return [
                self.path([(x - half, y - half), (x + half, y + half)], strength),
                self.path([(x + half, y - half), (x - half, y + half)], strength),
            ]
        if chosen == "slash":
            half = size * 0.5
            return [self.path([(x + half, y - half), (x - half, y + half)], strength)]
        if chosen == "loop":
            return [self.ring(x, y, self.box * 0.62, self.box * 0.6)]
        return [self.filled(box, strength)]

    def tick(self, x: float, y: float, size: float, ink: float | None = None) -> Stroke:
        """Its long stroke may run out of the box, up and to the right."""
        tail = self.rng.uniform(0.4, 0.75)
        points = [
            (x - size * 0.42, y - size * 0.02),
            (x - size * 0.1, y + size * 0.38),
            (x + size * tail, y - size * tail),
        ]
        return self.path(points, self.ink if ink is None else ink)

    def filled(self, box: Box, ink: float) -> Stroke:
        """To and fro over the whole box with overlapping strokes."""
        points: list[Point] = []
        lines = round(self.box * 1.9)
        for place in range(lines):
            y = box.y + 0.25 + (self.box - 0.5) * place / (lines - 1)
            ends = (box.x + 0.1, box.x + self.box - 0.1)
            points += [(ends[place % 2], y), (ends[1 - place % 2], y)]
        return self.path(points, max(ink, 0.8), 0.75)

    def scribble(self, entry: Entry) -> Stroke:
        count = int(self.rng.integers(6, 24))
        xs = np.sort(self.rng.uniform(entry.x + 1, entry.x + min(entry.width, 60) - 1, count))
        ys = self.rng.uniform(entry.y + 1.2, entry.y + max(entry.height - 1.2, 1.5), count)
        return self.path(list(zip(xs.tolist(), ys.tolist(), strict=True)), self.ink)

    def speck(self, x: float, y: float) -> Stroke:
        return self.path([(x, y), (x + 0.1, y + 0.1)], self.rng.uniform(0.2, 0.7), self.rng.uniform(0.1, 0.35))

    # ------------------------------------------------------------------ what is not plainly in one box

    def beside(self, box: Box, others: Sequence[Box]) -> Stroke:
        """A tick of which nothing is in a box; its nearest ink is 0.2 to 2.5 mm from the frame."""
        middle = (box.x + self.box / 2, box.y + self.box / 2)
        while True:
            gap, size = self.rng.uniform(0.2, 2.5) + self.width / 2, self.box * self.rng.uniform(0.6, 1.0)
            off = self.box / 2 + gap
            x, y = [
                (middle[0] - off - size * 0.5, middle[1]),
                (middle[0] + off + size * 0.45, middle[1]),
                (middle[0], middle[1] - off - size * 0.4),
                (middle[0], middle[1] + off + size * 0.5),
            ][int(self.rng.choice(4, p=[0.4, 0.2, 0.2, 0.2]))]
            if not any(self._in(other, x, y, size) for other in others):
                return self.path(_tick(x, y, size), self.ink)

    def _in(self, box: Box, x: float, y: float, size: float) -> bool:
        """Whether a tick at this place would come into a box: then it would be meant for that one."""
        ink = self.width / 2 + 0.1
        across = x - size * 0.45 - ink < box.x + self.box and x + size * 0.5 + ink > box.x
        return across and y - size * 0.5 - ink < box.y + self.box and y + size * 0.4 + ink > box.y

    def around(self, x: float, y: float, width: float) -> Stroke:
        """A ring about words that begin at ``x`` and have their middle at ``y``."""
        return self.ring(x + width / 2, y, width + self.rng.uniform(2, 5), self.rng.uniform(5.0, 7.0))

    def underline(self, x: float, y: float, width: float) -> Stroke:
        base = y + self.rng.uniform(2.1, 3.0)
        return self.path([(x, base), (x + width / 2, base + 0.2), (x + width, base)], self.ink)

    def struck_out(self, box: Box) -> Stroke:
        """Lines over a mark: to and fro, a long slant, or two level lines."""
        x, y, side = box.x, box.y, self.box
        out = self.rng.uniform(0.5, 1.8)
        how = str(self.rng.choice(["scribble", "scribble", "level", "slant"]))
        if how == "scribble":
            points: list[Point] = []
            for place in range(int(self.rng.integers(4, 7))):
                down = y + side * self.rng.uniform(0.05, 0.95)
                ends = (x - out * self.rng.uniform(0.2, 1), x + side + out * self.rng.uniform(0.2, 1))
                points.append((ends[place % 2], down))
            return self.path(points, max(self.ink, 0.6))
        if how == "level":
            first, second = y + side * 0.35, y + side * 0.65
            points = [(x - out, first), (x + side + out, first), (x - out, second), (x + side + out, second)]
            return self.path(points, self.ink)
        return self.path([(x - out, y - out), (x + side + out, y + side + out)], self.ink, self.width * 1.3)


def _tick(x: float, y: float, size: float) -> list[Point]:
    return [(x - size * 0.45, y), (x - size * 0.1, y + size * 0.4), (x + size * 0.5, y - size * 0.5)]
