"""Words of several reports bound as one file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

SET_PHRASES: Final[Mapping[str, Text]] = {
    "set_title": Text("报告汇编", "Set of reports"),
    "set_contents": Text("目录", "Contents"),
    "set_report": Text("报告", "Report"),
    "set_page": Text("页", "Page"),
    "set_kind": Text("级别", "Level"),
}
