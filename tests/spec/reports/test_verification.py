"""The code of a sheet in its last small print: it costs no page, and what is drawn is the address."""

from __future__ import annotations

import io

import pytest
import segno
from pypdf import PdfReader

from reports.blocks import Colophon
from reports.content import CommunitySummary, Verification
from reports.fonts import TypeSettings
from reports.layout.colophon import SIDE, squares
from reports.pdf import area_pdf, community_pdf
from reports.story import community_story
from reports.story.verification import verified
from tests.spec.reports.cases import CASES

BY = Verification(
    code="7K3-9QF-2TM-4",
    address="https://survey.wenming.example.gov.cn/verify/7K39QF2TM4",
    door="survey.wenming.example.gov.cn/verify",
)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("case", ["usual", "few", "street"])
def test_a_code_costs_no_page(case: str, language: str, type_settings: TypeSettings) -> None:
    summary = CASES[case]()
    written = []
    for by in (None, BY):
        if isinstance(summary, CommunitySummary):
            pdf = community_pdf(summary, language, type_settings, by)
        else:
            pdf = area_pdf(summary, language, type_settings, by)
        written.append(PdfReader(io.BytesIO(pdf)).pages)
    assert len(written[0]) == len(written[1])
    assert BY.code in written[1][-1].extract_text()


def test_what_is_drawn_is_the_address() -> None:
    modules = segno.make_qr(BY.address, error="m", boost_error=False).matrix
    drawn = squares(BY.address, 0, 0)
    dark = {(row, column) for row, start, end in drawn.runs for column in range(start, end)}
    assert dark == {(row, column) for row, cells in enumerate(modules) for column, on in enumerate(cells) if on}
    assert drawn.cell * len(modules) == pytest.approx(SIDE)
    assert drawn.cell > 0.33 * 72 / 25.4, "a phone reads squares of a third of a millimetre"


def test_without_an_address_the_letters_stand_alone() -> None:
    story = community_story(CASES["usual"](), "zh")  # type: ignore[arg-type]
    last = verified(story, Verification(code=BY.code, address="", door="")).blocks[-1]
    assert isinstance(last, Colophon)
    assert (last.address, last.lines[-1]) == ("", f"核验码　{BY.code}")
    assert verified(story, None) is story
