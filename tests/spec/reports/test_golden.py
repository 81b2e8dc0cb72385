"""The words of whole reports, as somebody read and approved them."""

from __future__ import annotations

import pytest

from reports.fonts import TypeSettings
from tests.spec.reports.golden import FOLDER, TEXTS, text_of


@pytest.mark.parametrize(("case", "language"), TEXTS)
def test_the_text_is_as_approved(case: str, language: str, type_settings: TypeSettings) -> None:
    assert text_of(case, language, type_settings) == (FOLDER / f"{case}-{language}.txt").read_text("utf-8")
