"""From ink to answers, each with a confidence. What is not clear is left to a person, never guessed.

The limits were set on other seeds of the synthetic set of ``tests/spec/paper`` than the one that is tested, and lean to
asking: a wrong mark that is accepted costs an answer, a question to a person costs two seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import exp, log
from typing import Final

import numpy as np

from questionnaires.model import Questionnaire
from reports.paper_form.geometry import Box
from survey_service.paper.reading.ink import Ink, Remark
from survey_service.paper.reading.kinds import TICKED, Ticks

ACCEPTED: Final = 0.96  # confidence below which a person looks
EVEN: Final = 0.034  # mean darkness at which a box is as likely marked as not
STEEP: Final = 7.0
LEAST: Final = 0.002
FILLED: Final = 0.80  # share covered: a filled box, by our printed rule a box taken back
NEARLY_FILLED: Final = 0.66  # perhaps one, where other boxes of the field are marked too
STROKE: Final = 0.05  # share of the inside that a stroke covers at least: less is a stain or a hair
HEAVY: Final = 1.55  # times the usual mark of the page: perhaps a mark that was struck out
SPARSE: Final = 3  # marks of a page from which a usual one can be told
USUAL_HEAVY: Final = 0.36  # mean darkness above which a mark is heavy where no usual one can be told
STANDS_OUT: Final = 5.0  # spreads of empty boxes above which the darkest box of a blank field may hold faint pencil
LEAST_SPREAD: Final = 0.0015
FILLERS: Final = 3  # so many fields of a page with a filled box and no other: this hand answers thus, nobody took back


class Doubt(StrEnum):
    """Why a person is asked."""

    FAINT = "faint"  # hardly a mark, or hardly none
    SEVERAL = "several"  # more marks than are asked for
    FILLED = "filled"  # taken back, or a filled-in answer
    STRUCK = "struck"  # so much ink that a mark may have been struck out
    BESIDE = "beside"  # a stroke that is not plainly in one box
    STAINED = "stained"  # the paper is dark there
    UNPLACED = "unplaced"  # the boxes are not where they were printed
    HANDWRITING = "handwriting"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldReading:
    """One field as it was read. ``codes`` is the best guess, also where a person is asked."""

    variable: str
    codes: tuple[str, ...]
    confidence: float  # 0..1
    doubt: Doubt | None  # None: accepted


def judge_boxes(
    questionnaire: Questionnaire, boxes: Sequence[Box], inks: Sequence[Ink], remarks: Mapping[str, Remark]
) -> list[FieldReading]:
    """A reading for every closed field of these boxes, in their order; a field with a remark is left to a person."""
    most = {
        variable: 1 if TICKED[question.type] is not Ticks.SEVERAL else question.maximum_choices or len(question.options)
        for question in questionnaire.questions()
        for variable in question.variables()
    }
    fields: dict[str, list[tuple[Box, Ink]]] = {}
    for box, ink in zip(boxes, inks, strict=True):
        fields.setdefault(box.variable, []).append((box, ink))
    page = _page(inks, [[ink for _, ink in found] for found in fields.values()])
    read = [
        _field(variable, {box.code: ink for box, ink in found}, most[variable], page)
        for variable, found in fields.items()
    ]
    return [_remarked(one, remarks.get(one.variable)) for one in read]


def _remarked(read: FieldReading, remark: Remark | None) -> FieldReading:
    if remark is None:
        return read
    return replace(read, doubt=Doubt(remark.value), confidence=min(read.confidence, 0.5))


def likelihood(ink: Ink, floor: float) -> float:
    """How likely the box is marked, from its mean darkness above that of an empty box of this page."""
    above = max(ink.mean - floor, LEAST)
    return 1 / (1 + exp(-STEEP * (log(above) - log(EVEN))))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What is usual on this page."""

    floor: float  # mean darkness of an empty box
    stands_out: float  # mean darkness that no empty box of this page has by chance
    heavy: float  # mean darkness from which a mark may have been struck out
    filler: bool  # this hand answers by filling boxes


def _page(inks: Sequence[Ink], fields: Sequence[Sequence[Ink]]) -> _Page:
    """Most boxes of a form are empty; their spread is what paper, lens and light do to them."""
    means = np.array([ink.mean for ink in inks]) if inks else np.zeros(1)
    floor = float(np.percentile(means, 30))
    empty = means[[likelihood(ink, floor) < 0.5 for ink in inks]] if inks else means
    middle = float(np.median(empty)) if empty.size else floor
    spread = 1.4826 * float(np.median(np.abs(empty - middle))) if empty.size else 0.0
    marks = [ink.mean for ink in inks if likelihood(ink, floor) > 0.5]
    return _Page(
        floor=floor,
        heavy=HEAVY * float(np.median(marks)) if len(marks) >= SPARSE else USUAL_HEAVY,
        stands_out=middle + STANDS_OUT * max(spread, LEAST_SPREAD),
        filler=_fills_in(fields, floor),
    )


def _fills_in(fields: Sequence[Sequence[Ink]], floor: float) -> bool:
    """Whether this hand answers by filling boxes: nobody takes back so many and chooses nothing instead."""
    marked = [[ink for ink in field if likelihood(ink, floor) > 0.5] for field in fields]
    return sum(len(field) == 1 and field[0].covered >= NEARLY_FILLED for field in marked) >= FILLERS


def _field(variable: str, inks: Mapping[str, Ink], most: int, page: _Page) -> FieldReading:
    """``most``: so many of these boxes may be ticked."""
    floor = page.floor
    shares = {code: likelihood(ink, floor) for code, ink in inks.items()}
    confidence = min(max(share, 1 - share) for share in shares.values())
    marked = [code for code, share in shares.items() if share > 0.5]
    filled = [code for code in marked if inks[code].covered >= NEARLY_FILLED]
    doubt = Doubt.FAINT if confidence < ACCEPTED else None
    if not marked and max(ink.mean for ink in inks.values()) > page.stands_out:
        doubt, confidence = Doubt.FAINT, min(confidence, 0.7)
    if any(inks[code].stroke < STROKE for code in marked):
        doubt, confidence = Doubt.FAINT, min(confidence, 0.7)
    if not page.filler and any(inks[code].mean > page.heavy for code in marked):
        doubt, confidence = Doubt.STRUCK, min(confidence, 0.5)
    if len(marked) == 1:
        # Alone in its field: taken back and nothing chosen instead, unless this hand answers thus.
        limit = NEARLY_FILLED if most > 1 else FILLED
        taken_back = inks[marked[0]].covered >= limit and not page.filler
    else:
        # By the printed rule a filled box is taken back; so may be one of those of a hand that answers by filling.
        taken_back = bool(filled)
        if not page.filler:
            marked = [code for code in marked if code not in filled] or marked
    if taken_back:
        doubt, confidence = Doubt.FILLED, min(confidence, 0.5)
    if len(marked) > most:
        doubt, confidence = Doubt.SEVERAL, min(confidence, 0.4)
    return FieldReading(variable=variable, codes=tuple(marked), confidence=round(confidence, 4), doubt=doubt)
