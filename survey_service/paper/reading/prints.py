"""The blank page as it was printed: what is not on it was added by somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import ndimage

from reports.paper_form.geometry import PAGE
from survey_service.paper.reading.alignment import Floats
from survey_service.paper.reading.images import Grey, pdf_pages
from survey_service.paper.reading.registration import SCALE

DPI: Final = SCALE * 25.4
BLUR: Final = 0.16  # mm, of a lens and a coarse sensor
SLACK: Final = 0.25  # mm by which print may lie beside its place after the page was laid flat
STRONGER: Final = 1.15


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """One blank page."""

    darkness: Floats  # 0..1 at ``SCALE``
    explained: Floats  # darkness that the print may cause there, however it is blurred and displaced a little

    @classmethod
    def of(cls, page: Grey) -> Print:
        darkness = np.zeros((round(PAGE[1] * SCALE), round(PAGE[0] * SCALE)), dtype=np.float32)
        # A renderer rounds the sides of the page up.
        page = page[: darkness.shape[0], : darkness.shape[1]]
        darkness[: page.shape[0], : page.shape[1]] = 1 - page.astype(np.float32) / 255
        side = 2 * round(SLACK * SCALE) + 1
        blurred = ndimage.gaussian_filter(darkness, BLUR * SCALE)
        wide = ndimage.grey_dilation(np.maximum(darkness * 0.9, blurred), size=(side, side))
        return cls(darkness, np.asarray(ndimage.gaussian_filter(wide, 0.1 * SCALE) * STRONGER, dtype=np.float32))


def prints_of(pdf: bytes, *, first: int, pages: int) -> tuple[Print, ...]:
    """The pages of one copy in a PDF, from page ``first`` (0) on."""
    return tuple(Print.of(page) for page in pdf_pages(pdf, DPI, first, pages))
