"""Judged answers as the columns of a capture."""

from __future__ import annotations

import hashlib
from typing import Any

from questionnaires.answers import Checked


def canonical_text(checked: Checked) -> str:
    """The bytes that are stored and hashed, as text."""
    return checked.canonical


def content_sha256(checked: Checked) -> str:
    return hashlib.sha256(canonical_text(checked).encode()).hexdigest()


def plain_findings(checked: Checked) -> list[dict[str, Any]]:
    return [
        {"question": finding.question, "code": finding.code, "severity": finding.severity.value}
        for finding in checked.findings
    ]
