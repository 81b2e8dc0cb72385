"""One page of one form, read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from questionnaires.model import Questionnaire
from reports.paper_form.geometry import Geometry
from survey_service.paper.reading.alignment import Located, NotLocated, locate
from survey_service.paper.reading.boxes import measure
from survey_service.paper.reading.images import Grey
from survey_service.paper.reading.judgement import FieldReading, judge_boxes
from survey_service.paper.serials import PageCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What was printed: the questionnaire and where its boxes stand."""

    questionnaire: Questionnaire
    geometry: Geometry


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    located: Located
    edition: Edition
    fields: tuple[FieldReading, ...]


Editions = Callable[[PageCode], Edition | None]  # the edition that a code names; None where it is not known here


def read_page(image: Grey, editions: Editions) -> PageReading | NotLocated:
    """Find the page, look up its edition by the code, read its boxes."""
    located = locate(image)
    if isinstance(located, NotLocated):
        return located
    edition = editions(located.code)
    if edition is None or located.code.page > edition.geometry.pages:
        return NotLocated("unknown_form", located.code)
    boxes = [box for box in edition.geometry.boxes if box.page == located.code.page]
    inks = measure(image, located, boxes)
    fields = judge_boxes(edition.questionnaire, boxes, inks)
    return PageReading(located=located, edition=edition, fields=tuple(fields))
