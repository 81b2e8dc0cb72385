"""Which target a wave sets for which indicator: by its id, or for all that are made of one template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from questionnaires.model import Questionnaire
from questionnaires.repeated import templates_of


def by_indicator(
    questionnaire: Questionnaire, targets: Mapping[str, Mapping[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """The wave's targets by the id of an indicator. What is set for a template, such as the satisfaction with each
    body, holds for every indicator made of it; what is set for one of these stands before it."""
    templates = templates_of(questionnaire)
    of_templates = {made: targets[template] for made, template in templates.items() if template in targets}
    return {**of_templates, **targets}
