"""One page of one form, read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from questionnaires.model import Questionnaire
from reports.paper_form.geometry import Geometry
from survey_service.paper.reading.alignment import Located, NotLocated, locate
from survey_service.paper.reading.images import Grey
from survey_service.paper.reading.ink import look
from survey_service.paper.reading.judgement import FieldReading, judge_boxes
from survey_service.paper.reading.prints import Print
from survey_service.paper.reading.registration import Flat, flatten
from survey_service.paper.serials import PageCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What was printed: the questionnaire, where its boxes stand, and the blank pages."""

    questionnaire: Questionnaire
    geometry: Geometry
    prints: tuple[Print, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    located: Located
    edition: Edition
    flat: Flat
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
    number = located.code.page
    print_ = edition.prints[number - 1]
    flat = flatten(image, located, print_.darkness)
    boxes = [box for box in edition.geometry.boxes if box.page == number]
    entries = [entry for entry in edition.geometry.entries if entry.page == number]
    seen = look(flat, print_, boxes, entries, edition.geometry.box)
    fields = judge_boxes(edition.questionnaire, boxes, seen.inks, seen.remarks)
    return PageReading(located=located, edition=edition, flat=flat, fields=tuple(fields))
