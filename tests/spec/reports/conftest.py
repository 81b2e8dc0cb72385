"""One cache of type for all tests of reports: drawing a glyph costs a millisecond, and there are hundreds."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.fonts import TypeSettings


@pytest.fixture(scope="session")
def type_settings(tmp_path_factory: pytest.TempPathFactory) -> TypeSettings:
    return TypeSettings(cache=Path(tmp_path_factory.getbasetemp().parent) / "type-cache")
