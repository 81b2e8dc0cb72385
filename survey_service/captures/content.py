"""Judged answers as the columns of a capture, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from questionnaires.answer_forms import Canonical
from questionnaires.answers import Checked, answers_text, canonical_hash
from survey_service.models import Capture


def canonical_content(checked: Checked) -> tuple[str, str]:
    """The text of the answers and its SHA-256, written out once for both."""
    text = answers_text(checked.canonical)
    return text, hashlib.sha256(text.encode()).hexdigest()


def content_sha256(checked: Checked) -> str:
    return canonical_hash(checked.canonical)


def plain_findings(checked: Checked) -> list[dict[str, Any]]:
    return [finding.to_json() for finding in checked.findings]


def answers_of(capture: Capture) -> Mapping[str, Canonical]:
    """The canonical answers of a stored capture, ready for ``check_answers``."""
    answers: Mapping[str, Canonical] = json.loads(capture.answers)["answers"]
    return answers
