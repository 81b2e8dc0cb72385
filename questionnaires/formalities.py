"""What law asks of a survey beside its number: which kind it is, and who may read what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from questionnaires.text import Text


class LegalKind(StrEnum):
    """Whose survey it is by the Statistics Law; what a resident is told of being free to answer follows from it."""

    UNSTATED = "unstated"
    NATIONAL = "national"
    DEPARTMENT = "department"
    LOCAL = "local"
    POLL = "poll"  # no statistical survey: opinions asked by an office for its own use, or by others

    @property
    def statutory(self) -> bool:
        """Whether the Statistics Law asks for true and complete answers."""
        return self in (LegalKind.NATIONAL, LegalKind.DEPARTMENT, LegalKind.LOCAL)


class Circulation(StrEnum):
    """Who may read the results."""

    UNSTATED = "unstated"
    INTERNAL = "internal"
    PUBLIC = "public"


LEGAL_KINDS: Final[Mapping[LegalKind, Text]] = {
    LegalKind.UNSTATED: Text("没有写明", "Not stated"),
    LegalKind.NATIONAL: Text("国家统计调查", "National statistical survey"),
    LegalKind.DEPARTMENT: Text("部门统计调查", "Departmental statistical survey"),
    LegalKind.LOCAL: Text("地方统计调查", "Local statistical survey"),
    LegalKind.POLL: Text("民意调查", "Opinion poll"),
}
CIRCULATIONS: Final[Mapping[Circulation, Text]] = {
    Circulation.UNSTATED: Text("没有写明", "Not stated"),
    Circulation.INTERNAL: Text("内部", "Internal"),
    Circulation.PUBLIC: Text("公开", "Public"),
}
