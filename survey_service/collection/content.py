"""Judged answers as the columns of a capture, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from questionnaires.answer_forms import Canonical
from questionnaires.answers import CANONICAL_FORMAT, Checked, canonical_hash
from survey_service.models import Capture


def canonical_text(checked: Checked) -> str:
    """The very text whose SHA-256 is ``content_sha256``: ``{"answers":{...},"format":1}``."""
    document = {"format": CANONICAL_FORMAT, "answers": checked.canonical}
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical_content(checked: Checked) -> tuple[str, str]:
    """``canonical_text`` and its SHA-256, written out once for both."""
    text = canonical_text(checked)
    return text, hashlib.sha256(text.encode()).hexdigest()


def content_sha256(checked: Checked) -> str:
    return canonical_hash(checked.canonical)


def plain_findings(checked: Checked) -> list[dict[str, Any]]:
    return [finding.to_json() for finding in checked.findings]


def answers_of(capture: Capture) -> Mapping[str, Canonical]:
    """The canonical answers of a stored capture, ready for ``check_answers``."""
    answers: Mapping[str, Canonical] = json.loads(capture.answers)["answers"]
    return answers
