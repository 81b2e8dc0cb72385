"""The expected text of reports: ``python -m tests.spec.reports.golden`` writes it anew."""

from __future__ import annotations

import io
from pathlib import Path

from pypdf import PdfReader

from reports.content import CommunitySummary
from reports.fonts import TypeSettings
from reports.pdf import area_pdf, community_pdf
from tests.spec.reports.cases import CASES

FOLDER = Path(__file__).parents[2] / "golden" / "reports"
TEXTS = tuple(
    (case, language) for case in ("usual", "all_yes", "street", "few", "street_of_few") for language in ("zh", "en")
)


def text_of(case: str, language: str, settings: TypeSettings | None = None) -> str:
    """What a reader copies from the pages, a line with the page's number before each."""
    summary = CASES[case]()
    if isinstance(summary, CommunitySummary):
        pdf = community_pdf(summary, language, settings)
    else:
        pdf = area_pdf(summary, language, settings)
    pages = PdfReader(io.BytesIO(pdf)).pages
    return "".join(f"== {number} ==\n{page.extract_text()}\n" for number, page in enumerate(pages, 1))


if __name__ == "__main__":
    for case, language in TEXTS:
        (FOLDER / f"{case}-{language}.txt").write_text(text_of(case, language), "utf-8")
