"""The printed programmes are read back from scans: long rows, codes of two digits, four pages, points in a row."""

from __future__ import annotations

import pytest

from questionnaires.canonical import sha256
from questionnaires.model import Header
from reports.fonts import TypeSettings
from reports.paper_form.drawing import blank_pdf
from reports.paper_form.layout import lay_out_form
from survey_service.paper.reading.page import Edition
from survey_service.paper.reading.prints import prints_of
from tests.programmes import KEYS, filled_in, programme
from tests.spec.paper import synthetic
from tests.spec.paper.synthetic import Kind
from tests.spec.paper.test_reading import Count


@pytest.mark.soak
@pytest.mark.parametrize("key", KEYS)
def test_every_programme_is_read_from_a_scan(key: str, type_settings: TypeSettings) -> None:
    one = filled_in(programme(key))
    layout = lay_out_form(one, ("zh",), definition_sha256=sha256(one), settings=type_settings)
    prints = prints_of(blank_pdf(layout, Header()), first=0, pages=layout.geometry.pages)
    edition = Edition(questionnaire=layout.questionnaire, geometry=layout.geometry, prints=prints)
    counted = Count()
    form = synthetic.form(layout, 1, 20261130, Kind(capture="flatbed"))
    counted.add(edition, form, range(len(form.pages)))
    assert (counted.wrong, counted.lost) == ([], 0)
    assert counted.accepted >= 0.8 * counted.fields > 0
